//! The app while nobody is signed in.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use beside_identity::statement::BrokerAddress;
use beside_identity::{Organisation, Verified};
use beside_installation::{DataFolder, Trust};
use beside_protocol::ErrorCode;
use beside_protocol::api::{Role, SignIn};
use beside_transport::api::{Api, SignInAnswer};
use beside_transport::line::Endpoint;
use beside_transport::link::Link;
use beside_transport::{Broker, Solving, TransportError, clock, trust};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout, timeout_at};
use zeroize::Zeroizing;

use crate::command::Command;
use crate::credential::Proof;
use crate::desk::{Desk, Left, SignedInAs};
use crate::start::{Feeds, Setup};
use crate::ui::Ui;
use crate::view::{ManagerView, SignInStep};

/// Remembers the last sign-in.
const REMEMBERED: &str = "sign-in.json";
/// A sign-in is several requests and a socket; the operator waits for a silent broker no longer than this in all of them
/// together. The time for a proof of work is this machine's own and does not count.
const SIGN_IN_WAIT: Duration = Duration::from_secs(8);
/// How long a password is kept for a second factor that nobody types: long enough to look for a telephone.
const SECOND_STEP_WAIT: Duration = Duration::from_secs(5 * 60);

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Remembered {
    broker: String,
    name: String,
}

/// The app.
pub(crate) struct App {
    data: DataFolder,
    trust: Trust,
    organisation: Option<Verified<Organisation>>,
    fault: Option<ErrorCode>,
    remembered: Remembered,
    ui: Arc<dyn Ui>,
    pub(crate) commands: mpsc::Receiver<Command>,
    shown: watch::Sender<ManagerView>,
    pub(crate) feeds: Feeds,
}

/// What was typed in the first step. Shared, so that there is one copy, which is wiped with its last owner.
struct Entry {
    broker: String,
    name: String,
    password: Zeroizing<String>,
}

/// How a second step went.
enum SecondStep {
    Answered(Zeroizing<String>),
    Left(Option<ErrorCode>),
    Quit,
}

/// How a sign-in went.
enum SignInEnd {
    SignedIn(Box<SignedInAs>),
    NotSignedIn(Option<ErrorCode>),
    Quit,
}

impl App {
    pub(crate) fn new(
        setup: Setup,
        ui: Arc<dyn Ui>,
        commands: mpsc::Receiver<Command>,
        shown: watch::Sender<ManagerView>,
        feeds: Feeds,
    ) -> Self {
        let (organisation, fault) = match setup.found {
            Ok(found) => (found.organisation, None),
            Err(fault) => (None, Some(fault.error)),
        };
        let mut remembered: Remembered = setup.data.load(REMEMBERED).ok().flatten().unwrap_or_default();
        if let (true, Some(organisation)) = (remembered.broker.is_empty(), &organisation) {
            remembered.broker = organisation.body().broker.to_string();
        }
        Self { data: setup.data, trust: setup.trust, organisation, fault, remembered, ui, commands, shown, feeds }
    }

    pub(crate) async fn run(mut self) {
        let mut error = self.fault;
        while let Some(entry) = self.ask(error).await {
            self.remembered = Remembered { broker: entry.broker.clone(), name: entry.name.clone() };
            error = match self.enter(Arc::new(entry)).await {
                SignInEnd::SignedIn(signed_in) => match Desk::run(&mut self, *signed_in).await {
                    Left::SignedOut(error) => error,
                    Left::Quit => break,
                },
                SignInEnd::NotSignedIn(error) => error,
                SignInEnd::Quit => break,
            };
        }
        self.ui.quit();
    }

    /// Signs in, asking for the second factor if the account has one, as often as it is refused.
    async fn enter(&mut self, entry: Arc<Entry>) -> SignInEnd {
        let (mut step, mut second_factor) = (SignInStep::Password, None);
        loop {
            self.show_sign_in(None, true, step);
            let signed_in = tokio::select! {
                signed_in = self.sign_in(Arc::clone(&entry), second_factor.take()) => signed_in,
                () = closed(&mut self.commands) => return SignInEnd::Quit,
            };
            let refused = match signed_in {
                Ok(signed_in) => return SignInEnd::SignedIn(Box::new(signed_in)),
                Err(ErrorCode::SecondFactorNeeded) => None,
                Err(error @ ErrorCode::SecondFactorRefused) => Some(error),
                Err(error) => return SignInEnd::NotSignedIn(Some(error)),
            };
            step = SignInStep::SecondFactor;
            match self.ask_second_factor(refused).await {
                SecondStep::Answered(answer) => second_factor = Some(answer),
                SecondStep::Left(error) => return SignInEnd::NotSignedIn(error),
                SecondStep::Quit => return SignInEnd::Quit,
            }
        }
    }

    /// Shows a view, if it is another than the last.
    pub(crate) fn show(&self, view: ManagerView) {
        if *self.shown.borrow() != view {
            self.shown.send_replace(view.clone());
            self.ui.show(view);
        }
    }

    fn show_sign_in(&self, error: Option<ErrorCode>, busy: bool, step: SignInStep) {
        let Remembered { broker, name } = self.remembered.clone();
        self.show(ManagerView::SignIn { broker, name, error, busy, step });
    }

