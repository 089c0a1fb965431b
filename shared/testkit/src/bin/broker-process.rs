//! The real broker as a program of this crate, so that tests can start it, kill it and start it again.

use std::process::ExitCode;

use beside_broker::cli::{self, Cli};
use clap::Parser as _;

fn main() -> ExitCode {
    cli::run(Cli::parse())
}
