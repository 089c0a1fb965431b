//! Records that arrive as sent, and every way in which they don't.

use std::time::{Duration, Instant};

use beside_protocol::limits::{PAYLOAD_MAX, RECORD_MAX};
use beside_protocol::record::{Direction, Lane, RecordHeader};
use proptest::prelude::*;

use super::*;
use crate::seal::Root;
use crate::start::start;

const MINUTE: Duration = Duration::from_secs(60);

fn traffic() -> Root {
    Root::extract(&[1; 32], b"traffic")
}

fn lane(lane: Lane, now: Instant) -> (LaneSealer, LaneOpener) {
    let direction = Direction::ToCustomer;
    (LaneSealer::new(&traffic(), lane, direction, now), LaneOpener::new(&traffic(), lane, direction))
}

fn open(opener: &mut LaneOpener, now: Instant, record: &[u8]) -> Result<Opened, OpenError> {
    let (header, aad, ciphertext) = RecordHeader::decode(record).map_err(|_| OpenError)?;
    opener.open(now, header, aad, ciphertext)
}

fn payload(text: &str) -> Result<Opened, OpenError> {
    Ok(Opened::Payload(text.as_bytes().to_vec()))
}

#[test]
fn records_arrive_on_every_lane_and_either_way() {
    let now = start();
    for number in 0..7 {
        for direction in [Direction::ToOperator, Direction::ToCustomer] {
            let lane = Lane::from_number(number).unwrap();
            let mut sealer = LaneSealer::new(&traffic(), lane, direction, now);
            let mut opener = LaneOpener::new(&traffic(), lane, direction);
            for seq in 0..3 {
                assert_eq!((sealer.next_seq(), opener.expected()), (seq, seq));
                let record = sealer.seal(now, b"hello").unwrap();
                assert_eq!(open(&mut opener, now, &record), payload("hello"));
            }
        }
    }
}

#[test]
fn every_flipped_bit_of_a_record_is_without_effect() {
    let now = start();
    for kind in [Lane::Control, Lane::Picture] {
        let (mut sealer, mut opener) = lane(kind, now);
        let record = sealer.seal(now, b"payload").unwrap();
        for bit in 0..record.len() * 8 {
            let mut altered = record.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            let outcome = open(&mut opener, now, &altered);
            assert!(matches!(outcome, Err(OpenError) | Ok(Opened::Dropped)), "{kind:?} bit {bit}: {outcome:?}");
        }
        for length in 0..record.len() {
            assert_eq!(open(&mut opener, now, &record[..length]), Err(OpenError), "cut to {length}");
        }
        assert_eq!(open(&mut opener, now, &[&record[..], &[0]].concat()), Err(OpenError));
        assert_eq!(open(&mut opener, now, &record), payload("payload"), "the lane is as it was");
    }
}

#[test]
fn a_record_belongs_to_one_session_lane_and_direction() {
    let now = start();
    let record = lane(Lane::Picture, now).0.seal(now, b"x").unwrap();
    let mut other_lane = LaneOpener::new(&traffic(), Lane::Voice, Direction::ToCustomer);
    let mut reflected = LaneOpener::new(&traffic(), Lane::Picture, Direction::ToOperator);
    let other_session = Root::extract(&[2; 32], b"traffic");
    let mut other_session = LaneOpener::new(&other_session, Lane::Picture, Direction::ToCustomer);
    for opener in [&mut other_lane, &mut reflected, &mut other_session] {
        assert_eq!(open(opener, now, &record), Err(OpenError));
    }
}

#[test]
fn a_record_holds_so_much_and_no_more() {
    let now = start();
    let (mut sealer, mut opener) = lane(Lane::Files, now);
    assert_eq!(sealer.seal(now, &vec![0; PAYLOAD_MAX + 1]), Err(SealError::TooLong));
    let record = sealer.seal(now, &vec![0; PAYLOAD_MAX]).unwrap();
    assert_eq!(record.len(), RECORD_MAX);
    assert_eq!(open(&mut opener, now, &record), Ok(Opened::Payload(vec![0; PAYLOAD_MAX])));
}

