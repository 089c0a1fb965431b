//! Codes, knocks and what comes of them.

use super::*;

#[test]
fn a_knock_is_accepted_and_spends_the_code_with_the_verdict() {
    let mut house = House::new();
    let (_, operator, code) = house.operator("kim");
    let customer = house.customer();
    house.knock(customer, &code, sid(1));
    let further = house.code(operator).unwrap();
    assert_ne!(code, further, "while one is held, another customer can be given a further one");
    house.accept(operator, sid(1));
    assert_eq!(house.told(customer), ["waiting", "accepted"]);
    house.verdict(customer, sid(1), true);
    let other = house.customer();
    house.knock(other, &code, sid(2));
    assert_eq!(house.told(other), ["refused code_refused", "close "]);
    house.knock(customer, &further, sid(3));
    assert_eq!(house.told(customer), ["end customer misbehaved", "close message_unexpected"]);
}

#[test]
fn every_bad_code_has_the_one_answer() {
    let mut house = House::new();
    let (_, operator, code) = house.operator("kim");
    let first = house.customer();
    house.knock(first, &code, sid(1));
    let held = code.clone();
    house.operator_said(operator, FromOperator::NewCode);
    let killed = house.code(operator).unwrap();
    house.pass(2);
    house.operator_said(operator, FromOperator::NewCode);
    let expired = house.code(operator).unwrap();
    assert_ne!(killed, expired);
    house.done.clear();
    for (number, code) in [(2, held), (3, killed), (4, "999999".parse().unwrap())] {
        let customer = house.customer();
        house.knock(customer, &code, sid(number));
        assert_eq!(house.told(customer), ["refused code_refused", "close "]);
    }
    house.pass(601);
    let customer = house.customer();
    house.knock(customer, &expired, sid(5));
    assert_eq!(house.told(customer), ["refused code_refused", "close "]);
}

#[test]
fn declined_and_cancelled_knocks_leave_the_code_good() {
    let mut house = House::new();
    let (_, operator, code) = house.operator("kim");
    let customer = house.customer();
    house.knock(customer, &code, sid(1));
    house.operator_said(operator, FromOperator::Decline { sid: sid(1) });
    assert_eq!(house.told(customer), ["waiting", "end operator declined"]);
    house.knock(customer, &code, sid(2));
    let end = End::new(Party::Customer, EndReason::Cancelled);
    house.customer_said(customer, FromCustomer::End { sid: sid(2), end });
    assert_eq!(house.ended(sid(2)), Some(end));
    let told = house.told(operator);
    assert!(told.contains(&"end customer cancelled".to_owned()), "{told:?}");
    house.knock(customer, &code, sid(3));
    assert_eq!(house.told(customer), ["waiting"]);
}

#[test]
fn an_unanswered_knock_times_out_and_leaves_the_code_good() {
    let mut house = House::new();
    let (_, operator, code) = house.operator("kim");
    let customer = house.customer();
    house.knock(customer, &code, sid(1));
    house.pass(119);
    assert_eq!(house.told(customer), ["waiting"]);
    house.pass(1);
    assert_eq!(house.told(customer), ["end nobody timed_out"]);
    house.accept(operator, sid(1));
    assert!(house.told(customer).is_empty(), "too late");
    house.knock(customer, &code, sid(2));
    assert_eq!(house.told(customer), ["waiting"]);
}

#[test]
fn away_answers_at_once_and_holds_nothing() {
    let mut house = House::new();
    let (_, operator, code) = house.operator("kim");
    house.operator_said(operator, FromOperator::Away { away: true });
    let customer = house.customer();
    house.knock(customer, &code, sid(1));
    assert_eq!(house.ended(sid(1)), Some(End::new(Party::Operator, EndReason::Away)));
    assert_eq!(house.told(customer), ["end operator away"]);
    house.operator_said(operator, FromOperator::Away { away: false });
    house.knock(customer, &code, sid(2));
    assert_eq!(house.told(operator), ["knock 1", "code"]);
}

#[test]
fn the_third_handshake_wears_the_code_out() {
    let mut house = House::new();
    let (_, operator, code) = house.operator("kim");
    let customer = house.customer();
    for attempt in 1..=3 {
        house.done.clear();
        house.knock(customer, &code, sid(attempt));
        assert!(house.told(operator).contains(&format!("knock {attempt}")));
        house.accept(operator, sid(attempt));
        let end = End::new(Party::Customer, EndReason::NumberDiffers);
        house.customer_said(customer, FromCustomer::End { sid: sid(attempt), end });
    }
    house.done.clear();
    house.knock(customer, &code, sid(4));
    assert_eq!(house.told(customer), ["refused code_refused", "close "]);
}

#[test]
fn a_refusal_leaves_the_code_good_but_an_unexplained_m5_spends_it() {
    for (told, good) in [(true, true), (false, false)] {
        let mut house = House::new();
        let (_, operator, code) = house.operator("kim");
        let customer = house.customer();
        house.knock(customer, &code, sid(1));
        house.accept(operator, sid(1));
        house.board.decided(sid(1));
        if told {
            house.verdict(customer, sid(1), false);
        }
        let end = End::new(Party::Customer, EndReason::Refused);
        house.customer_said(customer, FromCustomer::End { sid: sid(1), end });
        house.done.clear();
        house.knock(customer, &code, sid(2));
        let expected = if good { vec!["waiting"] } else { vec!["refused code_refused", "close "] };
        assert_eq!(house.told(customer), expected);
    }
}

