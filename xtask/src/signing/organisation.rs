//! Statements about organisations, and the `org.json` that holds one: signed by a vendor's key, wherever that is.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use beside_identity::statement::{Draft, issue};
use beside_identity::{BrokerAddress, Organisation, PublicKey, SigningKey, UnixTime, Verified, organisation_file};
use clap::Args;
use sha2::{Digest as _, Sha256};

use super::TokenOptions;
use super::key::TokenKey;
use crate::{clock, say};

const DAY: u64 = 24 * 60 * 60;

/// A vendor's private key.
pub(crate) trait VendorKey {
    /// Signs the organisation's statement.
    fn certify(&self, organisation: &Organisation, issued: UnixTime, expires: UnixTime) -> Result<Vec<u8>>;
}

/// In this process: the demo's.
impl VendorKey for SigningKey {
    fn certify(&self, organisation: &Organisation, issued: UnixTime, expires: UnixTime) -> Result<Vec<u8>> {
        Ok(issue(organisation, self, issued, expires)?)
    }
}

impl VendorKey for TokenKey {
    fn certify(&self, organisation: &Organisation, issued: UnixTime, expires: UnixTime) -> Result<Vec<u8>> {
        let draft = Draft::new(organisation, self.public()?, issued, expires)?;
        let signature = self.sign_fixed(&draft.message())?;
        draft.sign(&signature).context("what the token signed")
    }
}

/// Writes an `org.json` that holds for so many seconds from `issued`.
pub(crate) fn write(
    path: &Path,
    organisation: &Organisation,
    vendor: &impl VendorKey,
    issued: UnixTime,
    life: u64,
) -> Result<()> {
    let statement = vendor.certify(organisation, issued, issued + life)?;
    fs::write(path, organisation_file::write(&statement)).with_context(|| format!("writing {}", path.display()))
}

/// Reads an `org.json` as the apps do, under these vendor keys, now.
pub(crate) fn read(path: &Path, vendor_keys: &[PublicKey]) -> Result<Verified<Organisation>> {
    let file = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    Ok(organisation_file::read(&file, vendor_keys, UnixTime(clock::unix_seconds()))?)
}

#[derive(Args)]
pub(super) struct Options {
    #[command(flatten)]
    token: TokenOptions,
    /// The label of the vendor's key in the token
    #[arg(long)]
    key: String,
    /// The name that customers see
    #[arg(long)]
    name: String,
    /// The telephone number that customers can call back; may be empty
    #[arg(long, default_value = "")]
    call_back: String,
    /// The broker, host:port
    #[arg(long)]
    broker: String,
    /// A key that signs the organisation's operators: 130 hexadecimal digits; up to four times
    #[arg(long = "organisation-key", required = true)]
    organisation_keys: Vec<String>,
    /// The logo's file
    #[arg(long)]
    logo: Option<PathBuf>,
    /// How long it holds; 731 at most
    #[arg(long, default_value_t = 365)]
    days: u64,
    /// Where org.json goes
    #[arg(long, default_value = "org.json")]
    out: PathBuf,
}

/// Signs the `org.json` of a customer's organisation.
pub(super) fn run(options: &Options) -> Result<()> {
    let organisation = options.organisation()?;
    let key = options.token.open()?.key(&options.key)?;
    ensure!(!options.out.exists(), "{} is there already", options.out.display());
    let life = options.days.saturating_mul(DAY);
    write(&options.out, &organisation, &key, UnixTime(clock::unix_seconds()), life)?;
    let signed = read(&options.out, &[key.public()?])?;
    say::line(format!(
        "{}: {}, signed by {}, until Unix second {}",
        options.out.display(),
        signed.body().name,
        hex::encode(signed.signer().0),
        signed.expires().0
    ));
    Ok(())
}

impl Options {
    fn organisation(&self) -> Result<Organisation> {
        let keys = self.organisation_keys.iter().map(|text| parse_key(text)).collect::<Result<_>>()?;
        let logo = match &self.logo {
            Some(path) => Sha256::digest(fs::read(path).with_context(|| format!("reading {}", path.display()))?).into(),
            // What stands for none.
            None => [0; 32],
        };
        let broker = self.broker.parse::<BrokerAddress>()?;
        Ok(Organisation { name: self.name.clone(), call_back: self.call_back.clone(), broker, keys, logo })
    }
}

fn parse_key(text: &str) -> Result<PublicKey> {
    let bytes = hex::decode(text).with_context(|| format!("{text} is not hexadecimal"))?;
    PublicKey::from_sec1(&bytes).with_context(|| format!("{text} is no key"))
}
