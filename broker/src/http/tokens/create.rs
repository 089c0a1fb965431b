//! `POST /api/v1/tokens`. The answer has the token, which is shown only now.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, web};
use beside_audit::Id;
use beside_broker_core::name::PersonName;
use beside_protocol::ErrorCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::caller::SignedInCaller;
use super::super::rights::Scope;
use super::super::{Refusal, Shared};
use super::{PREFIX, TokenEntry};
use crate::audit::Action;
use crate::clock::fresh_secret;
use crate::commands::fresh_id;
use crate::storage::tokens::StoredToken;

const DAY: i64 = 86_400_000;
/// A token is good for this long at most.
const DAYS_MAX: i64 = 366;

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct NewToken {
    /// What it is for.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    /// What it may do, one at least, each once.
    #[schema(min_items = 1, value_type = BTreeSet<Scope>)]
    scopes: Vec<Scope>,
    /// How many days it is good for.
    #[schema(minimum = 1, maximum = 366)]
    days: i64,
}

/// A token that has just been made.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct MadeToken {
    /// What programs send as the bearer token. It is shown only now.
    token: String,
    /// What is kept of it.
    entry: TokenEntry,
}

/// Makes an API token.
#[utoipa::path(post, path = "/tokens", tag = "API tokens", request_body = NewToken, responses((status = 201, body = MadeToken)))]
pub(in super::super) async fn post(
    shared: web::Data<Shared>,
    by: SignedInCaller,
    body: web::Json<NewToken>,
) -> Result<HttpResponse, Refusal> {
    let body = body.into_inner();
    let name = PersonName::parse(&body.name).ok_or(ErrorCode::MessageMalformed)?;
    let scopes: BTreeSet<Scope> = body.scopes.iter().copied().collect();
    if scopes.is_empty() || scopes.len() < body.scopes.len() || !(1..=DAYS_MAX).contains(&body.days) {
        return Err(ErrorCode::MessageMalformed.into());
    }
    let made_at = shared.now();
    let id = fresh_id('t');
    let stored = StoredToken {
        id: Id::new(id).map_err(|_| ErrorCode::Internal)?,
        name: name.as_str().to_owned(),
        scopes,
        made_by: by.id.to_string(),
        made_at,
        expires_at: made_at + body.days * DAY,
        used_at: None,
        revoked_at: None,
    };
    let token = fresh_secret();
    let mut writing = shared.exchange.storage.writing().await?;
    writing.add_token(&token, &stored, by.caller.event(Action::TokenMade, made_at)).await?;
    writing.commit().await?;
    let token = format!("{PREFIX}{}", token.to_text());
    Ok(HttpResponse::Created().json(MadeToken { token, entry: stored.into() }))
}
