//! The numbers of customers' computers, and who had most sessions.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::str::FromStr;

use beside_protocol::WireError;
use beside_protocol::device::DeviceId;

use super::figures::Gathered;
use super::query::{Part, PartKey, Series};
use super::rows::SessionRow;

/// Computers that have a part of their own in an answer that is split by them: those with most sessions.
pub const BUSIEST: usize = 50;

/// A customer's computer, by its number or for want of one: apps that keep none give none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Computer {
    /// The one of this number.
    Numbered(DeviceId),
    /// Any without a number.
    Unnumbered,
}

/// What stands for [`Computer::Unnumbered`].
const NONE: &str = "none";

impl FromStr for Computer {
    type Err = WireError;

    /// `none`, or a number as a person types it.
    fn from_str(text: &str) -> Result<Self, WireError> {
        if text == NONE { Ok(Self::Unnumbered) } else { text.parse().map(Self::Numbered) }
    }
}

/// The place in [`Devices`] of a session without a number.
pub(super) const NOWHERE: u32 = u32::MAX;

/// Devices by their places, so that a row needs only that.
#[derive(Debug, Default)]
pub(super) struct Devices {
    ids: Vec<DeviceId>,
    places: HashMap<DeviceId, u32>,
}

impl Devices {
    pub(super) const fn len(&self) -> usize {
        self.ids.len()
    }

    /// The place of a device, a new one if it was not known.
    pub(super) fn place(&mut self, device: Option<DeviceId>) -> u32 {
        let Some(device) = device else { return NOWHERE };
        *self.places.entry(device).or_insert_with(|| {
            let place = u32::try_from(self.ids.len()).unwrap_or(NOWHERE);
            self.ids.push(device);
            place
        })
    }

    /// The device in a place.
    pub(super) fn at(&self, place: u32) -> Option<DeviceId> {
        self.ids.get(place as usize).copied()
    }

    /// What is looked for in rows.
    pub(super) fn sought(&self, computer: Option<Computer>) -> Sought {
        match computer {
            None => Sought::Anybody,
            Some(Computer::Unnumbered) => Sought::Nowhere,
            Some(Computer::Numbered(device)) => self.places.get(&device).map_or(Sought::Nobody, |at| Sought::At(*at)),
        }
    }

    /// Those with most of these rows, most first.
    pub(super) fn busiest(&self, rows: impl Iterator<Item = SessionRow>) -> Vec<(u32, DeviceId)> {
        let mut sessions = vec![0_u32; self.ids.len()];
        for row in rows {
            if let Some(count) = row.device.and_then(|place| sessions.get_mut(place as usize)) {
                *count += 1;
            }
        }
        let counted = (0..).zip(&self.ids).zip(sessions).filter(|(_, count)| *count > 0);
        // Places hang on the order in which rows came; ids don't.
        let mut ranked: Vec<_> = counted.map(|((place, id), count)| (Reverse(count), *id, place)).collect();
        if ranked.len() > BUSIEST {
            ranked.select_nth_unstable(BUSIEST);
            ranked.truncate(BUSIEST);
        }
        ranked.sort_unstable();
        ranked.into_iter().map(|(_, id, place)| (place, id)).collect()
    }
}

/// Whose sessions are looked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sought {
    Anybody,
    At(u32),
    /// Those without a number.
    Nowhere,
    /// Those of a device that never came.
    Nobody,
}

impl Sought {
    pub(super) fn finds(self, device: Option<u32>) -> bool {
        match self {
            Self::Anybody => true,
            Self::At(place) => device == Some(place),
            Self::Nowhere => device.is_none(),
            Self::Nobody => false,
        }
    }
}

/// Which devices there were.
pub(super) struct Seen {
    places: Vec<bool>,
    pub(super) count: u64,
}

impl Seen {
    pub(super) fn none_of(devices: &Devices) -> Self {
        Self { places: vec![false; devices.len()], count: 0 }
    }

    pub(super) fn see(&mut self, row: &SessionRow) {
        if let Some(seen) = row.device.and_then(|place| self.places.get_mut(place as usize)) {
            self.count += u64::from(!std::mem::replace(seen, true));
        }
    }
}

/// The parts of an answer that is split by device, in the making: totals only, since so many parts of many buckets would be
/// more than an answer may have.
pub(super) struct DeviceParts {
    busiest: Vec<(u32, DeviceId)>,
    /// Of the busiest, their indexes by their places.
    indexes: HashMap<u32, usize>,
    /// Of the busiest in their order.
    gathered: Vec<Gathered>,
    others: Gathered,
    unnumbered: Gathered,
}

impl DeviceParts {
    pub(super) fn of(busiest: Vec<(u32, DeviceId)>) -> Self {
        Self {
            indexes: busiest.iter().map(|(place, _)| *place).zip(0..).collect(),
            gathered: busiest.iter().map(|_| Gathered::default()).collect(),
            others: Gathered::default(),
            unnumbered: Gathered::default(),
            busiest,
        }
    }

    pub(super) fn session(&mut self, row: &SessionRow) {
        let part = match row.device {
            None => &mut self.unnumbered,
            Some(place) => {
                let index = self.indexes.get(&place).copied();
                index.and_then(|index| self.gathered.get_mut(index)).unwrap_or(&mut self.others)
            }
        };
        part.session(row);
    }

    /// Those that have any rows: the busiest first, then all others, then those without a number.
    pub(super) fn finish(self) -> Vec<Part> {
        let busiest = self.busiest.into_iter().map(|(_, id)| PartKey::Device(id)).zip(self.gathered);
        busiest
            .chain([(PartKey::OtherDevices, self.others), (PartKey::NoDevice, self.unnumbered)])
            .map(|(key, gathered)| Part { key, series: Series { total: gathered.figures(), buckets: Vec::new() } })
            .filter(|part| part.series.total.sessions > 0)
            .collect()
    }
}
