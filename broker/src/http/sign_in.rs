//! `POST /api/v1/sign-in`: name and password against a bearer token. A failure has one vague answer, the same after the
//! same time whether the account exists or not; repeated failures have to wait ever longer.

use actix_web::{HttpRequest, HttpResponse, post, web};
use beside_broker_core::effect::SignInOutcome;
use beside_broker_core::sign_in_delay::Trier;
use beside_broker_core::{Address, Effect, Record};
use beside_protocol::ErrorCode;
use beside_protocol::api::{SignIn, SignedIn};
use beside_protocol::ids::Token;
use rand_core::Rng as _;
use zeroize::Zeroizing;

use super::{Refusal, Shared};
use crate::clock::random;
use crate::storage::accounts::name_key;

/// The longest name or password that is looked at, in bytes; neither can be longer.
const FIELD_MAX: usize = 256;

#[post("/sign-in")]
pub(super) async fn post(
    shared: web::Data<Shared>,
    request: HttpRequest,
    body: web::Json<SignIn>,
) -> Result<HttpResponse, Refusal> {
    let body = body.into_inner();
    if body.name.len() > FIELD_MAX || body.password.len() > FIELD_MAX {
        return Err(ErrorCode::MessageMalformed.into());
    }
    let exchange = &shared.exchange;
    let address = Address::from(request.peer_addr().ok_or(ErrorCode::Internal)?.ip());
    let slot = shared.hashing.slot()?;
    let trier = Trier::new(&name_key(&body.name), address);
    let begun = exchange.clock.now().monotonic;
    exchange
        .delay(|delay| delay.begin(trier, begun))
        .map_err(|wait| Refusal { code: ErrorCode::TooManyTries, retry_after: Some(wait) })?;

    let found = exchange.storage.account_of_name(&body.name).await?;
    let stored = found.as_ref().map(|found| found.password.to_string());
    let right = shared.hashing.verify(&slot, Zeroizing::new(body.password.clone()), stored).await?;
    drop(slot);
    let (account, name) = match found {
        Some(found) if right => (found.account, found.name),
        found => {
            let outcome = if found.is_some() { SignInOutcome::WrongPassword } else { SignInOutcome::UnknownName };
            let account = found.map(|found| found.account.id);
            exchange
                .turn(|_, now, _, out| {
                    out.push(Effect::Record(Record::SignIn { account, address, outcome, at: now.unix_ms }));
                })
                .await?;
            return Err(ErrorCode::SignInRefused.into());
        }
    };
    exchange.delay(|delay| delay.succeeded(trier));
    let mut secret = Zeroizing::new([0; 32]);
    random().fill_bytes(&mut *secret);
    let token = Token(*secret);
    match exchange.turn(|board, now, rng, out| board.signed_in(&account, &token, address, now, rng, out)).await {
        Ok(begun) => begun?,
        Err(error) => {
            // A sign-in that is not in the log must not exist.
            exchange.turn(|board, now, rng, out| board.signed_out(&token, now, rng, out)).await?;
            return Err(error.into());
        }
    }
    Ok(HttpResponse::Ok().json(SignedIn { token, id: account.id, name, role: account.role }))
}
