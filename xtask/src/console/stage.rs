//! The broker of a year, running and ready, and what the tests must know of it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::json;

use super::year::Year;
use crate::checkout::Checkout;
use crate::command::Tool;
use crate::demo::processes::Processes;

/// The variable that names the file which describes the stage.
const STAGE: &str = "BESIDE_STAGE";

/// A broker that serves.
pub(super) struct Stage {
    description: PathBuf,
    authority: PathBuf,
    figures: PathBuf,
    /// Dropped last: ends the broker.
    _processes: Processes,
}

impl Stage {
    /// Starts the broker and waits until it answers every question.
    pub(super) fn set(checkout: &Checkout, year: Year) -> Result<Self> {
        let Year { mut broker, administrator, plan, folder } = year;
        let mut processes = Processes::new(&checkout.fresh_output("reports/console-logs")?)?;
        broker.serve(&mut processes)?;
        broker.wait_until_counted(&administrator)?;
        let work = checkout.fresh_output("console-work")?;
        let (description, figures) = (work.join("stage.json"), work.join("figures.json"));
        let authority = folder.join("authority.pem");
        let stage = json!({
            "program": broker.program(),
            "config": broker.config(),
            "public": broker.address(),
            "administration": broker.administration(),
            "certificate": folder.join("broker.pem"),
            "authority": authority,
            "sessions": plan.sessions,
            "work": work,
            "pictures": checkout.fresh_output("console")?,
            "figures": figures,
        });
        write(&description, &stage.to_string())?;
        Ok(Self { description, authority, figures, _processes: processes })
    }

    /// The tests of a project of Playwright's. Node trusts the stage's authority; how Chromium does, their configuration
    /// says.
    pub(super) fn play(&self, checkout: &Checkout, project: &str) -> Tool {
        let arguments = ["exec", "--", "playwright", "test", "--config", "playwright.live.config.ts", "--project"];
        let tool = checkout.npm().args(arguments).args([project]);
        tool.env(STAGE, &self.description).env("NODE_EXTRA_CA_CERTS", &self.authority)
    }

    /// What was measured; nothing if it did not come to that.
    pub(super) fn figures(&self) -> Result<String> {
        if !self.figures.exists() {
            return Ok("[]".to_owned());
        }
        fs::read_to_string(&self.figures).with_context(|| format!("reading {}", self.figures.display()))
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}
