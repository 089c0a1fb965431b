//! `cargo xtask test`: every check and test, cheapest first.

mod steps;
mod tally;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;

use self::steps::STEPS;
use self::tally::Tally;
use crate::checkout::Checkout;
use crate::{clock, interrupt, say};

#[derive(Args)]
pub(crate) struct Options {
    /// Runs the steps that take long, too
    #[arg(long)]
    all: bool,
    /// Goes on after a step that failed
    #[arg(long)]
    keep_going: bool,
    /// Runs only the steps with these names
    #[arg(long, value_name = "STEP", value_delimiter = ',')]
    only: Vec<String>,
}

impl Options {
    fn choose(&self, step: &Step) -> bool {
        match self.only.as_slice() {
            [] => self.all || !step.long,
            only => only.iter().any(|name| name == step.name),
        }
    }
}

/// What one step has to work with.
struct Bench<'a> {
    checkout: &'a Checkout,
    /// Where everything that the step runs writes to.
    log: PathBuf,
}

struct Step {
    name: &'static str,
    /// Whether it runs only when it is asked for, or with `--all`.
    long: bool,
    /// Says how many tests passed.
    run: fn(&Bench<'_>) -> Result<Tally>,
}

/// Runs the steps and says how they went; the last line is `N passed, N failed`.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<()> {
    if let Some(name) = options.only.iter().find(|name| !STEPS.iter().any(|step| step.name == **name)) {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        bail!("there is no step {name}; there are {}", names.join(", "));
    }
    let logs = checkout.fresh_output("reports/test")?;
    let start = clock::now();
    let mut total = Tally::default();
    for step in STEPS.iter().filter(|step| options.choose(step)) {
        let begin = clock::now();
        let bench = Bench { checkout, log: logs.join(format!("{}.log", step.name)) };
        let ran = (step.run)(&bench);
        let took = seconds(begin.elapsed());
        match ran {
            Ok(tally) => {
                say::line(format!("ok      {:<10} {took:>7}  {} passed", step.name, tally.passed));
                total.add(tally);
            }
            Err(error) => {
                say::line(format!("FAILED  {:<10} {took:>7}  {error:#}", step.name));
                total.add(tally::of_failure(&bench.log));
                if !options.keep_going || interrupt::came() {
                    break;
                }
            }
        }
    }
    say::line(format!("\nafter {}, logs in {}", seconds(start.elapsed()), logs.display()));
    say::line(format!("{} passed, {} failed", total.passed, total.failed));
    if total.failed > 0 {
        bail!("not everything passed");
    }
    Ok(())
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
