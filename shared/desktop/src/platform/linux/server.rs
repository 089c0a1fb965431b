//! A connection to the X server, and waiting on it.

use std::os::fd::AsFd;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use x11rb::connection::{Connection, RequestConnection};
use x11rb::errors::{ConnectError, ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{ConnectionExt as _, Screen, Window};
use x11rb::rust_connection::RustConnection;

use super::bell::Bell;
use crate::clock;
use crate::error::Trouble;

/// One connection and the screen it is about.
pub(super) struct Server {
    pub(super) conn: RustConnection,
    screen: usize,
}

impl Server {
    pub(super) fn connect(name: Option<&str>) -> Result<Self, Trouble> {
        let (conn, screen) = RustConnection::connect(name)?;
        Ok(Self { conn, screen })
    }

    pub(super) fn screen(&self) -> &Screen {
        &self.conn.setup().roots[self.screen]
    }

    pub(super) fn root(&self) -> Window {
        self.screen().root
    }

    pub(super) fn has(&self, extension: &'static str) -> Result<bool, Trouble> {
        Ok(self.conn.extension_information(extension)?.is_some())
    }

    pub(super) fn needs(&self, extension: &'static str, why: &'static str) -> Result<(), Trouble> {
        if self.has(extension)? { Ok(()) } else { Err(Trouble::Unsupported(why)) }
    }

    pub(super) fn atom(&self, name: &str) -> Result<u32, Trouble> {
        Ok(self.conn.intern_atom(false, name.as_bytes())?.reply()?.atom)
    }

    /// Waits until the server sends something, the bell rings or the deadline, if there is one, passes. Events that were
    /// read already are not waited for: look at them first.
    pub(super) fn wait(&self, bell: &Bell, deadline: Option<Instant>) -> Result<(), Trouble> {
        self.conn.flush()?;
        let stream = self.conn.stream().as_fd();
        let mut fds = [PollFd::from_borrowed_fd(stream, PollFlags::IN), PollFd::new(bell, PollFlags::IN)];
        // A deadline too far away for the system is as good as none.
        let timeout = deadline.and_then(|deadline| Timespec::try_from(clock::until(deadline)).ok());
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(Trouble::Lost(format!("poll: {error}"))),
        }
    }

    /// The next event, if the server has sent one.
    pub(super) fn event(&self) -> Result<Option<Event>, Trouble> {
        Ok(self.conn.poll_for_event()?)
    }
}

/// A request about a window that may have vanished meanwhile: an error of the server is "no longer there".
pub(super) fn if_there<T>(reply: Result<T, ReplyError>) -> Result<Option<T>, Trouble> {
    match reply {
        Ok(reply) => Ok(Some(reply)),
        Err(ReplyError::X11Error(_)) => Ok(None),
        Err(ReplyError::ConnectionError(error)) => Err(error.into()),
    }
}

impl From<ConnectError> for Trouble {
    fn from(error: ConnectError) -> Self {
        Self::Unreachable(error.to_string())
    }
}

impl From<ConnectionError> for Trouble {
    fn from(error: ConnectionError) -> Self {
        Self::Lost(error.to_string())
    }
}

impl From<ReplyError> for Trouble {
    fn from(error: ReplyError) -> Self {
        match error {
            ReplyError::ConnectionError(error) => error.into(),
            ReplyError::X11Error(error) => Self::Refused(format!("{error:?}")),
        }
    }
}

impl From<ReplyOrIdError> for Trouble {
    fn from(error: ReplyOrIdError) -> Self {
        match error {
            ReplyOrIdError::IdsExhausted => Self::Refused("no more ids".to_owned()),
            ReplyOrIdError::ConnectionError(error) => error.into(),
            ReplyOrIdError::X11Error(error) => Self::Refused(format!("{error:?}")),
        }
    }
}
