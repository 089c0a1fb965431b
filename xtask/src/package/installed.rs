//! The Debian packages on a fresh Debian 12 in a folder: installed from the repository, upgraded from the version before,
//! removed, and nothing left.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use super::repository::KEYRING;
use crate::checkout::Checkout;
use crate::chroot::Chroot;
use crate::command::Tool;

/// What is installed.
const PACKAGES: [&str; 3] = ["beside-broker", "beside-client", "beside-manager"];
/// The apps, where the packages put them.
const APPS: [&str; 2] = ["/usr/lib/beside-client/beside-client", "/usr/lib/beside-manager/beside-manager"];
/// Where the system keeps its own books and logs, and what is put there for this.
const BOOKS: [&str; 7] = ["var/lib", "var/cache", "var/log", "tmp", "proc", "srv/beside", "etc/apt"];
/// What apt is told of the repository.
const SOURCE: &str = "etc/apt/sources.list.d/beside.sources";

/// Where apt keeps what it knows of repositories.
const LISTS: &str = "var/lib/apt/lists";

/// A Debian, which goes away with this.
struct Debian(Chroot);

/// Installs the version before, upgrades to this one, looks at what is there, and removes it. Both are apt repositories with the
/// version that is in them. Returns how many things held.
pub(crate) fn prove(checkout: &Checkout, repositories: [(&Path, &str); 2]) -> Result<u64> {
    let debian = Debian::fresh(checkout)?;
    let fresh = debian.files()?;
    let mut held = 0;
    for (repository, version) in repositories {
        debian.subscribe(repository)?;
        let install = ["install", "--no-install-recommends"].into_iter().chain(PACKAGES);
        debian.0.apt(&install.collect::<Vec<_>>())?;
        let found = debian.versions()?;
        ensure!(found == BTreeSet::from([version.to_owned()]), "installed is {found:?}, not {version}");
        debian.0.inside(&[], &["/usr/bin/beside-broker", "--version"]).output()?;
        for app in APPS {
            let linked = debian.0.inside(&[], &["ldd", app]).output()?;
            ensure!(!linked.contains("not found"), "{app} lacks libraries:\n{linked}");
        }
        held += 4;
    }
    let remove = ["purge"].into_iter().chain(PACKAGES);
    debian.0.apt(&remove.collect::<Vec<_>>())?;
    debian.0.apt(&["autoremove", "--purge"])?;
    let after = debian.files()?;
    // What Debian's own packages leave behind is not ours to judge.
    let left: Vec<&PathBuf> =
        after.difference(&fresh).filter(|path| path.to_string_lossy().contains("beside")).collect();
    if !left.is_empty() {
        bail!("left after removing: {left:?}");
    }
    Ok(held + 1)
}

impl Debian {
    fn fresh(checkout: &Checkout) -> Result<Self> {
        let place = checkout.cargo_target().join("debian");
        Chroot::ensure(place.join("base"), "bookworm", |_| Ok(()))?.copy(place.join("root")).map(Self)
    }

    /// Takes packages from this repository, beside Debian's.
    fn subscribe(&self, repository: &Path) -> Result<()> {
        let to = self.0.folder().join("srv/beside");
        if to.exists() {
            fs::remove_dir_all(&to).with_context(|| format!("emptying {}", to.display()))?;
        }
        Tool::new("cp").args(["-a".as_ref(), repository.as_os_str(), to.as_os_str()]).output()?;
        let source = format!(
            "Types: deb\nURIs: file:/srv/beside\nSuites: stable\nComponents: main\nSigned-By: /srv/beside/{KEYRING}\n"
        );
        fs::write(self.0.folder().join(SOURCE), source).context("subscribing to a repository")?;
        // apt takes no repository that is older than the one it knows, and here the version before may be made later.
        for entry in fs::read_dir(self.0.folder().join(LISTS)).context("reading apt's lists")? {
            let list = entry?;
            if list.file_name().to_string_lossy().contains("srv_beside") {
                fs::remove_file(list.path()).context("forgetting a repository")?;
            }
        }
        self.0.apt(&["update"])
    }

    /// The versions of what is installed.
    fn versions(&self) -> Result<BTreeSet<String>> {
        let query = ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package} ${Version}\n"];
        let listing = self.0.inside(&[], &query).output()?;
        let ours = listing.lines().filter_map(|line| line.strip_prefix("installed beside-"));
        Ok(ours.filter_map(|line| line.split_once(' ')).map(|(_, version)| version.to_owned()).collect())
    }

    /// Every file but those of the system's books.
    fn files(&self) -> Result<BTreeSet<PathBuf>> {
        let mut files = BTreeSet::new();
        let mut left = vec![self.0.folder().to_owned()];
        while let Some(folder) = left.pop() {
            for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
                let entry = entry?;
                let inside = entry.path().strip_prefix(self.0.folder()).context("a file of the system")?.to_owned();
                if BOOKS.iter().any(|book| inside.starts_with(book)) {
                    continue;
                }
                if entry.file_type()?.is_dir() {
                    left.push(entry.path());
                }
                files.insert(inside);
            }
        }
        Ok(files)
    }
}

impl Drop for Debian {
    fn drop(&mut self) {
        if let Err(error) = self.0.remove() {
            crate::say::error(&error);
        }
    }
}
