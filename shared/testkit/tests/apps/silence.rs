//! A broker that is there and says nothing: an app gives it up in time, and closes at once whatever it does.

use std::sync::Mutex;
use std::time::Duration;

use beside_client_controller::Command;
use beside_client_controller::view::ClientView;
use beside_manager_controller::Command as OperatorCommand;
use beside_protocol::{End, EndReason, ErrorCode, Party};

use crate::broker::TlsCertificate;
use crate::place::Place;
use crate::wire::Silent;

/// Closing an app is a matter of a moment.
const A_MOMENT: Duration = Duration::from_secs(3);

/// These three are nearly all waiting, so they wait together.
#[tokio::test(flavor = "multi_thread")]
async fn a_silent_broker_is_given_up_in_time() {
    tokio::join!(that_freezes(), that_never_answers_a_request(), that_never_answers_a_knock());
}

async fn that_freezes() {
    let place = Place::new().await;
    let (mut customer, mut operator) = (place.customer(), place.operator());
    operator.asked_to_sign_in().await;
    place.broker.freeze();
    let (at_customer, at_operator) = tokio::join!(customer.tries_code("123456"), operator.fails_to_sign_in());
    assert_eq!(at_customer, Some(ErrorCode::BrokerUnreachable));
    assert_eq!(at_operator, Some(ErrorCode::BrokerUnreachable));
}

/// It proves who it is, and then says nothing.
async fn that_never_answers_a_request() {
    let mut place = Place::without_statements(TlsCertificate::Good).await;
    let silent = Silent::start(&place).await;
    place.broker.address = silent.address;
    let (mut customer, mut operator) = (place.customer(), place.operator());
    let (at_customer, at_operator) = tokio::join!(customer.tries_code("123456"), operator.fails_to_sign_in());
    assert_eq!(at_customer, Some(ErrorCode::BrokerUnreachable));
    assert_eq!(at_operator, Some(ErrorCode::BrokerUnreachable));
}

/// It takes the socket, and then says nothing to the knock.
async fn that_never_answers_a_knock() {
    let mut place = Place::without_statements(TlsCertificate::Good).await;
    let silent = Silent::upgrades(&place).await;
    place.broker.address = silent.address;
    assert_eq!(place.customer().tries_code("123456").await, Some(ErrorCode::BrokerLost));
}

#[tokio::test(flavor = "multi_thread")]
async fn apps_close_at_once_though_the_broker_is_frozen() {
    let place = Place::new().await;
    let (mut customer, mut operator, _) = place.accepted().await;
    customer.sees_who().await;
    place.broker.freeze();
    customer.app.send(Command::Quit);
    operator.app.send(OperatorCommand::Quit);
    customer.screen.closed(A_MOMENT).await;
    operator.screen.closed(A_MOMENT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_manager_closes_at_once_while_it_signs_in() {
    let place = Place::new().await;
    let mut operator = place.operator();
    operator.asked_to_sign_in().await;
    place.broker.freeze();
    operator.submit();
    operator.app.send(OperatorCommand::Quit);
    operator.screen.closed(A_MOMENT).await;
}

/// Stop needs neither the broker nor the operator: nothing is played after it, and the end is shown at once.
#[tokio::test(flavor = "multi_thread")]
async fn stop_works_at_once_though_the_network_is_frozen() {
    let mut place = Place::new().await;
    let (mut customer, mut operator, sid, number) = place.allowed().await;
    let (freeze, frozen) = (place.broker.freezer(), Mutex::new(false));
    customer.before(move |view| {
        if let ClientView::Session { .. } = view
            && !std::mem::replace(&mut *frozen.lock().unwrap(), true)
        {
            freeze();
        }
    });
    operator.types_number(sid, &number);
    customer.is_in_session().await;
    customer.app.send(Command::Stop);
    let ended = |view: &ClientView| match view {
        ClientView::Ended { end, .. } => Some(*end),
        _ => None,
    };
    let end = customer.screen.within(Duration::from_secs(1), "the end", ended).await;
    assert_eq!(end, End::new(Party::Customer, EndReason::Stopped));
    assert!(operator.app.feed(sid).unwrap().snapshot().is_none(), "no picture has left");
    place.broker.kill();
    place.open();
    // What was said to the frozen broker is said again to the new one; only the customer's own word could explain it.
    assert_eq!(operator.ended(sid).await, End::failed(Party::Broker, EndReason::Lost, ErrorCode::PeerLost));
}
