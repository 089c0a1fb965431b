//! The broker under load: the real program, with files of its own, over real TLS.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use anyhow::{Context as _, anyhow, ensure};
use beside_broker::config::Config;
use beside_broker::storage::Storage;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use reqwest::Client;
use rustls::client::Resumption;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock;

/// A broker with its files, serving or not.
pub(crate) struct Broker {
    program: PathBuf,
    folder: PathBuf,
    tls: Arc<ClientConfig>,
    serving: Option<Serving>,
}

struct Serving {
    process: Child,
    addresses: Addresses,
}

/// What `serve` announces.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Addresses {
    pub(crate) listening: SocketAddr,
    pub(crate) administration: SocketAddr,
    pub(crate) metrics: SocketAddr,
}

/// How a command ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Broker {
    /// The broker in a folder; initialised there if it is not yet.
    pub(crate) fn open(program: &Path, folder: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        let config = folder.join("broker.toml");
        issue(folder)?;
        fs::write(&config, configuration(folder, "broker.sqlite"))?;
        let broker =
            Self { program: program.to_owned(), folder: folder.to_owned(), tls: trust(folder)?, serving: None };
        if !broker.file("administrator.json").exists() {
            let created = broker.succeed(&["init", "--json"])?;
            fs::write(broker.file("administrator.json"), created)?;
        }
        Ok(broker)
    }

    /// The configuration of another broker with the same keys and an empty database.
    pub(crate) fn sibling(&self) -> anyhow::Result<PathBuf> {
        for ending in ["", "-wal", "-shm"] {
            let old = self.file(&format!("sibling.sqlite{ending}"));
            if old.exists() {
                fs::remove_file(old)?;
            }
        }
        let path = self.file("sibling.toml");
        fs::write(&path, configuration(&self.folder, "sibling.sqlite"))?;
        Ok(path)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The database, as another process on this machine opens it.
    pub(crate) async fn storage(&self) -> anyhow::Result<Storage> {
        beside_broker::commands::open(&Config::read(&self.file("broker.toml"))?).await
    }

    /// Runs a command with a configuration to its end.
    pub(crate) fn command_with(&self, config: &Path, arguments: &[&str]) -> anyhow::Result<Ended> {
        let output = Command::new(&self.program).arg("--config").arg(config).args(arguments).output()?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Ended { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) })
    }

    /// Runs a command that has to succeed, and gives what it printed.
    pub(crate) fn succeed(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let ended = self.command_with(&self.file("broker.toml"), arguments)?;
        ensure!(ended.code == Some(0), "beside-broker {} failed: {}", arguments.join(" "), ended.stderr);
        Ok(ended.stdout)
    }

    /// Starts serving. Its words go to a file.
    pub(crate) fn serve(&mut self) -> anyhow::Result<()> {
        let log = fs::File::create(self.file("serve.log"))?;
        let mut process = Command::new(&self.program)
            .arg("--config")
            .arg(self.file("broker.toml"))
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context("starting the broker")?;
        let mut line = String::new();
        let output = process.stdout.take().context("the broker has no standard output")?;
        BufReader::new(output).read_line(&mut line)?;
        let addresses = serde_json::from_str(&line)
            .with_context(|| format!("the broker did not start: see {}", self.file("serve.log").display()))?;
        self.serving = Some(Serving { process, addresses });
        Ok(())
    }

    /// Kills it, as a power cut would.
    pub(crate) fn stop(&mut self) -> anyhow::Result<()> {
        let Some(mut serving) = self.serving.take() else { return Ok(()) };
        serving.process.kill()?;
        serving.process.wait()?;
        Ok(())
    }

    /// Where it listens.
    pub(crate) fn addresses(&self) -> anyhow::Result<Addresses> {
        Ok(self.serving.as_ref().context("the broker does not serve")?.addresses)
    }

    /// Whom its customers and operators trust.
    pub(crate) const fn tls(&self) -> &Arc<ClientConfig> {
        &self.tls
    }

    /// Bytes of memory that it has resident.
    pub(crate) fn resident(&self) -> anyhow::Result<f64> {
        let process = self.serving.as_ref().context("the broker does not serve")?.process.id();
        let status = fs::read_to_string(format!("/proc/{process}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kilobytes * 1_024.0)
    }

    /// An HTTPS client whose connections come from an address of this machine.
    pub(crate) fn client(&self, from: Ipv4Addr) -> anyhow::Result<Client> {
        let tls = ClientConfig::clone(&self.tls);
        Ok(Client::builder().tls_backend_preconfigured(tls).no_proxy().local_address(IpAddr::V4(from)).build()?)
    }

    /// The administrator's account as `init` told it.
    fn administrators_account(&self) -> anyhow::Result<Value> {
        Ok(serde_json::from_str(&fs::read_to_string(self.file("administrator.json"))?)?)
    }

    /// The administrator's code so many seconds from now: each works once, and none after a later one.
    fn second_factor(account: &Value, ahead: u64) -> anyhow::Result<String> {
        let secret = account["totp_secret"].as_str().context("the administrator has no second factor")?;
        let secret = totp_rs::Secret::try_from_base32(secret).map_err(|_| anyhow!("the secret is no base32"))?;
        let codes = totp_rs::Builder::new().with_secret(secret).build_noncompliant();
        Ok(codes.generate(clock::unix_seconds() + ahead).to_string())
    }

    /// Gives the administrator's second factor again, as exports ask for it.
    pub(crate) async fn step_up(&self, client: &Client, token: &str) -> anyhow::Result<()> {
        let body = json!({ "second_factor": Self::second_factor(&self.administrators_account()?, 30)? });
        let url = format!("https://{}/api/v1/step-up", self.addresses()?.administration);
        let answer = client.post(url).bearer_auth(token).json(&body).send().await?;
        ensure!(answer.status().is_success(), "the second factor was refused: {}", answer.text().await?);
        Ok(())
    }

    /// Signs the administrator in, and gives the bearer token.
    pub(crate) async fn administrator(&self, client: &Client) -> anyhow::Result<String> {
        let account = self.administrators_account()?;
        let code = Self::second_factor(&account, 0)?;
        let body = json!({ "name": account["name"], "password": account["password"], "second_factor": code });
        let to = self.addresses()?.administration;
        let answer = client.post(format!("https://{to}/api/v1/sign-in")).json(&body).send().await?;
        let status = answer.status();
        let answer: Value = answer.json().await?;
        ensure!(status.is_success(), "the administrator was not signed in: {answer}");
        Ok(answer["token"].as_str().context("no token")?.to_owned())
    }

    /// A counter of the broker's own, summed over the labels that have `label`.
    pub(crate) async fn counted(&self, client: &Client, name: &str, label: &str) -> anyhow::Result<f64> {
        let to = self.addresses()?.metrics;
        let text = client.get(format!("https://{to}/metrics")).send().await?.text().await?;
        let lines = text.lines().filter(|line| line.starts_with(name) && line.contains(label));
        Ok(lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum())
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // There is nobody left to tell.
        let _ = self.stop();
    }
}

fn configuration(folder: &Path, database: &str) -> String {
    let path = |name: &str| folder.join(name);
    // Nobody's key: no statement is uploaded here.
    let organisation = KEY;
    format!(
        "organisation_keys = [\"{organisation}\"]\n[listen]\npublic = \"127.0.0.1:0\"\n\
         administration = \"127.0.0.1:0\"\nmetrics = \"127.0.0.1:0\"\n\
         [tls]\ncertificate = {:?}\nkey = {:?}\n[database]\nurl = \"sqlite:{}?mode=rwc\"\n\
         [keys]\nencryption = {{ file = {:?} }}\ncheckpoints = {:?}\n",
        path("certificate.pem"),
        path("key.pem"),
        path(database).display(),
        path("broker.key"),
        path("checkpoints.key"),
    )
}

/// The generator of P-256 (SEC 2, section 2.4.2), uncompressed: a public key whose private key is 1.
const KEY: &str = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
                   4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

fn issue(folder: &Path) -> anyhow::Result<()> {
    let authority_key = KeyPair::generate()?;
    let mut authority = CertificateParams::new(Vec::<String>::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    fs::write(folder.join("authority.pem"), authority.self_signed(&authority_key)?.pem())?;
    let key = KeyPair::generate()?;
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let leaf = CertificateParams::new(names)?.signed_by(&key, &Issuer::new(authority, authority_key))?;
    fs::write(folder.join("certificate.pem"), leaf.pem())?;
    Ok(fs::write(folder.join("key.pem"), key.serialize_pem())?)
}

fn trust(folder: &Path) -> anyhow::Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join("authority.pem"))?)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    // Each socket stands for an app of its own, which has no ticket from another one's connection.
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}
