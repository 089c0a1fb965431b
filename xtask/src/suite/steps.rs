//! The steps of `cargo xtask test`, in the order in which they run.

use std::io::Write as _;
use std::time::Duration;

use anyhow::Result;

use super::tally::{self, Tally};
use super::{Bench, Step};
use crate::check::{self, policy::Policy};
use crate::postgres::Postgres;
use crate::windows::{Toolchain, Wine};
use crate::{command, console, demo, package, signing, system, ui, windows};

/// Crates whose tests need a window: they are compiled by clippy and, optimised, by the demo, which drives them.
const WINDOWED: &[&str] = &["beside-client", "beside-manager"];

pub(super) const STEPS: &[Step] = &[
    Step { name: "packages", long: false, run: packages },
    Step { name: "format", long: false, run: format },
    Step { name: "arrows", long: false, run: arrows },
    Step { name: "licences", long: false, run: licences },
    Step { name: "manifests", long: false, run: manifests },
    Step { name: "leftovers", long: false, run: leftovers },
    Step { name: "frontends", long: false, run: frontends },
    Step { name: "ui-check", long: false, run: ui_check },
    Step { name: "ui-tests", long: false, run: ui_tests },
    Step { name: "ui-screens", long: false, run: ui_screens },
    Step { name: "clippy", long: false, run: clippy },
    Step { name: "tests", long: false, run: tests },
    Step { name: "postgres", long: false, run: postgres },
    Step { name: "types", long: false, run: types },
    Step { name: "windows", long: false, run: type_check_windows },
    Step { name: "package", long: true, run: package_linux },
    Step { name: "installed", long: true, run: installed },
    Step { name: "wine", long: true, run: wine },
    Step { name: "signing", long: false, run: rehearse_signing },
    Step { name: "console", long: false, run: live_console },
    Step { name: "demo", long: false, run: headless_demo },
];

fn packages(_: &Bench<'_>) -> Result<Tally> {
    system::ensure_packages()?;
    held()
}

fn format(bench: &Bench<'_>) -> Result<Tally> {
    bench.checkout.cargo().args(["fmt", "--all", "--check"]).logged(&bench.log)?;
    held()
}

fn arrows(bench: &Bench<'_>) -> Result<Tally> {
    check::none(check::arrows::check(&check::metadata(bench.checkout)?))?;
    held()
}

fn licences(bench: &Bench<'_>) -> Result<Tally> {
    let policy = Policy::read(bench.checkout)?;
    let metadata = check::metadata(bench.checkout)?;
    let mut findings = check::licences::crates(&metadata, &policy);
    findings.extend(check::licences::npm_packages(bench.checkout, &policy)?);
    let twice = check::licences::duplicates(&metadata);
    std::fs::write(&bench.log, format!("crates in more than one version:\n{}\n", twice.join("\n")))?;
    check::none(findings)?;
    held()
}

fn manifests(bench: &Bench<'_>) -> Result<Tally> {
    check::none(check::manifests::check(bench.checkout, &check::metadata(bench.checkout)?)?)?;
    held()
}

fn leftovers(bench: &Bench<'_>) -> Result<Tally> {
    check::none(check::leftovers::check(bench.checkout)?)?;
    held()
}

fn frontends(bench: &Bench<'_>) -> Result<Tally> {
    ui::build(bench.checkout, &bench.log)?;
    held()
}

fn ui_check(bench: &Bench<'_>) -> Result<Tally> {
    bench.checkout.npm().args(["run", "check"]).logged(&bench.log)?;
    held()
}

fn ui_tests(bench: &Bench<'_>) -> Result<Tally> {
    let said = bench.checkout.npm().args(["test"]).limit(Duration::from_secs(600)).logged(&bench.log)?;
    Ok(tally::of(&said))
}

fn ui_screens(bench: &Bench<'_>) -> Result<Tally> {
    let said =
        bench.checkout.npm().args(["run", "test:screens"]).limit(Duration::from_secs(1_800)).logged(&bench.log)?;
    Ok(tally::of(&said))
}

