//! The operator's hands, through the manager's picture of the customer's screen.

use anyhow::{Context, Result};

use super::Story;
use crate::demo::display::Window;
use crate::demo::seat::SOON;
use crate::demo::wait;

/// How many pixels of the customer's screen a place may be off: the manager shows the screen smaller than it is.
const POINTING_ERROR: u32 = 3;

/// The editor's window on the customer's screen.
pub(super) fn editor(story: &Story) -> Result<Window> {
    story.customer.desktop().display().window_of("mousepad")?.context("the editor has gone")
}

/// The operator clicks on this pixel of the customer's screen.
pub(super) fn click(story: &Story, at: (i32, i32)) -> Result<()> {
    let (x, y) = on_manager(story, at)?;
    story.manager.desktop().display().hand().click(x, y)
}

/// The operator turns the wheel over this pixel of the customer's screen.
pub(super) fn scroll_down(story: &Story, at: (i32, i32)) -> Result<()> {
    let (x, y) = on_manager(story, at)?;
    story.manager.desktop().display().hand().scroll_down(x, y)
}

/// The operator points at a pixel of the customer's screen and sees the customer's pointer follow there.
pub(super) fn point(story: &Story, at: (i32, i32)) -> Result<()> {
    let (x, y) = on_manager(story, at)?;
    story.manager.desktop().display().hand().point(x, y)?;
    let pointer = || story.customer.desktop().display().pointer();
    wait::until("the customer's pointer to follow", SOON, || Ok(is_close(pointer()?, at).then_some(())))
        .with_context(|| format!("it should be at {at:?} and is at {:?}", pointer()))
}

/// The operator drags from one pixel of the customer's screen to another.
pub(super) fn drag(story: &Story, from: (i32, i32), to: (i32, i32)) -> Result<()> {
    point(story, from)?;
    let hand = story.manager.desktop().display().hand();
    hand.hold()?;
    for third in 1..=3 {
        point(story, (from.0 + (to.0 - from.0) * third / 3, from.1 + (to.1 - from.1) * third / 3))?;
    }
    hand.let_go()
}

/// The operator moves the mouse about in the customer's editor for a few seconds.
pub(super) fn stir(story: &Story) -> Result<()> {
    let at = on_manager(story, editor(story)?.area.middle())?;
    story.manager.desktop().display().hand().stir(at)
}

/// The operator types a line at the end of the letter, which has the keyboard, and saves it; it must be in the customer's
/// file then.
pub(super) fn write_and_save(story: &Story, line: &str) -> Result<()> {
    let hand = story.manager.desktop().display().hand();
    hand.press("ctrl+End")?;
    hand.press("Return")?;
    hand.write(line)?;
    hand.press("ctrl+s")?;
    let saved = || story.customer.desktop().letter();
    let what = format!("the saved letter to end with {line:?}");
    wait::until(&what, SOON, || Ok((saved()?.lines().last() == Some(line)).then_some(())))
        .with_context(|| format!("the letter is {:?}", saved()))
}

/// Whether two places are the same, as far as one can point.
pub(super) const fn is_close(here: (i32, i32), there: (i32, i32)) -> bool {
    here.0.abs_diff(there.0) <= POINTING_ERROR && here.1.abs_diff(there.1) <= POINTING_ERROR
}

/// Where a pixel of the customer's screen is on the manager's.
fn on_manager(story: &Story, (x, y): (i32, i32)) -> Result<(i32, i32)> {
    let (width, height) = story.customer.desktop().display().size()?;
    let fraction = |at: i32, of: u16| (f64::from(at) + 0.5) / f64::from(of);
    story.manager.spot("screen-canvas", fraction(x, width), fraction(y, height))
}
