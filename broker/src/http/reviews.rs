//! `/api/v1/reviews`: the monthly access review, as the rules for personal data ask for it, computed from the audit log.

pub(super) mod list;
pub(super) mod read;
mod report;
pub(super) mod sign_off;

use beside_broker_core::month::Month;
use beside_protocol::ErrorCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Refusal, Shared};
use crate::storage::reviews::SignOff;

/// How a month stands. Months are those of UTC.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReviewEntry {
    /// `YYYY-MM`.
    month: String,
    /// Whether it still goes on, waits for a sign-off, or has one.
    state: ReviewState,
    /// Who signed it off, in order.
    sign_offs: Vec<SignOff>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ReviewState {
    Running,
    Open,
    SignedOff,
}

impl ReviewEntry {
    fn new(month: Month, sign_offs: Vec<SignOff>, now: i64) -> Self {
        let state = match sign_offs.is_empty() {
            _ if now < month.ends() => ReviewState::Running,
            true => ReviewState::Open,
            false => ReviewState::SignedOff,
        };
        Self { month: month.to_string(), state, sign_offs }
    }
}

/// A month of which there is something in the log.
///
/// # Errors
/// [`ErrorCode::NotFound`] for any other.
async fn known(month: Month, shared: &Shared) -> Result<Month, Refusal> {
    let (first, last) = span(shared).await?;
    if (first..=last).contains(&month) { Ok(month) } else { Err(ErrorCode::NotFound.into()) }
}

/// The first and the last month of which there is something in the log.
async fn span(shared: &Shared) -> Result<(Month, Month), Refusal> {
    let now = shared.now();
    let begins = shared.exchange.storage.log_begins().await?.unwrap_or(now);
    let months = Month::of(begins.min(now)).zip(Month::of(now));
    Ok(months.ok_or(ErrorCode::Internal)?)
}
