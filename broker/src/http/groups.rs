//! `/api/v1/groups`: accounts that belong together: a supervisor sees the sessions of the groups that it is in.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod join;
pub(super) mod leave;
pub(super) mod list;
pub(super) mod rename;

use beside_broker_core::name::PersonName;
use beside_protocol::ErrorCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Refusal, Shared};
use crate::storage::groups::StoredGroup;

/// A group.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GroupEntry {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// The ids of its members.
    members: Vec<String>,
}

/// A group's name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupName {
    /// 1 to 64 bytes of composed Unicode without control or invisible characters.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
}

impl GroupName {
    fn parse(&self) -> Result<PersonName, ErrorCode> {
        PersonName::parse(&self.name).ok_or(ErrorCode::MessageMalformed)
    }
}

impl From<StoredGroup> for GroupEntry {
    fn from(stored: StoredGroup) -> Self {
        Self { id: stored.id, name: stored.name, members: stored.members }
    }
}

/// The group of an id.
pub(super) async fn find(shared: &Shared, id: &str) -> Result<StoredGroup, Refusal> {
    Ok(shared.exchange.storage.group(id).await?.ok_or(ErrorCode::NotFound)?)
}
