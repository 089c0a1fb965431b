//! `GET` and `PUT …/hours`. Who is connected outside new ones is let go of at once.

use actix_web::{HttpResponse, web};
use beside_broker_core::hours::{Hours, HoursError, HoursForm};
use beside_protocol::ErrorCode;
use beside_protocol::ids::OperatorId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::{Refusal, Shared};
use super::{account, group, keep_the_maker_in};
use crate::audit::Action;
use crate::storage::addresses::Owner;

/// At which hours.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct NewHours {
    /// Windows of the week in one time zone; null for any hour.
    #[schema(value_type = Option<HoursSchema>)]
    hours: Option<HoursForm>,
    /// Whether to do it even if its maker could then no longer sign in now.
    #[serde(default)]
    confirmed: bool,
}

/// The hours that are set.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct SetHours {
    /// Windows of the week in one time zone; null for any hour.
    #[schema(value_type = Option<HoursSchema>)]
    hours: Option<HoursForm>,
}

/// How hours are written down, for the description of the API.
#[derive(ToSchema)]
#[schema(as = Hours)]
#[expect(dead_code, reason = "its shape is all that is used")]
struct HoursSchema {
    /// The IANA time zone.
    #[schema(example = "Asia/Seoul")]
    zone: String,
    /// When it is open, 1 to 32 windows.
    windows: Vec<WindowSchema>,
}

/// One window.
#[derive(ToSchema)]
#[schema(as = Window)]
#[expect(dead_code, reason = "its shape is all that is used")]
struct WindowSchema {
    /// The days on which it begins.
    #[schema(example = json!(["mon", "tue"]))]
    days: Vec<String>,
    /// `HH:MM`.
    #[schema(example = "08:30")]
    from: String,
    /// `HH:MM`, up to `24:00`; earlier than `from` it is on the day after.
    #[schema(example = "18:00")]
    to: String,
}

/// The hours of an account.
#[utoipa::path(get, path = "/accounts/{account}/hours", tag = "addresses", params(("account" = String, Path)), responses((status = 200, body = SetHours)))]
pub(in super::super) async fn read_of_account(
    shared: web::Data<Shared>,
    id: web::Path<OperatorId>,
) -> Result<web::Json<SetHours>, Refusal> {
    let owner = account(&shared, id.into_inner()).await?;
    Ok(web::Json(SetHours { hours: shared.exchange.storage.hours(&owner).await? }))
}

/// The hours of the members of a group.
#[utoipa::path(get, path = "/groups/{group}/hours", tag = "addresses", params(("group" = String, Path)), responses((status = 200, body = SetHours)))]
pub(in super::super) async fn read_of_group(
    shared: web::Data<Shared>,
    id: web::Path<String>,
) -> Result<web::Json<SetHours>, Refusal> {
    let owner = group(&shared, id.into_inner()).await?;
    Ok(web::Json(SetHours { hours: shared.exchange.storage.hours(&owner).await? }))
}

/// Sets the hours of an account.
#[utoipa::path(put, path = "/accounts/{account}/hours", tag = "addresses", params(("account" = String, Path)), request_body = NewHours, responses((status = 204)))]
pub(in super::super) async fn of_account(
    shared: web::Data<Shared>,
    caller: Caller,
    id: web::Path<OperatorId>,
    body: web::Json<NewHours>,
) -> Result<HttpResponse, Refusal> {
    let owner = account(&shared, id.into_inner()).await?;
    set(&shared, &caller, &owner, &body).await
}

/// Sets the hours of the members of a group.
#[utoipa::path(put, path = "/groups/{group}/hours", tag = "addresses", params(("group" = String, Path)), request_body = NewHours, responses((status = 204)))]
pub(in super::super) async fn of_group(
    shared: web::Data<Shared>,
    caller: Caller,
    id: web::Path<String>,
    body: web::Json<NewHours>,
) -> Result<HttpResponse, Refusal> {
    let owner = group(&shared, id.into_inner()).await?;
    set(&shared, &caller, &owner, &body).await
}

async fn set(shared: &Shared, caller: &Caller, owner: &Owner, body: &NewHours) -> Result<HttpResponse, Refusal> {
    let fault = |fault: HoursError| Refusal::because(ErrorCode::MessageMalformed, [fault.as_str()]);
    let hours = body.hours.as_ref().map(Hours::parse).transpose().map_err(fault)?;
    keep_the_maker_in(shared, caller, body.confirmed, |rules| {
        let limits = match owner {
            Owner::Account(id) => rules.accounts.entry(id.clone()).or_default(),
            Owner::Group(id) => rules.groups.entry(id.clone()).or_default(),
        };
        limits.hours = hours;
    })
    .await?;
    let event = caller.event(Action::HoursChanged, shared.now());
    let mut writing = shared.exchange.storage.writing().await?;
    writing.set_hours(owner, body.hours.as_ref(), event).await?;
    writing.commit().await?;
    shared.refresh_rules().await?;
    Ok(HttpResponse::NoContent().finish())
}
