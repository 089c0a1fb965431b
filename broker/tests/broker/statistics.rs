//! Figures, as they follow the log.

use std::time::Instant;

use beside_broker::audit::{Action, Actor, Event};
use beside_broker::storage::settings::Policy;
use beside_broker_core::Record;
use beside_broker_core::effect::{Side, SignInOutcome};
use beside_broker_core::name::PersonName;
use beside_protocol::afterwards::{Felt, Note, Outcome, Rating};
use beside_protocol::path::PathKind;
use beside_protocol::signalling::SessionEvent;
use reqwest::Method;
use serde_json::{Value, json};

use crate::audited::{Audited, OPERATOR_PLACE, THEN, address, device};
use crate::harness::{Account, Broker, PATIENCE, sid};
use crate::retention::{DAY, aged_under, now};

/// The figures of a period; while they are loaded it is asked again.
#[expect(clippy::disallowed_methods, reason = "a broker that loads for ever must not hang the test")]
pub(crate) async fn figures(broker: &Broker, bearer: &str, query: &str) -> Value {
    let begun = Instant::now();
    loop {
        let (status, answer) = broker.administer(Method::GET, &format!("statistics?{query}"), bearer, None).await;
        if status == 200 {
            return answer;
        }
        assert_eq!((status, &answer["reasons"]), (503, &json!(["statistics_loading"])), "{answer}");
        assert!(begun.elapsed() < PATIENCE, "{}", broker.stderr());
    }
}

#[actix_web::test]
async fn figures_are_those_of_the_log_and_follow_it() {
    let mut audited = Audited::empty();
    let storage = audited.storage().await;
    for number in 1..=3 {
        storage.write(&audited.session(number, THEN + i64::from(number) * 60_000)).await.unwrap();
    }
    audited.broker.serve();
    let bearer = audited.broker.sign_in_to_console(&audited.broker.administrator).await;
    let ask = async |query: &str| figures(&audited.broker, &bearer, query).await;
    let period = format!("from={}&before={}&bucket=day&zone=Asia/Seoul", THEN - DAY, now() + DAY);
    let loaded = ask(&period).await;
    let total = &loaded["total"];
    assert_eq!(
        [&total["sessions"], &total["accepted"], &total["began"], &total["checked"], &total["relayed"]],
        [&json!(3); 5],
        "{total}"
    );
    assert_eq!((&total["ends"], &total["direct"]), (&json!({ "stopped": 3 }), &json!(0)));
    assert_eq!(total["waiting"], json!({ "median_ms": 20, "p90_ms": 20 }));
    assert_eq!(total["duration"], json!({ "median_ms": 12, "p90_ms": 12 }));
    assert_eq!((&total["sign_ins"], &loaded["earlier"]["sessions"]), (&json!(1), &json!(0)));
    let buckets = loaded["buckets"].as_array().unwrap();
    assert_eq!(buckets[0]["from"], THEN - DAY);
    assert_eq!(buckets.iter().map(|bucket| bucket["figures"]["sessions"].as_u64().unwrap()).sum::<u64>(), 3);
    // 2026-11-18 20:07 in Seoul, a Wednesday.
    assert_eq!(loaded["week"][2][20], 3);

    // Another process writes: nothing but the log tells of it.
    storage.write(&audited.session(4, now() - 1_000)).await.unwrap();
    storage.write(&audited.session(5, now() - 1_000)).await.unwrap();
    let refused = |account: Option<&str>| Record::SignIn {
        account: account.map(|id| id.parse().unwrap()),
        address: address(OPERATOR_PLACE),
        outcome: SignInOutcome::WrongPassword,
        at: now(),
    };
    storage.write(&[refused(Some(&audited.operator.id)), refused(None)]).await.unwrap();
    let total = ask(&period).await["total"].take();
    assert_eq!((&total["sessions"], &total["sign_ins_refused"]), (&json!(5), &json!(2)));
    // An app is late.
    let path = |path| Record::Reported {
        sid: sid(5),
        side: Side::Customer,
        event: SessionEvent::Path { path, delay_ms: None },
        at: now(),
    };
    storage.write(&[path(PathKind::DirectUdp)]).await.unwrap();
    let total = ask(&period).await["total"].take();
    assert_eq!((&total["relayed"], &total["direct"], &total["both"]), (&json!(4), &json!(1), &json!(0)));
    storage.write(&[path(PathKind::Relay)]).await.unwrap();
    let total = ask(&period).await["total"].take();
    assert_eq!((&total["sessions"], &total["direct"], &total["both"]), (&json!(5), &json!(0), &json!(1)));

    // Something is said: of a session that was counted long ago, and of one that has just ended.
    let mut writing = storage.writing().await.unwrap();
    let customer = || Event::new(Action::SessionRated, Actor::Customer, now());
    for (number, felt) in [(1, Felt::Good), (1, Felt::Fair), (5, Felt::Good)] {
        let rating = Rating { solved: Some(true), felt: Some(felt) };
        writing.rate(&sid(number).to_text(), rating, customer()).await.unwrap();
    }
    let note = Note { outcome: Some(Outcome::CallBack), tags: Vec::new(), text: String::new() };
    let operator = Actor::Account(audited.operator.id.parse().unwrap());
    let noted = Event::new(Action::SessionNoted, operator, now());
    assert!(writing.note(&sid(2).to_text(), &audited.operator.id, &note, noted).await.unwrap());
    writing.commit().await.unwrap();
    let total = ask(&period).await["total"].take();
    assert_eq!(total["ratings"], json!({ "solved": 2, "not_solved": 0, "good": 1, "fair": 1, "poor": 0 }));
    assert_eq!(total["outcomes"], json!({ "solved": 0, "call_back": 1, "unsolved": 0 }));

    // What was loaded and followed is what a broker loads that starts now.
    let before = format!("from={}&before={}&bucket=hour&split=operator", THEN - DAY, now());
    let followed = ask(&before).await;
    audited.broker.restart();
    assert_eq!(figures(&audited.broker, &bearer, &before).await, followed);
}

