//! The customer's desktop: a screen that changes, an encoder whose frames rest on each other, and an injector.
//!
//! A frame says which state of the screen it shows and on which it rests, then filler that follows from the state, so
//! the viewer can tell a frame that was lost, repeated, mixed up or put on the wrong picture. Where the real encoder is
//! wanted, a [`Painting`] takes the place of this.

use std::time::Instant;

use beside_consent::{Control, Grant, View};
use beside_protocol::input::InputEvent;

use crate::painting::Painting;
use crate::random::Seeded;

/// Bytes before a frame's filler: state u64, the state it rests on u64 (0 for none).
pub(crate) const FRAME_HEAD: usize = 16;

/// A frame that is wanted.
#[derive(Debug)]
pub(crate) struct Wish {
    pub(crate) view: Grant<View>,
    pub(crate) budget_bytes: usize,
    pub(crate) fresh: bool,
}

/// The customer's desktop.
#[derive(Debug)]
pub struct Desktop {
    /// The state of the screen; counts up with every change.
    pub screen: u64,
    /// Bytes of a frame.
    pub frame_bytes: usize,
    /// The state that the encoder's last frame showed.
    encoded: u64,
    pub(crate) wish: Option<Wish>,
    /// How much the last wish said that fits.
    pub budget_bytes: usize,
    /// Frames encoded so far.
    pub frames: u64,
    /// What was injected, and when.
    pub injected: Vec<(Instant, InputEvent)>,
    /// Real pixels and the real encoder, in place of numbered frames.
    pub(crate) painting: Option<Painting>,
    /// How often every key and button was let go.
    pub released: usize,
}

impl Desktop {
    pub(crate) const fn new(frame_bytes: usize, painting: Option<Painting>) -> Self {
        Self {
            screen: 1,
            frame_bytes,
            painting,
            encoded: 0,
            wish: None,
            budget_bytes: 0,
            frames: 0,
            injected: Vec::new(),
            released: 0,
        }
    }

    pub(crate) fn wish(&mut self, wish: Wish) {
        self.budget_bytes = wish.budget_bytes;
        if wish.fresh {
            self.encoded = 0;
            if let Some(painting) = &mut self.painting {
                painting.start_over();
            }
        }
        self.wish = Some(wish);
    }

    /// A frame, if one is wanted, allowed, and there is something new. With it, whether it rests on nothing.
    pub(crate) fn encode(&mut self, now: Instant) -> Option<(Vec<u8>, bool)> {
        let allowed = |wish: &mut Wish| wish.view.check(now).is_ok();
        if !self.wish.as_mut().is_some_and(allowed) {
            return None;
        }
        let bytes = match &mut self.painting {
            Some(painting) => painting.encode(self.screen, self.budget_bytes)?,
            None if self.encoded == self.screen => return None,
            None => frame(self.screen, self.encoded, self.frame_bytes),
        };
        let wish = self.wish.take()?;
        self.encoded = self.screen;
        self.frames += 1;
        Some((bytes, wish.fresh))
    }

    /// Injects as the real injector does: the grant is asked again for every event.
    pub(crate) fn inject(&mut self, grant: &Grant<Control>, events: Vec<InputEvent>, now: Instant) {
        for event in events {
            if grant.check(now).is_ok() {
                self.injected.push((now, event));
            }
        }
    }

    /// What was injected, without the times.
    #[must_use]
    pub fn injected_events(&self) -> Vec<InputEvent> {
        self.injected.iter().map(|(_, event)| event.clone()).collect()
    }
}

pub(crate) fn frame(state: u64, rests_on: u64, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length.max(FRAME_HEAD));
    bytes.extend_from_slice(&state.to_be_bytes());
    bytes.extend_from_slice(&rests_on.to_be_bytes());
    let mut filler = Seeded::new(state);
    while bytes.len() < length {
        let drawn = filler.next().to_be_bytes();
        let share = drawn.len().min(length - bytes.len());
        bytes.extend_from_slice(&drawn[..share]);
    }
    bytes
}
