//! Which customer: the number of a computer, what carried a session, and the hour of the week, as sessions are found by.

use std::io::Cursor;
use std::time::Instant;

use beside_broker::audit::{Action, Actor, Event};
use beside_broker::config::Config;
use beside_broker::storage::{Empty, Storage};
use beside_broker_core::Record;
use beside_broker_core::effect::Side;
use beside_broker_core::name::PersonName;
use beside_protocol::afterwards::{Felt, Rating};
use beside_protocol::end::EndReason;
use beside_protocol::ids::SessionId;
use beside_protocol::path::PathKind;
use beside_protocol::signalling::SessionEvent;
use reqwest::Method;
use sea_orm::FromQueryResult;
use serde_json::{Value, json};

use crate::audited::{Audited, THEN, device};
use crate::harness::{Broker, PATIENCE, command, m1, sid};
use crate::statistics::figures;

const HOUR: i64 = 3_600_000;

/// The numbers of the sessions that a query finds, as their ids tell them, page by page.
async fn found(broker: &Broker, bearer: &str, query: &str) -> Vec<u8> {
    let number = |row: &Value| row["sid"].as_str().unwrap().parse::<SessionId>().unwrap().0[0];
    let (mut numbers, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("sessions?limit=2&{query}{cursor}");
        let (status, page) = broker.administer(Method::GET, &path, bearer, None).await;
        assert_eq!(status, 200, "{query}: {page}");
        numbers.extend(page["items"].as_array().unwrap().iter().map(number));
        let Some(next) = page["next"].as_str() else { return numbers };
        cursor = format!("&cursor={next}");
    }
}

#[actix_web::test]
async fn the_number_of_a_computer_is_kept_and_found() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let (mut operator, code) = broker.operator_with_code(&kim).await;
    for (number, device) in [(1, Some("K7Q2-9XMB-41TD")), (2, Some("k7q29xmb41td")), (3, None)] {
        let mut customer = broker.customer().await;
        let mut knock = json!({ "type": "knock", "code": code, "m1": m1(sid(number)) });
        if let Some(device) = device {
            knock["device"] = json!(device);
        }
        customer.say(knock).await;
        customer.hear_of("waiting").await;
        let knock = operator.hear_of("knock").await;
        assert!(knock.get("device").is_none(), "the operator is not told: {knock}");
        operator.say(json!({ "type": "decline", "sid": sid(number).to_text() })).await;
        customer.hear_of("end").await;
        operator.heard().await;
    }
    let bearer = broker.stepped_up().await;
    assert_eq!(found(&broker, &bearer, "device=K7Q29XMB41TD").await, [2, 1]);
    assert_eq!(found(&broker, &bearer, "device=k7q2%209xmb%204ltd").await, [2, 1], "as a person types it");
    assert_eq!(found(&broker, &bearer, "device=none").await, [3]);
    assert_eq!(found(&broker, &bearer, "device=0000-0000-0000").await, [0; 0]);
    let (status, answer) = broker.administer(Method::GET, "sessions?device=K7Q2", &bearer, None).await;
    assert_eq!((status, &answer["reasons"]), (400, &json!(["device"])));
    let own = broker.sign_in(&kim).await;
    let own = broker.build(broker.public(), Method::GET, "own/sessions?device=none", Some(&own), None);
    let (_, own) = broker.answer(own).await;
    assert_eq!((own["items"].as_array().unwrap().len(), &own["items"][0]["device"]), (1, &Value::Null));
    // In the log it is personal: it goes when the customer's address goes.
    let knocked = broker.audited(&bearer, "session.knocked").await;
    let devices: Vec<_> = knocked.iter().map(|row| &row["personal"]["device"]).collect();
    assert_eq!(devices, [&Value::Null, &json!("K7Q2-9XMB-41TD"), &json!("K7Q2-9XMB-41TD")]);
    assert!(knocked.iter().all(|row| row["detail"].get("device").is_none()));

    let mut customer = broker.customer().await;
    customer.say(json!({ "type": "knock", "code": code, "m1": m1(sid(4)), "device": "K7Q2" })).await;
    assert_eq!(customer.closed().await, (1008, "message_malformed".into()));
}

/// A session whose apps then tell of these paths.
fn over(audited: &Audited, number: u8, from: i64, paths: &[(Side, PathKind)]) -> Vec<Record> {
    let mut records = audited.session(number, from);
    let end = records.pop().unwrap();
    records.extend(paths.iter().map(|(side, path)| moved(number, *side, *path, from + 41)));
    records.push(end);
    records
}

