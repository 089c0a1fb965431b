//! Who may use the broker from where and when, as it stands in the database: read once, asked on every request and for
//! every open socket.

use std::collections::{BTreeMap, BTreeSet};

use beside_broker_core::Address;
use beside_broker_core::address_rules::{AddressRange, AddressRules};
use beside_broker_core::hours::Hours;
use beside_protocol::ErrorCode;
use beside_protocol::ids::OperatorId;

use crate::storage::settings::Policy;

/// What is set for an account or a group.
#[derive(Debug, Default)]
pub struct Limits {
    /// From where.
    pub ranges: Vec<AddressRange>,
    /// When; at any time without it.
    pub hours: Option<Hours>,
}

/// Who or what may not be used for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blocked {
    /// An account.
    Account(OperatorId),
    /// Whoever is at these addresses.
    Range(AddressRange),
}

/// Every block, each with when it ends (Unix milliseconds).
#[derive(Debug, Default)]
pub struct Blocks {
    accounts: BTreeMap<OperatorId, i64>,
    ranges: Vec<(AddressRange, i64)>,
}

impl Blocks {
    /// Adds one; of two for the same account the later end counts.
    pub fn add(&mut self, blocked: Blocked, until: i64) {
        match blocked {
            Blocked::Account(account) => {
                let end = self.accounts.entry(account).or_insert(until);
                *end = until.max(*end);
            }
            Blocked::Range(range) => self.ranges.push((range, until)),
        }
    }

    /// Until when an address is blocked.
    #[must_use]
    pub fn of_address(&self, address: Address, now: i64) -> Option<i64> {
        let here = self.ranges.iter().filter(|(range, until)| *until > now && range.holds(address));
        here.map(|(_, until)| *until).max()
    }

    fn of_account(&self, account: &OperatorId, now: i64) -> bool {
        self.accounts.get(account).is_some_and(|until| *until > now)
    }
}

/// Everything that is set.
#[derive(Debug, Default)]
pub struct AccessRules {
    /// Whose accounts have ended; perhaps another process did that.
    pub ended: BTreeSet<OperatorId>,
    /// Who is blocked.
    pub blocks: Blocks,
    /// Of accounts, where anything is set.
    pub accounts: BTreeMap<OperatorId, Limits>,
    /// Of groups.
    pub groups: BTreeMap<String, Limits>,
    /// The groups of each account.
    pub memberships: BTreeMap<OperatorId, BTreeSet<String>>,
    /// The policy.
    pub policy: Policy,
}

impl AccessRules {
    /// Whether an account may be used from an address at a time (Unix milliseconds). Its own hours go before those of its
    /// groups; of several groups with hours one that is open is enough.
    ///
    /// # Errors
    /// [`ErrorCode::SignedOut`], [`ErrorCode::Blocked`], [`ErrorCode::AddressRefused`] or [`ErrorCode::HoursRefused`].
    pub fn admits(&self, account: &OperatorId, address: Address, unix_ms: i64) -> Result<(), ErrorCode> {
        if self.ended.contains(account) {
            return Err(ErrorCode::SignedOut);
        }
        if self.blocks.of_account(account, unix_ms) || self.blocks.of_address(address, unix_ms).is_some() {
            return Err(ErrorCode::Blocked);
        }
        let own = self.accounts.get(account);
        let groups: Vec<&Limits> =
            self.memberships.get(account).into_iter().flatten().filter_map(|group| self.groups.get(group)).collect();
        let rules = AddressRules {
            own: own.map(|own| own.ranges.clone()).unwrap_or_default(),
            groups: groups.iter().map(|group| group.ranges.clone()).collect(),
        };
        if !rules.admits(address, self.policy.unlisted_addresses) {
            return Err(ErrorCode::AddressRefused);
        }
        let open = match own.and_then(|own| own.hours.as_ref()) {
            Some(hours) => hours.admits(unix_ms),
            None => {
                let mut hours = groups.iter().filter_map(|group| group.hours.as_ref()).peekable();
                hours.peek().is_none() || hours.any(|hours| hours.admits(unix_ms))
            }
        };
        if open { Ok(()) } else { Err(ErrorCode::HoursRefused) }
    }

    /// The accounts that belong to `group`.
    #[must_use]
    pub fn members(&self, group: &str) -> BTreeSet<OperatorId> {
        self.memberships.iter().filter(|(_, groups)| groups.contains(group)).map(|(id, _)| id.clone()).collect()
    }

