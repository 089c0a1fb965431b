//! The runtime under the WebRTC library: tokio's own, with large socket buffers, our clock, and word of a panic.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use socket2::SockRef;
use tokio::sync::mpsc;
use tracing::debug;
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, Runtime, TokioRuntime,
};

use super::peer::Notice;
use crate::clock;

/// What a socket's buffers are asked to hold, the first size that the system accepts. With the usual 200 KB a burst of
/// the picture overruns them, and every loss halves the rate. Linux grants what `net.core.rmem_max` allows.
const BUFFERS: [usize; 3] = [4 << 20, 2 << 20, 1 << 20];

/// The runtime of one path.
#[derive(Debug)]
pub(super) struct Sockets {
    notices: mpsc::Sender<Notice>,
}

impl Sockets {
    pub(super) const fn new(notices: mpsc::Sender<Notice>) -> Self {
        Self { notices }
    }
}

impl Runtime for Sockets {
    fn spawn(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>) -> Box<dyn JoinHandle> {
        let notices = self.notices.clone();
        TokioRuntime.spawn(Box::pin(async move {
            if AssertUnwindSafe(future).catch_unwind().await.is_err() {
                // Nobody else would notice: the library's channels stay open without its driver.
                let _ = notices.send(Notice::Panicked).await;
            }
        }))
    }

    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        enlarge(&SockRef::from(&socket));
        TokioRuntime.wrap_udp_socket(socket)
    }

    fn wrap_tcp_listener(&self, listener: std::net::TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        TokioRuntime.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(
        &'a self,
        remote: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = io::Result<Arc<dyn AsyncTcpStream>>> + Send + 'a>> {
        TokioRuntime.connect_tcp(remote)
    }

    fn resolve_host<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>> {
        TokioRuntime.resolve_host(host)
    }

    fn now(&self) -> Instant {
        clock::now()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        TokioRuntime.sleep(duration)
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        TokioRuntime.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        TokioRuntime.block_on(future);
    }

    fn yield_now(&self) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        TokioRuntime.yield_now()
    }

    fn name(&self) -> &'static str {
        "tokio"
    }
}

fn enlarge(socket: &SockRef<'_>) {
    let _ = BUFFERS.iter().find(|size| socket.set_recv_buffer_size(**size).is_ok());
    let _ = BUFFERS.iter().find(|size| socket.set_send_buffer_size(**size).is_ok());
    let granted = (socket.recv_buffer_size().unwrap_or_default(), socket.send_buffer_size().unwrap_or_default());
    debug!(receive = granted.0, send = granted.1, "bytes of socket buffers granted");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_grow_as_far_as_the_system_lets_them() {
        let plain = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let large = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        enlarge(&SockRef::from(&large));
        let size = |socket| SockRef::from(socket).recv_buffer_size().unwrap();
        assert!(size(&large) > size(&plain), "{} and {}", size(&large), size(&plain));
    }

    #[tokio::test]
    async fn a_panic_below_is_told() {
        let (notices, mut told) = mpsc::channel(1);
        let _ = Sockets::new(notices).spawn(Box::pin(async { panic!("on purpose") }));
        assert!(matches!(told.recv().await, Some(Notice::Panicked)));
    }
}
