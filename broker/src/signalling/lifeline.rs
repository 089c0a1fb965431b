//! TCP connections that can be cut from outside: a reader that does not read would otherwise hold on to its connection for
//! as long as it likes, since whoever writes to it waits.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use actix_web::rt::net::{ActixStream, Ready, TcpStream};
use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Cuts a connection. One that nothing hangs on cuts nothing.
#[derive(Debug, Clone, Default)]
pub struct Lifeline(Arc<Tension>);

#[derive(Debug, Default)]
struct Tension {
    cut: AtomicBool,
    reading: AtomicWaker,
    writing: AtomicWaker,
}

impl Lifeline {
    /// Ends the connection, in both directions, as soon as its task runs. What is on its way is lost.
    pub fn cut(&self) {
        self.0.cut.store(true, Ordering::SeqCst);
        self.0.reading.wake();
        self.0.writing.wake();
    }

    /// Whoever waits comes back when the line is cut.
    fn holds(&self, waiting: &AtomicWaker, context: &Context<'_>) -> io::Result<()> {
        waiting.register(context.waker());
        if self.0.cut.load(Ordering::SeqCst) { Err(ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }
}

/// A connection that hangs on a lifeline.
#[derive(Debug)]
pub struct Tethered {
    tcp: TcpStream,
    lifeline: Lifeline,
}

impl Tethered {
    /// Takes over a connection that was accepted, and turns Nagle's delay off.
    #[must_use]
    pub fn new(tcp: TcpStream) -> Self {
        if let Err(error) = tcp.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
        Self { tcp, lifeline: Lifeline::default() }
    }

    /// The connection itself.
    #[must_use]
    pub const fn tcp(&self) -> &TcpStream {
        &self.tcp
    }

    /// What it hangs on.
    #[must_use]
    pub const fn lifeline(&self) -> &Lifeline {
        &self.lifeline
    }

    fn read_end(&mut self, context: &Context<'_>) -> io::Result<Pin<&mut TcpStream>> {
        self.lifeline.holds(&self.lifeline.0.reading, context)?;
        Ok(Pin::new(&mut self.tcp))
    }

    fn write_end(&mut self, context: &Context<'_>) -> io::Result<Pin<&mut TcpStream>> {
        self.lifeline.holds(&self.lifeline.0.writing, context)?;
        Ok(Pin::new(&mut self.tcp))
    }
}

impl AsyncRead for Tethered {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.read_end(context)?.poll_read(context, into)
    }
}

impl AsyncWrite for Tethered {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.write_end(context)?.poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.write_end(context)?.poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.write_end(context)?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.write_end(context)?.poll_shutdown(context)
    }
}

impl ActixStream for Tethered {
    fn poll_read_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        self.lifeline.holds(&self.lifeline.0.reading, context)?;
        self.tcp.poll_read_ready(context).map_ok(|()| Ready::READABLE)
    }

    fn poll_write_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        self.lifeline.holds(&self.lifeline.0.writing, context)?;
        self.tcp.poll_write_ready(context).map_ok(|()| Ready::WRITABLE)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    async fn pair() -> (Tethered, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let far = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (Tethered::new(listener.accept().await.unwrap().0), far)
    }

    #[actix_web::test]
    async fn a_cut_ends_what_waits_to_read_and_what_waits_to_write() {
        let (tethered, mut far) = pair().await;
        let lifeline = tethered.lifeline().clone();
        let (mut reading, mut writing) = tokio::io::split(tethered);
        let reader = actix_web::rt::spawn(async move { reading.read_u8().await.unwrap_err().kind() });
        let writer = actix_web::rt::spawn(async move {
            // More than the kernel keeps for a reader that does not read.
            writing.write_all(&vec![0; 64 << 20]).await.unwrap_err().kind()
        });
        let first = far.read_u8().await.unwrap();
        assert_eq!(first, 0, "both are at it");
        lifeline.cut();
        assert_eq!((reader.await.unwrap(), writer.await.unwrap()), [ErrorKind::ConnectionAborted; 2].into());
        assert!(far.read_to_end(&mut Vec::new()).await.is_ok(), "and the other side sees the end");
    }

    #[actix_web::test]
    async fn what_is_not_cut_flows() {
        let (mut tethered, mut far) = pair().await;
        Lifeline::default().cut();
        tethered.write_all(b"there").await.unwrap();
        far.write_all(b"back").await.unwrap();
        let (mut there, mut back) = ([0; 5], [0; 4]);
        far.read_exact(&mut there).await.unwrap();
        tethered.read_exact(&mut back).await.unwrap();
        assert_eq!((&there, &back), (b"there", b"back"));
    }
}
