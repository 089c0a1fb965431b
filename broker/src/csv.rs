//! Comma-separated values (RFC 4180), made so that a spreadsheet shows what was said and runs none of it.
//!
//! Customers and operators choose some of the texts. A cell that a spreadsheet would take for a formula (`=`, `+`, `-`,
//! `@`, a tab or a carriage return at its beginning) gets an apostrophe before it, as OWASP advises against CSV injection;
//! that goes for negative numbers too, of which there are none here.

use time::OffsetDateTime;
use time::macros::format_description;

/// What a file begins with, so that Excel reads it as UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Appends one line.
pub fn line<'a>(out: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        append(out, cell);
    }
    out.push_str("\r\n");
}

fn append(out: &mut String, cell: &str) {
    let harmless = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    if !cell.contains([',', '"', '\r', '\n']) {
        out.extend([harmless, cell]);
        return;
    }
    out.extend(["\"", harmless]);
    for part in cell.split_inclusive('"') {
        out.push_str(part);
        if part.ends_with('"') {
            out.push('"');
        }
    }
    out.push('"');
}

/// A time (Unix milliseconds) in ISO 8601, UTC; nothing for one that no calendar has.
#[must_use]
pub fn utc(unix_ms: i64) -> String {
    let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(unix_ms) * 1_000_000);
    time.ok().and_then(|time| time.format(&form).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(cells: &[&str]) -> String {
        let mut out = String::new();
        line(&mut out, cells.iter().copied());
        out
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        assert_eq!(written(&["a", "", "김민수"]), "a,,김민수\r\n");
        assert_eq!(
            written(&["a,b", "say \"hi\"", "two\nlines", "\""]),
            "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\"\"\"\"\r\n"
        );
    }

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("+82 2", "'+82 2"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("\rx", "\"'\rx\""),
            ("=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\""),
            ("1=1", "1=1"),
        ] {
            assert_eq!(written(&[cell]), format!("{expected}\r\n"), "{cell}");
        }
    }

    #[test]
    fn times_are_written_for_people_and_programs() {
        assert_eq!(utc(1_795_000_000_007), "2026-11-18T11:06:40.007Z");
        assert_eq!(utc(i64::MAX), "");
    }
}
