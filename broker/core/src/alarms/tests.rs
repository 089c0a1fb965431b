//! Every kind of alert provoked, and silent just below; and once in a quiet period.

use std::net::{IpAddr, Ipv4Addr};

use super::*;
use crate::address::Address;
use crate::observation::Certificate;

const START: Now = Now { monotonic: Duration::from_secs(1_000), unix_ms: 1_800_000_000_000 };

fn after(seconds: u64) -> Now {
    let unix_ms = START.unix_ms + seconds as i64 * 1_000;
    Now { monotonic: START.monotonic + Duration::from_secs(seconds), unix_ms }
}

fn place(last: u8) -> Place {
    Address::from(IpAddr::from(Ipv4Addr::new(192, 0, 2, last))).place()
}

fn kim() -> OperatorId {
    "kim".parse().unwrap()
}

fn failed(account: Option<OperatorId>, last: u8) -> Observation {
    Observation::SignInFailed { account, place: place(last) }
}

fn signed_in(last: u8, local_hour: u8) -> Observation {
    Observation::SignedIn { account: kim(), place: place(last), local_hour }
}

const fn load(connections: u64, relay_bytes_per_second: u64, queue_depth: u64, error_rate: f64) -> Observation {
    Observation::Load(LoadMeasure { connections, relay_bytes_per_second, queue_depth, error_rate })
}

/// For each kind what does not yet make an alert of it, and what does after that, with severity and subject.
fn provocations(kind: AlertKind) -> (Vec<Observation>, Observation, Severity, &'static str) {
    use Severity::{Critical, Notice, Warning};
    let look = |count| Observation::LookedUp { account: kim(), count };
    let export = |rows| Observation::Exported { account: kim(), rows };
    let certificate = |days| Observation::CertificateLeft { certificate: Certificate::Tls, days };
    match kind {
        AlertKind::RepeatedFailures => {
            let nine = (0..9).map(|other| failed(Some(format!("a{other}").parse().unwrap()), 1)).collect();
            (nine, failed(None, 1), Warning, "place 192.0.2.1")
        }
        AlertKind::NewAddress => (vec![signed_in(1, 9), signed_in(1, 9)], signed_in(2, 9), Notice, "account kim"),
        AlertKind::OddHour => {
            let usual = (0..20).map(|_| signed_in(1, 9)).chain([signed_in(1, 10)]).collect();
            (usual, signed_in(1, 3), Notice, "account kim")
        }
        AlertKind::AddressRefused => {
            let refused = |last| Observation::AddressRefused { account: kim(), place: place(last) };
            (vec![refused(1), refused(2)], refused(3), Warning, "account kim")
        }
        AlertKind::NameLocked => {
            (vec![failed(None, 1)], Observation::NameLocked { account: None }, Warning, "unknown_name ")
        }
        AlertKind::BackupFailed => (vec![load(0, 0, 0, 0.0)], Observation::BackupFailed, Warning, "broker "),
        AlertKind::Trial => (vec![look(1)], Observation::Tried { account: kim() }, Notice, "account kim"),
        AlertKind::SelfCheck => {
            let found = |wrong, weak| Observation::SelfCheck { wrong, weak };
            (vec![found(0, 0)], found(1, 0), Warning, "broker ")
        }
        AlertKind::PlaceBlocked => {
            (vec![failed(None, 1)], Observation::PlaceBlocked { place: place(1) }, Warning, "place 192.0.2.1")
        }
        AlertKind::CodeGuessing => {
            (vec![failed(None, 1)], Observation::CodeGuessing { wrong_in_hour: 61 }, Warning, "broker ")
        }
        AlertKind::BulkLookUps => (vec![look(1), look(298)], look(1), Warning, "account kim"),
        AlertKind::BulkExport => (vec![export(4_999)], export(1), Warning, "account kim"),
        AlertKind::AuditFault => (vec![load(0, 0, 0, 0.0)], Observation::AuditFault, Critical, "broker "),
        AlertKind::DiskSpace => {
            let free = |ratio| Observation::DiskFree { ratio };
            (vec![free(1.0), free(0.1)], free(0.099), Warning, "broker ")
        }
        AlertKind::CertificateExpiry => (vec![certificate(14)], certificate(13), Warning, "certificate tls"),
        AlertKind::Connections => (vec![load(11_999, 0, 0, 0.0)], load(12_000, 0, 0, 0.0), Warning, "broker "),
        AlertKind::RelayLoad => (vec![load(0, 99_999_999, 0, 0.0)], load(0, 100_000_000, 0, 0.0), Warning, "broker "),
        AlertKind::QueueDepth => (vec![load(0, 0, 31, 0.0)], load(0, 0, 32, 0.0), Warning, "broker "),
        AlertKind::ErrorRate => (vec![load(0, 0, 0, 0.049)], load(0, 0, 0, 0.05), Warning, "broker "),
        AlertKind::ClockJumped => {
            let jumped = |by_ms| Observation::ClockJumped { by_ms };
            (vec![jumped(59_999), jumped(-59_999)], jumped(-60_000), Warning, "broker ")
        }
    }
}

