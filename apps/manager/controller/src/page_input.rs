//! From what the page reports to what goes over the wire.

use beside_protocol::input::{Button, InputEvent};

use crate::keys::usage;
use crate::view::PageInput;

/// Longest piece of text in one event, in bytes.
const TEXT_MAX: usize = 256;

/// Translates a report. What no keyboard or mouse has is left out.
pub(crate) fn translate(reports: &[PageInput]) -> Vec<InputEvent> {
    let mut events = Vec::with_capacity(reports.len());
    for report in reports {
        match report {
            PageInput::Move { x, y } => events.push(InputEvent::Move { x: *x, y: *y }),
            PageInput::Button { button, down } => {
                events.extend(button_of(*button).map(|button| InputEvent::Button { button, down: *down }));
            }
            PageInput::Scroll { dx, dy } => events.push(InputEvent::Scroll { dx: *dx, dy: *dy }),
            PageInput::Key { code, down } => {
                events.extend(usage(code).map(|key| InputEvent::Key { key, down: *down }));
            }
            PageInput::Text { text } => events.extend(pieces(text)),
            PageInput::ReleaseAll => events.push(InputEvent::ReleaseAll),
        }
    }
    events
}

/// `MouseEvent.button` of UI Events.
const fn button_of(number: u8) -> Option<Button> {
    match number {
        0 => Some(Button::Left),
        1 => Some(Button::Middle),
        2 => Some(Button::Right),
        3 => Some(Button::Back),
        4 => Some(Button::Forward),
        _ => None,
    }
}

/// Cuts text at whole characters into pieces that fit an event; control characters are no text.
fn pieces(text: &str) -> Vec<InputEvent> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    for character in text.chars().filter(|character| !character.is_control()) {
        if piece.len() + character.len_utf8() > TEXT_MAX {
            pieces.push(InputEvent::Text(std::mem::take(&mut piece)));
        }
        piece.push(character);
    }
    if !piece.is_empty() {
        pieces.push(InputEvent::Text(piece));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_between_characters() {
        let text = "곁에서\n".repeat(100);
        let events = translate(&[PageInput::Text { text: text.clone() }]);
        let mut joined = String::new();
        for event in &events {
            let InputEvent::Text(piece) = event else { panic!("{event:?}") };
            assert!(piece.len() <= TEXT_MAX);
            joined.push_str(piece);
        }
        assert_eq!(joined, text.replace('\n', ""));
    }

    #[test]
    fn what_no_machine_has_is_left_out() {
        let reports = [
            PageInput::Button { button: 9, down: true },
            PageInput::Key { code: "Unidentified".to_owned(), down: true },
        ];
        assert!(translate(&reports).is_empty());
    }
}
