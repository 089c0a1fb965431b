//! A network between the two sides that loses what the test tells it to.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use beside_protocol::path::Channel;
use beside_session::PathOutput;
use beside_transport::direct::DirectEvent;
use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::pair::{PATH, Pair};

/// Only data is as long; acknowledgements, keep-alives and probes are not.
const DATA: usize = 400;

/// Two sockets, each standing in for one side before the other.
struct Network {
    for_customer: Arc<UdpSocket>,
    for_operator: Arc<UdpSocket>,
    /// Packets with data that are still to be lost on the way to the operator.
    to_lose: Arc<AtomicUsize>,
}

impl Network {
    async fn new() -> Self {
        let bind = || UdpSocket::bind((Ipv4Addr::LOCALHOST, 0));
        Self {
            for_customer: Arc::new(bind().await.unwrap()),
            for_operator: Arc::new(bind().await.unwrap()),
            to_lose: Arc::default(),
        }
    }

    /// Carries packets between the two, which are at these addresses. Packets from elsewhere are lost.
    fn run(&self, customer: SocketAddr, operator: SocketAddr) {
        let [near_customer, near_operator] = [Arc::clone(&self.for_operator), Arc::clone(&self.for_customer)];
        // The customer sends to what it takes for the operator, and the other way round.
        carry(Arc::clone(&near_customer), customer, Arc::clone(&near_operator), operator, Arc::clone(&self.to_lose));
        carry(near_operator, operator, near_customer, customer, Arc::default());
    }
}

fn carry(inlet: Arc<UdpSocket>, from: SocketAddr, outlet: Arc<UdpSocket>, to: SocketAddr, to_lose: Arc<AtomicUsize>) {
    tokio::spawn(async move {
        let mut packet = [0; 2048];
        loop {
            // An error here is the echo of an earlier packet that nobody took.
            let Ok((length, source)) = inlet.recv_from(&mut packet).await else { continue };
            let less = |left: usize| left.checked_sub(1);
            let lost = length > DATA && to_lose.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok();
            if source == from && !lost {
                let _ = outlet.send_to(&packet[..length], to).await;
            }
        }
    });
}

/// The IPv4 loopback address in a candidate, if that is what it names.
fn loopback(candidate: &str) -> Option<SocketAddr> {
    let words: Vec<&str> = candidate.split(' ').collect();
    let address = SocketAddr::new(words.get(4)?.parse().ok()?, words.get(5)?.parse().ok()?);
    (address.ip() == Ipv4Addr::LOCALHOST && words.get(7) == Some(&"host")).then_some(address)
}

/// A pair whose only way to each other is the network.
async fn joined_over(network: &Network) -> Pair {
    let mut pair = Pair::new();
    pair.customer.carry_out(PathOutput::Gather { path: PATH });
    let (mut customer_at, mut operator_at, mut up) = (None, None, 0);
    while up < 2 {
        let (event, from_customer) = tokio::select! {
            event = pair.customer.next() => (event, true),
            event = pair.operator.next() => (event, false),
        };
        if let DirectEvent::Candidate { candidate, .. } = &event {
            let Some(address) = loopback(candidate) else { continue };
            let at = if from_customer { &mut customer_at } else { &mut operator_at };
            *at = Some(address);
            if let (Some(customer), Some(operator)) = (customer_at, operator_at) {
                network.run(customer, operator);
                pair.operator.take(&candidate_at(&network.for_customer));
                pair.customer.take(&candidate_at(&network.for_operator));
            }
        } else if from_customer {
            pair.operator.take(&event);
        } else {
            pair.customer.take(&event);
        }
        up += usize::from(matches!(event, DirectEvent::Up { .. }));
    }
    pair
}

fn candidate_at(socket: &UdpSocket) -> DirectEvent {
    let port = socket.local_addr().unwrap().port();
    let candidate = format!("candidate:1 1 udp 2130706431 127.0.0.1 {port} typ host");
    DirectEvent::Candidate { path: PATH, candidate, mid: None }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lost_end_of_a_burst_is_sent_again_long_before_a_second_has_passed() {
    let network = Network::new().await;
    let mut pair = joined_over(&network).await;
    let mut arrivals = Vec::new();
    for number in 0..5 {
        network.to_lose.store(1, Ordering::SeqCst);
        let message = vec![number; 900];
        pair.customer.send(Channel::Ordered, message.clone());
        // The library's own timer needs a second at least; the probes need a tenth of one.
        let arrived = timeout(Duration::from_millis(950), pair.operator.message()).await;
        arrivals.push(arrived.is_ok_and(|arrived| arrived == (Channel::Ordered, message)));
        assert_eq!(network.to_lose.load(Ordering::SeqCst), 0, "the message went another way");
    }
    assert_eq!(arrivals, [true; 5]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliable_messages_survive_losses_and_loose_ones_drain_all_the_same() {
    let network = Network::new().await;
    let mut pair = joined_over(&network).await;
    let (mut sent, mut drained, mut ordered) = (0, 0, 0);
    for number in 0..40 {
        for channel in [Channel::Ordered, Channel::Loose] {
            pair.customer.send(channel, vec![number; 3_000]);
            sent += 3_000;
        }
    }
    network.to_lose.store(25, Ordering::SeqCst);
    while drained < sent || ordered < 40 {
        tokio::select! {
            event = pair.customer.next() => {
                if let DirectEvent::Drained { bytes, .. } = event { drained += bytes }
            }
            (channel, bytes) = pair.operator.message() => if channel == Channel::Ordered {
                assert_eq!(bytes, vec![ordered; 3_000]);
                ordered += 1;
            }
        }
    }
    assert_eq!(drained, sent);
}
