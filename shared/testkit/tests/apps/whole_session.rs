//! The whole job, from the sign-in to the log.

use beside_client_controller::Command;
use beside_manager_controller::view::{PageInput, RightState, SessionView};
use beside_manager_controller::{Command as OperatorCommand, SessionCommand};
use beside_protocol::afterwards::{Felt, Note, Outcome, Rating};
use beside_protocol::input::{Button, InputEvent, KeyUsage};
use beside_protocol::{End, EndReason, Party, Right, SessionId};
use serde_json::{Value, json};

use crate::customer::Customer;
use crate::desktop::Played;
use crate::operator::Operator;
use crate::organisation::{NAME, OPERATOR};
use crate::place::Place;

#[tokio::test(flavor = "multi_thread")]
async fn from_the_sign_in_to_the_log() {
    let place = Place::new().await;
    let (mut customer, mut operator) = (place.customer(), place.operator());

    let code = operator.signs_in().await;
    customer.knocks(&code).await;
    customer.app.send(Command::SetName("  Ada Lovelace ".to_owned()));
    let (sid, knock) = {
        let named = operator.desk("a name", |desk| desk.knocks.first().cloned().filter(|it| it.name.is_some())).await;
        (named.sid.parse().unwrap(), named)
    };
    assert_eq!((knock.name.as_deref(), knock.address.as_str()), (Some("Ada Lovelace"), "127.0.0.1"));
    operator.app.send(OperatorCommand::Accept(sid));

    let who = customer.sees_who().await;
    assert_eq!(who, (Some(NAME.to_owned()), Some(OPERATOR.to_owned()), false));
    let number = customer.sees_number().await;
    operator.is_asked_for_number(sid).await;
    let wrong = if number == "123456" { "123457" } else { "123456" };
    operator.types_number(sid, wrong);
    assert_eq!(operator.sees_mismatch(sid).await, 2);

    customer.desktop.paint(1);
    customer.answers(true).await;
    customer.is_starting().await;
    assert!(operator.app.feed(sid).unwrap().snapshot().is_none(), "nothing is seen before the number matched");
    operator.types_number(sid, &number);
    customer.is_in_session().await;
    operator.sees_screen(sid, &customer).await;
    customer.desktop.paint(2);
    operator.sees_screen(sid, &customer).await;

    operator.plays(sid, vec![PageInput::Move { x: 1, y: 1 }]);
    give_control(&mut customer, &mut operator, sid).await;
    operator.plays(sid, clicks_and_types());
    for expected in clicked_and_typed() {
        assert_eq!(customer.desktop.event().await, expected);
    }

    customer.app.send(Command::TurnOff(Right::Control));
    customer.sees_control(false).await;
    operator.plays(sid, vec![PageInput::Move { x: 2, y: 2 }]);
    operator.sees_right(sid, Right::Control, RightState::Off).await;
    operator.plays(sid, vec![PageInput::Move { x: 3, y: 3 }]);
    give_control(&mut customer, &mut operator, sid).await;
    operator.plays(sid, vec![PageInput::Move { x: 4, y: 4 }]);
    assert_eq!(customer.desktop.event().await, InputEvent::Move { x: 4, y: 4 }, "and nothing in between");

    customer.app.send(Command::Stop);
    let stopped = End::new(Party::Customer, EndReason::Stopped);
    assert_eq!(customer.ended().await, (stopped, true));
    let of_end =
        |session: &SessionView| session.end.map(|end| (end, session.since_ms.is_some(), session.path.is_some()));
    let seen = operator.session(sid, "the end, how long it was and what carried it", of_end).await;
    assert_eq!(seen, (stopped, true, true));
    operator.plays(sid, vec![PageInput::Move { x: 5, y: 5 }]);
    customer.rates(Rating { solved: Some(true), felt: None }).await;
    customer.rates(Rating { solved: Some(true), felt: Some(Felt::Good) }).await;
    let tags = operator.desk("the tags of the house", |desk| Some(desk.tags.clone())).await;
    assert!(tags.is_empty());
    let note = Note {
        outcome: Some(Outcome::Solved), tags: vec!["프린터".to_owned()], text: "다시 연결함".to_owned()
    };
    operator.does(sid, SessionCommand::Note(note));
    let recent = operator.desk("the session among the recent ones", |desk| desk.recent.first().cloned()).await;
    assert_eq!((recent.end, recent.name.as_deref()), (stopped, Some("Ada Lovelace")));
    customer.done().await;
    assert!(customer.desktop.leftovers().iter().all(|it| *it == Played::ReleasedAll));

    // What the manager said before this request is in the log when the broker answers it.
    let next = operator.code().await;
    operator.app.send(OperatorCommand::NewCode);
    operator.code_after(&next).await;
    check_log(&place.broker.log().await);
}

