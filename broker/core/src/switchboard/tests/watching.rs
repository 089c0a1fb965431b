//! Consoles: how their sign-ins end, are renewed, and what their sockets need.

use super::*;
use crate::limits::{TICKETS_PER_SIGN_IN, WATCHERS_MAX, WATCHERS_PER_SIGN_IN};

const HERE: &str = "192.0.2.9";

fn auditor(name: &str) -> Account {
    Account { id: name.parse().unwrap(), role: Role::Auditor }
}

impl House {
    fn console(&mut self, name: &str) -> Token {
        self.next += 1;
        let mut secret = [0xcc; 32];
        secret[..8].copy_from_slice(&self.next.to_be_bytes());
        let token = Token(secret);
        let Self { board, now, rng, done, .. } = self;
        board.signed_in(&auditor(name), &token, address(HERE), *now, rng, done).unwrap();
        token
    }

    fn ticket(&mut self, token: &Token) -> Token {
        self.board.ticket(token, address(HERE), self.now, &mut self.rng).unwrap()
    }

    fn redeem(&mut self, ticket: &Token, from: &str) -> Option<SignInId> {
        self.board.redeem(ticket, address(from), self.now).map(|(id, _)| id)
    }

    fn watch(&mut self, token: &Token) -> Result<SocketId, ErrorCode> {
        let ticket = self.ticket(token);
        let id = self.redeem(&ticket, HERE).unwrap();
        let socket = self.socket();
        self.board.watch(socket, id, address(HERE)).map(|()| socket)
    }

    /// Takes a turn on behalf of a console's sign-in.
    fn does<T>(&mut self, act: impl FnOnce(&mut Switchboard, Now, &mut Vec<Effect>) -> T) -> T {
        act(&mut self.board, self.now, &mut self.done)
    }
}

#[test]
fn a_console_that_is_not_used_ends_after_fifteen_minutes_though_it_looks_on() {
    let mut house = House::new();
    let token = house.console("choi");
    house.pass(899);
    assert!(house.board.bearer(&token, house.now).is_some());
    let socket = house.watch(&token).unwrap();
    house.pass(899);
    assert!(house.board.whose(&token).is_some());
    house.pass(1);
    assert!(house.board.whose(&token).is_none());
    assert_eq!(house.told(socket), ["close signed_out"]);
    assert_eq!(house.board.load().watchers, 0);
}

#[test]
fn a_console_that_is_used_ends_after_twelve_hours_also_over_a_renewal_and_a_restart() {
    let used_until = |house: &mut House, token: &Token, seconds: u64| {
        for _ in 0..seconds / 600 {
            house.pass(600);
            assert!(house.board.bearer(token, house.now).is_some());
        }
    };
    let mut house = House::new();
    let first = house.console("choi");
    used_until(&mut house, &first, 6 * 3_600);
    let renewed = Token([0xdd; 32]);
    house.does(|board, now, out| board.step_up(&first, Some(&renewed), now, out)).unwrap();
    used_until(&mut house, &renewed, 6 * 3_600 - 600);
    house.pass(599);
    assert!(house.board.whose(&renewed).is_some());
    house.pass(1);
    assert!(house.board.whose(&renewed).is_none());

    let mut house = House::new();
    let (token, age) = (Token([1; 32]), Duration::from_secs(11 * 3_600));
    house.board.restore_sign_in(auditor("choi"), TokenHash::from(&token), age, house.now);
    used_until(&mut house, &token, 3_000);
    house.pass(599);
    assert!(house.board.whose(&token).is_some());
    house.pass(1);
    assert!(house.board.whose(&token).is_none());
}

