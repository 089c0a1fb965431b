//! The real broker in a process of its own, which can be killed, frozen and started again at the same address.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use beside_broker::audit::Actor;
use beside_broker::clock::Clock;
use beside_broker::commands::{init, log, open, user_add};
use beside_broker::config::Config;
use beside_broker::storage::statements::NewStatement;
use beside_identity::{Kind, UnixTime};
use beside_protocol::OperatorId;
use beside_protocol::api::Role;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use serde_json::Value;

use crate::organisation::{DAY, Keys, today};

/// A name under which the broker listens, for those who dial it by name.
pub(crate) const HOST: &str = "127.0.0.1";

/// What the broker's certificate says.
#[derive(Clone, Copy)]
pub(crate) enum TlsCertificate {
    Good,
    OfAnotherHost,
    Expired,
}

/// An account at the broker.
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) id: OperatorId,
    pub(crate) password: String,
}

impl Account {
    fn parse(said: &[u8]) -> Self {
        let said: Value = serde_json::from_slice(said).unwrap();
        let text = |key: &str| said[key].as_str().unwrap().to_owned();
        Self { name: text("name"), id: text("id").parse().unwrap(), password: text("password") }
    }
}

/// A broker. Its process is killed with the value.
pub(crate) struct Broker {
    folder: PathBuf,
    config: PathBuf,
    process: Mutex<Option<Child>>,
    pub(crate) address: SocketAddr,
    /// The authority that signed its TLS certificate, DER.
    pub(crate) authority: Vec<u8>,
    pub(crate) operator: Account,
}

impl Broker {
    /// A broker with an administrator and an operator, not running yet.
    pub(crate) async fn prepare(folder: &Path, keys: &Keys, certificate: TlsCertificate) -> Self {
        let authority = certify(folder, certificate);
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let config = folder.join("broker.toml");
        write_config(folder, &config, keys, address);
        let read = Config::read(&config).unwrap();
        let (mut administrator, mut operator) = (Vec::new(), Vec::new());
        init::run(&read, "administrator", true, &mut administrator).await.unwrap();
        user_add::run(&read, "Kim", Role::Operator, true, &mut operator).await.unwrap();
        let operator = Account::parse(&operator);
        let (folder, process) = (folder.to_owned(), Mutex::new(None));
        Self { folder, config, process, address, authority, operator }
    }

    /// Makes a further account, as an administrator does on the broker's machine.
    pub(crate) async fn add(&self, role: Role, name: &str) -> Account {
        let mut said = Vec::new();
        user_add::run(&Config::read(&self.config).unwrap(), name, role, true, &mut said).await.unwrap();
        Account::parse(&said)
    }

    /// Keeps a statement as a broker would that looks at nothing: here the apps must be the ones to notice.
    pub(crate) async fn keep(&self, kind: Kind, issued: UnixTime, bytes: &[u8]) {
        let storage = open(&Config::read(&self.config).unwrap()).await.unwrap();
        let about = (kind == Kind::Operator).then_some(&self.operator.id);
        let (at, expires) = (Clock::start().now().unix_ms, today() + DAY);
        let new = NewStatement { kind, about, issued, expires, bytes, at };
        let mut writing = storage.writing().await.unwrap();
        writing.add_statement(new, Actor::CommandLine).await.unwrap();
        writing.commit().await.unwrap();
        storage.close().await.unwrap();
    }

    /// Starts the process, at the address that it had before if it ran before.
    pub(crate) fn serve(&mut self, keys: &Keys) {
        let mut process = Command::new(env!("CARGO_BIN_EXE_broker-process"))
            .arg("--config")
            .arg(&self.config)
            .arg("serve")
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(self.folder.join("stderr")).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("{}", std::fs::read_to_string(self.folder.join("stderr")).unwrap()));
        self.address = said["listening"].as_str().unwrap().parse().unwrap();
        write_config(&self.folder, &self.config, keys, self.address);
        *self.process.lock().unwrap() = Some(process);
    }

    /// The address as org.json has it.
    pub(crate) fn host_and_port(&self) -> String {
        format!("{HOST}:{}", self.address.port())
    }

    /// Ends the process as a power cut would, and waits until it is gone.
    pub(crate) fn kill(&self) {
        if let Some(mut process) = self.process.lock().unwrap().take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Stops the process where it stands: its sockets stay open and say nothing any more.
    pub(crate) fn freeze(&self) {
        self.freezer()();
    }

    /// What [`freeze`](Self::freeze) does, to be done by somebody else.
    pub(crate) fn freezer(&self) -> impl Fn() + Send + Sync + use<> {
        let pid = self.process.lock().unwrap().as_ref().unwrap().id().to_string();
        move || assert!(Command::new("kill").args(["-STOP", &pid]).status().unwrap().success())
    }

    /// Certificate and key, PEM.
    pub(crate) fn tls_files(&self) -> (PathBuf, PathBuf) {
        (self.folder.join("certificate.pem"), self.folder.join("key.pem"))
    }

    /// The log as `beside-broker log --json` prints it.
    pub(crate) async fn log(&self) -> Value {
        let mut said = Vec::new();
        log::run(&Config::read(&self.config).unwrap(), true, 50, &mut said).await.unwrap();
        serde_json::from_slice(&said).unwrap()
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.kill();
    }
}

fn write_config(folder: &Path, config: &Path, keys: &Keys, address: SocketAddr) {
    let text = format!(
        "organisation_keys = [\"{}\"]\n[listen]\npublic = \"{address}\"\n\
         administration = \"127.0.0.1:0\"\nmetrics = \"127.0.0.1:0\"\n\
         [tls]\ncertificate = {:?}\nkey = {:?}\n[database]\nurl = \"sqlite:{}?mode=rwc\"\n\
         [keys]\nencryption = {{ file = {:?} }}\ncheckpoints = {:?}\n",
        hex::encode(keys.organisation.public().as_bytes()),
        folder.join("certificate.pem"),
        folder.join("key.pem"),
        folder.join("broker.sqlite").display(),
        folder.join("broker.key"),
        folder.join("checkpoints.key"),
    );
    std::fs::write(config, text).unwrap();
}

/// Makes an authority and the broker's certificate. Gives the authority.
fn certify(folder: &Path, certificate: TlsCertificate) -> Vec<u8> {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::<String>::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority.self_signed(&authority_key).unwrap();
    let name = match certificate {
        TlsCertificate::Good | TlsCertificate::Expired => HOST,
        TlsCertificate::OfAnotherHost => "elsewhere.example",
    };
    let mut leaf = CertificateParams::new([name.to_owned()]).unwrap();
    if let TlsCertificate::Expired = certificate {
        (leaf.not_before, leaf.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2020, 2, 1));
    }
    let key = KeyPair::generate().unwrap();
    let leaf = leaf.signed_by(&key, &Issuer::new(authority, authority_key)).unwrap();
    std::fs::write(folder.join("certificate.pem"), leaf.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    root.der().to_vec()
}
