//! The operator asks for control, gets it, and works on the customer's desktop; Beside's own windows are out of reach.

use anyhow::{Context, Result, ensure};

use super::Story;
use crate::demo::display::Window;
use crate::demo::observer::Act;
use crate::demo::seat::SOON;
use crate::demo::wait;
use crate::demo::webdriver::Seen;

/// What the operator types: both cases, figures, and signs that need Shift.
const ANSWER: &str = "Look at row 107: 100 % of it (all) is FINE!";
/// How many pixels of the customer's screen a place may be off.
const POINTING_ERROR: u32 = 3;

pub(super) fn play(story: &mut Story) -> Result<()> {
    story.step("operator asks for control", |story| {
        story.manager.click("ask-control")?;
        story.manager.write("ask-reason", "To show you the right row")?;
        story.manager.click("ask-send")?;
        let control = |seen: &Seen| seen.data("right") == Some("control");
        story.customer.see_that("request", "is for control", SOON, control).map(|_| ())
    })?;
    story.step("customer allows control", |story| {
        story.customer.click("request-allow")?;
        let on = |seen: &Seen| seen.data("state") == Some("on");
        story.manager.see_that("right-state-control", "is on", SOON, on).map(|_| ())
    })?;
    story.step("operator types and saves", |story| {
        let (x, y) = editor(story)?.area.middle();
        click(story, x, y)?;
        write_and_save(story, ANSWER)
    })?;
    story.step("operator drags the editor", |story| {
        let before = editor(story)?;
        let grip = (before.area.middle().0, i32::midpoint(before.framed.y, before.area.y));
        drag(story, grip, (grip.0 + 200, grip.1 + 120))?;
        let moved = |after: &Window| close((after.area.x, after.area.y), (before.area.x + 200, before.area.y + 120));
        wait::until("the editor to have moved", SOON, || Ok(Some(editor(story)?).filter(moved))).map(|_| ())
    })?;
    story.step("operator scrolls", |story| {
        let observer = story.customer.desktop().display().observe()?;
        let (x, y) = editor(story)?.area.middle();
        let (x, y) = on_manager(story, x, y)?;
        story.manager.desktop().display().hand().scroll_down(x, y)?;
        wait::until("the wheel to turn at the customer's X server", SOON, || {
            Ok(observer.take()?.contains(&Act::Button(5)).then_some(()))
        })
    })?;
    story.step("operator can't press Stop", |story| {
        let (x, y) = story.customer.spot("pill-stop", 0.5, 0.5)?;
        click(story, x, y)?;
        // Events arrive in order: when this is in the letter, the click has had its chance.
        let (x, y) = editor(story)?.area.middle();
        click(story, x, y)?;
        write_and_save(story, "Still here.")?;
        ensure!(!story.manager.sees("session-ended")?, "the operator has pressed Stop");
        ensure!(story.customer.sees("pill-stop")?, "the indicator has gone");
        Ok(())
    })
}

fn editor(story: &Story) -> Result<Window> {
    story.customer.desktop().display().window_of("mousepad")?.context("the editor has gone")
}

/// The operator clicks on this pixel of the customer's screen, in the manager's picture of it.
fn click(story: &Story, x: i32, y: i32) -> Result<()> {
    let (x, y) = on_manager(story, x, y)?;
    story.manager.desktop().display().hand().click(x, y)
}

/// The operator drags from one pixel of the customer's screen to another, and sees the pointer follow there.
fn drag(story: &Story, from: (i32, i32), to: (i32, i32)) -> Result<()> {
    let hand = story.manager.desktop().display().hand();
    let (x, y) = on_manager(story, from.0, from.1)?;
    hand.hold(x, y)?;
    for third in 1..=3 {
        let stop = (from.0 + (to.0 - from.0) * third / 3, from.1 + (to.1 - from.1) * third / 3);
        let (x, y) = on_manager(story, stop.0, stop.1)?;
        hand.point(x, y)?;
        wait::until("the customer's pointer to follow", SOON, || {
            Ok(close(story.customer.desktop().display().pointer()?, stop).then_some(()))
        })?;
    }
    hand.let_go()
}

/// Whether two places are the same, as far as one can point in a picture that is smaller than the screen.
const fn close(here: (i32, i32), there: (i32, i32)) -> bool {
    here.0.abs_diff(there.0) <= POINTING_ERROR && here.1.abs_diff(there.1) <= POINTING_ERROR
}

/// Where a pixel of the customer's screen is on the manager's.
fn on_manager(story: &Story, x: i32, y: i32) -> Result<(i32, i32)> {
    let (width, height) = story.customer.desktop().display().size()?;
    let fraction = |at: i32, of: u16| (f64::from(at) + 0.5) / f64::from(of);
    story.manager.spot("screen-canvas", fraction(x, width), fraction(y, height))
}

/// The operator types a line at the end of the letter and saves it.
fn write_and_save(story: &Story, line: &str) -> Result<()> {
    let hand = story.manager.desktop().display().hand();
    hand.press("ctrl+End")?;
    hand.press("Return")?;
    hand.write(line)?;
    hand.press("ctrl+s")?;
    let what = format!("the saved letter to end with {line:?}");
    wait::until(&what, SOON, || Ok(story.customer.desktop().letter()?.trim_end().ends_with(line).then_some(())))
        .with_context(|| format!("the letter is {:?}", story.customer.desktop().letter()))
}
