//! The indicator can't be pressed, hidden or covered, and the customer takes control back.

use anyhow::{Context, Result, ensure};

use super::{Story, remote};
use crate::demo::cover::COLOUR;
use crate::demo::picture::Area;
use crate::demo::seat::SOON;
use crate::demo::wait;
use crate::demo::webdriver::Seen;

pub(super) fn play(story: &mut Story) -> Result<()> {
    story.step("operator can't press Stop", |story| {
        remote::click(story, story.customer.spot("pill-stop", 0.5, 0.5)?)?;
        // Events arrive in order: when this is in the letter, the click has had its chance.
        remote::write_and_save(story, "Still here.")?;
        ensure!(!story.manager.sees("session-ended")?, "the operator has pressed Stop");
        ensure!(story.customer.sees("pill-stop")?, "the indicator has gone");
        Ok(())
    })?;
    story.step("nothing stays over Stop", |story| {
        let stop = story.customer.spot("pill-stop", 0.5, 0.15)?;
        let over = Area { x: stop.0 - 600, y: 0, width: 800, height: 180 };
        let display = story.customer.desktop().display();
        let _cover = display.cover(over)?;
        let beside = (over.x + 10, 170);
        wait::until("Stop to be above what was put over it", SOON, || {
            let screen = display.grab()?;
            ensure!(screen.pixel(beside) == Some(COLOUR), "the cover is not there");
            Ok((screen.pixel(stop).context("Stop is not on the screen")? != COLOUR).then_some(()))
        })
    })?;
    story.step("customer takes control back", |story| {
        story.customer.click("pill-open")?;
        story.customer.click("turn-off-control")?;
        let off = |seen: &Seen| seen.data("state") == Some("off");
        story.customer.see_that("right-control", "is off", SOON, off)?;
        story.manager.see("ask-control")?;
        story.customer.click("pill-open")
    })
}
