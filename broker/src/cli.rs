//! The command line: `beside-broker --config FILE COMMAND`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand, ValueEnum};
use tracing_subscriber::EnvFilter;

use crate::config::Config;
use crate::witness::config::WitnessConfig;
use crate::{commands, serve, witness};

/// The broker of Beside.
#[derive(Debug, Parser)]
#[command(name = "beside-broker", version, about)]
pub struct Cli {
    /// The configuration file: the broker's, or for `witness` the witness's.
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Prepares the database and creates the first administrator; refuses a second time.
    Init {
        /// The administrator's name.
        #[arg(long, default_value = "administrator")]
        name: String,
        /// Answer as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Accounts.
    #[command(subcommand)]
    User(User),
    /// Runs the broker until it is told to stop (SIGTERM or Ctrl-C).
    Serve,
    /// Writes an encrypted backup of the whole database.
    Backup {
        /// The file; `-` for standard output.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// Who can open it: the public part of a backup key. Several may.
        #[arg(long, value_name = "age1…", required = true)]
        recipient: Vec<String>,
    },
    /// Makes a key that opens backups, and prints its public part.
    BackupKey {
        /// The file for the key. Keep it apart from the backups.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Fills a new database from a backup.
    Restore {
        /// The file; `-` for standard input.
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        /// The file with the key that opens it.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Says what is wrong with configuration, keys, certificate and database, and what is weak.
    Check {
        /// Answer as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Fills a new database with a generated year of work, to look at or to measure with. Refuses one that was used.
    DemoData {
        /// Sessions and attempts.
        #[arg(long)]
        sessions: u64,
        /// What everything follows from: the same seed tells the same year.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Prints the newest sign-ins and sessions.
    Log(Log),
    /// The audit log.
    #[command(subcommand)]
    Audit(Audit),
    /// The keys of the personal data at rest.
    #[command(subcommand)]
    Keys(Keys),
    /// What is past its time.
    #[command(subcommand)]
    Retention(Retention),
    /// The witness of an audit log, on a second host, with a configuration file of its own.
    #[command(subcommand)]
    Witness(Witness),
}

/// The audit log.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Verifies every row, checkpoint, personal value and session. Ends with 0 if all is sound, with 1 if something was
    /// changed, with 2 if it could not be verified.
    Verify {
        /// Where the witness stands: a file that `witness standing` wrote, or the witness's https: address.
        #[arg(long, value_name = "FILE|URL")]
        witness: Option<String>,
        /// A public key of the log or of a witness, kept elsewhere, to believe instead of the configured ones.
        #[arg(long = "key", value_name = "TEXT")]
        keys: Vec<String>,
        /// Answer as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Prints the public key of the checkpoints.
    Key {
        /// Make a key if its file is not there.
        #[arg(long)]
        make: bool,
    },
}

/// The keys of the personal data at rest.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Makes a new data key and seals everything anew under it. The broker goes on meanwhile.
    Rotate,
    /// Wraps the data keys under another key-encryption key.
    Rewrap {
        /// The file of the new key; made if it is not there.
        #[arg(long, value_name = "FILE")]
        new_key: PathBuf,
    },
}

/// What is past its time.
#[derive(Debug, Subcommand)]
pub enum Retention {
    /// Deletes it now; the running broker does so daily.
    Run {
        /// Answer as JSON.
        #[arg(long)]
        json: bool,
    },
}

/// The witness of an audit log.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum Witness {
    /// Makes an empty copy and a key, and prints its public half; refuses a second time.
    Init,
    /// Runs the witness until it is told to stop (SIGTERM or Ctrl-C).
    Serve,
    /// Prints where the copy stands, as JSON.
    Standing,
}

/// Accounts.
#[derive(Debug, Subcommand)]
pub enum User {
    /// Creates an account with a generated password, which is shown once.
    Add {
        /// What the account may do.
        #[arg(long)]
        role: RoleArgument,
        /// The person's name.
        name: String,
        /// Answer as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Makes a one-time link with which the person sets a password and a second factor anew.
    Link {
        /// The person's name.
        name: String,
    },
}

/// `log`.
#[derive(Debug, Args)]
pub struct Log {
    /// Print JSON with every detail.
    #[arg(long)]
    pub json: bool,
    /// How many sign-ins and how many sessions at most.
    #[arg(long, default_value_t = 50)]
    pub limit: u64,
}

/// What an account may do.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RoleArgument {
    /// Helps customers.
    Operator,
    /// Sees what the groups that it belongs to do.
    Supervisor,
    /// Reads everything, signs off reviews.
    Auditor,
    /// Sets everything up.
    Administrator,
}

/// Runs a command line to its end.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    let filter = EnvFilter::try_from_env("BESIDE_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,sea_orm_migration=warn,actix_server=warn"));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    let unverified = matches!(cli.command, Command::Audit(Audit::Verify { .. }));
    match start(cli) {
        Ok(code) => code,
        Err(error) => {
            // If even stderr is gone there is nobody left to tell.
            let _ = writeln!(std::io::stderr(), "beside-broker: {error:#}");
            if unverified { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

fn start(cli: Cli) -> anyhow::Result<ExitCode> {
    let system = actix_web::rt::System::new();
    system.block_on(async move {
        if let Command::Witness(command) = cli.command {
            run_witness(command, &WitnessConfig::read(&cli.config)?, &mut std::io::stdout()).await?;
            return Ok(ExitCode::SUCCESS);
        }
        run_broker(cli.command, &Config::read(&cli.config)?, &mut std::io::stdout()).await
    })
}

async fn run_witness(command: Witness, config: &WitnessConfig, out: &mut impl Write) -> anyhow::Result<()> {
    match command {
        Witness::Init => commands::witness::init(config, out),
        Witness::Serve => witness::http::serve(config, out).await.context("witness serve"),
        Witness::Standing => commands::witness::standing(config, out),
    }
}

async fn run_broker(command: Command, config: &Config, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    match command {
        Command::Init { name, json } => commands::init::run(config, &name, json, out).await?,
        Command::User(User::Add { role, name, json }) => {
            commands::user_add::run(config, &name, role.into(), json, out).await?;
        }
        Command::User(User::Link { name }) => commands::user_link::run(config, &name, out).await?,
        Command::Serve => serve::run(config, out).await.context("serve")?,
        Command::Backup { to, recipient } => commands::backup::run(config, &to, &recipient).await?,
        Command::BackupKey { to } => commands::backup::key(&to, out)?,
        Command::Restore { from, key } => commands::restore::run(config, &from, &key, out).await?,
        Command::Check { json } => commands::check::run(config, json, out).await?,
        Command::DemoData { sessions, seed } => {
            commands::demo_data::run(config, sessions, seed).await.context("demo-data")?;
        }
        Command::Log(log) => commands::log::run(config, log.json, log.limit, out).await?,
        Command::Audit(Audit::Verify { witness, keys, json }) => {
            let asked = commands::audit::Asked { witness, keys, json };
            let sound = commands::audit::verify(config, &asked, out).await?;
            return Ok(ExitCode::from(u8::from(!sound)));
        }
        Command::Audit(Audit::Key { make }) => commands::audit::key(config, make, out)?,
        Command::Keys(Keys::Rotate) => commands::keys::rotate(config, out).await?,
        Command::Keys(Keys::Rewrap { new_key }) => commands::keys::rewrap(config, &new_key, out).await?,
        Command::Retention(Retention::Run { json }) => commands::retention::run(config, json, out).await?,
        Command::Witness(_) => anyhow::bail!("the witness has a configuration file of its own"),
    }
    Ok(ExitCode::SUCCESS)
}

impl From<RoleArgument> for beside_protocol::api::Role {
    fn from(role: RoleArgument) -> Self {
        match role {
            RoleArgument::Operator => Self::Operator,
            RoleArgument::Supervisor => Self::Supervisor,
            RoleArgument::Auditor => Self::Auditor,
            RoleArgument::Administrator => Self::Administrator,
        }
    }
}
