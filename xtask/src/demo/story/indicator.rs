//! The indicator can't be pressed, hidden or covered, and the customer takes control back.

use anyhow::{Result, ensure};

use super::{Story, control, remote};
use crate::demo::picture::Area;
use crate::demo::seat::SOON;
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
    story.step("nothing is typed while Stop is covered", |story| {
        let (x, y) = story.customer.spot("pill-stop", 0.5, 0.5)?;
        let over = Area { x: x - 20, y: y - 10, width: 40, height: 20 };
        let cover = story.customer.desktop().display().cover(over, [0xff, 0xee, 0x11])?;
        let hidden = |seen: &Seen| seen.data("held") == Some("stop_hidden");
        story.manager.see_that("trouble", "says that Stop is covered", SOON, hidden)?;
        story.manager.desktop().display().hand().write("not this")?;
        drop(cover);
        story.manager.see_gone("trouble")?;
        remote::write_and_save(story, "Back again.")?;
        let letter = story.customer.desktop().letter()?;
        ensure!(!letter.contains("not this"), "something was typed meanwhile: {letter:?}");
        Ok(())
    })?;
    story.step("customer takes control back", |story| {
        story.customer.click("pill-open")?;
        story.customer.click("turn-off-control")?;
        let off = |seen: &Seen| seen.data("state") == Some("off");
        story.customer.see_that("right-control", "is off", SOON, off)?;
        story.manager.see("ask-control")?;
        story.customer.click("pill-open")
    })?;
    story.step("customer allows control again", |story| {
        control::ask(story)?;
        control::allow(story)
    })
}
