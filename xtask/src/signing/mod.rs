//! `cargo xtask signing`: everything that signs what is distributed (signing/README.md). The keys are in a token, in
//! production as in tests; only the parameters differ.

mod authority;
mod ceremony;
mod certificate;
mod checksum;
mod key;
pub(crate) mod list;
mod organisation;
mod pin;
mod rehearsal;
pub(crate) mod release;
mod revocation;
mod time_stamps;
pub(crate) mod token;
pub(crate) mod windows;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};

pub(crate) use self::authority::Authority;
pub(crate) use self::organisation::{read as read_organisation, write as write_organisation};
use self::pin::Pin;
pub(crate) use self::rehearsal::rehearse;
use self::release::ReleaseKey;
use self::token::Token;
use self::windows::Signer;
pub(crate) use self::windows::{Trust, verify};
use crate::checkout::Checkout;
use crate::{say, system};

#[derive(Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Makes the keys of the roles in a token, and a protocol of it
    Ceremony(ceremony::Options),
    /// Signs the org.json of an organisation
    Organisation(organisation::Options),
    /// Signs a program, library or MSI for Windows in place
    Program(Program),
    /// Signs it by the test authority, which is made if there is none
    TestProgram {
        /// The file
        file: PathBuf,
    },
    /// Verifies a program, library or MSI for Windows
    Verify(Verify),
    /// Signs an apt repository: its file Release, beside which come InRelease and Release.gpg
    Repository {
        /// Fingerprint of the key, which GnuPG finds in the user's home or on a card
        #[arg(long)]
        key: String,
        /// The file Release
        release: PathBuf,
    },
    /// Rehearses the rotation and the revocation of every key, on a token of its own
    Rehearse,
}

/// Which token. Its PIN is in the variable `BESIDE_TOKEN_PIN`, or is asked for.
#[derive(Args)]
struct TokenOptions {
    /// The token's PKCS#11 module, a shared library that came with it
    #[arg(long)]
    module: PathBuf,
    /// The token's label
    #[arg(long)]
    token: String,
}

impl TokenOptions {
    fn open(&self) -> Result<Token> {
        Ok(Token::new(self.module.clone(), &self.token, Pin::obtain(&self.token)?))
    }
}

#[derive(Args)]
struct Program {
    #[command(flatten)]
    token: TokenOptions,
    /// The label of the code-signing key in the token
    #[arg(long)]
    key: String,
    /// The key's certificate and those up to its authority, in PEM
    #[arg(long)]
    certificates: PathBuf,
    /// The address of an RFC 3161 time-stamp authority
    #[arg(long)]
    time_stamps: String,
    /// What Windows shows when the program asks for administrator rights
    #[arg(long, default_value = "Beside")]
    description: String,
    /// The file
    file: PathBuf,
}

#[derive(Args)]
struct Verify {
    /// Certificate authorities for programs, in PEM
    #[arg(long)]
    authorities: PathBuf,
    /// Certificate authorities for time-stamps, in PEM
    #[arg(long)]
    time_stamp_authorities: PathBuf,
    /// The revocation list of the authority for programs, in PEM
    #[arg(long)]
    revoked: Option<PathBuf>,
    /// The file
    file: PathBuf,
}

/// Signs, verifies or rehearses.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<()> {
    match &options.task {
        Task::Ceremony(options) => ceremony::run(options),
        Task::Organisation(options) => organisation::run(options),
        Task::Program(program) => program.sign(),
        Task::TestProgram { file } => {
            system::ensure_packages()?;
            let signature = Authority::ensure(checkout)?.sign_windows(file, "Beside")?;
            tell(&signature);
            Ok(())
        }
        Task::Verify(verify) => verify.run(),
        Task::Repository { key, release } => ReleaseKey::of_user(key.clone()).sign(release),
        Task::Rehearse => {
            system::ensure_packages()?;
            let held = rehearse(checkout, &mut |step| say::line(step))?;
            say::line(format!("{held} steps held"));
            Ok(())
        }
    }
}

fn tell(signature: &windows::Signature) {
    say::line(format!("signed by {}, stamped at Unix second {}", signature.publisher, signature.stamped));
}

impl Program {
    fn sign(&self) -> Result<()> {
        let signer = Signer {
            key: self.token.open()?.key(&self.key)?,
            certificates: self.certificates.clone(),
            time_stamps: Some(self.time_stamps.clone()),
        };
        signer.sign(&self.file, &self.description)?;
        say::line(format!("{} is signed; `cargo xtask signing verify` says what others see", self.file.display()));
        Ok(())
    }
}

impl Verify {
    fn run(&self) -> Result<()> {
        let trust = Trust {
            authorities: self.authorities.clone(),
            time_stamps: self.time_stamp_authorities.clone(),
            revoked: self.revoked.clone(),
            at: None,
        };
        tell(&windows::verify(&self.file, &trust)?);
        Ok(())
    }
}
