//! Starting the app, and the handle that the shell keeps.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use beside_installation::{DataFolder, Fault, Found, Trust};
use beside_protocol::SessionId;
use tokio::sync::{mpsc, watch};

use crate::app::App;
use crate::command::Command;
use crate::feed::Feed;
use crate::ui::Ui;
use crate::view::{ManagerView, SignInStep};

/// Acts of a person that may wait. The mouse fills it fastest: one batch per painted frame of the page.
const COMMANDS: usize = 1024;

/// What was found on this machine at start.
#[derive(Debug)]
pub struct Setup {
    /// The app's folder.
    pub data: DataFolder,
    /// Whom this build trusts.
    pub trust: Trust,
    /// The organisation, or what is wrong with it.
    pub found: Result<Found, Fault>,
}

/// The pictures of the sessions that are open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Feeds(Arc<Mutex<HashMap<SessionId, Arc<Feed>>>>);

impl Feeds {
    pub(crate) fn put(&self, session: SessionId, feed: Arc<Feed>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(session, feed);
    }

    pub(crate) fn remove(&self, session: SessionId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&session);
    }

    fn get(&self, session: SessionId) -> Option<Arc<Feed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&session).cloned()
    }
}

/// The running app, as the shell's window reaches it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Handle {
    commands: mpsc::Sender<Command>,
    view: watch::Receiver<ManagerView>,
    feeds: Feeds,
}

impl Handle {
    /// Passes an act on.
    pub fn send(&self, command: Command) {
        // A full queue means that the page reports faster than anybody can act; the newest is dropped.
        let _ = self.commands.try_send(command);
    }

    /// What is shown now.
    #[must_use]
    pub fn view(&self) -> ManagerView {
        self.view.borrow().clone()
    }

    /// The picture of a session that is open.
    #[must_use]
    pub fn feed(&self, session: SessionId) -> Option<Arc<Feed>> {
        self.feeds.get(session)
    }
}

/// Starts the app on the current tokio runtime.
pub fn start(setup: Setup, ui: Arc<dyn Ui>) -> Handle {
    let (commands, inbox) = mpsc::channel(COMMANDS);
    let (broker, name) = (String::new(), String::new());
    let empty = ManagerView::SignIn { broker, name, error: None, busy: true, step: SignInStep::Password };
    let (shown, view) = watch::channel(empty);
    let feeds = Feeds::default();
    tokio::spawn(App::new(setup, ui, inbox, shown, feeds.clone()).run());
    Handle { commands, view, feeds }
}
