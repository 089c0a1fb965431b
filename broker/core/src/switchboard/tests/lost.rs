//! Sockets that are lost, resumed or silent, and reports that differ.

use super::*;

/// A session that runs, and the customer's token.
fn running(house: &mut House) -> (SocketId, SocketId, Token) {
    running_as(house, sid(1))
}

fn running_as(house: &mut House, sid: SessionId) -> (SocketId, SocketId, Token) {
    let (_, operator, code) = house.operator("kim");
    let customer = house.customer();
    house.knock(customer, &code, sid);
    let token = house
        .done
        .iter()
        .find_map(|effect| match effect {
            Effect::ToCustomer(_, ToCustomer::Waiting { token }) => Some(token.clone()),
            _ => None,
        })
        .unwrap();
    house.accept(operator, sid);
    house.verdict(customer, sid, true);
    house.done.clear();
    (operator, customer, token)
}

#[test]
fn a_customer_resumes_with_the_token_and_not_without() {
    let mut house = House::new();
    let (operator, customer, token) = running(&mut house);
    house.close(customer);
    assert_eq!(house.told(operator), ["peer false"]);
    for (of, token) in [(sid(1), Token([0; 32])), (sid(2), token.clone())] {
        let stranger = house.customer();
        house.customer_said(stranger, FromCustomer::Resume { sid: of, token });
        assert_eq!(house.told(stranger), ["refused not_found", "close "]);
    }
    let back = house.customer();
    house.customer_said(back, FromCustomer::Resume { sid: sid(1), token });
    let paired = house.done.iter().any(|effect| {
        matches!(effect, Effect::Pair { customer, operator: o, open: true, .. }
            if *customer == Some(back) && *o == Some(operator))
    });
    assert!(paired);
    assert_eq!(house.told(back), ["resumed", "peer true"]);
}

#[test]
fn whoever_was_gone_at_the_end_is_told_it_later() {
    let mut house = House::new();
    let (token, operator, code) = house.operator("kim");
    let customer = house.customer();
    house.knock(customer, &code, sid(1));
    house.accept(operator, sid(1));
    house.close(operator);
    let end = End::new(Party::Customer, EndReason::Cancelled);
    house.customer_said(customer, FromCustomer::End { sid: sid(1), end });
    house.done.clear();
    let back = house.open_operator(&token);
    assert!(house.told(back).contains(&"end customer cancelled".to_owned()));

    let (operator, customer, token) = running_as(&mut house, sid(2));
    house.close(customer);
    let end = End::new(Party::Operator, EndReason::Finished);
    house.operator_said(operator, FromOperator::End { sid: sid(2), end });
    let back = house.customer();
    house.customer_said(back, FromCustomer::Resume { sid: sid(2), token });
    assert_eq!(house.told(back), ["end operator finished"]);
}

#[test]
fn a_resumed_handshake_gets_m2_again() {
    let mut house = House::new();
    let (_, operator, code) = house.operator("kim");
    let customer = house.customer();
    house.knock(customer, &code, sid(1));
    let token = house.done.iter().find_map(|effect| match effect {
        Effect::ToCustomer(_, ToCustomer::Waiting { token }) => Some(token.clone()),
        _ => None,
    });
    house.close(customer);
    house.accept(operator, sid(1));
    house.done.clear();
    let back = house.customer();
    house.customer_said(back, FromCustomer::Resume { sid: sid(1), token: token.unwrap() });
    assert_eq!(house.told(back), ["resumed", "accepted", "peer true"]);
}

#[test]
fn a_resumption_takes_the_session_from_the_older_socket() {
    let mut house = House::new();
    let (_, customer, token) = running(&mut house);
    let newer = house.customer();
    house.customer_said(newer, FromCustomer::Resume { sid: sid(1), token });
    assert_eq!(house.told(customer), ["close "]);
    house.verdict(customer, sid(1), true);
    assert!(house.done.is_empty(), "the older one is deaf");
}

#[test]
fn a_client_killed_while_knocking_is_lost_within_ten_seconds() {
    let mut house = House::new();
    let (_, operator, code) = house.operator("kim");
    let customer = house.customer();
    house.knock(customer, &code, sid(1));
    house.close(customer);
    house.pass(7);
    assert_eq!(house.ended(sid(1)), None);
    house.pass(1);
    assert_eq!(house.ended(sid(1)), Some(End::new(Party::Nobody, EndReason::Lost)));
    assert!(house.told(operator).contains(&"end nobody lost".to_owned()));
    let customer = house.customer();
    house.knock(customer, &code, sid(2));
    assert_eq!(house.told(customer), ["waiting"]);
}

