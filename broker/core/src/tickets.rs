//! Tickets: each opens one socket that looks on, once, soon, and from where it was asked for. A browser can't put a token
//! into the request that opens a WebSocket, and what stands in an address ends up in logs.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use beside_protocol::ids::Token;

use crate::address::Address;
use crate::limits::{TICKET_LIFE, TICKETS_PER_SIGN_IN};
use crate::sign_ins::{SignInId, TokenHash};

#[derive(Debug)]
struct Ticket {
    sign_in: SignInId,
    address: Address,
    until: Duration,
}

/// The tickets that were not used yet, at most [`TICKETS_PER_SIGN_IN`] of each sign-in. Those that are past their time
/// go with the sign-in or with the next ones.
#[derive(Debug, Default)]
pub(crate) struct Tickets {
    tickets: BTreeMap<TokenHash, Ticket>,
    /// Oldest first.
    by_sign_in: BTreeMap<SignInId, VecDeque<TokenHash>>,
}

impl Tickets {
    /// Takes note of a ticket.
    pub(crate) fn issue(&mut self, ticket: &Token, sign_in: SignInId, address: Address, now: Duration) {
        let hash = TokenHash::from(ticket);
        let of_sign_in = self.by_sign_in.entry(sign_in).or_default();
        if of_sign_in.len() >= TICKETS_PER_SIGN_IN
            && let Some(oldest) = of_sign_in.pop_front()
        {
            self.tickets.remove(&oldest);
        }
        of_sign_in.push_back(hash);
        self.tickets.insert(hash, Ticket { sign_in, address, until: now + TICKET_LIFE });
    }

    /// Whose ticket it is, if it is good from here and now. It never is again, whatever the answer.
    pub(crate) fn redeem(&mut self, ticket: &Token, address: Address, now: Duration) -> Option<SignInId> {
        let hash = TokenHash::from(ticket);
        let Ticket { sign_in, address: asked_from, until } = self.tickets.remove(&hash)?;
        if let Some(of_sign_in) = self.by_sign_in.get_mut(&sign_in) {
            of_sign_in.retain(|other| *other != hash);
            if of_sign_in.is_empty() {
                self.by_sign_in.remove(&sign_in);
            }
        }
        (asked_from == address && now < until).then_some(sign_in)
    }

    /// The sign-in has ended, and its tickets with it.
    pub(crate) fn end(&mut self, sign_in: SignInId) {
        for hash in self.by_sign_in.remove(&sign_in).into_iter().flatten() {
            self.tickets.remove(&hash);
        }
    }

    /// How many there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.tickets.len()
    }
}
