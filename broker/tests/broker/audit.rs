//! What `audit verify` finds, and what keeps a changed log from being signed.

use beside_broker::storage::audit::AuditQuery;
use beside_broker::storage::signing::Signing;
use serde_json::json;

use crate::audited::{Audited, THEN};
use crate::harness::{Broker, accepted, sid};

/// What the administrator, the operator, the sign-ins and the session have left: the last row of `Audited::new`.
async fn last_row(audited: &Audited) -> i64 {
    audited.count("FROM audit").await
}

#[actix_web::test]
async fn a_log_that_nobody_touched_is_sound_also_while_the_broker_serves() {
    let mut broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let (mut customer, mut operator, _) = accepted(&broker, &kim, sid(1)).await;
    customer.say(json!({ "type": "name", "sid": sid(1).to_text(), "text": "김민수" })).await;
    for peer in [&mut customer, &mut operator] {
        peer.event(sid(1), json!({ "kind": "verdict", "accepted": true })).await;
        peer.event(sid(1), json!({ "kind": "granted", "right": "view", "seconds": 60 })).await;
        peer.event(sid(1), json!({ "kind": "path", "path": "direct_udp", "delay_ms": 3 })).await;
        peer.heard().await;
    }
    let (code, text, stderr) = broker.command_code(&["audit", "verify"]);
    assert_eq!(code, 0, "{text}{stderr}");
    assert!(text.contains("The log is sound.") && text.contains("sessions  1\n"), "{text}");
    customer.end(sid(1), "customer", "stopped").await;
    operator.hear_of("end").await;
    drop((customer, operator));
    // What was written is signed when the broker stops.
    broker.stop();
    let (code, text, _) = broker.command_code(&["audit", "verify"]);
    assert!(code == 0 && !text.contains("not signed yet"), "{text}");
    // Whoever kept the key elsewhere need not believe the broker's; under another key nothing holds.
    let (_, key, _) = broker.command_code(&["audit", "key"]);
    assert_eq!(broker.command_code(&["audit", "verify", "--key", key.trim()]).0, 0);
    let (_, other, _) = Broker::initialised_with("").command_code(&["audit", "key"]);
    let (code, text, _) = broker.command_code(&["audit", "verify", "--key", other.trim()]);
    assert!(code == 1 && text.contains("no signature of a known key"), "{code} {text}");
    let (code, _, stderr) = broker.command_code(&["audit", "verify", "--key", "nonsense"]);
    assert!(code == 2 && stderr.contains("name+id+key"), "{code} {stderr}");
    std::fs::remove_file(broker.folder().join("broker.key")).unwrap();
    assert_eq!(broker.command_code(&["audit", "verify"]).0, 2);
}

#[actix_web::test]
async fn an_edited_row_is_found() {
    let audited = Audited::new().await;
    assert_eq!(audited.faults(&[]), [""; 0]);
    audited.tamper(&["UPDATE audit SET line = replace(line, 'signed_in', 'blocked__') WHERE seq = 9"]).await;
    let (code, found) = audited.verify(&[]);
    assert_eq!(code, 1);
    assert_eq!(found["log"]["faults"], json!([{ "fault": "edited", "seq": 9 }]));
    let (_, text, _) = audited.broker.command_code(&["audit", "verify"]);
    assert!(text.contains("NOT sound") && text.contains("row 9 was edited"), "{text}");
}

#[actix_web::test]
async fn a_column_beside_the_line_a_salt_and_a_checkpoint_are_verified_too() {
    let audited = Audited::new().await;
    audited.tamper(&["UPDATE audit SET action = 'log.read' WHERE seq = 9"]).await;
    audited
        .tamper(&["UPDATE audit_personal SET salt = (SELECT salt FROM audit_personal WHERE seq = 10) WHERE seq = 11"])
        .await;
    audited.tamper(&["UPDATE checkpoints SET size = size - 1"]).await;
    assert_eq!(audited.faults(&[]), ["columns_altered", "personal_altered", "checkpoint_misplaced"]);
}

#[actix_web::test]
async fn deleted_rows_are_found() {
    let audited = Audited::new().await;
    audited.tamper(&["DELETE FROM audit WHERE seq IN (9, 10)"]).await;
    let (_, found) = audited.verify(&[]);
    assert_eq!(found["log"]["faults"], json!([{ "fault": "deleted", "first": 9, "last": 10 }]));
}

#[actix_web::test]
async fn deleted_first_rows_are_no_retention() {
    let audited = Audited::empty();
    let storage = audited.storage().await;
    storage.sign_checkpoint(THEN).await.unwrap();
    storage.write(&audited.sign_ins(5, THEN)).await.unwrap();
    storage.close().await.unwrap();
    let size = audited.count("FROM audit").await - 5;
    audited.tamper(&[&format!("DELETE FROM audit WHERE seq <= {size}")]).await;
    assert_eq!(audited.faults(&[]), ["beheaded"]);
}

