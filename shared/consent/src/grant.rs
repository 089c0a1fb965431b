//! A grant: what a capturing or injecting thread must hold and check for every single act.

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use beside_protocol::Right;
use thiserror::Error;

use crate::scope::Scope;
use crate::switch::{HoldSwitch, StopSwitch};

/// Why a grant does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Lapsed {
    /// The customer pressed Stop or took the right back.
    #[error("the customer has taken the right back")]
    Revoked,
    /// The lease ran out.
    #[error("the lease has run out")]
    RanOut,
    /// The right is there, but nothing may be injected for now.
    #[error("input is held back for now")]
    Held,
}

/// A right that the customer granted, for one session and one lease.
#[derive(Debug)]
pub struct Grant<S: Scope> {
    pub(crate) revoked: Arc<AtomicBool>,
    pub(crate) stop: StopSwitch,
    pub(crate) hold: HoldSwitch,
    pub(crate) expires: Instant,
    pub(crate) scope: PhantomData<S>,
}

/// By hand, for deriving would ask the scope, which is never a value, to be cloned too.
impl<S: Scope> Clone for Grant<S> {
    fn clone(&self) -> Self {
        Self {
            revoked: Arc::clone(&self.revoked),
            stop: self.stop.clone(),
            hold: self.hold.clone(),
            expires: self.expires,
            scope: PhantomData,
        }
    }
}

/// Proof that a grant held a moment ago. It can't be kept: it borrows the grant.
#[derive(Debug)]
pub struct Live<'a, S: Scope>(PhantomData<&'a Grant<S>>);

impl<S: Scope> Grant<S> {
    /// The proof that one act needs.
    ///
    /// # Errors
    /// The right was revoked, ran out or, for control, is held back.
    pub fn check(&self, now: Instant) -> Result<Live<'_, S>, Lapsed> {
        if self.stop.is_pressed() || self.revoked.load(Ordering::SeqCst) {
            Err(Lapsed::Revoked)
        } else if now >= self.expires {
            Err(Lapsed::RanOut)
        } else if S::RIGHT == Right::Control && self.hold.is_held() {
            Err(Lapsed::Held)
        } else {
            Ok(Live(PhantomData))
        }
    }

    /// When the lease runs out.
    #[must_use]
    pub const fn expires(&self) -> Instant {
        self.expires
    }
}
