//! From a session's state to the view that shows it.

use std::time::Duration;

use beside_protocol::Right;
use beside_session::{Check, Decision, OperatorState, Standing};

use crate::view::{CheckView, ConsentView, NotingView, RightState, RightView, SessionView};

/// Rights that the session's bar shows: those of this version, in the order of their bits.
const SHOWN: [Right; 2] = [Right::View, Right::Control];

/// Whole milliseconds, at most 49 days.
pub(crate) fn millis(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

/// The view of a session's state.
pub(crate) fn present(state: &OperatorState, sid: String, name: Option<String>, address: String) -> SessionView {
    SessionView {
        sid,
        name,
        address,
        check: check(&state.check),
        consent: match state.decision {
            Decision::Deciding { left } => ConsentView::Deciding { left_ms: millis(left) },
            Decision::Allowed => ConsentView::Allowed,
            Decision::Refused => ConsentView::Refused,
        },
        again: state.again,
        since_ms: state.since.or(state.lasted).map(millis),
        rights: SHOWN.into_iter().map(|right| row(state, right)).collect(),
        path: state.path,
        delay_ms: state.delay.map(millis),
        frames: state.frames,
        held: state.held,
        displays: state.displays.clone(),
        end: state.end,
        noting: NotingView::Open,
    }
}

fn check(check: &Check) -> CheckView {
    match check {
        Check::Shaking => CheckView::Shaking,
        Check::Type { tries_left, mismatch, typed_code } => {
            CheckView::Type { tries_left: *tries_left, mismatch: *mismatch, typed_code: *typed_code }
        }
        Check::Compare { number, read_out } => {
            CheckView::Compare { number: number.reveal().to_owned(), read_out: *read_out }
        }
        Check::Matched => CheckView::Matched,
    }
}

fn row(state: &OperatorState, right: Right) -> RightView {
    let standing = state.rights.iter().find(|seen| seen.right == right).map(|seen| seen.standing);
    let (state, left_ms, lease_ms) = match standing {
        Some(Standing::On { left, lease }) => (RightState::On, Some(millis(left)), millis(lease)),
        Some(Standing::Asked) => (RightState::Asked, None, 0),
        Some(Standing::Denied) => (RightState::Denied, None, 0),
        None if !state.allowed.has(right) => (RightState::Forbidden, None, 0),
        None => (RightState::Off, None, 0),
    };
    RightView { right, state, left_ms, lease_ms }
}
