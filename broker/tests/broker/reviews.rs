//! The monthly access review.

use beside_broker::audit::event::REASON;
use beside_broker::audit::{Action, Actor, Event};
use beside_broker_core::Record;
use beside_broker_core::effect::SignInOutcome;
use beside_broker_core::month::Month;
use reqwest::Method;
use serde_json::{Value, json};

use crate::audited::{Audited, OPERATOR_PLACE, address};
use crate::retention::{DAY, now};

/// The month before this one, and this one.
fn months() -> (Month, Month) {
    let this = Month::of(now()).unwrap();
    (this.previous().unwrap(), this)
}

/// A broker whose log goes back to the month before this one, and what happened then.
async fn a_month_old() -> Audited {
    let mut audited = Audited::empty();
    let (month, _) = months();
    audited.age(month.begins()).await;
    let storage = audited.storage().await;
    let administrator = || Actor::Account(audited.broker.administrator.id.parse().unwrap());
    let refused = |account: Option<&str>, at| Record::SignIn {
        account: account.map(|id| id.parse().unwrap()),
        address: address(OPERATOR_PLACE),
        outcome: SignInOutcome::WrongPassword,
        at,
    };
    let mut records = vec![refused(None, month.begins() + DAY)];
    records.extend((0..2).map(|second| refused(Some(&audited.operator.id), month.begins() + DAY + second)));
    storage.write(&records).await.unwrap();
    let mut writing = storage.writing().await.unwrap();
    for (action, at) in [
        (Action::LogExported, month.begins() + DAY),
        (Action::LogRead, month.begins() + DAY),
        (Action::AddressRemoved, month.ends() - 1),
        (Action::LogExported, month.ends()),
    ] {
        writing.log(Event::new(action, administrator(), at).personal(REASON, "the yearly report")).await.unwrap();
    }
    writing.commit().await.unwrap();
    storage.close().await.unwrap();
    audited.broker.serve();
    audited
}

#[actix_web::test]
async fn a_report_says_what_happened_in_its_month() {
    let audited = a_month_old().await;
    let broker = &audited.broker;
    let (month, this) = months();
    let bearer = broker.sign_in_to_console(&broker.administrator).await;
    let (_, list) = broker.administer(Method::GET, "reviews", &bearer, None).await;
    let states: Vec<_> = list.as_array().unwrap().iter().map(|entry| (&entry["month"], &entry["state"])).collect();
    let text = |month: Month| json!(month.to_string());
    assert_eq!(states, [(&text(this), &json!("running")), (&text(month), &json!("open"))]);

    let (status, review) = broker.administer(Method::GET, &format!("reviews/{month}"), &bearer, None).await;
    assert_eq!(status, 200, "{review}");
    let report = &review["report"];
    let section = |of: &str| {
        let sections = report["sections"].as_array().unwrap();
        sections.iter().find(|section| section["of"] == of).unwrap_or_else(|| panic!("{of}"))
    };
    // The administrator and the operator, as the log has them.
    assert_eq!(section("accounts_created")["total"], 2);
    assert_eq!((&section("exports")["total"], &section("addresses")["total"]), (&json!(1), &json!(1)));
    assert_eq!(section("exports")["rows"][0]["personal"]["reason"], "the yearly report");
    assert_eq!(section("exports")["rows"][0]["account"]["name"], "administrator");
    assert_eq!((&section("policy")["total"], &section("policy")["rows"]), (&json!(0), &json!([])));
    let kim = json!({ "id": audited.operator.id, "name": "Kim" });
    let refused = json!({ "total": 3, "by": [{ "of": kim, "count": 2 }, { "count": 1 }] });
    assert_eq!(report["sign_ins_refused"], refused);
    assert_eq!((&report["records_read"]["total"], &report["access_refused"]["total"]), (&json!(1), &json!(0)));
    let counts = json!([
        { "role": "administrator", "state": "active", "accounts": 1 },
        { "role": "operator", "state": "active", "accounts": 1 },
    ]);
    assert_eq!(report["accounts"], counts);
    assert!(review["verification"]["rows"].as_i64().unwrap() > 8, "{}", review["verification"]);

    for (path, status) in [("1999-01", 404), ("2999-01", 404), ("2026-13", 404), ("nonsense", 404)] {
        assert_eq!(broker.administer(Method::GET, &format!("reviews/{path}"), &bearer, None).await.0, status, "{path}");
    }
    let read = broker.audited(&bearer, "log.read").await;
    assert_eq!(read[0]["detail"], json!({ "what": "review", "month": month.to_string(), "rows": 4 }));
}

