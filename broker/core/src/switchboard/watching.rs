//! Who looks on: the consoles' sockets. What they are shown is [`Switchboard::live`]; looking on does not keep a sign-in
//! alive, and ends with it.

use beside_protocol::ErrorCode;
use beside_protocol::ids::Token;
use rand_core::CryptoRng;

use super::{Switchboard, Watcher};
use crate::address::Address;
use crate::effect::{Effect, SocketId};
use crate::limits::{WATCHERS_MAX, WATCHERS_PER_SIGN_IN};
use crate::sign_ins::{Account, SignInId};
use crate::time::Now;

impl Switchboard {
    /// A ticket with which the owner of a bearer token may open one socket that looks on, from this address and soon
    /// ([`TICKET_LIFE`](crate::limits::TICKET_LIFE)).
    ///
    /// # Errors
    /// [`ErrorCode::SignedOut`] if the sign-in has ended.
    pub fn ticket(
        &mut self,
        token: &Token,
        address: Address,
        now: Now,
        rng: &mut impl CryptoRng,
    ) -> Result<Token, ErrorCode> {
        let sign_in = self.sign_ins.find(token).ok_or(ErrorCode::SignedOut)?;
        let mut secret = [0; 32];
        rng.fill_bytes(&mut secret);
        let ticket = Token(secret);
        self.tickets.issue(&ticket, sign_in, address, now.monotonic);
        Ok(ticket)
    }

    /// Whose a ticket is, if it is good from this address now. It is used up by the question.
    pub fn redeem(&mut self, ticket: &Token, address: Address, now: Now) -> Option<(SignInId, Account)> {
        let id = self.tickets.redeem(ticket, address, now.monotonic)?;
        Some((id, self.sign_ins.account(id)?.clone()))
    }

    /// A socket of a sign-in looks on from now on.
    ///
    /// # Errors
    /// [`ErrorCode::SignedOut`] if the sign-in has ended; [`ErrorCode::Overloaded`] if there are too many sockets that
    /// look on, in all or of this sign-in.
    pub fn watch(&mut self, socket: SocketId, sign_in: SignInId, address: Address) -> Result<(), ErrorCode> {
        self.sign_ins.account(sign_in).ok_or(ErrorCode::SignedOut)?;
        let own = self.watchers.values().filter(|watcher| watcher.sign_in == sign_in).count();
        if own >= WATCHERS_PER_SIGN_IN || self.watchers.len() >= WATCHERS_MAX {
            return Err(ErrorCode::Overloaded);
        }
        self.watchers.insert(socket, Watcher { sign_in, address });
        Ok(())
    }

    /// The sockets that look on, whose they are, and from where.
    pub fn watchers(&self) -> impl Iterator<Item = (SocketId, &Account, Address)> {
        let whose = |watcher: &Watcher| self.sign_ins.account(watcher.sign_in);
        self.watchers.iter().filter_map(move |(socket, watcher)| Some((*socket, whose(watcher)?, watcher.address)))
    }

    /// Closes a socket that looks on, for `error`; the sign-in goes on.
    pub fn stop_watching(&mut self, socket: SocketId, error: ErrorCode, now: Now, out: &mut Vec<Effect>) {
        if self.watchers.contains_key(&socket) {
            self.hang_up(socket, Some(error), now, out);
        }
    }

    /// A sign-in has ended, for `error`, and what looked on with it.
    pub(super) fn end_watching(&mut self, sign_in: SignInId, error: ErrorCode, now: Now, out: &mut Vec<Effect>) {
        self.tickets.end(sign_in);
        let own = self.watchers.iter().filter(|(_, watcher)| watcher.sign_in == sign_in);
        let own: Vec<SocketId> = own.map(|(socket, _)| *socket).collect();
        for socket in own {
            self.hang_up(socket, Some(error), now, out);
        }
    }
}
