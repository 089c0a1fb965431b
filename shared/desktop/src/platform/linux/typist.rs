//! Typing any character, whatever the keyboard's layout: keycodes that no key has are given the character for a while.
//!
//! A program looks up what a keycode means when it comes to handle the event, not when the event was made. So a keycode
//! keeps its character as long as there are others to use, and all are given back at the end, not after each text.

use std::collections::VecDeque;
use std::time::Duration;

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, Keycode, Keysym};

use super::keys::keysym;
use super::server::Server;
use crate::error::Trouble;

/// How long programs get to handle what was typed before one of its keycodes gets another character. Needed only once
/// the text has more different characters than the keyboard has free keycodes, some 30 to 60.
const HANDLING: Duration = Duration::from_millis(20);

/// Which free keycodes have which characters, the longest unused first.
#[derive(Debug, Default)]
pub(super) struct Typist {
    lent: VecDeque<(Keycode, char)>,
}

/// The beginning of a text, ready to be typed.
pub(super) struct Batch {
    /// One keycode a character.
    pub(super) codes: Vec<Keycode>,
    /// How many bytes of the text it is; never 0.
    pub(super) length: usize,
}

impl Typist {
    /// Gives keycodes the first characters of `text`, which is not empty, as many as there are keycodes for. Nothing if
    /// the keyboard has none free.
    pub(super) fn prepare(&mut self, server: &Server, text: &str) -> Result<Option<Batch>, Trouble> {
        let mut free = self.look(server)?;
        let mut batch = Batch { codes: Vec::new(), length: 0 };
        let mut waited = false;
        for character in text.chars() {
            let known = self.lent.iter().position(|(_, lent)| *lent == character).and_then(|at| self.lent.remove(at));
            let code = if let Some((code, _)) = known {
                code
            } else if let Some(code) = free.pop() {
                lend(server, code, keysym(character))?;
                code
            } else if self.lent.front().is_some_and(|(oldest, _)| !batch.codes.contains(oldest)) {
                if !std::mem::replace(&mut waited, true) {
                    std::thread::sleep(HANDLING);
                }
                let Some((oldest, _)) = self.lent.pop_front() else { break };
                lend(server, oldest, keysym(character))?;
                oldest
            } else {
                break;
            };
            self.lent.push_back((code, character));
            batch.codes.push(code);
            batch.length += character.len_utf8();
        }
        Ok((batch.length > 0).then_some(batch))
    }

    /// Gives all keycodes back.
    pub(super) fn restore(&mut self, server: &Server) -> Result<(), Trouble> {
        self.look(server)?;
        for (code, _) in self.lent.drain(..) {
            lend(server, code, x11rb::NO_SYMBOL)?;
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
            let lent = self.lent.iter().position(|(lent, _)| *lent == code);
            match lent {
                Some(at) if meaning.first() != Some(&keysym(self.lent[at].1)) => drop(self.lent.remove(at)),
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
