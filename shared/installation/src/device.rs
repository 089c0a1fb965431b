//! The number of this computer, another one for each organisation.

use std::collections::BTreeMap;

use beside_identity::statement::BrokerAddress;
use beside_protocol::DeviceId;

use crate::folder::{DataFolder, FolderError};

const FILE: &str = "devices.json";

/// By the broker's `host:port`: the organisation's server, which alone is told.
type Devices = BTreeMap<String, DeviceId>;

/// This computer's number at an organisation's broker; `fresh` becomes it if there is none yet. None where it can't be
/// kept: a number that changes each time would count one customer as many.
#[must_use]
pub fn device(data: &DataFolder, broker: &BrokerAddress, fresh: DeviceId) -> Option<DeviceId> {
    let devices = load(data)?;
    match devices.get(&broker.to_string()) {
        Some(device) => Some(*device),
        None => keep(data, devices, broker, fresh),
    }
}

/// Puts `fresh` in the place of this computer's number at an organisation's broker. None as above; the old one is gone
/// only if `fresh` is there.
#[must_use]
pub fn renew_device(data: &DataFolder, broker: &BrokerAddress, fresh: DeviceId) -> Option<DeviceId> {
    keep(data, load(data)?, broker, fresh)
}

/// A file that holds something else is begun anew; one that can't be read may come back.
fn load(data: &DataFolder) -> Option<Devices> {
    match data.load::<Devices>(FILE) {
        Ok(devices) => Some(devices.unwrap_or_default()),
        Err(FolderError::Unreadable(..)) => Some(Devices::new()),
        Err(_) => None,
    }
}

fn keep(data: &DataFolder, mut devices: Devices, broker: &BrokerAddress, device: DeviceId) -> Option<DeviceId> {
    devices.insert(broker.to_string(), device);
    let kept = data.save(FILE, &devices);
    kept.inspect_err(|error| tracing::warn!(%error, "this computer's number can't be kept")).ok().map(|()| device)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> BrokerAddress {
        address.parse().unwrap()
    }

    #[test]
    fn each_organisation_has_a_number_that_stays_until_it_is_drawn_anew() {
        let place = tempfile::tempdir().unwrap();
        let data = DataFolder::at(place.path().join("app")).unwrap();
        let [one, two, three] = [1, 2, 3].map(|bits| DeviceId::from_random(bits << 4));
        let (daon, other) = (at("broker.example:443"), at("other.example:443"));
        assert_eq!(device(&data, &daon, one), Some(one));
        assert_eq!(device(&data, &daon, two), Some(one));
        assert_eq!(device(&data, &other, two), Some(two));
        assert_eq!(renew_device(&data, &daon, three), Some(three));
        assert_eq!(device(&data, &daon, two), Some(three));
        assert_eq!(device(&data, &other, one), Some(two));
    }

    #[test]
    fn a_number_that_cannot_be_kept_is_none() {
        let place = tempfile::tempdir().unwrap();
        let data = DataFolder::at(place.path().join("app")).unwrap();
        std::fs::create_dir(data.path("devices.json.new")).unwrap();
        assert_eq!(device(&data, &at("broker.example:443"), DeviceId::from_random(16)), None);
    }

    #[test]
    fn a_file_that_somebody_damaged_is_begun_anew() {
        let place = tempfile::tempdir().unwrap();
        let data = DataFolder::at(place.path().join("app")).unwrap();
        std::fs::write(data.path(FILE), "{\"broker.example:443\": 7}").unwrap();
        let fresh = DeviceId::from_random(16);
        assert_eq!(device(&data, &at("broker.example:443"), fresh), Some(fresh));
    }
}
