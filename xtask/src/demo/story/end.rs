//! The customer presses the stop key while the operator moves the mouse; both sides show the end and why.

use std::thread;

use anyhow::{Context, Result, ensure};

use super::{Story, remote};
use crate::demo::observer::{Act, Observed};
use crate::demo::seat::SOON;
use crate::demo::wait;
use crate::demo::webdriver::Seen;

/// Ctrl+Alt+End, as the indicator says.
const STOP_KEY: &str = "ctrl+alt+End";

pub(super) fn play(story: &mut Story) -> Result<()> {
    story.step("customer stops while the operator moves the mouse", |story| {
        let stop_ms = thread::scope(|scope| {
            let busy = &*story;
            let operator = scope.spawn(move || remote::stir(busy));
            let measured = stop(story);
            operator.join().map_err(|_| anyhow::anyhow!("the operator's hand failed"))??;
            measured
        })?;
        story.figure("stop_ms", stop_ms);
        Ok(())
    })?;
    story.step("both see the end", |story| {
        let stopped = |seen: &Seen| (seen.data("by"), seen.data("reason")) == (Some("customer"), Some("stopped"));
        story.manager.see_that("ended-reason", "says that the customer stopped", SOON, stopped)?;
        story.customer.see_that("ended-reason", "says that the customer stopped", SOON, stopped).map(|_| ())
    })?;
    story.step("both close the session", |story| {
        story.manager.click("close-session")?;
        story.manager.see("desk")?;
        story.customer.click("done")?;
        story.customer.see("code-input").map(|_| ())
    })
}

/// Waits until the operator's mouse moves the customer's pointer, presses the stop key, and returns how many milliseconds
/// later the X server saw the last movement.
fn stop(story: &Story) -> Result<f64> {
    let display = story.customer.desktop().display();
    let observer = display.observe()?;
    let moved = |seen: &[Observed]| seen.iter().filter(|seen| seen.act == Act::Motion).count();
    let mut motions = 0;
    wait::until("the operator's mouse to move the customer's pointer", SOON, || {
        motions += moved(&observer.take()?);
        Ok((motions > 20).then_some(()))
    })?;
    display.hand().press(STOP_KEY)?;
    let mut seen = Vec::new();
    wait::until("the manager to show the end", SOON, || {
        seen.extend(observer.take()?);
        Ok(story.manager.sees("session-ended")?.then_some(()))
    })?;
    seen.extend(observer.take()?);
    let pressed = seen.iter().filter(|seen| matches!(seen.act, Act::Key(_))).map(|seen| seen.at).max();
    let pressed = pressed.context("the X server saw no key")?;
    let last = seen.iter().filter(|seen| seen.act == Act::Motion).map(|seen| seen.at).max();
    ensure!(motions > 0, "the operator's mouse did not move");
    Ok(last.map_or(0.0, |last| f64::from(last.saturating_sub(pressed))))
}
