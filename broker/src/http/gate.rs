//! The gate before every route: finds out who calls and from where, and lets through what the table of rights allows.
//! What is not in the table is not there.

use std::str::FromStr as _;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};
use beside_broker_core::{Address, Observation};
use beside_protocol::ErrorCode;
use beside_protocol::ids::Token;

use super::browser::Cookie;
use super::caller::{Caller, Identity, Place};
use super::rights::{Access, Granted, Listener};
use super::routes::{self, Route};
use super::{Refusal, Shared, tokens};
use crate::audit::{Action, Actor, Event};
use crate::storage::StorageError;

/// The header that says why a sensitive action is taken: UTF-8, percent-encoded.
pub const REASON_HEADER: &str = "beside-reason";
const REASON_LEAST: usize = 3;
const REASON_MOST: usize = 500;

/// The middleware.
pub(super) async fn gate(
    listener: web::ThinData<Listener>,
    shared: web::Data<Shared>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let route = request
        .match_pattern()
        .and_then(|pattern| routes::find(request.method(), &pattern))
        .filter(|route| route.listener.serves(listener.0))
        .ok_or(Refusal::from(ErrorCode::NotFound))?;
    let address = shared.client_address(request.request())?;
    request.extensions_mut().insert(Place(address));
    let Access::Roles(granted) = route.access else { return next.call(request).await };
    let caller = admit(listener.0, route, granted, address, &shared, &request).await?;
    let actor = caller.actor();
    request.extensions_mut().insert(caller);
    let answer = next.call(request).await?;
    // What the table allows a handler may still forbid.
    if answer.status() == StatusCode::FORBIDDEN
        && let Some(refusal) = answer.response().error().and_then(Error::as_error::<Refusal>)
    {
        log_refusal(actor, refusal.code, address, route, &shared).await.map_err(Refusal::from)?;
    }
    Ok(answer)
}

/// What a caller shows of itself.
enum Credential {
    /// A program's bearer token.
    Program(Token),
    /// The bearer token of a sign-in.
    SignIn(Token),
    /// A browser's cookie.
    Browser(Cookie),
}

/// Finds what the caller shows. Cookies count where the console is served, and nowhere else.
fn credential(listener: Listener, headers: &HeaderMap) -> Result<Credential, ErrorCode> {
    let cookie = match listener {
        Listener::Administration => Cookie::shown(headers)?,
        Listener::Public | Listener::Both => None,
    };
    let bearer = match (headers.get(header::AUTHORIZATION), cookie) {
        // Two answers to the question who calls are none.
        (Some(_), Some(_)) => return Err(ErrorCode::MessageMalformed),
        (None, Some(cookie)) => return cookie.parse().map(Credential::Browser),
        (authorization, None) => authorization.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer ")),
    };
    let bearer = bearer.ok_or(ErrorCode::SignedOut)?;
    let token = |text| Token::from_str(text).map_err(|_| ErrorCode::SignedOut);
    match bearer.strip_prefix(tokens::PREFIX) {
        Some(bearer) => token(bearer).map(Credential::Program),
        None => token(bearer).map(Credential::SignIn),
    }
}

async fn admit(
    listener: Listener,
    route: &Route,
    granted: Granted,
    address: Address,
    shared: &Shared,
    request: &ServiceRequest,
) -> Result<Caller, Refusal> {
    let identity = match credential(listener, request.headers())? {
        Credential::Program(token) => program(token, granted, address, route, shared).await?,
        Credential::SignIn(token) => signed_in(token, None, granted, address, route, shared).await?,
        Credential::Browser(cookie) => {
            if let Err(error) = cookie.vouched_for(request.head()) {
                return Err(not_vouched_for(&cookie, error, address, route, shared).await?);
            }
            signed_in(cookie.token(), Some(cookie), granted, address, route, shared).await?
        }
    };
    let caller = Caller { address, identity, reason: None };
    if granted.sensitive && !caller.stepped_up() {
        log_refusal(caller.actor(), ErrorCode::StepUpNeeded, address, route, shared).await?;
        return Err(ErrorCode::StepUpNeeded.into());
    }
    let reason = reason(request)?;
    if granted.sensitive && reason.is_none() {
        return Err(ErrorCode::ReasonNeeded.into());
    }
    Ok(Caller { reason, ..caller })
}

