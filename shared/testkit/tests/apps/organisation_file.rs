//! org.json: altered, expired, foreign, absent. What is there and not good never counts as absent.

use std::fs;

use beside_client_controller::Command;
use beside_client_controller::view::ClientView;
use beside_identity::{UnixTime, organisation_file};
use beside_installation::{DataFolder, find_organisation_in, wall_clock};
use beside_manager_controller::SessionCommand;
use beside_manager_controller::view::CheckView;
use beside_protocol::{End, EndReason, ErrorCode, Party};

use crate::customer::Customer;
use crate::organisation::{DAY, Keys, days_ago, today};
use crate::place::Place;

/// A client that starts beside this org.json, as its shell starts it.
fn starts_beside(place: &Place, file: Option<String>) -> Customer {
    let folder = tempfile::tempdir().unwrap();
    if let Some(file) = file {
        fs::write(folder.path().join("org.json"), file).unwrap();
    }
    let data = DataFolder::at(folder.path().join("data")).unwrap();
    let trust = place.trust();
    let found = find_organisation_in(folder.path(), &trust, &data, wall_clock());
    Customer::start(beside_client_controller::Setup { data, trust, found, offered: None }, Some(folder))
}

fn file(keys: &Keys, place: &Place, issued: UnixTime, expires: UnixTime) -> String {
    organisation_file::write(&keys.organisation(&place.broker.host_and_port(), issued, expires))
}

/// The app says why and lets nobody go on: no act leads out of that screen but closing the app.
async fn blocked(mut customer: Customer) -> (ErrorCode, Option<String>) {
    let blocked = |view: &ClientView| match view {
        ClientView::Blocked { error, clock } => Some((*error, clock.clone())),
        _ => None,
    };
    let why = customer.screen.until("the blocked screen", blocked).await;
    customer.type_code("123456");
    customer.app.send(Command::SubmitBroker("127.0.0.1:1".to_owned()));
    customer.app.send(Command::Done);
    assert!(customer.quits().await.is_empty(), "nothing else was shown");
    why
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_good() {
    let place = Place::new().await;
    let good = file(&place.keys, &place, days_ago(1), today() + DAY);
    let foreign = file(&Keys::new(), &place, days_ago(1), today() + DAY);
    let expired = file(&place.keys, &place, days_ago(100), days_ago(1));
    // One character inside the statement's base64.
    let (at, old) = good.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()).nth(120).unwrap();
    let altered = format!("{}{}{}", &good[..at], if old == 'A' { 'B' } else { 'A' }, &good[at + 1..]);
    for (why, file, expected) in [
        ("altered", altered, ErrorCode::OrganisationInvalid),
        ("foreign", foreign, ErrorCode::OrganisationInvalid),
        ("expired", expired, ErrorCode::OrganisationExpired),
        ("empty", String::new(), ErrorCode::OrganisationInvalid),
    ] {
        assert_eq!(blocked(starts_beside(&place, Some(file))).await, (expected, None), "{why}");
    }
    assert_eq!(starts_beside(&place, Some(good)).asked_for_code().await, None);
}

/// Without the file the app asks for the broker, shows nobody's name, and the number alone decides.
#[tokio::test(flavor = "multi_thread")]
async fn no_file() {
    let place = Place::new().await;
    let mut customer = starts_beside(&place, None);
    let asked = |view: &ClientView| match view {
        ClientView::Broker { error } => Some(*error),
        _ => None,
    };
    assert_eq!(customer.screen.until("the question for the broker", asked).await, None);
    for not_one in ["", "not an address", "127.0.0.1", "127.0.0.1:99999"] {
        customer.app.send(Command::SubmitBroker(not_one.to_owned()));
    }
    let wrong = |view: &ClientView| asked(view).flatten();
    assert_eq!(customer.screen.until("what is wrong with it", wrong).await, ErrorCode::BrokerUnreachable);
    customer.app.send(Command::SubmitBroker(format!(" {} ", place.broker.host_and_port())));

    let mut operator = place.operator();
    let code = operator.signs_in().await;
    customer.knocks(&code).await;
    let sid = operator.accepts().await;
    assert_eq!(customer.sees_who().await, (None, None, false));
    let number = operator
        .session(sid, "the number to read out", |session| match &session.check {
            CheckView::Compare { number, read_out: true } => Some(number.clone()),
            _ => None,
        })
        .await;
    customer.desktop.paint(3);
    customer.types_number(&number).await;
    customer.answers_question(true).await;
    operator.does(sid, SessionCommand::ConfirmNumber);
    customer.is_in_session().await;
    operator.sees_screen(sid, &customer).await;
    operator.does(sid, SessionCommand::End);
    let finished = End::new(Party::Operator, EndReason::Finished);
    assert_eq!(customer.ended().await, (finished, true));
    assert_eq!(operator.ended(sid).await, finished);
}

/// A typed address behind which nobody is: the client asks for it again.
#[tokio::test(flavor = "multi_thread")]
async fn no_file_and_nobody_at_the_address() {
    let place = Place::new().await;
    let mut customer = starts_beside(&place, None);
    customer.app.send(Command::SubmitBroker(place.broker.host_and_port()));
    customer.asked_for_code().await;
    place.broker.kill();
    customer.type_code("123456");
    let error = |view: &ClientView| match view {
        ClientView::Broker { error } => *error,
        _ => None,
    };
    assert_eq!(customer.screen.until("what is wrong with it", error).await, ErrorCode::BrokerUnreachable);
}
