//! Who works there: operators in groups, each group with its supervisor, and an auditor.

use std::collections::BTreeSet;

use beside_broker_core::name::PersonName;
use beside_broker_core::{Account, Address, password};
use beside_protocol::api::Role;
use beside_protocol::ids::OperatorId;
use zeroize::Zeroizing;

use super::dice::Dice;
use super::{DemoDataError, names, places};
use crate::audit::{Action, Actor, Event};
use crate::clock::random;
use crate::credentials::hashing;
use crate::storage::Storage;
use crate::storage::accounts::{NewAccount, name_key};

/// Sessions of an operator in a year.
const SESSIONS_EACH: u64 = 2_000;
const OPERATORS_LEAST: u64 = 5;
/// Operators of a group.
const GROUP: usize = 25;

const GROUPS: &[&str] = &["고객지원", "コールセンター", "Second line", "Field service", "법인 고객", "夜間窓口"];

/// An operator.
#[derive(Debug)]
pub(super) struct Operator {
    pub(super) id: OperatorId,
    /// Where the operator usually sits.
    pub(super) desk: Address,
    /// When the operator's day begins and ends, in hours of the day.
    pub(super) shift: (i64, i64),
}

const SHIFTS: &[(i64, i64)] = &[(7, 16), (9, 18), (9, 18), (9, 18), (12, 21)];

/// Those for so many sessions, as their accounts were made at a moment (Unix milliseconds). Nobody knows their passwords.
pub(super) async fn hire(
    storage: &Storage,
    sessions: u64,
    at: i64,
    dice: &mut Dice,
) -> Result<Vec<Operator>, DemoDataError> {
    let mut office = Office::open(storage, at).await?;
    let mut operators = Vec::new();
    for _ in 0..sessions.div_ceil(SESSIONS_EACH).max(OPERATORS_LEAST) {
        let id = office.employ(Role::Operator, dice).await?;
        operators.push(Operator { id, desk: places::desk(dice), shift: *dice.pick(SHIFTS) });
    }
    for members in operators.chunks(GROUP) {
        let supervisor = office.employ(Role::Supervisor, dice).await?;
        office.found(members, &supervisor, dice).await?;
    }
    office.employ(Role::Auditor, dice).await?;
    office.writing.commit().await?;
    Ok(operators)
}

struct Office<'a> {
    writing: crate::storage::writing::Writing<'a>,
    taken: BTreeSet<String>,
    groups: BTreeSet<String>,
    hash: Zeroizing<String>,
    at: i64,
}

impl<'a> Office<'a> {
    async fn open(storage: &'a Storage, at: i64) -> Result<Self, DemoDataError> {
        let taken = storage.accounts(None, u64::from(u32::MAX)).await?.iter().map(|one| name_key(&one.name)).collect();
        let groups = storage.groups().await?.iter().map(|group| name_key(&group.name)).collect();
        // Of a password that nobody gets to see: a link from an administrator gives an account another one.
        let hash = Zeroizing::new(hashing::hash(&password::generate(&mut random()), &mut random())?);
        Ok(Self { writing: storage.writing().await?, taken, groups, hash, at })
    }

    async fn employ(&mut self, role: Role, dice: &mut Dice) -> Result<OperatorId, DemoDataError> {
        let name = untaken(&mut self.taken, names::person(dice));
        let name = PersonName::parse(&name).ok_or(DemoDataError::Invalid("name"))?;
        let id = id('u', dice).parse().map_err(|_| DemoDataError::Invalid("id"))?;
        let account = Account { id, role };
        let new = NewAccount { account: &account, name: &name, password: Some(&self.hash) };
        self.writing.add_account(new, Actor::CommandLine, self.at).await?;
        Ok(account.id)
    }

    async fn found(
        &mut self,
        members: &[Operator],
        supervisor: &OperatorId,
        dice: &mut Dice,
    ) -> Result<(), DemoDataError> {
        let id = id('g', dice);
        let name = untaken(&mut self.groups, (*dice.pick(GROUPS)).to_owned());
        let event = |action| Event::new(action, Actor::CommandLine, self.at);
        self.writing.add_group(&id, &name, event(Action::GroupCreated)).await?;
        for account in members.iter().map(|member| &member.id).chain([supervisor]) {
            self.writing.join_group(&id, account, event(Action::GroupJoined)).await?;
        }
        Ok(())
    }
}

/// The name, or with the first number that nobody has yet.
fn untaken(taken: &mut BTreeSet<String>, name: String) -> String {
    let mut numbered = name.clone();
    let mut number = 1;
    while !taken.insert(name_key(&numbered)) {
        number += 1;
        numbered = format!("{name} {number}");
    }
    numbered
}

fn id(kind: char, dice: &mut Dice) -> String {
    format!("{kind}-{:016x}", dice.next())
}