fn clippy(bench: &Bench<'_>) -> Result<Tally> {
    let arguments = ["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"];
    bench.checkout.cargo().args(arguments).logged(&bench.log)?;
    held()
}

fn tests(bench: &Bench<'_>) -> Result<Tally> {
    let types = bench.checkout.fresh_output("generated-types")?;
    let cargo = bench.checkout.cargo().args(["test", "--locked", "--no-fail-fast", "--workspace"]);
    let cargo = cargo.args(WINDOWED.iter().flat_map(|name| ["--exclude", name]));
    let said = cargo.env("TS_RS_EXPORT_DIR", types).logged(&bench.log)?;
    Ok(tally::of(&said))
}

/// The broker's tests again, on a PostgreSQL of their own.
fn postgres(bench: &Bench<'_>) -> Result<Tally> {
    let server = Postgres::start()?;
    let cargo = bench.checkout.cargo().args(["test", "--locked", "--no-fail-fast", "--workspace", "--test", "broker"]);
    let cargo = cargo.args(WINDOWED.iter().flat_map(|name| ["--exclude", name]));
    let said = cargo.env("BESIDE_TEST_POSTGRES", server.address()).logged(&bench.log)?;
    Ok(tally::of(&said))
}

/// The tests have written the types to a folder of their own.
fn types(bench: &Bench<'_>) -> Result<Tally> {
    check::none(check::generated::check(bench.checkout, &bench.checkout.output("generated-types")?)?)?;
    held()
}

/// Both apps type-check for Windows.
fn type_check_windows(bench: &Bench<'_>) -> Result<Tally> {
    let toolchain = Toolchain::ensure(bench.checkout)?;
    let packages = WINDOWED.iter().flat_map(|package| ["--package", package]);
    toolchain.cargo(bench.checkout, "check")?.args(packages).logged(&bench.log)?;
    held()
}

/// Every rotation and revocation of a signing key.
fn rehearse_signing(bench: &Bench<'_>) -> Result<Tally> {
    let mut log = command::open_log(&bench.log)?;
    let mut written = Ok(());
    let held = signing::rehearse(bench.checkout, &mut |step| {
        if written.is_ok() {
            written = writeln!(log, "{step}");
        }
    });
    written?;
    Ok(Tally { passed: held?, failed: 0 })
}

/// The packages for Linux are made, and each is verified.
fn package_linux(bench: &Bench<'_>) -> Result<Tally> {
    ui::build(bench.checkout, &bench.log)?;
    let files = package::make(bench.checkout, package::System::Linux, package::Trust::Release, &bench.log)?;
    Ok(Tally { passed: files.len() as u64, failed: 0 })
}

/// They are installed on a fresh Debian.
fn installed(bench: &Bench<'_>) -> Result<Tally> {
    Ok(Tally { passed: package::install(bench.checkout, &bench.log)?, failed: 0 })
}

/// The packages for Windows are made, and what runs under Wine is tried there.
fn wine(bench: &Bench<'_>) -> Result<Tally> {
    ui::build(bench.checkout, &bench.log)?;
    let files = package::make(bench.checkout, package::System::Windows, package::Trust::Release, &bench.log)?;
    let wine = Wine::fresh(bench.checkout)?;
    let tests = tally::of(&windows::proof::tests(bench.checkout, &wine, &bench.log)?);
    let folder = bench.checkout.output("packages")?;
    let tried = windows::proof::installers(&wine, &folder, package::VERSION)?;
    Ok(Tally { passed: files.len() as u64 + tests.passed + tried, failed: tests.failed })
}

/// The console in a real browser, on a real broker.
fn live_console(bench: &Bench<'_>) -> Result<Tally> {
    let said = console::prove(bench.checkout, &bench.log)?;
    Ok(tally::of(&said))
}

fn headless_demo(bench: &Bench<'_>) -> Result<Tally> {
    let steps = demo::headless(bench.checkout)?;
    Ok(Tally { passed: steps, failed: 0 })
}

#[expect(clippy::unnecessary_wraps, reason = "the last word of every step that is one check")]
fn held() -> Result<Tally> {
    Ok(Tally::ONE)
}
