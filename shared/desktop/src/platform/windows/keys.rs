//! Physical keys as Windows names them: scan codes of set 1, and virtual keys where no scan code says it all.

use beside_protocol::input::KeyUsage;
use windows::Win32::UI::Input::KeyboardAndMouse::{VIRTUAL_KEY, VK_HANGUL, VK_HANJA, VK_PAUSE};

/// How a key is named to the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// A scan code; `0xe0xx` for those that keyboards send with a prefix.
    Scan(u16),
    /// A key that keyboards send in a way of its own.
    Virtual(VIRTUAL_KEY),
}

/// Scan codes by usage on page 7 of the HID usage tables, sixteen a row; 0 where there is none.
#[rustfmt::skip]
const SCAN: [u16; 0x8c] = [
    //   0       1       2       3       4       5       6       7       8       9       a       b       c       d       e       f
         0,      0,      0,      0,   0x1e,   0x30,   0x2e,   0x20,   0x12,   0x21,   0x22,   0x23,   0x17,   0x24,   0x25,   0x26, // 0x00: A to L
      0x32,   0x31,   0x18,   0x19,   0x10,   0x13,   0x1f,   0x14,   0x16,   0x2f,   0x11,   0x2d,   0x15,   0x2c,   0x02,   0x03, // 0x10: M to Z, 1, 2
      0x04,   0x05,   0x06,   0x07,   0x08,   0x09,   0x0a,   0x0b,   0x1c,   0x01,   0x0e,   0x0f,   0x39,   0x0c,   0x0d,   0x1a, // 0x20: 3 to 0, Enter, Escape
      0x1b,   0x2b,   0x2b,   0x27,   0x28,   0x29,   0x33,   0x34,   0x35,   0x3a,   0x3b,   0x3c,   0x3d,   0x3e,   0x3f,   0x40, // 0x30: signs, Caps Lock, F1
      0x41,   0x42,   0x43,   0x44,   0x57,   0x58, 0xe037,   0x46,      0, 0xe052, 0xe047, 0xe049, 0xe053, 0xe04f, 0xe051, 0xe04d, // 0x40: F7 to F12, Print, Insert
    0xe04b, 0xe050, 0xe048, 0xe045, 0xe035,   0x37,   0x4a,   0x4e, 0xe01c,   0x4f,   0x50,   0x51,   0x4b,   0x4c,   0x4d,   0x47, // 0x50: arrows, keypad
      0x48,   0x49,   0x52,   0x53,   0x56, 0xe05d, 0xe05e,   0x59,   0x64,   0x65,   0x66,   0x67,   0x68,   0x69,   0x6a,   0x6b, // 0x60: keypad, Menu, F13
      0x6c,   0x6d,   0x6e,   0x76,      0,      0,      0,      0,      0,      0,      0,      0,      0,      0,      0, 0xe020, // 0x70: F21 to F24, Mute
    0xe030, 0xe02e,      0,      0,      0,   0x7e,      0,   0x73,   0x70,   0x7d,   0x79,   0x7b,                                 // 0x80: volume, Ro, Kana, Yen, Henkan
];

/// The modifiers, from usage 0xe0 on: Control, Shift, Alt, Windows, left then right.
const MODIFIERS: [u16; 8] = [0x1d, 0x2a, 0x38, 0xe05b, 0xe01d, 0x36, 0xe038, 0xe05c];

/// The key, if keyboards under Windows have it.
pub(super) fn key(key: KeyUsage) -> Option<Key> {
    match key.0 {
        // Its codes are those of Control and Num Lock together.
        0x48 => Some(Key::Virtual(VK_PAUSE)),
        // Keyboards send these two when they are pressed only, and layouts may have them on others.
        0x90 => Some(Key::Virtual(VK_HANGUL)),
        0x91 => Some(Key::Virtual(VK_HANJA)),
        usage => {
            let code = match usage.checked_sub(0xe0) {
                Some(modifier) => MODIFIERS.get(usize::from(modifier)),
                None => SCAN.get(usize::from(usage)),
            };
            code.filter(|code| **code != 0).map(|code| Key::Scan(*code))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_the_scan_codes_that_windows_documents() {
        // Microsoft, "Keyboard Input Overview", scan code 1 make.
        for (usage, code) in [
            (0x04, 0x1e),
            (0x1d, 0x2c),
            (0x1e, 0x02),
            (0x27, 0x0b),
            (0x28, 0x1c),
            (0x29, 0x01),
            (0x2c, 0x39),
            (0x31, 0x2b),
            (0x39, 0x3a),
            (0x3a, 0x3b),
            (0x43, 0x44),
            (0x45, 0x58),
            (0x46, 0xe037),
            (0x4c, 0xe053),
            (0x52, 0xe048),
            (0x53, 0xe045),
            (0x58, 0xe01c),
            (0x62, 0x52),
            (0x64, 0x56),
            (0x65, 0xe05d),
            (0x68, 0x64),
            (0x73, 0x76),
            (0x7f, 0xe020),
            (0x87, 0x73),
            (0x89, 0x7d),
            (0x8b, 0x7b),
            (0xe0, 0x1d),
            (0xe3, 0xe05b),
            (0xe6, 0xe038),
        ] {
            assert_eq!(key(KeyUsage(usage)), Some(Key::Scan(code)), "usage {usage:#x}");
        }
        assert_eq!(key(KeyUsage(0x90)), Some(Key::Virtual(VK_HANGUL)));
        assert_eq!([0x00, 0x03, 0x74, 0x8c, 0xdf, 0xe8, 0xffff].map(|usage| key(KeyUsage(usage))), [None; 7]);
    }
}
