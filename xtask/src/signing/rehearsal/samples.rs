//! A small program and a small installer for Windows, to be signed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command::Tool;

const PROGRAM: &str = "Name \"Sample\"\nOutFile \"sample.exe\"\nRequestExecutionLevel user\nSection\nSectionEnd\n";
const INSTALLER: &str = "<?xml version='1.0'?>
<Wix xmlns='http://schemas.microsoft.com/wix/2006/wi'>
  <Product Id='*' UpgradeCode='5f0c3a52-6d0e-4b57-9a39-3f1d3f0d9a01' Name='Sample' Version='1.0.0' Manufacturer='Beside'
           Language='1033'>
    <Package InstallerVersion='200' Compressed='yes'/>
    <Media Id='1' Cabinet='sample.cab' EmbedCab='yes'/>
    <Directory Id='TARGETDIR' Name='SourceDir'>
      <Component Id='Sample' Guid='5f0c3a52-6d0e-4b57-9a39-3f1d3f0d9a02'>
        <File Id='Sample' Source='sample.exe' KeyPath='yes'/>
      </Component>
    </Directory>
    <Feature Id='All' Level='1'><ComponentRef Id='Sample'/></Feature>
  </Product>
</Wix>
";

/// Unsigned files.
pub(super) struct Samples {
    /// A program (PE).
    pub(super) program: PathBuf,
    /// An installer (MSI) with the program in it.
    pub(super) installer: PathBuf,
}

impl Samples {
    pub(super) fn make(folder: &Path) -> Result<Self> {
        fs::write(folder.join("sample.nsi"), PROGRAM)?;
        fs::write(folder.join("sample.wxs"), INSTALLER)?;
        Tool::new("makensis").folder(folder).args(["-V2", "sample.nsi"]).output()?;
        Tool::new("wixl").folder(folder).args(["-o", "sample.msi", "sample.wxs"]).output()?;
        Ok(Self { program: folder.join("sample.exe"), installer: folder.join("sample.msi") })
    }
}

/// A copy under another name in the same folder.
pub(super) fn copy(file: &Path, name: &str) -> Result<PathBuf> {
    let path = file.with_file_name(name);
    fs::copy(file, &path).with_context(|| format!("copying to {}", path.display()))?;
    Ok(path)
}
