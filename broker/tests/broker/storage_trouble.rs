//! A database that is locked, full or damaged: whoever asks gets a clear answer, and nothing is lost.

use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Broker, PATIENCE, accepted, sid};

/// The file of the database; nothing on PostgreSQL, whose disk is its own affair.
fn file(broker: &Broker) -> Option<PathBuf> {
    let url = broker.configuration().database.url;
    Some(url.strip_prefix("sqlite:")?.split('?').next()?.into())
}

/// Reads the log until this holds of its newest session.
async fn logged(broker: &Broker, holds: impl Fn(&Value) -> bool) {
    let look = async {
        while !holds(&broker.log()["sessions"][0]) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.unwrap();
}

fn stopped_by_customer(row: &Value) -> bool {
    row["end"] == json!({ "by": "customer", "reason": "stopped" })
}

#[actix_web::test]
async fn a_locked_database_refuses_who_is_new_and_loses_nothing_of_who_is_there() {
    let broker = Broker::start();
    let (kim, lee) = (broker.add_operator("Kim"), broker.add_operator("Lee"));
    let choi = broker.add_operator("Choi");
    let (mut customer, mut operator, _) = accepted(&broker, &kim, sid(1)).await;
    let (_lees, code) = broker.operator_with_code(&lee).await;
    let other = broker.storage().await;
    let change = other.writing().await.unwrap();

    let mut new = broker.customer().await;
    new.knock(&code, sid(2)).await;
    assert_eq!(new.hear().await, json!({ "type": "refused", "error": "overloaded" }));
    customer.frame(sid(1), b"\x20on").await;
    assert_eq!(operator.hear_of_frame().await.1, b"\x20on", "what is relayed waits for no database");
    customer.end(sid(1), "customer", "stopped").await;
    assert_eq!(operator.hear_of("end").await["end"]["reason"], "stopped");
    let (status, refused) = broker.try_sign_in(&choi.name, &choi.password).await;
    assert_eq!((status, &refused["code"]), (503, &json!("overloaded")), "{refused}");

    drop(change);
    other.close().await.unwrap();
    logged(&broker, stopped_by_customer).await;
    let mut new = broker.customer().await;
    new.knock(&code, sid(3)).await;
    let answer = new.hear().await;
    assert_eq!(answer["type"], "waiting", "and the code stayed good: {answer}");
}

#[actix_web::test]
async fn a_full_disk_refuses_who_is_new_and_loses_nothing_of_who_is_there() {
    let mut broker = Broker::initialised_with("");
    let Some(database) = file(&broker) else { return };
    let kim = broker.add_operator("Kim");
    let folder = database.with_file_name("small");
    std::fs::create_dir(&folder).unwrap();
    let moved = |from: &Path| folder.join(from.file_name().unwrap());
    let config = broker.file("broker.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace(database.to_str().unwrap(), moved(&database).to_str().unwrap())).unwrap();
    broker.serve_after(&format!("mount -t tmpfs -o size=8m tmpfs {folder:?}\ncp {database:?}* {folder:?}/"));
    let (mut customer, mut operator, _) = accepted(&broker, &kim, sid(1)).await;
    let code = {
        operator.say(json!({ "type": "new_code" })).await;
        operator.code().await
    };
    // The broker's own sight of its disk.
    let filler =
        PathBuf::from(format!("/proc/{}/root", broker.pid())).join(folder.strip_prefix("/").unwrap()).join("filler");
    fill(&filler);

    // What there is room for in the files as they are is still written; then no more.
    let refused = async {
        for number in 10..=200 {
            let mut new = broker.customer().await;
            new.knock(&code, sid(number)).await;
            let answer = new.hear().await;
            if answer["type"] == "refused" {
                return answer;
            }
            assert_eq!(answer["type"], "waiting", "{answer}");
            new.end(sid(number), "customer", "cancelled").await;
            operator.hear_of("end").await;
        }
        panic!("two hundred knocks were written on a full disk");
    };
    assert_eq!(refused.await["error"], "storage_full");
    customer.frame(sid(1), b"\x20on").await;
    assert_eq!(operator.hear_of_frame().await.1, b"\x20on");
    customer.end(sid(1), "customer", "stopped").await;
    assert_eq!(operator.hear_of("end").await["end"]["reason"], "stopped");
    // What is written back meanwhile makes room in the files for what is smaller than a knock, for a while.
    let refused = async {
        for _ in 0..100 {
            let (status, answer) = broker.try_sign_in(&kim.name, &kim.password).await;
            if status != 200 {
                return (status, answer["code"].clone());
            }
        }
        panic!("a hundred sign-ins were written on a full disk");
    };
    assert_eq!(refused.await, (503, json!("storage_full")));

    std::fs::remove_file(filler).unwrap();
    let signed_in = async {
        while broker.try_sign_in(&kim.name, &kim.password).await.0 != 200 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, signed_in).await.unwrap();
    let administrator = broker.stepped_up().await;
    let path = format!("sessions/{}", sid(1).to_text());
    let (_, row) = broker.administer(Method::GET, &path, &administrator, None).await;
    assert!(stopped_by_customer(&row["session"]), "{row}");
}

/// Fills a disk to the last byte.
fn fill(file: &Path) {
    let file = std::fs::File::create(file).unwrap();
    let (mut at, mut step) = (0, 1 << 16);
    while step > 0 {
        match file.write_at(&vec![1; step], at) {
            Ok(written) if written > 0 => at += written as u64,
            Ok(_) | Err(_) => step /= 2,
        }
    }
}

#[test]
fn a_damaged_database_is_named_and_left_as_it_is() {
    let mut broker = Broker::start();
    broker.add_operator("Kim");
    broker.stop();
    let Some(path) = file(&broker) else { return };
    let whole = std::fs::read(&path).unwrap();
    type Damage = fn(&mut Vec<u8>);
    let damages: [(&str, Damage); 3] = [
        ("not a database", |bytes| bytes[..16].copy_from_slice(b"something else!!")),
        ("malformed", |bytes| bytes[4_096..40_960].fill(0xa5)),
        ("malformed", |bytes| bytes.truncate(bytes.len() / 2)),
    ];
    for (words, damage) in damages {
        let mut damaged = whole.clone();
        damage(&mut damaged);
        std::fs::write(&path, &damaged).unwrap();
        let (done, _, stderr) = broker.command(&["serve"]);
        assert!(!done && stderr.contains(words), "{words}: {stderr}");
        let (done, found, _) = broker.command(&["check", "--json"]);
        assert!(!done && found.contains(words), "{words}: {found}");
        assert!(std::fs::read(&path).unwrap() == damaged, "{words}: it was written to");
    }
}