fn alerts(alarms: &[Alarm]) -> Vec<&Alert> {
    alarms.iter().filter_map(|alarm| if let Alarm::Raise(alert) = alarm { Some(alert) } else { None }).collect()
}

#[test]
fn every_kind_is_provoked_and_silent_just_below() {
    for kind in AlertKind::ALL {
        let (below, tip, severity, subject) = provocations(*kind);
        let mut alarms = Alarms::new(Thresholds::default());
        for observation in below {
            assert_eq!(alarms.observe(observation.clone(), START), [], "{kind:?}: {observation:?}");
        }
        let raised = alarms.observe(tip, START);
        let [alert] = alerts(&raised)[..] else { panic!("{kind:?}: {raised:?}") };
        assert_eq!((alert.kind, alert.severity, alert.at), (*kind, severity, START.unix_ms));
        assert_eq!(format!("{} {}", alert.subject.kind(), alert.subject), subject, "{kind:?}");
    }
}

#[test]
fn failures_of_an_account_are_seen_from_wherever_they_come_and_old_ones_are_not() {
    let mut alarms = Alarms::new(Thresholds::default());
    for last in 0..9 {
        assert_eq!(alarms.observe(failed(Some(kim()), last), START), []);
    }
    assert_eq!(alarms.observe(failed(Some(kim()), 9), after(600)), [], "ten minutes later it is the first");
    for last in 10..18 {
        assert_eq!(alarms.observe(failed(Some(kim()), last), after(600)), []);
    }
    let raised = alarms.observe(failed(Some(kim()), 18), after(601));
    let [alert] = alerts(&raised)[..] else { panic!("{raised:?}") };
    assert_eq!(alert.subject, Subject::Account(kim()));
    assert_eq!(alert.numbers, BTreeMap::from([("count", 10), ("seconds", 600)]));
}

#[test]
fn an_alert_comes_once_in_a_quiet_period_and_says_what_was_swallowed() {
    let mut alarms = Alarms::new(Thresholds::default());
    let full = || Observation::DiskFree { ratio: 0.08 };
    assert_eq!(alerts(&alarms.observe(full(), START)).len(), 1);
    for seconds in 1..=5 {
        assert_eq!(alarms.observe(full(), after(seconds)), []);
    }
    let worse = alarms.observe(Observation::DiskFree { ratio: 0.049 }, after(6));
    let [alert] = alerts(&worse)[..] else { panic!("{worse:?}") };
    assert_eq!((alert.severity, alert.swallowed), (Severity::Critical, 5), "what is worse is told at once");
    assert_eq!(alarms.observe(full(), after(3_605)), [], "what is less bad is not");
    let again = alarms.observe(full(), after(3_606));
    assert_eq!(alerts(&again)[0].swallowed, 1);
}

#[test]
fn a_trial_is_told_each_time() {
    let mut alarms = Alarms::new(Thresholds::default());
    for _ in 0..3 {
        assert_eq!(alerts(&alarms.observe(Observation::Tried { account: kim() }, START)).len(), 1);
    }
}

#[test]
fn subjects_do_not_silence_each_other() {
    let mut alarms = Alarms::new(Thresholds::default());
    let left = |certificate, days| Observation::CertificateLeft { certificate, days };
    for certificate in [Certificate::Tls, Certificate::Status, Certificate::Operator(kim())] {
        assert_eq!(alerts(&alarms.observe(left(certificate.clone(), 5), START)).len(), 1, "{certificate:?}");
        assert_eq!(alarms.observe(left(certificate, 5), after(86_399)), [], "certificates are told once a day");
    }
    let expired = alarms.observe(left(Certificate::Tls, -1), after(86_399));
    assert_eq!(alerts(&expired)[0].severity, Severity::Critical);
}

fn blocking(blocking: Blocking) -> Alarms {
    Alarms::new(Thresholds { blocking: vec![blocking], failures: 2, export_rows: 10, ..Thresholds::default() })
}

fn blocks<'a>(alarms: &'a [Alarm]) -> Vec<(&'a Whom, i64)> {
    let block =
        |alarm: &'a Alarm| if let Alarm::Block(block) = alarm { Some((&block.whom, block.until)) } else { None };
    alarms.iter().filter_map(block).collect()
}

#[test]
fn what_is_configured_to_block_blocks_and_is_renewed_when_it_has_run_out() {
    let mut alarms = blocking(Blocking::BulkExport);
    let export = || Observation::Exported { account: kim(), rows: 10 };
    let raised = alarms.observe(export(), START);
    assert_eq!(blocks(&raised), [(&Whom::Account(kim()), after(3_600).unix_ms)]);
    assert_eq!(alarms.observe(export(), after(3_599)), [], "neither told nor blocked again");
    let raised = alarms.observe(export(), after(3_600));
    assert_eq!(blocks(&raised), [(&Whom::Account(kim()), after(7_200).unix_ms)]);
    let looked = alarms.observe(Observation::LookedUp { account: kim(), count: 300 }, START);
    assert_eq!((alerts(&looked).len(), blocks(&looked).len()), (1, 0), "another kind does not block");
}