fn moved(number: u8, side: Side, path: PathKind, at: i64) -> Record {
    Record::Reported { sid: sid(number), side, event: SessionEvent::Path { path, delay_ms: None }, at }
}

#[derive(Debug, PartialEq, Eq, FromQueryResult)]
struct Carried {
    carried: Option<String>,
}

async fn carried(audited: &Audited) -> Vec<Option<String>> {
    let rows: Vec<Carried> = audited.find("SELECT carried FROM sessions ORDER BY sid").await;
    rows.into_iter().map(|row| row.carried).collect()
}

/// A log with a session of each kind: relayed, direct, both, one that the customer refused, one that goes on.
async fn of_each_kind() -> Audited {
    use PathKind::{DirectTcp, DirectUdp, Relay};
    use Side::{Customer, Operator};
    let audited = Audited::empty();
    let storage = audited.storage().await;
    storage.write(&over(&audited, 1, THEN, &[])).await.unwrap();
    let direct = [(Operator, DirectUdp), (Customer, DirectTcp), (Customer, DirectUdp)];
    storage.write(&over(&audited, 2, THEN + 1_000, &direct)).await.unwrap();
    let both = [(Customer, DirectUdp), (Customer, Relay), (Operator, DirectUdp)];
    storage.write(&over(&audited, 3, THEN + 2_000, &both)).await.unwrap();
    let mut refused = audited.session(4, THEN + 3_000);
    for record in &mut refused {
        if let Record::Reported { event: event @ SessionEvent::Verdict { .. }, .. } = record {
            *event = SessionEvent::Verdict { accepted: false };
        }
        if let Record::Ended { end, .. } = record {
            end.reason = EndReason::Refused;
        }
    }
    storage.write(&refused).await.unwrap();
    let mut running = audited.session(5, THEN + 4_000);
    running.pop();
    // Each in a change of its own, as they come from the apps.
    for record in &running {
        storage.write([record]).await.unwrap();
    }
    storage.close().await.unwrap();
    audited
}

#[actix_web::test]
async fn what_carried_a_session_is_known_at_its_end_and_corrected_by_late_reports() {
    let audited = of_each_kind().await;
    let some = |word: &str| Some(word.to_owned());
    let [relayed, direct, both] = ["relayed", "direct", "both"].map(some);
    let kinds = [relayed.clone(), direct.clone(), both.clone(), None];
    assert_eq!(carried(&audited).await, [&kinds[..], &[None]].concat());

    let storage = audited.storage().await;
    storage.write([&moved(5, Side::Customer, PathKind::DirectUdp, THEN + 5_000)]).await.unwrap();
    assert_eq!(carried(&audited).await[4], None, "it goes on");
    storage.write([audited.session(5, THEN + 4_000).last().unwrap()]).await.unwrap();
    assert_eq!(carried(&audited).await[4], direct);
    storage.write([&moved(5, Side::Customer, PathKind::Relay, THEN + 6_000)]).await.unwrap();
    assert_eq!(carried(&audited).await[4], both, "an app was late");
    // Of a session that ended before either app told of a verdict.
    let mut late = audited.session(6, THEN + 7_000);
    late.retain(|record| !matches!(record, Record::Reported { event: SessionEvent::Verdict { .. }, .. }));
    storage.write(&late).await.unwrap();
    assert_eq!(carried(&audited).await[5], None);
    let verdict = SessionEvent::Verdict { accepted: true };
    let verdict = Record::Reported { sid: sid(6), side: Side::Operator, event: verdict, at: THEN + 8_000 };
    storage.write([&verdict]).await.unwrap();
    assert_eq!(carried(&audited).await[5], relayed);
    storage.close().await.unwrap();
    assert_eq!(audited.faults(&[]), [""; 0]);
}

#[actix_web::test]
async fn what_carried_sessions_of_before_is_worked_out_once() {
    let audited = of_each_kind().await;
    let known = carried(&audited).await;
    audited
        .tamper(&[
            "DROP INDEX sessions_carried",
            "DROP INDEX sessions_device",
            "DROP INDEX sessions_felt",
            "ALTER TABLE sessions DROP COLUMN carried",
            "ALTER TABLE sessions DROP COLUMN device",
            "DELETE FROM seaql_migrations WHERE version = 'm20261122_000020_customers'",
        ])
        .await;
    let storage = audited.storage().await;
    assert_eq!(carried(&audited).await, known);
    assert_eq!(audited.faults(&[]), [""; 0], "a number that is gone is no fault");

    // The same for a backup that an older program made.
    let mut backup = Vec::new();
    storage.dump(THEN, &mut backup).await.unwrap();
    let older = String::from_utf8(backup).unwrap();
    let older = ["relayed", "direct", "both"]
        .iter()
        .fold(older, |text, word| text.replace(&format!("\"carried\":\"{word}\","), ""));
    assert!(!older.contains("\"carried\":\""), "{older}");
    let config = audited.broker.empty_sibling();
    let url = Config::read(&config).unwrap().database.url;
    let empty = Empty::open(&url).await.unwrap();
    Storage::fill(&empty, Cursor::new(older)).await.unwrap();
    empty.close().await.unwrap();
    let (done, log, stderr) = command(&config, &["log", "--json"]);
    assert!(done, "{stderr}");
    let log: Value = serde_json::from_str(&log).unwrap();
    let restored: Vec<_> =
        log["sessions"].as_array().unwrap().iter().rev().map(|row| row["carried"].as_str()).collect();
    assert_eq!(restored, known.iter().map(Option::as_deref).collect::<Vec<_>>());
}