/// Refuses what another site had a browser ask for, or may have. It does not count as use of the sign-in.
async fn not_vouched_for(
    cookie: &Cookie,
    error: ErrorCode,
    address: Address,
    route: &Route,
    shared: &Shared,
) -> Result<Refusal, StorageError> {
    let token = cookie.token();
    let account = shared.exchange.turn(|board, _, _, _| board.whose(&token).map(|account| account.id.clone())).await?;
    let Some(account) = account else { return Ok(ErrorCode::SignedOut.into()) };
    log_refusal(Actor::Account(account), error, address, route, shared).await?;
    Ok(error.into())
}

async fn signed_in(
    token: Token,
    cookie: Option<Cookie>,
    granted: Granted,
    address: Address,
    route: &Route,
    shared: &Shared,
) -> Result<Identity, Refusal> {
    let bearer = shared.exchange.turn(|board, now, _, _| board.bearer(&token, now)).await?;
    let bearer = bearer.ok_or(ErrorCode::SignedOut)?;
    let account = bearer.account;
    let now = shared.now();
    let refusal = match shared.rules().admits(&account.id, address, now) {
        Ok(()) if granted.roles.contains(&account.role) => None,
        Ok(()) => Some(ErrorCode::Forbidden),
        Err(error) => Some(error),
    };
    let Some(error) = refusal else {
        let stepped_up_until = bearer.stepped_up_until;
        return Ok(Identity::SignIn { id: account.id, role: account.role, token, cookie, stepped_up_until });
    };
    if error == ErrorCode::AddressRefused {
        let observation = Observation::AddressRefused { account: account.id.clone(), place: address.place() };
        shared.exchange.observe(observation);
    }
    log_refusal(Actor::Account(account.id), error, address, route, shared).await?;
    Err(error.into())
}

async fn program(
    token: Token,
    granted: Granted,
    address: Address,
    route: &Route,
    shared: &Shared,
) -> Result<Identity, Refusal> {
    let now = shared.now();
    let found = shared.exchange.storage.token(&token, now).await?.ok_or(ErrorCode::SignedOut)?;
    if granted.scope.is_some_and(|scope| found.scopes.contains(&scope)) {
        let made_by = found.made_by.parse().map_err(|_| ErrorCode::Internal)?;
        return Ok(Identity::Token { id: found.id, made_by });
    }
    log_refusal(Actor::Token(found.id), ErrorCode::Forbidden, address, route, shared).await?;
    Err(ErrorCode::Forbidden.into())
}

/// Whoever is known and forbidden something stands in the log with it.
async fn log_refusal(
    actor: Actor,
    error: ErrorCode,
    address: Address,
    route: &Route,
    shared: &Shared,
) -> Result<(), StorageError> {
    let event = Event::new(Action::AccessRefused, actor, shared.now()).from(address);
    shared.log(event.with("route", format!("{} {}", route.method, route.path)).with("error", error.as_str())).await
}

fn reason(request: &ServiceRequest) -> Result<Option<String>, Refusal> {
    let Some(value) = request.headers().get(REASON_HEADER) else { return Ok(None) };
    let text = percent_encoding::percent_decode(value.as_bytes()).decode_utf8().map_err(|_| ErrorCode::ReasonNeeded)?;
    let text = text.trim();
    let length = text.chars().count();
    if !(REASON_LEAST..=REASON_MOST).contains(&length) || text.chars().any(char::is_control) {
        return Err(ErrorCode::ReasonNeeded.into());
    }
    Ok(Some(text.to_owned()))
}
