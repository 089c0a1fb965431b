//! Typing any character, whatever the keyboard's layout: keycodes that no key has are given the character for a while.
//!
//! A program looks up what a keycode means when it comes to handle the event, not when the event was made. So a keycode
//! keeps its character as long as there are others to use, and all are given back at the end, not after each text.

use std::collections::VecDeque;
use std::time::Instant;

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, Keycode, Keysym};

use super::keys::keysym;
use super::server::Server;
use crate::error::Trouble;
use crate::input::PAUSE_MAX;

/// A keycode that has a character for a while.
#[derive(Debug, Clone, Copy)]
struct Loan {
    code: Keycode,
    character: char,
    /// When programs have had the time to handle it; no program says when it has.
    until: Instant,
}

/// Which free keycodes have which characters, the longest unused first.
#[derive(Debug, Default)]
pub(super) struct Typist {
    loans: VecDeque<Loan>,
}

/// The beginning of a text, ready to be typed.
pub(super) struct Batch {
    /// One keycode a character; none if even the first has to wait.
    pub(super) codes: Vec<Keycode>,
    /// How many bytes of the text it is.
    pub(super) length: usize,
    /// When the rest, if there is one, can be prepared.
    pub(super) rest_from: Instant,
}

impl Typist {
    /// Gives keycodes the first characters of `text`, as many as there are keycodes for now: some 30 different ones, and
    /// more after a pause. Nothing if the keyboard has no keycode free at all.
    pub(super) fn prepare(&mut self, server: &Server, text: &str, now: Instant) -> Result<Option<Batch>, Trouble> {
        let mut free = self.look(server)?;
        if free.is_empty() && self.loans.is_empty() {
            return Ok(None);
        }
        let mut batch = Batch { codes: Vec::new(), length: 0, rest_from: now };
        for character in text.chars() {
            let known = self.loans.iter().position(|loan| loan.character == character);
            let code = if let Some(loan) = known.and_then(|at| self.loans.remove(at)) {
                loan.code
            } else if let Some(code) = free.pop() {
                lend(server, code, keysym(character))?;
                code
            } else {
                match self.loans.pop_front() {
                    Some(oldest) if oldest.until <= now => {
                        lend(server, oldest.code, keysym(character))?;
                        oldest.code
                    }
                    Some(oldest) => {
                        batch.rest_from = oldest.until;
                        self.loans.push_front(oldest);
                        break;
                    }
                    None => break,
                }
            };
            self.loans.push_back(Loan { code, character, until: now + PAUSE_MAX });
            batch.codes.push(code);
            batch.length += character.len_utf8();
        }
        Ok(Some(batch))
    }

    /// Gives all keycodes back.
    pub(super) fn restore(&mut self, server: &Server) -> Result<(), Trouble> {
        self.look(server)?;
        for loan in self.loans.drain(..) {
            lend(server, loan.code, x11rb::NO_SYMBOL)?;
        }
        Ok(server.conn.flush()?)
    }

    /// The keycodes without any meaning. Forgets those lent that have another meaning now: the layout was changed.
    fn look(&mut self, server: &Server) -> Result<Vec<Keycode>, Trouble> {
        let setup = server.conn.setup();
        let count = setup.max_keycode - setup.min_keycode + 1;
        let layout = server.conn.get_keyboard_mapping(setup.min_keycode, count)?.reply()?;
        let meanings = layout.keysyms.chunks(usize::from(layout.keysyms_per_keycode).max(1));
        let mut free = Vec::new();
        for (code, meaning) in (setup.min_keycode..=setup.max_keycode).zip(meanings) {
            match self.loans.iter().position(|loan| loan.code == code) {
                Some(at) if meaning.first() != Some(&keysym(self.loans[at].character)) => drop(self.loans.remove(at)),
                Some(_) => {}
                None if meaning.iter().all(|meaning| *meaning == x11rb::NO_SYMBOL) => free.push(code),
                None => {}
            }
        }
        Ok(free)
    }
}

/// Gives a keycode a meaning. Twice the same, or Shift and Caps Lock would change it.
fn lend(server: &Server, code: Keycode, meaning: Keysym) -> Result<(), Trouble> {
    Ok(server.conn.change_keyboard_mapping(1, code, 2, &[meaning, meaning])?.check()?)
}
