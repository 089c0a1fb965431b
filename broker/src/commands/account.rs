//! What `init` and `user add` share: an account with a generated password, which is shown once, and for administrators a
//! second factor with recovery codes.

use std::io::Write;

use anyhow::Context as _;
use beside_broker_core::Account;
use beside_broker_core::name::PersonName;
use beside_broker_core::password;
use beside_protocol::api::Role;
use beside_protocol::ids::OperatorId;
use serde::Serialize;
use zeroize::Zeroizing;

use super::new_id;
use crate::audit::Actor;
use crate::clock::{Clock, random};
use crate::credentials::hashing;
use crate::credentials::second_factor::SecondFactor;
use crate::storage::accounts::{NewAccount, role_text};
use crate::storage::{Storage, StorageError};

/// An account that has just been made.
#[derive(Serialize)]
pub(super) struct Created {
    name: String,
    id: OperatorId,
    role: Role,
    #[serde(serialize_with = "plain")]
    password: Zeroizing<String>,
    #[serde(flatten)]
    second_factor: Option<Factor>,
}

/// A second factor that has just been made.
#[derive(Serialize)]
struct Factor {
    #[serde(serialize_with = "plain")]
    totp_secret: Zeroizing<String>,
    #[serde(serialize_with = "plain")]
    totp_uri: Zeroizing<String>,
    #[serde(serialize_with = "all_plain")]
    recovery_codes: Vec<Zeroizing<String>>,
}

fn plain<S: serde::Serializer>(secret: &Zeroizing<String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret)
}

fn all_plain<S: serde::Serializer>(secrets: &[Zeroizing<String>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(secrets.iter().map(|secret| secret.as_str()))
}

/// Makes an account.
pub(super) async fn create(storage: &Storage, name: &str, role: Role) -> anyhow::Result<Created> {
    let name = PersonName::parse(name)
        .context("a name has 1 to 64 bytes of composed Unicode (NFC), without control or invisible characters")?;
    let id = new_id();
    let password = password::generate(&mut random());
    let hash = Zeroizing::new(hashing::hash(&password, &mut random())?);
    let account = Account { id: id.clone(), role };
    let at = Clock::start().now().unix_ms;
    let mut writing = storage.writing().await?;
    let new = NewAccount { account: &account, name: &name, password: Some(&hash) };
    match writing.add_account(new, Actor::CommandLine, at).await {
        Ok(()) => {}
        Err(StorageError::Exists) => anyhow::bail!("there is an account of this name, or one that looks like it"),
        Err(error) => return Err(error.into()),
    }
    let second_factor = if role == Role::Administrator {
        let factor = SecondFactor::generate(name.as_str(), &mut random());
        let codes = writing.set_second_factor(&id, &factor, None, Actor::CommandLine, at, &mut random()).await?;
        let (totp_secret, totp_uri) = (factor.to_base32(), factor.to_address());
        Some(Factor { totp_secret, totp_uri, recovery_codes: codes })
    } else {
        None
    };
    writing.commit().await?;
    Ok(Created { name: name.as_str().to_owned(), id, role, password, second_factor })
}

/// Shows the account, its secrets for the only time.
pub(super) fn show(created: &Created, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    if json {
        writeln!(out, "{}", Zeroizing::new(serde_json::to_string(created)?).as_str())?;
        return Ok(());
    }
    let role = role_text(created.role);
    writeln!(out, "{role}  {}\nid        {}\npassword  {}", created.name, created.id, created.password.as_str())?;
    if let Some(factor) = &created.second_factor {
        writeln!(out, "\nsecond factor, for an authenticator app\n{}", factor.totp_uri.as_str())?;
        writeln!(out, "\nrecovery codes, each stands in for it once")?;
        for code in &factor.recovery_codes {
            writeln!(out, "{}", code.as_str())?;
        }
    }
    writeln!(out, "\nAll of this is shown only now.")?;
    Ok(())
}
