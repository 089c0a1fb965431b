//! One event of the log, and its one spelling: a line of canonical JSON.
//!
//! The line is what is stored, hashed, exported and copied to the witness, byte for byte. Whoever verifies works on the
//! stored bytes and never writes them anew; [`Entry::parse`] takes exactly the bytes that [`Entry::to_line`] makes.

mod line;

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;

use crate::hash::Hash;
use crate::names::{Action, Field, Id, Via};

/// Bytes of a line, at most.
pub const MAX_LINE: usize = 16 * 1024;
/// Details of an entry, at most.
pub const MAX_DETAILS: usize = 32;
/// Bytes of a detail's text, at most.
pub const MAX_TEXT: usize = 1024;
/// Personal fields of an entry, at most.
pub const MAX_PERSONAL: usize = 16;
/// Numbers are at most this large, either way (2⁵³ − 1): every JSON reader reads them exactly (RFC 7493, 2.2).
pub const MAX_NUMBER: u64 = (1 << 53) - 1;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The row's number, from 1 and without gaps.
    pub seq: u64,
    /// When: Unix milliseconds.
    pub at: u64,
    /// The account that did it; none for customers and the broker itself.
    pub account: Option<Id>,
    /// Through what it came.
    pub via: Via,
    /// What was done.
    pub action: Action,
    /// Whose data, or which thing.
    pub about: Option<Id>,
    /// What else there is to say, without personal data.
    pub detail: BTreeMap<Field, Scalar>,
    /// The personal values, each as its [`personal_hash`](crate::personal_hash); the values are stored apart.
    pub personal: BTreeMap<Field, Hash>,
}

/// A detail's value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// `true` or `false`.
    Flag(bool),
    /// A whole number, from −[`MAX_NUMBER`] to [`MAX_NUMBER`].
    Number(i64),
    /// Text, at most [`MAX_TEXT`] bytes.
    Text(String),
}

/// An entry that can't be a line. The caller made it so.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EntryError {
    /// The row's number is 0 or over [`MAX_NUMBER`].
    #[error("{0} is not the number of a row")]
    Seq(u64),
    /// The time is over [`MAX_NUMBER`].
    #[error("{0} is not a time in Unix milliseconds")]
    At(u64),
    /// More than [`MAX_DETAILS`].
    #[error("{0} details, more than {MAX_DETAILS}")]
    Details(usize),
    /// More than [`MAX_PERSONAL`].
    #[error("{0} personal fields, more than {MAX_PERSONAL}")]
    Personal(usize),
    /// A detail's text is over [`MAX_TEXT`].
    #[error("the text of {0} has more than {MAX_TEXT} bytes")]
    Text(Field),
    /// A detail's number is over [`MAX_NUMBER`].
    #[error("the number of {0} is larger than 2^53 - 1")]
    Number(Field),
    /// The line is over [`MAX_LINE`].
    #[error("the line has {0} bytes, more than {MAX_LINE}")]
    Length(usize),
}

/// Bytes that are no line. Whoever wrote them didn't use [`Entry::to_line`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LineError {
    /// Over [`MAX_LINE`].
    #[error("the line has {0} bytes, more than {MAX_LINE}")]
    Length(usize),
    /// Not JSON, or not the JSON of an entry; says where and why.
    #[error("not an entry: {0}")]
    Json(String),
    /// The JSON of an entry that can't be.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// An entry in another spelling than its one.
    #[error("the entry is not written in its canonical form")]
    Spelling,
}

impl From<bool> for Scalar {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i64> for Scalar {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// The entry as JSON has it. Unknown fields are refused; what the spelling allows is checked afterwards.
#[derive(Deserialize)]
#[serde(remote = "Entry", deny_unknown_fields)]
struct Layout {
    seq: u64,
    at: u64,
    #[serde(default)]
    account: Option<Id>,
    via: Via,
    action: Action,
    #[serde(default)]
    about: Option<Id>,
    #[serde(default)]
    detail: BTreeMap<Field, Scalar>,
    #[serde(default)]
    personal: BTreeMap<Field, Hash>,
}

impl Entry {
    /// The entry's line, without a line feed.
    ///
    /// # Errors
    /// [`EntryError`]: a bound is passed.
    pub fn to_line(&self) -> Result<String, EntryError> {
        self.check()?;
        let line = line::write(self);
        if line.len() > MAX_LINE { Err(EntryError::Length(line.len())) } else { Ok(line) }
    }

    /// Reads a line.
    ///
    /// # Errors
    /// [`LineError`]: the bytes are not exactly what [`Self::to_line`] makes of an entry.
    pub fn parse(line: &[u8]) -> Result<Self, LineError> {
        if line.len() > MAX_LINE {
            return Err(LineError::Length(line.len()));
        }
        let mut reader = serde_json::Deserializer::from_slice(line);
        let entry = Layout::deserialize(&mut reader).map_err(|error| LineError::Json(error.to_string()))?;
        entry.check()?;
        if line::write(&entry).as_bytes() == line { Ok(entry) } else { Err(LineError::Spelling) }
    }

    fn check(&self) -> Result<(), EntryError> {
        if self.seq == 0 || self.seq > MAX_NUMBER {
            return Err(EntryError::Seq(self.seq));
        }
        if self.at > MAX_NUMBER {
            return Err(EntryError::At(self.at));
        }
        if self.detail.len() > MAX_DETAILS {
            return Err(EntryError::Details(self.detail.len()));
        }
        if self.personal.len() > MAX_PERSONAL {
            return Err(EntryError::Personal(self.personal.len()));
        }
        self.detail.iter().try_for_each(|(field, value)| match value {
            Scalar::Text(text) if text.len() > MAX_TEXT => Err(EntryError::Text(field.clone())),
            Scalar::Number(number) if number.unsigned_abs() > MAX_NUMBER => Err(EntryError::Number(field.clone())),
            Scalar::Text(_) | Scalar::Number(_) | Scalar::Flag(_) => Ok(()),
        })
    }
}

#[cfg(test)]
mod tests;
