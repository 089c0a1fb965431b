//! How far the operator's side of the check is.

use beside_crypto::OperatorShaken;
use beside_identity::CheckMode;
use beside_protocol::{AccessCode, CheckNumber, ErrorCode};

use super::{Check, OperatorAct};
use crate::error::SessionError;
use crate::number::{Try, Typing};

pub(super) struct Checking {
    number: CheckNumber,
    how: How,
}

enum How {
    /// Mode 1.
    Typed(Typing),
    /// Modes 0 and 2.
    Confirmed {
        read_out: bool,
    },
    Matched,
}

impl Checking {
    pub(super) fn new(shaken: &OperatorShaken) -> Self {
        let how = match shaken.check_mode() {
            CheckMode::BothSee => How::Confirmed { read_out: false },
            CheckMode::OperatorTypes => How::Typed(Typing::new()),
            CheckMode::CustomerTypes => How::Confirmed { read_out: true },
        };
        Self { number: shaken.check_number().clone(), how }
    }

    /// Takes an act of the operator. Says whether it was about the check and changed something.
    ///
    /// # Errors
    /// It was the last try, and wrong.
    pub(super) fn act(&mut self, act: OperatorAct<'_>, code: &AccessCode) -> Result<bool, SessionError> {
        match (&mut self.how, act) {
            (How::Typed(typing), OperatorAct::TypeNumber(typed)) => {
                match typing.try_number(typed, &self.number, code) {
                    Try::Matches => self.how = How::Matched,
                    Try::Again => {}
                    Try::Failed => return Err(SessionError::PeerMisbehaved(ErrorCode::CheckFailed)),
                }
                Ok(true)
            }
            (How::Confirmed { .. }, OperatorAct::ConfirmNumber) => {
                self.how = How::Matched;
                Ok(true)
            }
            (How::Typed(_) | How::Confirmed { .. } | How::Matched, _) => Ok(false),
        }
    }

    pub(super) const fn is_matched(&self) -> bool {
        matches!(self.how, How::Matched)
    }

    pub(super) fn shown(&self) -> Check {
        match &self.how {
            How::Typed(Typing { tries_left, mismatch, typed_code }) => {
                Check::Type { tries_left: *tries_left, mismatch: *mismatch, typed_code: *typed_code }
            }
            How::Confirmed { read_out } => Check::Compare { number: self.number.clone(), read_out: *read_out },
            How::Matched => Check::Matched,
        }
    }
}
