//! Who is signed in, found by the bearer token's hash: an operator once, since a manager shows one code; others from a
//! few places at a time.

use std::collections::BTreeMap;
use std::time::Duration;

use beside_protocol::api::Role;
use beside_protocol::ids::{OperatorId, Token};
use sha2::{Digest as _, Sha256};

use crate::limits::{SIGN_IN_ABSOLUTE, SIGN_IN_IDLE, SIGN_INS_MAX, STEP_UP};

/// Numbers the sign-ins of one run of the broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SignInId(pub(crate) u64);

/// Whom a sign-in stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The account's id.
    pub id: OperatorId,
    /// What it may do.
    pub role: Role,
}

/// The hash of a bearer secret. The secrets themselves are kept nowhere; comparing hashes of 256 random bits tells
/// nobody anything by its timing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenHash(pub [u8; 32]);

impl From<&Token> for TokenHash {
    fn from(token: &Token) -> Self {
        Self(Sha256::digest(token.0).into())
    }
}

/// What a bearer token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// Whose it is.
    pub account: Account,
    /// Whether the second factor was given again within [`STEP_UP`].
    pub stepped_up: bool,
}

#[derive(Debug)]
struct SignIn {
    account: Account,
    hash: TokenHash,
    began: Duration,
    used: Duration,
    stepped_up: Option<Duration>,
}

/// The sign-ins that are alive, at most [`SIGN_INS_MAX`].
#[derive(Debug, Default)]
pub(crate) struct SignIns {
    next: u64,
    entries: BTreeMap<SignInId, SignIn>,
    by_hash: BTreeMap<TokenHash, SignInId>,
    by_account: BTreeMap<OperatorId, Vec<SignInId>>,
}

impl SignIns {
    /// The sign-ins of an account that are alive, oldest first.
    pub(crate) fn of(&self, account: &OperatorId) -> &[SignInId] {
        self.by_account.get(account).map_or(&[], Vec::as_slice)
    }

    /// Begins a sign-in. Nothing if there are too many.
    pub(crate) fn begin(&mut self, account: Account, hash: TokenHash, now: Duration) -> Option<SignInId> {
        if self.entries.len() >= SIGN_INS_MAX {
            return None;
        }
        let id = SignInId(self.next);
        self.next += 1;
        self.by_hash.insert(hash, id);
        self.by_account.entry(account.id.clone()).or_default().push(id);
        self.entries.insert(id, SignIn { account, hash, began: now, used: now, stepped_up: None });
        Some(id)
    }

    /// The sign-in of a bearer token, which counts as used now.
    pub(crate) fn bearer(&mut self, token: &Token, now: Duration) -> Option<(SignInId, Bearer)> {
        let id = *self.by_hash.get(&TokenHash::from(token))?;
        let entry = self.entries.get_mut(&id)?;
        entry.used = now;
        let stepped_up = entry.stepped_up.is_some_and(|at| at + STEP_UP > now);
        Some((id, Bearer { account: entry.account.clone(), stepped_up }))
    }

    /// The second factor was given again.
    pub(crate) fn step_up(&mut self, token: &Token, now: Duration) {
        let id = self.by_hash.get(&TokenHash::from(token));
        if let Some(entry) = id.and_then(|id| self.entries.get_mut(id)) {
            entry.stepped_up = Some(now);
        }
    }

    /// Counts a sign-in as used.
    pub(crate) fn used(&mut self, id: SignInId, now: Duration) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.used = now;
        }
    }

    /// Ends a sign-in; returns whose it was and the hash of its token.
    pub(crate) fn end(&mut self, id: SignInId) -> Option<(OperatorId, TokenHash)> {
        let entry = self.entries.remove(&id)?;
        self.by_hash.remove(&entry.hash);
        if let Some(ids) = self.by_account.get_mut(&entry.account.id) {
            ids.retain(|other| *other != id);
            if ids.is_empty() {
                self.by_account.remove(&entry.account.id);
            }
        }
        Some((entry.account.id, entry.hash))
    }

    /// Those that were not used for too long.
    pub(crate) fn idle(&self, now: Duration) -> Vec<SignInId> {
        self.entries.iter().filter(|(_, entry)| entry.used + SIGN_IN_IDLE <= now).map(|(id, _)| *id).collect()
    }

    /// Those that are too old, however much they are used. A manager stays signed in while it is open.
    pub(crate) fn overdue(&self, now: Duration) -> Vec<SignInId> {
        self.entries
            .iter()
            .filter(|(_, entry)| entry.account.role != Role::Operator && entry.began + SIGN_IN_ABSOLUTE <= now)
            .map(|(id, _)| *id)
            .collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}
