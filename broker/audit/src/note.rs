//! Signed notes (C2SP signed-note): a text, an empty line, and signatures, each with its key's name and id.
//!
//! This module knows the form; what a signature is worth, [`crate::checkpoint`] says.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use crate::key::KeyId;

/// Bytes of a note, at most: room for the 16 signatures that everyone must take, also of the large new kinds.
pub const MAX_NOTE: usize = 128 * 1024;
/// Signatures of a note, at most.
pub const MAX_SIGNATURES: usize = 32;
const DASH: &str = "\u{2014} ";

/// Text that is no signed note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoteError {
    /// Over [`MAX_NOTE`].
    #[error("a note has at most {MAX_NOTE} bytes")]
    Length,
    /// A control character other than line feed.
    #[error("a control character in a note")]
    Control,
    /// No empty line between text and signatures, or nothing on one of its sides.
    #[error("a note is a text, an empty line and signatures")]
    Form,
    /// A line after the text that is no signature.
    #[error("a line of the note is not a signature")]
    Signature,
    /// Over [`MAX_SIGNATURES`].
    #[error("a note has at most {MAX_SIGNATURES} signatures")]
    Signatures,
}

/// A note whose form is right. Nothing is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    /// With its last line feed: what is signed.
    pub(crate) text: String,
    pub(crate) signatures: Vec<NoteSignature>,
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NoteSignature {
    pub(crate) name: String,
    pub(crate) id: KeyId,
    pub(crate) bytes: Vec<u8>,
}

impl Note {
    pub(crate) fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > MAX_NOTE {
            return Err(NoteError::Length);
        }
        if note.bytes().any(|byte| byte < b' ' && byte != b'\n') {
            return Err(NoteError::Control);
        }
        let empty_line = note.rfind("\n\n").ok_or(NoteError::Form)?;
        let (text, signatures) = note.split_at(empty_line + 1);
        let signatures =
            signatures.strip_prefix('\n').and_then(|lines| lines.strip_suffix('\n')).ok_or(NoteError::Form)?;
        let signatures: Vec<&str> = signatures.split('\n').take(MAX_SIGNATURES + 1).collect();
        if signatures.len() > MAX_SIGNATURES {
            return Err(NoteError::Signatures);
        }
        let signatures: Result<Vec<_>, _> = signatures.into_iter().map(NoteSignature::parse).collect();
        Ok(Self { text: text.to_owned(), signatures: signatures? })
    }

    pub(crate) fn to_text(&self) -> String {
        let mut out = format!("{}\n", self.text);
        for signature in &self.signatures {
            signature.write(&mut out);
        }
        out
    }

    /// The signatures that say they are this key's.
    pub(crate) fn signatures_of(&self, name: &str, id: KeyId) -> impl Iterator<Item = &NoteSignature> {
        self.signatures.iter().filter(move |signature| signature.name == name && signature.id == id)
    }
}

impl NoteSignature {
    fn parse(line: &str) -> Result<Self, NoteError> {
        let (name, encoded) =
            line.strip_prefix(DASH).and_then(|line| line.split_once(' ')).ok_or(NoteError::Signature)?;
        if name.is_empty() || name.contains(|letter: char| letter.is_whitespace() || letter == '+') {
            return Err(NoteError::Signature);
        }
        let decoded = STANDARD.decode(encoded).map_err(|_| NoteError::Signature)?;
        let Some((id, bytes @ [_, ..])) = decoded.split_first_chunk() else {
            return Err(NoteError::Signature);
        };
        Ok(Self { name: name.to_owned(), id: *id, bytes: bytes.to_vec() })
    }

    fn write(&self, out: &mut String) {
        let encoded = STANDARD.encode([&self.id, self.bytes.as_slice()].concat());
        let written = writeln!(out, "{DASH}{} {encoded}", self.name);
        debug_assert!(written.is_ok(), "writing to a string can't fail");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::{LogKey, LogPublicKey};

    /// What the documentation of Go's golang.org/x/mod/sumdb/note shows.
    const PETER: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
    const TEXT: &str =
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const PETER_LINE: &str =
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    const ENOCH_LINE: &str =
        "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

    #[test]
    fn a_note_of_go_is_read_and_written() {
        let text = format!("{TEXT}\n{PETER_LINE}{ENOCH_LINE}");
        let note = Note::parse(&text).unwrap();
        assert_eq!(note.text, TEXT);
        assert_eq!(note.to_text(), text);
        let peter = LogKey::parse(PETER).unwrap();
        assert_eq!(note.signatures[0].bytes, peter.sign(TEXT.as_bytes()));
        let enoch = LogPublicKey::parse(ENOCH).unwrap();
        let own: Vec<_> = note.signatures_of("EnochRoot", enoch.id()).collect();
        assert_eq!(own, [&note.signatures[1]]);
        assert!(enoch.verifies(TEXT.as_bytes(), own[0].bytes.as_slice().try_into().unwrap()));
        assert_eq!(note.signatures_of("PeterNeumann", enoch.id()).count(), 0);
    }

    #[test]
    fn the_text_may_have_empty_lines() {
        let note = Note::parse(&format!("\n\na\n\nb\n\n{PETER_LINE}")).unwrap();
        assert_eq!(note.text, "\n\na\n\nb\n");
    }

    #[test]
    fn what_is_no_note_is_refused() {
        let cases = [
            (TEXT.to_owned(), NoteError::Form),
            (String::new(), NoteError::Form),
            (format!("{TEXT}\n"), NoteError::Form),
            (format!("{TEXT}{PETER_LINE}"), NoteError::Form),
            (format!("{TEXT}\n{}", PETER_LINE.trim_end()), NoteError::Form),
            (format!("\u{1}{TEXT}\n{PETER_LINE}"), NoteError::Control),
            (format!("{TEXT}\n{}", PETER_LINE.replace("PeterNeumann", "Peter Neumann")), NoteError::Signature),
            (format!("{TEXT}\n{}", PETER_LINE.replace("PeterNeumann", "Peter+Neumann")), NoteError::Signature),
            (format!("{TEXT}\n{}", PETER_LINE.replace("=\n", "\n")), NoteError::Signature),
            (format!("{TEXT}\n— PeterNeumann x08gow==\n"), NoteError::Signature),
            (format!("{TEXT}\n- PeterNeumann x08go/ZJ\n"), NoteError::Signature),
            (format!("{TEXT}\n{}", PETER_LINE.repeat(MAX_SIGNATURES + 1)), NoteError::Signatures),
            ("x".repeat(MAX_NOTE + 1), NoteError::Length),
        ];
        for (note, error) in cases {
            assert_eq!(Note::parse(&note), Err(error), "{note}");
        }
        assert!(Note::parse(&format!("{TEXT}\n{}", PETER_LINE.repeat(MAX_SIGNATURES))).is_ok());
    }

    proptest! {
        #[test]
        fn any_text_is_a_note_or_refused(note in "(a|\n|— |b |[A-Za-z0-9+/=]{8}|\\PC){0,30}") {
            if let Ok(parsed) = Note::parse(&note) {
                prop_assert_eq!(parsed.to_text(), note);
            }
        }
    }
}
