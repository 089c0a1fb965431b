//! Answers against a recomputation that knows no columns, chunks or offsets, also where clocks change.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Weekday;
use proptest::prelude::*;

use beside_protocol::afterwards::Felt;

use super::*;
use crate::hours::Zone;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const ENDS: [EndReason; 4] = [EndReason::Stopped, EndReason::Refused, EndReason::Declined, EndReason::Lost];

/// A sign-in, as [`Ledger::add_sign_in`] takes it.
type SignIn = (i64, Option<OperatorId>, bool);

fn at(time: &str) -> i64 {
    time.parse::<Timestamp>().unwrap().as_millisecond()
}

fn id(number: u8) -> OperatorId {
    format!("u-{number}").parse().unwrap()
}

fn knock(operator: u8, knocked_at: i64) -> Attempt {
    Attempt {
        operator: id(operator),
        device: None,
        knocked_at,
        accepted_at: None,
        began_at: None,
        ended_at: knocked_at + 1_000,
        checked: false,
        end: EndReason::TimedOut,
        carried: None,
        said: Said::default(),
    }
}

fn ledger(attempts: &[Attempt], sign_ins: &[SignIn]) -> Ledger {
    let mut ledger = Ledger::with_room(usize::MAX);
    attempts.iter().for_each(|attempt| ledger.add(attempt));
    sign_ins.iter().for_each(|(at, account, refused)| ledger.add_sign_in(*at, account.as_ref(), *refused));
    ledger
}

fn query<'a>(zone: &'a Zone, step: Step, from: i64, before: i64) -> Query<'a> {
    Query { zone, step, from, before, accounts: None, computer: None, split: Split::Nothing }
}

fn counts(answer: &Answer) -> Vec<u64> {
    answer.whole.buckets.iter().map(|figures| figures.sessions).collect()
}

#[test]
fn days_have_as_many_hours_as_the_clock_shows() {
    let berlin = Zone::parse("Europe/Berlin").unwrap();
    // Summer time begins on 2026-03-29 and ends on 2026-10-25.
    for (from, before, hours) in [
        ("2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", 23),
        ("2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", 25),
        ("2026-11-22T00:00:00+01:00", "2026-11-23T00:00:00+01:00", 24),
    ] {
        let (from, before) = (at(from), at(before));
        let knocks: Vec<_> = (from..before).step_by((HOUR / 2) as usize).map(|time| knock(1, time)).collect();
        let ledger = ledger(&knocks, &[]);
        let by_day = ledger.ask(&query(&berlin, Step::Day, from, before)).unwrap();
        assert_eq!((by_day.edges, by_day.whole.buckets.len()), (vec![from, before], 1));
        assert_eq!(by_day.whole.total.sessions, 2 * hours);
        let by_hour = ledger.ask(&query(&berlin, Step::Hour, from, before)).unwrap();
        assert_eq!(counts(&by_hour), vec![2; hours as usize]);
        // Sunday's two o'clock is left out, or comes twice.
        let two = match hours {
            23 => 0,
            25 => 4,
            _ => 2,
        };
        assert_eq!((by_hour.week[6][2], by_hour.week[6][3]), (two, 2));
    }
}

#[test]
fn weeks_begin_on_monday_months_on_the_first_and_a_period_anywhere() {
    let seoul = Zone::parse("Asia/Seoul").unwrap();
    let (from, before) = (at("2026-10-30T12:00:00+09:00"), at("2026-11-10T12:00:00+09:00"));
    let ledger = ledger(&[], &[]);
    let edges = |step| ledger.ask(&query(&seoul, step, from, before)).unwrap().edges;
    let monday = |day: &str| at(&format!("2026-11-{day}T00:00:00+09:00"));
    assert_eq!(edges(Step::Week), [from, monday("02"), monday("09"), before]);
    assert_eq!(edges(Step::Month), [from, at("2026-11-01T00:00:00+09:00"), before]);
    assert_eq!(edges(Step::Day).len(), 13);
}

#[test]
fn an_hour_ends_where_clocks_change_within_it() {
    // In Newfoundland it was a minute past midnight, and an hour earlier again.
    let st_johns = Zone::parse("America/St_Johns").unwrap();
    let hours = ["01:30", "02:30", "02:31", "03:30", "04:30"].map(|time| at(&format!("2010-11-07T{time}:00Z")));
    let answer = ledger(&[], &[]).ask(&query(&st_johns, Step::Hour, hours[0], hours[4])).unwrap();
    assert_eq!(answer.edges, hours);
}

