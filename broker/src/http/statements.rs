//! `POST /api/v1/statements`: an administrator uploads an operator's certificate or a status that the organisation
//! signed elsewhere. The broker believes neither the administrator nor itself: only the organisation's keys.

use actix_web::{HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beside_identity::{Kind, Operator, Status, UnixTime, Verified};
use beside_protocol::ErrorCode;
use beside_protocol::api::{Role, UploadStatement};

use super::caller::Caller;
use super::{Refusal, Shared};
use crate::storage::statements::NewStatement;

/// Keeps a signed statement.
#[utoipa::path(post, path = "/statements", tag = "accounts", request_body = UploadStatement, responses((status = 204)))]
pub(super) async fn post(
    shared: web::Data<Shared>,
    caller: Caller,
    body: web::Json<UploadStatement>,
) -> Result<HttpResponse, Refusal> {
    let bytes = STANDARD.decode(&body.statement).map_err(|_| ErrorCode::MessageMalformed)?;
    let at = shared.exchange.clock.now().unix_ms;
    let now = UnixTime(u64::try_from(at / 1_000).unwrap_or(0));
    let keys = &shared.organisation_keys;
    let kind = match bytes.first() {
        Some(2) => Kind::Operator,
        Some(3) => Kind::Status,
        Some(_) | None => return Err(ErrorCode::MessageMalformed.into()),
    };
    let storage = &shared.exchange.storage;
    let (about, issued, expires) = if kind == Kind::Operator {
        let operator = Verified::<Operator>::verify_under(&bytes, keys, now).map_err(|error| error.code(kind))?;
        let id = operator.body().id.clone();
        let account = storage.account_of_id(&id).await?.filter(|account| account.account.role == Role::Operator);
        if account.is_none() {
            return Err(ErrorCode::NotFound.into());
        }
        let newest = storage.newest_statement(kind, Some(&id)).await?;
        operator.check_age(newest.map(|(issued, _)| issued)).map_err(|error| error.code(kind))?;
        (Some(id), operator.issued(), operator.expires())
    } else {
        let status = Verified::<Status>::verify_under(&bytes, keys, now).map_err(|error| error.code(kind))?;
        let newest = storage.newest_statement(kind, None).await?;
        status.check_age(newest.map(|(issued, _)| issued)).map_err(|error| error.code(kind))?;
        (None, status.issued(), status.expires())
    };
    let new = NewStatement { kind, about: about.as_ref(), issued, expires, bytes: &bytes, at };
    let mut writing = storage.writing().await?;
    writing.add_statement(new, caller.actor()).await?;
    writing.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
