//! What of all that happens somebody should be told, and whom to block.
//!
//! [`Observation`]s go in, [`Alarm`]s come out. An alert is about one subject and comes once in a quiet period; the next
//! one says how many were swallowed. Nothing is sent from here, and nobody is blocked: that is for whoever carries the
//! alarms out.

mod alert;
mod habits;
mod thresholds;

use std::collections::BTreeMap;
use std::time::Duration;

use beside_protocol::ids::OperatorId;

pub use self::alert::{Alarm, Alert, AlertKind, Block, Severity, Subject, Whom};
use self::habits::Habits;
pub use self::thresholds::{Blocking, Thresholds};
use crate::address::Place;
use crate::limits::ALERTS_MAX;
use crate::observation::{LoadMeasure, Observation};
use crate::recent::Recent;
use crate::tally::Tally;
use crate::time::Now;

const MINUTES_10: Duration = Duration::from_secs(600);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Everything that is watched. Its tables are bounded; what was quiet for longest is forgotten, and may then be told again
/// early.
#[derive(Debug)]
pub struct Alarms {
    thresholds: Thresholds,
    habits: Habits,
    counts: Recent<(AlertKind, Subject), Tally, ALERTS_MAX>,
    told: Recent<(AlertKind, Subject), Told, ALERTS_MAX>,
}

/// What was told of a subject last.
#[derive(Debug, Default)]
struct Told {
    /// How bad it was.
    severity: Option<Severity>,
    quiet_until: Duration,
    swallowed: u32,
    blocked_until: Duration,
}

/// Something that is wrong now.
struct Finding {
    kind: AlertKind,
    severity: Severity,
    subject: Subject,
    numbers: BTreeMap<&'static str, i64>,
    blocks: Option<Whom>,
}