#[actix_web::test]
async fn an_inserted_row_is_found() {
    let audited = Audited::new().await;
    audited
        .tamper(&[
            "UPDATE audit SET seq = -seq WHERE seq > 9",
            "UPDATE audit SET seq = 1 - seq WHERE seq < 0",
            "INSERT INTO audit (seq, line, link, at, account_id, action, about)
             SELECT 10, replace(line, '\"seq\":9,', '\"seq\":10,'), link, at, account_id, action, about
             FROM audit WHERE seq = 9",
            "DELETE FROM audit_personal WHERE seq > 9",
        ])
        .await;
    let faults = audited.faults(&[]);
    assert!(faults.contains(&"edited".to_owned()) && faults.contains(&"misplaced".to_owned()), "{faults:?}");
}

#[actix_web::test]
async fn a_cut_tail_is_found_with_the_head_set_back_too() {
    let audited = Audited::new().await;
    let last = last_row(&audited).await;
    audited.rewrite(last - 3, |_, line| line).await;
    let (_, found) = audited.verify(&[]);
    let cut = json!({ "fault": "cut_tail", "by": "checkpoint", "rows": last - 3, "claimed": last });
    assert!(found["log"]["faults"].as_array().unwrap().contains(&cut), "{found}");
}

#[actix_web::test]
async fn a_rewritten_log_is_found_by_its_checkpoints() {
    let audited = Audited::new().await;
    audited.rewrite(i64::MAX, |seq, line| if seq == 9 { line.replace("signed_in", "blocked") } else { line }).await;
    let (_, found) = audited.verify(&[]);
    let size = last_row(&audited).await;
    let fault = json!([{ "fault": "rewritten", "by": "checkpoint", "agreed": 0, "size": size }]);
    assert_eq!(found["log"]["faults"], fault);
}

#[actix_web::test]
async fn a_log_that_was_rewritten_is_not_signed() {
    let audited = Audited::new().await;
    audited.rewrite(i64::MAX, |seq, line| if seq == 9 { line.replace("signed_in", "blocked") } else { line }).await;
    let storage = audited.storage().await;
    storage.write(&audited.sign_ins(1, THEN)).await.unwrap();
    assert_eq!(storage.sign_checkpoint(THEN).await.unwrap(), Signing::Refused);
    storage.close().await.unwrap();
    assert_eq!(audited.faults(&[]), ["rewritten"]);
}

#[actix_web::test]
async fn who_signed_before_remembers_it_without_the_stored_checkpoints() {
    let audited = Audited::empty();
    let storage = audited.storage().await;
    storage.write(&audited.sign_ins(10, THEN)).await.unwrap();
    assert!(matches!(storage.sign_checkpoint(THEN).await.unwrap(), Signing::Signed(_)));
    audited.rewrite(i64::MAX, |seq, line| if seq == 9 { line.replace("signed_in", "blocked") } else { line }).await;
    audited.tamper(&["DELETE FROM checkpoints"]).await;
    assert_eq!(storage.sign_checkpoint(THEN).await.unwrap(), Signing::Refused);
}

#[actix_web::test]
async fn rows_in_bulk_do_not_outrun_the_checkpoints() {
    let audited = Audited::empty();
    let storage = audited.storage().await;
    storage.write(&audited.sign_ins(2_500, THEN)).await.unwrap();
    assert_eq!(audited.count("FROM checkpoints WHERE size IN (1000, 2000)").await, 2);
    let unsigned = storage.unsigned().await.unwrap().unwrap();
    assert_eq!(unsigned.rows, u64::try_from(audited.count("FROM audit").await).unwrap() - 2_000);
    let signed = storage.sign_checkpoint(THEN).await.unwrap();
    assert_eq!(signed, Signing::Signed(2_000 + unsigned.rows));
    assert_eq!(storage.sign_checkpoint(THEN).await.unwrap(), Signing::UpToDate(2_000 + unsigned.rows));
    assert_eq!(storage.unsigned().await.unwrap(), None);
    storage.close().await.unwrap();
    let (_, found) = audited.verify(&[]);
    // Three checkpoints and the head.
    assert_eq!((&found["sound"], &found["log"]["claims"]), (&json!(true), &json!(4)), "{found}");
}

