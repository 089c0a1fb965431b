//! The operator's certificate and the organisation's status: absent, expired, foreign, altered, revoked. The client never
//! comes to a question of consent, and both people read why.

use beside_client_controller::view::ClientView;
use beside_identity::Kind;
use beside_identity::statement::STATUS_LIFE;
use beside_installation::Found;
use beside_protocol::{End, EndReason, ErrorCode, Party};

use crate::broker::TlsCertificate;
use crate::operator::Operator;
use crate::organisation::{DAY, Keys, days_ago, today};
use crate::place::Place;

/// The operator's own desk says what is wrong. If a customer is let in all the same, the client ends it with `at_customer`
/// before anything is asked.
async fn refused(place: &Place, mut operator: Operator, at_desk: Option<ErrorCode>, at_customer: ErrorCode) {
    let mut customer = place.customer();
    refused_by(&mut customer, &mut operator, at_desk, at_customer).await;
}

async fn refused_by(
    customer: &mut crate::customer::Customer,
    operator: &mut Operator,
    at_desk: Option<ErrorCode>,
    at_customer: ErrorCode,
) {
    let code = operator.signs_in().await;
    assert_eq!(operator.desk("the desk", |desk| Some(desk.notice)).await, at_desk);
    customer.knocks(&code).await;
    let sid = operator.accepts().await;
    let not_trusted = End::failed(Party::Customer, EndReason::NotTrusted, at_customer);
    let end = customer
        .screen
        .until("the end", |view| match view {
            ClientView::Ended { end, lasted_ms: None, .. } => Some(*end),
            ClientView::Waiting { .. } => None,
            other => panic!("went on: {other:?}"),
        })
        .await;
    assert_eq!(end, not_trusted);
    assert_eq!(operator.ended(sid).await, not_trusted);
}

/// A broker that keeps this certificate and this status, and the operator's desk with a client before it.
async fn with(certificate: Option<Vec<u8>>, status: Option<Vec<u8>>, mut place: Place, at_desk: ErrorCode) {
    if let Some(certificate) = certificate {
        place.broker.keep(Kind::Operator, today(), &certificate).await;
    }
    if let Some(status) = status {
        place.broker.keep(Kind::Status, today(), &status).await;
    }
    place.open();
    let operator = place.operator();
    // The manager shows nothing that does not hold, so for the customer there is no certificate at all.
    refused(&place, operator, Some(at_desk), ErrorCode::CertificateMissing).await;
}

async fn place() -> Place {
    Place::without_statements(TlsCertificate::Good).await
}

fn certificate(place: &Place) -> Vec<u8> {
    place.keys.certificate(&place.broker.operator.id, days_ago(1), today() + DAY)
}

fn status(place: &Place) -> Vec<u8> {
    place.keys.status(false, today())
}

fn altered(mut statement: Vec<u8>) -> Vec<u8> {
    // Inside the first text field: the shape stays, the signature does not hold.
    let middle = statement.len() / 2;
    statement[middle] ^= 1;
    statement
}

#[tokio::test(flavor = "multi_thread")]
async fn no_certificate() {
    let place = place().await;
    let status = status(&place);
    with(None, Some(status), place, ErrorCode::CertificateMissing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_certificate() {
    let place = place().await;
    let expired = place.keys.certificate(&place.broker.operator.id, days_ago(20), days_ago(2));
    let status = status(&place);
    with(Some(expired), Some(status), place, ErrorCode::CertificateExpired).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_another_organisation() {
    let place = place().await;
    let foreign = Keys::new().certificate(&place.broker.operator.id, days_ago(1), today() + DAY);
    let status = status(&place);
    with(Some(foreign), Some(status), place, ErrorCode::CertificateForeign).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_certificate() {
    let place = place().await;
    let (altered, status) = (altered(certificate(&place)), status(&place));
    with(Some(altered), Some(status), place, ErrorCode::CertificateInvalid).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_status() {
    let place = place().await;
    let certificate = certificate(&place);
    with(Some(certificate), None, place, ErrorCode::StatusMissing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_status() {
    let place = place().await;
    let old = place.keys.status(false, days_ago(STATUS_LIFE / DAY + 3));
    let certificate = certificate(&place);
    with(Some(certificate), Some(old), place, ErrorCode::StatusExpired).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_status() {
    let place = place().await;
    let (certificate, altered) = (certificate(&place), altered(status(&place)));
    with(Some(certificate), Some(altered), place, ErrorCode::StatusInvalid).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_revokes_the_certificate() {
    let place = place().await;
    let (certificate, revoking) = (certificate(&place), place.keys.status(true, today()));
    with(Some(certificate), Some(revoking), place, ErrorCode::CertificateRevoked).await;
}

/// The manager is content with what its own organisation signed; the client belongs to another one.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_another_organisation() {
    let place = Place::new().await;
    let mut others = Keys::new();
    others.vendor = place.keys.vendor.clone();
    let organisation = others.verified(&place.broker.host_and_port());
    let mut customer = place.customer_who(Ok(Found { organisation: Some(organisation), newest_status: None }));
    refused_by(&mut customer, &mut place.operator(), None, ErrorCode::CertificateForeign).await;
}

/// The broker hides the newest status, which the client has seen before.
#[tokio::test(flavor = "multi_thread")]
async fn a_status_older_than_one_that_the_client_has_seen() {
    let place = Place::new().await;
    let found = Found { newest_status: Some(today() + 60), ..place.found() };
    let mut customer = place.customer_who(Ok(found));
    refused_by(&mut customer, &mut place.operator(), None, ErrorCode::StatusInvalid).await;
}

/// The operator's key is not the certificate's: the manager does not claim to be somebody whom it can't prove.
#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_another_key() {
    let place = place().await;
    let mut others = Keys::new();
    others.organisation = place.keys.organisation.clone();
    let other_key = others.certificate(&place.broker.operator.id, days_ago(1), today() + DAY);
    let status = status(&place);
    with(Some(other_key), Some(status), place, ErrorCode::CertificateForeign).await;
}
