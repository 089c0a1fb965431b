//! Lane 1: what the operator's mouse and keyboard do. One record holds one or more events, each with its own length
//! by type, so an event costs 3 to 7 bytes.

use crate::limits::PAYLOAD_MAX;
use crate::wire::{Reader, WireError};

/// A mouse button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Button {
    /// The primary button.
    Left = 0,
    /// The wheel's button.
    Middle = 1,
    /// The secondary button.
    Right = 2,
    /// The button that goes back.
    Back = 3,
    /// The button that goes forward.
    Forward = 4,
}

/// A physical key: its usage on page 7 of the USB HID usage tables, independent of any layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyUsage(pub u16);

/// One act of the operator. Positions are pixels of the shared picture, which may be larger than the screen of the
/// operator; the customer's side clamps them to the monitor that it shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputEvent {
    /// The pointer moved to a pixel.
    Move {
        /// Pixels from the left.
        x: u16,
        /// Pixels from the top.
        y: u16,
    },
    /// A mouse button went down or up at the pointer's last position.
    Button {
        /// Which one.
        button: Button,
        /// Down or up.
        down: bool,
    },
    /// The wheel turned, in 120ths of a notch; positive is right and down.
    Scroll {
        /// Sideways.
        dx: i16,
        /// Up and down.
        dy: i16,
    },
    /// A key went down or up. Down once more without up: it is held at the operator's and repeats there. The customer's
    /// side repeats nothing by itself, or a late "up" would type a letter too many.
    Key {
        /// Which one.
        key: KeyUsage,
        /// Down or up.
        down: bool,
    },
    /// Text to type whatever the customer's keyboard layout is: 1 to 256 bytes of UTF-8 without control characters.
    Text(String),
    /// Let go of every key and button: the operator's window lost focus.
    ReleaseAll,
}

const TEXT_MAX: usize = 256;

impl InputEvent {
    /// Appends the event's bytes.
    pub fn encode(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Move { x, y } => {
                bytes.push(1);
                bytes.extend_from_slice(&x.to_be_bytes());
                bytes.extend_from_slice(&y.to_be_bytes());
            }
            Self::Button { button, down } => bytes.extend_from_slice(&[2, *button as u8, u8::from(*down)]),
            Self::Scroll { dx, dy } => {
                bytes.push(3);
                bytes.extend_from_slice(&dx.to_be_bytes());
                bytes.extend_from_slice(&dy.to_be_bytes());
            }
            Self::Key { key, down } => {
                bytes.push(4);
                bytes.extend_from_slice(&key.0.to_be_bytes());
                bytes.push(u8::from(*down));
            }
            Self::Text(text) => {
                let text = &text.as_bytes()[..text.len().min(TEXT_MAX)];
                bytes.push(5);
                bytes.extend_from_slice(&(text.len() as u16).to_be_bytes());
                bytes.extend_from_slice(text);
            }
            Self::ReleaseAll => bytes.push(6),
        }
    }

    /// Reads all events of one record.
    ///
    /// # Errors
    /// The record is empty, too long, cut short, or has an unknown event or value.
    pub fn decode_all(payload: &[u8]) -> Result<Vec<Self>, WireError> {
        if payload.is_empty() || payload.len() > PAYLOAD_MAX {
            return Err(WireError::Value("length"));
        }
        let mut reader = Reader(payload);
        let mut events = Vec::new();
        while !reader.0.is_empty() {
            events.push(Self::decode(&mut reader)?);
        }
        Ok(events)
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(match reader.u8()? {
            1 => Self::Move { x: reader.u16()?, y: reader.u16()? },
            2 => Self::Button { button: button(reader.u8()?)?, down: reader.bool("button state")? },
            3 => Self::Scroll { dx: reader.i16()?, dy: reader.i16()? },
            4 => Self::Key { key: KeyUsage(reader.u16()?), down: reader.bool("key state")? },
            5 => Self::Text(text(reader)?),
            6 => Self::ReleaseAll,
            _ => return Err(WireError::Value("event")),
        })
    }
}

fn button(number: u8) -> Result<Button, WireError> {
    [Button::Left, Button::Middle, Button::Right, Button::Back, Button::Forward]
        .get(usize::from(number))
        .copied()
        .ok_or(WireError::Value("button"))
}

fn text(reader: &mut Reader<'_>) -> Result<String, WireError> {
    let length = usize::from(reader.u16()?);
    if length == 0 || length > TEXT_MAX {
        return Err(WireError::Value("text length"));
    }
    let text = std::str::from_utf8(reader.take(length)?).map_err(|_| WireError::Value("text"))?;
    if text.chars().any(char::is_control) { Err(WireError::Value("text")) } else { Ok(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event() -> impl Strategy<Value = InputEvent> {
        prop_oneof![
            any::<(u16, u16)>().prop_map(|(x, y)| InputEvent::Move { x, y }),
            (0u8..5, any::<bool>()).prop_map(|(b, down)| InputEvent::Button { button: button(b).unwrap(), down }),
            any::<(i16, i16)>().prop_map(|(dx, dy)| InputEvent::Scroll { dx, dy }),
            any::<(u16, bool)>().prop_map(|(k, down)| InputEvent::Key { key: KeyUsage(k), down }),
            "[가-힣a-zぁ-ん]{1,40}".prop_map(InputEvent::Text),
            Just(InputEvent::ReleaseAll),
        ]
    }

    proptest! {
        #[test]
        fn events_survive(events in prop::collection::vec(event(), 1..20)) {
            let mut bytes = Vec::new();
            for event in &events { event.encode(&mut bytes); }
            prop_assert_eq!(InputEvent::decode_all(&bytes), Ok(events));
        }

        #[test]
        fn any_bytes_are_events_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = InputEvent::decode_all(&bytes);
        }
    }
}