#[test]
fn a_handshake_ends_when_either_app_is_gone_and_when_nobody_decides() {
    for who in 0..3 {
        let mut house = House::new();
        let (_, operator, code) = house.operator("kim");
        let customer = house.customer();
        house.knock(customer, &code, sid(1));
        house.accept(operator, sid(1));
        let (seconds, reason) = match who {
            0 => (8, EndReason::Lost),
            1 => (8, EndReason::Lost),
            _ => (330, EndReason::TimedOut),
        };
        match who {
            0 => house.close(customer),
            1 => house.close(operator),
            _ => {}
        }
        house.pass(seconds - 1);
        assert_eq!(house.ended(sid(1)), None);
        house.pass(1);
        assert_eq!(house.ended(sid(1)), Some(End::new(Party::Nobody, reason)));
    }
}

#[test]
fn a_session_is_lost_only_when_both_are_gone() {
    let mut house = House::new();
    let (operator, customer, _) = running(&mut house);
    house.close(customer);
    house.pass(1_000);
    assert_eq!(house.ended(sid(1)), None, "it may run on a direct path, and the operator's app will say when it ends");
    house.close(operator);
    house.pass(149);
    assert_eq!(house.ended(sid(1)), None);
    house.pass(1);
    assert_eq!(house.ended(sid(1)), Some(End::new(Party::Nobody, EndReason::Lost)));
    house.pass(30);
    assert_eq!(house.board.load().sessions, 0);
}

#[test]
fn silent_customers_are_closed() {
    let mut house = House::new();
    let (_, operator, code) = house.operator("kim");
    let silent = house.customer();
    house.pass(9);
    assert!(house.told(silent).is_empty());
    house.pass(1);
    assert_eq!(house.told(silent), ["close no_answer"]);
    let idle = house.customer();
    house.knock(idle, &house.code(operator).unwrap_or(code), sid(1));
    house.operator_said(operator, FromOperator::Decline { sid: sid(1) });
    house.done.clear();
    house.pass(599);
    assert!(house.told(idle).is_empty());
    house.pass(1);
    assert_eq!(house.told(idle), ["close no_answer"]);
    assert_eq!(house.board.load().customers, 0);
}

#[test]
fn the_other_sides_late_report_is_kept_and_a_difference_flagged() {
    for (operators, differs) in [(EndReason::Stopped, false), (EndReason::Lost, true)] {
        let mut house = House::new();
        let (operator, customer, _) = running(&mut house);
        let end = End::new(Party::Customer, EndReason::Stopped);
        house.customer_said(customer, FromCustomer::End { sid: sid(1), end });
        let end = End::new(Party::Customer, operators);
        house.operator_said(operator, FromOperator::End { sid: sid(1), end });
        let reports = house.done.iter().filter(|e| matches!(e, Effect::Record(Record::EndReported { .. }))).count();
        assert_eq!(reports, 2);
        house.pass(30);
        let flagged = house.done.iter().any(|effect| matches!(effect, Effect::Record(Record::Differs { .. })));
        assert_eq!(flagged, differs);
    }
}

#[test]
fn reports_are_bounded() {
    let mut house = House::new();
    let (_, customer, _) = running(&mut house);
    let event = SessionEvent::Checked;
    for _ in 0..crate::limits::REPORTS_MAX {
        house.customer_said(customer, FromCustomer::Event { sid: sid(1), event });
    }
    assert!(house.told(customer).contains(&"close message_unexpected".to_owned()));
}

#[test]
fn customers_sockets_are_bounded_per_place() {
    let mut house = House::new();
    let sockets: Vec<_> = (0..CUSTOMERS_PER_PLACE).map(|_| house.customer()).collect();
    let further = house.socket();
    assert_eq!(house.board.customer_opened(further, address("198.51.100.1"), house.now), Err(ErrorCode::Overloaded));
    assert!(house.board.customer_opened(further, address("198.51.100.2"), house.now).is_ok());
    house.close(sockets[0]);
    house.customer();
}