#[test]
fn spread_is_by_nearest_rank() {
    let utc = Zone::parse("UTC").unwrap();
    let waits = |times: &[i64]| {
        let accepted = |time: &i64| Attempt { accepted_at: Some(*time), ..knock(1, 0) };
        let attempts: Vec<_> = times.iter().map(accepted).collect();
        ledger(&attempts, &[]).ask(&query(&utc, Step::Day, 0, DAY)).unwrap().whole.total.waited
    };
    assert_eq!(waits(&[]), None);
    assert_eq!(waits(&[7]), Some(Spread { median: 7, p90: 7 }));
    assert_eq!(waits(&[3, 1, 2, 4]), Some(Spread { median: 2, p90: 4 }));
    let hundred: Vec<_> = (1..=100).rev().collect();
    assert_eq!(waits(&hundred), Some(Spread { median: 50, p90: 90 }));
    // Clocks that were set back, and waits that are longer than can be told.
    assert_eq!(waits(&[-5]), Some(Spread { median: 0, p90: 0 }));
    assert_eq!(waits(&[i64::MAX]), Some(Spread { median: u32::MAX - 1, p90: u32::MAX - 1 }));
}

#[test]
fn what_is_no_period_or_too_much_is_refused() {
    let seoul = Zone::parse("Asia/Seoul").unwrap();
    let knocks: Vec<_> = (0..10).map(|operator| knock(operator, i64::from(operator))).collect();
    let ledger = ledger(&knocks, &[]);
    let ask = |step, from, before| ledger.ask(&query(&seoul, step, from, before)).map(|_| ());
    assert_eq!(ask(Step::Day, 5, 5), Err(QueryError::Period));
    assert_eq!(ask(Step::Day, i64::MIN, i64::MAX), Err(QueryError::Period));
    assert_eq!(ask(Step::Month, 0, i64::MAX), Err(QueryError::Period));
    assert_eq!(ask(Step::Month, i64::MIN + 1, 0), Err(QueryError::Period));
    let most = i64::try_from(CELLS_MAX).unwrap();
    assert_eq!(ask(Step::Hour, 0, most * HOUR), Ok(()));
    assert_eq!(ask(Step::Hour, 0, most * HOUR + 1), Err(QueryError::TooMuch));
    let split = |hours| ledger.ask(&Query { split: Split::Accounts, ..query(&seoul, Step::Hour, 0, hours * HOUR) });
    assert_eq!(split(most / 11).unwrap().parts.len(), 10);
    assert_eq!(split(most / 11 + 1).map(|_| ()), Err(QueryError::TooMuch));
}

#[test]
fn the_oldest_day_goes_when_there_is_no_room() {
    let utc = Zone::parse("UTC").unwrap();
    let mut ledger = Ledger::with_room(3);
    for day in [2, 0, 0, 1] {
        ledger.add(&knock(1, day * DAY));
    }
    assert_eq!((ledger.sessions(), ledger.since()), (2, Some(DAY)));
    let answer = ledger.ask(&query(&utc, Step::Day, 0, 3 * DAY)).unwrap();
    assert_eq!(counts(&answer), [0, 1, 1]);
    for time in 0..4 {
        ledger.add_sign_in(2 * DAY + time, None, false);
    }
    assert_eq!(ledger.since(), Some(3 * DAY));
}

#[test]
fn those_who_come_most_have_parts_of_their_own() {
    let utc = Zone::parse("UTC").unwrap();
    // The customer of number n comes n times; seven give no number.
    let mut knocks: Vec<_> = (1..=60).flat_map(|number| vec![(number, 5); number as usize]).collect();
    knocks.reverse();
    let of = |(number, at): &(u64, i64)| Attempt { device: Some(device_of(*number)), ..knock(1, *at) };
    let mut attempts: Vec<_> = knocks.iter().map(of).collect();
    attempts.extend((0..7).map(|at| knock(2, at)));
    let query = Query { split: Split::Devices, ..query(&utc, Step::Hour, 0, DAY) };
    let answer = ledger(&attempts, &[]).ask(&query).unwrap();
    let parts: Vec<_> = answer.parts.iter().map(|part| (part.key.clone(), part.series.total.sessions)).collect();
    let mut expected: Vec<_> = (11..=60).rev().map(|number| (PartKey::Device(device_of(number)), number)).collect();
    expected.extend([(PartKey::OtherDevices, (1..=10).sum()), (PartKey::NoDevice, 7)]);
    assert_eq!(parts, expected);
    assert_eq!(answer.whole.total.customers, Some(60));
    assert_eq!(parts.iter().map(|(_, sessions)| sessions).sum::<u64>(), answer.whole.total.sessions);
}