#[test]
fn in_order_means_the_next_one_only() {
    let now = start();
    let (mut sealer, mut opener) = lane(Lane::Control, now);
    let records: Vec<_> = ["a", "b", "c"].map(|text| sealer.seal(now, text.as_bytes()).unwrap()).into();
    assert_eq!(open(&mut opener, now, &records[1]), Ok(Opened::Dropped));
    assert_eq!(open(&mut opener, now, &records[0]), payload("a"));
    assert_eq!(open(&mut opener, now, &records[0]), Ok(Opened::Dropped), "again");
    assert_eq!(open(&mut opener, now, &records[2]), Ok(Opened::Dropped));
    assert_eq!(open(&mut opener, now, &records[1]), payload("b"));
    assert_eq!(open(&mut opener, now, &records[2]), payload("c"));
}

#[test]
fn input_can_skip_what_the_operator_dropped_but_never_go_back() {
    let now = start();
    let (mut sealer, mut opener) = lane(Lane::Input, now);
    let records: Vec<_> = ["a", "b", "c"].map(|text| sealer.seal(now, text.as_bytes()).unwrap()).into();
    assert!(opener.skip_to(2));
    assert!(!opener.skip_to(2));
    assert!(!opener.skip_to(0));
    assert_eq!(open(&mut opener, now, &records[0]), Ok(Opened::Dropped));
    assert_eq!(open(&mut opener, now, &records[2]), payload("c"));
    assert!(opener.skip_to(u64::MAX));
    let header = RecordHeader { lane: Lane::Input, epoch: 0, seq: u64::MAX };
    assert_eq!(opener.open(now, header, &header.encode(), &[0; 16]), Err(OpenError));
    assert!(!lane(Lane::Picture, now).1.skip_to(9));
}

#[test]
fn without_order_each_record_counts_once() {
    let now = start();
    let (mut sealer, mut opener) = lane(Lane::Picture, now);
    let records: Vec<_> = ["a", "b", "c"].map(|text| sealer.seal(now, text.as_bytes()).unwrap()).into();
    assert_eq!(open(&mut opener, now, &records[2]), payload("c"));
    assert_eq!(open(&mut opener, now, &records[0]), payload("a"));
    for seen in [0, 2] {
        assert_eq!(open(&mut opener, now, &records[seen]), Ok(Opened::Dropped));
    }
    assert_eq!(open(&mut opener, now, &records[1]), payload("b"));
}

#[test]
fn a_forged_number_does_not_move_the_window() {
    let now = start();
    let (mut sealer, mut opener) = lane(Lane::Picture, now);
    let header = RecordHeader { lane: Lane::Picture, epoch: 0, seq: 1 << 40 };
    assert_eq!(opener.open(now, header, &header.encode(), &[0; 32]), Err(OpenError));
    let record = sealer.seal(now, b"a").unwrap();
    assert_eq!(open(&mut opener, now, &record), payload("a"));
}

#[test]
fn an_epoch_ends_with_its_30_minutes() {
    let now = start();
    let (mut sealer, mut opener) = lane(Lane::Control, now);
    let epoch_at = |sealer: &mut LaneSealer, opener: &mut LaneOpener, at| {
        let record = sealer.seal(at, b"x").unwrap();
        assert_eq!(open(opener, at, &record), payload("x"));
        RecordHeader::decode(&record).unwrap().0.epoch
    };
    let almost = now + 30 * MINUTE - Duration::from_nanos(1);
    assert_eq!(epoch_at(&mut sealer, &mut opener, almost), 0);
    assert_eq!(epoch_at(&mut sealer, &mut opener, now + 30 * MINUTE), 1);
    assert_eq!(epoch_at(&mut sealer, &mut opener, now + 59 * MINUTE), 1);
    assert_eq!(epoch_at(&mut sealer, &mut opener, now + 600 * MINUTE), 2, "by one, however long it was quiet");
    assert_eq!((sealer.next_seq(), sealer.epoch()), (4, 2), "numbers don't restart");
}

#[test]
fn in_order_the_epoch_is_the_current_or_the_next() {
    let now = start();
    let (mut sealer, mut opener) = lane(Lane::Control, now);
    let lost = sealer.seal(now + 30 * MINUTE, b"1").unwrap();
    let further = sealer.seal(now + 60 * MINUTE, b"2").unwrap();
    assert!(opener.skip_to(1));
    assert_eq!(open(&mut opener, now, &further), Err(OpenError), "two epochs on");
    let (_, mut opener) = lane(Lane::Control, now);
    assert_eq!(open(&mut opener, now, &lost), payload("1"));
    assert_eq!(open(&mut opener, now, &further), payload("2"));
}

