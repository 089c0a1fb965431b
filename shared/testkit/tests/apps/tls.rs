//! A broker that can't prove itself: there is a clear word, and no way on.

use beside_client_controller::view::ClientView;
use beside_installation::Trust;
use beside_protocol::ErrorCode;

use crate::broker::TlsCertificate;
use crate::organisation::Keys;
use crate::place::Place;

/// Neither app goes on, however often it is asked to.
async fn not_trusted(place: &Place, trust: Trust) {
    let mut operator = place.operator_who(Ok(place.found()), trust.clone());
    let folder = tempfile::tempdir().unwrap();
    let data = crate::place::data_folder(folder.path());
    let setup = beside_client_controller::Setup { data, trust, found: Ok(place.found()), offered: None };
    let mut customer = crate::customer::Customer::start(setup, Some(folder));
    for _ in 0..2 {
        assert_eq!(operator.fails_to_sign_in().await, Some(ErrorCode::BrokerNotTrusted));
        assert_eq!(customer.tries_code("123456").await, Some(ErrorCode::BrokerNotTrusted));
    }
    assert!(place.broker.log().await["sign_ins"].as_array().unwrap().is_empty(), "no password left the machine");
    let shown = customer.quits().await;
    assert!(shown.iter().all(|view| matches!(view, ClientView::Code { .. })), "{shown:?}");
}

async fn place(certificate: TlsCertificate) -> Place {
    let mut place = Place::without_statements(certificate).await;
    place.open();
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_nobody_whom_this_machine_trusts() {
    let place = place(TlsCertificate::Good).await;
    let trust = Trust { vendor_keys: vec![Keys::new().vendor.public()], authorities: Vec::new() };
    not_trusted(&place, trust).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_another_host() {
    let place = place(TlsCertificate::OfAnotherHost).await;
    not_trusted(&place, place.trust()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_has_expired() {
    let place = place(TlsCertificate::Expired).await;
    not_trusted(&place, place.trust()).await;
}
