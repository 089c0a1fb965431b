//! A Debian package: a folder as it will lie on the machine, and what dpkg must know of it.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command::Tool;

/// A package that is being put together.
pub(super) struct Deb {
    name: &'static str,
    version: String,
    root: PathBuf,
    programs: Vec<PathBuf>,
}

/// What dpkg is told beside name, version and size.
pub(super) struct About {
    /// One line.
    pub(super) summary: &'static str,
    pub(super) description: &'static str,
    pub(super) section: &'static str,
}

impl Deb {
    /// Begins in an empty folder.
    pub(super) fn begin(name: &'static str, version: &str, root: PathBuf) -> Result<Self> {
        fs::create_dir_all(root.join("DEBIAN")).with_context(|| format!("making {}", root.display()))?;
        Ok(Self { name, version: version.to_owned(), root, programs: Vec::new() })
    }

    /// Puts a program where `path` says: `usr/bin/…`.
    pub(super) fn program(&mut self, from: &Path, path: &str) -> Result<()> {
        self.programs.push(from.to_owned());
        self.file(path, &fs::read(from).with_context(|| format!("reading {}", from.display()))?, 0o755)
    }

    /// Puts a file there that everybody can read.
    pub(super) fn text(&self, path: &str, text: impl AsRef<[u8]>) -> Result<()> {
        self.file(path, text.as_ref(), 0o644)
    }

    /// Puts a link there, to where `target` is seen from it.
    pub(super) fn link(&self, path: &str, target: &str) -> Result<()> {
        let path = self.place(path)?;
        symlink(target, &path).with_context(|| format!("linking {}", path.display()))
    }

    /// Has dpkg run a script: `postinst`, `prerm` and so on.
    pub(super) fn script(&self, name: &str, text: &str) -> Result<()> {
        self.file(&format!("DEBIAN/{name}"), text.as_bytes(), 0o755)
    }

    /// Writes the package. The same content gives the same bytes.
    pub(super) fn finish(self, about: &About, package: &Path) -> Result<()> {
        let control = format!(
            "Package: {}\nVersion: {}\nArchitecture: amd64\nMaintainer: The Beside Authors\nSection: {}\nPriority: optional\n\
             Installed-Size: {}\nDepends: {}\nDescription: {}\n{}",
            self.name,
            self.version,
            about.section,
            kibibytes(&self.root)?,
            self.libraries()?,
            about.summary,
            paragraphs(about.description),
        );
        self.text("DEBIAN/control", control)?;
        Tool::new("dpkg-deb")
            .env("SOURCE_DATE_EPOCH", "0")
            .args(["--root-owner-group", "-Zxz", "--build"])
            .args([self.root.as_os_str(), package.as_os_str()])
            .output()
            .map(drop)
    }

    /// The packages with the libraries that the programs are linked with, as Debian names them.
    fn libraries(&self) -> Result<String> {
        let work = tempfile::tempdir().context("making a folder")?;
        let control = work.path().join("debian/control");
        fs::create_dir_all(work.path().join("debian"))?;
        // It has to be there, and may say nothing else.
        fs::write(&control, format!("Source: {0}\n\nPackage: {0}\nArchitecture: amd64\n", self.name))?;
        let programs = self.programs.iter().map(|program| program.as_os_str());
        let told = Tool::new("dpkg-shlibdeps").folder(work.path()).args(["-O"]).args(programs).output()?;
        let libraries = told.lines().find_map(|line| line.strip_prefix("shlibs:Depends="));
        libraries.map(str::to_owned).with_context(|| format!("dpkg-shlibdeps named no libraries: {told}"))
    }

    fn file(&self, path: &str, bytes: &[u8], mode: u32) -> Result<()> {
        let path = self.place(path)?;
        fs::write(&path, bytes).with_context(|| format!("writing {}", path.display()))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode))
            .with_context(|| format!("writing {}", path.display()))
    }

    fn place(&self, path: &str) -> Result<PathBuf> {
        let path = self.root.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        }
        Ok(path)
    }
}

/// The size of everything in a folder, rounded up, as dpkg counts it.
fn kibibytes(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry?;
        let about = entry.metadata()?;
        sum += if about.is_dir() { kibibytes(&entry.path())? } else { about.len().div_ceil(1_024) };
    }
    Ok(sum)
}

/// Lines as a control file has them: indented, and a point where one is empty.
fn paragraphs(text: &str) -> String {
    let lines = text.lines().map(|line| if line.is_empty() { " .\n".to_owned() } else { format!(" {line}\n") });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_indented_and_keeps_its_paragraphs() {
        assert_eq!(paragraphs("one\n\ntwo"), " one\n .\n two\n");
    }
}
