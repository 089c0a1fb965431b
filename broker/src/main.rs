//! The `beside-broker` command.

use std::process::ExitCode;

use beside_broker::cli::Cli;
use clap::Parser as _;

fn main() -> ExitCode {
    beside_broker::cli::run(Cli::parse())
}
