//! What can be tried of Windows without one: the core's tests, and the installers, under Wine.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use super::{Toolchain, Wine};
use crate::checkout::Checkout;

/// Crates whose own tests say something about Windows.
const TESTED: &[&str] =
    &["beside-desktop", "beside-crypto", "beside-identity", "beside-installation", "beside-protocol", "beside-consent"];

/// Runs the core's tests, and says what they printed.
pub(crate) fn tests(checkout: &Checkout, wine: &Wine, log: &Path) -> Result<String> {
    let packages = TESTED.iter().flat_map(|name| ["--package", name]);
    let build = ["--lib", "--no-run", "--message-format", "json-render-diagnostics"];
    let built = Toolchain::ensure(checkout)?.cargo(checkout, "test")?.args(build).args(packages).logged(log)?;
    let mut said = String::new();
    for program in built.lines().filter_map(executable) {
        let ended = wine.run(&wine.hand(&program)?, &["--test-threads", "2"])?;
        said.push_str(&ended.said());
        ensure!(ended.success(), "{} failed under Wine:\n{}", program.display(), ended.said());
    }
    Ok(said)
}

/// The program that a line of cargo's tells of.
fn executable(line: &str) -> Option<PathBuf> {
    #[derive(Deserialize)]
    struct Built {
        executable: Option<PathBuf>,
    }
    serde_json::from_str::<Built>(line).ok()?.executable
}

/// Installs, upgrades and uninstalls each app by its installer and by its MSI, and looks at what is there after each. Returns
/// how many things were tried.
pub(crate) fn installers(wine: &Wine, packages: &Path, version: &str) -> Result<u64> {
    let mut held = 0;
    for name in ["beside-client", "beside-manager"] {
        let setup = wine.hand(&packages.join(format!("{name}-setup-{version}.exe")))?;
        let folder = wine.home().join("AppData/Local/Programs").join(name);
        // The second time over what is there.
        for _ in 0..2 {
            run(wine, &setup, &["/S"])?;
            ensure!(folder.join(format!("{name}.exe")).is_file(), "{setup} did not install {name}");
            held += 1;
        }
        let uninstall = format!("C:\\users\\root\\AppData\\Local\\Programs\\{name}\\uninstall.exe");
        run(wine, &uninstall, &["/S"])?;
        wine.settle()?;
        nothing_left(wine, name)?;
        held += 1;

        let msi = wine.hand(&packages.join(format!("{name}-{version}.msi")))?;
        run(wine, "msiexec", &["/i", &msi, "/qn"])?;
        ensure!(!found(&wine.drive(), name)?.is_empty(), "{msi} installed nothing");
        run(wine, "msiexec", &["/x", &msi, "/qn"])?;
        wine.settle()?;
        nothing_left(wine, name)?;
        held += 2;
    }
    Ok(held)
}

fn run(wine: &Wine, program: &str, arguments: &[&str]) -> Result<()> {
    let ended = wine.run(program, arguments)?;
    if !ended.success() {
        bail!("{program} {} failed: {}", arguments.join(" "), ended.said());
    }
    Ok(())
}

/// No file of an app is left, nor what the registry knew of it.
fn nothing_left(wine: &Wine, name: &str) -> Result<()> {
    let left = found(&wine.drive(), name)?;
    ensure!(left.is_empty(), "left after uninstalling: {left:?}");
    for key in ["HKCU\\Software\\Classes\\beside", "HKCR\\beside"] {
        ensure!(!wine.run("reg", &["query", key])?.success(), "left after uninstalling: {key}");
    }
    let known = wine.run("reg", &["query", "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall", "/s"])?;
    ensure!(!known.said().contains("Beside"), "left after uninstalling: {}", known.said());
    Ok(())
}

/// Everything below a folder whose name has `name` in it.
fn found(folder: &Path, name: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().contains(name) {
                found.push(entry.path());
            }
            if entry.file_type()?.is_dir() {
                left.push(entry.path());
            }
        }
    }
    Ok(found)
}
