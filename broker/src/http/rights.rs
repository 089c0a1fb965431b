//! What a route asks of its caller.

use beside_protocol::api::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a route is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listener {
    /// For apps and strangers.
    Public,
    /// For administrators, supervisors and auditors.
    Administration,
    /// On both.
    Both,
}

impl Listener {
    /// Whether a route of this kind is served on `listener`.
    #[must_use]
    pub fn serves(self, listener: Self) -> bool {
        self == Self::Both || self == listener
    }
}

/// What a program with an API token may do. The names are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub enum Scope {
    /// Read accounts and groups.
    #[serde(rename = "accounts:read")]
    AccountsRead,
    /// Read sessions.
    #[serde(rename = "sessions:read")]
    SessionsRead,
    /// Export sessions.
    #[serde(rename = "sessions:export")]
    SessionsExport,
    /// Read the audit log.
    #[serde(rename = "audit:read")]
    AuditRead,
    /// Read statistics.
    #[serde(rename = "statistics:read")]
    StatisticsRead,
    /// Read alerts and blocks.
    #[serde(rename = "alerts:read")]
    AlertsRead,
}

impl Scope {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::AccountsRead,
        Self::SessionsRead,
        Self::SessionsExport,
        Self::AuditRead,
        Self::StatisticsRead,
        Self::AlertsRead,
    ];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccountsRead => "accounts:read",
            Self::SessionsRead => "sessions:read",
            Self::SessionsExport => "sessions:export",
            Self::AuditRead => "audit:read",
            Self::StatisticsRead => "statistics:read",
            Self::AlertsRead => "alerts:read",
        }
    }
}

/// Who may use a route.
#[derive(Debug, Clone, Copy)]
pub enum Access {
    /// Anybody, known or not.
    Anyone,
    /// Signed-in accounts of these roles.
    Roles(Granted),
}

/// See [`Access::Roles`].
#[derive(Debug, Clone, Copy)]
pub struct Granted {
    /// The roles.
    pub roles: &'static [Role],
    /// The scope with which a program may use it too.
    pub scope: Option<Scope>,
    /// Whether it needs the second factor again and a reason.
    pub sensitive: bool,
}

impl Access {
    /// Signed-in accounts of these roles.
    #[must_use]
    pub const fn roles(roles: &'static [Role]) -> Self {
        Self::Roles(Granted { roles, scope: None, sensitive: false })
    }

    /// Programs with this scope too.
    #[must_use]
    pub const fn scope(self, scope: Scope) -> Self {
        match self {
            Self::Roles(granted) => Self::Roles(Granted { scope: Some(scope), ..granted }),
            Self::Anyone => Self::Anyone,
        }
    }

    /// Only with the second factor again and a reason.
    #[must_use]
    pub const fn sensitive(self) -> Self {
        match self {
            Self::Roles(granted) => Self::Roles(Granted { sensitive: true, ..granted }),
            Self::Anyone => Self::Anyone,
        }
    }
}

/// Administrators.
pub(super) const ADMINISTRATOR: &[Role] = &[Role::Administrator];
/// Auditors.
pub(super) const AUDITOR: &[Role] = &[Role::Auditor];
/// Who reads everything.
pub(super) const READERS: &[Role] = &[Role::Administrator, Role::Auditor];
/// Who reads sessions: supervisors those of their own groups.
pub(super) const SESSION_READERS: &[Role] = &[Role::Administrator, Role::Supervisor, Role::Auditor];
/// Who has a manager.
pub(super) const OPERATOR: &[Role] = &[Role::Operator];
/// Everybody with an account.
pub(super) const EVERYBODY: &[Role] = &[Role::Administrator, Role::Supervisor, Role::Operator, Role::Auditor];
