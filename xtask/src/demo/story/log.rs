//! The broker's log has the sign-ins and the session: who, whom, from where, which path, how it ended.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::Story;
use super::knock::CUSTOMER;
use crate::demo::seat::SOON;
use crate::demo::wait;

/// What `beside-broker log --json` prints, as far as the story knows what must be in it.
#[derive(Deserialize)]
struct Log {
    sign_ins: Vec<SignIn>,
    sessions: Vec<Session>,
}

#[derive(Deserialize)]
struct SignIn {
    account: Option<Person>,
    outcome: String,
}

#[derive(Deserialize)]
struct Person {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Session {
    customer_name: Option<String>,
    customer_address: String,
    operator_address: Option<String>,
    end: Option<End>,
    paths: Vec<String>,
    granted: Vec<String>,
    differs: bool,
}

#[derive(Debug, Deserialize)]
struct End {
    by: String,
    reason: String,
}

pub(super) fn play(story: &mut Story) -> Result<()> {
    story.step("log has it all", |story| {
        let log = wait::until("the session's end in the log", SOON, || {
            let log: Log = serde_json::from_value(story.broker.log()?).context("the log has another form")?;
            Ok(log.sessions.iter().any(|session| session.end.is_some()).then_some(log))
        })?;
        let by_operator = |sign_in: &&SignIn| {
            sign_in.outcome == "signed_in"
                && sign_in.account.as_ref().is_some_and(|account| account.name == story.operator.name)
        };
        ensure!(log.sign_ins.iter().filter(by_operator).count() == 2, "not both of the operator's sign-ins are there");
        let [session] = &log.sessions[..] else {
            anyhow::bail!("there are {} sessions in the log, not one", log.sessions.len())
        };
        check(session, story.scene.paths())
    })
}

fn check(session: &Session, paths: &[&str]) -> Result<()> {
    let end = session.end.as_ref().map(|end| (end.by.as_str(), end.reason.as_str()));
    ensure!(end == Some(("customer", "stopped")), "another end: {session:?}");
    ensure!(session.paths == paths, "other paths than {paths:?}: {session:?}");
    ensure!(session.customer_name.as_deref() == Some(CUSTOMER), "another customer: {session:?}");
    ensure!(session.customer_address == "127.0.0.1", "from another address: {session:?}");
    ensure!(session.operator_address.as_deref() == Some("127.0.0.1"), "from another address: {session:?}");
    ensure!(session.granted.iter().any(|right| right == "view"), "nothing was granted: {session:?}");
    ensure!(!session.differs, "the two apps told different stories: {session:?}");
    Ok(())
}
