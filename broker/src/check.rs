//! The self-check: what a security officer would look at before signing the broker off.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use beside_broker_core::address_rules::Unlisted;
use beside_identity::Kind;
use beside_protocol::api::Role;
use serde::Serialize;

use crate::commands::open;
use crate::config::{Config, KeySource};
use crate::platform::readable_by_others;
use crate::storage::Storage;
use crate::storage::accounts::AccountState;
use crate::surroundings::Surroundings;
use crate::tls::Certificate;

const HOUR: i64 = 3_600_000;
/// Days before its end from which a certificate is called weak.
const CERTIFICATE_DAYS: i64 = 30;
/// The part of the disk that should be free.
const DISK_FREE: f64 = 0.1;
/// Accounts that are looked at.
const ACCOUNTS: u64 = 10_000;

/// How good something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// As it should be.
    Good,
    /// It works, but an attacker or an accident would be glad of it.
    Weak,
    /// It doesn't work, or will soon not.
    Wrong,
}

impl Grade {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Weak => "weak",
            Self::Wrong => "wrong",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// How good it is.
    pub grade: Grade,
    /// The stable name of what was looked at.
    pub what: &'static str,
    /// What was found, without personal data.
    pub words: String,
}

/// Looks at everything.
pub async fn check(config: &Config, now: i64) -> Vec<Finding> {
    let mut findings = Findings::default();
    findings.keys(config);
    findings.listeners(config);
    findings.contacts(config);
    findings.certificate(config, now);
    match open(config).await {
        Ok(storage) => {
            findings.good("database", "the database opens, and its data keys too");
            if let Err(error) = findings.stored(&storage, now).await {
                findings.wrong("database", format!("reading failed: {error}"));
            }
            if let Err(error) = storage.close().await {
                findings.wrong("database", format!("closing failed: {error}"));
            }
        }
        Err(error) => findings.wrong("database", format!("{error:#}")),
    }
    findings.0
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn good(&mut self, what: &'static str, words: impl Into<String>) {
        self.0.push(Finding { grade: Grade::Good, what, words: words.into() });
    }

    fn weak(&mut self, what: &'static str, words: impl Into<String>) {
        self.0.push(Finding { grade: Grade::Weak, what, words: words.into() });
    }

    fn wrong(&mut self, what: &'static str, words: impl Into<String>) {
        self.0.push(Finding { grade: Grade::Wrong, what, words: words.into() });
    }

    fn keys(&mut self, config: &Config) {
        if let KeySource::File(path) = &config.keys.encryption {
            self.secret_file("keys.encryption", path);
            let database = config.database.url.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//"));
            let folder = |path: &Path| path.parent().map(|folder| folder.canonicalize().unwrap_or_default());
            if let Some(database) = database.and_then(|path| path.split('?').next())
                && folder(Path::new(database)) == folder(path)
            {
                self.weak(
                    "keys.apart",
                    "the key-encryption key lies in the folder of the database: a copy of the folder has both",
                );
            }
        }
        if let Err(error) = config.keys.encryption.read() {
            self.wrong("keys.encryption", format!("{error:#}"));
        }
        self.secret_file("keys.checkpoints", &config.keys.checkpoints);
        self.secret_file("tls.key", &config.tls.key);
    }

    fn secret_file(&mut self, what: &'static str, path: &Path) {
        match readable_by_others(path) {
            Ok(false) => self.good(what, "only its owner can read the file"),
            Ok(true) => self.weak(what, "others than its owner can read the file"),
            Err(error) => self.wrong(what, format!("the file can't be looked at: {error}")),
        }
    }

    fn listeners(&mut self, config: &Config) {
        let everywhere = [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)];
        for (what, address) in
            [("listen.administration", config.listen.administration), ("listen.metrics", config.listen.metrics)]
        {
            if everywhere.contains(&address.ip()) {
                self.weak(what, "it listens on every address of the machine, also on those of the Internet");
            } else {
                self.good(what, "it listens on one address");
            }
        }
        if config.listen.public_url.is_none() {
            self.weak("listen.public_url", "links for people name the listener's address, which may not be reachable");
        }
    }

    fn contacts(&mut self, config: &Config) {
        for (what, contact) in [
            ("organisation.security_contact", &config.organisation.security_contact),
            ("organisation.privacy_contact", &config.organisation.privacy_contact),
        ] {
            if contact.is_some() {
                self.good(what, "the public page names it");
            } else {
                self.weak(what, "nobody is named whom to turn to");
            }
        }
        if config.passwords.breached_list.is_none() {
            self.weak("passwords.breached_list", "only the commonest passwords from breaches are known");
        }
    }

    fn certificate(&mut self, config: &Config, now: i64) {
        let certificate = match Certificate::read(&config.tls) {
            Ok(certificate) => certificate,
            Err(error) => return self.wrong("tls", format!("{error:#}")),
        };
        let surroundings = Surroundings::new(config, certificate);
        match surroundings.certificate_days(now) {
            None => self.wrong("tls", "the certificate can't be read"),
            Some(days) if days < 0 => self.wrong("tls", format!("the certificate ended {} days ago", -days)),
            Some(days) if days < CERTIFICATE_DAYS => self.weak("tls", format!("the certificate ends in {days} days")),
            Some(days) => self.good("tls", format!("the certificate is good for {days} days")),
        }
        match surroundings.disk_free() {
            Some(free) if free < DISK_FREE => {
                self.weak("disk", format!("{:.0} % of the database's disk are free", free * 100.0));
            }
            Some(free) => self.good("disk", format!("{:.0} % of the database's disk are free", free * 100.0)),
            None => {}
        }
    }

    async fn stored(&mut self, storage: &Storage, now: i64) -> Result<(), crate::storage::StorageError> {
        let accounts = storage.accounts(None, ACCOUNTS).await?;
        let active =
            |role| accounts.iter().filter(move |one| one.state == AccountState::Active && one.account.role == role);
        let administrators = active(Role::Administrator).count();
        match administrators {
            0 => self.wrong("accounts", "nobody is an administrator: run init"),
            1 => self.weak("accounts", "there is one administrator; whoever it is may be ill one day"),
            _ => self.good("accounts", format!("{administrators} administrators")),
        }
        let bare = active(Role::Administrator).filter(|one| !one.second_factor).count();
        if bare > 0 {
            self.weak("second_factor", format!("{bare} administrators can't sign in: they have no second factor"));
        }
        let policy = storage.policy().await?;
        if !policy.second_factor_for_all {
            self.weak("policy.second_factor", "only administrators need a second factor");
        }
        if policy.unlisted_addresses == Unlisted::Admitted {
            self.weak("policy.addresses", "accounts on no list of addresses may sign in from anywhere");
        }
        match storage.newest_statement(Kind::Status, None).await? {
            None => self.wrong("status", "the organisation's status is missing: customers' apps refuse operators"),
            Some((issued, _)) => {
                let age = now / 1_000 - i64::try_from(issued.0).unwrap_or(i64::MAX);
                let hours = age * 1_000 / HOUR;
                self.good("status", format!("the organisation's newest status was signed {hours} hours ago"));
            }
        }
        Ok(())
    }
}
