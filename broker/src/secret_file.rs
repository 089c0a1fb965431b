//! Files that only their owner can read.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use zeroize::Zeroizing;

use crate::platform::create_secret_file;

/// Writes a new file with one line; what is there already is not touched.
///
/// # Errors
/// It is there, or can't be made or written.
pub fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut file = create_secret_file(path).with_context(|| format!("{} can't be made", path.display()))?;
    writeln!(file, "{text}").with_context(|| format!("{} can't be written", path.display()))?;
    file.sync_all().with_context(|| format!("{} can't be written", path.display()))
}

/// Reads such a file.
///
/// # Errors
/// It can't be read.
pub fn read(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} can't be read", path.display()))?;
    Ok(Zeroizing::new(text))
}
