//! The key ceremony: makes the keys of the roles in a token, and a protocol of it for those present to sign by hand.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, ValueEnum};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use super::TokenOptions;
use super::certificate::{self, Subject};
use super::key::{KeyKind, TokenKey};
use super::token::Token;
use crate::command::Tool;
use crate::{clock, say};

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Role {
    /// Programs and installers for Windows
    CodeSigning,
    /// Statements about organisations: org.json
    VendorStatements,
    /// Says which keys the other roles of the updates have
    UpdateRoot,
    /// Says which packages there are
    UpdateTargets,
    /// Says which lists belong together
    UpdateSnapshot,
    /// Says that a list is fresh
    UpdateTimestamp,
}

impl Role {
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    const fn kind(self) -> KeyKind {
        match self {
            Self::CodeSigning => KeyKind::Rsa3072,
            Self::VendorStatements
            | Self::UpdateRoot
            | Self::UpdateTargets
            | Self::UpdateSnapshot
            | Self::UpdateTimestamp => KeyKind::P256,
        }
    }
}

#[derive(Args)]
pub(super) struct Options {
    #[command(flatten)]
    token: TokenOptions,
    #[command(flatten)]
    plan: Plan,
}

/// What is made, and before whom.
#[derive(Debug, Args)]
pub(super) struct Plan {
    /// Makes the keys of these roles in this token; without it, of all
    #[arg(long = "role", value_enum, value_delimiter = ',')]
    pub(super) roles: Vec<Role>,
    /// What tells these keys from the next ones of the same roles, and ends their labels: the year, say
    #[arg(long)]
    pub(super) generation: String,
    /// Who is present, with their part in it; once for each person
    #[arg(long = "present", required = true)]
    pub(super) present: Vec<String>,
    /// The publisher that the code-signing certificate is to name
    #[arg(long)]
    pub(super) publisher: String,
    /// ISO 3166 code of the publisher's country
    #[arg(long)]
    pub(super) country: String,
    /// An empty or new folder for the protocol, the public keys and the certificate request
    #[arg(long)]
    pub(super) out: PathBuf,
}

/// Makes the keys and the protocol.
pub(super) fn run(options: &Options) -> Result<()> {
    let token = options.token.open()?;
    say::line("making keys; some tokens take a minute for one …");
    let protocol = hold(&token, &options.plan)?;
    say::line(format!("the protocol is {}: print it, and let everybody present sign it", protocol.display()));
    Ok(())
}

/// Likewise, in this token; returns where the protocol is.
pub(super) fn hold(token: &Token, plan: &Plan) -> Result<PathBuf> {
    fs::create_dir_all(&plan.out)?;
    ensure!(fs::read_dir(&plan.out)?.next().is_none(), "{} is not empty", plan.out.display());
    let roles = if plan.roles.is_empty() { Role::value_variants() } else { &plan.roles };
    let mut text = head(token, plan)?;
    for role in roles {
        let label = format!("{}-{}", role.name(), plan.generation);
        let key = token.generate(&label, role.kind())?;
        text += &entry(*role, &key, plan)?;
    }
    text += "\n## Signatures\n\n";
    for person in &plan.present {
        writeln!(text, "- {person}: ______________________________")?;
    }
    let path = plan.out.join("protocol.md");
    write(&path, &text)?;
    Ok(path)
}

fn head(token: &Token, plan: &Plan) -> Result<String> {
    let now = OffsetDateTime::from_unix_timestamp(i64::try_from(clock::unix_seconds())?)?;
    let about = token.about()?.replace('\n', "\n  - ");
    Ok(format!(
        "# Key ceremony, generation {}\n\n- When: {} {:02}:{:02} UTC\n- Token: {}\n  - {about}\n- Present: {}\n\n## Keys\n",
        plan.generation,
        now.date(),
        now.hour(),
        now.minute(),
        token.label(),
        plan.present.join("; ")
    ))
}

/// What the protocol says of a key; its public half is written beside it.
fn entry(role: Role, key: &TokenKey, plan: &Plan) -> Result<String> {
    let info = key.public_info();
    let pem = plan.out.join(format!("{}.pem", key.label()));
    write(&pem, &in_pem(&info))?;
    prove(key, &pem)?;
    let protection = key.token().protection(key.label())?.context("the token has lost the key")?;
    let mut text = format!(
        "\n### {}\n\n- In the token as: {}\n- The token says: {protection}\n- SHA-256 of its public key ({}): {}\n- It has \
         signed a text and the signature was verified\n",
        role.name(),
        key.label(),
        file_name(&pem),
        hex::encode(Sha256::digest(&info)),
    );
    match role {
        Role::CodeSigning => {
            let subject = Subject { name: plan.publisher.clone(), country: plan.country.clone() };
            let request = plan.out.join(format!("{}.csr", key.label()));
            write(&request, &certificate::request(&subject, key)?)?;
            writeln!(text, "- Certificate request: {}, for {}, {}", file_name(&request), plan.publisher, plan.country)?;
        }
        Role::VendorStatements => {
            let line = hex::encode(key.public()?.as_bytes());
            writeln!(text, "- Line for signing/vendor-keys.txt: `{line}`")?;
        }
        Role::UpdateRoot | Role::UpdateTargets | Role::UpdateSnapshot | Role::UpdateTimestamp => {
            writeln!(text, "- SEC1: `{}`", hex::encode(key.public()?.as_bytes()))?;
        }
    }
    Ok(text)
}

/// Lets the key sign something, and OpenSSL, which knows only the public key, verify it.
fn prove(key: &TokenKey, public: &Path) -> Result<()> {
    let text = format!("Beside key ceremony, {}", key.label());
    let place = tempfile::tempdir()?;
    let signature = place.path().join("signature");
    fs::write(&signature, key.sign(text.as_bytes())?)?;
    let tool = Tool::new("openssl").args(["dgst", "-sha256"]).args(["-verify".as_ref(), public.as_os_str()]);
    let tool = tool.args(["-signature".as_ref(), signature.as_os_str()]).input(text);
    tool.output().with_context(|| format!("the key {} does not sign", key.label())).map(drop)
}

fn in_pem(info: &[u8]) -> String {
    let text = STANDARD.encode(info);
    let lines = text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned());
    let body = lines.collect::<Vec<_>>().join("\n");
    format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n")
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}
