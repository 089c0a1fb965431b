//! What must be refused, and what must be survived: each ends in words and a code, on a real screen, within ten seconds.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use super::{Story, consent, picture, sign_in};
use crate::demo::organisation::Signers;
use crate::demo::seat::{SOON, Seat};
use crate::demo::wait;
use crate::demo::webdriver::Seen;

/// The client is not as its organisation installed it, or is open already.
pub(super) fn installed(story: &mut Story) -> Result<()> {
    let path = org_json(story)?;
    let good = fs::read(&path).context("reading org.json")?;
    let broker = story.broker.address().to_owned();
    story.step("altered org.json is refused", |story| {
        fs::write(&path, altered(&good))?;
        blocked(story, "organisation_invalid")
    })?;
    story.step("expired org.json is refused", |story| {
        story.signers.write_expired_organisation(&path, &broker)?;
        blocked(story, "organisation_expired")
    })?;
    story.step("another vendor's org.json is refused", |story| {
        Signers::generate().write_organisation(&path, &broker)?;
        blocked(story, "organisation_invalid")
    })?;
    story.step("without org.json nobody is vouched for", |story| {
        fs::remove_file(&path)?;
        story.customer.close()?;
        story.customer.open()?;
        story.customer.see("broker-input")?;
        Ok(())
    })?;
    story.step("second client says that one is open", |story| {
        story.customer.close()?;
        fs::write(&path, &good)?;
        let app = story.customer.app().to_string_lossy().into_owned();
        story.customer.desktop().run(&mut story.processes, &app, &[])?;
        wait::until("the first client", SOON, || Ok((!story.customer.windows()?.is_empty()).then_some(())))?;
        story.customer.open()?;
        story.customer.see_that("fault", "says that one is open", SOON, code("already_open")).map(|_| ())
    })?;
    close_all(&mut story.customer)
}

/// An operator without a key or a certificate is told at once, and a customer of the organisation never trusts them.
pub(super) fn uncertified(story: &mut Story) -> Result<()> {
    let account = story.broker.add_operator("Choi Haneul")?;
    let credential = story.signers.certify(&account.id, &account.name)?;
    story.step("operator without a key is told", |story| {
        story.manager.open()?;
        sign_in::fill_in(story, &account)?;
        story.manager.see_that("desk-notice", "names the key", SOON, code("operator_key_missing")).map(|_| ())
    })?;
    story.step("operator without a certificate is told and refused", |story| {
        story.manager.close()?;
        credential.store_key(story.manager.desktop().data(), &account.id, &account.password)?;
        story.manager.open()?;
        sign_in::fill_in(story, &account)?;
        story.manager.see_that("desk-notice", "names the certificate", SOON, code("certificate_missing"))?;
        sign_in::read_code(story)?;
        story.customer.open()?;
        knock(story)?;
        story.manager.click("accept")?;
        story.customer.see_that("ended-reason", "names the certificate", SOON, code("certificate_missing"))?;
        story.manager.see("session-ended").map(|_| ())
    })?;
    story.customer.close()?;
    story.manager.close()
}

/// The operator is certified, but by another organisation than the one that this client belongs to.
pub(super) fn foreign(story: &mut Story) -> Result<()> {
    story.step("operator signs in", |story| {
        story.manager.open()?;
        sign_in::sign_in(story)
    })?;
    story.step("operator of another organisation is refused", |story| {
        let (path, broker) = (org_json(story)?, story.broker.address().to_owned());
        story.signers.of_another_organisation()?.write_organisation(&path, &broker)?;
        story.customer.open()?;
        knock(story)?;
        story.manager.click("accept")?;
        story.customer.see_that("ended-reason", "names the certificate", SOON, code("certificate_foreign"))?;
        story.manager.see("session-ended")?;
        ensure!(!story.customer.sees("who")?, "the customer was asked all the same");
        story.signers.write_organisation(&path, &broker)
    })?;
    story.manager.click("close-session")?;
    story.customer.close()
}

/// The customer closes the client, or it crashes, while the operator looks at the knock.
pub(super) fn gone(story: &mut Story) -> Result<()> {
    story.step("client closed in the middle of its knock", |story| {
        sign_in::read_code(story)?;
        story.customer.open()?;
        knock(story)?;
        story.customer.close()?;
        story.manager.see_gone("knock")
    })
}