#[test]
fn without_order_the_last_epoch_is_taken_for_ten_seconds() {
    let now = start();
    let (mut sealer, mut opener) = lane(Lane::Picture, now);
    let late: Vec<_> = (0..3).map(|_| sealer.seal(now, b"late").unwrap()).collect();
    let turn = now + 30 * MINUTE;
    let raised = sealer.seal(turn, b"raised").unwrap();
    assert_eq!(open(&mut opener, turn, &late[0]), payload("late"));
    assert_eq!(open(&mut opener, turn, &raised), payload("raised"));
    let just = turn + Duration::from_millis(9_999);
    assert_eq!(open(&mut opener, just, &late[1]), payload("late"));
    let mut altered = late[2].clone();
    altered[20] ^= 1;
    assert_eq!(open(&mut opener, just, &altered), Err(OpenError));
    assert_eq!(open(&mut opener, turn + Duration::from_secs(10), &late[2]), Ok(Opened::Dropped));
}

#[test]
fn a_quiet_lane_without_order_survives_the_loss_of_whole_epochs() {
    let now = start();
    let (mut sealer, mut opener) = lane(Lane::Pointer, now);
    let mut at = now;
    let records: Vec<_> = (0..=LANE_LOOKAHEAD + 1)
        .map(|_| {
            let record = sealer.seal(at, b"x").unwrap();
            at += 30 * MINUTE;
            record
        })
        .collect();
    let further = &records[LANE_LOOKAHEAD as usize + 1];
    assert_eq!(open(&mut opener, at, further), Err(OpenError), "but not any number of them");
    assert_eq!(open(&mut opener, at, &records[LANE_LOOKAHEAD as usize]), payload("x"));
    assert_eq!(open(&mut opener, at, further), payload("x"));
}

#[test]
fn a_forged_epoch_is_not_adopted() {
    let now = start();
    let (mut sealer, mut opener) = lane(Lane::Picture, now);
    let record = sealer.seal(now, b"x").unwrap();
    for epoch in [1, LANE_LOOKAHEAD, LANE_LOOKAHEAD + 1, u32::MAX] {
        let mut forged = record.clone();
        forged[2..6].copy_from_slice(&epoch.to_be_bytes());
        assert_eq!(open(&mut opener, now, &forged), Err(OpenError), "{epoch}");
    }
    assert_eq!(open(&mut opener, now, &record), payload("x"));
}

proptest! {
    /// Loss, doubling, reordering and long silences: in order exactly the sent sequence comes out, without order each
    /// record at most once, and nothing honest is ever taken for a forgery.
    #[test]
    fn honest_records_are_never_forged_and_come_out_once(
        ordered: bool,
        sends in prop::collection::vec((0u64..40, 0usize..12), 1..80),
    ) {
        let now = start();
        let (mut sealer, mut opener) = lane(if ordered { Lane::Files } else { Lane::Voice }, now);
        let mut at = now;
        let mut sent = Vec::new();
        let mut came_out = Vec::new();
        for (minutes, arrival) in sends {
            at += minutes as u32 * MINUTE;
            let text = format!("{}", sent.len());
            sent.push(sealer.seal(at, text.as_bytes()).unwrap());
            let back = arrival.min(sent.len());
            let arrived = if ordered { usize::try_from(opener.expected()).unwrap() } else { sent.len() - back };
            for record in [sent.get(arrived), sent.get(sent.len() - back)].into_iter().flatten() {
                if let Opened::Payload(payload) = open(&mut opener, at, record).unwrap() {
                    came_out.push(String::from_utf8(payload).unwrap());
                }
            }
        }
        if ordered {
            let expected: Vec<_> = (0..came_out.len()).map(|number| number.to_string()).collect();
            prop_assert_eq!(came_out, expected);
        } else {
            let count = came_out.len();
            came_out.sort();
            came_out.dedup();
            prop_assert_eq!(came_out.len(), count);
        }
    }

    #[test]
    fn any_bytes_are_dropped_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..100), number in 0u8..7) {
        let now = start();
        let (_, mut opener) = lane(Lane::from_number(number).unwrap(), now);
        prop_assert!(!matches!(open(&mut opener, now, &bytes), Ok(Opened::Payload(_))));
    }
}
