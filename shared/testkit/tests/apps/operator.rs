//! The operator: the manager's controller and its screen, and what a person does with them.

use std::sync::Arc;

use beside_manager_controller::view::{
    CheckView, ConsentView, DeskView, KnockView, ManagerView, PageInput, RightState, SessionView,
};
use beside_manager_controller::{Command, Feed, Handle, SessionCommand, Setup, Ui, start};
use beside_protocol::{End, ErrorCode, Right, SessionId};
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::customer::Customer;
use crate::screen::{SOON, Screen, Shows, screen};

impl Ui for Shows<ManagerView> {
    fn show(&self, view: ManagerView) {
        Self::show(self, view);
    }

    fn quit(&self) {
        Self::quit(self);
    }
}

/// A running manager.
pub(crate) struct Operator {
    pub(crate) app: Handle,
    pub(crate) screen: Screen<ManagerView>,
    /// Where it finds the broker.
    pub(crate) broker: String,
    pub(crate) name: String,
    pub(crate) password: String,
    _folder: tempfile::TempDir,
}

impl Operator {
    pub(crate) fn start(
        setup: Setup,
        folder: tempfile::TempDir,
        (broker, name, password): (String, String, String),
    ) -> Self {
        let (shows, screen) = screen();
        let app = start(setup, Arc::new(shows));
        Self { app, screen, broker, name, password, _folder: folder }
    }

    pub(crate) fn submit(&self) {
        let (broker, name) = (self.broker.clone(), self.name.clone());
        self.app.send(Command::SignIn { broker, name, password: Zeroizing::new(self.password.clone()) });
    }

    /// The sign-in screen, with what went wrong.
    pub(crate) async fn asked_to_sign_in(&mut self) -> Option<ErrorCode> {
        self.screen
            .until("the sign-in screen", |view| match view {
                ManagerView::SignIn { busy: false, error, .. } => Some(*error),
                _ => None,
            })
            .await
    }

    /// Signs in and gives the code on the desk.
    pub(crate) async fn signs_in(&mut self) -> String {
        self.asked_to_sign_in().await;
        self.submit();
        self.code().await
    }

    /// Tries to sign in and says why it did not work.
    pub(crate) async fn fails_to_sign_in(&mut self) -> Option<ErrorCode> {
        self.asked_to_sign_in().await;
        self.submit();
        let mut sent = false;
        self.screen
            .until("an answer to the sign-in", |view| match view {
                ManagerView::SignIn { busy: true, .. } => {
                    sent = true;
                    None
                }
                ManagerView::SignIn { error, .. } if sent => Some(*error),
                _ => None,
            })
            .await
    }

    /// What `find` finds on the desk.
    pub(crate) async fn desk<T>(&mut self, what: &str, find: impl Fn(&DeskView) -> Option<T>) -> T {
        self.screen
            .until(what, |view| match view {
                ManagerView::Work { desk, .. } => find(desk),
                ManagerView::SignIn { .. } => None,
            })
            .await
    }

    pub(crate) async fn code(&mut self) -> String {
        self.desk("a code", |desk| desk.code.as_ref().map(|code| code.code.clone())).await
    }

    /// A code other than this one.
    pub(crate) async fn code_after(&mut self, old: &str) -> String {
        let find = |desk: &DeskView| desk.code.as_ref().map(|code| code.code.clone()).filter(|code| code != old);
        self.desk("another code", find).await
    }

    /// The longest waiting customer.
    pub(crate) async fn knock(&mut self) -> (SessionId, KnockView) {
        let knock = self.desk("a knock", |desk| desk.knocks.first().cloned()).await;
        (knock.sid.parse().unwrap(), knock)
    }

    pub(crate) async fn sees_nobody_waiting(&mut self) {
        self.desk("an empty desk", |desk| desk.knocks.is_empty().then_some(())).await;
    }

    pub(crate) async fn accepts(&mut self) -> SessionId {
        let (sid, _) = self.knock().await;
        self.app.send(Command::Accept(sid));
        sid
    }

    pub(crate) fn does(&self, sid: SessionId, command: SessionCommand) {
        self.app.send(Command::InSession(sid, command));
    }

    /// What `find` finds in a session's view.
    pub(crate) async fn session<T>(
        &mut self,
        sid: SessionId,
        what: &str,
        find: impl Fn(&SessionView) -> Option<T>,
    ) -> T {
        let sid = sid.to_text();
        self.screen
            .until(what, |view| match view {
                ManagerView::Work { sessions, .. } => sessions.iter().find(|it| it.sid == sid).and_then(&find),
                ManagerView::SignIn { .. } => None,
            })
            .await
    }

    pub(crate) fn types_number(&self, sid: SessionId, number: &str) {
        self.does(sid, SessionCommand::TypeNumber(Zeroizing::new(number.to_owned())));
    }

    /// Waits until the last number was found wrong. Gives the tries that are left.
    pub(crate) async fn sees_mismatch(&mut self, sid: SessionId) -> u8 {
        self.session(sid, "a mismatch", |session| match session.check {
            CheckView::Type { tries_left, mismatch: true, .. } => Some(tries_left),
            _ => None,
        })
        .await
    }

    pub(crate) async fn is_asked_for_number(&mut self, sid: SessionId) {
        let asked = |session: &SessionView| {
            let deciding = matches!(session.consent, ConsentView::Deciding { .. });
            (deciding && matches!(session.check, CheckView::Type { .. })).then_some(())
        };
        self.session(sid, "the question for the number", asked).await;
    }

    pub(crate) async fn sees_right(&mut self, sid: SessionId, right: Right, state: RightState) {
        let is = |session: &SessionView| {
            session.rights.iter().any(|row| (row.right, row.state) == (right, state)).then_some(())
        };
        self.session(sid, &format!("{right:?} {state:?}"), is).await;
    }

    pub(crate) async fn ended(&mut self, sid: SessionId) -> End {
        self.session(sid, "the end", |session| session.end).await
    }

    /// Waits until the picture is the customer's screen, every pixel of it.
    pub(crate) async fn sees_screen(&self, sid: SessionId, customer: &Customer) {
        let feed: Arc<Feed> = self.app.feed(sid).expect("a session");
        let equal = async {
            while !feed.snapshot().is_some_and(|(_, rgba)| customer.desktop.is_shown(&rgba)) {
                feed.next().await.expect("the session goes on");
            }
        };
        timeout(SOON, equal).await.expect("the picture never became the screen");
    }

    pub(crate) fn plays(&self, sid: SessionId, input: Vec<PageInput>) {
        self.does(sid, SessionCommand::Input(input));
    }

    pub(crate) async fn quits(&mut self) -> Vec<ManagerView> {
        self.app.send(Command::Quit);
        self.screen.closed(SOON).await
    }
}
