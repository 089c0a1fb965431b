//! Packages for Windows: the client as one file that runs where it lies, and an installer and an MSI of each app. Everything that
//! Windows runs is signed, the uninstaller too.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::linux::Papers;
use super::programs::Trust;
use crate::checkout::Checkout;
use crate::command::Tool;
use crate::say;
use crate::signing::Authority;
use crate::windows::Toolchain;

/// What finds WebView2. It links into the programs only with Microsoft's linker.
const LOADER: &str = "WebView2Loader.dll";

/// An app, and the names by which Windows knows it for ever.
struct App {
    name: &'static str,
    title: &'static str,
    id: &'static str,
    icon: &'static str,
    /// Whether it opens links that begin with `beside:`.
    links: bool,
    upgrade_code: &'static str,
    program_guid: &'static str,
}

const CLIENT: App = App {
    name: "beside-client",
    title: "Beside",
    id: "app.beside.client",
    icon: "apps/client/icons/icon.ico",
    links: true,
    upgrade_code: "5D5F2A0B-6C9B-4B0C-9C8E-0B1F5E1B7A11",
    program_guid: "0A7C9F5E-3D51-4C55-8F2B-64C1C2B7D2E4",
};

const MANAGER: App = App {
    name: "beside-manager",
    title: "Beside Manager",
    id: "app.beside.manager",
    icon: "apps/manager/icons/icon.ico",
    links: false,
    upgrade_code: "C0B7B5A4-1B0D-4E43-A1D6-3E7F0B9C2D58",
    program_guid: "7E2D8B1C-95A4-4F0E-B6D3-2A9C5F7E1B06",
};

/// Makes all packages of this version in a folder.
pub(super) fn packages(
    checkout: &Checkout,
    trust: Trust,
    papers: &Papers,
    version: &str,
    into: &Path,
    log: &Path,
) -> Result<()> {
    let programs = build(checkout, trust, log)?;
    let authority = Authority::ensure(checkout)?;
    let work = checkout.fresh_output("package-windows")?;
    let licences = papers.text(checkout)?;
    for app in [CLIENT, MANAGER] {
        let stage = Stage { app, version, authority: &authority, checkout, folder: PathBuf::new(), log };
        let stage = stage.fill(&work, &programs, &licences)?;
        if stage.app.links {
            stage.nsis("portable.nsi", &into.join(format!("{}-{version}.exe", stage.app.name)))?;
        }
        stage.nsis("setup.nsi", &into.join(format!("{}-setup-{version}.exe", stage.app.name)))?;
        stage.msi(&into.join(format!("{}-{version}.msi", stage.app.name)))?;
    }
    Ok(())
}

/// Builds both apps, and says in which folder they are.
fn build(checkout: &Checkout, trust: Trust, log: &Path) -> Result<PathBuf> {
    let toolchain = Toolchain::ensure(checkout)?;
    say::line("building both apps for Windows; the first time takes a while …");
    let (profile, features): (_, &[&str]) = match trust {
        Trust::Release => ("release", &[]),
        Trust::Demo => ("demo", &["--features", "beside-client/demo-trust,beside-manager/demo-trust"]),
    };
    let packages = ["--package", CLIENT.name, "--package", MANAGER.name];
    toolchain.cargo(checkout, "build")?.args(["--profile", profile]).args(packages).args(features).logged(log)?;
    Ok(Toolchain::built(checkout, profile))
}

/// An app that is being packed.
struct Stage<'a> {
    app: App,
    version: &'a str,
    authority: &'a Authority,
    checkout: &'a Checkout,
    folder: PathBuf,
    log: &'a Path,
}

impl Stage<'_> {
    /// Lays everything out as it will lie on the machine, signed.
    fn fill(mut self, work: &Path, programs: &Path, licences: &str) -> Result<Self> {
        self.folder = work.join(self.app.name);
        let program = self.folder.join("program");
        fs::create_dir_all(&program).with_context(|| format!("making {}", program.display()))?;
        let executable = format!("{}.exe", self.app.name);
        copy(&programs.join(&executable), &program.join(&executable))?;
        self.authority.sign_windows(&program.join(&executable), self.app.title)?;
        // Microsoft has signed it.
        copy(&programs.join(LOADER), &program.join(LOADER))?;
        // As Notepad of every age reads it.
        fs::write(program.join("LICENSES.txt"), licences.replace('\n', "\r\n")).context("writing the licences")?;
        copy(&self.checkout.root().join(self.app.icon), &self.folder.join("icon.ico"))?;
        let files = [executable.as_str(), LOADER, "LICENSES.txt"];
        let remove: String = files.iter().map(|file| format!("  Delete \"$INSTDIR\\{file}\"\n")).collect();
        fs::write(self.folder.join("uninstall.nsh"), remove).context("writing what is uninstalled")?;
        Ok(self)
    }

    /// Has NSIS make a program out of one of our scripts, and signs it.
    fn nsis(&self, script: &str, out: &Path) -> Result<()> {
        let define = |name: &str, value: &str| format!("-D{name}={value}");
        let mut defines = vec![
            define("VERSION", self.version),
            define("NAME", self.app.name),
            define("TITLE", self.app.title),
            define("ID", self.app.id),
            define("APP", &self.folder.to_string_lossy()),
            define("OUT", &out.to_string_lossy()),
            define("SIGN", &self.signer()?),
        ];
        if self.app.links {
            defines.push("-DLINKS".to_owned());
        }
        Tool::new("makensis")
            .folder(&self.checkout.root().join("installers/windows"))
            .env("SOURCE_DATE_EPOCH", "0")
            .args(["-V2", "-WX", "-INPUTCHARSET", "UTF8"])
            .args(defines)
            .args([script])
            .logged(self.log)?;
        self.authority.sign_windows(out, self.app.title).map(drop)
    }

    /// The command that NSIS runs for the uninstaller, which exists only inside of what it makes.
    fn signer(&self) -> Result<String> {
        let us = std::env::current_exe().context("this program has no path")?;
        Ok(format!("\"{}\" signing test-program", us.display()))
    }

    /// An MSI for managed roll-out, signed.
    fn msi(&self, out: &Path) -> Result<()> {
        let define = |name: &str, value: &str| format!("{name}={value}");
        let defines = [
            define("Version", self.version),
            define("Name", self.app.name),
            define("Title", self.app.title),
            define("UpgradeCode", self.app.upgrade_code),
            define("ProgramGuid", self.app.program_guid),
        ];
        let links = self.app.links.then(|| "Links=yes".to_owned());
        let defines = defines.into_iter().chain(links).flat_map(|define| ["-D".to_owned(), define]);
        // It looks for everything beside its script.
        let script = self.folder.join("app.wxs");
        copy(&self.checkout.root().join("installers/windows/app.wxs"), &script)?;
        Tool::new("wixl")
            .folder(&self.folder)
            .args(["--arch", "x64"])
            .args(defines)
            .args(["--output".as_ref(), out.as_os_str(), "app.wxs".as_ref()])
            .logged(self.log)?;
        self.authority.sign_windows(out, self.app.title).map(drop)
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("copying {}", from.display())).map(drop)
}