#[test]
fn devices_go_with_their_days() {
    let utc = Zone::parse("UTC").unwrap();
    let mut ledger = Ledger::with_room(10);
    let of = |number: u64, day: i64| Attempt { device: Some(device_of(number)), ..knock(1, day * DAY) };
    for day in 0..100 {
        // A customer who comes every day, and four who come once.
        ledger.add(&of(7, day));
        (0..4).for_each(|more| ledger.add(&of(1_000 + 4 * day as u64 + more, day)));
        assert!(ledger.devices.len() <= ledger.sessions() + 5, "day {day}: {}", ledger.devices.len());
    }
    let device = Some(Computer::Numbered(device_of(7)));
    let query = Query { computer: device, ..query(&utc, Step::Day, 0, 100 * DAY) };
    assert_eq!(ledger.ask(&query).unwrap().whole.total.sessions, 2);
    let last = of(1_000 + 4 * 99, 99);
    assert!(ledger.amend(&last, &Attempt { checked: true, ..last.clone() }), "its row has its new place");
}

#[test]
fn what_is_known_later_takes_the_place_of_what_was_told_before() {
    let utc = Zone::parse("UTC").unwrap();
    let before = knock(1, 5);
    let mut ledger = ledger(&[before.clone(), before.clone(), knock(2, 5)], &[]);
    let now = Attempt { accepted_at: Some(7), began_at: Some(8), carried: Some(Carried::Direct), ..before.clone() };
    assert!(ledger.amend(&before, &now));
    let total = ledger.ask(&query(&utc, Step::Day, 0, DAY)).unwrap().whole.total;
    assert_eq!((total.sessions, total.began, total.direct), (3, 1, 1));
    assert_eq!(total.waited, Some(Spread { median: 2, p90: 2 }));
    assert_eq!(total.lasted, Some(Spread { median: 997, p90: 997 }));
    assert!(!ledger.amend(&Attempt { checked: true, ..before.clone() }, &now), "nothing was told so");
    assert!(!ledger.amend(&before, &knock(2, 5)), "another's");
}

#[test]
fn what_is_said_afterwards_counts_once_however_often_it_is_said() {
    let utc = Zone::parse("UTC").unwrap();
    let first = Said { outcome: Some(Outcome::CallBack), rating: Rating { solved: Some(false), felt: None } };
    let mut ledger = ledger(&[Attempt { said: first, ..knock(1, 5) }, knock(1, 6), knock(2, 5)], &[]);
    let last = Said { outcome: Some(Outcome::Solved), rating: Rating { solved: Some(true), felt: Some(Felt::Good) } };
    for _ in 0..2 {
        assert!(ledger.say(&id(1), 5, last));
    }
    assert!(!ledger.say(&id(2), 6, last) && !ledger.say(&id(1), DAY, last), "nobody knocked there and then");
    let total = ledger.ask(&query(&utc, Step::Day, 0, DAY)).unwrap().whole.total;
    assert_eq!(total.outcomes, Outcomes { solved: 1, ..Outcomes::default() });
    assert_eq!(total.ratings, Ratings { solved: 1, good: 1, ..Ratings::default() });
    let settled = Attempt { said: last, ..knock(1, 5) };
    assert!(ledger.amend(&settled, &Attempt { said: Said::default(), ..knock(1, 5) }));
}

#[test]
fn a_session_is_direct_if_it_stayed_so() {
    use PathKind::{DirectTcp, DirectUdp, Relay, Turn};
    for (paths, carried) in [
        (&[][..], Carried::Relayed),
        (&[Relay, Turn], Carried::Relayed),
        (&[Relay, DirectUdp], Carried::Direct),
        (&[Relay, DirectTcp, DirectUdp], Carried::Direct),
        (&[Relay, DirectUdp, Relay], Carried::Both),
        (&[Relay, DirectUdp, Relay, DirectUdp], Carried::Both),
    ] {
        assert_eq!(Carried::over(paths), carried, "{paths:?}");
    }
}

