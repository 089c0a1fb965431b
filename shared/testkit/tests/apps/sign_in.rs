//! Signing in: what the operator reads when it does not work, or works only in part.

use std::time::Duration;

use beside_installation::Fault;
use beside_protocol::ErrorCode;
use beside_protocol::api::{Role, SignIn};
use beside_transport::api::{Api, SignInAnswer};
use beside_transport::{Broker, trust};

use crate::broker::HOST;
use crate::place::Place;

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_account_that_is_no_operators() {
    let place = Place::new().await;
    let mut operator = place.operator();
    let right = std::mem::replace(&mut operator.password, "not the password".to_owned());
    assert_eq!(operator.fails_to_sign_in().await, Some(ErrorCode::SignInRefused));
    operator.name = "nobody".to_owned();
    assert_eq!(operator.fails_to_sign_in().await, Some(ErrorCode::SignInRefused), "one vague answer");
    let auditor = place.broker.add(Role::Auditor, "Choi").await;
    (operator.name, operator.password) = (auditor.name, auditor.password);
    assert_eq!(operator.fails_to_sign_in().await, Some(ErrorCode::NotAnOperator));
    (operator.name, operator.password) = (place.broker.operator.name.clone(), right);
    operator.signs_in().await;
}

/// The sixth try in a row from one place needs a proof of work, which the manager gives by itself.
#[tokio::test(flavor = "multi_thread")]
async fn many_failures_make_the_manager_compute() {
    let place = Place::new().await;
    let mut operator = place.operator();
    let right = std::mem::replace(&mut operator.password, "not the password".to_owned());
    for wait in [0, 0, 0, 1, 2] {
        broker_makes_wait(wait).await;
        assert_eq!(operator.fails_to_sign_in().await, Some(ErrorCode::SignInRefused));
    }
    broker_makes_wait(4).await;
    let tls = trust::client_config(&place.trust().authorities).unwrap();
    let api = Api::new(&Broker { host: HOST.to_owned(), port: place.broker.address.port(), tls }).unwrap();
    let name = place.broker.operator.name.clone();
    let unproven = SignIn { name, password: right.clone(), second_factor: None, proof: None };
    assert!(matches!(api.sign_in(&unproven).await, Ok(SignInAnswer::Prove(_))), "even with the right password");
    operator.password = right;
    operator.signs_in().await;
}

/// The wait that the broker imposes, in its own time. Nothing tells when it is over but the clock.
async fn broker_makes_wait(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// The manager works for customers without org.json all the same, and the desk says what is missing for the others.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_on_this_machine() {
    let mut place = Place::new().await;
    let right = std::mem::replace(&mut place.broker.operator.id, "somebody.else".parse().unwrap());
    let mut operator = place.operator();
    place.broker.operator.id = right;
    operator.signs_in().await;
    assert_eq!(operator.desk("the desk", |desk| Some(desk.notice)).await, Some(ErrorCode::OperatorKeyMissing));
}

/// The manager's own org.json is not good: said before the sign-in and after it.
#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_file_that_is_not_good() {
    let place = Place::new().await;
    for error in [ErrorCode::OrganisationInvalid, ErrorCode::OrganisationExpired] {
        let mut operator = place.operator_who(Err(Fault { error, clock: None }), place.trust());
        assert_eq!(operator.asked_to_sign_in().await, Some(error));
        operator.signs_in().await;
        assert_eq!(operator.desk("the desk", |desk| Some(desk.notice)).await, Some(error));
        operator.quits().await;
    }
}
