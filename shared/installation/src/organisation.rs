//! The organisation that this copy of the app belongs to.

use std::path::{Path, PathBuf};

use beside_identity::statement::STATUS_LIFE_MAX;
use beside_identity::{Organisation, UnixTime, Verified, organisation_file};
use beside_protocol::ErrorCode;
use serde::{Deserialize, Serialize};

use crate::folder::{DataFolder, read_capped};
use crate::trust::Trust;

const FILE: &str = "org.json";
/// Remembers the newest statements, so that an older one never takes their place.
const SEEN: &str = "seen.json";

#[derive(Debug, Default, Serialize, Deserialize)]
struct Seen {
    organisation: Option<u64>,
    status: Option<u64>,
}

/// What was found at start.
#[derive(Debug, Clone)]
pub struct Found {
    /// The organisation, or nothing if there is no org.json.
    pub organisation: Option<Verified<Organisation>>,
    /// When the newest status was issued that this machine has seen.
    pub newest_status: Option<UnixTime>,
}

/// There is an org.json, but it names no organisation that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What to tell the person.
    pub error: ErrorCode,
    /// What this machine's clock shows, if the clock is the likely culprit.
    pub clock: Option<UnixTime>,
}

/// Reads `org.json` from the folder of the app's own executable.
///
/// # Errors
/// The file is there and is not good. It never counts as absent then.
pub fn find_organisation(trust: &Trust, data: &DataFolder, now: UnixTime) -> Result<Found, Fault> {
    let beside = std::env::current_exe().ok().and_then(|path| path.parent().map(Path::to_owned));
    find_in(&beside.unwrap_or_else(|| PathBuf::from(".")), trust, data, now)
}

fn find_in(folder: &Path, trust: &Trust, data: &DataFolder, now: UnixTime) -> Result<Found, Fault> {
    let invalid = Fault { error: ErrorCode::OrganisationInvalid, clock: None };
    let mut seen = data.load::<Seen>(SEEN).ok().flatten().unwrap_or_default();
    let newest_status = seen.status.map(UnixTime);
    let Some(file) = read_capped(&folder.join(FILE), organisation_file::FILE_MAX as u64).map_err(|_| invalid)? else {
        return Ok(Found { organisation: None, newest_status });
    };
    let organisation =
        organisation_file::read(&file, &trust.vendor_keys, now).map_err(|error| fault(error.code(), &seen, now))?;
    organisation.check_age(seen.organisation.map(UnixTime)).map_err(|_| invalid)?;
    if seen.organisation != Some(organisation.issued().0) {
        seen.organisation = Some(organisation.issued().0);
        // A machine that can't remember is no less able to help its user.
        let _ = data.save(SEEN, &seen);
    }
    Ok(Found { organisation: Some(organisation), newest_status })
}

/// A clock that is further ahead of everything signed than a status can live is the likelier culprit than the file.
fn fault(error: ErrorCode, seen: &Seen, now: UnixTime) -> Fault {
    let newest = seen.organisation.max(seen.status).map(UnixTime);
    let fast = newest.is_some_and(|newest| now > newest + STATUS_LIFE_MAX);
    match error {
        ErrorCode::OrganisationExpired if fast => Fault { error: ErrorCode::Clock, clock: Some(now) },
        other => Fault { error: other, clock: None },
    }
}

/// Remembers that a status was seen, so that an older one is refused from now on.
pub fn remember_status(data: &DataFolder, issued: UnixTime) {
    let mut seen = data.load::<Seen>(SEEN).ok().flatten().unwrap_or_default();
    if seen.status < Some(issued.0) {
        seen.status = Some(issued.0);
        let _ = data.save(SEEN, &seen);
    }
}
