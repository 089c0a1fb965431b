//! The access code and the knock: wrong, spent, worn out, shared, called off, declined, away.

use std::time::Duration;

use beside_client_controller::Command;
use beside_client_controller::view::ClientView;
use beside_manager_controller::{Command as OperatorCommand, SessionCommand};
use beside_protocol::signalling::ToCustomer;
use beside_protocol::{DeviceId, End, EndReason, ErrorCode, Party};
use beside_transport::clock::now;

use crate::customer::Customer;
use crate::guesser;
use crate::place::Place;

fn another_than(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistyped_or_wrong_code_and_too_many_of_them() {
    let place = Place::new().await;
    let (mut customer, mut operator) = (place.customer(), place.operator());
    let code = operator.signs_in().await;
    for no_code in ["", "12345", "1234567", "12345a", "１２３４５６"] {
        customer.asked_for_code().await;
        customer.type_code(no_code);
    }
    let refused = |view: &ClientView| match view {
        ClientView::Code { busy: false, error, .. } => *error,
        _ => None,
    };
    assert_eq!(customer.screen.until("a refusal", refused).await, ErrorCode::CodeRefused);
    // None of those went to the broker, so all five tries of this place are left.
    let wrong = another_than(&code);
    for _ in 0..5 {
        assert_eq!(customer.tries_code(&wrong).await, Some(ErrorCode::CodeRefused));
    }
    assert_eq!(customer.tries_code(&wrong).await, Some(ErrorCode::TooManyTries));
    assert_eq!(customer.tries_code(&code).await, Some(ErrorCode::TooManyTries), "a right one counts too");
    operator.sees_nobody_waiting().await;
    assert!(place.broker.log().await["sessions"].as_array().unwrap().is_empty());
}

/// A link brings a code along. Nobody is called by opening a link: the customer has to say so, and once it is tried it is not
/// offered again.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_in_a_link_is_offered_and_tried_when_the_customer_says_so() {
    let place = Place::new().await;
    let mut operator = place.operator();
    let code = operator.signs_in().await;
    let mut customer = place.customer_by_link(&code);
    let offered = |view: &ClientView| match view {
        ClientView::Code { busy: false, offered, .. } => offered.clone(),
        _ => None,
    };
    assert_eq!(customer.screen.until("the code of the link", offered).await, code);
    operator.sees_nobody_waiting().await;
    customer.knocks(&code).await;
    operator.knock().await;
    let shown = customer.quits().await;
    let after = shown.iter().skip_while(|view| !matches!(view, ClientView::Code { busy: true, .. }));
    assert!(after.clone().all(|view| offered(view).is_none()), "{shown:?}");
}

/// Strangers guess from many places. From then on whoever knocks has to compute, which the app does by itself; a customer
/// with a code still gets in at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_customer_gets_in_while_codes_are_being_guessed() {
    let place = Place::new().await;
    let (mut customer, mut operator) = (place.customer(), place.operator());
    let code = operator.signs_in().await;
    let wrong = another_than(&code);
    for guess in 0..61 {
        let answer = guesser::knock(&place, guess / 5, &wrong).await;
        assert!(matches!(answer, ToCustomer::Refused { error: ErrorCode::CodeRefused }), "{guess}: {answer:?}");
    }
    let answer = guesser::knock(&place, 100, &code).await;
    assert!(matches!(answer, ToCustomer::Prove { .. }), "{answer:?}");

    assert_eq!(customer.tries_code(&wrong).await, Some(ErrorCode::CodeRefused), "proven and looked at");
    let begun = now();
    customer.knocks(&code).await;
    operator.accepts().await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    customer.sees_number().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spent_code_gets_the_same_answer_as_a_wrong_one() {
    let place = Place::new().await;
    let (mut customer, mut operator) = (place.customer(), place.operator());
    let first = operator.signs_in().await;
    operator.app.send(OperatorCommand::NewCode);
    let second = operator.code_after(&first).await;
    assert_eq!(customer.tries_code(&first).await, Some(ErrorCode::CodeRefused), "replaced by the operator");

    let mut again = place.operator();
    let third = again.signs_in().await;
    assert_eq!(operator.asked_to_sign_in().await, Some(ErrorCode::SignedOut), "signed in elsewhere");
    assert_eq!(customer.tries_code(&second).await, Some(ErrorCode::CodeRefused), "of an older sign-in");

    customer.knocks(&third).await;
    let sid = again.accepts().await;
    let number = customer.sees_number().await;
    again.is_asked_for_number(sid).await;
    customer.answers(true).await;
    again.types_number(sid, &number);
    customer.is_in_session().await;
    customer.app.send(Command::Stop);
    customer.ended().await;
    customer.done().await;
    assert_eq!(customer.tries_code(&third).await, Some(ErrorCode::CodeRefused), "used");
}

/// Three handshakes that the customer calls off; the fourth is refused on the spot, and both apps had warned before.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_worn_out_by_three_handshakes() {
    let place = Place::new().await;
    let (mut customer, mut operator) = (place.customer(), place.operator());
    let code = operator.signs_in().await;
    for attempt in 1..=3 {
        customer.knocks(&code).await;
        assert_eq!(operator.knock().await.1.attempt, attempt);
        let sid = operator.accepts().await;
        assert_eq!(customer.sees_who().await.2, attempt > 1, "a repeated handshake is pointed out");
        assert_eq!(operator.session(sid, "the session", |session| Some(session.again)).await, attempt > 1);
        customer.app.send(Command::Cancel);
        let cancelled = End::new(Party::Customer, EndReason::Cancelled);
        assert_eq!(customer.ended().await, (cancelled, false));
        assert_eq!(operator.ended(sid).await, cancelled);
        operator.does(sid, SessionCommand::Close);
        customer.done().await;
    }
    customer.type_code(&code);
    let refused = |view: &ClientView| match view {
        ClientView::Code { error, .. } => *error,
        _ => None,
    };
    assert_eq!(customer.screen.until("a refusal", refused).await, ErrorCode::CodeWornOut);
    let mut another = place.customer();
    assert_eq!(another.tries_code(&code).await, Some(ErrorCode::CodeRefused), "nor for anybody else");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_customers_with_one_code() {
    let place = Place::new().await;
    let (mut first, mut second, mut operator) = (place.customer(), place.customer(), place.operator());
    let code = operator.signs_in().await;
    first.knocks(&code).await;
    assert_eq!(second.tries_code(&code).await, Some(ErrorCode::CodeRefused));
    operator.accepts().await;
    first.sees_who().await;
    assert_eq!(second.tries_code(&code).await, Some(ErrorCode::CodeRefused));
}

