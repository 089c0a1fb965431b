//! What whoever looks on is told.

use beside_protocol::path::PathKind;

use super::*;

#[test]
fn free_busy_away_waiting_and_running_are_told_apart() {
    let mut house = House::new();
    let begun = house.now.unix_ms;
    let (_, kim, code) = house.operator("kim");
    let (_, lee, _) = house.operator("lee");
    let (_, choi, _) = house.operator("choi");
    house.sign_in("never-connected");
    house.operator_said(choi, FromOperator::Away { away: true });
    let first = house.customer();
    house.knock(first, &code, sid(1));
    let live = house.board.live();
    let states =
        |live: &Live| live.operators.iter().map(|one| (one.operator.to_string(), one.state)).collect::<Vec<_>>();
    let named = |name: &str, state| (name.to_owned(), state);
    use OperatorState::{Away, Busy, Free};
    assert_eq!(states(&live), [named("choi", Away), named("kim", Free), named("lee", Free)]);
    let waiting = |number, since| Waiting { sid: sid(number), operator: account("kim").id, since };
    assert_eq!((live.waiting, live.running), (vec![waiting(1, begun)], vec![]));

    house.pass(20);
    let code = house.code(kim).unwrap();
    let second = house.customer();
    house.knock(second, &code, sid(2));
    house.accept(kim, sid(1));
    house.pass(5);
    let live = house.board.live();
    assert_eq!(states(&live)[1], named("kim", Busy), "a handshake is under way");
    assert_eq!((live.waiting, live.running), (vec![waiting(2, begun + 20_000)], vec![]));

    house.verdict(first, sid(1), true);
    house.operator_said(kim, FromOperator::Away { away: true });
    house.close(lee);
    house.pass(1);
    let since = begun + 25_000;
    let moved = |path, delay_ms| Running { sid: sid(1), operator: account("kim").id, since, path, delay_ms };
    let running = |path| moved(path, None);
    let live = house.board.live();
    assert_eq!(live.running, [running(PathKind::Relay)]);
    assert_eq!(states(&live), [named("choi", Away), named("kim", Busy)]);
    for path in [PathKind::DirectUdp, PathKind::Turn] {
        let event = SessionEvent::Path { path, delay_ms: None };
        house.customer_said(first, FromCustomer::Event { sid: sid(1), event });
        assert_eq!(house.board.live().running, [running(path)]);
    }
    for (told, shown) in [(Some(9), Some(9)), (None, Some(9)), (Some(7), Some(7))] {
        let event = SessionEvent::Path { path: PathKind::Turn, delay_ms: told };
        house.operator_said(kim, FromOperator::Event { sid: sid(1), event });
        assert_eq!(house.board.live().running, [moved(PathKind::Turn, shown)]);
    }
    let event = SessionEvent::Path { path: PathKind::DirectTcp, delay_ms: None };
    house.customer_said(first, FromCustomer::Event { sid: sid(1), event });
    assert_eq!(house.board.live().running, [running(PathKind::DirectTcp)], "the delay was another path's");
    house.close(kim);
    assert_eq!(house.board.live().running.len(), 1, "the manager may come back");
    let end = End::new(Party::Customer, EndReason::Stopped);
    house.customer_said(first, FromCustomer::End { sid: sid(1), end });
    let live = house.board.live();
    assert_eq!((live.running, live.waiting.len()), (vec![], 1));
}
