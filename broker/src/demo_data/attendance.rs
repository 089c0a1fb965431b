//! Who is signed in on a day, and who tried to be.

use beside_broker_core::effect::SignInOutcome;
use beside_broker_core::{Address, Record, TokenHash};
use beside_protocol::ids::OperatorId;

use super::calendar::Day;
use super::dice::Dice;
use super::people::Operator;
use super::places;

/// Operators who work on a working day, and on a free one, of a thousand.
const AT_WORK: [u64; 2] = [880, 120];
/// People come up to so many milliseconds early, and go as late.
const LEEWAY: u64 = 40 * 60_000;
/// Between two tries of one who mistypes, in milliseconds.
const AGAIN: u64 = 9_000;

/// Somebody at work.
pub(super) struct Present<'a> {
    pub(super) operator: &'a Operator,
    /// From where today.
    pub(super) address: Address,
    from: i64,
    until: i64,
}

impl Present<'_> {
    /// Whether it is this operator's time to help.
    pub(super) const fn is_there(&self, at: i64) -> bool {
        self.from <= at && at < self.until
    }
}

/// The sign-ins of a day, added to `records`; and who is there. There is always somebody.
pub(super) fn of_day<'a>(
    day: Day,
    operators: &'a [Operator],
    dice: &mut Dice,
    records: &mut Vec<(i64, Record)>,
) -> Vec<Present<'a>> {
    let at_work = AT_WORK[usize::from(!day.working)];
    let someone = dice.pick(operators);
    let mut present = Vec::new();
    for operator in operators {
        if !dice.of_thousand(at_work) && operator.id != someone.id {
            continue;
        }
        // One in ten works from elsewhere.
        let address = if dice.of_thousand(100) { places::customer(dice) } else { operator.desk };
        let from = day.at(operator.shift.0, 0) - i64::try_from(dice.below(LEEWAY)).unwrap_or(0);
        let until = day.at(operator.shift.1, dice.below(LEEWAY));
        sign_in(&operator.id, address, from, until, dice, records);
        present.push(Present { operator, address, from, until });
    }
    strangers(day, operators, dice, records);
    present
}

fn sign_in(
    account: &OperatorId,
    address: Address,
    from: i64,
    until: i64,
    dice: &mut Dice,
    records: &mut Vec<(i64, Record)>,
) {
    let mut at = from;
    while dice.of_thousand(60) {
        records.push((at, tried(Some(account), address, SignInOutcome::WrongPassword, at)));
        at += i64::try_from(dice.around(AGAIN)).unwrap_or(0);
    }
    let token = TokenHash(dice.bytes());
    records.push((at, tried(Some(account), address, SignInOutcome::SignedIn, at)));
    records.push((at, Record::SignInBegan { account: account.clone(), token, at }));
    // Whoever needed many tries still stays until the end.
    let until = until.max(at);
    records.push((until, Record::SignInEnded { account: account.clone(), token, at: until }));
}

/// Those who try names and passwords: some every day, and now and then more.
fn strangers(day: Day, operators: &[Operator], dice: &mut Dice, records: &mut Vec<(i64, Record)>) {
    for _ in 0..dice.around(2) {
        let (address, mut at) = (places::stranger(dice), day.at(0, dice.below(86_000_000)));
        let account = dice.of_thousand(300).then(|| &dice.pick(operators).id);
        let outcome = match account {
            Some(_) if dice.of_thousand(200) => SignInOutcome::AddressRefused,
            Some(_) => SignInOutcome::WrongPassword,
            None => SignInOutcome::UnknownName,
        };
        for _ in 0..dice.between(1, 5) {
            records.push((at, tried(account, address, outcome, at)));
            at += i64::try_from(dice.around(AGAIN)).unwrap_or(0);
        }
    }
}

fn tried(account: Option<&OperatorId>, address: Address, outcome: SignInOutcome, at: i64) -> Record {
    Record::SignIn { account: account.cloned(), address, outcome, at }
}
