//! The operator sees the customer's screen, pixel for pixel once it is still.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::{Story, path};
use crate::clock;
use crate::demo::picture::{Difference, Picture};
use crate::demo::wait;

/// How long the customer's screen must not have changed.
const STILL: Duration = Duration::from_millis(500);
/// How long it may take until it is still and the pictures agree.
const LIMIT: Duration = Duration::from_secs(20);

pub(super) fn play(story: &mut Story) -> Result<()> {
    story.step("manager shows the very picture", |story| same(story))?;
    story.step("customer writes a letter and the picture follows", |story| {
        let before = story.network.traffic()?;
        story.customer.desktop().write_letter("Dear Park, the table on the right is what I can't read.")?;
        same(story)?;
        path::was_taken(story, before)
    })
}

/// Waits until both pictures are the same outside Beside's own windows.
pub(super) fn same(story: &Story) -> Result<()> {
    let mut before: Option<(Picture, std::time::Instant)> = None;
    let mut last = None;
    let outcome = wait::until("the manager's picture to be the customer's screen", LIMIT, || {
        let display = story.customer.desktop().display();
        let screen = display.grab()?;
        let own = story.customer.own_areas()?;
        let since = match before.take() {
            Some((picture, since)) if picture.difference(&screen, &own).pixels == 0 => since,
            Some(_) | None => clock::now(),
        };
        before = Some((screen.clone(), since));
        if since.elapsed() < STILL {
            return Ok(None);
        }
        let shown = framebuffer(story)?;
        let difference = screen.difference(&shown, &own);
        last = Some((difference, shown));
        Ok((difference.pixels == 0).then_some(()))
    });
    let (Err(error), Some((Difference { pixels, first }, shown))) = (&outcome, last) else { return outcome };
    let kept = story.pictures.join("framebuffer-that-differs.png");
    shown.save(&kept)?;
    bail!("{error:#}: {pixels} pixels differ, the first at {first:?}; the framebuffer is kept as {}", kept.display())
}

/// The manager's framebuffer, as its automation command writes it to a file.
fn framebuffer(story: &Story) -> Result<Picture> {
    let session = story.manager.see("session")?;
    let sid = session.data("sid").context("the session has no id")?;
    let path = story.scratch.join("framebuffer.png");
    story.manager.invoke("automation_framebuffer", &json!({ "sid": sid, "path": path }))?;
    Picture::load(&path)
}
