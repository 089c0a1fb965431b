//! `user link`: a one-time link to an account, for the day on which no administrator can sign in any more.

use std::io::Write;

use anyhow::Context as _;

use super::open;
use crate::audit::{Action, Actor, Event};
use crate::clock::Clock;
use crate::config::Config;
use crate::http::account_link_for;
use crate::storage::accounts::AccountState;
use crate::storage::links::LinkPurpose;

/// Runs the command.
///
/// # Errors
/// There is no such account, it has ended, or the database failed.
pub async fn run(config: &Config, name: &str, out: &mut impl Write) -> anyhow::Result<()> {
    let storage = open(config).await?;
    let account = storage.account_of_name(name).await?.context("there is no account of this name")?;
    let purpose = match account.state {
        AccountState::Invited => LinkPurpose::Invitation,
        AccountState::Active => LinkPurpose::LostEverything,
        AccountState::Ended => anyhow::bail!("the account has ended"),
    };
    let event = Event::new(Action::AccountLinkMade, Actor::CommandLine, Clock::start().now().unix_ms);
    let mut writing = storage.writing().await?;
    let url = config.listen.url();
    let link = account_link_for(&url, &mut writing, &account.account.id, &account.name, purpose, event).await?;
    writing.commit().await?;
    writeln!(out, "{}", link.link)?;
    Ok(storage.close().await?)
}