#[actix_web::test]
async fn sessions_are_found_by_what_the_graphs_show() {
    let mut audited = of_each_kind().await;
    let storage = audited.storage().await;
    let mut writing = storage.writing().await.unwrap();
    let rating = Rating { solved: None, felt: Some(Felt::Poor) };
    let event = Event::new(Action::SessionRated, Actor::Customer, THEN + 9_000);
    writing.rate(&sid(2).to_text(), rating, event).await.unwrap();
    writing.commit().await.unwrap();
    storage.close().await.unwrap();
    audited.broker.serve();
    let broker = &audited.broker;
    let bearer = broker.stepped_up().await;
    for (query, numbers) in [
        ("carried=direct", &[2][..]),
        // The one that went on could not be taken up again: it was lost when the broker started.
        ("carried=relayed", &[5, 1]),
        ("carried=both", &[3]),
        ("felt=poor", &[2]),
        ("felt=good", &[]),
        ("felt=poor&carried=both", &[]),
        (&format!("device={}&carried=both", device(3)), &[3]),
    ] {
        assert_eq!(found(broker, &bearer, query).await, numbers, "{query}");
    }
    let path = format!("sessions/export?format=csv&device={}&carried=both&felt=poor", device(3));
    let request = broker.build(broker.administration(), Method::GET, &path, Some(&bearer), None);
    let answer = broker.send(request.header("beside-reason", "who")).await;
    assert_eq!(answer.text().await.unwrap().lines().count(), 1);
    let row = &broker.audited(&bearer, "log.exported").await[0];
    assert_eq!((&row["detail"]["carried"], &row["detail"]["felt"]), (&json!("both"), &json!("poor")), "{row}");
    assert_eq!(row["personal"]["device"], device(3).to_string());
}

fn named(number: u8, name: &str, at: i64) -> Record {
    Record::Named { sid: sid(number), name: PersonName::parse(name).unwrap(), at }
}

#[actix_web::test]
#[expect(clippy::disallowed_methods, reason = "a broker that indexes nothing must not hang the test")]
async fn customers_are_found_by_their_sealed_names() {
    let mut audited = Audited::empty();
    let storage = audited.storage().await;
    for (number, name) in (1..).zip(["김민수", "佐藤 花子", "Ada Lovelace", "ＡＤＡ Byron", "Byron"]) {
        let mut session = audited.session(number, THEN + i64::from(number));
        session.retain(|record| !matches!(record, Record::Named { .. }));
        session.insert(1, named(number, name, THEN + 60_000));
        storage.write(&session).await.unwrap();
    }
    // One thinks better of it, and one of them at once.
    storage.write([&named(5, "Grace", THEN + 60_000)]).await.unwrap();
    let mut session = audited.session(6, THEN + 6);
    session.insert(2, named(6, "Byron Ada", THEN + 60_000));
    session.insert(3, named(6, "Edsger", THEN + 60_000));
    storage.write(&session).await.unwrap();
    storage.close().await.unwrap();
    audited.broker.serve();
    let bearer = audited.broker.stepped_up().await;
    let expected: [(&str, &[u8]); 11] = [
        ("김민수", &[1]),
        ("김", &[]),
        ("花子", &[2]),
        ("佐藤花子", &[2]),
        ("花子  佐藤", &[2]),
        ("ada", &[4, 3]),
        ("LOVELACE ada", &[3]),
        ("ada 花子", &[]),
        ("byron", &[4]),
        ("grace", &[5]),
        ("edsger", &[6]),
    ];
    for (name, numbers) in expected {
        assert_eq!(found(&audited.broker, &bearer, &format!("customer={name}")).await, numbers, "{name}");
    }
    let both = format!("customer=ada&device={}", device(3));
    assert_eq!(found(&audited.broker, &bearer, &both).await, [3]);
    let (status, answer) = audited.broker.administer(Method::GET, "sessions?customer=%20", &bearer, None).await;
    assert_eq!((status, &answer["reasons"]), (400, &json!(["customer"])));
    let path = "sessions/export?format=csv&customer=lovelace";
    let request = audited.broker.build(audited.broker.administration(), Method::GET, path, Some(&bearer), None);
    let answer = audited.broker.send(request.header("beside-reason", "who")).await;
    assert_eq!(answer.text().await.unwrap().lines().count(), 2);
    let row = &audited.broker.audited(&bearer, "log.exported").await[0];
    assert_eq!(row["personal"]["name"], "lovelace", "whom somebody looks for is personal: {row}");

    // Names of before there was an index are taken in when the broker starts.
    audited.broker.stop();
    audited.tamper(&["DELETE FROM session_names", "DELETE FROM search_indexes"]).await;
    audited.broker.serve();
    let bearer = audited.broker.sign_in_to_console(&audited.broker.administrator).await;
    let begun = Instant::now();
    while audited.count("FROM search_indexes WHERE complete").await == 0 {
        assert!(begun.elapsed() < PATIENCE, "{}", audited.broker.stderr());
    }
    for (name, numbers) in expected {
        assert_eq!(found(&audited.broker, &bearer, &format!("customer={name}")).await, numbers, "{name}");
    }
    audited.broker.stop();
    assert_eq!(audited.faults(&[]), [""; 0]);
}

