//! The canonical JSON of an entry, written by hand: what is hashed must not change with a library.
//!
//! Fields in the order of [`Entry`], without white space; absent and empty ones are left out; keys of objects sorted by
//! their bytes; strings and whole numbers as in RFC 8785 (3.2.2).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Entry, Scalar};
use crate::names::{Field, Id};

pub(super) fn write(entry: &Entry) -> String {
    let mut out = String::with_capacity(256);
    push(&mut out, format_args!("{{\"seq\":{},\"at\":{}", entry.seq, entry.at));
    text(&mut out, "account", entry.account.as_ref().map(Id::as_str));
    text(&mut out, "via", Some(&entry.via.to_string()));
    text(&mut out, "action", Some(entry.action.as_str()));
    text(&mut out, "about", entry.about.as_ref().map(Id::as_str));
    object(&mut out, "detail", &entry.detail, |out, value| match value {
        Scalar::Flag(flag) => push(out, format_args!("{flag}")),
        Scalar::Number(number) => push(out, format_args!("{number}")),
        Scalar::Text(text) => string(out, text),
    });
    object(&mut out, "personal", &entry.personal, |out, hash| push(out, format_args!("\"{hash}\"")));
    out.push('}');
    out
}

/// `,"name":"…"`, or nothing if it is absent. Never the first field.
fn text(out: &mut String, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        push(out, format_args!(",\"{name}\":"));
        string(out, text);
    }
}

/// `,"name":{…}`, or nothing if there is nothing in it. The map's order is that of the keys' bytes.
fn object<V>(out: &mut String, name: &str, map: &BTreeMap<Field, V>, value: impl Fn(&mut String, &V)) {
    for (index, (key, item)) in map.iter().enumerate() {
        if index == 0 {
            push(out, format_args!(",\"{name}\":{{\"{key}\":"));
        } else {
            push(out, format_args!(",\"{key}\":"));
        }
        value(out, item);
    }
    if !map.is_empty() {
        out.push('}');
    }
}

fn string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            control if control < ' ' => push(out, format_args!("\\u{:04x}", u32::from(control))),
            plain => out.push(plain),
        }
    }
    out.push('"');
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    let written = out.write_fmt(text);
    debug_assert!(written.is_ok(), "writing to a string can't fail");
}