/// The broker vanishes at every stage, and comes back.
pub(super) fn broken(story: &mut Story) -> Result<()> {
    story.step("broker vanishes while the customer waits", |story| {
        sign_in::read_code(story)?;
        story.customer.open()?;
        knock(story)?;
        vanish(story)?;
        story.customer.see_that("ended-reason", "names the broker", SOON, code("broker_lost")).map(|_| ())
    })?;
    story.step("broker comes back and the operator has a new code", |story| {
        let old = story.code.clone();
        come_back(story)?;
        sign_in::read_code(story)?;
        ensure!(story.code != old, "the code is the one from before");
        Ok(())
    })?;
    story.step("broker vanishes while the customer decides", |story| {
        story.customer.click("done")?;
        knock(story)?;
        story.manager.click("accept")?;
        story.customer.see("who")?;
        vanish(story)?;
        story.customer.see_that("ended-reason", "names the broker", SOON, code("broker_lost"))?;
        story.manager.see("session-ended").map(|_| ())
    })?;
    story.step("broker vanishes in a session and the session goes on", |story| {
        story.manager.click("close-session")?;
        come_back(story)?;
        sign_in::read_code(story)?;
        story.customer.click("done")?;
        knock(story)?;
        story.manager.click("accept")?;
        consent::agree(story)?;
        let direct = |seen: &Seen| seen.data("path") == Some("direct_udp");
        story.manager.see_that("chip-path", "is the direct one", SOON, direct)?;
        vanish(story)?;
        story.customer.desktop().write_letter("The broker is away, and we go on.")?;
        picture::same(story)
    })?;
    story.step("session ends without the broker, and the log has it later", |story| {
        story.customer.click("pill-stop")?;
        let stopped = |seen: &Seen| seen.data("reason") == Some("stopped");
        story.manager.see_that("ended-reason", "says that the customer stopped", SOON, stopped)?;
        come_back(story)?;
        wait::until("the session's end in the log", SOON, || {
            let log = story.broker.log()?;
            let sessions = log["sessions"].as_array().context("the log has another form")?;
            let ended = sessions.iter().all(|session| !session["end"].is_null());
            Ok(ended.then_some(()))
        })
    })
}

/// Opens the client, which must say with this code why it does nothing.
fn blocked(story: &mut Story, error: &'static str) -> Result<()> {
    story.customer.close()?;
    story.customer.open()?;
    story.customer.see_that("fault", "says why", SOON, code(error))?;
    ensure!(!story.customer.sees("code-input")?, "a code can be typed all the same");
    Ok(())
}

/// The customer types the code; the operator sees the knock.
fn knock(story: &Story) -> Result<()> {
    story.customer.see_that("code-input", "is empty", SOON, |seen| seen.value.is_empty())?;
    story.customer.write("code-input", &story.code)?;
    story.manager.see("knock")?;
    story.customer.see("waiting").map(|_| ())
}

fn vanish(story: &mut Story) -> Result<()> {
    story.broker.vanish(&mut story.processes)?;
    let lost = |seen: &Seen| seen.data("connected") == Some("false");
    story.manager.see_that("connection", "is lost", SOON, lost).map(|_| ())
}

fn come_back(story: &mut Story) -> Result<()> {
    story.broker.come_back(&mut story.processes)?;
    let back = |seen: &Seen| seen.data("connected") == Some("true");
    story.manager.see_that("connection", "is back", SOON, back).map(|_| ())
}

fn code(error: &'static str) -> impl Fn(&Seen) -> bool {
    move |seen| seen.data("error") == Some(error)
}

/// The file beside the customer's client.
fn org_json(story: &Story) -> Result<PathBuf> {
    Ok(story.customer.app().parent().context("the client lies in a folder")?.join("org.json"))
}

/// One character in the middle is another one.
fn altered(file: &[u8]) -> Vec<u8> {
    let mut file = file.to_owned();
    let middle = file.len() / 2;
    if let Some(byte) = file.get_mut(middle) {
        *byte = if *byte == b'A' { b'B' } else { b'A' };
    }
    file
}

/// Closes the app and every other copy of it that is open, as a person would.
fn close_all(seat: &mut Seat) -> Result<()> {
    seat.leave()?;
    wait::until("the app's windows to close", SOON, || {
        if seat.windows()?.is_empty() {
            return Ok(Some(()));
        }
        seat.desktop().display().hand().press("alt+F4")?;
        Ok(None)
    })
}
