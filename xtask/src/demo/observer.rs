//! Watches what the keyboard and mouse of an X server do, whoever moves them: the server's own account, not ours.

use anyhow::{Context, Result};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xinput::{ConnectionExt as _, Device, EventMask, XIEventMask};
use x11rb::rust_connection::RustConnection;

/// A connection that is told of every event of the input devices.
pub(crate) struct Observer {
    connection: RustConnection,
}

/// What a device did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// A key went down: its X key code.
    Key(u32),
    /// A button went down; 4 to 7 are the wheel.
    Button(u32),
    /// The pointer moved.
    Motion,
}

/// An act, and when the X server had it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Observed {
    pub(crate) act: Act,
    /// In milliseconds of the server's own clock.
    pub(crate) at: u32,
}

impl Observer {
    /// Begins to watch the display with this address.
    pub(crate) fn watch(address: &str) -> Result<Self> {
        let (connection, screen) =
            RustConnection::connect(Some(address)).with_context(|| format!("connecting to the display {address}"))?;
        let root = connection.setup().roots[screen].root;
        connection.xinput_xi_query_version(2, 2)?.reply().context("the X server has no XInput 2")?;
        let mask = XIEventMask::RAW_KEY_PRESS | XIEventMask::RAW_BUTTON_PRESS | XIEventMask::RAW_MOTION;
        let every_device = EventMask { deviceid: Device::ALL_MASTER.into(), mask: vec![mask] };
        connection.xinput_xi_select_events(root, &[every_device])?.check()?;
        Ok(Self { connection })
    }

    /// Everything since the last call.
    pub(crate) fn take(&self) -> Result<Vec<Observed>> {
        let mut seen = Vec::new();
        while let Some(event) = self.connection.poll_for_event()? {
            #[expect(
                clippy::wildcard_enum_match_arm,
                reason = "the events of X are not ours; only these were asked for"
            )]
            let (act, at) = match event {
                Event::XinputRawKeyPress(press) => (Act::Key(press.detail), press.time),
                Event::XinputRawButtonPress(press) => (Act::Button(press.detail), press.time),
                Event::XinputRawMotion(motion) => (Act::Motion, motion.time),
                _ => continue,
            };
            seen.push(Observed { act, at });
        }
        Ok(seen)
    }
}
