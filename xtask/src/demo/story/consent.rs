//! Who is this? The customer sees the certificate's names, reads out the check number, and says yes.

use anyhow::{Context, Result, ensure};

use super::figures::Watch;
use super::{Story, path};
use crate::demo::organisation;
use crate::demo::seat::SOON;
use crate::demo::stage::OPERATOR;
use crate::demo::webdriver::Seen;

pub(super) fn play(story: &mut Story) -> Result<()> {
    story.step("customer sees who it is", |story| {
        let operator = story.customer.see("who-operator")?;
        ensure!(operator.text.contains(OPERATOR), "the operator is shown as {:?}", operator.text);
        let who = story.customer.see("who")?;
        ensure!(who.text.contains(organisation::NAME), "the organisation is not named in {:?}", who.text);
        ensure!(who.text.contains(organisation::CALL_BACK), "the number to call back is not in {:?}", who.text);
        Ok(())
    })?;
    story.step("operator types a wrong number", |story| {
        story.customer.click("continue")?;
        let number = check_number(story)?;
        let wrong: String = number.chars().rev().map(|digit| if digit == '5' { '6' } else { '5' }).collect();
        story.manager.write("check-input", &wrong)?;
        story.manager.see("check-error").map(|_| ())
    })?;
    story.step("operator types the number that is read out", |story| {
        let number = check_number(story)?;
        story.manager.retype("check-input", &number)?;
        story.manager.see_gone("check-dialog")
    })?;
    story.step("customer has read it and decides", |story| {
        story.customer.click("have-read")?;
        story.customer.see("allow")?;
        story.customer.see("refuse")?;
        let deciding = |seen: &Seen| seen.data("state") == Some("deciding");
        story.manager.see_that("consent-state", "says that the customer decides", SOON, deciding).map(|_| ())
    })?;
    story.step("customer allows", |story| {
        let flicker = path::flicker(story)?;
        let watch = Watch::start(story, path::last_pixel(story)?)?;
        let allowed = story.customer.click_at_last("allow")?;
        let to_picture = watch.wait_for_picture(story, allowed)?;
        let to_knock = story.report.figures.get("code_to_knock_ms").copied().context("the knock was not measured")?;
        story.figure("code_to_first_picture_ms", to_knock + to_picture);
        story.moving = flicker.map(|flicker| (flicker, watch));
        story.customer.see("pill")?;
        story.manager.see("screen-canvas").map(|_| ())
    })
}

/// All of it in one go, as two people who trust each other.
pub(super) fn agree(story: &Story) -> Result<()> {
    story.customer.click("continue")?;
    let number = check_number(story)?;
    story.manager.write("check-input", &number)?;
    story.customer.click("have-read")?;
    story.customer.click("allow")?;
    story.customer.see("pill")?;
    story.manager.see("screen-canvas").map(|_| ())
}

fn check_number(story: &Story) -> Result<String> {
    let seen = story.customer.see_that("number", "is there", SOON, |seen| seen.data("number").is_some())?;
    Ok(seen.data("number").context("the number has gone")?.to_owned())
}
