//! The broker's log has the sign-ins and the session: who, whom, which path, how it ended.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::Story;
use crate::demo::scene::Scene;
use crate::demo::seat::SOON;
use crate::demo::wait;

pub(super) fn play(story: &mut Story) -> Result<()> {
    story.step("log has it all", |story| {
        let session = wait::until("the session's end in the log", SOON, || {
            let log = story.broker.log()?;
            let sessions = log["sessions"].as_array().context("the log has no sessions")?;
            Ok(sessions.iter().find(|session| !session["ended"].is_null()).cloned())
        })?;
        let log = story.broker.log()?;
        let sign_ins = log["sign_ins"].as_array().context("the log has no sign-ins")?;
        let by_operator = sign_ins.iter().filter(|sign_in| sign_in["name"] == *story.operator.name);
        ensure!(by_operator.count() >= 2, "the operator's sign-ins are missing");
        check(&session, story.scene)
    })
}

fn check(session: &Value, scene: Scene) -> Result<()> {
    let path = match scene {
        Scene::Direct => "direct_udp",
        Scene::Relay => "relay",
    };
    ensure!(session["path"] == path, "the session's path is {}, not {path}", session["path"]);
    ensure!(session["end"]["reason"] == "stopped", "the session ended with {}", session["end"]);
    Ok(())
}