    async fn ask(&mut self, error: Option<ErrorCode>) -> Option<Entry> {
        self.show_sign_in(error, false, SignInStep::Password);
        loop {
            match self.commands.recv().await? {
                Command::SignIn { broker, name, password } => {
                    let (broker, name) = (broker.trim().to_owned(), name.trim().to_owned());
                    return Some(Entry { broker, name, password });
                }
                Command::Quit => return None,
                Command::AnswerSecondFactor(_)
                | Command::CancelSignIn
                | Command::SignOut
                | Command::NewCode
                | Command::SetAway(_)
                | Command::Accept(_)
                | Command::Decline(_)
                | Command::InSession(..) => {}
            }
        }
    }

    /// Waits for the second factor, but not for ever: a password waits with it.
    async fn ask_second_factor(&mut self, error: Option<ErrorCode>) -> SecondStep {
        self.show_sign_in(error, false, SignInStep::SecondFactor);
        let answer = async {
            loop {
                match self.commands.recv().await {
                    Some(Command::AnswerSecondFactor(answer)) => return SecondStep::Answered(answer),
                    Some(Command::CancelSignIn) => return SecondStep::Left(None),
                    Some(Command::Quit) | None => return SecondStep::Quit,
                    Some(
                        Command::SignIn { .. }
                        | Command::SignOut
                        | Command::NewCode
                        | Command::SetAway(_)
                        | Command::Accept(_)
                        | Command::Decline(_)
                        | Command::InSession(..),
                    ) => {}
                }
            }
        };
        timeout(SECOND_STEP_WAIT, answer).await.unwrap_or(SecondStep::Left(Some(ErrorCode::NoAnswer)))
    }

    /// Signs in with what there is now. Gives up in time, wherever the broker falls silent.
    fn sign_in(
        &self,
        entry: Arc<Entry>,
        second_factor: Option<Zeroizing<String>>,
    ) -> impl Future<Output = Result<SignedInAs, ErrorCode>> + use<> {
        let broker = self.broker(&entry.broker);
        let (data, remembered) = (self.data.clone(), self.remembered.clone());
        let organisation = self.fault.map_or_else(|| Ok(self.organisation.clone()), Err);
        async move {
            let signed_in = sign_in(broker?, entry, second_factor, data.clone(), organisation).await?;
            // A machine that can't remember is no less able to sign in.
            let _ = data.save(REMEMBERED, &remembered);
            Ok(signed_in)
        }
    }

    fn broker(&self, text: &str) -> Result<Broker, ErrorCode> {
        let address: BrokerAddress = text.parse().map_err(|_| ErrorCode::BrokerUnreachable)?;
        let tls = trust::client_config(&self.trust.authorities).map_err(|error| error.code())?;
        Ok(Broker { host: address.host().to_owned(), port: address.port(), tls })
    }
}

async fn sign_in(
    broker: Broker,
    entry: Arc<Entry>,
    second_factor: Option<Zeroizing<String>>,
    data: DataFolder,
    organisation: Result<Option<Verified<Organisation>>, ErrorCode>,
) -> Result<SignedInAs, ErrorCode> {
    let api = Api::new(&broker).map_err(|error| error.code())?;
    let mut request = SignIn {
        name: entry.name.clone(),
        password: entry.password.to_string(),
        second_factor: second_factor.map(|answer| answer.to_string()),
        proof: None,
    };
    let mut deadline = in_time();
    let signed_in = match by(deadline, api.sign_in(&request)).await? {
        SignInAnswer::SignedIn(signed_in) => signed_in,
        SignInAnswer::Prove(challenge) => {
            request.proof = Some(Solving::begin(challenge).finished().await.map_err(|error| error.code())?);
            deadline = in_time();
            match by(deadline, api.sign_in(&request)).await? {
                SignInAnswer::SignedIn(signed_in) => signed_in,
                // Not for ever: whoever asks twice may ask always.
                SignInAnswer::Prove(_) => return Err(ErrorCode::ProofNeeded),
            }
        }
    };
    if signed_in.role != Role::Operator {
        // The sign-in is of no use here; a broker that is gone by now forgets it anyway.
        let _ = by(deadline, api.sign_out(&signed_in.token)).await;
        return Err(ErrorCode::NotAnOperator);
    }
    let kept = by(deadline, api.credential(&signed_in.token)).await?;
    // Without org.json beside it, or while something else is wrong with the proof, the manager still works for
    // customers who have no org.json either; the desk says what is missing.
    let (id, time) = (signed_in.id.clone(), beside_installation::wall_clock());
    let proof = tokio::task::spawn_blocking(move || {
        Proof::gather(&data, organisation?.as_ref(), &id, &entry.password, &kept, time)
    })
    .await
    .map_err(|_| ErrorCode::Internal)?;
    let connecting = Link::connect(broker.clone(), Endpoint::Operator(signed_in.token.clone()));
    let link = by(deadline, connecting).await?;
    Ok(SignedInAs { broker, api, token: signed_in.token, name: signed_in.name, link, proof })
}

/// When the broker must have answered.
fn in_time() -> Instant {
    Instant::from_std(clock::now() + SIGN_IN_WAIT)
}

/// What the broker answers by then.
async fn by<T>(deadline: Instant, answer: impl Future<Output = Result<T, TransportError>>) -> Result<T, ErrorCode> {
    let answered = timeout_at(deadline, answer).await.map_err(|_| ErrorCode::BrokerUnreachable)?;
    answered.map_err(|error| error.code())
}

/// Ends when the app is closed; nothing else counts while a sign-in is under way.
async fn closed(commands: &mut mpsc::Receiver<Command>) {
    while !matches!(commands.recv().await, None | Some(Command::Quit)) {}
}
