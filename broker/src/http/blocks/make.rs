//! `POST /api/v1/blocks`. Who is connected is let go of at once.

use actix_web::{HttpResponse, web};
use beside_broker_core::address_rules::{AddressRange, RangeError};
use beside_protocol::ErrorCode;
use beside_protocol::ids::OperatorId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::addresses::keep_the_maker_in;
use super::super::caller::SignedInCaller;
use super::super::{Refusal, Shared, accounts};
use crate::access::Blocked;
use crate::audit::Action;
use crate::commands::fresh_id;
use crate::storage::blocks::{BlockEntry, NewBlock};

const MINUTE_MS: i64 = 60_000;
/// Longest block: thirty days. Whoever is to stay out has an account that is ended, or an address off the lists.
const MINUTES_MOST: i64 = 30 * 24 * 60;
/// What stands in a block that a person made.
const ADMINISTRATOR: &str = "administrator";

/// Whom to block; either an account or addresses.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct ToBlock {
    /// The id of an account.
    #[schema(value_type = Option<String>)]
    account: Option<OperatorId>,
    /// An IPv4 or IPv6 address, or a CIDR.
    #[schema(max_length = 64)]
    range: Option<String>,
    /// For how long.
    #[schema(minimum = 1, maximum = 43200)]
    minutes: i64,
    /// Whether to do it even if its maker could then no longer sign in from here.
    #[serde(default)]
    confirmed: bool,
}

/// Blocks an account or addresses for a while.
#[utoipa::path(post, path = "/blocks", tag = "blocks", request_body = ToBlock, responses((status = 201, body = BlockEntry)))]
pub(in super::super) async fn post(
    shared: web::Data<Shared>,
    by: SignedInCaller,
    body: web::Json<ToBlock>,
) -> Result<HttpResponse, Refusal> {
    let ToBlock { account, range, minutes, confirmed } = body.into_inner();
    if !(1..=MINUTES_MOST).contains(&minutes) {
        return Err(ErrorCode::MessageMalformed.into());
    }
    let blocked = match (account, range) {
        (Some(account), None) => {
            accounts::find_alive(&shared, &account).await?;
            Blocked::Account(account)
        }
        (None, Some(range)) => {
            let fault = |fault: RangeError| Refusal::because(ErrorCode::MessageMalformed, [fault.as_str()]);
            Blocked::Range(range.parse::<AddressRange>().map_err(fault)?)
        }
        (_, _) => return Err(ErrorCode::MessageMalformed.into()),
    };
    let now = shared.now();
    let until = now + minutes * MINUTE_MS;
    keep_the_maker_in(&shared, &by.caller, confirmed, |rules| rules.blocks.add(blocked.clone(), until)).await?;
    let new = NewBlock { id: fresh_id('b'), blocked, because: ADMINISTRATOR, expires_at: until };
    let mut writing = shared.exchange.storage.writing().await?;
    let made = writing.block(&new, Some(by.id.as_str()), by.caller.event(Action::BlockMade, now)).await?;
    writing.commit().await?;
    shared.refresh_rules().await?;
    Ok(HttpResponse::Created().json(made))
}
