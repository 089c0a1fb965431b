//! Signing in, by whichever endpoint: name, password and second factor. A wrong name or password has one vague answer, the
//! same after the same time whether the account exists or not; repeated failures have to wait ever longer.

use std::time::Duration;

use beside_broker_core::effect::SignInOutcome;
use beside_broker_core::sign_in_defence::Turned;
use beside_broker_core::{Address, Effect, Observation, Record, Trier};
use beside_protocol::ErrorCode;
use beside_protocol::api::{Role, SignIn};
use beside_protocol::ids::{OperatorId, Token};
use beside_protocol::proof::Proof;
use zeroize::Zeroizing;

use super::account_link::needs_second_factor;
use super::rights::Listener;
use super::{Refusal, Shared};
use crate::clock::random;
use crate::credentials::hashing::Slot;
use crate::credentials::passwords::LENGTH_MAX;
use crate::exchange::Exchange;
use crate::storage::StorageError;
use crate::storage::accounts::{AccountState, StoredAccount, name_key};
use crate::storage::second_factors::SecondFactorCheck;

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
            self.exchange.observe(observation);
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

/// Signs in; `token` stands for it from then on. Says whose account it is.
///
/// # Errors
/// Why not; the log says so, too.
pub(super) async fn sign_in(
    shared: &Shared,
    listener: Listener,
    address: Address,
    body: SignIn,
    token: &Token,
) -> Result<StoredAccount, Refusal> {
    let longest = body.second_factor.as_ref().map_or(0, String::len).max(body.name.len()).max(body.password.len());
    if longest > LENGTH_MAX {
        return Err(ErrorCode::MessageMalformed.into());
    }
    let exchange = &shared.exchange;
    let now = shared.now();
    if let Some(until) = shared.rules().blocks.of_address(address, now) {
        exchange.metrics.sign_in(SignInOutcome::Blocked.as_str());
        let rest = Duration::from_millis(u64::try_from(until - now).unwrap_or(0));
        return Err(Refusal { retry_after: Some(rest), ..ErrorCode::Blocked.into() });
    }
    let slot = shared.hashing.slot()?;
    let attempt = Attempt::begin(exchange, Trier::new(&name_key(&body.name), address), body.proof.as_ref())?;
    let (found, right) = match look(shared, slot, &body).await {
        Ok(looked) => looked,
        Err(refusal) => {
            attempt.withdrawn();
            return Err(refusal);
        }
    };
    let account = match found {
        Some(found) if right && found.state == AccountState::Active => found,
        found => {
            let outcome = if found.is_some() { SignInOutcome::WrongPassword } else { SignInOutcome::UnknownName };
            let account = found.map(|found| found.account.id);
            attempt.failed(account.as_ref());
            log_refusal(shared, account, address, outcome).await?;
            return Err(ErrorCode::SignInRefused.into());
        }
    };
    let proven = match proven(shared, &account, body.second_factor.as_deref(), address, listener).await {
        Ok(proven) => proven,
        Err(error) => {
            // The database's fault is nobody's failure.
            attempt.withdrawn();
            return Err(error.into());
        }
    };
    if let Err(refused) = proven {
        if refused.counts {
            attempt.failed(Some(&account.account.id));
        } else {
            attempt.withdrawn();
        }
        if let Some(outcome) = refused.outcome {
            log_refusal(shared, Some(account.account.id), address, outcome).await?;
        }
        return Err(refused.error.into());
    }
    attempt.succeeded();
    begin(shared, &account, address, token).await?;
    Ok(account)
}

/// Why somebody with the right password is not signed in.
struct Refused {
    error: ErrorCode,
    /// What the log says; nothing if there is only something left to ask.
    outcome: Option<SignInOutcome>,
    /// Whether it counts as a failure, for which the next try has to wait.
    counts: bool,
}

