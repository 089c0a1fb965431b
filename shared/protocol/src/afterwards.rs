//! What is said of a session once it is over: the customer's rating, and the operator's note.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use ts_rs::TS;

use crate::ids::{SessionId, Token};

/// Tags of a session, at most.
pub const TAGS_MAX: usize = 8;
/// Bytes of a tag in UTF-8, at most: thirty letters of Hangul or Kana.
pub const TAG_MAX: usize = 90;
/// Characters of a note, at most.
pub const NOTE_MAX: usize = 2_000;

/// How the customer found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Felt {
    /// Good.
    Good,
    /// So-so.
    Fair,
    /// Not good.
    Poor,
}

/// The customer's rating, each answer as the customer likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Rating {
    /// Whether the problem is solved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub solved: Option<bool>,
    /// How it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub felt: Option<Felt>,
}

/// `POST /api/v1/rating`, by the customer's app, until an hour after the end. The last one counts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// The session.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub sid: SessionId,
    /// The session's secret, from `waiting`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub token: Token,
    /// The rating.
    pub rating: Rating,
}

/// What the operator says came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Outcome {
    /// Solved.
    Solved,
    /// The customer will be called back.
    CallBack,
    /// Not solved.
    Unsolved,
}

/// `PUT /api/v1/own/sessions/{session}/note`, by the operator of the session. It replaces what was said before.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Note {
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub outcome: Option<Outcome>,
    /// What it was about: at most eight words of the house, each up to ninety bytes of UTF-8.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 8))]
    pub tags: Vec<String>,
    /// In the operator's words; customers never see it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    pub text: String,
}

/// `GET /api/v1/own/tags`: what an operator is offered.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tags {
    /// Those of the policy first, then those that the operator gave lately.
    pub tags: Vec<String>,
}

/// A note that can't be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoteFault {
    /// A tag is empty, too long, or not one line of visible text.
    #[error("a tag is one line of 1 to {TAG_MAX} bytes")]
    Tag,
    /// More than [`TAGS_MAX`].
    #[error("a session has {TAGS_MAX} tags at most")]
    Tags,
    /// Longer than [`NOTE_MAX`].
    #[error("a note has {NOTE_MAX} characters at most")]
    Text,
}

impl NoteFault {
    /// The stable text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Tags => "tags",
            Self::Text => "text",
        }
    }
}

/// A tag without what is around it.
///
/// # Errors
/// [`NoteFault::Tag`].
pub fn tag(text: &str) -> Result<String, NoteFault> {
    let tag = text.trim();
    let good = !tag.is_empty() && tag.len() <= TAG_MAX && !tag.chars().any(char::is_control);
    if good { Ok(tag.to_owned()) } else { Err(NoteFault::Tag) }
}

impl Note {
    /// The note as it is kept: without blanks around its texts, each tag once.
    ///
    /// # Errors
    /// See [`NoteFault`].
    pub fn tidied(self) -> Result<Self, NoteFault> {
        let mut tags = Vec::new();
        for text in &self.tags {
            let tag = tag(text)?;
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        if tags.len() > TAGS_MAX {
            return Err(NoteFault::Tags);
        }
        let text = self.text.trim();
        // What no screen shows, and no database takes.
        let odd = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t');
        if text.chars().count() > NOTE_MAX || text.contains(odd) {
            return Err(NoteFault::Text);
        }
        Ok(Self { tags, text: text.to_owned(), ..self })
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(tags: &[&str], text: &str) -> Note {
        Note { outcome: None, tags: tags.iter().map(|tag| (*tag).to_owned()).collect(), text: text.to_owned() }
    }

    #[test]
    fn a_note_is_kept_without_blanks_and_doubles() {
        let kept = note(&[" 프린터 ", "프린터", "VPN"], " two\nlines \n").tidied().unwrap();
        assert_eq!(kept, note(&["프린터", "VPN"], "two\nlines"));
        assert!(note(&[], "  ").tidied().unwrap().is_empty());
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let long = "가".repeat(31);
        for tags in [[""], ["a\nb"], [long.as_str()], ["\u{7f}"]] {
            assert_eq!(note(&tags, "").tidied(), Err(NoteFault::Tag), "{tags:?}");
        }
        let nine: Vec<String> = (0..9).map(|number| number.to_string()).collect();
        let nine: Vec<&str> = nine.iter().map(String::as_str).collect();
        assert_eq!(note(&nine, "").tidied(), Err(NoteFault::Tags));
        assert_eq!(note(&[], &"가".repeat(2_001)).tidied(), Err(NoteFault::Text));
        assert_eq!(note(&[], "a\0b").tidied(), Err(NoteFault::Text));
        assert!(note(&nine[..8], &"가".repeat(2_000)).tidied().is_ok());
    }
}
