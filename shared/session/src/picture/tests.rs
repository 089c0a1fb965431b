//! Sender and receiver with everything in between that a network may do.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use beside_protocol::ErrorCode;
use beside_protocol::picture::{CHUNK_MAX, CHUNKS_MAX, Chunk, FRAME_MAX, Feedback};
use proptest::prelude::*;

use super::{PictureIn, PictureOut};
use crate::error::SessionError;

fn start() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "any instant will do as the origin of virtual time")]
    Instant::now()
}

fn frame(number: u32, pieces: usize) -> Vec<u8> {
    vec![number as u8; CHUNK_MAX * (pieces - 1) + 1]
}

/// Both ends and what is on its way between them, with the time at which it arrives.
struct Line {
    now: Instant,
    sender: PictureOut,
    receiver: PictureIn,
    pieces: Vec<(Instant, u64, Vec<u8>)>,
    feedback: Vec<(Instant, Feedback)>,
    shown: Vec<Vec<u8>>,
    sent: u64,
}

impl Line {
    fn new() -> Self {
        let mut receiver = PictureIn::new();
        receiver.open();
        let (pieces, feedback, shown) = (Vec::new(), Vec::new(), Vec::new());
        Self { now: start(), sender: PictureOut::new(), receiver, pieces, feedback, shown, sent: 0 }
    }

