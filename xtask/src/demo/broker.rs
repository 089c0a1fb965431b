//! The demo's broker: configured, given its accounts and statements, running, and asked for its log.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::authority::TlsFiles;
use super::processes::{Environment, Processes};
use super::wait;
use crate::clock;
use crate::command::Tool;

const LIMIT: Duration = Duration::from_secs(30);
/// A million sessions are made in minutes, also on a busy machine.
const FILLING: Duration = Duration::from_secs(60 * 60);
/// As many are read into the statistics in a minute.
const COUNTING: Duration = Duration::from_secs(10 * 60);
/// How long it is left alone after it has refused an answer because of that.
const REFUSED: Duration = Duration::from_millis(500);

/// A broker with its files.
pub(crate) struct Broker {
    program: PathBuf,
    config: PathBuf,
    agent: Agent,
    address: String,
    administration: String,
    process: u32,
}

/// What `init` and `user add` say about the account that they made.
#[derive(Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) password: String,
    /// Of an administrator: what its authenticator shares with the broker.
    totp_secret: Option<String>,
}

/// The line that `serve` prints when it listens.
#[derive(Deserialize)]
struct Ready {
    listening: String,
    administration: String,
}

impl Broker {
    /// Writes the configuration of a broker that keeps everything in `folder`.
    pub(crate) fn configure(program: &Path, folder: &Path, tls: &TlsFiles, organisation_key: &str) -> Result<Self> {
        let config = folder.join("broker.toml");
        let database = folder.join("broker.sqlite");
        let text = format!(
            "organisation_keys = [{organisation_key:?}]\n\n\
             [listen]\npublic = \"127.0.0.1:0\"\nadministration = \"127.0.0.1:0\"\nmetrics = \"127.0.0.1:0\"\n\n\
             [tls]\ncertificate = {certificate:?}\nkey = {key:?}\n\n\
             [database]\nurl = \"sqlite:{database}?mode=rwc\"\n\n\
             [keys]\nencryption = {{ file = {key_file:?} }}\ncheckpoints = {checkpoints:?}\n",
            certificate = tls.certificate,
            key = tls.key,
            database = database.display(),
            key_file = folder.join("broker.key"),
            checkpoints = folder.join("checkpoints.key"),
        );
        fs::write(&config, text).with_context(|| format!("writing {}", config.display()))?;
        Ok(Self {
            program: program.to_owned(),
            config,
            agent: agent(&tls.authority)?,
            address: String::new(),
            administration: String::new(),
            process: 0,
        })
    }

    /// Makes the database and the first administrator.
    pub(crate) fn init(&self) -> Result<Account> {
        self.account(&["init", "--json"])
    }

    /// Makes an operator's account.
    pub(crate) fn add_operator(&self, name: &str) -> Result<Account> {
        self.account(&["user", "add", "--role", "operator", "--json", name])
    }

    /// Makes up a year of work in a database that nobody has used.
    pub(crate) fn fill(&self, sessions: u64, seed: u64, log: &Path) -> Result<()> {
        let (sessions, seed) = (sessions.to_string(), seed.to_string());
        let tool = self.tool(&["demo-data", "--sessions", &sessions, "--seed", &seed]);
        tool.limit(FILLING).logged(log).map(|_| ())
    }

    /// Starts it and waits until it listens.
    pub(crate) fn serve(&mut self, processes: &mut Processes) -> Result<()> {
        let mut command = Command::new(&self.program);
        command.arg("--config").arg(&self.config).arg("serve");
        let (process, output) = processes.start_piped("broker", &mut command, &Environment::new())?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let ready: Ready = serde_json::from_str(&line)
            .with_context(|| format!("the broker did not start: {}", processes.log("broker").display()))?;
        self.address = ready.listening;
        self.administration = ready.administration;
        self.process = process;
        Ok(())
    }

    /// Ends it without a word to anybody, as a power cut would.
    pub(crate) fn vanish(&self, processes: &mut Processes) -> Result<()> {
        processes.kill(self.process)
    }

