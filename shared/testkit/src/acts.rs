//! What people do, from the knock to the middle of a session.

use std::time::Duration;

use beside_protocol::Right;
use beside_protocol::input::InputEvent;
use beside_protocol::limits::ARMING;
use beside_protocol::path::PathKind;
use beside_protocol::signalling::SessionEvent;
use beside_session::{
    Check, CustomerAct, CustomerInput, CustomerPhase, CustomerSession, OperatorAct, OperatorInput, OperatorState,
};

use crate::world::{Peer, World};

/// Long enough for anything that waits for nobody.
const SOON: Duration = Duration::from_secs(5);

impl World {
    /// The customer does something.
    pub fn customer_does(&mut self, act: CustomerAct<'_>) {
        self.to_customer(CustomerInput::Act(act));
    }

    /// The operator does something.
    pub fn operator_does(&mut self, act: OperatorAct<'_>) {
        self.to_operator(OperatorInput::Act(act));
    }

    /// The customer reads what is on the screen for a moment, so the buttons are armed.
    pub fn read(&mut self) {
        self.run_for(ARMING);
    }

    /// The phase of the customer's side.
    #[must_use]
    pub fn phase(&self) -> CustomerPhase {
        self.customer.state(self.now).phase
    }

    /// Whether the customer's screen says that the broker is lost.
    #[must_use]
    pub fn alone(&self) -> bool {
        self.customer.state(self.now).alone
    }

    /// The check at the operator's side.
    #[must_use]
    pub fn check(&self) -> Check {
        self.operator.as_ref().map_or(Check::Shaking, |operator| operator.state(self.now).check)
    }

    /// The session as the customer's side shows it, while there is one.
    #[must_use]
    pub fn session(&self) -> Option<CustomerSession> {
        if let CustomerPhase::Session(session) = self.phase() { Some(session) } else { None }
    }

    /// What the operator's screens show.
    ///
    /// # Panics
    /// Nobody has accepted.
    #[must_use]
    pub fn operator_state(&self) -> OperatorState {
        self.operator.as_ref().expect("somebody has accepted").state(self.now)
    }

    /// What carries the session at the customer's.
    #[must_use]
    pub fn path(&self) -> Option<PathKind> {
        self.session()?.path
    }

    /// Whether a right is there, on the customer's side.
    #[must_use]
    pub fn has(&self, right: Right) -> bool {
        self.session().is_some_and(|session| session.leases.iter().any(|lease| lease.right == right))
    }

    /// From the knock to "Who is this?".
    pub fn shake_hands(&mut self) {
        self.run_until("the knock arrives", SOON, |world| world.knock.is_some());
        self.accept();
        self.run_until("who is this?", SOON, |world| matches!(world.phase(), CustomerPhase::Who { .. }));
    }

    /// From the number on the screen to the question what will be allowed. In mode 2 the customer types what the
    /// operator reads out.
    ///
    /// # Panics
    /// There is no number to compare.
    pub fn compare(&mut self) {
        if let CustomerPhase::TypeNumber { .. } = self.phase() {
            let Check::Compare { number, read_out: true } = self.check() else {
                panic!("the operator has nothing to read out")
            };
            self.customer_does(CustomerAct::TypeNumber(number.reveal()));
        } else {
            self.read();
            self.customer_does(CustomerAct::HaveRead);
        }
        assert!(matches!(self.phase(), CustomerPhase::Allow { .. }), "{:?}", self.phase());
    }

    /// The customer says yes.
    pub fn allow(&mut self) {
        self.read();
        self.customer_does(CustomerAct::Answer { allow: true });
    }

    /// The operator types the number that the customer saw, or presses *It matches*.
    ///
    /// # Panics
    /// In mode 1, if the customer never saw a number.
    pub fn confirm(&mut self, read_out: Option<&str>) {
        match self.check() {
            Check::Type { .. } => self.operator_does(OperatorAct::TypeNumber(read_out.expect("a number to type"))),
            Check::Compare { .. } => self.operator_does(OperatorAct::ConfirmNumber),
            Check::Shaking | Check::Matched => {}
        }
    }

    /// The number on the customer's screen.
    #[must_use]
    pub fn number_on_screen(&self) -> Option<String> {
        if let CustomerPhase::Number { number, .. } = self.phase() { Some(number.reveal().to_owned()) } else { None }
    }

    /// From the knock to the first picture.
    pub fn start_session(&mut self) {
        self.shake_hands();
        self.read();
        self.customer_does(CustomerAct::ContinueWho);
        let number = self.number_on_screen();
        self.compare();
        self.allow();
        self.run_until("the operator learns the answer", SOON, |world| {
            world.reported(Peer::Operator, SessionEvent::Verdict { accepted: true })
        });
        self.confirm(number.as_deref());
        self.run_until("the first picture", SOON, |world| world.viewer.frames > 0);
    }

    /// The operator asks for control and the customer allows it.
    pub fn give_control(&mut self) {
        self.operator_does(OperatorAct::Ask { right: Right::Control, seconds: 900, reason: "" });
        self.run_until("the request appears", SOON, |world| {
            world.session().is_some_and(|session| session.request.is_some())
        });
        self.read();
        self.customer_does(CustomerAct::AnswerRequest { right: Right::Control, allow: true });
        self.run_for(SOON);
        assert!(self.has(Right::Control), "control was allowed");
    }

    /// The operator moves the pointer to a place that tells this move from others.
    pub fn operator_moves(&mut self, x: u16) {
        self.operator_does(OperatorAct::Input(&[InputEvent::Move { x, y: 0 }]));
    }
}
