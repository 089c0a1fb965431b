//! Physical keys and characters as X names them.

use beside_protocol::input::{Button, KeyUsage};
use x11rb::protocol::xproto::{Keycode, Keysym};

/// Codes of linux/input-event-codes.h by usage on page 7 of the HID usage tables, sixteen a row; 0 where there is none.
#[rustfmt::skip]
const EVDEV: [u8; 0x98] = [
    //  0    1    2    3    4    5    6    7    8    9    a    b    c    d    e    f
        0,   0,   0,   0,  30,  48,  46,  32,  18,  33,  34,  35,  23,  36,  37,  38, // 0x00: A to L
       50,  49,  24,  25,  16,  19,  31,  20,  22,  47,  17,  45,  21,  44,   2,   3, // 0x10: M to Z, 1, 2
        4,   5,   6,   7,   8,   9,  10,  11,  28,   1,  14,  15,  57,  12,  13,  26, // 0x20: 3 to 0, Enter, Escape
       27,  43,  43,  39,  40,  41,  51,  52,  53,  58,  59,  60,  61,  62,  63,  64, // 0x30: signs, Caps Lock, F1
       65,  66,  67,  68,  87,  88,  99,  70, 119, 110, 102, 104, 111, 107, 109, 106, // 0x40: F7 to F12, Print, Insert
      105, 108, 103,  69,  98,  55,  74,  78,  96,  79,  80,  81,  75,  76,  77,  71, // 0x50: arrows, keypad
       72,  73,  82,  83,  86, 127, 116, 117, 183, 184, 185, 186, 187, 188, 189, 190, // 0x60: keypad, Menu, F13
      191, 192, 193, 194, 134, 138, 130, 132, 128, 129, 131, 137, 133, 135, 136, 113, // 0x70: F21 to F24, Undo, Mute
      115, 114,   0,   0,   0, 121,   0,  89,  93, 124,  92,  94,  95,   0,   0,   0, // 0x80: volume, Ro, Yen, Henkan
      122, 123,  90,  91,  85,   0,   0,   0,                                         // 0x90: Hangul, Hanja, Katakana
];

/// The modifiers, from usage 0xe0 on: Control, Shift, Alt, Meta, left then right.
const MODIFIERS: [u8; 8] = [29, 42, 56, 125, 97, 54, 100, 126];

/// What the X server's evdev and XTEST keyboards add to the kernel's codes.
const EVDEV_OFFSET: u8 = 8;

/// The keycode of a physical key, if keyboards under X have it.
pub(super) fn keycode(key: KeyUsage) -> Option<Keycode> {
    let usage = usize::from(key.0);
    let code = match usage.checked_sub(0xe0) {
        Some(modifier) => MODIFIERS.get(modifier),
        None => EVDEV.get(usage),
    };
    code.filter(|code| **code != 0).map(|code| code + EVDEV_OFFSET)
}

/// The number of a button in X, where 4 to 7 are the wheel.
pub(super) const fn button(button: Button) -> u8 {
    match button {
        Button::Left => 1,
        Button::Middle => 2,
        Button::Right => 3,
        Button::Back => 8,
        Button::Forward => 9,
    }
}

/// The keysym of a character: Latin-1 as it is, everything else by its Unicode number (X protocol, appendix A).
pub(super) const fn keysym(character: char) -> Keysym {
    match character as u32 {
        latin @ (0x20..=0x7e | 0xa0..=0xff) => latin,
        other => 0x0100_0000 + other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_the_codes_that_x_servers_use() {
        // From xkeyboard-config, keycodes/evdev.
        for (usage, code, name) in [
            (0x04, 38, "AC01"),
            (0x1d, 52, "AB01"),
            (0x28, 36, "RTRN"),
            (0x29, 9, "ESC"),
            (0x2c, 65, "SPCE"),
            (0x39, 66, "CAPS"),
            (0x3a, 67, "FK01"),
            (0x45, 96, "FK12"),
            (0x46, 107, "PRSC"),
            (0x4c, 119, "DELE"),
            (0x4f, 114, "RGHT"),
            (0x52, 111, "UP"),
            (0x53, 77, "NMLK"),
            (0x58, 104, "KPEN"),
            (0x59, 87, "KP1"),
            (0x62, 90, "KP0"),
            (0x63, 91, "KPDL"),
            (0x64, 94, "LSGT"),
            (0x65, 135, "COMP"),
            (0x73, 202, "FK24"),
            (0x87, 97, "AB11"),
            (0x88, 101, "HKTG"),
            (0x89, 132, "AE13"),
            (0x8a, 100, "HENK"),
            (0x8b, 102, "MUHE"),
            (0x90, 130, "HNGL"),
            (0x91, 131, "HJCV"),
            (0xe0, 37, "LCTL"),
            (0xe3, 133, "LWIN"),
            (0xe6, 108, "RALT"),
            (0xe7, 134, "RWIN"),
        ] {
            assert_eq!(keycode(KeyUsage(usage)), Some(code), "{name}");
        }
    }

    #[test]
    fn what_is_no_key_has_no_code() {
        for usage in [0, 3, 0x82, 0x95, 0xdf, 0xe8, 0xffff] {
            assert_eq!(keycode(KeyUsage(usage)), None, "{usage:#x}");
        }
    }

    #[test]
    fn characters_have_the_keysyms_of_the_protocol() {
        assert_eq!(keysym('a'), 0x61);
        assert_eq!(keysym('é'), 0xe9);
        assert_eq!(keysym('한'), 0x0100_d55c);
        assert_eq!(keysym('𠮷'), 0x0102_0bb7);
    }
}
