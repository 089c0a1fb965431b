//! `DELETE …/addresses/{entry}`. Who is connected from there is let go of at once.

use actix_web::{HttpResponse, web};
use beside_protocol::ErrorCode;
use beside_protocol::ids::OperatorId;

use super::super::caller::Caller;
use super::super::{Refusal, Shared};
use super::{Confirmation, account, group, keep_the_maker_in};
use crate::audit::Action;
use crate::storage::addresses::Owner;

/// Takes an address off the list of an account.
#[utoipa::path(delete, path = "/accounts/{account}/addresses/{entry}", tag = "addresses", params(("account" = String, Path), ("entry" = String, Path), Confirmation), responses((status = 204)))]
pub(in super::super) async fn from_account(
    shared: web::Data<Shared>,
    caller: Caller,
    path: web::Path<(OperatorId, String)>,
    asked: web::Query<Confirmation>,
) -> Result<HttpResponse, Refusal> {
    let (id, entry) = path.into_inner();
    let owner = account(&shared, id).await?;
    remove(&shared, &caller, &owner, &entry, asked.confirmed).await
}

/// Takes an address off the list of a group.
#[utoipa::path(delete, path = "/groups/{group}/addresses/{entry}", tag = "addresses", params(("group" = String, Path), ("entry" = String, Path), Confirmation), responses((status = 204)))]
pub(in super::super) async fn from_group(
    shared: web::Data<Shared>,
    caller: Caller,
    path: web::Path<(String, String)>,
    asked: web::Query<Confirmation>,
) -> Result<HttpResponse, Refusal> {
    let (id, entry) = path.into_inner();
    let owner = group(&shared, id).await?;
    remove(&shared, &caller, &owner, &entry, asked.confirmed).await
}

async fn remove(
    shared: &Shared,
    caller: &Caller,
    owner: &Owner,
    entry: &str,
    confirmed: bool,
) -> Result<HttpResponse, Refusal> {
    let listed = shared.exchange.storage.addresses(owner).await?;
    let gone = listed.into_iter().find(|listed| listed.id == entry).ok_or(ErrorCode::NotFound)?;
    keep_the_maker_in(shared, caller, confirmed, |rules| {
        let limits = match owner {
            Owner::Account(id) => rules.accounts.get_mut(id),
            Owner::Group(id) => rules.groups.get_mut(id),
        };
        if let Some(limits) = limits
            && let Some(place) = limits.ranges.iter().position(|range| range.to_string() == gone.range)
        {
            limits.ranges.remove(place);
        }
    })
    .await?;
    let event = caller.event(Action::AddressRemoved, shared.now());
    let mut writing = shared.exchange.storage.writing().await?;
    if !writing.remove_address(owner, entry, event).await? {
        return Err(ErrorCode::NotFound.into());
    }
    writing.commit().await?;
    shared.refresh_rules().await?;
    Ok(HttpResponse::NoContent().finish())
}
