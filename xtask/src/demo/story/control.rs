//! The operator asks for control, gets it, and works on the customer's desktop.

use anyhow::Result;

use super::{Story, remote};
use crate::demo::display::Window;
use crate::demo::observer::Act;
use crate::demo::seat::SOON;
use crate::demo::wait;
use crate::demo::webdriver::Seen;

/// What the operator types: both cases, figures, and signs that need Shift.
const ANSWER: &str = "Look at row 107: 100 % of it (all) is FINE!";

pub(super) fn play(story: &mut Story) -> Result<()> {
    story.step("operator asks for control", |story| ask(story))?;
    story.step("customer allows control", |story| allow(story))?;
    // No click first: the customer's answer gave the keyboard back to the editor.
    story.step("operator types and saves", |story| remote::write_and_save(story, ANSWER))?;
    story.step("operator drags the editor", |story| {
        let before = remote::editor(story)?;
        let grip = (before.area.middle().0, i32::midpoint(before.framed.y, before.area.y));
        remote::drag(story, grip, (grip.0 + 200, grip.1 + 120))?;
        let moved =
            |after: &Window| remote::is_close((after.area.x, after.area.y), (before.area.x + 200, before.area.y + 120));
        wait::until("the editor to have moved", SOON, || Ok(Some(remote::editor(story)?).filter(moved))).map(|_| ())
    })?;
    story.step("operator scrolls", |story| {
        let observer = story.customer.desktop().display().observe()?;
        remote::scroll_down(story, remote::editor(story)?.area.middle())?;
        wait::until("the wheel to turn at the customer's X server", SOON, || {
            Ok(observer.take()?.iter().any(|seen| seen.act == Act::Button(5)).then_some(()))
        })
    })
}

/// The operator asks for control, with a reason; the customer sees the request.
pub(super) fn ask(story: &Story) -> Result<()> {
    story.manager.click("ask-control")?;
    story.manager.write("ask-reason", "To show you the right row")?;
    story.manager.click("ask-send")?;
    let control = |seen: &Seen| seen.data("right") == Some("control");
    story.customer.see_that("request", "is for control", SOON, control).map(|_| ())
}

/// The customer says yes to the request.
pub(super) fn allow(story: &Story) -> Result<()> {
    story.customer.click("request-allow")?;
    let on = |seen: &Seen| seen.data("state") == Some("on");
    story.manager.see_that("right-state-control", "is on", SOON, on)?;
    story.customer.see_that("pill", "is small again", SOON, |seen| seen.page.1 < 200).map(|_| ())
}