    /// The accounts that share a group with `account`.
    #[must_use]
    pub fn colleagues(&self, account: &OperatorId) -> BTreeSet<OperatorId> {
        let Some(groups) = self.memberships.get(account) else { return BTreeSet::new() };
        self.memberships.iter().filter(|(_, theirs)| !theirs.is_disjoint(groups)).map(|(id, _)| id.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use beside_broker_core::address_rules::Unlisted;
    use serde_json::json;

    use super::*;

    const MONDAY_NOON_UTC: i64 = 1_767_614_400_000;

    fn id(text: &str) -> OperatorId {
        text.parse().unwrap()
    }

    fn at(text: &str) -> Address {
        Address::from(text.parse::<IpAddr>().unwrap())
    }

    fn hours(from: &str, to: &str) -> Hours {
        let form = json!({ "zone": "Etc/UTC", "windows": [{ "days": ["mon"], "from": from, "to": to }] });
        Hours::parse(&serde_json::from_value(form).unwrap()).unwrap()
    }

    fn rules() -> AccessRules {
        let limits = |ranges: &[&str], hours| Limits {
            ranges: ranges.iter().map(|range| range.parse().unwrap()).collect(),
            hours,
        };
        AccessRules {
            accounts: [
                (id("kim"), limits(&["192.0.2.1"], None)),
                (id("lee"), limits(&[], Some(hours("00:00", "01:00")))),
            ]
            .into(),
            groups: [
                ("day".to_owned(), limits(&["198.51.100.0/24"], Some(hours("08:00", "18:00")))),
                ("night".to_owned(), limits(&[], Some(hours("18:00", "24:00")))),
            ]
            .into(),
            memberships: [
                (id("kim"), ["day".to_owned()].into()),
                (id("lee"), ["day".to_owned(), "night".to_owned()].into()),
                (id("choi"), ["night".to_owned()].into()),
            ]
            .into(),
            policy: Policy::default(),
            blocks: Blocks::default(),
            ended: BTreeSet::default(),
        }
    }

    #[test]
    fn a_block_goes_before_everything_and_ends_by_itself() {
        let mut rules = rules();
        let (here, there) = (at("198.51.100.7"), at("192.0.2.1"));
        rules.blocks.add(Blocked::Account(id("kim")), MONDAY_NOON_UTC + 2);
        rules.blocks.add(Blocked::Account(id("kim")), MONDAY_NOON_UTC + 1);
        assert_eq!(rules.admits(&id("kim"), here, MONDAY_NOON_UTC + 1), Err(ErrorCode::Blocked));
        assert_eq!(rules.admits(&id("kim"), here, MONDAY_NOON_UTC + 2), Ok(()));
        rules.blocks.add(Blocked::Range("198.51.100.0/28".parse().unwrap()), MONDAY_NOON_UTC + 9);
        assert_eq!(rules.admits(&id("kim"), here, MONDAY_NOON_UTC + 3), Err(ErrorCode::Blocked));
        assert_eq!(rules.admits(&id("kim"), there, MONDAY_NOON_UTC + 3), Ok(()));
        assert_eq!(rules.blocks.of_address(here, MONDAY_NOON_UTC), Some(MONDAY_NOON_UTC + 9));
        assert_eq!(rules.blocks.of_address(here, MONDAY_NOON_UTC + 9), None);
    }

    #[test]
    fn own_and_group_addresses_count_together() {
        let rules = rules();
        for (account, address, admitted) in [
            ("kim", "192.0.2.1", true),
            ("kim", "198.51.100.7", true),
            ("kim", "::ffff:198.51.100.7", true),
            ("kim", "192.0.2.2", false),
            ("stranger", "203.0.113.9", true),
        ] {
            assert_eq!(
                rules.admits(&id(account), at(address), MONDAY_NOON_UTC).is_ok(),
                admitted,
                "{account} at {address}"
            );
        }
        let mut strict = rules;
        strict.policy.unlisted_addresses = Unlisted::Refused;
        assert_eq!(strict.admits(&id("stranger"), at("203.0.113.9"), 0), Err(ErrorCode::AddressRefused));
    }

    #[test]
    fn own_hours_go_before_those_of_groups() {
        let rules = rules();
        let here = at("198.51.100.7");
        let hour = 3_600_000;
        assert_eq!(rules.admits(&id("kim"), here, MONDAY_NOON_UTC), Ok(()));
        assert_eq!(rules.admits(&id("kim"), here, MONDAY_NOON_UTC + 8 * hour), Err(ErrorCode::HoursRefused));
        assert_eq!(rules.admits(&id("choi"), here, MONDAY_NOON_UTC + 8 * hour), Ok(()));
        assert_eq!(rules.admits(&id("lee"), here, MONDAY_NOON_UTC), Err(ErrorCode::HoursRefused));
    }

    #[test]
    fn colleagues_share_a_group() {
        assert_eq!(rules().colleagues(&id("choi")), [id("choi"), id("lee")].into());
        assert!(rules().colleagues(&id("stranger")).is_empty());
    }
}
