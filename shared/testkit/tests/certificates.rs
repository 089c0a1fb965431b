//! Who may go on: a client with an org.json demands a certificate and a status, and never falls back to the number.

use std::time::Duration;

use beside_identity::CheckMode;
use beside_protocol::handshake::{M1, M2, M3, M4, M5};
use beside_protocol::{EndReason, ErrorCode, Party, Right, Rights};
use beside_session::CustomerPhase;
use beside_testkit::{Fate, Peer, Setup, TODAY, Trust, World};

const DAY: u64 = 86_400;

/// Runs a handshake and says how it ended at the customer's.
fn refused(setup: Setup) -> (EndReason, ErrorCode) {
    let mut world = World::new(setup);
    world.run_for(Duration::from_secs(1));
    world.accept();
    world.run_for(Duration::from_secs(1));
    let end = world.end(Peer::Customer).unwrap_or_else(|| panic!("went on: {:?}", world.phase()));
    assert_eq!(end.by, Party::Customer);
    assert_eq!(world.end(Peer::Operator), Some(end), "the operator is told");
    assert!(world.number_on_screen().is_none());
    let Some(error) = end.error else { panic!("{end:?}") };
    (end.reason, error)
}

fn with_trust(seed: u64, change: impl FnOnce(&mut Trust)) -> Setup {
    let mut setup = Setup::new(seed);
    change(&mut setup.trust);
    setup
}

#[test]
fn no_certificate() {
    let setup = Setup { certified: false, ..Setup::new(30) };
    assert_eq!(refused(setup), (EndReason::NotTrusted, ErrorCode::CertificateMissing));
}

#[test]
fn another_organisations_certificate() {
    let mut setup = Setup::new(31);
    setup.trust.organisation = Trust::new(99, CheckMode::OperatorTypes, Rights::ALL).organisation;
    let mut world = World::new(setup);
    world.run_for(Duration::from_secs(1));
    // The operator's own organisation finds nothing wrong with it.
    world.setup.trust = Trust::new(31, CheckMode::OperatorTypes, Rights::ALL);
    world.accept();
    world.run_for(Duration::from_secs(1));
    let end = world.end(Peer::Customer).unwrap();
    assert_eq!((end.reason, end.error), (EndReason::NotTrusted, Some(ErrorCode::CertificateForeign)));
}

#[test]
fn an_expired_certificate() {
    let setup = with_trust(32, |trust| trust.operator = trust.certify((TODAY.0 - 20 * DAY).into_time(), TODAY));
    assert_eq!(refused(setup), (EndReason::NotTrusted, ErrorCode::CertificateExpired));
}

#[test]
fn an_expired_status() {
    let setup = with_trust(33, |trust| {
        let issued = (TODAY.0 - 4 * DAY).into_time();
        trust.status = trust.state(CheckMode::OperatorTypes, Rights::ALL, issued, (TODAY.0 - DAY).into_time());
    });
    assert_eq!(refused(setup), (EndReason::NotTrusted, ErrorCode::StatusExpired));
}

#[test]
fn a_revoked_certificate() {
    let setup = with_trust(34, |trust| trust.status = trust.revoking(TODAY, TODAY + DAY));
    assert_eq!(refused(setup), (EndReason::NotTrusted, ErrorCode::CertificateRevoked));
}

#[test]
fn a_status_older_than_one_seen_before() {
    let setup = Setup { newest_status: Some(TODAY), ..Setup::new(35) };
    assert_eq!(refused(setup), (EndReason::NotTrusted, ErrorCode::StatusInvalid));
}

#[test]
fn a_clock_that_is_far_ahead_is_named_as_such() {
    let setup = Setup { client_time: TODAY + 100 * DAY, ..Setup::new(36) };
    assert_eq!(refused(setup), (EndReason::NotTrusted, ErrorCode::Clock));
}

#[test]
fn a_slow_clock_is_no_obstacle() {
    let setup = Setup { client_time: (TODAY.0 - 200 * DAY).into_time(), ..Setup::new(37) };
    World::new(setup).start_session();
}

#[test]
fn an_organisation_that_allows_no_view() {
    let setup = with_trust(38, |trust| {
        trust.status = trust.state(CheckMode::OperatorTypes, Rights::only(Right::Control), TODAY, TODAY + DAY);
    });
    assert_eq!(refused(setup), (EndReason::NotTrusted, ErrorCode::NotAllowedByPolicy));
}

/// One bit of one handshake message is flipped on the way; nobody goes on to a session, and nobody says a wrong number
/// matched: the people would be shown different ones at worst.
#[test]
fn no_flipped_bit_goes_unnoticed() {
    let lengths = [(M1, 51), (M2, 170), (M3, 138), (M4, 300), (M5, 26)];
    for (kind, length) in lengths {
        for at in (0..length).step_by(if kind == M5 { 1 } else { 7 }) {
            let mut setup = Setup::new(39);
            setup.frame_bytes = 20;
            let mut world = World::new(setup);
            world.network.tamper = Some(Box::new(move |_, _, bytes| {
                if bytes.first() == Some(&kind) && bytes.len() > at {
                    bytes[at] ^= 1 << (at % 8);
                }
                Fate::Pass
            }));
            go_as_far_as_it_goes(&mut world);
            assert_eq!(world.desktop.frames, 0, "byte {at} of message {kind}");
            assert!(!world.has(Right::View), "byte {at} of message {kind}");
        }
    }
}

fn go_as_far_as_it_goes(world: &mut World) {
    world.run_for(Duration::from_secs(1));
    if world.knock.as_ref().is_none_or(|m1| m1.len() != 51 || m1[..3] != [1, 1, 1]) {
        return;
    }
    world.accept();
    world.run_for(Duration::from_secs(1));
    world.read();
    world.customer_does(beside_session::CustomerAct::ContinueWho);
    let number = world.number_on_screen();
    if let CustomerPhase::Number { .. } = world.phase() {
        world.compare();
        world.allow();
    }
    world.run_for(Duration::from_secs(1));
    world.confirm(number.as_deref().or(Some("000000")));
    world.run_for(Duration::from_secs(1));
}

trait IntoTime {
    fn into_time(self) -> beside_identity::UnixTime;
}

impl IntoTime for u64 {
    fn into_time(self) -> beside_identity::UnixTime {
        beside_identity::UnixTime(self)
    }
}
