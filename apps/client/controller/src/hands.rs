//! The thread that plays the operator's input. It checks the customer's permission for every single event.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use beside_consent::{Control, Grant};
use beside_desktop::{DesktopError, Injected, InputInjector};
use beside_protocol::input::InputEvent;
use beside_transport::clock::now;
use tokio::sync::mpsc;

use crate::screen::FromDesktop;

/// Batches that may wait. A system that is this far behind takes no input any more, and the session ends: to drop
/// some would leave keys pressed.
const QUEUE: usize = 256;

enum Task {
    Play(Grant<Control>, Vec<InputEvent>),
    ReleaseAll,
}

/// The thread's other end. Dropping it lets go of everything and ends the thread.
#[derive(Debug)]
pub(crate) struct Hands(SyncSender<Task>);

/// The thread is gone or too far behind.
#[derive(Debug)]
pub(crate) struct Stuck;

impl Hands {
    /// Starts the thread. What fails on it is told on `report`.
    pub(crate) fn start(
        open: impl FnOnce() -> Result<Box<dyn InputInjector>, DesktopError> + Send + 'static,
        report: mpsc::Sender<FromDesktop>,
    ) -> Self {
        let (sender, tasks) = sync_channel(QUEUE);
        thread::spawn(move || {
            if let Err(error) = open().and_then(|injector| play(injector, &tasks)) {
                tracing::warn!(%error, "input stopped");
                let _ = report.blocking_send(FromDesktop::Failed(error.code()));
            }
        });
        Self(sender)
    }

    /// Plays these events if the permission still holds when their turn comes.
    pub(crate) fn play(&self, grant: Grant<Control>, events: Vec<InputEvent>) -> Result<(), Stuck> {
        self.send(Task::Play(grant, events))
    }

    /// Lets go of every key and button.
    pub(crate) fn release_all(&self) -> Result<(), Stuck> {
        self.send(Task::ReleaseAll)
    }

    fn send(&self, task: Task) -> Result<(), Stuck> {
        match self.0.try_send(task) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(Stuck),
        }
    }
}

fn play(mut injector: Box<dyn InputInjector>, tasks: &Receiver<Task>) -> Result<(), DesktopError> {
    while let Ok(task) = tasks.recv() {
        match task {
            Task::Play(grant, events) => {
                for event in events {
                    if !play_one(injector.as_mut(), &grant, event)? {
                        injector.release_all()?;
                        break;
                    }
                }
            }
            Task::ReleaseAll => injector.release_all()?,
        }
    }
    injector.release_all()
}

/// Plays one event, long text in as many pieces as the system wants. Says whether the permission held to the end.
fn play_one(
    injector: &mut dyn InputInjector,
    grant: &Grant<Control>,
    mut event: InputEvent,
) -> Result<bool, DesktopError> {
    loop {
        let Ok(live) = grant.check(now()) else { return Ok(false) };
        match injector.inject(live, &event)? {
            Injected::Partly { rest, from } => {
                thread::sleep(from.saturating_duration_since(now()));
                event = InputEvent::Text(rest);
            }
            // What would have reached Beside's own windows, or is no key of this system, was swallowed.
            Injected::Done | Injected::OwnWindow | Injected::Unknown => return Ok(true),
        }
    }
}
