//! `POST /api/v1/accounts/{account}/link`: a new one-time link, for an invitation that was not used or a password that was
//! lost. Older links of the account are void.

use actix_web::{HttpResponse, web};
use beside_protocol::ErrorCode;
use beside_protocol::ids::{OperatorId, Token};
use rand_core::Rng as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::{Refusal, Shared};
use super::find_alive;
use crate::audit::{Action, Event};
use crate::clock::random;
use crate::credentials::second_factor::SecondFactor;
use crate::storage::StorageError;
use crate::storage::accounts::AccountState;
use crate::storage::links::{LinkPurpose, StoredLink};
use crate::storage::writing::Writing;

/// How long an invitation is good, in milliseconds.
const INVITATION_LIFE: i64 = 72 * 3_600_000;
/// How long a link after a lost password is good, in milliseconds.
const LOST_LIFE: i64 = 3_600_000;

/// What was lost.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Lost {
    /// Whether the second factor is lost too.
    second_factor: bool,
}

/// A one-time link to an account. It is shown only now.
#[derive(Serialize, ToSchema)]
pub struct AccountLink {
    /// The account.
    id: String,
    /// The address to open.
    pub link: String,
    /// Until when it is good, Unix milliseconds.
    expires_at: i64,
}

/// Makes a one-time link.
#[utoipa::path(post, path = "/accounts/{account}/link", tag = "accounts", params(("account" = String, Path)), request_body = Lost, responses((status = 201, body = AccountLink)))]
pub(in super::super) async fn post(
    shared: web::Data<Shared>,
    caller: Caller,
    id: web::Path<OperatorId>,
    body: web::Json<Lost>,
) -> Result<HttpResponse, Refusal> {
    let found = find_alive(&shared, &id).await?;
    let purpose = match (found.state, body.second_factor || !found.second_factor) {
        (AccountState::Invited, _) => LinkPurpose::Invitation,
        (AccountState::Active, false) => LinkPurpose::LostPassword,
        (AccountState::Active, true) => LinkPurpose::LostEverything,
        (AccountState::Ended, _) => return Err(ErrorCode::Conflict.into()),
    };
    let event = caller.event(Action::AccountLinkMade, shared.now());
    let mut writing = shared.exchange.storage.writing().await?;
    let link = make(&shared.public_url, &mut writing, &id, &found.name, purpose, event).await?;
    writing.commit().await?;
    Ok(HttpResponse::Created().json(link))
}

/// Makes a link as a part of a change.
///
/// # Errors
/// See [`StorageError`].
pub async fn make(
    public_url: &str,
    writing: &mut Writing<'_>,
    id: &OperatorId,
    name: &str,
    purpose: LinkPurpose,
    event: Event,
) -> Result<AccountLink, StorageError> {
    let life = if purpose == LinkPurpose::Invitation { INVITATION_LIFE } else { LOST_LIFE };
    let mut secret = [0; 32];
    random().fill_bytes(&mut secret);
    let token = Token(secret);
    let expires_at = event.at + life;
    let factor = SecondFactor::generate(name, &mut random());
    let stored = StoredLink { account: id.clone(), purpose, factor, expires_at };
    writing.make_link(&token, &stored, event).await?;
    // Behind the #, so that it stands in no log of a proxy.
    Ok(AccountLink { id: id.to_string(), link: format!("{public_url}/account#{}", token.to_text()), expires_at })
}
