//! The PIN of a token: from the environment or typed, never from an argument, which every process could read.

use std::io::{self, BufRead as _};

use anyhow::{Context, Result, ensure};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use crate::say;

/// Where a PIN is looked for before somebody is asked for it, and how it is handed on to programs: a process's environment
/// is its user's own.
pub(super) const VARIABLE: &str = "BESIDE_TOKEN_PIN";

/// A PIN. It zeroizes itself and does not print.
pub(crate) struct Pin(Zeroizing<String>);

impl Pin {
    /// This one.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// From the variable `BESIDE_TOKEN_PIN`, else typed unseen at the terminal.
    ///
    /// # Errors
    /// There is neither, or it is empty.
    pub(crate) fn obtain(token: &str) -> Result<Self> {
        let pin = match std::env::var(VARIABLE) {
            Ok(pin) => Self::new(pin),
            Err(_) => ask(token).with_context(|| format!("no PIN: set {VARIABLE} or start this at a terminal"))?,
        };
        ensure!(!pin.0.is_empty(), "the PIN is empty");
        Ok(pin)
    }

    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

fn ask(token: &str) -> Result<Pin> {
    say::line(format!("PIN of the token {token}:"));
    let unseen = Unseen::begin()?;
    let mut line = Zeroizing::new(String::new());
    io::stdin().lock().read_line(&mut line)?;
    drop(unseen);
    Ok(Pin::new(line.trim_end_matches(['\n', '\r'])))
}

/// A terminal that does not show what is typed, until this is dropped.
struct Unseen(Termios);

impl Unseen {
    fn begin() -> Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut unseen = before.clone();
        unseen.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &unseen)?;
        Ok(Self(before))
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        // If the terminal is gone there is nothing to restore.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}
