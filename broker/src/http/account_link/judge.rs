//! `POST /api/v1/account-link/judge`: whether a password would do, while it is being chosen.

use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::super::caller::Place;
use super::super::{Refusal, Shared};
use super::find;
use crate::credentials::passwords::PasswordFault;

/// A password to judge.
#[derive(Deserialize, ToSchema, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct JudgePassword {
    /// The token in the link.
    token: String,
    /// The password.
    password: String,
}

/// What the rules say.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct Judgement {
    /// Whether it may be chosen.
    accepted: bool,
    /// Every reason against it.
    reasons: Vec<PasswordFault>,
}

/// Judges a password.
#[utoipa::path(post, path = "/account-link/judge", tag = "account link", request_body = JudgePassword, responses((status = 200, body = Judgement)))]
pub(in super::super) async fn post(
    shared: web::Data<Shared>,
    place: Place,
    body: web::Json<JudgePassword>,
) -> Result<web::Json<Judgement>, Refusal> {
    let (_, _, account) = find(&shared, &body.token, place.0).await?;
    let reasons = shared.judge(&body.password, &account.name).await?;
    Ok(web::Json(Judgement { accepted: reasons.is_empty(), reasons }))
}
