//! A toolchain that builds for Windows. Where rustup has the target's standard library, that; where it has not, the library is
//! built from its sources, which Debian packages for each version of Rust.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::checkout::Checkout;
use crate::command::Tool;
use crate::package::paths;
use crate::{say, system};

/// What is built for.
const TARGET: &str = "x86_64-pc-windows-gnu";
/// For the compiler. Otherwise each program would need a library of GCC's beside it.
const FLAGS: &[&str] = &["-Dwarnings", "-Clink-arg=-static-libgcc"];
/// Where Debian may have the sources, in this order.
const SUITES: [&str; 3] = ["trixie-backports", "trixie", "sid"];
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
/// Written last, so that a toolchain that was broken off is none.
const DONE: &str = "beside-done";

/// Something to build for Windows with.
#[derive(Debug)]
pub(crate) enum Toolchain {
    /// The one that runs this, which has the target.
    Installed,
    /// A copy of it, with the sources of the standard library.
    WithSources(PathBuf),
}

impl Toolchain {
    /// Finds it, or makes it.
    ///
    /// # Errors
    /// The target is not installed, and Debian does not have the sources for this version of Rust.
    pub(crate) fn ensure(checkout: &Checkout) -> Result<Self> {
        let targets = checkout.tool("rustup").args(["target", "list", "--installed"]).output();
        if targets.is_ok_and(|targets| targets.lines().any(|target| target == TARGET)) {
            return Ok(Self::Installed);
        }
        let rustc = checkout.tool("rustc");
        let version = release(&rustc.args(["--version", "--verbose"]).output()?)?;
        let folder = home(checkout).join("toolchain").join(&version);
        if !folder.join(DONE).exists() {
            say::line(format!("preparing a toolchain for Windows, once for Rust {version} …"));
            make(checkout, &version, &folder).with_context(|| {
                format!("no toolchain for {TARGET}; where there is a network, `rustup target add` gets one")
            })?;
        }
        Ok(Self::WithSources(folder))
    }

    /// Cargo with a command that takes a target, such as `check`.
    pub(crate) fn cargo(&self, checkout: &Checkout, command: &str) -> Result<Tool> {
        let cargo = checkout.cargo();
        let (cargo, sources) = match self {
            Self::Installed => (cargo.args([command, "--locked", "--target", TARGET]), None),
            Self::WithSources(folder) => {
                let cargo = cargo
                    .env("RUSTC", folder.join("bin/rustc"))
                    // By it a compiler loads its own parts: of the toolchain that runs this, it would find that one's sources.
                    .without("LD_LIBRARY_PATH")
                    // What builds the standard library is not stable; what builds everything else is the same as everywhere.
                    .env("RUSTC_BOOTSTRAP", "1")
                    .args([command, "--locked", "--target", TARGET, "-Zbuild-std=std,panic_abort"]);
                (cargo, Some(folder.as_path()))
            }
        };
        Ok(cargo
            // Build scripts look at what is set here: in the folder of the other builds each would undo the other's.
            .env("CARGO_TARGET_DIR", home(checkout))
            .env("CARGO_ENCODED_RUSTFLAGS", paths::flags(checkout, sources, FLAGS)?))
    }

    /// Where such a build puts its programs.
    pub(crate) fn built(checkout: &Checkout, profile: &str) -> PathBuf {
        home(checkout).join(TARGET).join(profile)
    }
}

/// Where what is built for Windows lies, and what it is built with.
pub(super) fn home(checkout: &Checkout) -> PathBuf {
    checkout.cargo_target().join("windows")
}

/// The version that `rustc --version --verbose` tells.
fn release(told: &str) -> Result<String> {
    let release = told.lines().find_map(|line| line.strip_prefix("release: "));
    release.map(str::to_owned).with_context(|| format!("rustc does not tell its release: {told}"))
}

