//! `cargo xtask`: everything that a developer does with this repository, in one command each.
//!
//! `demo` runs the main job in real windows, `test` proves that the house stands, `bench` writes figures, `package` makes what
//! is distributed, `signing` signs it, and `verify` holds a built package or the list of advisories against the rules.
#![forbid(unsafe_code)]

mod bench;
mod check;
mod checkout;
mod chroot;
mod clock;
mod command;
mod console;
mod demo;
mod interrupt;
mod package;
mod postgres;
mod say;
mod signing;
mod suite;
mod system;
mod ui;
mod verify;
mod windows;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::checkout::Checkout;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "What a developer does with Beside")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Runs the main job: a broker, a customer's desktop and both apps
    Demo(demo::Options),
    /// Runs every check and test
    Test(suite::Options),
    /// Measures; the figures are written to target/reports
    Bench(bench::Options),
    /// Makes what is distributed
    Package(package::Options),
    /// Holds something against the rules for it
    Verify(verify::Options),
    /// Signs what is distributed
    Signing(signing::Options),
}

fn main() -> ExitCode {
    let task = Cli::parse().task;
    let outcome = Checkout::find().and_then(|checkout| {
        interrupt::watch()?;
        match task {
            Task::Demo(options) => demo::run(&checkout, &options),
            Task::Test(options) => suite::run(&checkout, &options),
            Task::Bench(options) => bench::run(&checkout, &options),
            Task::Package(options) => package::run(&checkout, &options),
            Task::Verify(options) => verify::run(&checkout, &options),
            Task::Signing(options) => signing::run(&checkout, &options),
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say::error(&error);
            ExitCode::FAILURE
        }
    }
}