#[actix_web::test]
async fn an_auditor_signs_off_a_month_that_is_over_once() {
    let audited = a_month_old().await;
    let broker = &audited.broker;
    let (month, this) = months();
    let administrator = broker.sign_in_to_console(&broker.administrator).await;
    let choi = broker.sign_in_to_console(&broker.add("auditor", "Choi")).await;
    let han = broker.sign_in_to_console(&broker.add("auditor", "Han")).await;
    let hash = async |month: Month, bearer: &str| {
        broker.administer(Method::GET, &format!("reviews/{month}"), bearer, None).await.1["report_hash"].clone()
    };
    let sign_off = async |month: Month, bearer: &str, hash: Value, note: &str| {
        let body = json!({ "report_hash": hash, "note": note });
        let path = format!("reviews/{month}/sign-off");
        let (status, answer) = broker.administer(Method::POST, &path, bearer, Some(body)).await;
        (status, answer["code"].clone(), answer["reasons"].clone())
    };
    let read = hash(month, &choi).await;
    assert_eq!(read, hash(month, &administrator).await, "reading it changes nothing");
    let conflict = |why: &str| (409, json!("conflict"), json!([why]));
    let running = hash(this, &choi).await;
    assert_eq!(sign_off(this, &choi, running, "too early").await, conflict("month_running"));
    assert_eq!(sign_off(month, &administrator, read.clone(), "not mine").await.1, "forbidden");
    assert_eq!(sign_off(month, &choi, json!("0"), "unread").await, conflict("report_changed"));
    assert_eq!(sign_off(month, &choi, read.clone(), "  ").await.0, 400);
    assert_eq!(sign_off(month, &choi, read.clone(), "김민수: nothing found").await.0, 204);
    assert_eq!(sign_off(month, &choi, read.clone(), "again").await.1, "exists");
    // An account changed since: what was read is not what would be signed.
    broker.add_operator("Lee");
    assert_eq!(sign_off(month, &han, read.clone(), "second").await, conflict("report_changed"));
    assert_eq!(sign_off(month, &han, hash(month, &han).await, "second").await.0, 204);

    // The notes outlive a change of keys.
    let (done, stdout, stderr) = broker.command(&["keys", "rotate"]);
    assert!(done, "{stdout}{stderr}");
    assert_eq!(audited.count("FROM data_keys").await, 1);
    let (_, list) = broker.administer(Method::GET, "reviews", &administrator, None).await;
    assert_eq!((&list[1]["month"], &list[1]["state"]), (&json!(month.to_string()), &json!("signed_off")));
    let sign_offs = list[1]["sign_offs"].as_array().unwrap();
    let told: Vec<_> = sign_offs.iter().map(|one| (&one["by"]["name"], &one["note"])).collect();
    assert_eq!(told, [(&json!("Choi"), &json!("김민수: nothing found")), (&json!("Han"), &json!("second"))]);
    assert_eq!(sign_offs[0]["report_hash"], read);
    let rows = broker.audited(&administrator, "review.").await;
    assert_eq!((rows.len(), &rows[1]["about"]), (2, &json!(month.to_string())));
    assert_eq!((&rows[1]["detail"]["report"], &rows[1]["personal"]["note"]), (&read, &sign_offs[0]["note"]));
    assert_eq!(audited.faults(&[]), [""; 0]);
    // Nobody reads them in the database.
    let notes = "FROM reviews WHERE note LIKE '%nothing%' OR note LIKE '%second%'";
    assert_eq!(audited.count(notes).await, 0);
}
