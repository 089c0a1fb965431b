//! Who is signed in: one sign-in an account, found by its bearer token's hash.

use std::collections::BTreeMap;
use std::time::Duration;

use beside_protocol::api::Role;
use beside_protocol::ids::{OperatorId, Token};
use sha2::{Digest as _, Sha256};

use crate::limits::{SIGN_IN_IDLE, SIGN_INS_MAX};

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

#[derive(Debug)]
struct SignIn {
    account: Account,
    hash: TokenHash,
    used: Duration,
}

/// The sign-ins that are alive, at most [`SIGN_INS_MAX`].
#[derive(Debug, Default)]
pub(crate) struct SignIns {
    next: u64,
    entries: BTreeMap<SignInId, SignIn>,
    by_hash: BTreeMap<TokenHash, SignInId>,
    by_account: BTreeMap<OperatorId, SignInId>,
}

impl SignIns {
    /// The sign-in of an account that is alive.
    pub(crate) fn of(&self, account: &OperatorId) -> Option<SignInId> {
        self.by_account.get(account).copied()
    }

    /// Begins a sign-in; the account's older one must be ended before. Nothing if there are too many.
    pub(crate) fn begin(&mut self, account: Account, hash: TokenHash, now: Duration) -> Option<SignInId> {
        if self.entries.len() >= SIGN_INS_MAX {
            return None;
        }
        let id = SignInId(self.next);
        self.next += 1;
        self.by_hash.insert(hash, id);
        self.by_account.insert(account.id.clone(), id);
        self.entries.insert(id, SignIn { account, hash, used: now });
        Some(id)
    }

    /// The sign-in of a bearer token, which counts as used now.
    pub(crate) fn bearer(&mut self, token: &Token, now: Duration) -> Option<(SignInId, &Account)> {
        let id = *self.by_hash.get(&TokenHash::from(token))?;
        let entry = self.entries.get_mut(&id)?;
        entry.used = now;
        Some((id, &entry.account))
    }

    /// Counts a sign-in as used.
    pub(crate) fn used(&mut self, id: SignInId, now: Duration) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.used = now;
        }
    }

    /// Ends a sign-in; returns the hash of its token.
    pub(crate) fn end(&mut self, id: SignInId) -> Option<TokenHash> {
        let entry = self.entries.remove(&id)?;
        self.by_hash.remove(&entry.hash);
        self.by_account.remove(&entry.account.id);
        Some(entry.hash)
    }

    /// Those that were not used for too long.
    pub(crate) fn idle(&self, now: Duration) -> Vec<SignInId> {
        self.entries.iter().filter(|(_, entry)| entry.used + SIGN_IN_IDLE <= now).map(|(id, _)| *id).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}