#[actix_web::test]
async fn a_supervisor_counts_its_own_groups() {
    let mut audited = Audited::empty();
    let lee = audited.broker.add_operator("Lee");
    let supervisor = audited.broker.add("supervisor", "Choi");
    let storage = audited.storage().await;
    storage.write(&audited.session(1, THEN)).await.unwrap();
    storage.write(&Audited::session_of(&lee, 2, THEN + 1)).await.unwrap();
    storage.write(&Audited::session_of(&lee, 3, THEN + 2)).await.unwrap();
    let mut writing = storage.writing().await.unwrap();
    let event = |action| Event::new(action, Actor::CommandLine, now());
    for (group, members) in
        [("g-day", vec![&supervisor.id, &audited.operator.id]), ("g-night", vec![&audited.operator.id, &lee.id])]
    {
        writing.add_group(group, group, event(Action::GroupCreated)).await.unwrap();
        for member in members {
            writing.join_group(group, &member.parse().unwrap(), event(Action::GroupJoined)).await.unwrap();
        }
    }
    writing.commit().await.unwrap();
    audited.broker.serve();
    let broker = &audited.broker;
    let administrator = broker.sign_in_to_console(&broker.administrator).await;
    let supervisor = broker.sign_in_to_console(&supervisor).await;
    let period = format!("from={}&before={}&bucket=day", THEN - 1, THEN + DAY);
    let told = async |bearer: &str, query: &str| {
        let answer = figures(broker, bearer, &format!("{period}{query}")).await;
        let parts = answer["parts"].as_array().cloned().unwrap_or_default();
        let part = |part: &Value| (part["of"]["name"].as_str().map(str::to_owned), part["total"]["sessions"].as_i64());
        (answer["total"]["sessions"].as_i64().unwrap(), parts.iter().map(part).collect::<Vec<_>>())
    };
    let named = |name: &str, sessions| (Some(name.to_owned()), Some(sessions));
    assert_eq!(told(&administrator, "").await, (3, vec![]));
    assert_eq!(told(&administrator, "&split=operator").await, (3, vec![named("Kim", 1), named("Lee", 2)]));
    // Who is in two groups counts in each.
    assert_eq!(told(&administrator, "&split=group").await, (3, vec![named("g-day", 1), named("g-night", 3)]));
    assert_eq!(told(&administrator, "&group=g-day&split=group").await.0, 1);
    assert_eq!(told(&administrator, &format!("&operator={}", lee.id)).await.0, 2);
    assert_eq!(told(&supervisor, "&split=operator").await, (1, vec![named("Kim", 1)]));
    assert_eq!(told(&supervisor, "&split=group").await, (1, vec![named("g-day", 1)]), "no group that is not its own");
    assert_eq!(told(&supervisor, &format!("&operator={}", lee.id)).await.0, 0);

    let (status, answer) =
        broker.administer(Method::GET, &format!("statistics?{period}&device=x"), &administrator, None).await;
    assert_eq!((status, &answer["reasons"]), (400, &json!(["device"])));
    for (query, reasons) in [
        ("from=0&before=1&bucket=day&zone=Mars/Olympus", json!(["hours_zone_unknown"])),
        ("from=1&before=1&bucket=day", json!(["period"])),
        ("from=0&before=9223372036854775807&bucket=day", json!(["period"])),
        ("from=0&before=1000000000000&bucket=hour", json!(["too_many_buckets"])),
    ] {
        let (status, answer) =
            broker.administer(Method::GET, &format!("statistics?{query}"), &administrator, None).await;
        assert_eq!((status, &answer["reasons"]), (400, &reasons), "{query}");
    }
}

