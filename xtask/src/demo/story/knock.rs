//! The customer knocks with the code and gives a name; the operator sees who waits and accepts.

use anyhow::Result;

use super::Story;
use crate::clock;
use crate::demo::seat::SOON;
use crate::demo::webdriver::Seen;

/// The customer's name, as typed.
pub(super) const CUSTOMER: &str = "Kim Minseo";

pub(super) fn play(story: &mut Story) -> Result<()> {
    story.step("customer types the code and waits", |story| {
        let code = story.code.clone();
        story.customer.write("code-input", &code)?;
        let entered = clock::now();
        story.manager.see("knock")?;
        story.figure("code_to_knock_ms", entered.elapsed().as_secs_f64() * 1000.0);
        story.customer.see("waiting").map(|_| ())
    })?;
    story.step("customer gives a name", |story| {
        story.customer.fill("name-input", CUSTOMER)?;
        story.customer.click("name-save")?;
        let named = |seen: &Seen| seen.text.contains(CUSTOMER);
        story.manager.see_that("knock-name", "is the customer's", SOON, named).map(|_| ())
    })?;
    story.step("operator accepts", |story| {
        story.manager.click("accept")?;
        story.manager.see("check-dialog")?;
        story.customer.see("who").map(|_| ())
    })
}
