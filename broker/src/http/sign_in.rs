//! `POST /api/v1/sign-in`: name and password against a bearer token. A failure has one vague answer, the same after the
//! same time whether the account exists or not; what stands before it is the defence of `broker/core`.

use actix_web::{HttpRequest, HttpResponse, post, web};
use beside_broker_core::effect::SignInOutcome;
use beside_broker_core::sign_in_defence::Turned;
use beside_broker_core::{Address, Effect, Record, Trier};
use beside_protocol::ErrorCode;
use beside_protocol::api::{SignIn, SignedIn};
use beside_protocol::ids::{OperatorId, Token};
use beside_protocol::proof::Proof;
use rand_core::Rng as _;
use zeroize::Zeroizing;

use super::{Refusal, Shared};
use crate::clock::random;
use crate::exchange::Exchange;
use crate::hashing::Slot;
use crate::storage::accounts::{StoredAccount, name_key};

/// The longest name or password that is looked at, in bytes; neither can be longer.
const FIELD_MAX: usize = 256;

/// A try at signing in. Unless it is said otherwise it has failed: also when whoever made it hangs up before the answer.
struct Attempt<'a> {
    exchange: &'a Exchange,
    trier: Trier,
    settled: bool,
}

impl<'a> Attempt<'a> {
    fn begin(exchange: &'a Exchange, trier: Trier, proof: Option<&Proof>) -> Result<Self, Turned> {
        let now = exchange.clock.now().monotonic;
        exchange.defence(|defence| defence.begin(trier, proof, now, &mut random()))?;
        Ok(Self { exchange, trier, settled: false })
    }

    fn failed(mut self, account: Option<&OperatorId>) {
        self.fail(account);
    }

    fn succeeded(mut self) {
        self.settled = true;
        let now = self.exchange.clock.now().monotonic;
        self.exchange.defence(|defence| defence.succeeded(self.trier, now));
    }

    fn withdrawn(mut self) {
        self.settled = true;
        self.exchange.defence(|defence| defence.withdrawn(self.trier));
    }

    fn fail(&mut self, account: Option<&OperatorId>) {
        self.settled = true;
        let (now, mut seen) = (self.exchange.clock.now().monotonic, Vec::new());
        self.exchange.defence(|defence| defence.failed(self.trier, account, now, &mut seen));
        for observation in seen {
            self.exchange.observe(&observation);
        }
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if !self.settled {
            self.fail(None);
        }
    }
}

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
    let attempt = Attempt::begin(exchange, Trier::new(&name_key(&body.name), address), body.proof.as_ref())?;
    let (found, right) = match look(&shared, slot, &body).await {
        Ok(looked) => looked,
        Err(refusal) => {
            attempt.withdrawn();
            return Err(refusal);
        }
    };
    let (account, name) = match found {
        Some(found) if right => (found.account, found.name),
        found => {
            let outcome = if found.is_some() { SignInOutcome::WrongPassword } else { SignInOutcome::UnknownName };
            let account = found.map(|found| found.account.id);
            attempt.failed(account.as_ref());
            exchange
                .turn(|_, now, _, out| {
                    out.push(Effect::Record(Record::SignIn { account, address, outcome, at: now.unix_ms }));
                })
                .await?;
            return Err(ErrorCode::SignInRefused.into());
        }
    };
    attempt.succeeded();
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

/// The account of the name, if there is one, and whether the password is its own.
async fn look(shared: &Shared, slot: Slot<'_>, body: &SignIn) -> Result<(Option<StoredAccount>, bool), Refusal> {
    let found = shared.exchange.storage.account_of_name(&body.name).await?;
    let stored = found.as_ref().map(|found| found.password.to_string());
    let right = shared.hashing.verify(&slot, Zeroizing::new(body.password.clone()), stored).await?;
    Ok((found, right))
}