/// Whoever types an account's name must not be able to have it blocked.
#[test]
fn failures_block_the_place_and_never_the_account() {
    let mut alarms = blocking(Blocking::RepeatedFailures);
    alarms.observe(failed(Some(kim()), 1), START);
    let raised = alarms.observe(failed(Some(kim()), 1), START);
    assert_eq!(alerts(&raised).len(), 2, "of the place and of the account");
    assert_eq!(blocks(&raised), [(&Whom::Place(place(1)), after(3_600).unix_ms)]);
}

#[test]
fn every_blocking_kind_blocks_whoever_did_it() {
    for (kind, whom) in [
        (Blocking::NewAddress, Whom::Account(kim())),
        (Blocking::OddHour, Whom::Account(kim())),
        (Blocking::AddressRefused, Whom::Place(place(3))),
        (Blocking::BulkLookUps, Whom::Account(kim())),
    ] {
        let thresholds = Thresholds { blocking: vec![kind], ..Thresholds::default() };
        let alert: AlertKind = serde_json::from_value(serde_json::to_value(kind).unwrap()).unwrap();
        let (below, tip, ..) = provocations(alert);
        let mut alarms = Alarms::new(thresholds);
        for observation in below {
            alarms.observe(observation, START);
        }
        let raised = alarms.observe(tip, START);
        assert_eq!(blocks(&raised), [(&whom, after(3_600).unix_ms)], "{kind:?}");
    }
}

#[test]
fn habits_are_restored_from_the_log() {
    let mut alarms = Alarms::new(Thresholds::default());
    for _ in 0..20 {
        alarms.was_signed_in(&kim(), place(1), 9, START);
    }
    assert_eq!(alarms.observe(signed_in(1, 9), START), []);
    let raised = alarms.observe(signed_in(2, 21), START);
    assert_eq!(alerts(&raised).iter().map(|a| a.kind).collect::<Vec<_>>(), [AlertKind::NewAddress, AlertKind::OddHour]);
    assert_eq!(alarms.observe(signed_in(2, 21), after(1)), [], "it has been told, and is a habit from now on");
}

#[test]
fn the_tables_are_bounded() {
    let mut alarms = Alarms::new(Thresholds { failures: 1, ..Thresholds::default() });
    for number in 0..=ALERTS_MAX as u32 {
        let place = Address::from(IpAddr::from(Ipv4Addr::from(number))).place();
        alarms.observe(Observation::SignInFailed { account: None, place }, after(number.into()));
    }
    assert_eq!((alarms.counts.len(), alarms.told.len()), (ALERTS_MAX, ALERTS_MAX));
}

#[test]
fn thresholds_are_read_with_defaults_and_typos_are_errors() {
    let read: Thresholds = serde_json::from_str(r#"{"failures":3,"blocking":["new_address"]}"#).unwrap();
    assert_eq!(read, Thresholds { failures: 3, blocking: vec![Blocking::NewAddress], ..Thresholds::default() });
    assert_eq!(serde_json::from_str::<Thresholds>("{}").unwrap(), Thresholds::default());
    for wrong in [r#"{"failure":3}"#, r#"{"blocking":["audit_fault"]}"#, r#"{"blocking":["name_locked"]}"#] {
        assert!(serde_json::from_str::<Thresholds>(wrong).is_err(), "{wrong}");
    }
    for kind in AlertKind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
}

#[test]
fn thresholds_that_make_no_sense_are_named() {
    assert_eq!(Thresholds::default().check(), Ok(()));
    type Spoil = fn(&mut Thresholds);
    let wrong: [(&str, Spoil); 7] = [
        ("failures", |limits| limits.failures = 0),
        ("export_rows", |limits| limits.export_rows = u64::MAX),
        ("disk_free_critical_permille", |limits| limits.disk_free_critical_permille = 101),
        ("errors_permille", |limits| limits.errors_permille = 0),
        ("certificate_days", |limits| limits.certificate_days = -1),
        ("quiet_seconds", |limits| limits.quiet_seconds = 59),
        ("block_seconds", |limits| limits.block_seconds = 31 * 24 * 3_600),
    ];
    for (name, spoil) in wrong {
        let mut limits = Thresholds::default();
        spoil(&mut limits);
        assert_eq!(limits.check(), Err(name));
    }
}

#[test]
fn other_thresholds_count_from_now_on_and_forget_nothing() {
    let mut alarms = Alarms::new(Thresholds::default());
    for second in 0..4 {
        assert_eq!(alarms.observe(failed(None, 1), after(second)), []);
    }
    alarms.set_thresholds(Thresholds { failures: 5, ..Thresholds::default() });
    assert_eq!(alarms.observe(failed(None, 1), after(5)).len(), 2, "of the place and of unknown names");
}
