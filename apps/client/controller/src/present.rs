//! From a session's state to the view that shows it.

use std::time::Duration;

use beside_protocol::{Right, Rights};
use beside_session::{CustomerPhase, CustomerSession, CustomerState};

use crate::view::{ClientView, HelperView, OrganisationView, RatingView, RequestView, RightView};

/// Rights that the opened pill shows: those of this version, in the order of their bits.
const SHOWN: [Right; 2] = [Right::View, Right::Control];

/// Whole milliseconds, at most 49 days.
pub(crate) fn millis(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

/// The view of a session's state. `name` is what the customer typed, `rating` what the customer said afterwards.
pub(crate) fn present(
    state: &CustomerState,
    organisation: Option<OrganisationView>,
    name: Option<String>,
    rating: RatingView,
) -> ClientView {
    let helper = || HelperView {
        organisation: organisation.clone().filter(|_| state.operator.is_some()),
        name: state.operator.as_ref().map(|operator| operator.body().name.clone()),
    };
    match &state.phase {
        CustomerPhase::Waiting { left } => {
            ClientView::Waiting { organisation, name, left_ms: millis(*left), accepted: false, alone: state.alone }
        }
        CustomerPhase::Shaking => {
            ClientView::Waiting { organisation, name, left_ms: 0, accepted: true, alone: state.alone }
        }
        CustomerPhase::Who { left } => ClientView::Who { helper: helper(), again: state.again, left_ms: millis(*left) },
        CustomerPhase::Number { number, left } => {
            ClientView::Number { helper: helper(), number: number.reveal().to_owned(), left_ms: millis(*left) }
        }
        CustomerPhase::TypeNumber { tries_left, mismatch, typed_code, left } => ClientView::TypeNumber {
            helper: helper(),
            tries_left: *tries_left,
            mismatch: *mismatch,
            typed_code: *typed_code,
            left_ms: millis(*left),
        },
        CustomerPhase::Allow { lease, left } => ClientView::Allow {
            helper: helper(),
            seconds: u32::try_from(lease.as_secs()).unwrap_or(u32::MAX),
            left_ms: millis(*left),
        },
        CustomerPhase::Starting { .. } => ClientView::Starting { helper: helper(), alone: state.alone },
        CustomerPhase::Session(session) => in_session(helper(), session),
        CustomerPhase::Ended { end, lasted } => {
            let rating = lasted.map(|_| rating);
            ClientView::Ended { helper: helper(), end: *end, lasted_ms: lasted.map(millis), rating }
        }
    }
}

fn in_session(helper: HelperView, session: &CustomerSession) -> ClientView {
    ClientView::Session {
        helper,
        since_ms: millis(session.since),
        rights: SHOWN.into_iter().map(|right| row(session, right, session.allowed)).collect(),
        request: session.request.as_ref().map(|request| RequestView {
            right: request.right,
            seconds: u32::try_from(request.lease.as_secs()).unwrap_or(u32::MAX),
            reason: request.reason.clone(),
        }),
        path: session.path,
        held: session.held,
    }
}

fn row(session: &CustomerSession, right: Right, allowed: Rights) -> RightView {
    let lease = session.leases.iter().find(|lease| lease.right == right);
    RightView {
        right,
        left_ms: lease.map(|lease| millis(lease.left)),
        lease_ms: lease.map_or(0, |lease| millis(lease.lease)),
        forbidden: !allowed.has(right),
    }
}