/// The desk goes on while a session runs: the second customer knocks with the next code and is let in too.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_knock_while_the_operator_is_busy() {
    let place = Place::new().await;
    let (mut first, mut operator, sid) = place.in_session().await;
    let code = operator.code().await;
    let mut second = place.customer();
    second.knocks(&code).await;
    let other = operator.accepts().await;
    let number = second.sees_number().await;
    operator.is_asked_for_number(other).await;
    second.desktop.paint(8);
    second.answers(true).await;
    operator.types_number(other, &number);
    second.is_in_session().await;
    operator.sees_screen(other, &second).await;

    second.app.send(Command::Stop);
    let stopped = End::new(Party::Customer, EndReason::Stopped);
    assert_eq!(operator.ended(other).await, stopped);
    first.desktop.paint(9);
    operator.sees_screen(sid, &first).await;
    operator.does(sid, SessionCommand::End);
    assert_eq!(first.ended().await, (End::new(Party::Operator, EndReason::Finished), true));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_declines() {
    let place = Place::new().await;
    let (mut customer, mut operator) = (place.customer(), place.operator());
    let code = operator.signs_in().await;
    customer.knocks(&code).await;
    let (sid, _) = operator.knock().await;
    operator.app.send(OperatorCommand::Decline(sid));
    assert_eq!(customer.ended().await, (End::new(Party::Operator, EndReason::Declined), false));
    customer.done().await;
    customer.knocks(&code).await;
    operator.knock().await;
}

/// The broker is told the ID that the customer sees, the same each time until another is drawn.
#[tokio::test(flavor = "multi_thread")]
async fn a_computer_is_known_by_its_id_until_the_customer_draws_another() {
    let place = Place::new().await;
    let (mut customer, mut operator) = (place.customer(), place.operator());
    let code = operator.signs_in().await;
    let first = customer.sees_device(|_| true).await;
    for round in 0..3 {
        if round == 2 {
            customer.app.send(Command::RenewDevice);
            let drawn = customer.sees_device(|device| device != first).await;
            assert_eq!(drawn.parse::<DeviceId>().unwrap().to_string(), drawn);
        }
        customer.knocks(&code).await;
        let (sid, _) = operator.knock().await;
        operator.app.send(OperatorCommand::Decline(sid));
        operator.sees_nobody_waiting().await;
        customer.ended().await;
        customer.done().await;
    }
    let second = customer.sees_device(|_| true).await;
    assert_ne!(first, second);
    let log = place.broker.log().await;
    let told: Vec<_> = log["sessions"].as_array().unwrap().iter().map(|row| row["device"].as_str().unwrap()).collect();
    assert_eq!(told, [&second, &first, &first], "the newest first");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_is_away() {
    let place = Place::new().await;
    let (mut customer, mut operator) = (place.customer(), place.operator());
    let code = operator.signs_in().await;
    operator.app.send(OperatorCommand::SetAway(true));
    operator.app.send(OperatorCommand::NewCode);
    operator.desk("no code", |desk| (desk.away && desk.code.is_none()).then_some(())).await;
    customer.asked_for_code().await;
    assert_eq!(customer.tries_code(&code).await, Some(ErrorCode::CodeRefused));

    operator.app.send(OperatorCommand::SetAway(false));
    let code = operator.code().await;
    operator.app.send(OperatorCommand::SetAway(true));
    away(&mut customer, &code).await;
    operator.sees_nobody_waiting().await;
    operator.app.send(OperatorCommand::SetAway(false));
    operator.desk("the desk open", |desk| (!desk.away).then_some(())).await;
}

async fn away(customer: &mut Customer, code: &str) {
    customer.asked_for_code().await;
    customer.type_code(code);
    assert_eq!(customer.ended().await, (End::new(Party::Operator, EndReason::Away), false));
    customer.done().await;
}

/// The customer refuses, or the numbers differ three times: the code is good again, or spent; both read why.
#[tokio::test(flavor = "multi_thread")]
async fn the_customer_says_no() {
    let place = Place::new().await;
    let (mut customer, mut operator, sid) = place.accepted().await;
    customer.sees_number().await;
    operator.is_asked_for_number(sid).await;
    customer.answers(false).await;
    let refused = End::new(Party::Customer, EndReason::Refused);
    assert_eq!(customer.ended().await, (refused, false));
    assert_eq!(operator.ended(sid).await, refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_is_wrong_three_times() {
    let place = Place::new().await;
    let (mut customer, mut operator, sid) = place.accepted().await;
    let number = customer.sees_number().await;
    operator.is_asked_for_number(sid).await;
    for _ in 0..3 {
        operator.types_number(sid, &another_than(&number));
    }
    let differs = End::failed(Party::Operator, EndReason::NumberDiffers, ErrorCode::CheckFailed);
    assert_eq!(operator.ended(sid).await, differs);
    assert_eq!(customer.ended().await, (differs, false));
}
