//! Starting the app, and the handle that the shell keeps.

use std::sync::{Arc, Mutex, PoisonError};

use beside_consent::StopSwitch;
use beside_installation::{DataFolder, Fault, Found, Trust};
use beside_protocol::AccessCode;
use tokio::sync::{mpsc, watch};

use crate::app::App;
use crate::command::Command;
use crate::machine::Machine;
use crate::ui::Ui;
use crate::view::ClientView;

/// Acts of a person that may wait; nobody presses faster than they are taken.
const COMMANDS: usize = 64;

/// What was found on this machine at start.
#[derive(Debug)]
pub struct Setup {
    /// The app's folder.
    pub data: DataFolder,
    /// Whom this build trusts.
    pub trust: Trust,
    /// The organisation, or what is wrong with it.
    pub found: Result<Found, Fault>,
    /// The code in the link that opened the app.
    pub offered: Option<AccessCode>,
}

/// The session's stop switch while there is a session. Pressing it needs neither the app's task nor the network.
#[derive(Debug, Clone, Default)]
pub(crate) struct StopSlot(Arc<Mutex<Option<StopSwitch>>>);

impl StopSlot {
    pub(crate) fn put(&self, switch: Option<StopSwitch>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = switch;
    }

    pub(crate) fn press(&self) {
        if let Some(switch) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            switch.press();
        }
    }
}

/// The running app, as the shell's windows reach it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Handle {
    commands: mpsc::Sender<Command>,
    stop: StopSlot,
    view: watch::Receiver<ClientView>,
}

impl Handle {
    /// Passes an act on. Stop takes effect before this returns.
    pub fn send(&self, command: Command) {
        if matches!(command, Command::Stop | Command::Quit) {
            self.stop.press();
        }
        // A full queue means that the same act is in it many times already.
        let _ = self.commands.try_send(command);
    }

    /// What is shown now.
    #[must_use]
    pub fn view(&self) -> ClientView {
        self.view.borrow().clone()
    }
}

/// Starts the app on the current tokio runtime.
pub fn start(setup: Setup, machine: Arc<dyn Machine>, ui: Arc<dyn Ui>) -> Handle {
    let (commands, inbox) = mpsc::channel(COMMANDS);
    let (shown, view) =
        watch::channel(ClientView::Code { organisation: None, error: None, busy: true, device: None, offered: None });
    let stop = StopSlot::default();
    tokio::spawn(App::new(setup, machine, ui, (commands.clone(), inbox), shown, stop.clone()).run());
    Handle { commands, stop, view }
}
