//! `POST /api/v1/sign-in`: name, password and second factor against a bearer token.

use actix_web::web;
use beside_protocol::api::{SignIn, SignedIn};

use super::caller::Place;
use super::rights::Listener;
use super::signing_in::sign_in;
use super::{Refusal, Shared};
use crate::clock::fresh_secret;
use crate::storage::accounts::StoredAccount;

/// Signs in. It ends an operator's older sign-in, with its codes.
#[utoipa::path(post, path = "/sign-in", tag = "public", request_body = SignIn, responses((status = 200, body = SignedIn)))]
pub(super) async fn post(
    listener: web::ThinData<Listener>,
    shared: web::Data<Shared>,
    place: Place,
    body: web::Json<SignIn>,
) -> Result<web::Json<SignedIn>, Refusal> {
    let token = fresh_secret();
    let StoredAccount { account, name, .. } = sign_in(&shared, listener.0, place.0, body.into_inner(), &token).await?;
    Ok(web::Json(SignedIn { token, id: account.id, name, role: account.role }))
}