#[actix_web::test]
async fn the_checkpoint_key_can_be_changed() {
    let audited = Audited::new().await;
    let (_, earlier, _) = audited.broker.command(&["audit", "key"]);
    std::fs::remove_file(audited.broker.folder().join("checkpoints.key")).unwrap();
    let (done, _, stderr) = audited.broker.command(&["audit", "key"]);
    assert!(!done && stderr.contains("keys.checkpoints"), "{stderr}");
    let (done, key, _) = audited.broker.command(&["audit", "key", "--make"]);
    assert!(done && key != earlier);
    assert_eq!(audited.faults(&[]), ["bad_checkpoint"]);
    audited.broker.configure(&format!("[audit]\nearlier_keys = [{:?}]\n", earlier.trim()));
    let storage = audited.storage().await;
    storage.write(&audited.sign_ins(1, THEN)).await.unwrap();
    assert!(matches!(storage.sign_checkpoint(THEN).await.unwrap(), Signing::Signed(_)));
    storage.close().await.unwrap();
    let (_, found) = audited.verify(&[]);
    assert_eq!((&found["sound"], &found["log"]["signed"]), (&json!(true), &found["log"]["size"]), "{found}");
}

#[actix_web::test]
async fn sessions_that_do_not_tell_what_the_rows_tell_are_found() {
    let audited = Audited::new().await;
    let storage = audited.storage().await;
    storage.write(&audited.session(2, THEN + 70_000)).await.unwrap();
    storage.write(&audited.session(3, THEN + 80_000)).await.unwrap();
    storage.close().await.unwrap();
    assert_eq!(audited.faults(&[]), [""; 0]);
    let (one, two, three) = (sid(1).to_text(), sid(2).to_text(), sid(3).to_text());
    audited
        .tamper(&[
            &format!(
                "UPDATE sessions SET granted = '', ended_at = ended_at + 1, end_reason = 'finished', paths = 'x',
                 accepted_at = NULL, verdict_at = NULL, checked_at = 1, differs = NOT differs, attempt = 2,
                 knocked_at = 1, operator_id = 'u-1', end_by = 'operator', end_error = 'internal',
                 customer_address = operator_address, device = 'x', carried = 'direct' WHERE sid = '{one}'"
            ),
            &format!("DELETE FROM sessions WHERE sid = '{two}'"),
            &format!("UPDATE sessions SET sid = 'invented', customer_name = NULL WHERE sid = '{three}'"),
        ])
        .await;
    let (code, found) = audited.verify(&[]);
    assert_eq!((code, &found["log"]["faults"]), (1, &json!([])));
    let faults = found["sessions"]["faults"].as_array().unwrap();
    let of = |name: &str| -> Vec<_> { faults.iter().filter(|fault| fault["fault"] == name).collect() };
    let all = [
        "operator_id",
        "attempt",
        "knocked_at",
        "accepted_at",
        "verdict_at",
        "checked_at",
        "ended_at",
        "end_by",
        "end_reason",
        "end_error",
        "paths",
        "granted",
        "differs",
        "customer_address",
        "device",
        "carried",
    ];
    assert_eq!(of("session_altered"), [&json!({ "fault": "session_altered", "sid": one, "columns": all })]);
    assert_eq!(of("session_invented"), [&json!({ "fault": "session_invented", "sid": "invented" })]);
    let missing: Vec<_> = of("session_missing").iter().map(|fault| fault["sid"].as_str().unwrap()).collect();
    assert_eq!(missing, [two, three]);
}

#[actix_web::test]
async fn a_head_that_is_missing_or_damaged_is_found() {
    let audited = Audited::new().await;
    audited.tamper(&["UPDATE audit_head SET state = link FROM audit WHERE seq = 3"]).await;
    assert_eq!(audited.faults(&[]), ["bad_head"]);
    audited.tamper(&["DELETE FROM audit_head"]).await;
    assert_eq!(audited.faults(&[]), ["bad_head"]);
}

#[actix_web::test]
async fn the_rows_of_some_time_come_in_pages_that_leave_none_out() {
    let audited = Audited::new().await;
    let storage = audited.storage().await;
    // Two rows of one moment, on the edge of a page, and later in the log a moment before them.
    let sign_ins = [audited.sign_ins(1, THEN + 4_000), audited.sign_ins(3, THEN + 1_500)].concat();
    storage.write(&sign_ins).await.unwrap();
    let of_time = || AuditQuery { from: Some(THEN + 1_000), before: Some(THEN + 9_000), ..AuditQuery::default() };
    let all = storage.audit(&AuditQuery { limit: 100, ..of_time() }).await.unwrap();
    let all: Vec<(i64, i64)> = all.iter().map(|row| (row.at, row.seq)).collect();
    assert_eq!(all.len(), 12);
    assert!(all.is_sorted_by(|newer, older| newer > older), "{all:?}");
    let mut paged = Vec::new();
    let mut after = None;
    loop {
        let page = storage.audit(&AuditQuery { after, limit: 3, ..of_time() }).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.seq);
        paged.extend(page.iter().map(|row| (row.at, row.seq)));
    }
    assert_eq!(paged, all);
    storage.close().await.unwrap();
}
