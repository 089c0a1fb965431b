//! Physical keys and buttons as rdev names them.

use beside_protocol::input::{Button, KeyUsage};
use rdev::Key;

/// Keys by usage on page 7 of the HID usage tables, from 0x04 on.
#[rustfmt::skip]
const KEYS: [Option<Key>; 0x61] = {
    use Key::*;
    [
        // 0x04: A to Z
        Some(KeyA), Some(KeyB), Some(KeyC), Some(KeyD), Some(KeyE), Some(KeyF), Some(KeyG), Some(KeyH), Some(KeyI),
        Some(KeyJ), Some(KeyK), Some(KeyL), Some(KeyM), Some(KeyN), Some(KeyO), Some(KeyP), Some(KeyQ), Some(KeyR),
        Some(KeyS), Some(KeyT), Some(KeyU), Some(KeyV), Some(KeyW), Some(KeyX), Some(KeyY), Some(KeyZ),
        // 0x1e: 1 to 9, 0
        Some(Num1), Some(Num2), Some(Num3), Some(Num4), Some(Num5), Some(Num6), Some(Num7), Some(Num8), Some(Num9),
        Some(Num0),
        // 0x28
        Some(Return), Some(Escape), Some(Backspace), Some(Tab), Some(Space), Some(Minus), Some(Equal),
        Some(LeftBracket), Some(RightBracket), Some(BackSlash), Some(BackSlash), Some(SemiColon), Some(Quote),
        Some(BackQuote), Some(Comma), Some(Dot), Some(Slash), Some(CapsLock),
        // 0x3a: F1 to F12
        Some(F1), Some(F2), Some(F3), Some(F4), Some(F5), Some(F6), Some(F7), Some(F8), Some(F9), Some(F10), Some(F11),
        Some(F12),
        // 0x46
        Some(PrintScreen), Some(ScrollLock), Some(Pause), Some(Insert), Some(Home), Some(PageUp), Some(Delete),
        Some(End), Some(PageDown), Some(RightArrow), Some(LeftArrow), Some(DownArrow), Some(UpArrow),
        // 0x53: the keypad
        Some(NumLock), Some(KpDivide), Some(KpMultiply), Some(KpMinus), Some(KpPlus), Some(KpReturn), Some(Kp1),
        Some(Kp2), Some(Kp3), Some(Kp4), Some(Kp5), Some(Kp6), Some(Kp7), Some(Kp8), Some(Kp9), Some(Kp0),
        Some(KpDelete), Some(IntlBackslash),
    ]
};

/// The modifiers, from usage 0xe0 on.
const MODIFIERS: [Key; 8] = [
    Key::ControlLeft,
    Key::ShiftLeft,
    Key::Alt,
    Key::MetaLeft,
    Key::ControlRight,
    Key::ShiftRight,
    Key::AltGr,
    Key::MetaRight,
];

/// The key, if rdev has it.
pub(super) fn key(key: KeyUsage) -> Option<Key> {
    let usage = usize::from(key.0);
    match usage.checked_sub(0xe0) {
        Some(modifier) => MODIFIERS.get(modifier).copied(),
        None => KEYS.get(usage.checked_sub(0x04)?).copied().flatten(),
    }
}

/// The button.
pub(super) const fn button(button: Button) -> rdev::Button {
    match button {
        Button::Left => rdev::Button::Left,
        Button::Middle => rdev::Button::Middle,
        Button::Right => rdev::Button::Right,
        // The numbers of the fourth and fifth button on Windows and macOS alike.
        Button::Back => rdev::Button::Unknown(1),
        Button::Forward => rdev::Button::Unknown(2),
    }
}