/// What a clock shows that tells one bucket from the next.
fn shown(zone: &Zone, step: Step, time: i64) -> (i16, i8, i8, i8, i32) {
    let zoned = Timestamp::from_millisecond(time).unwrap().to_zoned(zone.rules().clone());
    match step {
        Step::Hour => (zoned.year(), zoned.month(), zoned.day(), zoned.hour(), zoned.offset().seconds()),
        Step::Day => (zoned.year(), zoned.month(), zoned.day(), 0, 0),
        Step::Week => {
            let week = zoned.date().iso_week_date();
            (week.year(), week.week(), 0, 0, 0)
        }
        Step::Month => (zoned.year(), zoned.month(), 0, 0, 0),
    }
}

/// The edges, minute by minute.
fn edges_by_the_minute(query: &Query<'_>) -> Vec<i64> {
    let minutes = (query.from..query.before).step_by(MINUTE as usize);
    let begins = minutes.filter(|time| {
        *time == query.from || shown(query.zone, query.step, *time) != shown(query.zone, query.step, time - MINUTE)
    });
    begins.chain([query.before]).collect()
}

fn spread(mut times: Vec<u32>) -> Option<Spread> {
    times.sort_unstable();
    let ranked = |share: f64| times.get(((times.len() as f64 * share).ceil() as usize).saturating_sub(1)).copied();
    Some(Spread { median: ranked(0.5)?, p90: ranked(0.9)? })
}

fn figures(attempts: &[&Attempt], sign_ins: &[&SignIn]) -> Figures {
    let count = |holds: &dyn Fn(&Attempt) -> bool| attempts.iter().filter(|attempt| holds(attempt)).count() as u64;
    let came = |outcome| count(&|attempt| attempt.said.outcome == Some(outcome));
    let felt = |felt| count(&|attempt| attempt.said.rating.felt == Some(felt));
    let millis = |from: i64, to: i64| (to - from).max(0) as u32;
    let mut ends = std::collections::HashMap::new();
    for attempt in attempts {
        *ends.entry(attempt.end).or_default() += 1;
    }
    let waited = attempts.iter().filter_map(|one| Some(millis(one.knocked_at, one.accepted_at?)));
    let lasted = attempts.iter().filter_map(|one| Some(millis(one.began_at?, one.ended_at)));
    Figures {
        sessions: count(&|_| true),
        accepted: count(&|attempt| attempt.accepted_at.is_some()),
        began: count(&|attempt| attempt.began_at.is_some()),
        checked: count(&|attempt| attempt.checked),
        ends,
        waited: spread(waited.collect()),
        lasted: spread(lasted.collect()),
        direct: count(&|attempt| attempt.carried == Some(Carried::Direct)),
        relayed: count(&|attempt| attempt.carried == Some(Carried::Relayed)),
        both: count(&|attempt| attempt.carried == Some(Carried::Both)),
        outcomes: Outcomes {
            solved: came(Outcome::Solved),
            call_back: came(Outcome::CallBack),
            unsolved: came(Outcome::Unsolved),
        },
        ratings: Ratings {
            solved: count(&|attempt| attempt.said.rating.solved == Some(true)),
            not_solved: count(&|attempt| attempt.said.rating.solved == Some(false)),
            good: felt(Felt::Good),
            fair: felt(Felt::Fair),
            poor: felt(Felt::Poor),
        },
        customers: None,
        sign_ins: sign_ins.iter().filter(|(_, _, refused)| !refused).count() as u64,
        sign_ins_refused: sign_ins.iter().filter(|(_, _, refused)| *refused).count() as u64,
    }
}

