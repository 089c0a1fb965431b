//! What carries the session: named by the manager, and by the bytes on the wire.

use anyhow::{Context, Result, ensure};

use super::Story;
use crate::demo::flicker::Flicker;
use crate::demo::network::Traffic;
use crate::demo::picture::Area;
use crate::demo::scene::Scene;
use crate::demo::seat::SOON;
use crate::demo::webdriver::Seen;

/// Longest time without news in a picture that never rests; a person begins to notice at about this.
const GAP_MAX_MS: f64 = 500.0;
/// How often the last of the customer's screen changes after the session has moved, before it is judged.
const AFTER: usize = 20;
/// Least bytes of a letter's pictures.
const USED_MIN: u64 = 10_000;
/// How many times more bytes take the path named than another.
const FAR_MORE: u64 = 5;

pub(super) fn play(story: &mut Story) -> Result<()> {
    let path = *story.scene.paths().last().context("a scene has a path")?;
    let named = move |seen: &Seen| seen.data("path") == Some(path);
    if let Some((flicker, watch)) = story.moving.take() {
        story.step("session moves to the direct path without a break", |story| {
            story.manager.see_that("chip-path", "is the direct one", SOON, named)?;
            let gap = watch.longest_gap(story, AFTER)?;
            flicker.stop()?;
            story.figure("move_gap_ms", gap);
            ensure!(gap <= GAP_MAX_MS, "the picture stood still for {gap:.0} ms");
            Ok(())
        })?;
    }
    story.step("manager names the path", |story| {
        story.manager.see_that("chip-path", "is the scene's", SOON, named).map(|_| ())
    })
}

/// Whether what has gone over the network since `before` took the path that the session names.
pub(super) fn was_taken(story: &Story, before: Traffic) -> Result<()> {
    let now = story.network.traffic()?;
    let (relayed, direct) = (now.relayed - before.relayed, now.direct - before.direct);
    let (used, other) = match story.scene {
        Scene::Direct | Scene::Refusals => (direct, relayed),
        Scene::Relay => (relayed, direct),
    };
    ensure!(used > USED_MIN, "only {used} bytes took the path");
    ensure!(used > FAR_MORE * other, "{used} bytes took the path and {other} another one");
    Ok(())
}

/// In the direct scene, has the last part of the customer's screen change all the time.
pub(super) fn flicker(story: &Story) -> Result<Option<Flicker>> {
    match story.scene {
        Scene::Relay | Scene::Refusals => Ok(None),
        Scene::Direct => {
            let (x, y) = last_pixel(story)?;
            let area = Area { x: x.cast_signed() - 32, y: y.cast_signed() - 32, width: 40, height: 40 };
            Flicker::start(story.customer.desktop().display(), area).map(Some)
        }
    }
}

/// The first frame comes from the top; within the coloured frame, this is the last of it.
pub(super) fn last_pixel(story: &Story) -> Result<(u32, u32)> {
    let (width, height) = story.customer.desktop().display().size()?;
    Ok((u32::from(width) - 12, u32::from(height) - 12))
}
