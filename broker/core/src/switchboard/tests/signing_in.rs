//! Sign-ins, and what a newer one ends.

use super::*;

#[test]
fn a_second_sign_in_gives_a_new_code_and_kills_the_old() {
    let mut house = House::new();
    let (first, old_socket, old) = house.operator("kim");
    let (_, _, new) = house.operator("kim");
    assert_ne!(old, new);
    assert!(house.told(old_socket).ends_with(&["signed_out signed_out".to_owned(), "close ".to_owned()]));
    assert!(house.board.bearer(&first, house.now).is_none());
    let customer = house.customer();
    house.knock(customer, &old, sid(1));
    assert_eq!(house.told(customer), ["refused code_refused", "close "]);
    let customer = house.customer();
    house.knock(customer, &new, sid(1));
    assert_eq!(house.told(customer), ["waiting"]);
}

#[test]
fn a_new_sign_in_ends_knocks_and_handshakes_but_not_sessions() {
    let mut house = House::new();
    let (_, operator, code) = house.operator("kim");
    let (running, pairing, knocking) = (house.customer(), house.customer(), house.customer());
    house.knock(running, &code, sid(1));
    house.accept(operator, sid(1));
    house.verdict(running, sid(1), true);
    let code = house.code(operator).unwrap();
    house.knock(pairing, &code, sid(2));
    house.accept(operator, sid(2));
    let code = house.code(operator).unwrap();
    house.knock(knocking, &code, sid(3));
    house.done.clear();
    house.sign_in("kim");
    let signed_out = Some(End::new(Party::Operator, EndReason::SignedOut));
    assert_eq!((house.ended(sid(1)), house.ended(sid(2)), house.ended(sid(3))), (None, signed_out, signed_out));
    assert_eq!(house.told(running), ["peer false"]);
    let end = End::new(Party::Customer, EndReason::Stopped);
    house.customer_said(running, FromCustomer::End { sid: sid(1), end });
    assert_eq!(house.ended(sid(1)), Some(end), "it is logged to its end");
}

#[test]
fn a_reconnecting_manager_keeps_its_code_and_finds_its_knocks() {
    let mut house = House::new();
    let (token, operator, code) = house.operator("kim");
    let customer = house.customer();
    house.knock(customer, &code, sid(1));
    house.customer_said(customer, FromCustomer::Name { sid: sid(1), text: " Ada ".into() });
    let further = house.code(operator).unwrap();
    house.close(operator);
    house.pass(5);
    house.done.clear();
    let operator = house.open_operator(&token);
    assert_eq!(house.code(operator), Some(further));
    assert_eq!(house.told(operator), ["code", "knock 1", "name Ada", "peer true"]);
    house.accept(operator, sid(1));
    assert_eq!(house.told(customer), ["accepted"]);
}

#[test]
fn a_second_socket_of_one_sign_in_replaces_the_first() {
    let mut house = House::new();
    let (token, older, code) = house.operator("kim");
    house.done.clear();
    let newer = house.open_operator(&token);
    assert_eq!(house.code(newer), Some(code));
    assert_eq!(house.told(older), ["close "]);
    house.operator_said(older, FromOperator::NewCode);
    assert!(house.done.is_empty(), "the older one is deaf");
}

#[test]
fn an_idle_sign_in_ends_and_one_with_a_socket_does_not() {
    let mut house = House::new();
    let (token, operator, _) = house.operator("kim");
    house.pass(2_000);
    assert!(house.board.bearer(&token, house.now).is_some());
    house.close(operator);
    house.pass(899);
    assert_eq!(house.board.load().sign_ins, 1);
    house.pass(1);
    assert_eq!(house.board.load().sign_ins, 0);
    assert!(house.board.bearer(&token, house.now).is_none());
}

#[test]
fn an_expired_code_is_replaced_unless_the_operator_is_away() {
    let mut house = House::new();
    let (_, operator, code) = house.operator("kim");
    house.pass(600);
    let second = house.code(operator).unwrap();
    assert_ne!(code, second);
    house.operator_said(operator, FromOperator::Away { away: true });
    house.pass(600);
    assert_eq!(house.code(operator), None);
    house.operator_said(operator, FromOperator::Away { away: false });
    assert!(house.code(operator).is_some());
}

#[test]
fn an_administrator_is_no_operator() {
    let mut house = House::new();
    let token = Token([1; 32]);
    let administrator = Account { id: "root".parse().unwrap(), role: Role::Administrator };
    let House { board, now, rng, done, .. } = &mut house;
    board.signed_in(&administrator, &token, address("192.0.2.9"), *now, rng, done).unwrap();
    let opened = board.operator_opened(SocketId(1), &token, address("192.0.2.9"), *now, rng, done);
    assert_eq!(opened, Err(ErrorCode::NotAnOperator));
    let opened = board.operator_opened(SocketId(2), &Token([2; 32]), address("192.0.2.9"), *now, rng, done);
    assert_eq!(opened, Err(ErrorCode::SignedOut));
    board.signed_out(&token, *now, rng, done);
    assert!(board.bearer(&token, *now).is_none());
}

#[test]
fn a_manager_that_is_left_alone_is_given_three_codes_and_then_one_when_it_asks() {
    let mut house = House::new();
    let (_, operator, code) = house.operator("kim");
    let codes = |house: &mut House, hours: u64| {
        let (mut seen, mut shown) = (0, house.code(operator));
        for _ in 0..hours * 60 {
            house.pass(60);
            let code = house.code(operator);
            seen += usize::from(code.is_some() && code != shown);
            shown = code;
        }
        (seen, shown)
    };
    assert_eq!(codes(&mut house, 5), (2, None), "after the first two more");
    house.operator_said(operator, FromOperator::NewCode);
    let asked = house.code(operator).unwrap();
    assert_ne!(asked, code);
    assert_eq!(codes(&mut house, 1), (2, None));

    house.operator_said(operator, FromOperator::NewCode);
    house.pass(1_250);
    let third = house.code(operator).unwrap();
    let customer = house.customer();
    house.knock(customer, &third, sid(1));
    house.accept(operator, sid(1));
    house.verdict(customer, sid(1), true);
    let (seen, shown) = codes(&mut house, 1);
    assert!(seen >= 2 && shown.is_none(), "a knock begins the count anew: {seen}");
}
