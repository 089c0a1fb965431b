//! The UDP socket of the STUN responder; what is answered is decided in the core.

use beside_broker_core::stun::{DATAGRAM_MAX, StunResponder};
use tokio::net::UdpSocket;

use crate::clock::Clock;

/// Answers until it is dropped.
pub async fn answer(socket: UdpSocket, clock: Clock) {
    let mut responder = StunResponder::default();
    // One byte more, so that a datagram that was cut off does not look whole.
    let mut buffer = [0; DATAGRAM_MAX + 1];
    loop {
        let (length, peer) = match socket.recv_from(&mut buffer).await {
            Ok(received) => received,
            Err(error) => {
                // An ICMP error of an earlier answer shows here on some systems; the socket is good.
                tracing::debug!(%error, "the STUN socket reported an error");
                tokio::task::yield_now().await;
                continue;
            }
        };
        if let Some(answer) = responder.answer(&buffer[..length], peer, clock.now().monotonic)
            && let Err(error) = socket.send_to(&answer, peer).await
        {
            tracing::debug!(%error, "a STUN answer could not be sent");
        }
    }
}
