//! What the customer's side of a session wants done.

use beside_consent::{Control, Grant, View};
use beside_protocol::input::InputEvent;
use beside_protocol::signalling::FromCustomer;
use beside_protocol::{DisplayId, End};

use crate::path_io::PathOutput;

/// One thing to do, in order.
#[derive(Debug)]
pub enum CustomerOutput {
    /// Something for a path.
    Path(PathOutput),
    /// Send this to the broker.
    Signal(FromCustomer),
    /// Do these acts of the operator. The injector checks the grant again for every single one.
    Inject {
        /// The permission.
        grant: Grant<Control>,
        /// The acts.
        events: Vec<InputEvent>,
    },
    /// Let go of every key and button that was pressed for the operator. Needs no permission.
    ReleaseAll,
    /// Everything sent has left, so the next picture is wanted as soon as something has changed on the screen. It
    /// replaces any earlier wish.
    PictureWanted {
        /// The permission; to be checked again when the screen is read.
        view: Grant<View>,
        /// Bytes that the line takes in about 30 ms: what fits may be lossless.
        budget_bytes: usize,
        /// The frame must rest on nothing before it.
        fresh: bool,
    },
    /// No picture is wanted until the next [`PictureWanted`](Self::PictureWanted).
    PictureUnwanted,
    /// The operator would like to see this monitor; one of those told with
    /// [`Displays`](crate::DesktopInput::Displays). The desktop answers with new displays and goes on.
    ShareDisplay(DisplayId),
    /// [`Customer::state`](crate::Customer::state) is worth another look.
    Changed,
    /// The session is over; comes once. Outputs after it only tell the peer and the broker.
    Ended(End),
}
