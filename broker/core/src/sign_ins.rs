//! Who is signed in, found by the bearer token's hash: an operator once, since a manager shows one code; others from a
//! few places at a time.

use std::collections::BTreeMap;
use std::time::Duration;

use beside_protocol::api::Role;
use beside_protocol::ids::{OperatorId, Token};
use sha2::{Digest as _, Sha256};

use crate::limits::{SIGN_IN_ABSOLUTE, SIGN_IN_IDLE, SIGN_INS_MAX, STEP_UP};
use crate::time::Now;

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
    /// Until when sensitive actions are allowed, since the second factor was given again within [`STEP_UP`]: Unix
    /// milliseconds.
    pub stepped_up_until: Option<i64>,
}

#[derive(Debug)]
struct SignIn {
    account: Account,
    hash: TokenHash,
    /// However much it is used; a manager stays signed in while it is open.
    ends: Option<Duration>,
    used: Duration,
    /// Until when the second factor that was given again counts, on both clocks.
    stepped_up: Option<(Duration, i64)>,
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

    /// Begins a sign-in that is of some age already. Nothing if there are too many.
    pub(crate) fn begin(
        &mut self,
        account: Account,
        hash: TokenHash,
        age: Duration,
        now: Duration,
    ) -> Option<SignInId> {
        if self.entries.len() >= SIGN_INS_MAX {
            return None;
        }
        let id = SignInId(self.next);
        self.next += 1;
        self.by_hash.insert(hash, id);
        self.by_account.entry(account.id.clone()).or_default().push(id);
        let ends = (account.role != Role::Operator).then(|| now + SIGN_IN_ABSOLUTE.saturating_sub(age));
        self.entries.insert(id, SignIn { account, hash, ends, used: now, stepped_up: None });
        Some(id)
    }

    /// The sign-in of a bearer token. It does not count as used.
    pub(crate) fn find(&self, token: &Token) -> Option<SignInId> {
        self.by_hash.get(&TokenHash::from(token)).copied()
    }

    /// Whose sign-in it is, if it is alive.
    pub(crate) fn account(&self, id: SignInId) -> Option<&Account> {
        self.entries.get(&id).map(|entry| &entry.account)
    }

    /// The sign-in of a bearer token, which counts as used now.
    pub(crate) fn bearer(&mut self, token: &Token, now: Now) -> Option<(SignInId, Bearer)> {
        let id = self.find(token)?;
        let entry = self.entries.get_mut(&id)?;
        entry.used = now.monotonic;
        let stepped_up_until = entry.stepped_up.filter(|(end, _)| now.monotonic < *end).map(|(_, until)| until);
        Some((id, Bearer { account: entry.account.clone(), stepped_up_until }))
    }

    /// The second factor was given again. Says until when that counts, in Unix milliseconds.
    pub(crate) fn step_up(&mut self, id: SignInId, now: Now) -> Option<i64> {
        let until = now.unix_ms + i64::try_from(STEP_UP.as_millis()).unwrap_or(0);
        self.entries.get_mut(&id)?.stepped_up = Some((now.monotonic + STEP_UP, until));
        Some(until)
    }

    /// Another token stands for the sign-in from now on, and the one before for nothing. Returns the hashes of both.
    pub(crate) fn renew(&mut self, id: SignInId, token: &Token) -> Option<(TokenHash, TokenHash)> {
        let entry = self.entries.get_mut(&id)?;
        let new = TokenHash::from(token);
        let old = std::mem::replace(&mut entry.hash, new);
        self.by_hash.remove(&old);
        self.by_hash.insert(new, id);
        Some((old, new))
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

    /// Those that are too old, however much they are used.
    pub(crate) fn overdue(&self, now: Duration) -> Vec<SignInId> {
        self.entries.iter().filter(|(_, entry)| entry.ends.is_some_and(|end| end <= now)).map(|(id, _)| *id).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}
