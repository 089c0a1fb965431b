//! From where and when accounts and the members of groups may sign in: `/api/v1/accounts/{account}/addresses`, the same
//! for groups, and `hours`.

pub(super) mod add;
pub(super) mod hours;
pub(super) mod list;
pub(super) mod remove;

use beside_protocol::ErrorCode;
use beside_protocol::ids::OperatorId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::caller::{Caller, Identity};
use super::{Refusal, Shared, accounts, groups};
use crate::access::AccessRules;
use crate::storage::addresses::Owner;

/// The account as the owner of a list.
async fn account(shared: &Shared, id: OperatorId) -> Result<Owner, Refusal> {
    accounts::find_alive(shared, &id).await?;
    Ok(Owner::Account(id))
}

/// The group as the owner of a list.
async fn group(shared: &Shared, id: String) -> Result<Owner, Refusal> {
    groups::find(shared, &id).await?;
    Ok(Owner::Group(id))
}

/// How to make a change of who may sign in from where and when.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Confirmation {
    /// Whether to do it even if its maker could then no longer sign in from here.
    #[serde(default)]
    pub(super) confirmed: bool,
}

/// Refuses a change after which its maker could no longer sign in from where it is made, unless that is wanted. The
/// change is made in a copy of the rules by `change`.
pub(super) async fn keep_the_maker_in(
    shared: &Shared,
    caller: &Caller,
    confirmed: bool,
    change: impl FnOnce(&mut AccessRules),
) -> Result<(), Refusal> {
    let Identity::SignIn { id, .. } = &caller.identity else { return Ok(()) };
    if confirmed {
        return Ok(());
    }
    let (mut rules, _) = shared.exchange.storage.access_rules(shared.now()).await?;
    change(&mut rules);
    rules.admits(id, caller.address, shared.now()).map_err(|_| ErrorCode::WouldLockOut.into())
}
