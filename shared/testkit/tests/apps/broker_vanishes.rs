//! The broker's process is killed at every stage: both apps say so, neither hangs, and a broker that comes back is enough
//! to begin anew without starting either app again.

use beside_client_controller::Command;
use beside_client_controller::view::ClientView;
use beside_protocol::path::PathKind;
use beside_protocol::{End, EndReason, ErrorCode, Party};

use crate::customer::Customer;
use crate::operator::Operator;
use crate::place::Place;

const LOST: End = End::failed(Party::Nobody, EndReason::Lost, ErrorCode::BrokerLost);

impl Operator {
    async fn sees_the_broker_gone(&mut self) {
        self.desk("a broken line", |desk| (!desk.connected && desk.code.is_none()).then_some(())).await;
    }
}

/// The broker is back and knows the operator, who gets a new code; the next customer is helped.
async fn begins_anew(place: &mut Place, mut customer: Customer, mut operator: Operator) {
    place.open();
    let code = operator.code().await;
    customer.knocks(&code).await;
    operator.accepts().await;
    customer.sees_who().await;
}

/// These three are nearly all waiting, so they wait together.
#[tokio::test(flavor = "multi_thread")]
async fn before_there_is_a_session_and_it_stays_away() {
    tokio::join!(while_the_customer_waits(), while_the_customer_reads_who_it_is(), while_the_customer_decides());
}

async fn while_the_customer_waits() {
    let mut place = Place::new().await;
    let (mut customer, mut operator) = (place.customer(), place.operator());
    let code = operator.signs_in().await;
    customer.knocks(&code).await;
    operator.knock().await;
    place.broker.kill();
    operator.sees_the_broker_gone().await;
    assert_eq!(customer.ended().await, (LOST, false));
    customer.done().await;
    begins_anew(&mut place, customer, operator).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_customer_waits_and_it_comes_back() {
    let mut place = Place::new().await;
    let (mut customer, mut operator) = (place.customer(), place.operator());
    let code = operator.signs_in().await;
    customer.knocks(&code).await;
    operator.knock().await;
    let further = operator.code_after(&code).await;
    place.broker.kill();
    place.open();
    let forgotten = End::failed(Party::Broker, EndReason::Lost, ErrorCode::BrokerLost);
    assert_eq!(customer.ended().await, (forgotten, false));
    customer.done().await;
    let next = operator.code_after(&further).await;
    operator.sees_nobody_waiting().await;
    customer.knocks(&next).await;
    operator.knock().await;
}

async fn while_the_customer_reads_who_it_is() {
    let place = Place::new().await;
    let (mut customer, mut operator, sid) = place.accepted().await;
    customer.sees_who().await;
    place.broker.kill();
    operator.sees_the_broker_gone().await;
    assert_eq!(customer.ended().await, (LOST, false));
    assert_eq!(operator.ended(sid).await, LOST);
    customer.done().await;
}

async fn while_the_customer_decides() {
    let place = Place::new().await;
    let (mut customer, mut operator, sid) = place.accepted().await;
    customer.sees_number().await;
    operator.is_asked_for_number(sid).await;
    place.broker.kill();
    // The yes can't be said to anybody any more.
    customer.answers(true).await;
    customer.is_starting().await;
    assert_eq!(operator.ended(sid).await, LOST);
    assert_eq!(customer.ended().await, (LOST, false));
    customer.done().await;
}

/// The relay is all that there is: the broker dies before the first description for a direct path has left.
#[tokio::test(flavor = "multi_thread")]
async fn in_a_session_on_the_relay() {
    let mut place = Place::new().await;
    let (mut customer, mut operator, sid, number) = place.allowed().await;
    let (reached, begun) = std::sync::mpsc::channel();
    let (go, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Mutex::new(Some(held));
    customer.before(move |view| {
        if let (ClientView::Session { .. }, Some(held)) = (view, held.lock().unwrap().take()) {
            let _ = reached.send(());
            let _ = held.recv();
        }
    });
    operator.types_number(sid, &number);
    tokio::task::block_in_place(|| begun.recv()).unwrap();
    place.broker.kill();
    drop(go);
    customer.is_in_session().await;
    let pathless = |view: &ClientView| matches!(view, ClientView::Session { path: None, .. }).then_some(());
    customer.screen.until("a session without a path", pathless).await;
    operator.sees_the_broker_gone().await;
    operator.session(sid, "a session without a path", |session| session.path.is_none().then_some(())).await;

    place.open();
    operator.sees_screen(sid, &customer).await;
    customer.desktop.paint(6);
    operator.sees_screen(sid, &customer).await;
    customer.app.send(Command::Stop);
    let stopped = End::new(Party::Customer, EndReason::Stopped);
    assert_eq!(customer.ended().await, (stopped, true));
    assert_eq!(operator.ended(sid).await, stopped);
}

/// Once there is a direct path the session needs no broker; Stop is heard on it.
#[tokio::test(flavor = "multi_thread")]
async fn in_a_session_on_a_direct_path() {
    let mut place = Place::new().await;
    let (mut customer, mut operator, sid) = place.in_session().await;
    let direct = |path: &Option<PathKind>| path.is_some_and(|path| path != PathKind::Relay).then_some(());
    let seen = |view: &ClientView| match view {
        ClientView::Session { path, .. } => direct(path),
        _ => None,
    };
    customer.screen.until("a direct path", seen).await;
    operator.session(sid, "a direct path", |session| direct(&session.path)).await;
    place.broker.kill();
    operator.sees_the_broker_gone().await;
    customer.desktop.paint(5);
    operator.sees_screen(sid, &customer).await;
    customer.app.send(Command::Stop);
    let stopped = End::new(Party::Customer, EndReason::Stopped);
    assert_eq!(customer.ended().await, (stopped, true));
    assert_eq!(operator.ended(sid).await, stopped);
    customer.done().await;
    begins_anew(&mut place, customer, operator).await;
}
