//! `POST …/addresses`.

use actix_web::{HttpResponse, web};
use beside_broker_core::address_rules::AddressRange;
use beside_protocol::ErrorCode;
use beside_protocol::ids::OperatorId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::caller::{Caller, SignedInCaller};
use super::super::{Refusal, Shared};
use super::{account, group, keep_the_maker_in};
use crate::access::AccessRules;
use crate::audit::Action;
use crate::commands::fresh_id;
use crate::storage::addresses::{AddressEntry, Owner};

const COMMENT_MAX: usize = 200;

/// What to list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct NewAddress {
    /// An IPv4 or IPv6 address, or a CIDR.
    #[schema(max_length = 64)]
    range: String,
    /// What it is.
    #[schema(max_length = 200)]
    #[serde(default)]
    comment: String,
    /// Whether to do it even if its maker could then no longer sign in from here.
    #[serde(default)]
    confirmed: bool,
}

/// Lists an address for an account.
#[utoipa::path(post, path = "/accounts/{account}/addresses", tag = "addresses", params(("account" = String, Path)), request_body = NewAddress, responses((status = 201, body = AddressEntry)))]
pub(in super::super) async fn to_account(
    shared: web::Data<Shared>,
    by: SignedInCaller,
    id: web::Path<OperatorId>,
    body: web::Json<NewAddress>,
) -> Result<HttpResponse, Refusal> {
    let owner = account(&shared, id.into_inner()).await?;
    add(&shared, by, owner, body.into_inner()).await
}

/// Lists an address for the members of a group.
#[utoipa::path(post, path = "/groups/{group}/addresses", tag = "addresses", params(("group" = String, Path)), request_body = NewAddress, responses((status = 201, body = AddressEntry)))]
pub(in super::super) async fn to_group(
    shared: web::Data<Shared>,
    by: SignedInCaller,
    id: web::Path<String>,
    body: web::Json<NewAddress>,
) -> Result<HttpResponse, Refusal> {
    let owner = group(&shared, id.into_inner()).await?;
    add(&shared, by, owner, body.into_inner()).await
}

async fn add(shared: &Shared, by: SignedInCaller, owner: Owner, body: NewAddress) -> Result<HttpResponse, Refusal> {
    let range: AddressRange = body.range.parse().map_err(|fault: beside_broker_core::address_rules::RangeError| {
        Refusal::because(ErrorCode::MessageMalformed, [fault.as_str()])
    })?;
    if body.comment.chars().count() > COMMENT_MAX || body.comment.chars().any(char::is_control) {
        return Err(ErrorCode::MessageMalformed.into());
    }
    let caller: &Caller = &by.caller;
    keep_the_maker_in(shared, caller, body.confirmed, |rules| listed(rules, &owner, range)).await?;
    let at = shared.now();
    let entry = AddressEntry {
        id: fresh_id('a'),
        range: range.to_string(),
        comment: body.comment,
        added_by: by.id.to_string(),
        added_at: at,
    };
    let mut writing = shared.exchange.storage.writing().await?;
    writing.add_address(&owner, &entry, caller.event(Action::AddressAdded, at)).await?;
    writing.commit().await?;
    shared.refresh_rules().await?;
    Ok(HttpResponse::Created().json(entry))
}

fn listed(rules: &mut AccessRules, owner: &Owner, range: AddressRange) {
    let limits = match owner {
        Owner::Account(id) => rules.accounts.entry(id.clone()).or_default(),
        Owner::Group(id) => rules.groups.entry(id.clone()).or_default(),
    };
    limits.ranges.push(range);
}
