//! What a path carries, and how it ends.

use std::collections::BTreeSet;

use beside_protocol::limits::RECORD_MAX;
use beside_protocol::path::Channel;
use beside_session::PathOutput;
use beside_transport::direct::DirectEvent;

use crate::pair::{PATH, Pair, Side};

const ALL: [Channel; 3] = [Channel::Ordered, Channel::Loose, Channel::Bulk];

/// A message that says its number, of a length that depends on it.
fn numbered(number: u32, length: usize) -> Vec<u8> {
    let mut bytes = vec![u8::try_from(number % 251).unwrap(); length.max(4)];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    bytes
}

fn number(bytes: &[u8]) -> u32 {
    u32::from_be_bytes(bytes[..4].try_into().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_channel_carries_messages_both_ways() {
    let mut pair = Pair::joined().await;
    for channel in ALL {
        for length in [1, 1_000, RECORD_MAX] {
            let message = vec![7; length];
            pair.customer.send(channel, message.clone());
            assert_eq!(pair.operator.message().await, (channel, message.clone()));
            pair.operator.send(channel, message.clone());
            assert_eq!(pair.customer.message().await, (channel, message));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliable_channels_keep_order_and_lose_nothing() {
    const MESSAGES: u32 = 300;
    let mut pair = Pair::joined().await;
    for sent in 0..MESSAGES {
        let length = [5, 900, 4_000, RECORD_MAX][sent as usize % 4];
        pair.customer.send(Channel::Ordered, numbered(sent, length));
        pair.customer.send(Channel::Bulk, numbered(sent, length));
    }
    let (mut ordered, mut bulk) = (0, 0);
    while (ordered, bulk) != (MESSAGES, MESSAGES) {
        let (channel, bytes) = receive(&mut pair).await;
        let expected = match channel {
            Channel::Ordered => &mut ordered,
            Channel::Bulk => &mut bulk,
            Channel::Loose => panic!("nothing was sent there"),
        };
        assert_eq!(number(&bytes), *expected);
        assert_eq!(bytes, numbered(*expected, bytes.len()));
        *expected += 1;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_was_sent_drains_and_no_more() {
    let mut pair = Pair::joined().await;
    let mut sent = 0;
    let mut arrived = BTreeSet::new();
    for message in 0..120 {
        let bytes = numbered(message, 100 + 97 * message as usize);
        sent += bytes.len();
        pair.customer.send(ALL[message as usize % 3], bytes);
    }
    let mut drained = 0;
    while drained < sent || arrived.len() < 120 {
        tokio::select! {
            event = pair.customer.next() => {
                if let DirectEvent::Drained { bytes, .. } = event {
                    drained += bytes;
                    assert!(drained <= sent, "more has drained than was sent");
                }
            }
            (_, bytes) = pair.operator.message() => {
                assert!(arrived.insert(number(&bytes)), "a message came twice");
            }
        }
    }
}

/// The next message for the operator, while the customer's events are taken too.
async fn receive(pair: &mut Pair) -> (Channel, Vec<u8>) {
    loop {
        tokio::select! {
            message = pair.operator.message() => return message,
            _ = pair.customer.next() => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_sent_before_the_close_arrives() {
    let mut pair = Pair::joined().await;
    for sent in 0..20 {
        pair.customer.send(Channel::Ordered, numbered(sent, RECORD_MAX));
    }
    pair.customer.carry_out(PathOutput::Close { path: PATH });
    let (mut arrived, mut left) = (Vec::new(), 2);
    while left > 0 {
        let event = tokio::select! {
            event = pair.operator.next() => event,
            event = pair.customer.next() => event,
        };
        match event {
            DirectEvent::Message { bytes, .. } => arrived.push(number(&bytes)),
            DirectEvent::Down { .. } => left -= 1,
            DirectEvent::Up { .. }
            | DirectEvent::Drained { .. }
            | DirectEvent::Described { .. }
            | DirectEvent::Candidate { .. } => {}
        }
    }
    assert_eq!(arrived, Vec::from_iter(0..20));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letting_go_of_one_side_ends_the_path_of_the_other() {
    let mut pair = Pair::joined().await;
    let mut events = Side::drop_direct(pair.customer);
    pair.operator.until_down().await;
    while events.recv().await.is_some() {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_path_can_be_made_beside_the_old_one() {
    let mut pair = Pair::joined().await;
    let second = beside_protocol::PathId(2);
    pair.customer.carry_out(PathOutput::Gather { path: second });
    let ends = pair.settle().await;
    assert!(ends.iter().all(|end| matches!(end, DirectEvent::Up { path, .. } if *path == second)), "{ends:?}");
    pair.customer.carry_out(PathOutput::Close { path: PATH });
    pair.operator.until_down().await;
    pair.operator.carry_out(PathOutput::Transmit { path: second, channel: Channel::Loose, bytes: vec![1] });
    assert_eq!(pair.customer.message().await, (Channel::Loose, vec![1]));
}