async fn give_control(customer: &mut Customer, operator: &mut Operator, sid: SessionId) {
    operator.does(sid, SessionCommand::Ask { right: Right::Control, reason: "to show you".to_owned() });
    operator.sees_right(sid, Right::Control, RightState::Asked).await;
    assert_eq!(customer.answers_request(true).await, "to show you");
    customer.sees_control(true).await;
    operator.sees_right(sid, Right::Control, RightState::On).await;
}

fn clicks_and_types() -> Vec<PageInput> {
    let key = |down| PageInput::Key { code: "KeyA".to_owned(), down };
    vec![
        PageInput::Move { x: 100, y: 50 },
        PageInput::Button { button: 0, down: true },
        PageInput::Button { button: 0, down: false },
        PageInput::Scroll { dx: 0, dy: 120 },
        key(true),
        key(false),
        PageInput::Text { text: "곁에서".to_owned() },
    ]
}

fn clicked_and_typed() -> Vec<InputEvent> {
    let key = |down| InputEvent::Key { key: KeyUsage(0x04), down };
    vec![
        InputEvent::Move { x: 100, y: 50 },
        InputEvent::Button { button: Button::Left, down: true },
        InputEvent::Button { button: Button::Left, down: false },
        InputEvent::Scroll { dx: 0, dy: 120 },
        key(true),
        key(false),
        InputEvent::Text("곁에서".to_owned()),
    ]
}

fn check_log(log: &Value) {
    let session = &log["sessions"][0];
    assert_eq!(log["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(log["sign_ins"][0]["outcome"], "signed_in");
    assert_eq!((&session["customer_name"], &session["operator"]["name"]), (&json!("Ada Lovelace"), &json!("Kim")));
    assert_eq!(session["end"], json!({ "by": "customer", "reason": "stopped" }));
    assert_eq!(session["granted"], json!(["view", "control"]));
    assert_eq!(session["rating"], json!({ "solved": true, "felt": "good" }));
    assert_eq!((&session["outcome"], &session["tags"]), (&json!("solved"), &json!(["프린터"])));
    assert_eq!(session["note"], "다시 연결함");
    assert_eq!(session["paths"][0], "relay");
    for moment in ["knocked_at", "accepted_at", "verdict_at", "checked_at", "ended_at"] {
        assert!(session[moment].is_i64(), "{moment}: {session:#}");
    }
    // The broker's own verdict waits for late reports; the reports themselves are there, and are the same story.
    assert_eq!(session["differs"], false);
    let story = |side: &str| {
        let events = session["events"].as_array().unwrap().iter().filter(|event| event["side"] == side);
        let told =
            events.filter(|event| ["accepted", "checked", "granted", "end"].contains(&event["kind"].as_str().unwrap()));
        told.map(|event| (event["kind"].clone(), event["right"].clone(), event["end"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(story("customer"), story("operator"), "{session:#}");
    assert_eq!(story("customer").len(), 6, "{session:#}");
}
