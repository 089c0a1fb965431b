//! `/api/v1/tokens`: API tokens, with which programs use a part of the API.

pub(super) mod create;
pub(super) mod list;
pub(super) mod revoke;

use serde::Serialize;
use utoipa::ToSchema;

use super::rights::Scope;
use crate::storage::tokens::StoredToken;

/// What stands before the token, so that it is known for what it is where it leaks.
pub(super) const PREFIX: &str = "beside_";

/// An API token, without the token itself. Times are Unix milliseconds, UTC.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TokenEntry {
    /// Its id.
    id: String,
    /// What it is for.
    name: String,
    /// What it may do.
    scopes: Vec<Scope>,
    /// The account that made it.
    made_by: String,
    /// When it was made.
    made_at: i64,
    /// When it ends.
    expires_at: i64,
    /// When it was last used, to the hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    used_at: Option<i64>,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<i64>,
}

impl From<StoredToken> for TokenEntry {
    fn from(stored: StoredToken) -> Self {
        Self {
            id: stored.id.to_string(),
            name: stored.name,
            scopes: stored.scopes.into_iter().collect(),
            made_by: stored.made_by,
            made_at: stored.made_at,
            expires_at: stored.expires_at,
            used_at: stored.used_at,
            revoked_at: stored.revoked_at,
        }
    }
}
