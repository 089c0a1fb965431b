//! Revocation lists of a certificate authority, as OpenSSL reads them out.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use time::{Date, Month, PrimitiveDateTime, Time};

use super::windows::Trust;
use crate::clock;
use crate::command::Tool;

/// A revoked certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Revocation {
    /// Hexadecimal without leading zeros.
    pub(super) serial: String,
    /// Unix seconds.
    pub(super) since: u64,
}

/// Reads a list in PEM.
///
/// # Errors
/// It is not signed by the authority for programs, or its time is over: a newer one may revoke more.
pub(super) fn read(list: &Path, trust: &Trust) -> Result<Vec<Revocation>> {
    let arguments = ["crl".as_ref(), "-noout".as_ref(), "-text".as_ref(), "-in".as_ref(), list.as_os_str()];
    let tool = Tool::new("openssl").args(arguments).args(["-CAfile".as_ref(), trust.authorities.as_os_str()]);
    let ended = tool.ended()?;
    let said = ended.said();
    // OpenSSL says so only in words.
    ensure!(ended.success() && said.contains("verify OK"), "{} is not the authority's", list.display());
    let next = said.lines().find_map(|line| line.trim().strip_prefix("Next Update:")).and_then(unix_seconds);
    let next = next.with_context(|| format!("{} does not say until when it holds", list.display()))?;
    ensure!(trust.at.unwrap_or_else(clock::unix_seconds) < next, "{} is out of date", list.display());
    entries(&said)
}

fn entries(said: &str) -> Result<Vec<Revocation>> {
    let mut found = Vec::new();
    let mut serial = None;
    for line in said.lines().map(str::trim) {
        if let Some(number) = line.strip_prefix("Serial Number:") {
            serial = Some(plain_serial(number.trim()));
        } else if let Some(date) = line.strip_prefix("Revocation Date:") {
            let (Some(serial), Some(since)) = (serial.take(), unix_seconds(date)) else {
                bail!("the revocation list can't be read: {line}");
            };
            found.push(Revocation { serial, since });
        }
    }
    Ok(found)
}

/// A serial number as both programs write it, without leading zeros and in capitals.
pub(super) fn plain_serial(serial: &str) -> String {
    serial.trim_start_matches('0').to_uppercase()
}

/// The Unix second of OpenSSL's `Nov 22 22:43:10 2026 GMT`.
pub(super) fn unix_seconds(date: &str) -> Option<u64> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let words: Vec<&str> = date.split_whitespace().collect();
    let [month, day, time, year, "GMT"] = words[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)?;
    let month = Month::try_from(u8::try_from(month + 1).ok()?).ok()?;
    let date = Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()?;
    let parts: Vec<u8> = time.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [hour, minute, second] = parts[..] else { return None };
    let time = Time::from_hms(hour, minute, second).ok()?;
    u64::try_from(PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_openssl() {
        assert_eq!(unix_seconds(" Nov 22 22:43:10 2026 GMT"), Some(1_795_387_390));
        assert_eq!(unix_seconds("Jan  1 00:00:00 1970 GMT"), Some(0));
        assert_eq!(unix_seconds("Nov 31 22:43:10 2026 GMT"), None);
        assert_eq!(unix_seconds("Nov 22 22:43:10 2026"), None);
    }

    #[test]
    fn entries_are_read_in_pairs() {
        let said =
            "Revoked Certificates:\n    Serial Number: 0A1b\n        Revocation Date: Jan  1 00:00:09 1970 GMT\n";
        assert_eq!(entries(said).unwrap(), [Revocation { serial: "A1B".to_owned(), since: 9 }]);
        assert!(entries("Revocation Date: Jan  1 00:00:09 1970 GMT").is_err());
        assert!(entries("Serial Number: 0A\nRevocation Date: yesterday").is_err());
        assert_eq!(entries("No Revoked Certificates.").unwrap(), []);
    }
}
