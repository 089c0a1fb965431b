//! `cargo xtask verify`: holds something against the rules for it.

mod advisories;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::checkout::Checkout;
use crate::package;
use crate::say;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    subject: Option<Subject>,
    /// Files that `cargo xtask package` made, where it put them
    files: Vec<PathBuf>,
    #[command(flatten)]
    believed: package::verify::Believed,
}

#[derive(Subcommand)]
enum Subject {
    /// The lock file against a copy of the RustSec advisory database
    Advisories {
        /// The folder of the copy
        #[arg(long, value_name = "PATH")]
        db: PathBuf,
    },
}

/// Verifies.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<()> {
    match &options.subject {
        Some(Subject::Advisories { db }) => advisories::check(checkout, db),
        None => {
            let judge = options.believed.judge(checkout)?;
            for file in &options.files {
                let found = judge.verify(file)?;
                say::line(format!("{}: {found}", file.display()));
            }
            Ok(())
        }
    }
}
