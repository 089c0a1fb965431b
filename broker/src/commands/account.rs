//! What `init` and `user add` share: an account with a generated password, which is shown once.

use std::io::Write;

use anyhow::Context as _;
use beside_broker_core::Account;
use beside_broker_core::name::PersonName;
use beside_broker_core::password;
use beside_protocol::api::Role;
use beside_protocol::ids::OperatorId;
use rand_core::Rng as _;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::clock::{Clock, random};
use crate::hashing;
use crate::storage::{Storage, StorageError};

/// An account that has just been made.
#[derive(Serialize)]
pub(super) struct Created {
    name: String,
    id: OperatorId,
    role: Role,
    #[serde(serialize_with = "plain")]
    password: Zeroizing<String>,
}

fn plain<S: serde::Serializer>(password: &Zeroizing<String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(password)
}

/// Makes an account.
pub(super) async fn create(storage: &Storage, name: &str, role: Role) -> anyhow::Result<Created> {
    let name = PersonName::parse(name)
        .context("a name has 1 to 64 bytes of composed Unicode (NFC), without control or invisible characters")?;
    let mut bytes = [0; 8];
    random().fill_bytes(&mut bytes);
    let id: OperatorId = format!("u-{}", hex::encode(bytes)).parse().context("the id is not one")?;
    let password = password::generate(&mut random());
    let hash = Zeroizing::new(hashing::hash(&password, &mut random())?);
    let account = Account { id: id.clone(), role };
    match storage.add_account(&account, &name, &hash, Clock::start().now().unix_ms).await {
        Ok(()) => Ok(Created { name: name.as_str().to_owned(), id, role, password }),
        Err(StorageError::Exists) => anyhow::bail!("there is an account of this name, or one that looks like it"),
        Err(error @ (StorageError::Database(_) | StorageError::Invalid(_))) => Err(error.into()),
    }
}

/// Shows the account, the password for the only time.
pub(super) fn show(created: &Created, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    if json {
        writeln!(out, "{}", Zeroizing::new(serde_json::to_string(created)?).as_str())?;
    } else {
        let role = match created.role {
            Role::Administrator => "administrator",
            Role::Operator => "operator",
        };
        writeln!(out, "{role}  {}\nid        {}\npassword  {}", created.name, created.id, created.password.as_str())?;
        writeln!(out, "\nThe password is shown only now.")?;
    }
    Ok(())
}
