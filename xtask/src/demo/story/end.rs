//! The customer presses Stop; both sides show the end and why.

use anyhow::Result;

use super::Story;
use crate::clock;
use crate::demo::seat::SOON;
use crate::demo::webdriver::Seen;

pub(super) fn play(story: &mut Story) -> Result<()> {
    story.step("customer stops", |story| {
        story.customer.click("pill-stop")?;
        let pressed = clock::now();
        story.manager.see("session-ended")?;
        story.figure("stop_to_end_shown_ms", pressed.elapsed().as_secs_f64() * 1000.0);
        let stopped = |seen: &Seen| (seen.data("by"), seen.data("reason")) == (Some("customer"), Some("stopped"));
        story.manager.see_that("ended-reason", "says that the customer stopped", SOON, stopped)?;
        story.customer.see("ended-reason").map(|_| ())
    })?;
    story.step("both close the session", |story| {
        story.manager.click("close-session")?;
        story.manager.see("desk")?;
        story.customer.click("done")?;
        story.customer.see("code-input").map(|_| ())
    })
}
