//! Signing in: what the operator reads when it does not work, or works only in part.

use beside_installation::Fault;
use beside_protocol::ErrorCode;

use crate::place::Place;

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_account_that_is_no_operators() {
    let place = Place::new().await;
    let mut operator = place.operator();
    let right = std::mem::replace(&mut operator.password, "not the password".to_owned());
    assert_eq!(operator.fails_to_sign_in().await, Some(ErrorCode::SignInRefused));
    operator.name = "nobody".to_owned();
    assert_eq!(operator.fails_to_sign_in().await, Some(ErrorCode::SignInRefused), "one vague answer");
    (operator.name, operator.password) =
        (place.broker.administrator.name.clone(), place.broker.administrator.password.clone());
    assert_eq!(operator.fails_to_sign_in().await, Some(ErrorCode::NotAnOperator));
    (operator.name, operator.password) = (place.broker.operator.name.clone(), right);
    operator.signs_in().await;
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