/// A session of the operator with a customer at a computer, who gives a name.
fn of_customer(operator: &Account, number: u8, at: i64, computer: Option<u8>, name: Option<&str>) -> Vec<Record> {
    let mut records = Audited::session_of(operator, number, at);
    records.retain(|record| name.is_some() || !matches!(record, Record::Named { .. }));
    for record in &mut records {
        if let Record::Knocked { device: of, .. } = record {
            *of = computer.map(device);
        }
        if let (Record::Named { name: given, .. }, Some(name)) = (record, name) {
            *given = PersonName::parse(name).unwrap();
        }
    }
    records
}

#[actix_web::test]
async fn customers_are_told_apart_by_their_computers() {
    let mut audited = Audited::empty();
    let lee = audited.broker.add_operator("Lee");
    let supervisor = audited.broker.add("supervisor", "Choi");
    let storage = audited.storage().await;
    let kim = &audited.operator;
    for (operator, number, computer, name) in [
        (kim, 1, Some(7), Some("Ada")),
        (kim, 2, Some(7), Some("Ada Lovelace")),
        (&lee, 3, Some(7), Some("Lady Ada")),
        (&lee, 4, Some(7), None),
        (&lee, 5, Some(8), None),
        (&lee, 6, Some(8), None),
        (kim, 7, None, Some("Grace")),
    ] {
        storage.write(&of_customer(operator, number, THEN + i64::from(number), computer, name)).await.unwrap();
    }
    // Before the period.
    storage.write(&of_customer(kim, 8, THEN - 1_000, Some(9), Some("Edsger"))).await.unwrap();
    let mut writing = storage.writing().await.unwrap();
    let event = |action| Event::new(action, Actor::CommandLine, now());
    writing.add_group("g-day", "g-day", event(Action::GroupCreated)).await.unwrap();
    for member in [&supervisor.id, &kim.id] {
        writing.join_group("g-day", &member.parse().unwrap(), event(Action::GroupJoined)).await.unwrap();
    }
    writing.commit().await.unwrap();
    audited.broker.serve();
    let broker = &audited.broker;
    let administrator = broker.stepped_up().await;
    let supervisor = broker.sign_in_to_console(&supervisor).await;
    let period = format!("from={THEN}&before={}&bucket=hour", THEN + DAY);
    let told = async |bearer: &str, query: &str| {
        let answer = figures(broker, bearer, &format!("{period}{query}")).await;
        let part = |part: &Value| {
            assert_eq!(part["buckets"], json!([]));
            let who = if part["rest"].is_null() { &part["of"]["id"] } else { &part["rest"] };
            let name = part["of"]["name"].as_str().unwrap_or("-");
            (who.as_str().unwrap().to_owned(), name.to_owned(), part["total"]["sessions"].as_u64().unwrap())
        };
        let parts: Vec<_> = answer["parts"].as_array().into_iter().flatten().map(part).collect();
        (answer["total"]["sessions"].as_u64().unwrap(), answer["total"]["customers"].as_u64().unwrap(), parts)
    };
    let part = |who: &str, name: &str, sessions| (who.to_owned(), name.to_owned(), sessions);
    let (seven, eight) = (device(7).to_string(), device(8).to_string());
    let all = vec![part(&seven, "Lady Ada", 4), part(&eight, "", 2), part("no_device", "-", 1)];
    assert_eq!(told(&administrator, "&split=customer").await, (7, 2, all));
    // Who sees one operator hears what that operator heard.
    let own = vec![part(&seven, "Ada Lovelace", 2), part("no_device", "-", 1)];
    assert_eq!(told(&supervisor, "&split=customer").await, (3, 1, own));
    let read = broker.audited(&administrator, "log.read").await;
    let names = read.iter().filter(|row| row["detail"]["what"] == "customer_names");
    assert_eq!(names.map(|row| row["detail"]["rows"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 1]);
    // A program may read statistics, and no names.
    let body = json!({ "name": "reports", "scopes": ["statistics:read"], "days": 1 });
    let (_, made) = broker.administer(Method::POST, "tokens", &administrator, Some(body)).await;
    let (_, _, parts) = told(made["token"].as_str().unwrap(), "&split=customer").await;
    assert_eq!(parts[0], part(&seven, "", 4));

    for (device, sessions, customers) in
        [(seven.to_lowercase().as_str(), 4, 1), ("none", 1, 0), ("ZZZZ-ZZZZ-ZZZZ", 0, 0)]
    {
        let device = format!("&device={device}");
        assert_eq!(told(&administrator, &device).await, (sessions, customers, vec![]), "{device}");
    }
    let earlier = figures(broker, &administrator, &period).await["earlier"].take();
    assert_eq!((&earlier["customers"], &earlier["sessions"]), (&json!(1), &json!(1)));
}

#[actix_web::test]
#[expect(clippy::disallowed_methods, reason = "a broker that drops nothing must not hang the test")]
async fn sessions_that_are_deleted_on_schedule_are_dropped() {
    let mut audited = aged_under(Policy { log_days: 3_650, ..Policy::default() }).await;
    audited.broker.serve();
    let bearer = audited.broker.sign_in_to_console(&audited.broker.administrator).await;
    let period = format!("from={}&before={}&bucket=month", now() - 900 * DAY, now() + DAY);
    let sessions = async || figures(&audited.broker, &bearer, &period).await["total"]["sessions"].clone();
    assert_eq!(sessions().await, 3);
    let customers = async || figures(&audited.broker, &bearer, &period).await["total"]["customers"].clone();
    let storage = audited.storage().await;
    let mut writing = storage.writing().await.unwrap();
    let event = Event::new(Action::PolicyChanged, Actor::CommandLine, now());
    writing.set_policy(&Policy::default(), event).await.unwrap();
    writing.commit().await.unwrap();
    storage.close().await.unwrap();
    let (done, _, stderr) = audited.broker.command(&["retention", "run"]);
    assert!(done, "{stderr}");
    let begun = Instant::now();
    while sessions().await != 2 {
        assert!(begun.elapsed() < PATIENCE, "{}", audited.broker.stderr());
    }
    // Of the two that are left one is so old that nobody knows any more whose it was.
    while customers().await != 1 {
        assert!(begun.elapsed() < PATIENCE, "{}", audited.broker.stderr());
    }
}
