//! The witness on a second host: its copy, what it refuses, and what it survives.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Child;

use beside_audit::Standing;
use serde_json::{Value, json};

use crate::audited::{Audited, THEN};
use crate::harness::{Broker, command, server, stop};

/// A witness of its own. It is killed with the value; its files are in the broker's folder.
struct Host {
    config: PathBuf,
    folder: PathBuf,
    process: Option<Child>,
    address: String,
}

impl Host {
    /// A witness that is at work, and a broker that is told of it.
    fn of(broker: &Broker) -> Self {
        let folder = broker.folder().join("witness");
        let config = broker.folder().join("witness.toml");
        let (_, log_key, _) = broker.command(&["audit", "key"]);
        // The port is taken anew at each start, so that nothing else has it; the broker is told of the first one.
        let write = |listen: &str| {
            let text = format!(
                "listen = {listen:?}\nname = \"witness\"\nfolder = {folder:?}\nlog_keys = [{:?}]\n\
                 [tls]\ncertificate = {:?}\nkey = {:?}\n",
                log_key.trim(),
                broker.folder().join("certificate.pem"),
                broker.folder().join("key.pem"),
            );
            std::fs::write(&config, text).unwrap();
        };
        write("127.0.0.1:0");
        let (done, key, stderr) = command(&config, &["witness", "init"]);
        assert!(done, "{stderr}");
        let mut host = Self { config: config.clone(), folder: folder.clone(), process: None, address: String::new() };
        host.serve();
        write(&host.address);
        broker.configure(&format!(
            "[audit]\nwitness = \"https://{}\"\nwitness_key = {:?}\nwitness_authority = {:?}\n",
            host.address,
            key.trim(),
            broker.folder().join("authority.pem"),
        ));
        host
    }

    fn serve(&mut self) {
        let (process, said) = server(&self.config, &["witness", "serve"], &self.config.with_extension("stderr"));
        self.address = said["listening"].as_str().unwrap().to_owned();
        self.process = Some(process);
    }

    fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    fn stderr(&self) -> String {
        std::fs::read_to_string(self.config.with_extension("stderr")).unwrap()
    }

