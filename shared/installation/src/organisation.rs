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
    find_organisation_in(&beside.unwrap_or_else(|| PathBuf::from(".")), trust, data, now)
}

/// Reads `org.json` from this folder, as [`find_organisation`] does from the executable's.
///
/// # Errors
/// As for [`find_organisation`].
pub fn find_organisation_in(folder: &Path, trust: &Trust, data: &DataFolder, now: UnixTime) -> Result<Found, Fault> {
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
    if error == ErrorCode::OrganisationExpired && fast {
        Fault { error: ErrorCode::Clock, clock: Some(now) }
    } else {
        Fault { error, clock: None }
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

#[cfg(test)]
mod tests {
    use std::fs;

    use beside_identity::statement::{ORGANISATION_LIFE_MAX, issue};
    use beside_identity::{PublicKey, SigningKey};

    use super::*;

    const BORN: UnixTime = UnixTime(1_800_000_000);

    struct Place {
        folder: tempfile::TempDir,
        data: DataFolder,
        vendor: SigningKey,
        trust: Trust,
    }

    impl Place {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let data = DataFolder::at(folder.path().join("data")).unwrap();
            let vendor = SigningKey::from_bytes(&[3; 32]).unwrap();
            let trust = Trust { vendor_keys: vec![vendor.public()], authorities: Vec::new() };
            Self { folder, data, vendor, trust }
        }

        fn put(&self, signer: &SigningKey, issued: UnixTime) {
            let key: PublicKey = SigningKey::from_bytes(&[4; 32]).unwrap().public();
            let organisation = Organisation {
                name: "Daon Bank".to_owned(),
                call_back: "1588-0000".to_owned(),
                broker: "broker.example:443".parse().unwrap(),
                keys: vec![key],
                logo: [0; 32],
            };
            let statement = issue(&organisation, signer, issued, issued + ORGANISATION_LIFE_MAX).unwrap();
            fs::write(self.folder.path().join(FILE), organisation_file::write(&statement)).unwrap();
        }

        fn find(&self, now: UnixTime) -> Result<Found, Fault> {
            find_organisation_in(self.folder.path(), &self.trust, &self.data, now)
        }
    }

    #[test]
    fn without_a_file_there_is_no_organisation_and_no_fault() {
        assert!(Place::new().find(BORN).unwrap().organisation.is_none());
    }

    #[test]
    fn a_good_file_names_the_organisation() {
        let place = Place::new();
        place.put(&place.vendor, BORN);
        assert_eq!(place.find(BORN).unwrap().organisation.unwrap().body().name, "Daon Bank");
    }

    #[test]
    fn a_file_that_is_there_and_not_good_never_counts_as_absent() {
        let place = Place::new();
        let invalid = Some(Fault { error: ErrorCode::OrganisationInvalid, clock: None });
        place.put(&SigningKey::from_bytes(&[9; 32]).unwrap(), BORN);
        assert_eq!(place.find(BORN).err(), invalid, "another vendor");
        for content in [&b""[..], b"{", b"{\"statement\": 7}", &[b' '; organisation_file::FILE_MAX + 1]] {
            fs::write(place.folder.path().join(FILE), content).unwrap();
            assert_eq!(place.find(BORN).err(), invalid);
        }
    }

    #[test]
    fn an_older_file_never_replaces_a_newer() {
        let place = Place::new();
        place.put(&place.vendor, BORN + 60);
        place.find(BORN + 60).unwrap();
        place.put(&place.vendor, BORN);
        assert_eq!(place.find(BORN + 60).err(), Some(Fault { error: ErrorCode::OrganisationInvalid, clock: None }));
    }

    #[test]
    fn an_expired_file_is_told_from_a_clock_that_is_fast() {
        let place = Place::new();
        place.put(&place.vendor, BORN);
        let late = BORN + ORGANISATION_LIFE_MAX + 1;
        assert_eq!(place.find(late).err(), Some(Fault { error: ErrorCode::OrganisationExpired, clock: None }));
        remember_status(&place.data, BORN);
        assert_eq!(place.find(late).err(), Some(Fault { error: ErrorCode::Clock, clock: Some(late) }));
    }
}