/// The answer without a ledger.
fn recompute(query: &Query<'_>, attempts: &[Attempt], sign_ins: &[SignIn]) -> Answer {
    let asked = |id: Option<&OperatorId>| query.accounts.is_none_or(|asked| id.is_some_and(|id| asked.contains(id)));
    let attempts: Vec<_> = attempts
        .iter()
        .filter(|attempt| asked(Some(&attempt.operator)))
        .filter(|attempt| match query.computer {
            None => true,
            Some(Computer::Numbered(device)) => attempt.device == Some(device),
            Some(Computer::Unnumbered) => attempt.device.is_none(),
        })
        .collect();
    let sign_ins: Vec<_> =
        sign_ins.iter().filter(|(_, account, _)| query.computer.is_none() && asked(account.as_ref())).collect();
    let within = |from: i64, before: i64, key: Option<&PartKey>| {
        let of_part = |id: Option<&OperatorId>| key.is_none_or(|key| keys(query.split, id).contains(key));
        let attempts: Vec<_> = attempts
            .iter()
            .copied()
            .filter(|one| (from..before).contains(&one.knocked_at) && of_part(Some(&one.operator)))
            .collect();
        let sign_ins: Vec<_> = sign_ins
            .iter()
            .copied()
            .filter(|(at, account, _)| (from..before).contains(at) && of_part(account.as_ref()))
            .collect();
        figures(&attempts, &sign_ins)
    };
    let edges = edges_by_the_minute(query);
    let series = |key: Option<&PartKey>| Series {
        total: Figures {
            customers: key.is_none().then(|| customers(&attempts, query.from, query.before)),
            ..within(query.from, query.before, key)
        },
        buckets: edges.windows(2).map(|edge| within(edge[0], edge[1], key)).collect(),
    };
    let in_period = |at: &i64| (query.from..query.before).contains(at);
    let of_attempts = attempts.iter().filter(|one| in_period(&one.knocked_at)).map(|one| Some(&one.operator));
    let of_sign_ins = sign_ins.iter().filter(|(at, _, _)| in_period(at)).map(|(_, account, _)| account.as_ref());
    let all: BTreeSet<PartKey> = of_attempts.chain(of_sign_ins).flat_map(|id| keys(query.split, id)).collect();
    let mut week = [[0; 24]; 7];
    for attempt in attempts.iter().filter(|attempt| in_period(&attempt.knocked_at)) {
        let zoned = Timestamp::from_millisecond(attempt.knocked_at).unwrap().to_zoned(query.zone.rules().clone());
        week[Weekday::to_monday_zero_offset(zoned.weekday()) as usize][zoned.hour() as usize] += 1;
    }
    let earlier_from = query.from - (query.before - query.from);
    let of_period: Vec<&Attempt> = attempts.iter().copied().filter(|attempt| in_period(&attempt.knocked_at)).collect();
    let parts = match query.split {
        Split::Devices => device_parts(&of_period),
        Split::Nothing | Split::Accounts | Split::Groups(_) => {
            all.into_iter().map(|key| Part { series: series(Some(&key)), key }).collect()
        }
    };
    Answer {
        whole: series(None),
        parts,
        week,
        earlier: Figures {
            customers: Some(customers(&attempts, earlier_from, query.from)),
            ..within(earlier_from, query.from, None)
        },
        edges,
    }
}

fn customers(attempts: &[&Attempt], from: i64, before: i64) -> u64 {
    let within = attempts.iter().filter(|attempt| (from..before).contains(&attempt.knocked_at));
    within.filter_map(|attempt| attempt.device).collect::<BTreeSet<_>>().len() as u64
}

fn device_parts(attempts: &[&Attempt]) -> Vec<Part> {
    let all: BTreeSet<DeviceId> = attempts.iter().filter_map(|attempt| attempt.device).collect();
    let of = |device| attempts.iter().copied().filter(|one| one.device == device).collect::<Vec<&Attempt>>();
    let mut ranked: Vec<_> = all.into_iter().map(|device| (device, of(Some(device)))).collect();
    // Stable, so that the smaller number goes first of two with as many.
    ranked.sort_by_key(|(_, attempts)| std::cmp::Reverse(attempts.len()));
    let others = ranked.split_off(ranked.len().min(BUSIEST)).into_iter().flat_map(|(_, attempts)| attempts).collect();
    let busiest = ranked.into_iter().map(|(device, attempts)| (PartKey::Device(device), attempts));
    let rest = [(PartKey::OtherDevices, others), (PartKey::NoDevice, of(None))];
    let parts = busiest.chain(rest).filter(|(_, attempts)| !attempts.is_empty());
    parts
        .map(|(key, attempts)| Part { key, series: Series { total: figures(&attempts, &[]), buckets: Vec::new() } })
        .collect()
}

fn keys(split: Split<'_>, id: Option<&OperatorId>) -> Vec<PartKey> {
    let Some(id) = id else { return Vec::new() };
    match split {
        Split::Nothing | Split::Devices => Vec::new(),
        Split::Accounts => vec![PartKey::Account(id.clone())],
        Split::Groups(groups) => match groups.get(id) {
            Some(groups) => groups.iter().cloned().map(PartKey::Group).collect(),
            None => vec![PartKey::NoGroup],
        },
    }
}

