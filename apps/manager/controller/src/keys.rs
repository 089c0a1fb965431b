//! Physical keys: from `KeyboardEvent.code` (W3C UI Events KeyboardEvent code Values) to usages of page 7 of the USB HID
//! usage tables.

use beside_protocol::input::KeyUsage;

/// The usage of a key, if keyboards have it.
pub(crate) fn usage(code: &str) -> Option<KeyUsage> {
    TABLE.binary_search_by_key(&code, |(name, _)| *name).ok().map(|found| KeyUsage(TABLE[found].1))
}

/// Sorted by name.
const TABLE: &[(&str, u16)] = &[
    ("AltLeft", 0xe2),
    ("AltRight", 0xe6),
    ("ArrowDown", 0x51),
    ("ArrowLeft", 0x50),
    ("ArrowRight", 0x4f),
    ("ArrowUp", 0x52),
    ("AudioVolumeDown", 0x81),
    ("AudioVolumeMute", 0x7f),
    ("AudioVolumeUp", 0x80),
    ("Backquote", 0x35),
    ("Backslash", 0x31),
    ("Backspace", 0x2a),
    ("BracketLeft", 0x2f),
    ("BracketRight", 0x30),
    ("CapsLock", 0x39),
    ("Comma", 0x36),
    ("ContextMenu", 0x65),
    ("ControlLeft", 0xe0),
    ("ControlRight", 0xe4),
    ("Convert", 0x8a),
    ("Delete", 0x4c),
    ("Digit0", 0x27),
    ("Digit1", 0x1e),
    ("Digit2", 0x1f),
    ("Digit3", 0x20),
    ("Digit4", 0x21),
    ("Digit5", 0x22),
    ("Digit6", 0x23),
    ("Digit7", 0x24),
    ("Digit8", 0x25),
    ("Digit9", 0x26),
    ("End", 0x4d),
    ("Enter", 0x28),
    ("Equal", 0x2e),
    ("Escape", 0x29),
    ("F1", 0x3a),
    ("F10", 0x43),
    ("F11", 0x44),
    ("F12", 0x45),
    ("F13", 0x68),
    ("F14", 0x69),
    ("F15", 0x6a),
    ("F16", 0x6b),
    ("F17", 0x6c),
    ("F18", 0x6d),
    ("F19", 0x6e),
    ("F2", 0x3b),
    ("F20", 0x6f),
    ("F21", 0x70),
    ("F22", 0x71),
    ("F23", 0x72),
    ("F24", 0x73),
    ("F3", 0x3c),
    ("F4", 0x3d),
    ("F5", 0x3e),
    ("F6", 0x3f),
    ("F7", 0x40),
    ("F8", 0x41),
    ("F9", 0x42),
    ("Home", 0x4a),
    ("Insert", 0x49),
    ("IntlBackslash", 0x64),
    ("IntlRo", 0x87),
    ("IntlYen", 0x89),
    ("KanaMode", 0x88),
    ("KeyA", 0x04),
    ("KeyB", 0x05),
    ("KeyC", 0x06),
    ("KeyD", 0x07),
    ("KeyE", 0x08),
    ("KeyF", 0x09),
    ("KeyG", 0x0a),
    ("KeyH", 0x0b),
    ("KeyI", 0x0c),
    ("KeyJ", 0x0d),
    ("KeyK", 0x0e),
    ("KeyL", 0x0f),
    ("KeyM", 0x10),
    ("KeyN", 0x11),
    ("KeyO", 0x12),
    ("KeyP", 0x13),
    ("KeyQ", 0x14),
    ("KeyR", 0x15),
    ("KeyS", 0x16),
    ("KeyT", 0x17),
    ("KeyU", 0x18),
    ("KeyV", 0x19),
    ("KeyW", 0x1a),
    ("KeyX", 0x1b),
    ("KeyY", 0x1c),
    ("KeyZ", 0x1d),
    ("Lang1", 0x90),
    ("Lang2", 0x91),
    ("MetaLeft", 0xe3),
    ("MetaRight", 0xe7),
    ("Minus", 0x2d),
    ("NonConvert", 0x8b),
    ("NumLock", 0x53),
    ("Numpad0", 0x62),
    ("Numpad1", 0x59),
    ("Numpad2", 0x5a),
    ("Numpad3", 0x5b),
    ("Numpad4", 0x5c),
    ("Numpad5", 0x5d),
    ("Numpad6", 0x5e),
    ("Numpad7", 0x5f),
    ("Numpad8", 0x60),
    ("Numpad9", 0x61),
    ("NumpadAdd", 0x57),
    ("NumpadComma", 0x85),
    ("NumpadDecimal", 0x63),
    ("NumpadDivide", 0x54),
    ("NumpadEnter", 0x58),
    ("NumpadEqual", 0x67),
    ("NumpadMultiply", 0x55),
    ("NumpadSubtract", 0x56),
    ("PageDown", 0x4e),
    ("PageUp", 0x4b),
    ("Pause", 0x48),
    ("Period", 0x37),
    ("PrintScreen", 0x46),
    ("Quote", 0x34),
    ("ScrollLock", 0x47),
    ("Semicolon", 0x33),
    ("ShiftLeft", 0xe1),
    ("ShiftRight", 0xe5),
    ("Slash", 0x38),
    ("Space", 0x2c),
    ("Tab", 0x2b),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_names_no_key_twice() {
        assert!(TABLE.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let mut usages: Vec<_> = TABLE.iter().map(|(_, usage)| usage).collect();
        usages.sort_unstable();
        usages.dedup();
        assert_eq!(usages.len(), TABLE.len());
    }

    #[test]
    fn keys_are_found_by_name() {
        assert_eq!(usage("KeyA"), Some(KeyUsage(0x04)));
        assert_eq!(usage("Digit0"), Some(KeyUsage(0x27)));
        assert_eq!(usage("Lang1"), Some(KeyUsage(0x90)));
        assert_eq!(usage("keya"), None);
    }
}
