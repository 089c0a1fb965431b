//! `POST /api/v1/account-link/open`: what a link is for.

use actix_web::web;
use beside_protocol::api::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::super::caller::Place;
use super::super::{Refusal, Shared};
use super::{SecondFactorStep, find};
use crate::credentials::passwords::PasswordRules;
use crate::storage::links::LinkPurpose;

/// Which link.
#[derive(Deserialize, ToSchema, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct OpenLink {
    /// The token in the link.
    token: String,
}

/// What the link is for.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct OpenedLink {
    /// The name of the account.
    name: String,
    /// Its role.
    role: Role,
    /// What for.
    purpose: LinkPurpose,
    /// What is asked for as the second factor.
    second_factor: SecondFactorStep,
    /// The second factor that may be set up; absent where one is kept.
    totp: Option<NewFactor>,
    /// Which passwords may be chosen.
    rules: PasswordRules,
    /// How long the link is still good.
    life_seconds: i64,
}

/// A second factor to set up.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct NewFactor {
    /// The secret, to be typed.
    secret: String,
    /// The `otpauth:` address, to be read from a picture.
    uri: String,
}

/// Looks at a link. It stays good.
#[utoipa::path(post, path = "/account-link/open", tag = "account link", request_body = OpenLink, responses((status = 200, body = OpenedLink)))]
pub(in super::super) async fn post(
    shared: web::Data<Shared>,
    place: Place,
    body: web::Json<OpenLink>,
) -> Result<web::Json<OpenedLink>, Refusal> {
    let (_, link, account) = find(&shared, &body.token, place.0).await?;
    let second_factor = SecondFactorStep::of(&link, &account, &shared);
    let totp = (second_factor != SecondFactorStep::Kept).then(|| NewFactor {
        secret: link.factor.to_base32().as_str().to_owned(),
        uri: link.factor.to_address().as_str().to_owned(),
    });
    Ok(web::Json(OpenedLink {
        name: account.name,
        role: account.account.role,
        purpose: link.purpose,
        second_factor,
        totp,
        rules: shared.rules().policy.passwords,
        life_seconds: (link.expires_at - shared.now()) / 1_000,
    }))
}
