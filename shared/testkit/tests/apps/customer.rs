//! The customer: the client's controller, its screen and its desktop, and what a person does with them.

use std::sync::{Arc, Mutex};

use beside_client_controller::view::{ClientView, RatingState, RightView};
use beside_client_controller::{Command, Handle, Indicator, Setup, Ui, start};
use beside_protocol::afterwards::Rating;
use beside_protocol::limits::ARMING;
use beside_protocol::{End, ErrorCode, Right};
use zeroize::Zeroizing;

use crate::desktop::{Desktop, desktop};
use crate::screen::{SOON, Screen, Shows, screen};

/// Done, on the app's own thread, before a view is shown.
type Before = Box<dyn Fn(&ClientView) + Send>;

struct Window {
    shows: Shows<ClientView>,
    before: Mutex<Option<Before>>,
}

impl Ui for Window {
    fn show(&self, view: ClientView) {
        if let Some(before) = &*self.before.lock().unwrap() {
            before(&view);
        }
        self.shows.show(view);
    }

    fn indicator(&self) -> Option<Indicator> {
        Some(Indicator { window: 1, width: 520, height: 68 })
    }

    fn quit(&self) {
        self.shows.quit();
    }
}

/// A running client.
pub(crate) struct Customer {
    pub(crate) app: Handle,
    pub(crate) screen: Screen<ClientView>,
    pub(crate) desktop: Desktop,
    window: Arc<Window>,
    /// The app's folder, if nobody else keeps it.
    _folder: Option<tempfile::TempDir>,
}

impl Customer {
    pub(crate) fn start(setup: Setup, folder: Option<tempfile::TempDir>) -> Self {
        let (shows, screen) = screen();
        let (machine, desktop) = desktop();
        let window = Arc::new(Window { shows, before: Mutex::new(None) });
        let app = start(setup, Arc::new(machine), Arc::clone(&window) as Arc<dyn Ui>);
        Self { app, screen, desktop, window, _folder: folder }
    }

    /// Does something before a view is shown, while the app does nothing else.
    pub(crate) fn before(&self, act: impl Fn(&ClientView) + Send + 'static) {
        *self.window.before.lock().unwrap() = Some(Box::new(act));
    }

    /// The screen that asks for the code, with what went wrong.
    pub(crate) async fn asked_for_code(&mut self) -> Option<ErrorCode> {
        self.screen
            .until("the code's screen", |view| match view {
                ClientView::Code { busy: false, error, .. } => Some(*error),
                _ => None,
            })
            .await
    }

    /// The ID of this computer, once it is as it should be.
    pub(crate) async fn sees_device(&mut self, is: impl Fn(&str) -> bool) -> String {
        self.screen
            .until("this computer's ID", |view| match view {
                ClientView::Code { busy: false, device, .. } => device.clone().filter(|device| is(device)),
                _ => None,
            })
            .await
    }

    pub(crate) fn type_code(&self, code: &str) {
        self.app.send(Command::SubmitCode(Zeroizing::new(code.to_owned())));
    }

    /// Types a code and says what is wrong with it.
    pub(crate) async fn tries_code(&mut self, code: &str) -> Option<ErrorCode> {
        self.asked_for_code().await;
        self.type_code(code);
        let mut sent = code.len() != 6;
        self.screen
            .until("an answer to the code", |view| match view {
                ClientView::Code { busy: true, .. } => {
                    sent = true;
                    None
                }
                ClientView::Code { busy: false, error, .. } if sent => Some(*error).filter(Option::is_some),
                _ => None,
            })
            .await
    }

    pub(crate) async fn knocks(&mut self, code: &str) {
        self.asked_for_code().await;
        self.type_code(code);
        self.waits().await;
    }

    pub(crate) async fn waits(&mut self) {
        let waiting = |view: &ClientView| matches!(view, ClientView::Waiting { accepted: false, .. }).then_some(());
        self.screen.until("the waiting screen", waiting).await;
    }

    /// A person reads before pressing; what is pressed earlier than this counts for nothing, and nothing on the screen says
    /// from when on it counts.
    async fn reads() {
        tokio::time::sleep(ARMING).await;
    }

