//! Who calls, as the gate found out: a handler that takes a [`Caller`] has one whose rights were checked.

use std::collections::BTreeSet;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use beside_audit::Id;
use beside_broker_core::{Address, Observation};
use beside_protocol::ErrorCode;
use beside_protocol::api::Role;
use beside_protocol::ids::{OperatorId, Token};

use super::browser::Cookie;
use super::{Refusal, Shared};
use crate::access::AccessRules;
use crate::audit::event::REASON;
use crate::audit::{Action, Actor, Event};
use crate::storage::StorageError;

/// Who is on the other side, known or not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place(pub(super) Address);

/// A caller whom the table of rights lets use the route.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// From where.
    pub(super) address: Address,
    /// Who.
    pub(super) identity: Identity,
    /// Why; always there on sensitive routes.
    pub(super) reason: Option<String>,
}

/// How a caller proved who it is.
#[derive(Debug, Clone)]
pub(super) enum Identity {
    /// A signed-in account.
    SignIn {
        /// Its id.
        id: OperatorId,
        /// Its role.
        role: Role,
        /// The token that stands for the sign-in.
        token: Token,
        /// What that is derived from, if a browser's cookie showed it.
        cookie: Option<Cookie>,
        /// Until when sensitive actions are allowed, since the second factor was given again: Unix milliseconds.
        stepped_up_until: Option<i64>,
    },
    /// A program.
    Token {
        /// The API token's id.
        id: Id,
        /// Who made it.
        made_by: OperatorId,
    },
}

impl Caller {
    /// Whether sensitive actions are allowed. A program's token stands for the second factor of whoever made it: its
    /// scope was given with that.
    #[must_use]
    pub(super) const fn stepped_up(&self) -> bool {
        match &self.identity {
            Identity::SignIn { stepped_up_until, .. } => stepped_up_until.is_some(),
            Identity::Token { .. } => true,
        }
    }

    /// Whose actions it takes.
    #[must_use]
    pub(super) fn actor(&self) -> Actor {
        match &self.identity {
            Identity::SignIn { id, .. } => Actor::Account(id.clone()),
            Identity::Token { id, .. } => Actor::Token(id.clone()),
        }
    }

    /// The event of something that it does, with place and reason.
    #[must_use]
    pub(super) fn event(&self, action: Action, at: i64) -> Event {
        let event = Event::new(action, self.actor(), at).from(self.address);
        match &self.reason {
            Some(reason) => event.personal(REASON, reason.as_str()),
            None => event,
        }
    }

    /// The account that answers for it: a program's is that of its maker.
    #[must_use]
    pub(super) const fn responsible(&self) -> &OperatorId {
        match &self.identity {
            Identity::SignIn { id, .. } | Identity::Token { made_by: id, .. } => id,
        }
    }

    /// Tells whoever watches over the broker that it looked at so many records of people.
    pub(super) fn looked_up(&self, records: usize, shared: &Shared) {
        let account = self.responsible().clone();
        shared.exchange.observe(Observation::LookedUp { account, count: records as u64 });
    }

    /// Has it in the log that it read so many rows of this, and tells whoever watches.
    ///
    /// # Errors
    /// It can't be logged; then nothing may be shown.
    pub(super) async fn has_read(
        &self,
        rows: usize,
        about: impl IntoIterator<Item = (&'static str, &str)>,
        shared: &Shared,
    ) -> Result<(), StorageError> {
        let event = about
            .into_iter()
            .fold(self.event(Action::LogRead, shared.now()), |event, (name, value)| event.with(name, value));
        shared.log(event.with("rows", i64::try_from(rows).unwrap_or(i64::MAX))).await?;
        self.looked_up(rows, shared);
        Ok(())
    }

    /// The operators whose sessions it may see; all of them without a set.
    #[must_use]
    pub(super) fn sees(&self, shared: &Shared) -> Option<BTreeSet<OperatorId>> {
        match &self.identity {
            Identity::SignIn { id, role, .. } => seen_by(id, *role, &shared.rules()),
            Identity::Token { .. } => None,
        }
    }
}

/// The operators whose sessions an account may see; all of them without a set.
pub(super) fn seen_by(id: &OperatorId, role: Role, rules: &AccessRules) -> Option<BTreeSet<OperatorId>> {
    match role {
        Role::Supervisor => Some(rules.colleagues(id)),
        Role::Operator => Some([id.clone()].into()),
        Role::Administrator | Role::Auditor => None,
    }
}

/// Of the operators whom somebody sees those that are asked for: one, the members of a group, or who is both; all of them
/// without a set.
pub(super) fn narrowed(
    sees: Option<BTreeSet<OperatorId>>,
    operator: Option<OperatorId>,
    group: Option<&str>,
    rules: &AccessRules,
) -> Option<BTreeSet<OperatorId>> {
    let one = operator.map(|id| BTreeSet::from([id]));
    let members = group.map(|group| rules.members(group));
    [sees, one, members].into_iter().flatten().reduce(|these, those| &these & &those)
}

/// A signed-in account, whatever its role: programs are refused.
#[derive(Debug, Clone)]
pub(super) struct SignedInCaller {
    /// Its id.
    pub(super) id: OperatorId,
    /// The token that stands for the sign-in.
    pub(super) token: Token,
    /// What that is derived from, if a browser's cookie showed it.
    pub(super) cookie: Option<Cookie>,
    /// Until when sensitive actions are allowed: Unix milliseconds.
    pub(super) stepped_up_until: Option<i64>,
    /// The rest of what is known.
    pub(super) caller: Caller,
}

impl FromRequest for Place {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(found(request))
    }
}

impl FromRequest for Caller {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(found(request))
    }
}

impl FromRequest for SignedInCaller {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(found::<Caller>(request).and_then(|caller| match caller.identity.clone() {
            Identity::SignIn { id, token, cookie, stepped_up_until, .. } => {
                Ok(Self { id, token, cookie, stepped_up_until, caller })
            }
            Identity::Token { .. } => Err(ErrorCode::Forbidden.into()),
        }))
    }
}

/// What the gate left. A handler that asks for more than its route's rights give is a fault of this program.
fn found<T: Clone + 'static>(request: &HttpRequest) -> Result<T, Refusal> {
    request.extensions().get::<T>().cloned().ok_or_else(|| ErrorCode::Internal.into())
}
