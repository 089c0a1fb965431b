//! `GET /api/v1/accounts/{account}`.

use actix_web::web;
use beside_protocol::ids::OperatorId;

use super::super::{Refusal, Shared};
use super::{AccountEntry, find};

/// One account.
#[utoipa::path(get, path = "/accounts/{account}", tag = "accounts", params(("account" = String, Path)), responses((status = 200, body = AccountEntry)))]
pub(in super::super) async fn get(
    shared: web::Data<Shared>,
    id: web::Path<OperatorId>,
) -> Result<web::Json<AccountEntry>, Refusal> {
    Ok(web::Json(find(&shared, &id).await?.into()))
}