#[test]
fn five_wrong_codes_from_one_address_lock_that_address_only() {
    let mut house = House::new();
    let (_, _, code) = house.operator("kim");
    let wrong: AccessCode = if code.reveal() == "000001" { "000002" } else { "000001" }.parse().unwrap();
    for number in 1..=5 {
        let customer = house.customer();
        house.knock(customer, &wrong, sid(number));
    }
    let customer = house.customer();
    house.knock(customer, &code, sid(6));
    assert_eq!(house.told(customer), ["refused too_many_tries", "close "]);
    let elsewhere = house.socket();
    house.board.customer_opened(elsewhere, address("198.51.100.2"), house.now).unwrap();
    house.knock(elsewhere, &code, sid(6));
    assert_eq!(house.told(elsewhere), ["waiting"]);
}

#[test]
fn messages_out_of_order_close_the_socket() {
    let name = |sid| FromCustomer::Name { sid, text: "Ada".into() };
    let event = |sid| FromCustomer::Event { sid, event: SessionEvent::Checked };
    let mut house = House::new();
    let (_, operator, code) = house.operator("kim");
    for message in [name(sid(1)), event(sid(1))] {
        let customer = house.customer();
        house.customer_said(customer, message);
        assert_eq!(house.told(customer), ["close message_unexpected"], "before a knock");
    }
    let customer = house.customer();
    house.knock(customer, &code, sid(1));
    house.customer_said(customer, event(sid(1)));
    assert_eq!(house.told(customer), ["waiting", "end customer misbehaved", "close message_unexpected"]);
    let customer = house.customer();
    house.knock(customer, &code, sid(2));
    house.knock(customer, &code, sid(3));
    assert_eq!(house.told(customer), ["waiting", "end customer misbehaved", "close message_unexpected"]);
    let customer = house.customer();
    house.knock(customer, &code, sid(4));
    house.accept(operator, sid(4));
    house.accept(operator, sid(4));
    house.done.clear();
    let mut other = m2();
    other.0[5] ^= 1;
    house.operator_said(operator, FromOperator::Accept { sid: sid(4), m2: other });
    assert_eq!(house.told(operator), ["close message_unexpected"], "a second M2");
}

#[test]
fn malformed_parts_close_the_socket() {
    let mut house = House::new();
    let (_, operator, code) = house.operator("kim");
    for (bytes, answer) in [
        (vec![1, 1, 1], vec!["close message_malformed"]),
        (vec![2; M1_LENGTH], vec!["close message_malformed"]),
        ([vec![1, 2, 1], vec![0; 48]].concat(), vec!["refused version_unknown", "close "]),
    ] {
        let customer = house.customer();
        house.customer_said(
            customer,
            FromCustomer::Knock { code: code.clone(), m1: Bytes(bytes), device: None, proof: None },
        );
        assert_eq!(house.told(customer), answer);
    }
    let customer = house.customer();
    house.knock(customer, &code, sid(2));
    let end = End::new(Party::Broker, EndReason::Lost);
    house.customer_said(customer, FromCustomer::End { sid: sid(2), end });
    assert_eq!(house.told(customer), ["waiting", "end customer misbehaved", "close message_malformed"]);
    house.operator_said(operator, FromOperator::Accept { sid: sid(2), m2: Bytes(vec![2; 3]) });
    assert!(house.told(operator).contains(&"close message_malformed".to_owned()));
}

#[test]
fn a_repeated_sid_is_refused_also_while_it_is_closing() {
    let mut house = House::new();
    let (_, operator, code) = house.operator("kim");
    let customer = house.customer();
    house.knock(customer, &code, sid(1));
    house.operator_said(operator, FromOperator::Decline { sid: sid(1) });
    house.done.clear();
    house.knock(customer, &code, sid(1));
    assert_eq!(house.told(customer), ["close message_unexpected"]);
}

#[test]
fn codes_of_one_operator_are_bounded_and_come_back() {
    let mut house = House::new();
    let (_, operator, mut code) = house.operator("kim");
    for number in 1..=u8::try_from(CODES_PER_OPERATOR).unwrap() {
        let customer = house.customer();
        house.knock(customer, &code, sid(number));
        match house.code(operator) {
            Some(further) => code = further,
            None => assert_eq!(usize::from(number), CODES_PER_OPERATOR),
        }
    }
    assert_eq!(house.code(operator), None);
    house.operator_said(operator, FromOperator::Decline { sid: sid(2) });
    assert!(house.code(operator).is_some());
}

#[test]
fn a_knock_that_was_not_logged_is_taken_back() {
    let mut house = House::new();
    let (_, operator, code) = house.operator("kim");
    let customer = house.customer();
    house.knock(customer, &code, sid(1));
    house.done.clear();
    let House { board, now, rng, done, .. } = &mut house;
    board.knock_not_logged(sid(1), ErrorCode::Overloaded, *now, rng, done);
    assert!(house.code(operator).is_some());
    assert_eq!(house.told(customer), ["refused overloaded", "close "]);
    let customer = house.customer();
    house.knock(customer, &code, sid(1));
    assert_eq!(house.told(customer), ["waiting"]);
}
