//! The second step of a sign-in, against a broker that answers as it is told: what the screen asks for, what the broker
//! hears, and how long a password is kept.
#![expect(clippy::unwrap_used, reason = "all of it is a test, where a panic is a failure")]

mod scripted_broker;

use std::sync::Arc;
use std::time::Duration;

use beside_installation::{DataFolder, Found, Trust};
use beside_manager_controller::view::{ManagerView, SignInStep};
use beside_manager_controller::{Command, Handle, Setup, Ui, start};
use beside_protocol::ErrorCode;
use scripted_broker::ScriptedBroker;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;
use zeroize::Zeroizing;

const NEEDED: (u16, &str) = (401, r#"{"type":"about:blank","title":"","status":401,"code":"second_factor_needed"}"#);
const REFUSED: (u16, &str) = (401, r#"{"type":"about:blank","title":"","status":401,"code":"second_factor_refused"}"#);
const BLOCKED: (u16, &str) = (403, r#"{"type":"about:blank","title":"","status":403,"code":"blocked"}"#);

/// What a sign-in screen shows.
type Shown = (SignInStep, Option<ErrorCode>);

const PASSWORD: Shown = (SignInStep::Password, None);
const SECOND_FACTOR: Shown = (SignInStep::SecondFactor, None);

struct Shows(UnboundedSender<ManagerView>);

impl Ui for Shows {
    fn show(&self, view: ManagerView) {
        let _ = self.0.send(view);
    }

    fn quit(&self) {}
}

/// A manager at its sign-in screen, and the broker that it signs in to.
struct Scene {
    app: Handle,
    views: UnboundedReceiver<ManagerView>,
    broker: ScriptedBroker,
    _folder: tempfile::TempDir,
}

impl Scene {
    async fn new(answers: Vec<(u16, &'static str)>) -> Self {
        let broker = ScriptedBroker::start(answers).await;
        let folder = tempfile::tempdir().unwrap();
        let setup = Setup {
            data: DataFolder::at(folder.path().join("data")).unwrap(),
            trust: Trust { vendor_keys: Vec::new(), authorities: vec![broker.authority.clone()] },
            found: Ok(Found { organisation: None, newest_status: None }),
        };
        let (sender, views) = unbounded_channel();
        let app = start(setup, Arc::new(Shows(sender)));
        let mut scene = Self { app, views, broker, _folder: folder };
        assert_eq!(scene.asks().await, PASSWORD);
        scene
    }

    fn signs_in(&self) {
        let (broker, name) = (self.broker.address.to_string(), "minji.kim".to_owned());
        self.app.send(Command::SignIn { broker, name, password: Zeroizing::new("a long password".to_owned()) });
    }

    fn answers(&self, text: &str) {
        self.app.send(Command::AnswerSecondFactor(Zeroizing::new(text.to_owned())));
    }

    /// The next sign-in screen that waits for a person.
    async fn asks(&mut self) -> Shown {
        let asked = async {
            loop {
                match self.views.recv().await.unwrap() {
                    ManagerView::SignIn { busy: false, step, error, .. } => return (step, error),
                    ManagerView::SignIn { busy: true, .. } => {}
                    ManagerView::Work { .. } => panic!("nobody may be signed in"),
                }
            }
        };
        timeout(Duration::from_secs(600), asked).await.unwrap()
    }

    /// What each sign-in carried as its second factor so far; the rest was right every time.
    fn heard(&self) -> Vec<Option<String>> {
        let sign_ins = self.broker.heard();
        for sign_in in &sign_ins {
            assert_eq!(
                (sign_in["name"].as_str(), sign_in["password"].as_str()),
                (Some("minji.kim"), Some("a long password"))
            );
        }
        sign_ins
            .iter()
            .map(|sign_in| sign_in.get("second_factor").map(|text| text.as_str().unwrap().to_owned()))
            .collect()
    }
}

#[tokio::test]
async fn the_second_factor_goes_with_the_password_that_was_typed_once() {
    let mut scene = Scene::new(vec![NEEDED, REFUSED, BLOCKED]).await;
    scene.signs_in();
    assert_eq!(scene.asks().await, SECOND_FACTOR);
    scene.answers("123456");
    assert_eq!(scene.asks().await, (SignInStep::SecondFactor, Some(ErrorCode::SecondFactorRefused)));
    scene.answers("kmrt-x7wd");
    assert_eq!(scene.asks().await, (SignInStep::Password, Some(ErrorCode::Blocked)));
    assert_eq!(scene.heard(), [None, Some("123456".to_owned()), Some("kmrt-x7wd".to_owned())]);
}

#[tokio::test]
async fn nothing_is_left_of_a_second_step_that_was_left() {
    let mut scene = Scene::new(vec![NEEDED, NEEDED]).await;
    scene.signs_in();
    assert_eq!(scene.asks().await, SECOND_FACTOR);
    scene.app.send(Command::CancelSignIn);
    assert_eq!(scene.asks().await, PASSWORD);
    scene.answers("123456");
    scene.signs_in();
    assert_eq!(scene.asks().await, SECOND_FACTOR);
    assert_eq!(scene.heard(), [None, None]);
}

#[tokio::test]
async fn a_password_does_not_wait_for_ever() {
    let mut scene = Scene::new(vec![NEEDED]).await;
    scene.signs_in();
    assert_eq!(scene.asks().await, SECOND_FACTOR);
    tokio::time::pause();
    let since = tokio::time::Instant::now();
    assert_eq!(scene.asks().await, (SignInStep::Password, Some(ErrorCode::NoAnswer)));
    assert_eq!(since.elapsed().as_secs(), 300);
    scene.answers("123456");
    scene.app.send(Command::Quit);
    assert!(scene.views.recv().await.is_none(), "nothing more is shown");
    assert_eq!(scene.heard(), [None]);
}