    /// Starts it again, at the address that it had.
    pub(crate) fn come_back(&mut self, processes: &mut Processes) -> Result<()> {
        let text = fs::read_to_string(&self.config).context("reading the broker's configuration")?;
        let text = text.replace("public = \"127.0.0.1:0\"", &format!("public = \"{}\"", self.address));
        fs::write(&self.config, text).context("writing the broker's configuration")?;
        self.serve(processes)
    }

    /// Where it listens, `host:port`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Where its administration listens, `host:port`.
    pub(crate) fn administration(&self) -> &str {
        &self.administration
    }

    /// Its program.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// Its configuration.
    pub(crate) fn config(&self) -> &Path {
        &self.config
    }

    /// Waits until it has read everything into its statistics.
    pub(crate) fn wait_until_counted(&self, administrator: &Account) -> Result<()> {
        let token = self.sign_in(administrator)?;
        let url = format!("https://{}/api/v1/statistics?from=0&before=1&bucket=hour", self.administration);
        wait::until("the statistics", COUNTING, || {
            let answer = self.agent.get(&url).header("authorization", format!("Bearer {token}")).call()?;
            if answer.status().is_success() {
                return Ok(Some(()));
            }
            // Refusals count among the errors that the broker's alarms judge.
            wait::pass(REFUSED).map(|()| None)
        })
    }

    /// Whether it still runs.
    pub(crate) fn runs(&self, processes: &mut Processes) -> bool {
        processes.runs(self.process)
    }

    /// Gives it signed statements to keep, as an administrator.
    pub(crate) fn upload(&self, administrator: &Account, statements: &[&[u8]]) -> Result<()> {
        let token = self.sign_in(administrator)?;
        for statement in statements {
            self.post("statements", Some(&token), &json!({ "statement": STANDARD.encode(statement) }))?;
        }
        Ok(())
    }

    /// A bearer token of an administrator.
    fn sign_in(&self, administrator: &Account) -> Result<String> {
        let credentials = json!({
            "name": administrator.name,
            "password": administrator.password,
            "second_factor": administrator.second_factor()?,
        });
        let signed_in = self.post("sign-in", None, &credentials)?;
        Ok(signed_in["token"].as_str().context("the broker gave no token")?.to_owned())
    }

    /// What `beside-broker log --json` prints.
    pub(crate) fn log(&self) -> Result<Value> {
        let text = self.tool(&["log", "--json"]).output()?;
        serde_json::from_str(&text).context("the broker's log is not JSON")
    }

    fn account(&self, arguments: &[&str]) -> Result<Account> {
        let text = self.tool(arguments).output()?;
        serde_json::from_str(&text).context("the broker did not describe the account")
    }

    fn tool(&self, arguments: &[&str]) -> Tool {
        Tool::new(&self.program).args(["--config".as_ref(), self.config.as_os_str()]).args(arguments).limit(LIMIT)
    }

    fn post(&self, endpoint: &str, token: Option<&str>, body: &Value) -> Result<Value> {
        let mut request = self.agent.post(format!("https://{}/api/v1/{endpoint}", self.administration));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut answer = request.content_type("application/json").send(body.to_string())?;
        let text = answer.body_mut().read_to_string()?;
        ensure!(answer.status().is_success(), "the broker refused {endpoint}: {text}");
        if text.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_str(&text)?) }
    }
}

impl Account {
    /// The six digits that its authenticator shows now.
    fn second_factor(&self) -> Result<String> {
        let secret = self.totp_secret.as_ref().context("the account has no second factor")?;
        let secret = Secret::try_from_base32(secret).map_err(|_| anyhow!("the second factor is not base32"))?;
        let totp = Builder::new().with_secret(secret).build_noncompliant();
        Ok(totp.generate(clock::unix_seconds()).to_string())
    }
}

/// An HTTPS client that trusts the demo's authority and nobody else.
fn agent(authority: &Path) -> Result<Agent> {
    let pem = fs::read(authority).with_context(|| format!("reading {}", authority.display()))?;
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&[Certificate::from_pem(&pem)?]))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let config = Agent::config_builder().https_only(true).http_status_as_error(false).tls_config(tls);
    Ok(config.timeout_global(Some(LIMIT)).build().new_agent())
}