    fn standing(&self) -> Standing {
        let (done, stdout, stderr) = command(&self.config, &["witness", "standing"]);
        assert!(done, "{stderr}");
        serde_json::from_str(&stdout).unwrap()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// A log that a witness has all of.
async fn witnessed() -> (Audited, Host) {
    let mut audited = Audited::new().await;
    let host = Host::of(&audited.broker);
    run(&mut audited);
    assert_eq!(host.standing().size, rows(&audited).await);
    (audited, host)
}

/// Runs the broker for a moment: what it wrote is signed and offered when it stops.
fn run(audited: &mut Audited) {
    audited.broker.serve();
    audited.broker.stop();
}

async fn rows(audited: &Audited) -> u64 {
    u64::try_from(audited.count("FROM audit").await).unwrap()
}

#[actix_web::test]
async fn a_witness_follows_the_log_and_vouches_for_it() {
    let (audited, host) = witnessed().await;
    let rows = rows(&audited).await;
    let lines = std::fs::read_to_string(host.folder.join("lines")).unwrap();
    assert_eq!(lines.lines().count() as u64, rows);
    // Asked itself, from a file that was brought, or as the database has it.
    let file = audited.broker.folder().join("standing.json");
    std::fs::write(&file, serde_json::to_string(&host.standing()).unwrap()).unwrap();
    for (more, source) in [
        (vec!["--witness", &host.url()], "asked"),
        (vec!["--witness", file.to_str().unwrap()], "file"),
        (vec![], "stored"),
    ] {
        let (code, found) = audited.verify(&more);
        assert_eq!((code, &found["witness"], &found["log"]["witnessed"]), (0, &json!(source), &json!(rows)), "{found}");
    }
    let (_, text, _) = audited.broker.command_code(&["audit", "verify", "--witness", &host.url()]);
    assert!(text.contains(&format!("has cosigned {rows} rows")), "{text}");
}

#[actix_web::test]
async fn a_witness_that_lags_behind_catches_up() {
    let (mut audited, mut host) = witnessed().await;
    host.kill();
    run(&mut audited);
    assert!(audited.broker.stderr().contains("the witness of the audit log could not be reached"));
    let storage = audited.storage().await;
    storage.write(&audited.sign_ins(3_210, THEN)).await.unwrap();
    storage.close().await.unwrap();
    host.serve();
    run(&mut audited);
    assert_eq!(host.standing().size, rows(&audited).await);
    assert_eq!(audited.faults(&["--witness", &host.url()]), [""; 0]);
}

#[actix_web::test]
async fn a_history_that_was_rewritten_and_signed_anew_is_refused() {
    let (mut audited, host) = witnessed().await;
    let before = host.standing();
    audited.rewrite(i64::MAX, |seq, line| if seq == 9 { line.replace("signed_in", "blocked") } else { line }).await;
    audited.sign_anew().await;
    // With the checkpoint key too, all hangs together; only the witness knows better. Its word in the database can go.
    audited.tamper(&["DELETE FROM witness_standings"]).await;
    assert_eq!(audited.faults(&[]), [""; 0]);
    assert_eq!(audited.faults(&["--witness", &host.url()]), ["rewritten"]);
    run(&mut audited);
    assert!(audited.broker.stderr().contains("the witness refused the audit log"), "{}", audited.broker.stderr());
    assert!(host.stderr().contains("ALARM: the audit log was refused"), "{}", host.stderr());
    assert_eq!(host.standing().size, before.size);
    assert_eq!(host.standing().root, before.root);
}

#[actix_web::test]
async fn a_log_that_became_shorter_is_refused() {
    let (mut audited, host) = witnessed().await;
    let storage = audited.storage().await;
    storage.write(&audited.sign_ins(20, THEN)).await.unwrap();
    storage.close().await.unwrap();
    run(&mut audited);
    let before = host.standing();
    audited.rewrite(i64::try_from(before.size).unwrap() - 15, |_, line| line).await;
    audited.sign_anew().await;
    assert_eq!(audited.faults(&["--witness", &host.url()]), ["cut_tail"]);
    run(&mut audited);
    assert!(audited.broker.stderr().contains("the witness refused the audit log"), "{}", audited.broker.stderr());
    assert!(host.stderr().contains("ALARM: the audit log was refused"), "{}", host.stderr());
    assert_eq!(host.standing(), before);
}

#[actix_web::test]
async fn a_witness_that_is_killed_between_lines_and_answer_goes_on() {
    let (mut audited, mut host) = witnessed().await;
    let before = host.standing();
    host.kill();
    let storage = audited.storage().await;
    storage.write(&audited.sign_ins(5, THEN)).await.unwrap();
    let lines = storage.lines(before.size, before.size + 5, 5).await.unwrap();
    storage.close().await.unwrap();
    // Two whole lines had reached the disk and a part of the third, and no checkpoint for any of them.
    let file = || std::fs::OpenOptions::new().append(true).open(host.folder.join("lines")).unwrap();
    write!(file(), "{}\n{}\n{}", lines[0], lines[1], &lines[2][..30]).unwrap();
    assert_eq!(host.standing().checkpoint, before.checkpoint);
    host.serve();
    assert!(host.stderr().contains("a line that was being written is dropped"), "{}", host.stderr());
    run(&mut audited);
    assert_eq!(host.standing().size, rows(&audited).await);
    assert_eq!(audited.faults(&["--witness", &host.url()]), [""; 0]);
    // All of the lines had reached it, and the checkpoint not.
    host.kill();
    std::fs::write(host.folder.join("checkpoint"), before.checkpoint.unwrap()).unwrap();
    host.serve();
    run(&mut audited);
    assert_eq!(audited.faults(&["--witness", &host.url()]), [""; 0]);
    assert_eq!(audited.verify(&["--witness", &host.url()]).1["log"]["witnessed"], json!(rows(&audited).await));
}

#[actix_web::test]
async fn a_copy_that_was_changed_is_not_served() {
    let (audited, mut host) = witnessed().await;
    host.kill();
    let lines = std::fs::read_to_string(host.folder.join("lines")).unwrap();
    for changed in
        [lines.replacen("signed_in", "blocked", 1), lines.lines().take(5).map(|line| format!("{line}\n")).collect()]
    {
        std::fs::write(host.folder.join("lines"), changed).unwrap();
        let (done, _, stderr) = command(&host.config, &["witness", "serve"]);
        assert!(!done && stderr.contains("copy"), "{stderr}");
    }
    std::fs::write(host.folder.join("lines"), lines).unwrap();
    host.serve();
    // One copy, one witness; and a second `init` would make it forget.
    let (done, _, stderr) = command(&host.config, &["witness", "serve"]);
    assert!(!done && stderr.contains("another witness is at work"), "{stderr}");
    let (done, _, stderr) = command(&host.config, &["witness", "init"]);
    assert!(!done && stderr.contains("forgets what it knows"), "{stderr}");
    assert!(stop(&mut host.process.take().unwrap()), "{}", host.stderr());
    drop(audited);
}

#[actix_web::test]
async fn strangers_are_turned_away_before_they_are_read() {
    let (audited, host) = witnessed().await;
    let before = host.standing();
    let note = before.checkpoint.clone().unwrap();
    let storage = audited.storage().await;
    storage.write(&audited.sign_ins(1, THEN)).await.unwrap();
    storage.sign_checkpoint(THEN).await.unwrap();
    let fresh = storage.newest_checkpoint().await.unwrap().unwrap().note;
    storage.close().await.unwrap();
    let forged = note.replacen(&format!("\n{}\n", before.size), &format!("\n{}\n", before.size + 1), 1);
    for (header, status, answer) in [
        (None, 400, None),
        (Some("@".to_owned()), 400, None),
        (Some(base64(&forged)), 409, Some("forged")),
        // Known to everybody, but it covers nothing new: what comes with it is not read.
        (Some(base64(&note)), 200, None),
        // Only the log itself has this one; now the body is read, and it is none.
        (Some(base64(&fresh)), 400, None),
    ] {
        let mut request = audited.broker.client().post(format!("{}/v1/offer", host.url())).body("no offer");
        if let Some(header) = header {
            request = request.header("beside-checkpoint", header);
        }
        let response = audited.broker.send(request).await;
        assert_eq!(response.status(), status);
        let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default();
        assert_eq!(body["refusal"]["refusal"].as_str(), answer, "{body}");
    }
    assert_eq!(host.standing().size, before.size);
    assert!(host.stderr().contains("ALARM"), "{}", host.stderr());
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}
