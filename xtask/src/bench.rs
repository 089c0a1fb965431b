//! `cargo xtask bench`: figures, measured on the demo's real parts.

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::checkout::Checkout;
use crate::demo;

#[derive(Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    subject: Subject,
}

#[derive(Subcommand)]
enum Subject {
    /// The main job, driven headless: target/reports/demo.json
    Demo,
}

/// Measures and writes the report.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<()> {
    match options.subject {
        Subject::Demo => demo::measure(checkout),
    }
}
