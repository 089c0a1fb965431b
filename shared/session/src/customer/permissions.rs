//! What the operator may do, what it asks for, and what becomes of input without permission.

use std::time::{Duration, Instant};

use beside_consent::{Consent, Control, Grant, HoldSwitch, NotAllowed, StopSwitch, View, Yes};
use beside_protocol::limits::{ARMING, OTHER_LEASE, VIEW_LEASE};
use beside_protocol::{Right, Rights};

use super::{LeaseLeft, RequestShown};

/// For so long after the operator's app has acknowledged that the right to control has ended, its input may still be on
/// the way and is nobody's fault.
const IN_FLIGHT: Duration = Duration::from_secs(2);

struct Request {
    right: Right,
    lease: Duration,
    reason: String,
}

/// What input without a live grant means.
#[derive(Clone, Copy)]
enum Excuse {
    /// There never was a right to control.
    None,
    /// The right ended with this record of lane 0, which the operator has not acknowledged.
    NotKnown { told: u64 },
    /// It did, at this moment.
    Known { since: Instant },
}

/// What to do with input.
pub(super) enum Judged {
    /// Inject it.
    Inject(Grant<Control>),
    /// Drop it.
    Drop,
    /// Nobody allowed it, and nobody can believe so: the session ends.
    Forbidden,
}

/// An answer of the customer that counts.
pub(super) enum Answered {
    Granted { right: Right, lease: Duration },
    Denied { right: Right },
}

pub(super) struct Permissions {
    consent: Consent,
    view: Option<Grant<View>>,
    control: Option<Grant<Control>>,
    /// At most one for each right; the first is on the screen.
    requests: Vec<Request>,
    /// Since when the first one is.
    shown_since: Option<Instant>,
    excuse: Excuse,
    dropped_input: u64,
}

impl Permissions {
    pub(super) fn new(allowed: Rights) -> Self {
        Self {
            consent: Consent::new(allowed),
            view: None,
            control: None,
            requests: Vec::new(),
            shown_since: None,
            excuse: Excuse::None,
            dropped_input: 0,
        }
    }

    /// Grants the right that the customer has said yes to.
    ///
    /// # Errors
    /// The session was stopped meanwhile, or the right can't be granted.
    pub(super) fn grant(&mut self, right: Right, yes: &Yes, now: Instant) -> Result<(), NotAllowed> {
        match right {
            Right::View => self.view = Some(self.consent.grant::<View>(yes, now)?),
            Right::Control => self.control = Some(self.consent.grant::<Control>(yes, now)?),
            Right::Clipboard | Right::Files | Right::Recording | Right::Restart | Right::SystemInformation => {
                return Err(NotAllowed::ByPolicy);
            }
        }
        Ok(())
    }

    /// The operator asks. Says no at once if the organisation, or this version, does not know how to allow it.
    /// A later request for the same right takes the earlier one's place, and the buttons arm anew.
    pub(super) fn ask(&mut self, right: Right, seconds: u32, reason: String, now: Instant) -> bool {
        let Some(longest) = longest_lease(right).filter(|_| self.consent.allowed().has(right)) else { return false };
        let lease = Duration::from_secs(seconds.max(1).into()).min(longest);
        let request = Request { right, lease, reason };
        match self.requests.iter().position(|earlier| earlier.right == right) {
            Some(place) => {
                self.requests[place] = request;
                if place == 0 {
                    self.shown_since = Some(now);
                }
            }
            None => self.requests.push(request),
        }
        self.shown_since.get_or_insert(now);
        true
    }

    /// The customer answers the request on the screen, once the buttons have armed.
    pub(super) fn answer(&mut self, right: Right, allow: bool, now: Instant) -> Option<Answered> {
        let since = self.shown_since?;
        if now < since + ARMING || self.requests.first()?.right != right {
            return None;
        }
        let request = self.requests.remove(0);
        self.shown_since = (!self.requests.is_empty()).then_some(now);
        let yes = Yes::pressed(right, request.lease);
        let granted = allow && self.grant(right, &yes, now).is_ok();
        Some(if granted { Answered::Granted { right, lease: request.lease } } else { Answered::Denied { right } })
    }

    /// Ends a right. Says whether it was there.
    pub(super) fn revoke(&mut self, right: Right) -> bool {
        self.forget(right);
        self.consent.revoke(right)
    }

    /// Ends and names the rights whose lease has run out.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<Right> {
        let ended = self.consent.expire(now);
        for right in &ended {
            self.forget(*right);
        }
        ended
    }

    fn forget(&mut self, right: Right) {
        match right {
            Right::View => self.view = None,
            Right::Control => self.control = None,
            Right::Clipboard | Right::Files | Right::Recording | Right::Restart | Right::SystemInformation => {}
        }
    }

    /// The operator was told with this record of lane 0 that the right to control has ended.
    pub(super) const fn told_control_ended(&mut self, seq: u64) {
        self.excuse = Excuse::NotKnown { told: seq };
    }

    /// What to do with input that arrives now; `is_acked` says whether the operator has acknowledged a record.
    pub(super) fn judge(&mut self, events: usize, now: Instant, is_acked: impl Fn(u64) -> bool) -> Judged {
        if let Some(grant) = &self.control {
            // Held back is not revoked: the operator may not know yet.
            if grant.check(now).is_ok() {
                return Judged::Inject(grant.clone());
            }
            self.dropped_input += events as u64;
            return Judged::Drop;
        }
        if let Excuse::NotKnown { told } = self.excuse
            && is_acked(told)
        {
            self.excuse = Excuse::Known { since: now };
        }
        self.dropped_input += events as u64;
        match self.excuse {
            Excuse::None => Judged::Forbidden,
            Excuse::Known { since } if now > since + IN_FLIGHT => Judged::Forbidden,
            Excuse::NotKnown { .. } | Excuse::Known { .. } => Judged::Drop,
        }
    }

    /// The right to see, if it holds.
    pub(super) fn view(&self, now: Instant) -> Option<&Grant<View>> {
        self.view.as_ref().filter(|grant| grant.check(now).is_ok())
    }

    /// Ends everything for good.
    pub(super) fn stop(&mut self) {
        self.consent.stop();
        self.view = None;
        self.control = None;
        self.requests.clear();
    }

    pub(super) fn stop_switch(&self) -> StopSwitch {
        self.consent.stop_switch()
    }

    pub(super) fn hold_switch(&self) -> HoldSwitch {
        self.consent.hold_switch()
    }

    pub(super) fn next_expiry(&self) -> Option<Instant> {
        self.consent.next_expiry()
    }

    pub(super) const fn allowed(&self) -> Rights {
        self.consent.allowed()
    }

    pub(super) const fn dropped_input(&self) -> u64 {
        self.dropped_input
    }

    pub(super) fn leases(&self, now: Instant) -> Vec<LeaseLeft> {
        let lease = |right| self.consent.lease(right, now).map(|(left, lease)| LeaseLeft { right, left, lease });
        Right::ALL.into_iter().filter_map(lease).collect()
    }

    pub(super) fn request(&self) -> Option<RequestShown> {
        let Request { right, lease, reason } = self.requests.first()?;
        Some(RequestShown { right: *right, lease: *lease, reason: reason.clone() })
    }
}

/// The longest lease of a right, or nothing for rights that nothing in this version stands behind.
const fn longest_lease(right: Right) -> Option<Duration> {
    match right {
        Right::View => Some(VIEW_LEASE),
        Right::Control => Some(OTHER_LEASE),
        Right::Clipboard | Right::Files | Right::Recording | Right::Restart | Right::SystemInformation => None,
    }
}