/// Around changes of clocks: Berlin's in autumn, New York's in spring, Lord Howe's by half an hour; Nepal has three
/// quarters.
const MOMENTS: [(&str, &str); 4] = [
    ("Europe/Berlin", "2026-10-25T01:00:00Z"),
    ("America/New_York", "2026-03-08T07:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
    ("Asia/Kathmandu", "2026-10-31T18:15:00Z"),
];

fn attempts(around: i64) -> impl Strategy<Value = Vec<Attempt>> {
    let times = (-9 * DAY..9 * DAY, -1_000i64..100_000, -1_000i64..100_000, 0i64..1_000_000);
    let facts = (1u8..5, device(), 0usize..ENDS.len(), any::<bool>(), any::<bool>(), any::<bool>(), 0usize..3);
    let outcomes =
        prop::sample::select(vec![None, Some(Outcome::Solved), Some(Outcome::CallBack), Some(Outcome::Unsolved)]);
    let felt = prop::sample::select(vec![None, Some(Felt::Good), Some(Felt::Fair), Some(Felt::Poor)]);
    let said = (outcomes, any::<Option<bool>>(), felt)
        .prop_map(|(outcome, solved, felt)| Said { outcome, rating: Rating { solved, felt } });
    let attempt = (times, facts, said).prop_map(move |((knocked, wait, verdict, last), facts, said)| {
        let (operator, device, end, accepted, began, checked, carried) = facts;
        let knocked_at = around + knocked;
        let accepted_at = accepted.then_some(knocked_at + wait);
        let began_at = accepted_at.filter(|_| began).map(|accepted| accepted + verdict);
        let carried = [Carried::Direct, Carried::Relayed, Carried::Both][carried];
        Attempt {
            operator: id(operator),
            device,
            knocked_at,
            accepted_at,
            began_at,
            ended_at: knocked_at + last,
            checked,
            end: ENDS[end],
            carried: began_at.map(|_| carried),
            said,
        }
    });
    prop::collection::vec(attempt, 0..300)
}

fn device_of(number: u64) -> DeviceId {
    DeviceId::from_random(number << 4)
}

/// More than have parts of their own, some of whom come again and again.
fn device() -> impl Strategy<Value = Option<DeviceId>> {
    prop_oneof![1 => Just(None), 4 => (0u64..4).prop_map(Some), 12 => (4u64..90).prop_map(Some)]
        .prop_map(|number: Option<u64>| number.map(device_of))
}

fn sign_ins(around: i64) -> impl Strategy<Value = Vec<SignIn>> {
    let sign_in = (-9 * DAY..9 * DAY, prop::option::of(1u8..5), any::<bool>());
    prop::collection::vec(
        sign_in.prop_map(move |(at, account, refused)| (around + at, account.map(id), refused)),
        0..40,
    )
}

proptest! {
    #[test]
    fn an_answer_is_what_the_rows_say(
        (zone, attempts, sign_ins, from, length) in (0..MOMENTS.len()).prop_flat_map(|moment| {
            let (zone, around) = MOMENTS[moment];
            let around = at(around);
            let period = (-5 * 24 * 60i64..0).prop_map(move |minutes| around + minutes * MINUTE);
            (Just(zone), attempts(around), sign_ins(around), period, 1..6 * 24 * 60i64)
        }),
        step in 0usize..4,
        split in 0usize..4,
        some in any::<bool>(),
        computer in prop_oneof![
            4 => Just(None),
            1 => Just(Some(Computer::Unnumbered)),
            1 => (0u64..5).prop_map(|number| Some(Computer::Numbered(device_of(number)))),
        ],
    ) {
        let zone = Zone::parse(zone).unwrap();
        let groups: BTreeMap<OperatorId, BTreeSet<String>> = [
            (id(1), ["day".to_owned()].into()),
            (id(2), ["day".to_owned(), "night".to_owned()].into()),
        ].into();
        let asked = [id(1), id(3)].into();
        let query = Query {
            accounts: some.then_some(&asked),
            computer,
            split: [Split::Nothing, Split::Accounts, Split::Groups(&groups), Split::Devices][split],
            ..query(&zone, [Step::Hour, Step::Day, Step::Week, Step::Month][step], from, from + length * MINUTE)
        };
        let answer = ledger(&attempts, &sign_ins).ask(&query).unwrap();
        prop_assert_eq!(answer, recompute(&query, &attempts, &sign_ins));
    }
}
