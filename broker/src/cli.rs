//! The command line: `beside-broker --config FILE init | user add | user link | serve | check | log`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand, ValueEnum};
use tracing_subscriber::EnvFilter;

use crate::config::Config;
use crate::{commands, serve};

/// The broker of Beside.
#[derive(Debug, Parser)]
#[command(name = "beside-broker", version, about)]
pub struct Cli {
    /// The configuration file.
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
    /// Prints the newest sign-ins and sessions.
    Log(Log),
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
    match start(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If even stderr is gone there is nobody left to tell.
            let _ = writeln!(std::io::stderr(), "beside-broker: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(cli: Cli) -> anyhow::Result<()> {
    let config = Config::read(&cli.config)?;
    let mut stdout = std::io::stdout();
    let system = actix_web::rt::System::new();
    system.block_on(async move {
        match cli.command {
            Command::Init { name, json } => commands::init::run(&config, &name, json, &mut stdout).await,
            Command::User(User::Add { role, name, json }) => {
                commands::user_add::run(&config, &name, role.into(), json, &mut stdout).await
            }
            Command::User(User::Link { name }) => commands::user_link::run(&config, &name, &mut stdout).await,
            Command::Serve => serve::run(&config, &mut stdout).await.context("serve"),
            Command::Backup { to, recipient } => commands::backup::run(&config, &to, &recipient).await,
            Command::BackupKey { to } => commands::backup::key(&to, &mut stdout),
            Command::Restore { from, key } => commands::restore::run(&config, &from, &key, &mut stdout).await,
            Command::Check { json } => commands::check::run(&config, json, &mut stdout).await,
            Command::Log(log) => commands::log::run(&config, log.json, log.limit, &mut stdout).await,
        }
    })
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
