//! One event, as the code that caused it describes it.

use std::collections::BTreeMap;

use beside_audit::{Field, Id, Scalar, Via};
use beside_broker_core::Address;
use beside_protocol::ids::OperatorId;

use super::Action;

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// An account, signed in.
    Account(OperatorId),
    /// A program with an API token of this id.
    Token(Id),
    /// Whoever may run commands on the broker's machine.
    CommandLine,
    /// A customer's app.
    Customer,
    /// The broker itself.
    Broker,
}

impl Actor {
    /// The account behind it.
    #[must_use]
    pub fn account(&self) -> Option<&OperatorId> {
        match self {
            Self::Account(id) => Some(id),
            Self::Token(_) | Self::CommandLine | Self::Customer | Self::Broker => None,
        }
    }

    /// How it acted, as it stands in the log.
    #[must_use]
    pub fn via(&self) -> Via {
        match self {
            Self::Account(_) => Via::SignIn,
            Self::Token(id) => Via::Token(id.clone()),
            Self::CommandLine => Via::CommandLine,
            Self::Customer => Via::Customer,
            Self::Broker => Via::Broker,
        }
    }
}

/// One event. Personal values (addresses, names, reasons) are kept apart from the rest: the chain covers only their
/// salted hashes.
#[derive(Clone)]
pub struct Event {
    pub(crate) at: i64,
    pub(crate) actor: Actor,
    pub(crate) action: Action,
    pub(crate) about: Option<String>,
    pub(crate) detail: BTreeMap<Field, Scalar>,
    pub(crate) personal: BTreeMap<Field, String>,
}

/// The personal field of where somebody was.
pub const PLACE: &str = "place";
/// The personal field of where the operator was when a customer knocked.
pub const OPERATOR_PLACE: &str = "operator_place";
/// The personal field of the number of a customer's computer.
pub const DEVICE: &str = "device";
/// The personal field of why something was done.
pub const REASON: &str = "reason";
/// The personal field of what an auditor wrote to a review, or an operator to a session.
pub const NOTE: &str = "note";
/// The personal field of what somebody is called.
pub const NAME: &str = "name";
/// The personal field of an address or range that a rule is about.
pub const RANGE: &str = "range";
/// The personal field of the hours at which somebody may work.
pub const HOURS: &str = "hours";

impl Event {
    /// `actor` did `action` at `at` (Unix milliseconds).
    #[must_use]
    pub const fn new(action: Action, actor: Actor, at: i64) -> Self {
        Self { at, actor, action, about: None, detail: BTreeMap::new(), personal: BTreeMap::new() }
    }

    /// Whose data or which thing it was about: an id.
    #[must_use]
    pub fn about(mut self, id: impl Into<String>) -> Self {
        self.about = Some(id.into());
        self
    }

    /// A detail that is not personal.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<Scalar>) -> Self {
        self.detail.insert(Field::fixed(key), value.into());
        self
    }

    /// A detail that is not personal, if there is one.
    #[must_use]
    pub fn with_some(self, key: &'static str, value: Option<impl Into<Scalar>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// From where it was done.
    #[must_use]
    pub fn from(self, address: Address) -> Self {
        self.personal(PLACE, address.to_string())
    }

    /// A personal value.
    #[must_use]
    pub fn personal(mut self, field: &'static str, value: impl Into<String>) -> Self {
        self.personal.insert(Field::fixed(field), value.into());
        self
    }
}

/// Personal data does not print.
impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Event({}, {:?}, {:?})", self.action.as_str(), self.about, self.detail)
    }
}
