//! The steps of `cargo xtask test`, in the order in which they run.

use std::time::Duration;

use anyhow::Result;

use super::tally::{self, Tally};
use super::{Bench, Outcome, Step};
use crate::check::{self, policy::Policy};
use crate::command::Tool;
use crate::postgres::Postgres;
use crate::{console, demo, system, ui};

/// Crates whose tests need a window: they are compiled by clippy and, optimised, by the demo, which drives them.
const WINDOWED: &[&str] = &["beside-client", "beside-manager"];
const WINDOWS: &str = "x86_64-pc-windows-gnu";

pub(super) const STEPS: &[Step] = &[
    Step { name: "packages", run: packages },
    Step { name: "format", run: format },
    Step { name: "arrows", run: arrows },
    Step { name: "licences", run: licences },
    Step { name: "manifests", run: manifests },
    Step { name: "leftovers", run: leftovers },
    Step { name: "frontends", run: frontends },
    Step { name: "ui-check", run: ui_check },
    Step { name: "ui-tests", run: ui_tests },
    Step { name: "ui-screens", run: ui_screens },
    Step { name: "clippy", run: clippy },
    Step { name: "tests", run: tests },
    Step { name: "postgres", run: postgres },
    Step { name: "types", run: types },
    Step { name: "windows", run: windows },
    Step { name: "console", run: live_console },
    Step { name: "demo", run: headless_demo },
];

fn packages(_: &Bench<'_>) -> Result<Outcome> {
    system::ensure_packages()?;
    held()
}

fn format(bench: &Bench<'_>) -> Result<Outcome> {
    bench.checkout.cargo().args(["fmt", "--all", "--check"]).logged(&bench.log)?;
    held()
}

fn arrows(bench: &Bench<'_>) -> Result<Outcome> {
    check::none(check::arrows::check(&check::metadata(bench.checkout)?))?;
    held()
}

fn licences(bench: &Bench<'_>) -> Result<Outcome> {
    let policy = Policy::read(bench.checkout)?;
    let metadata = check::metadata(bench.checkout)?;
    let mut findings = check::licences::crates(&metadata, &policy);
    findings.extend(check::licences::npm_packages(bench.checkout, &policy)?);
    let twice = check::licences::duplicates(&metadata);
    std::fs::write(&bench.log, format!("crates in more than one version:\n{}\n", twice.join("\n")))?;
    check::none(findings)?;
    held()
}

fn manifests(bench: &Bench<'_>) -> Result<Outcome> {
    check::none(check::manifests::check(bench.checkout, &check::metadata(bench.checkout)?)?)?;
    held()
}

fn leftovers(bench: &Bench<'_>) -> Result<Outcome> {
    check::none(check::leftovers::check(bench.checkout)?)?;
    held()
}

fn frontends(bench: &Bench<'_>) -> Result<Outcome> {
    ui::build(bench.checkout, &bench.log)?;
    held()
}

fn ui_check(bench: &Bench<'_>) -> Result<Outcome> {
    bench.checkout.npm().args(["run", "check"]).logged(&bench.log)?;
    held()
}

fn ui_tests(bench: &Bench<'_>) -> Result<Outcome> {
    let said = bench.checkout.npm().args(["test"]).limit(Duration::from_secs(600)).logged(&bench.log)?;
    Ok(Outcome::Ran(tally::of(&said)))
}

fn ui_screens(bench: &Bench<'_>) -> Result<Outcome> {
    let said =
        bench.checkout.npm().args(["run", "test:screens"]).limit(Duration::from_secs(1_800)).logged(&bench.log)?;
    Ok(Outcome::Ran(tally::of(&said)))
}

fn clippy(bench: &Bench<'_>) -> Result<Outcome> {
    let arguments = ["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"];
    bench.checkout.cargo().args(arguments).logged(&bench.log)?;
    held()
}

fn tests(bench: &Bench<'_>) -> Result<Outcome> {
    let types = bench.checkout.fresh_output("generated-types")?;
    let cargo = bench.checkout.cargo().args(["test", "--locked", "--no-fail-fast", "--workspace"]);
    let cargo = cargo.args(WINDOWED.iter().flat_map(|name| ["--exclude", name]));
    let said = cargo.env("TS_RS_EXPORT_DIR", types).logged(&bench.log)?;
    Ok(Outcome::Ran(tally::of(&said)))
}

/// The broker's tests again, on a PostgreSQL of their own.
fn postgres(bench: &Bench<'_>) -> Result<Outcome> {
    let server = Postgres::start()?;
    let cargo = bench.checkout.cargo().args(["test", "--locked", "--no-fail-fast", "--workspace", "--test", "broker"]);
    let cargo = cargo.args(WINDOWED.iter().flat_map(|name| ["--exclude", name]));
    let said = cargo.env("BESIDE_TEST_POSTGRES", server.address()).logged(&bench.log)?;
    Ok(Outcome::Ran(tally::of(&said)))
}

/// The tests have written the types to a folder of their own.
fn types(bench: &Bench<'_>) -> Result<Outcome> {
    check::none(check::generated::check(bench.checkout, &bench.checkout.output("generated-types")?)?)?;
    held()
}

/// Everything but the Linux parts type-checks for Windows, where that target is at hand.
fn windows(bench: &Bench<'_>) -> Result<Outcome> {
    let rustup = Tool::new("rustup").folder(bench.checkout.root()).args(["target", "list", "--installed"]).output();
    if !rustup.is_ok_and(|targets| targets.lines().any(|target| target == WINDOWS)) {
        return Ok(Outcome::Skipped(format!("the target {WINDOWS} is not installed")));
    }
    let arguments = ["check", "--locked", "--workspace", "--exclude", "xtask", "--target", WINDOWS];
    bench.checkout.cargo().args(arguments).logged(&bench.log)?;
    held()
}

/// The console in a real browser, on a real broker.
fn live_console(bench: &Bench<'_>) -> Result<Outcome> {
    let said = console::prove(bench.checkout, &bench.log)?;
    Ok(Outcome::Ran(tally::of(&said)))
}

fn headless_demo(bench: &Bench<'_>) -> Result<Outcome> {
    let steps = demo::headless(bench.checkout)?;
    Ok(Outcome::Ran(Tally { passed: steps, failed: 0 }))
}

#[expect(clippy::unnecessary_wraps, reason = "the last word of every step that is one check")]
fn held() -> Result<Outcome> {
    Ok(Outcome::Ran(Tally::ONE))
}
