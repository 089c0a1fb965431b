//! Somebody closes an app or signs out, at every stage: the other side hears of it.

use beside_client_controller::Command;
use beside_manager_controller::Command as OperatorCommand;
use beside_protocol::{End, EndReason, Party};

use crate::place::Place;

#[tokio::test(flavor = "multi_thread")]
async fn the_client_is_closed_while_it_knocks() {
    let place = Place::new().await;
    let (mut customer, mut operator) = (place.customer(), place.operator());
    let code = operator.signs_in().await;
    customer.knocks(&code).await;
    operator.knock().await;
    customer.quits().await;
    operator.sees_nobody_waiting().await;
    place.customer().knocks(&code).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_customer_calls_the_knock_off() {
    let place = Place::new().await;
    let (mut customer, mut operator) = (place.customer(), place.operator());
    let code = operator.signs_in().await;
    customer.knocks(&code).await;
    operator.knock().await;
    customer.app.send(Command::Cancel);
    assert_eq!(customer.ended().await, (End::new(Party::Customer, EndReason::Cancelled), false));
    operator.sees_nobody_waiting().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_is_closed_while_its_user_decides() {
    let place = Place::new().await;
    let (mut customer, mut operator, sid) = place.accepted().await;
    customer.sees_who().await;
    customer.quits().await;
    assert_eq!(operator.ended(sid).await, End::new(Party::Customer, EndReason::Closed));
}

/// To come to a session takes people's time, so these three do it together.
#[tokio::test(flavor = "multi_thread")]
async fn in_a_session() {
    tokio::join!(
        the_client_is_closed_in_a_session(),
        the_manager_is_closed_in_a_session(),
        the_operator_signs_out_in_a_session()
    );
}

async fn the_client_is_closed_in_a_session() {
    let place = Place::new().await;
    let (mut customer, mut operator, sid) = place.in_session().await;
    customer.quits().await;
    // Closing presses Stop, so that it works at once whatever else is under way.
    assert_eq!(operator.ended(sid).await, End::new(Party::Customer, EndReason::Stopped));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_manager_is_closed_while_somebody_knocks() {
    let place = Place::new().await;
    let (mut customer, mut operator) = (place.customer(), place.operator());
    let code = operator.signs_in().await;
    customer.knocks(&code).await;
    operator.knock().await;
    operator.quits().await;
    assert_eq!(customer.ended().await, (End::new(Party::Operator, EndReason::SignedOut), false));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_manager_is_closed_while_the_customer_decides() {
    let place = Place::new().await;
    let (mut customer, mut operator, _) = place.accepted().await;
    customer.sees_who().await;
    operator.quits().await;
    assert_eq!(customer.ended().await, (End::new(Party::Operator, EndReason::Closed), false));
}

async fn the_manager_is_closed_in_a_session() {
    let place = Place::new().await;
    let (mut customer, mut operator, _) = place.in_session().await;
    operator.quits().await;
    assert_eq!(customer.ended().await, (End::new(Party::Operator, EndReason::Closed), true));
}

async fn the_operator_signs_out_in_a_session() {
    let place = Place::new().await;
    let (mut customer, mut operator, _) = place.in_session().await;
    operator.app.send(OperatorCommand::SignOut);
    assert_eq!(customer.ended().await, (End::new(Party::Operator, EndReason::SignedOut), true));
    assert_eq!(operator.asked_to_sign_in().await, None);
}

/// A name is only a name: whatever a person types there, the knock goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_never_ends_a_knock() {
    let place = Place::new().await;
    let (mut customer, mut operator) = (place.customer(), place.operator());
    let code = operator.signs_in().await;
    customer.knocks(&code).await;
    let long = "곁에".repeat(30_000);
    // Decomposed Hangul, as some systems' input gives it; a character that nobody sees; nothing; far too much.
    for name in ["\u{1100}\u{1161}\u{11a8}", "Ada\u{200d}\u{7}", "", &long, "Grace"] {
        customer.app.send(Command::SetName(name.to_owned()));
    }
    let find = |desk: &beside_manager_controller::view::DeskView| {
        desk.knocks.first().filter(|knock| knock.name.as_deref() == Some("Grace")).map(|_| ())
    };
    operator.desk("the last name", find).await;
    operator.accepts().await;
    customer.sees_who().await;
}
