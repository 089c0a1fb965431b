//! The demo's vendor, organisation and operator: their keys, and the statements that tie them together.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use beside_crypto::sealed_key;
use beside_identity::statement::STATUS_LIFE;
use beside_identity::{BrokerAddress, CheckMode, Operator, Organisation, SigningKey, Status, UnixTime, issue};
use beside_protocol::{OperatorId, Rights};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use serde_json::json;

use crate::{clock, signing};

const DAY: u64 = 24 * 60 * 60;
/// Of an org.json.
const LIFE: u64 = 365 * DAY;
/// The organisation, as the customer sees it.
pub(crate) const NAME: &str = "Hanbit Support";
/// The number that people can call back; from the range that is kept for films.
pub(crate) const CALL_BACK: &str = "02-555-0100";

/// Both private keys that sign the demo's statements.
pub(crate) struct Signers {
    vendor: SigningKey,
    organisation: SigningKey,
}

/// What the broker is given to keep for an operator.
pub(crate) struct Credential {
    /// Kind 2.
    pub(crate) operator: Vec<u8>,
    /// Kind 3.
    pub(crate) status: Vec<u8>,
    /// The operator's key, for the manager's store.
    pub(crate) key: SigningKey,
}

/// Randomness of the system; a machine that has none can't run a demo either.
fn randomness() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

fn now() -> UnixTime {
    UnixTime(clock::unix_seconds())
}

fn after(seconds: u64) -> UnixTime {
    UnixTime(clock::unix_seconds() + seconds)
}

impl Signers {
    /// Draws both keys.
    pub(crate) fn generate() -> Self {
        Self { vendor: SigningKey::generate(&mut randomness()), organisation: SigningKey::generate(&mut randomness()) }
    }

    /// The key that the organisation signs with, SEC1 in hexadecimal digits.
    pub(crate) fn organisation_key(&self) -> String {
        hex::encode(self.organisation.public().as_bytes())
    }

    /// Another organisation of the same vendor.
    pub(crate) fn of_another_organisation(&self) -> Result<Self> {
        let vendor = SigningKey::from_bytes(&self.vendor.to_bytes())?;
        Ok(Self { vendor, organisation: SigningKey::generate(&mut randomness()) })
    }

    /// Writes the `org.json` that lies beside the apps.
    pub(crate) fn write_organisation(&self, path: &Path, broker: &str) -> Result<()> {
        self.write_organisation_of(path, broker, now())
    }

    /// Likewise, one that ran out yesterday.
    pub(crate) fn write_expired_organisation(&self, path: &Path, broker: &str) -> Result<()> {
        self.write_organisation_of(path, broker, UnixTime(clock::unix_seconds() - LIFE - DAY))
    }

    fn write_organisation_of(&self, path: &Path, broker: &str, issued: UnixTime) -> Result<()> {
        let organisation = Organisation {
            name: NAME.to_owned(),
            call_back: CALL_BACK.to_owned(),
            broker: broker.parse::<BrokerAddress>()?,
            keys: vec![self.organisation.public()],
            // The demo's organisation has no logo.
            logo: [0; 32],
        };
        signing::write_organisation(path, &organisation, &self.vendor, issued, LIFE)
    }

    /// Writes the file that makes apps built with `demo-trust` believe this vendor and this authority.
    pub(crate) fn write_trust(&self, path: &Path, authority: &Path) -> Result<()> {
        let vendor = hex::encode(self.vendor.public().as_bytes());
        let trust = json!({ "vendor_keys": [vendor], "authority": authority });
        fs::write(path, trust.to_string()).with_context(|| format!("writing {}", path.display()))
    }

    /// Makes an operator: a key, its statement and a status of today.
    pub(crate) fn certify(&self, id: &str, name: &str) -> Result<Credential> {
        let key = SigningKey::generate(&mut randomness());
        let operator = Operator { name: name.to_owned(), key: key.public(), id: id.parse::<OperatorId>()? };
        let status = Status { check_mode: CheckMode::OperatorTypes, allowed: Rights::ALL, revoked: Vec::new() };
        Ok(Credential {
            operator: issue(&operator, &self.organisation, now(), after(7 * DAY))?,
            status: issue(&status, &self.organisation, now(), after(STATUS_LIFE))?,
            key,
        })
    }
}

impl Credential {
    /// Writes the operator's key to the manager's own store below its data folder, sealed under the password.
    pub(crate) fn store_key(&self, data: &Path, id: &str, password: &str) -> Result<PathBuf> {
        let folder = data.join("beside-manager").join("keys");
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        let path = folder.join(format!("{id}.json"));
        let sealed = sealed_key::seal(password, &self.key, &mut randomness())?;
        fs::write(&path, sealed).with_context(|| format!("writing {}", path.display()))?;
        Ok(path)
    }
}