fn make(checkout: &Checkout, version: &str, folder: &Path) -> Result<()> {
    let work = checkout.fresh_output("windows-toolchain")?;
    let sources = unpack(&fetch(version, &work)?, &work, version)?;
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("emptying {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let sysroot = PathBuf::from(checkout.tool("rustc").args(["--print", "sysroot"]).output()?.trim());
    for part in ["bin", "lib"] {
        copy(&sysroot.join(part), &folder.join(part))?;
    }
    let home = folder.join("lib/rustlib/src/rust");
    fs::create_dir_all(&home).with_context(|| format!("making {}", home.display()))?;
    copy(&sources, &home.join("library"))?;
    fs::remove_dir_all(&work).with_context(|| format!("emptying {}", work.display()))?;
    fs::write(folder.join(DONE), version).context("keeping the toolchain")
}

/// Has apt fetch Debian's package of the sources, and check that it is Debian's. The machine's own lists stay as they are.
fn fetch(version: &str, work: &Path) -> Result<PathBuf> {
    let archive = system::archive()?;
    let list = SUITES.map(|suite| format!("deb [signed-by={KEYRING}] {archive} {suite} main\n"));
    fs::write(work.join("sources.list"), list.concat()).context("writing a list of sources")?;
    for folder in ["lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(work.join(folder)).with_context(|| format!("making {folder}"))?;
    }
    apt("apt-get", work).args(["update", "-q"]).output()?;
    let offers = apt("apt-cache", work).args(["madison", "rust-src"]).output()?;
    let offer = offered(&offers, version).with_context(|| format!("Debian has no rust-src {version}:\n{offers}"))?;
    apt("apt-get", work).args(["download", "-q", &format!("rust-src={offer}")]).output()?;
    let mut files = fs::read_dir(work)?.filter_map(Result::ok).map(|entry| entry.path());
    files.find(|path| path.extension().is_some_and(|kind| kind == "deb")).context("apt downloaded nothing")
}

fn apt(program: &str, work: &Path) -> Tool {
    let settings = [
        format!("Dir::Etc::SourceList={}", work.join("sources.list").display()),
        "Dir::Etc::SourceParts=/dev/null".to_owned(),
        format!("Dir::State::Lists={}", work.join("lists").display()),
        format!("Dir::Cache={}", work.join("cache").display()),
        "APT::Sandbox::User=".to_owned(),
    ];
    settings.iter().fold(Tool::new(program).folder(work), |tool, setting| tool.args(["-o", setting]))
}

/// The package's version with the sources of this release: `rust-src | 1.95.0+dfsg1-2 | …`.
fn offered<'a>(madison: &'a str, release: &str) -> Option<&'a str> {
    let offers = madison.lines().filter_map(|line| line.split('|').nth(1)).map(str::trim);
    offers.into_iter().find(|offer| offer.strip_prefix(release).is_some_and(|rest| rest.starts_with(['+', '-', '~'])))
}

/// Takes the standard library's folder out of the package.
fn unpack(package: &Path, work: &Path, version: &str) -> Result<PathBuf> {
    let into = work.join("unpacked");
    Tool::new("dpkg-deb").args(["-x".as_ref(), package.as_os_str(), into.as_os_str()]).output()?;
    let library = into.join(format!("usr/src/rustc-{version}/library"));
    if !library.is_dir() {
        bail!("the package has no {}", library.display());
    }
    Ok(library)
}

/// Copies a folder: by links where that is possible, since a toolchain has a gigabyte.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let linked = Tool::new("cp").args(["-a".as_ref(), "--link".as_ref(), from.as_os_str(), to.as_os_str()]).output();
    if linked.is_ok() {
        return Ok(());
    }
    if to.exists() {
        fs::remove_dir_all(to).with_context(|| format!("emptying {}", to.display()))?;
    }
    Tool::new("cp").args(["-a".as_ref(), from.as_os_str(), to.as_os_str()]).output().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_is_told_among_other_things() {
        assert_eq!(release("rustc 1.95.0 (59807616e 2026-04-14)\nbinary: rustc\nrelease: 1.95.0\n").unwrap(), "1.95.0");
        release("rustc").unwrap_err();
    }

    #[test]
    fn the_package_is_of_the_very_same_release() {
        let madison = "  rust-src | 1.96.1+dfsg1-2 | here\n  rust-src | 1.95.0+dfsg1-2~bpo13+1 | here\n";
        assert_eq!(offered(madison, "1.95.0"), Some("1.95.0+dfsg1-2~bpo13+1"));
        assert_eq!(offered(madison, "1.9"), None);
        assert_eq!(offered(madison, "1.96"), None);
    }
}