    /// Who it is that asks, as the app says: the organisation and the operator.
    pub(crate) async fn sees_who(&mut self) -> (Option<String>, Option<String>, bool) {
        self.screen
            .until("who it is", |view| match view {
                ClientView::Who { helper, again, .. } => {
                    Some((helper.organisation.clone().map(|it| it.name), helper.name.clone(), *again))
                }
                _ => None,
            })
            .await
    }

    /// Goes on from "Who is this?" and reads the number.
    pub(crate) async fn sees_number(&mut self) -> String {
        self.sees_who().await;
        Self::reads().await;
        self.app.send(Command::ContinueWho);
        let number = |view: &ClientView| match view {
            ClientView::Number { number, .. } => Some(number.clone()),
            _ => None,
        };
        self.screen.until("the check number", number).await
    }

    /// Has read the number out and says yes or no.
    pub(crate) async fn answers(&mut self, allow: bool) {
        Self::reads().await;
        self.app.send(Command::HaveRead);
        self.answers_question(allow).await;
    }

    /// Types the number that the operator reads out, a wrong one first.
    pub(crate) async fn types_number(&mut self, number: &str) {
        self.sees_who().await;
        Self::reads().await;
        self.app.send(Command::ContinueWho);
        let wrong = if number == "123456" { "123457" } else { "123456" };
        self.app.send(Command::TypeNumber(Zeroizing::new(wrong.to_owned())));
        let again = |view: &ClientView| match view {
            ClientView::TypeNumber { tries_left, mismatch: true, .. } => Some(*tries_left),
            _ => None,
        };
        assert_eq!(self.screen.until("a mismatch", again).await, 2);
        self.app.send(Command::TypeNumber(Zeroizing::new(number.to_owned())));
    }

    /// Says yes or no to what shall be allowed.
    pub(crate) async fn answers_question(&mut self, allow: bool) {
        let asked = |view: &ClientView| matches!(view, ClientView::Allow { .. }).then_some(());
        self.screen.until("the question", asked).await;
        Self::reads().await;
        self.app.send(Command::Answer { allow });
    }

    pub(crate) async fn is_starting(&mut self) {
        let starting = |view: &ClientView| matches!(view, ClientView::Starting { .. }).then_some(());
        self.screen.until("the wait for the operator's number", starting).await;
    }

    pub(crate) async fn is_in_session(&mut self) {
        let session = |view: &ClientView| matches!(view, ClientView::Session { .. }).then_some(());
        self.screen.until("the session", session).await;
    }

    /// Answers the operator's request for control.
    pub(crate) async fn answers_request(&mut self, allow: bool) -> String {
        let request = |view: &ClientView| match view {
            ClientView::Session { request, .. } => request.clone(),
            _ => None,
        };
        let request = self.screen.until("a request", request).await;
        assert_eq!(request.right, Right::Control);
        Self::reads().await;
        self.app.send(Command::AnswerRequest { right: request.right, allow });
        request.reason
    }

    /// Waits until control is on, or off.
    pub(crate) async fn sees_control(&mut self, on: bool) {
        let is = |row: &RightView| row.right == Right::Control && row.left_ms.is_some() == on;
        let seen = |view: &ClientView| match view {
            ClientView::Session { rights, .. } => rights.iter().any(is).then_some(()),
            _ => None,
        };
        self.screen.until("control to change", seen).await;
    }

    /// The end, and whether the screen was ever seen.
    pub(crate) async fn ended(&mut self) -> (End, bool) {
        self.screen
            .until("the end", |view| match view {
                ClientView::Ended { end, lasted_ms, .. } => Some((*end, lasted_ms.is_some())),
                _ => None,
            })
            .await
    }

    /// Says how it was, and waits until the broker has it.
    pub(crate) async fn rates(&mut self, rating: Rating) {
        self.app.send(Command::Rate(rating));
        self.screen
            .until("the thanks", |view| match view {
                ClientView::Ended { rating: Some(view), .. } if view.state == RatingState::Sent => Some(view.rating),
                _ => None,
            })
            .await;
    }

    /// Leaves the last screen.
    pub(crate) async fn done(&mut self) {
        self.app.send(Command::Done);
        assert_eq!(self.asked_for_code().await, None);
    }

    pub(crate) async fn quits(&mut self) -> Vec<ClientView> {
        self.app.send(Command::Quit);
        self.screen.closed(SOON).await
    }
}
