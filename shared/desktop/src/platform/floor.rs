//! The floor under every platform's own way to read the screen: xcap. It works wherever there is a monitor, reads all of
//! it each time, and knows nothing of what changed.

use beside_protocol::DisplayId;
use xcap::{Monitor, XCapError};

use crate::error::Trouble;
use crate::snapshot::{PIXEL, Snapshot};
use beside_screen::Rect;

/// Reads `rects` of a monitor, all inside `into`.
pub(crate) fn read(display: DisplayId, rects: &[Rect], into: &mut Snapshot) -> Result<(), Trouble> {
    let monitor = find(display)?;
    let image = monitor.capture_image().map_err(refused)?;
    let (width, height) = (image.width(), image.height());
    let rgba = image.into_raw();
    for rect in rects {
        if rect.x + rect.width > width || rect.y + rect.height > height {
            return Err(Trouble::Refused(format!("the monitor is {width}×{height} pixels now")));
        }
        for row in 0..rect.height {
            let start = ((rect.y + row) as usize * width as usize + rect.x as usize) * PIXEL;
            let bgrx = into.row_mut(*rect, row);
            let length = bgrx.len();
            for (to, from) in bgrx.chunks_exact_mut(PIXEL).zip(rgba[start..start + length].chunks_exact(PIXEL)) {
                to.copy_from_slice(&[from[2], from[1], from[0], 0]);
            }
        }
    }
    Ok(())
}

/// The monitor with this id.
pub(crate) fn find(display: DisplayId) -> Result<Monitor, Trouble> {
    let mut monitors = Monitor::all().map_err(refused)?.into_iter();
    monitors.find(|monitor| monitor.id().is_ok_and(|id| id == display.0)).ok_or(Trouble::NoDisplay(display))
}

/// An error of xcap's.
pub(crate) fn refused(error: XCapError) -> Trouble {
    Trouble::Refused(error.to_string())
}
