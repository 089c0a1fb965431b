//! `GET /api/v1/accounts`.

use actix_web::web;
use beside_protocol::ErrorCode;
use beside_protocol::ids::OperatorId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::page::{Page, cursor, page, rows};
use super::super::{Refusal, Shared};
use super::AccountEntry;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Asked {
    /// From the page before.
    cursor: Option<String>,
    /// Rows, 50 without it.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
}

/// All accounts, in the order of their ids.
#[utoipa::path(get, path = "/accounts", tag = "accounts", params(Asked), responses((status = 200, body = Page<AccountEntry>)))]
pub(in super::super) async fn get(
    shared: web::Data<Shared>,
    asked: web::Query<Asked>,
) -> Result<web::Json<Page<AccountEntry>>, Refusal> {
    let rows = rows(asked.limit)?;
    let after = cursor(asked.cursor.as_ref())?.map(|text| text.parse()).transpose();
    let after: Option<OperatorId> = after.map_err(|_| ErrorCode::MessageMalformed)?;
    let accounts = shared.exchange.storage.accounts(after.as_ref().map(OperatorId::as_str), rows).await?;
    Ok(page(accounts.into_iter().map(AccountEntry::from).collect(), rows, |entry: &AccountEntry| entry.id.clone()))
}