    /// Five milliseconds pass. `fate` says of each message how much later it arrives, or that it is lost.
    fn tick(&mut self, mut fate: impl FnMut() -> Option<Duration>) {
        self.now += Duration::from_millis(5);
        let now = self.now;
        while let Some(piece) = self.sender.next_piece(now) {
            self.sender.sent(&piece, self.sent, now);
            self.pieces.extend(fate().map(|late| (now + late, self.sent, piece.payload)));
            self.sent += 1;
        }
        for (_, record, piece) in self.pieces.extract_if(.., |(at, ..)| *at <= now) {
            self.receiver.piece(&Chunk::decode(&piece).unwrap(), record, now).unwrap();
        }
        while let Some((number, bytes)) = self.receiver.next_frame() {
            self.shown.push(bytes);
            self.receiver.applied(number);
        }
        while let Some(feedback) = self.receiver.next_feedback(now) {
            self.feedback.extend(fate().map(|late| (now + late, feedback)));
        }
        for (_, feedback) in self.feedback.extract_if(.., |(at, _)| *at <= now) {
            self.sender.feedback(&feedback, now).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_lost_every_frame_arrives_once_and_in_order(
        frames in prop::collection::vec(1usize..6, 1..12),
        fates in prop::collection::vec((0u8..100, 0u64..60), 200..400),
        loss in 0u8..50,
    ) {
        let mut line = Line::new();
        let mut fates = fates.iter().cycle();
        let mut waiting: Vec<Vec<u8>> = frames.iter().enumerate().map(|(n, pieces)| frame(n as u32, *pieces)).collect();
        let all = waiting.clone();
        // Half an hour. Where half of everything is lost, answers too, it takes minutes: probes come ever more seldom.
        for _ in 0..360_000 {
            if line.shown.len() == all.len() {
                break;
            }
            if !waiting.is_empty() && line.sender.want(true).is_some() {
                line.sender.put(waiting.remove(0), true, line.now);
            }
            line.tick(|| {
                let (chance, late) = fates.next().copied()?;
                (chance >= loss).then(|| Duration::from_millis(late))
            });
        }
        prop_assert_eq!(line.shown, all);
    }
}

#[test]
fn without_loss_nothing_is_sent_twice() {
    let mut line = Line::new();
    let mut pieces = BTreeSet::new();
    for number in 0..50 {
        assert!(line.sender.want(true).is_some());
        line.sender.put(frame(number, 6), true, line.now);
        while line.shown.len() <= number as usize {
            line.tick(|| Some(Duration::from_millis(10)));
            pieces.extend(line.pieces.iter().map(|(.., piece)| piece[..9].to_vec()));
        }
        line.tick(|| Some(Duration::from_millis(10)));
        line.tick(|| Some(Duration::from_millis(10)));
    }
    assert_eq!(line.sent, pieces.len() as u64);
}

#[test]
fn when_all_that_may_be_under_way_is_lost_one_piece_after_a_wait_brings_it_again() {
    let mut line = Line::new();
    line.sender.set_round_trip(Duration::from_millis(20));
    assert!(line.sender.want(true).is_some());
    line.sender.put(frame(1, 6), true, line.now);
    line.tick(|| None);
    let lost = line.sent;
    assert!(lost > 1 && line.sender.next_piece(line.now).is_none(), "more may not be under way");
    while line.shown.is_empty() {
        line.now = line.now.max(line.sender.deadline().unwrap_or(line.now));
        line.tick(|| Some(Duration::from_millis(10)));
        assert!(line.now < start() + Duration::from_secs(3), "stands still");
    }
    assert_eq!(line.shown, [frame(1, 6)]);
}

#[test]
fn a_picture_that_is_taken_back_while_all_of_it_is_lost_holds_up_no_later_one() {
    let mut line = Line::new();
    line.sender.set_round_trip(Duration::from_millis(20));
    assert!(line.sender.want(true).is_some());
    line.sender.put(frame(1, 6), true, line.now);
    line.tick(|| None);
    line.sender.restart();
    assert!(line.sender.want(true).is_some());
    line.sender.put(frame(2, 6), true, line.now);
    for _ in 0..200 {
        line.tick(|| Some(Duration::from_millis(10)));
    }
    assert_eq!(line.shown, [frame(2, 6)]);
}

#[test]
fn tiny_frames_need_no_word_but_shown() {
    let mut line = Line::new();
    for number in 1..=100 {
        assert!(line.sender.want(true).is_some());
        line.sender.put(vec![number; 1_000], true, line.now);
        line.tick(|| Some(Duration::ZERO));
        assert_eq!((line.shown.len(), line.receiver.deadline()), (usize::from(number), None));
    }
}

#[test]
fn a_record_that_was_never_sent_can_not_have_arrived() {
    let mut line = Line::new();
    assert!(line.sender.want(true).is_some());
    line.sender.put(frame(1, 1), true, line.now);
    line.tick(|| None);
    let mut arrived = |record| line.sender.feedback(&Feedback::Arrived { record }, line.now);
    assert_eq!((arrived(0), arrived(0)), (Ok(()), Ok(())));
    let misbehaved = Err(SessionError::PeerMisbehaved(ErrorCode::MessageUnexpected));
    assert_eq!((arrived(1), arrived(u64::MAX)), (misbehaved, misbehaved));
}

#[test]
fn short_pieces_make_no_frame_longer_than_the_longest() {
    let mut receiver = PictureIn::new();
    receiver.open();
    let bytes = vec![0; CHUNK_MAX];
    let mut piece = |index| {
        let chunk = Chunk { frame: 1, index, count: CHUNKS_MAX, bytes: &bytes };
        receiver.piece(&chunk, u64::from(index), start())
    };
    let fit = (FRAME_MAX / CHUNK_MAX) as u32;
    assert!((0..fit).all(|index| piece(index).is_ok()));
    assert_eq!(piece(0), Ok(()), "one that came before takes no room");
    assert_eq!(piece(fit), Err(SessionError::PeerMisbehaved(ErrorCode::MessageMalformed)));
}

#[test]
fn two_frames_ahead_once_in_step_and_one_before() {
    let mut line = Line::new();
    assert!(line.sender.want(true).unwrap().fresh);
    line.sender.put(frame(1, 1), true, line.now);
    assert_eq!(line.sender.want(true), None, "the piece is not even sent");
    assert!(line.sender.next_piece(line.now).is_some());
    assert_eq!(line.sender.want(true), None, "the viewer is not in step yet");
    line.sender.feedback(&Feedback::Shown { frame: 1 }, line.now).unwrap();
    for number in 2..4 {
        assert_eq!(line.sender.want(false), None, "the line is not empty");
        assert!(!line.sender.want(true).unwrap().fresh);
        line.sender.put(frame(number, 1), false, line.now);
        assert!(line.sender.next_piece(line.now).is_some());
    }
    assert_eq!(line.sender.want(true), None, "two are unacknowledged");
}

#[test]
fn a_frame_that_does_not_rest_on_nothing_is_no_answer_to_a_wish_for_a_fresh_one() {
    let mut line = Line::new();
    assert!(line.sender.want(true).is_some());
    line.sender.put(frame(1, 1), false, line.now);
    assert_eq!(line.sender.next_piece(line.now), None);
    line.sender.put(frame(1, 1), true, line.now);
    assert!(line.sender.next_piece(line.now).is_some());
}

#[test]
fn an_uninvited_frame_is_dropped_and_the_next_must_be_fresh() {
    let mut line = Line::new();
    assert!(line.sender.want(true).is_some());
    line.sender.put(frame(1, 1), true, line.now);
    line.sender.put(frame(2, 1), false, line.now);
    line.tick(|| Some(Duration::ZERO));
    assert_eq!(line.shown.len(), 1);
    assert!(line.sender.want(true).unwrap().fresh);
}

/// What the last of 20 frames may weigh if each takes so many milliseconds.
fn budget(delay: u64) -> usize {
    let mut line = Line::new();
    line.sender.set_round_trip(Duration::from_millis(5));
    let mut budget = 0;
    for number in 1..=20 {
        budget = line.sender.want(true).unwrap().budget_bytes;
        line.sender.put(frame(number, 6), true, line.now);
        while line.sender.next_piece(line.now).is_some() {}
        line.now += Duration::from_millis(delay);
        line.sender.feedback(&Feedback::Shown { frame: number }, line.now).unwrap();
    }
    budget
}

#[test]
fn a_frame_may_weigh_what_the_line_takes_in_30_milliseconds() {
    let bytes = frame(1, 6).len();
    let expected = bytes * 30 / 10;
    assert!(budget(15).abs_diff(expected) < expected / 20, "{} instead of {expected}", budget(15));
    assert_eq!(budget(5_000), 16 << 10, "never less than this");
}