/// Checks what comes after the password: second factor, listener, address, hours.
async fn proven(
    shared: &Shared,
    account: &StoredAccount,
    typed: Option<&str>,
    address: Address,
    listener: Listener,
) -> Result<Result<(), Refused>, StorageError> {
    let rules = shared.rules();
    let now = shared.now();
    let id = &account.account.id;
    let refused = |error, outcome, counts| Ok(Err(Refused { error, outcome: Some(outcome), counts }));
    if account.second_factor {
        let Some(typed) = typed else {
            // Not a failure, and not a success that would forgive the wrong codes before it.
            return Ok(Err(Refused { error: ErrorCode::SecondFactorNeeded, outcome: None, counts: false }));
        };
        if shared.exchange.storage.use_second_factor(id, typed, now).await? != SecondFactorCheck::Right {
            return refused(ErrorCode::SecondFactorRefused, SignInOutcome::WrongSecondFactor, true);
        }
    } else if needs_second_factor(account.account.role) || rules.policy.second_factor_for_all {
        return refused(ErrorCode::SecondFactorMissing, SignInOutcome::SecondFactorMissing, false);
    }
    let operator = account.account.role == Role::Operator;
    match (listener, operator) {
        (Listener::Administration, true) => {
            return refused(ErrorCode::Forbidden, SignInOutcome::WrongListener, false);
        }
        (Listener::Public, false) => {
            return refused(ErrorCode::NotAnOperator, SignInOutcome::WrongListener, false);
        }
        (Listener::Public | Listener::Administration | Listener::Both, _) => {}
    }
    match rules.admits(id, address, now) {
        Ok(()) => Ok(Ok(())),
        Err(error @ ErrorCode::HoursRefused) => refused(error, SignInOutcome::HoursRefused, false),
        Err(error @ ErrorCode::Blocked) => refused(error, SignInOutcome::Blocked, false),
        Err(error) => {
            let observation = Observation::AddressRefused { account: id.clone(), place: address.place() };
            shared.exchange.observe(observation);
            refused(error, SignInOutcome::AddressRefused, false)
        }
    }
}

/// The account of the name, if there is one, and whether the password is its own.
async fn look(shared: &Shared, slot: Slot<'_>, body: &SignIn) -> Result<(Option<StoredAccount>, bool), Refusal> {
    let found = shared.exchange.storage.account_of_name(&body.name).await?;
    let stored = found.as_ref().and_then(|found| found.password.as_ref()).map(|hash| hash.as_str().to_owned());
    let right = shared.hashing.verify(&slot, Zeroizing::new(body.password.clone()), stored).await?;
    Ok((found, right))
}

async fn begin(shared: &Shared, account: &StoredAccount, address: Address, token: &Token) -> Result<(), Refusal> {
    let exchange = &shared.exchange;
    let begun =
        exchange.turn(|board, now, rng, out| board.signed_in(&account.account, token, address, now, rng, out)).await;
    let holds = match begun {
        Ok(begun) => {
            begun?;
            still_is(exchange, account).await
        }
        Err(error) => Err(error),
    };
    if !matches!(holds, Ok(true)) {
        // A sign-in that is not in the log, or whose account is no longer what was proven, must not exist.
        exchange.turn(|board, now, rng, out| board.signed_out(token, now, rng, out)).await?;
        holds?;
        return Err(ErrorCode::SignInRefused.into());
    }
    exchange.watch.signed_in(account.account.id.clone(), address, exchange.clock.now());
    Ok(())
}

/// Whether the account is what it was when the password was compared, which takes a while: whoever ended it meanwhile,
/// or changed its role or its password, has shut out only who was signed in by then.
async fn still_is(exchange: &Exchange, proven: &StoredAccount) -> Result<bool, StorageError> {
    let now = exchange.storage.account_of_id(&proven.account.id).await?;
    Ok(now.is_some_and(|now| {
        now.state == proven.state && now.account.role == proven.account.role && now.password == proven.password
    }))
}

async fn log_refusal(
    shared: &Shared,
    account: Option<OperatorId>,
    address: Address,
    outcome: SignInOutcome,
) -> Result<(), StorageError> {
    shared
        .exchange
        .turn(|_, now, _, out| {
            out.push(Effect::Record(Record::SignIn { account, address, outcome, at: now.unix_ms }));
        })
        .await
}
