//! Fields of a statement: `tag u8 ‖ length u16 ‖ value`, exactly the kind's own, in their order.

use std::str::FromStr;

use unicode_normalization::is_nfc;

use crate::key::{PUBLIC_KEY_LENGTH, PublicKey};
use crate::statement::StatementError;

/// Longest text of a statement, in bytes of UTF-8.
pub(super) const TEXT_MAX: usize = 64;

/// Writes fields one after the other, numbering them from 1.
pub(super) struct FieldWriter<'a> {
    out: &'a mut Vec<u8>,
    tag: u8,
}

impl<'a> FieldWriter<'a> {
    pub(super) const fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, tag: 0 }
    }

    pub(super) fn bytes(&mut self, value: &[u8]) -> Result<(), StatementError> {
        let length = u16::try_from(value.len()).map_err(|_| StatementError::Malformed("length of a field"))?;
        self.tag += 1;
        self.out.push(self.tag);
        self.out.extend_from_slice(&length.to_be_bytes());
        self.out.extend_from_slice(value);
        Ok(())
    }
}

/// Reads fields one after the other, expecting them numbered from 1.
pub(super) struct FieldReader<'a> {
    rest: &'a [u8],
    tag: u8,
}

impl<'a> FieldReader<'a> {
    pub(super) const fn new(fields: &'a [u8]) -> Self {
        Self { rest: fields, tag: 0 }
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8], StatementError> {
        self.tag += 1;
        let (&[tag, high, low], rest) =
            self.rest.split_first_chunk().ok_or(StatementError::Malformed("a field is missing"))?;
        if tag != self.tag {
            return Err(StatementError::Malformed("order of the fields"));
        }
        let length = usize::from(u16::from_be_bytes([high, low]));
        let (value, rest) = rest.split_at_checked(length).ok_or(StatementError::Malformed("a field is cut short"))?;
        self.rest = rest;
        Ok(value)
    }

    pub(super) fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], StatementError> {
        self.bytes()?.try_into().map_err(|_| StatementError::Malformed(what))
    }

    pub(super) fn text(&mut self) -> Result<&'a str, StatementError> {
        let text = std::str::from_utf8(self.bytes()?).map_err(|_| StatementError::Malformed("text is not UTF-8"))?;
        check_text(text)?;
        Ok(text)
    }

    pub(super) fn parsed<T: FromStr>(&mut self, what: &'static str) -> Result<T, StatementError> {
        self.text()?.parse().map_err(|_| StatementError::Malformed(what))
    }

    pub(super) fn key(&mut self) -> Result<PublicKey, StatementError> {
        key(&self.array::<PUBLIC_KEY_LENGTH>("length of a key")?)
    }

    pub(super) fn end(self) -> Result<(), StatementError> {
        if self.rest.is_empty() { Ok(()) } else { Err(StatementError::Malformed("a field too many")) }
    }
}

pub(super) fn key(bytes: &[u8]) -> Result<PublicKey, StatementError> {
    PublicKey::from_sec1(bytes).map_err(|_| StatementError::Malformed("a key is not on the curve"))
}

/// A text that two people must read alike: one spelling (NFC), short, and nothing in it that hides or reorders.
fn check_text(text: &str) -> Result<(), StatementError> {
    if text.len() > TEXT_MAX {
        Err(StatementError::Malformed("text is too long"))
    } else if text.chars().any(|c| c.is_control() || is_bidi_control(c) || is_line_break(c)) {
        Err(StatementError::Malformed("text has control characters"))
    } else if !is_nfc(text) {
        Err(StatementError::Malformed("text is not in normal form C"))
    } else {
        Ok(())
    }
}

/// Unicode's property Bidi_Control (UAX #9): marks, embeddings, overrides and isolates.
const fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

const fn is_line_break(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}
