//! What must be installed on the machine: one list, a check, and the installation.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, bail};

use crate::command::Tool;
use crate::say;

/// A Debian package and what it is for.
struct Package {
    name: &'static str,
    purpose: &'static str,
}

const fn package(name: &'static str, purpose: &'static str) -> Package {
    Package { name, purpose }
}

/// Everything beyond Rust, Node and a C compiler, by its name in Debian 12.
const PACKAGES: &[Package] = &[
    package("build-essential", "compiles the C parts of the crates"),
    package("cmake", "builds the C parts of the crates"),
    package("pkg-config", "finds libraries"),
    package("nasm", "assembles the fast paths of codecs"),
    package("libwebkit2gtk-4.1-dev", "the windows of both apps"),
    package("libgtk-3-dev", "the windows of both apps"),
    package("libayatana-appindicator3-dev", "the windows of both apps"),
    package("librsvg2-dev", "icons of both apps"),
    package("libclang-dev", "bindings to PipeWire"),
    package("libpipewire-0.3-dev", "capturing the screen"),
    package("libegl-dev", "capturing the screen"),
    package("libgbm-dev", "capturing the screen"),
    package("libwayland-dev", "capturing the screen"),
    package("libxrandr-dev", "monitors"),
    package("libxtst-dev", "keyboard and mouse"),
    package("libxi-dev", "keyboard and mouse"),
    package("libxdo-dev", "keyboard and mouse"),
    package("xvfb", "the demo's X server without a display"),
    package("xserver-xephyr", "the demo's X server in a window"),
    package("openbox", "the window manager of the demo's desktops"),
    package("mousepad", "the editor on the customer's desktop"),
    package("xterm", "the terminal on the customer's desktop"),
    package("xdotool", "clicks and types as a person does"),
    package("webkit2gtk-driver", "finds things in the apps' windows"),
    package("dbus-x11", "a session bus for each app"),
    package("at-spi2-core", "accessibility, as on a real desktop"),
    package("fonts-noto-cjk", "Korean and Japanese"),
    package("fonts-inter", "the interface's Latin letters"),
    package("postgresql", "the broker's tests on its second database"),
    package("chromium", "checks the interface's screens"),
    package("gcc-mingw-w64-x86-64", "compiles the C parts of the crates for Windows"),
    package("g++-mingw-w64-x86-64", "compiles the C++ parts of the crates for Windows"),
    package("apt-utils", "the index of the apt repository"),
    package("debootstrap", "a system with a newer Wine, and new ones to install packages on"),
    package("iproute2", "networks of the demo"),
    package("nftables", "networks of the demo: UDP blocked"),
    package("util-linux", "networks of the demo"),
    package("osslsigncode", "signs programs for Windows"),
    package("libengine-pkcs11-openssl", "signing by keys in a token"),
    package("opensc", "keys in a token"),
    package("softhsm2", "the token of the test authority"),
    package("openssl", "the test authority's time-stamps"),
    package("gnupg", "signs the repository for Linux"),
    package("gpgv", "verifies the repository for Linux"),
    package("nsis", "installers for Windows"),
    package("wixl", "installers for Windows"),
    package("msitools", "looks into installers for Windows"),
    package("dpkg-dev", "packages for Linux"),
];

/// Installs what is missing, saying what and why.
///
/// # Errors
/// If this is no Debian or Ubuntu, or the installation fails.
pub(crate) fn ensure_packages() -> Result<()> {
    let missing = missing(&installed()?);
    if missing.is_empty() {
        return Ok(());
    }
    say::line("These system packages are missing and will be installed:");
    for package in &missing {
        say::line(format!("  {:<32} {}", package.name, package.purpose));
    }
    apt(&["update", "-q"])?;
    let mut arguments = vec!["install", "-q", "-y", "--no-install-recommends"];
    arguments.extend(missing.iter().map(|package| package.name));
    apt(&arguments)
}

/// The names that dpkg calls installed.
fn installed() -> Result<BTreeSet<String>> {
    let about = fs::read_to_string("/etc/os-release").unwrap_or_default();
    if !is_debian(&about) {
        bail!("the packages of this system are unknown here: only Debian and Ubuntu are prepared automatically");
    }
    let listing = Tool::new("dpkg-query").args(["-W", "-f", "${db:Status-Status} ${Package}\n"]).output()?;
    Ok(listing.lines().filter_map(|line| line.strip_prefix("installed ")).map(str::to_owned).collect())
}

/// Where this machine gets Debian's packages from.
///
/// # Errors
/// It gets none.
pub(crate) fn archive() -> Result<String> {
    let known = Tool::new("apt-get").args(["indextargets", "--format", "$(REPO_URI) $(LABEL)"]).output()?;
    let archive = known.lines().find_map(|line| line.strip_suffix(" Debian"));
    archive.map(str::to_owned).context("this machine gets no packages of Debian's")
}

fn is_debian(os_release: &str) -> bool {
    os_release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
        .flat_map(|value| value.trim_matches('"').split(' '))
        .any(|id| id == "debian" || id == "ubuntu")
}

fn missing(installed: &BTreeSet<String>) -> Vec<&'static Package> {
    PACKAGES.iter().filter(|package| !installed.contains(package.name)).collect()
}

fn apt(arguments: &[&str]) -> Result<()> {
    let root = rustix::process::geteuid().is_root();
    let (program, first) = if root { ("env", None) } else { ("sudo", Some("env")) };
    Tool::new(program).args(first).args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(arguments).show()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_debian_and_its_kin() {
        assert!(is_debian("PRETTY_NAME=\"Debian\"\nID=debian\n"));
        assert!(is_debian("ID=pop\nID_LIKE=\"ubuntu debian\"\n"));
        assert!(!is_debian("ID=fedora\nID_LIKE=rhel\n"));
    }

    #[test]
    fn names_only_what_is_missing() {
        let mut have: BTreeSet<String> = PACKAGES.iter().map(|package| package.name.to_owned()).collect();
        assert!(missing(&have).is_empty());
        have.remove("openbox");
        assert_eq!(missing(&have).iter().map(|package| package.name).collect::<Vec<_>>(), ["openbox"]);
    }
}
