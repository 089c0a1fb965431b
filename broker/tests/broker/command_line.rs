//! The commands that run and end.

use serde_json::Value;

use crate::harness::{Broker, command};

#[test]
fn init_works_once() {
    let broker = Broker::start();
    let (done, _, stderr) = broker.command(&["init"]);
    assert!(!done);
    assert!(stderr.contains("init was run before"), "{stderr}");
}

#[test]
fn accounts_have_generated_passwords_and_names_of_their_own() {
    let broker = Broker::start();
    let (first, second) = (broker.add_operator("Kim"), broker.add_operator("Lee"));
    assert_ne!(first.password, second.password);
    assert!(first.password.len() >= 16 && first.id != second.id);
    for taken in ["Kim", "KIM", "Ｋｉｍ"] {
        let (done, _, stderr) = broker.command(&["user", "add", "--role", "operator", taken]);
        assert!(!done && stderr.contains("there is an account of this name"), "{stderr}");
    }
    let (done, _, stderr) = broker.command(&["user", "add", "--role", "operator", "a\u{202e}b"]);
    assert!(!done && stderr.contains("a name has"), "{stderr}");
    let (done, stdout, _) = broker.command(&["user", "add", "--role", "administrator", "Park"]);
    assert!(done && stdout.contains("password  ") && stdout.contains("shown only now"), "{stdout}");
}

#[test]
fn an_empty_log_is_a_log() {
    let broker = Broker::start();
    let (done, stdout, _) = broker.command(&["log", "--json", "--limit", "5"]);
    assert!(done);
    assert_eq!(serde_json::from_str::<Value>(&stdout).unwrap(), serde_json::json!({ "sign_ins": [], "sessions": [] }));
}

#[test]
fn a_wrong_configuration_is_named() {
    let folder = std::env::temp_dir().join(format!("beside-broker-config-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let config = folder.join("broker.toml");
    let (done, _, stderr) = command(&config, &["serve"]);
    assert!(!done && stderr.contains("can't be read"), "{stderr}");
    let example = include_str!("../../beside-broker.example.toml");
    std::fs::write(&config, example.replace("[tls]", "[tls]\nkeyy = \"x\"")).unwrap();
    let (done, stdout, stderr) = command(&config, &["serve"]);
    assert!(!done && stderr.contains("keyy") && stdout.is_empty(), "{stderr}");
    std::fs::write(&config, example).unwrap();
    let (done, _, stderr) = command(&config, &["serve"]);
    assert!(!done && stderr.contains("the TLS certificate broker-certificate.pem can't be used"), "{stderr}");
    std::fs::remove_dir_all(&folder).unwrap();
}
