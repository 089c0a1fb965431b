//! `/api/v1/accounts`: people.

pub(super) mod change;
pub(super) mod create;
pub(super) mod end;
pub(super) mod link;
pub(super) mod list;
pub(super) mod read;

use beside_protocol::ErrorCode;
use beside_protocol::api::Role;
use beside_protocol::ids::OperatorId;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Refusal, Shared};
use crate::storage::accounts::{AccountState, StoredAccount};
use crate::storage::writing::Writing;

/// An account. Times are Unix milliseconds, UTC.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AccountEntry {
    /// Its id; for an operator the id in the certificate.
    id: String,
    /// The person's name.
    name: String,
    /// What it may do.
    role: Role,
    /// Whether it may be used.
    state: AccountState,
    /// Whether it has a second factor.
    second_factor: bool,
    /// When it was made.
    created_at: i64,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<i64>,
}

impl From<StoredAccount> for AccountEntry {
    fn from(stored: StoredAccount) -> Self {
        Self {
            id: stored.account.id.to_string(),
            name: stored.name,
            role: stored.account.role,
            state: stored.state,
            second_factor: stored.second_factor,
            created_at: stored.created_at,
            ended_at: stored.ended_at,
        }
    }
}

/// The account of an id.
pub(super) async fn find(shared: &Shared, id: &OperatorId) -> Result<StoredAccount, Refusal> {
    Ok(shared.exchange.storage.account_of_id(id).await?.ok_or(ErrorCode::NotFound)?)
}

/// The account of an id, unless it has ended.
pub(super) async fn find_alive(shared: &Shared, id: &OperatorId) -> Result<StoredAccount, Refusal> {
    let found = find(shared, id).await?;
    if found.state == AccountState::Ended { Err(ErrorCode::Conflict.into()) } else { Ok(found) }
}

/// Refuses to take the last administrator who can sign in, as a part of the change that would: two who take each other
/// at the same time don't both succeed.
pub(super) async fn keep_an_administrator(writing: &Writing<'_>, taken: &StoredAccount) -> Result<(), Refusal> {
    let counts = taken.account.role == Role::Administrator && taken.state == AccountState::Active;
    if counts && writing.active_administrators().await? <= 1 {
        return Err(ErrorCode::WouldLockOut.into());
    }
    Ok(())
}
