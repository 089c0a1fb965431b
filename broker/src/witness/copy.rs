//! The witness's copy of the log in its folder: `lines`, which only grows; `checkpoint`, what was cosigned last; `key`.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use beside_audit::{
    Answer, KeyName, LogPublicKey, Offer, Recovered, Recovery, Standing, Witness, WitnessKey, WitnessPublicKey,
};
use rand_core::CryptoRng;

use super::config::WitnessConfig;
use crate::secret_file;

/// Bytes of the copy that are read at a time.
const PIECE: usize = 256 * 1024;

/// The copy, open for what comes. No second process can open it.
#[derive(Debug)]
pub struct LogCopy {
    witness: Witness,
    folder: PathBuf,
    lines: File,
    /// Bytes of the lines that the witness stands by. What is behind them was never accepted.
    length: u64,
}

/// Makes an empty copy and a key for the witness, whose public half is given back.
///
/// # Errors
/// There is one already: a witness that starts anew forgets what it knows. Or the folder can't be written.
pub fn init(config: &WitnessConfig, rng: &mut impl CryptoRng) -> anyhow::Result<WitnessPublicKey> {
    let folder = &config.folder;
    for path in [lines_of(folder), checkpoint_of(folder), key_of(folder)] {
        ensure!(
            !path.exists(),
            "{} is there already: a witness that starts anew forgets what it knows",
            path.display()
        );
    }
    std::fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))?;
    let key = WitnessKey::generate(KeyName::new(config.name.as_str()).context("name")?, rng);
    secret_file::write(&key_of(folder), &key.to_text())?;
    File::create_new(lines_of(folder)).and_then(|file| file.sync_all()).context("the copy can't be made")?;
    Ok(key.public().clone())
}

/// Where the copy in a folder stands, whether or not a witness is at work on it.
///
/// # Errors
/// The files are not what a witness wrote.
pub fn standing(config: &WitnessConfig) -> anyhow::Result<Standing> {
    // The checkpoint first: the lines that it covers were there before it.
    let newest = stored_checkpoint(&config.folder)?;
    let mut lines = File::open(lines_of(&config.folder)).context("the copy can't be opened; was `init` run?")?;
    let recovered = recover(&mut lines, &config.log_keys, key(&config.folder)?, newest.as_deref())?;
    Ok(recovered.witness.standing())
}

impl LogCopy {
    /// Opens the copy and reads it from its beginning. What was being written when the machine stopped is dropped.
    ///
    /// # Errors
    /// It isn't there, another process has it, or it isn't what this witness wrote: somebody has to look.
    pub fn open(config: &WitnessConfig) -> anyhow::Result<Self> {
        let folder = config.folder.clone();
        let mut lines = OpenOptions::new()
            .read(true)
            .write(true)
            .open(lines_of(&folder))
            .context("the copy can't be opened; was `witness init` run?")?;
        if lines.try_lock().is_err() {
            bail!("another witness is at work on {}", folder.display());
        }
        let newest = stored_checkpoint(&folder)?;
        let recovered = recover(&mut lines, &config.log_keys, key(&folder)?, newest.as_deref())?;
        if recovered.torn > 0 {
            tracing::warn!(bytes = recovered.torn, "a line that was being written is dropped from the copy");
        }
        Ok(Self { witness: recovered.witness, folder, lines, length: recovered.keep })
    }

    /// Where it stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.witness.standing()
    }

    /// Judges an offer; what continues the copy is on the disk before it is cosigned, and the cosigned checkpoint before
    /// it is answered. `now` is Unix milliseconds.
    ///
    /// # Errors
    /// The disk failed. What was not accepted is overwritten by the next offer, or dropped at the next start.
    pub fn take(&mut self, offer: &Offer, now: u64) -> io::Result<Answer> {
        let accepted = match self.witness.offer(offer) {
            Ok(accepted) => accepted,
            Err(refusal) => return Ok(Answer::Refused { refusal, standing: self.witness.standing() }),
        };
        let text = accepted.to_append();
        if !text.is_empty() {
            self.lines.set_len(self.length)?;
            self.lines.seek(SeekFrom::Start(self.length))?;
            self.lines.write_all(text.as_bytes())?;
            self.lines.sync_all()?;
        }
        let standing = accepted.commit(now);
        self.length += text.len() as u64;
        if let Some(note) = &standing.checkpoint {
            store_checkpoint(&self.folder, note)?;
        }
        Ok(Answer::Accepted { standing })
    }
}

fn recover(
    lines: &mut impl Read,
    log_keys: &[LogPublicKey],
    key: WitnessKey,
    newest: Option<&str>,
) -> anyhow::Result<Recovered> {
    let mut recovery = Recovery::new(log_keys.to_vec(), key, newest)?;
    let mut piece = vec![0; PIECE];
    loop {
        let read = lines.read(&mut piece).context("the copy can't be read")?;
        if read == 0 {
            return Ok(recovery.finish()?);
        }
        recovery.feed(&piece[..read])?;
    }
}

/// Replaces the stored checkpoint, as a whole or not at all.
fn store_checkpoint(folder: &Path, note: &str) -> io::Result<()> {
    let fresh = folder.join("checkpoint.new");
    let mut file = File::create(&fresh)?;
    file.write_all(note.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(fresh, checkpoint_of(folder))?;
    // The name too has to be on the disk. Where folders can't be opened as files, the file system sees to that.
    match File::open(folder) {
        Ok(folder) => folder.sync_all(),
        Err(_) => Ok(()),
    }
}

fn stored_checkpoint(folder: &Path) -> anyhow::Result<Option<String>> {
    match std::fs::read_to_string(checkpoint_of(folder)) {
        Ok(note) => Ok(Some(note)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context("the stored checkpoint can't be read"),
    }
}

fn key(folder: &Path) -> anyhow::Result<WitnessKey> {
    let text = secret_file::read(&key_of(folder))?;
    WitnessKey::parse(text.trim()).with_context(|| format!("{} holds no key of a witness", key_of(folder).display()))
}

fn lines_of(folder: &Path) -> PathBuf {
    folder.join("lines")
}

fn checkpoint_of(folder: &Path) -> PathBuf {
    folder.join("checkpoint")
}

fn key_of(folder: &Path) -> PathBuf {
    folder.join("key")
}
