//! The operator signs in and has a code; restarting the manager gives a new one and kills the old.

use anyhow::{Context, Result, ensure};

use super::Story;
use crate::demo::broker::Account;
use crate::demo::seat::{SOON, Seat};

pub(super) fn play(story: &mut Story) -> Result<()> {
    story.step("operator signs in", |story| {
        story.manager.open()?;
        sign_in(story)
    })?;
    story.step("customer opens the client", |story| {
        story.customer.open()?;
        story.customer.see("code-input").map(|_| ())
    })?;
    let old = story.code.clone();
    story.step("restarted manager shows a new code", |story| {
        story.manager.close()?;
        story.manager.open()?;
        sign_in(story)?;
        ensure!(story.code != old, "the code is the same as before");
        Ok(())
    })?;
    story.step("old code is refused", |story| refused(&story.customer, &old))?;
    let wrong = neighbour(&story.code);
    story.step("wrong code is refused", |story| refused(&story.customer, &wrong))
}

/// Fills in the form and reads the code.
pub(super) fn sign_in(story: &mut Story) -> Result<()> {
    fill_in(story, &story.operator)?;
    read_code(story)
}

/// Fills in the form for this account and sends it.
pub(super) fn fill_in(story: &Story, account: &Account) -> Result<()> {
    let manager = &story.manager;
    manager.fill("signin-broker", story.broker.address())?;
    manager.fill("signin-name", &account.name)?;
    manager.fill("signin-password", &account.password)?;
    manager.click("signin-submit")
}

/// Reads the code off the screen.
pub(super) fn read_code(story: &mut Story) -> Result<()> {
    let manager = &story.manager;
    let is_code = |code: &str| code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    let seen = manager.see_that("code", "holds six digits", SOON, |seen| seen.data("code").is_some_and(is_code))?;
    story.code = seen.data("code").context("the code has gone")?.to_owned();
    Ok(())
}

/// The customer types a code and is told that this very code doesn't work; nothing else happens.
fn refused(customer: &Seat, code: &str) -> Result<()> {
    customer.see_that("code-input", "is empty", SOON, |seen| seen.value.is_empty())?;
    customer.write("code-input", code)?;
    let (first, second) = code.split_at(3);
    customer.see_that("code-error", "names the code", SOON, |seen| {
        seen.text.contains(first) && seen.text.contains(second)
    })?;
    ensure!(!customer.sees("waiting")?, "the customer waits although the code was refused");
    Ok(())
}

/// Another code that nobody has.
fn neighbour(code: &str) -> String {
    let last = if code.ends_with('7') { '8' } else { '7' };
    format!("{}{last}", &code[..5])
}
