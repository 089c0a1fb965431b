//! How a session ends, in words that both screens and the log share.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::ErrorCode;

/// Who ended something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Party {
    /// The customer.
    Customer,
    /// The operator.
    Operator,
    /// The broker.
    Broker,
    /// Nobody: time ran out or a line went dead.
    Nobody,
}

/// Why a session, or an attempt at one, ended. The names on the wire are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum EndReason {
    /// The customer pressed Stop.
    Stopped,
    /// The operator ended the session.
    Finished,
    /// The customer called the knock off before it was answered.
    Cancelled,
    /// The operator declined the knock.
    Declined,
    /// The operator is away.
    Away,
    /// The customer said No.
    Refused,
    /// The check number did not match.
    NumberDiffers,
    /// A wait for a person or a peer ran out.
    TimedOut,
    /// Every path was gone for too long, or the other app vanished.
    Lost,
    /// The app was closed.
    Closed,
    /// The operator signed in again, or the account was ended.
    SignedOut,
    /// One side broke the protocol; the session could not be trusted any more.
    Misbehaved,
    /// A certificate, status or organisation file was not good.
    NotTrusted,
    /// Something failed on the machine of the party that ended it.
    Failed,
}

/// The end of a session as both sides show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct End {
    /// Who ended it.
    pub by: Party,
    /// Why.
    pub reason: EndReason,
    /// The error behind it, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub error: Option<ErrorCode>,
}

impl End {
    /// An end without an error behind it.
    #[must_use]
    pub const fn new(by: Party, reason: EndReason) -> Self {
        Self { by, reason, error: None }
    }

    /// An end because of an error.
    #[must_use]
    pub const fn failed(by: Party, reason: EndReason, error: ErrorCode) -> Self {
        Self { by, reason, error: Some(error) }
    }
}
