//! Where things lie: the checkout, its `target/` folder for reports, and cargo's own target folder.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command::Tool;

/// This checkout.
pub(crate) struct Checkout {
    root: PathBuf,
}

impl Checkout {
    /// The checkout that this program was built from.
    pub(crate) fn find() -> Result<Self> {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR").context("start this as `cargo xtask`")?;
        let root = Path::new(&manifest).parent().context("xtask lies in the workspace")?.to_owned();
        Ok(Self { root })
    }

    /// The top folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The npm workspace.
    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// A folder below `target/` of the checkout, wherever cargo's own target folder is; made if it is missing.
    pub(crate) fn output(&self, folder: &str) -> Result<PathBuf> {
        let path = self.root.join("target").join(folder);
        fs::create_dir_all(&path).with_context(|| format!("making {}", path.display()))?;
        Ok(path)
    }

    /// Such a folder, emptied.
    pub(crate) fn fresh_output(&self, folder: &str) -> Result<PathBuf> {
        let path = self.output(folder)?;
        fs::remove_dir_all(&path).with_context(|| format!("emptying {}", path.display()))?;
        self.output(folder)
    }

    /// Where cargo puts what it builds.
    pub(crate) fn cargo_target(&self) -> PathBuf {
        std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| self.root.join("target"), |folder| self.root.join(Path::new(&folder)))
    }

    /// A program to be run in the top folder.
    pub(crate) fn tool(&self, program: impl AsRef<OsStr>) -> Tool {
        Tool::new(program).folder(&self.root)
    }

    /// Cargo, the same one that started this program, without what it told this program about itself: build scripts
    /// that look at it would run anew each time.
    pub(crate) fn cargo(&self) -> Tool {
        let about_us = std::env::vars_os()
            .filter_map(|(name, _)| name.into_string().ok())
            .filter(|name| ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|start| name.starts_with(start)));
        let cargo = self.tool(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        about_us.fold(cargo.without("TS_RS_EXPORT_DIR"), |cargo, name| cargo.without(&name))
    }

    /// npm in the npm workspace.
    pub(crate) fn npm(&self) -> Tool {
        Tool::new("npm").folder(&self.ui())
    }

    /// Every file that git tracks, relative to the top folder.
    pub(crate) fn tracked_files(&self) -> Result<Vec<PathBuf>> {
        let listing = self.tool("git").args(["ls-files", "-z"]).output()?;
        Ok(listing.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from).collect())
    }
}
