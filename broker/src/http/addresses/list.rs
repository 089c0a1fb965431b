//! `GET …/addresses`.

use actix_web::web;
use beside_protocol::ids::OperatorId;

use super::super::{Refusal, Shared};
use super::{account, group};
use crate::storage::addresses::AddressEntry;

/// The list of an account.
#[utoipa::path(get, path = "/accounts/{account}/addresses", tag = "addresses", params(("account" = String, Path)), responses((status = 200, body = [AddressEntry])))]
pub(in super::super) async fn of_account(
    shared: web::Data<Shared>,
    id: web::Path<OperatorId>,
) -> Result<web::Json<Vec<AddressEntry>>, Refusal> {
    let owner = account(&shared, id.into_inner()).await?;
    Ok(web::Json(shared.exchange.storage.addresses(&owner).await?))
}

/// The list of a group.
#[utoipa::path(get, path = "/groups/{group}/addresses", tag = "addresses", params(("group" = String, Path)), responses((status = 200, body = [AddressEntry])))]
pub(in super::super) async fn of_group(
    shared: web::Data<Shared>,
    id: web::Path<String>,
) -> Result<web::Json<Vec<AddressEntry>>, Refusal> {
    let owner = group(&shared, id.into_inner()).await?;
    Ok(web::Json(shared.exchange.storage.addresses(&owner).await?))
}
