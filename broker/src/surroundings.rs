//! What the broker stands on and could lose: the disk of its database, and its TLS certificate's time.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::Config;
use crate::tls::Certificate;

const DAY: i64 = 86_400_000;

/// What is looked at.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The folder of the database's file; none for a database elsewhere.
    folder: Option<PathBuf>,
    certificate: Arc<Certificate>,
}

impl Surroundings {
    /// The surroundings of a broker.
    #[must_use]
    pub fn new(config: &Config, certificate: Arc<Certificate>) -> Self {
        Self { folder: folder(&config.database.url), certificate }
    }

    /// How much of the database's disk is free, from 0 to 1; nothing if that can't be told from here.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a ratio of bytes is needed to a percent")]
    pub fn disk_free(&self) -> Option<f64> {
        let folder = self.folder.as_ref()?;
        let (free, all) = (fs4::available_space(folder).ok()?, fs4::total_space(folder).ok()?);
        (all > 0).then(|| free as f64 / all as f64)
    }

    /// Whole days from `now` (Unix milliseconds) until the certificate ends; negative after it.
    #[must_use]
    pub fn certificate_days(&self, now: i64) -> Option<i64> {
        self.certificate.expires().map(|expires| (expires - now).div_euclid(DAY))
    }
}

/// The folder of an SQLite file.
fn folder(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?.trim_start_matches("//");
    let path = path.split('?').next().unwrap_or(path);
    let folder = Path::new(path).parent()?;
    Some(if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_disk_is_that_of_the_file() {
        assert_eq!(folder("sqlite:beside.sqlite?mode=rwc"), Some(".".into()));
        assert_eq!(folder("sqlite:///var/lib/beside/b.sqlite"), Some("/var/lib/beside".into()));
        assert_eq!(folder("postgres://beside@localhost/beside"), None);
    }
}