#[actix_web::test]
async fn every_cell_of_the_week_leads_to_its_sessions() {
    // In New York clocks go back on 2026-11-01 at 06:00 UTC.
    const CHANGE: i64 = 1_793_512_800_000;
    let mut audited = Audited::empty();
    let storage = audited.storage().await;
    // Also within the hour that comes twice, and at its edges.
    let mut at = vec![CHANGE - 1, CHANGE, CHANGE - HOUR, CHANGE + HOUR - 1, CHANGE + HOUR];
    at.extend((0..60).map(|number| CHANGE - 9 * 24 * HOUR + number * 7 * HOUR + number * 61_000));
    for (number, at) in (1..).zip(&at) {
        storage.write(&audited.session(number, *at)).await.unwrap();
    }
    storage.close().await.unwrap();
    audited.broker.serve();
    let broker = &audited.broker;
    let bearer = broker.sign_in_to_console(&broker.administrator).await;
    for zone in ["America/New_York", "Asia/Kathmandu", "UTC"] {
        let period = format!("from={}&before={}&zone={zone}", CHANGE - 9 * 24 * HOUR, CHANGE + 8 * 24 * HOUR);
        let figures = figures(broker, &bearer, &format!("{period}&bucket=day")).await;
        let mut sum = 0;
        for (weekday, hours) in figures["week"].as_array().unwrap().iter().enumerate() {
            for (hour, count) in hours.as_array().unwrap().iter().enumerate() {
                let cell = format!("{period}&weekday={weekday}&hour={hour}");
                if *count != 0 || hour == 1 {
                    assert_eq!(found(broker, &bearer, &cell).await.len() as u64, count.as_u64().unwrap(), "{cell}");
                    sum += count.as_u64().unwrap();
                }
            }
        }
        assert_eq!(sum, figures["total"]["sessions"].as_u64().unwrap());
        assert!(sum >= 60, "{sum}");
    }
    let period = format!("from={}&before={}", CHANGE - HOUR, CHANGE + HOUR);
    for (query, reason) in [
        (format!("{period}&weekday=1"), "hour_of_week"),
        (format!("{period}&hour=1"), "hour_of_week"),
        (format!("{period}&zone=UTC"), "hour_of_week"),
        (format!("{period}&weekday=7&hour=1"), "hour_of_week"),
        (format!("{period}&weekday=1&hour=24"), "hour_of_week"),
        ("weekday=1&hour=1".to_owned(), "hour_of_week"),
        (format!("from={CHANGE}&weekday=1&hour=1"), "hour_of_week"),
        (format!("{period}&weekday=1&hour=1&zone=Mars/Olympus"), "hours_zone_unknown"),
        ("from=0&before=9000000000000&weekday=1&hour=1&zone=America/New_York".to_owned(), "period"),
        ("from=0&before=9007199254740991&weekday=1&hour=1".to_owned(), "period"),
    ] {
        let (status, answer) = broker.administer(Method::GET, &format!("sessions?{query}"), &bearer, None).await;
        assert_eq!((status, &answer["reasons"]), (400, &json!([reason])), "{query}");
    }
}
