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
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use crate::command::Command;
use crate::credential::Proof;
use crate::desk::{Desk, Left, SignedInAs};
use crate::start::{Feeds, Setup};
use crate::ui::Ui;
use crate::view::ManagerView;

/// Remembers the last sign-in.
const REMEMBERED: &str = "sign-in.json";
/// A sign-in is several requests and a socket; the operator waits for a silent broker no longer than this in all of them
/// together. The time for a proof of work is this machine's own and does not count.
const SIGN_IN_WAIT: Duration = Duration::from_secs(8);

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

struct Entry {
    broker: String,
    name: String,
    password: Zeroizing<String>,
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
            self.show_sign_in(None, true);
            let signed_in = tokio::select! {
                signed_in = self.sign_in(entry) => signed_in,
                () = closed(&mut self.commands) => break,
            };
            error = match signed_in {
                Ok(signed_in) => match Desk::run(&mut self, signed_in).await {
                    Left::SignedOut(error) => error,
                    Left::Quit => break,
                },
                Err(error) => Some(error),
            };
        }
        self.ui.quit();
    }

    /// Shows a view, if it is another than the last.
    pub(crate) fn show(&self, view: ManagerView) {
        if *self.shown.borrow() != view {
            self.shown.send_replace(view.clone());
            self.ui.show(view);
        }
    }

    fn show_sign_in(&self, error: Option<ErrorCode>, busy: bool) {
        let Remembered { broker, name } = self.remembered.clone();
        self.show(ManagerView::SignIn { broker, name, error, busy });
    }

    async fn ask(&mut self, error: Option<ErrorCode>) -> Option<Entry> {
        self.show_sign_in(error, false);
        loop {
            match self.commands.recv().await? {
                Command::SignIn { broker, name, password } => {
                    let (broker, name) = (broker.trim().to_owned(), name.trim().to_owned());
                    return Some(Entry { broker, name, password });
                }
                Command::Quit => return None,
                Command::SignOut
                | Command::NewCode
                | Command::SetAway(_)
                | Command::Accept(_)
                | Command::Decline(_)
                | Command::InSession(..) => {}
            }
        }
    }

    /// Signs in with what there is now. Gives up in time, wherever the broker falls silent.
    fn sign_in(&self, entry: Entry) -> impl Future<Output = Result<SignedInAs, ErrorCode>> + use<> {
        let broker = self.broker(&entry.broker);
        let (data, remembered) = (self.data.clone(), self.remembered.clone());
        let organisation = self.fault.map_or_else(|| Ok(self.organisation.clone()), Err);
        async move {
            let signed_in = sign_in(broker?, entry, data.clone(), organisation).await?;
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
    entry: Entry,
    data: DataFolder,
    organisation: Result<Option<Verified<Organisation>>, ErrorCode>,
) -> Result<SignedInAs, ErrorCode> {
    let api = Api::new(&broker).map_err(|error| error.code())?;
    let (name, password) = (entry.name, entry.password.to_string());
    let mut request = SignIn { name, password, second_factor: None, proof: None };
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