#[test]
fn the_second_factor_counts_for_five_minutes_and_the_renewed_token_alone_from_then_on() {
    let mut house = House::new();
    let (old, new) = (house.console("choi"), Token([0xdd; 32]));
    let socket = house.watch(&old).unwrap();
    house.done.clear();
    let until = house.does(|board, now, out| board.step_up(&old, Some(&new), now, out)).unwrap();
    assert_eq!(until, house.now.unix_ms + 300_000);
    let hashes = (TokenHash::from(&old), TokenHash::from(&new));
    assert!(matches!(&house.done[..], [Effect::Record(Record::SignInRenewed { old, new })] if (*old, *new) == hashes));
    assert!(house.board.bearer(&old, house.now).is_none());
    house.pass(299);
    assert_eq!(house.board.bearer(&new, house.now).unwrap().stepped_up_until, Some(until));
    house.pass(1);
    assert_eq!(house.board.bearer(&new, house.now).unwrap().stepped_up_until, None);
    assert!(house.board.watchers().any(|(watching, ..)| watching == socket), "it is the same sign-in");
    assert_eq!(house.does(|board, now, out| board.step_up(&old, None, now, out)), Err(ErrorCode::SignedOut));
    house.done.clear();
    house.does(|board, now, out| board.step_up(&new, None, now, out)).unwrap();
    assert!(house.done.is_empty() && house.board.whose(&new).is_some(), "a program keeps its token");
}

#[test]
fn a_ticket_is_good_once_soon_and_from_where_it_was_asked_for() {
    let mut house = House::new();
    let token = house.console("choi");
    let ticket = house.ticket(&token);
    assert!(house.redeem(&ticket, HERE).is_some());
    assert!(house.redeem(&ticket, HERE).is_none(), "it was used");
    let ticket = house.ticket(&token);
    assert!(house.redeem(&ticket, "192.0.2.10").is_none());
    assert!(house.redeem(&ticket, HERE).is_none(), "whoever tried it elsewhere has used it up");
    let (good, late) = (house.ticket(&token), house.ticket(&token));
    house.pass(29);
    assert!(house.redeem(&good, HERE).is_some());
    house.pass(1);
    assert!(house.redeem(&late, HERE).is_none());
    let ticket = house.ticket(&token);
    let House { board, now, rng, done, .. } = &mut house;
    board.signed_out(&token, *now, rng, done);
    assert_eq!(house.board.tickets.len(), 0);
    assert!(house.redeem(&ticket, HERE).is_none());
    assert_eq!(house.board.ticket(&token, address(HERE), house.now, &mut house.rng), Err(ErrorCode::SignedOut));
}

#[test]
fn tickets_and_sockets_are_bounded() {
    let mut house = House::new();
    let token = house.console("choi");
    let tickets: Vec<_> = (0..=TICKETS_PER_SIGN_IN).map(|_| house.ticket(&token)).collect();
    assert_eq!(house.board.tickets.len(), TICKETS_PER_SIGN_IN);
    assert!(house.redeem(&tickets[0], HERE).is_none() && house.redeem(&tickets[1], HERE).is_some());
    let sockets: Vec<_> = (0..WATCHERS_PER_SIGN_IN).map(|_| house.watch(&token).unwrap()).collect();
    assert_eq!(house.watch(&token), Err(ErrorCode::Overloaded));
    house.close(sockets[0]);
    house.watch(&token).unwrap();
    for number in 0..(WATCHERS_MAX - WATCHERS_PER_SIGN_IN) / WATCHERS_PER_SIGN_IN {
        let other = house.console(&format!("auditor{number}"));
        for _ in 0..WATCHERS_PER_SIGN_IN {
            house.watch(&other).unwrap();
        }
    }
    let last = house.console("last");
    assert_eq!((house.board.load().watchers, house.watch(&last)), (WATCHERS_MAX, Err(ErrorCode::Overloaded)));
}

#[test]
fn who_looks_on_is_cut_off_with_the_sign_in_or_alone() {
    let mut house = House::new();
    let (first, second) = (house.console("choi"), house.console("choi"));
    let sockets = [house.watch(&first).unwrap(), house.watch(&second).unwrap(), house.watch(&second).unwrap()];
    let House { board, now, rng, done, .. } = &mut house;
    board.shut_out_others(&first, ErrorCode::SignedOut, *now, rng, done);
    let looking = |house: &House| house.board.watchers().map(|(socket, ..)| socket).collect::<Vec<_>>();
    assert_eq!(looking(&house), [sockets[0]]);
    house.does(|board, now, out| board.stop_watching(sockets[0], ErrorCode::AddressRefused, now, out));
    assert_eq!(looking(&house), []);
    assert!(house.board.whose(&first).is_some(), "another address may still be listed");
    assert_eq!(house.told(sockets[0]), ["close address_refused"]);
}