impl Finding {
    fn new<const N: usize>(
        kind: AlertKind,
        severity: Severity,
        subject: Subject,
        numbers: [(&'static str, i64); N],
    ) -> Self {
        Self { kind, severity, subject, numbers: numbers.into(), blocks: None }
    }

    fn blocks(self, whom: Whom) -> Self {
        Self { blocks: Some(whom), ..self }
    }
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A share of 0 to 1 in thousandths; more or less than that is all or nothing.
fn permille(share: f64) -> i64 {
    (share.clamp(0.0, 1.0) * 1_000.0).round() as i64
}

impl Alarms {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(thresholds: Thresholds) -> Self {
        Self { thresholds, habits: Habits::default(), counts: Recent::default(), told: Recent::default() }
    }

    /// Judges by other thresholds from now on. What was counted stays counted.
    pub fn set_thresholds(&mut self, thresholds: Thresholds) {
        self.thresholds = thresholds;
    }

    /// Restores, from the log, that an account was signed in to there at that hour. To be called in the order of the log.
    pub fn was_signed_in(&mut self, account: &OperatorId, place: Place, local_hour: u8, now: Now) {
        self.habits.learn(account, place, local_hour, now.monotonic);
    }

    /// Takes what happened; gives what is to be done.
    pub fn observe(&mut self, observation: Observation, now: Now) -> Vec<Alarm> {
        let mut alarms = Vec::new();
        for finding in self.findings(observation, now.monotonic) {
            self.tell(finding, now, &mut alarms);
        }
        alarms
    }

    fn findings(&mut self, observation: Observation, now: Duration) -> Vec<Finding> {
        use Severity::{Critical, Warning};
        let limits = &self.thresholds;
        match observation {
            Observation::SignInFailed { account, place } => self.sign_in_failed(account, place, now),
            Observation::SignedIn { account, place, local_hour } => self.signed_in(&account, place, local_hour, now),
            Observation::AddressRefused { account, place } => {
                let (kind, most) = (AlertKind::AddressRefused, limits.address_refusals);
                let refusal = |found: Finding| found.blocks(Whom::Place(place));
                self.counted(kind, Subject::Account(account), (1, most), HOUR, now).map(refusal).into_iter().collect()
            }
            Observation::NameLocked { account } => {
                vec![Finding::new(AlertKind::NameLocked, Warning, Subject::of(account), [])]
            }
            Observation::PlaceBlocked { place } => {
                vec![Finding::new(AlertKind::PlaceBlocked, Warning, Subject::Place(place), [])]
            }
            Observation::CodeGuessing { wrong_in_hour } => {
                let numbers = [("wrong_in_hour", number(wrong_in_hour))];
                vec![Finding::new(AlertKind::CodeGuessing, Warning, Subject::Broker, numbers)]
            }
            Observation::LookedUp { account, count } => {
                let most = limits.look_ups;
                self.bulk(AlertKind::BulkLookUps, account, (count, most), MINUTES_10, now)
            }
            Observation::Exported { account, rows } => {
                let most = limits.export_rows;
                self.bulk(AlertKind::BulkExport, account, (rows, most), DAY, now)
            }
            Observation::AuditFault => vec![Finding::new(AlertKind::AuditFault, Critical, Subject::Broker, [])],
            Observation::DiskFree { ratio } => {
                let free = permille(ratio);
                let severity = below(free, limits.disk_free_permille, limits.disk_free_critical_permille);
                let told =
                    |severity| Finding::new(AlertKind::DiskSpace, severity, Subject::Broker, [("free_permille", free)]);
                severity.map(told).into_iter().collect()
            }
            Observation::CertificateLeft { certificate, days } => {
                let severity = below(days, limits.certificate_days, limits.certificate_critical_days);
                let told = |severity| {
                    let subject = Subject::Certificate(certificate);
                    Finding::new(AlertKind::CertificateExpiry, severity, subject, [("days", days)])
                };
                severity.map(told).into_iter().collect()
            }
            Observation::Load(measure) => self.overloaded(measure),
            Observation::SelfCheck { wrong, weak } => {
                let severity = if wrong > 0 { Warning } else { Severity::Notice };
                let numbers = [("wrong", number(wrong)), ("weak", number(weak))];
                let told = || Finding::new(AlertKind::SelfCheck, severity, Subject::Broker, numbers);
                (wrong + weak > 0).then(told).into_iter().collect()
            }
            Observation::BackupFailed => vec![Finding::new(AlertKind::BackupFailed, Warning, Subject::Broker, [])],
            Observation::Tried { account } => {
                vec![Finding::new(AlertKind::Trial, Severity::Notice, Subject::Account(account), [])]
            }
            Observation::ClockJumped { by_ms } => {
                let jumped = by_ms.unsigned_abs() >= limits.clock_jump_seconds.saturating_mul(1_000);
                let told = || Finding::new(AlertKind::ClockJumped, Warning, Subject::Broker, [("milliseconds", by_ms)]);
                jumped.then(told).into_iter().collect()
            }
        }
    }

    fn sign_in_failed(&mut self, account: Option<OperatorId>, place: Place, now: Duration) -> Vec<Finding> {
        let kind = AlertKind::RepeatedFailures;
        let most = self.thresholds.failures;
        // Only the place may be blocked: blocking the account would let strangers lock people out.
        let at_place = self.counted(kind, Subject::Place(place), (1, most), MINUTES_10, now);
        let at_place = at_place.map(|found| found.blocks(Whom::Place(place)));
        let of_account = self.counted(kind, Subject::of(account), (1, most), MINUTES_10, now);
        at_place.into_iter().chain(of_account).collect()
    }

    fn signed_in(&mut self, account: &OperatorId, place: Place, hour: u8, now: Duration) -> Vec<Finding> {
        let unusual = self.habits.judge(account, place, hour, self.thresholds.odd_hour_history);
        self.habits.learn(account, place, hour, now);
        let finding = |kind, numbers: [(&'static str, i64); 1]| {
            let subject = Subject::Account(account.clone());
            Finding::new(kind, Severity::Notice, subject, numbers).blocks(Whom::Account(account.clone()))
        };
        let address = unusual.address.map(|known| finding(AlertKind::NewAddress, [("known_addresses", number(known))]));
        let odd = unusual.hour.then(|| finding(AlertKind::OddHour, [("hour", hour.into())]));
        address.into_iter().chain(odd).collect()
    }

    fn overloaded(&self, measure: LoadMeasure) -> Vec<Finding> {
        let limits = &self.thresholds;
        let errors = permille(measure.error_rate);
        [
            (AlertKind::Connections, number(measure.connections), number(limits.connections)),
            (AlertKind::RelayLoad, number(measure.relay_bytes_per_second), number(limits.relay_bytes_per_second)),
            (AlertKind::QueueDepth, number(measure.queue_depth), number(limits.queue_depth)),
            (AlertKind::ErrorRate, errors, limits.errors_permille),
        ]
        .into_iter()
        .filter(|(_, measured, most)| measured >= most)
        .map(|(kind, measured, most)| {
            let numbers = [("measured", measured), ("threshold", most)];
            Finding::new(kind, Severity::Warning, Subject::Broker, numbers)
        })
        .collect()
    }

    fn bulk(
        &mut self,
        kind: AlertKind,
        account: OperatorId,
        amount_and_most: (u64, u64),
        span: Duration,
        now: Duration,
    ) -> Vec<Finding> {
        let found = self.counted(kind, Subject::Account(account.clone()), amount_and_most, span, now);
        found.map(|found| found.blocks(Whom::Account(account))).into_iter().collect()
    }

    /// Counts an amount, which is worth an alert once it makes `most` or more within `span`.
    fn counted(
        &mut self,
        kind: AlertKind,
        subject: Subject,
        (amount, most): (u64, u64),
        span: Duration,
        now: Duration,
    ) -> Option<Finding> {
        let sum = self.counts.touch((kind, subject.clone()), now).add(amount, span, now);
        let numbers = [("count", number(sum)), ("seconds", number(span.as_secs()))];
        (sum >= most).then(|| Finding::new(kind, Severity::Warning, subject, numbers))
    }

    /// Tells a finding, or swallows it because its like has just been told and was no less bad. Being told is one thing,
    /// being blocked another: a block that has run out is renewed.
    fn tell(&mut self, finding: Finding, now: Now, out: &mut Vec<Alarm>) {
        let Finding { kind, severity, subject, numbers, blocks } = finding;
        let time = now.monotonic;
        let quiet = if kind == AlertKind::CertificateExpiry {
            DAY
        } else if kind == AlertKind::Trial {
            // Whoever tries it waits for it.
            Duration::ZERO
        } else {
            self.thresholds.quiet()
        };
        let told = self.told.touch((kind, subject.clone()), time);
        if told.quiet_until > time && told.severity >= Some(severity) {
            told.swallowed = told.swallowed.saturating_add(1);
        } else {
            let swallowed = std::mem::take(&mut told.swallowed);
            (told.severity, told.quiet_until) = (Some(severity), time + quiet);
            out.push(Alarm::Raise(Alert { kind, severity, subject, numbers, swallowed, at: now.unix_ms }));
        }
        let blocks = blocks.filter(|_| self.thresholds.blocks_on(kind) && told.blocked_until <= time);
        if let Some(whom) = blocks {
            let long = self.thresholds.block();
            told.blocked_until = time + long;
            let until = now.unix_ms.saturating_add(i64::try_from(long.as_millis()).unwrap_or(i64::MAX));
            out.push(Alarm::Block(Block { whom, until, because: kind }));
        }
    }
}

/// How bad it is that something has fallen below its limits.
fn below(value: i64, warning: i64, critical: i64) -> Option<Severity> {
    if value < critical {
        Some(Severity::Critical)
    } else if value < warning {
        Some(Severity::Warning)
    } else {
        None
    }
}

#[cfg(test)]
#[path = "alarms/tests.rs"]
mod tests;
