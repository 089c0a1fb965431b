//! The rehearsal: every rotation and every revocation of a key by script, with keys of its own. What must be refused is
//! seen refused.

mod keys;
mod programs;
mod repository;
mod samples;
mod statements;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::authority::Authority;
use crate::checkout::Checkout;

/// Rehearses everything; returns how many steps held. Each one is told when it has.
pub(crate) fn rehearse(checkout: &Checkout, tell: &mut dyn FnMut(&str)) -> Result<u64> {
    let folder = checkout.fresh_output("signing/rehearsal")?;
    let authority = Authority::make(&folder)?;
    let mut stage = Stage { authority, folder, held: 0, tell };
    keys::rehearse(&mut stage)?;
    programs::rehearse(&mut stage)?;
    statements::rehearse(&mut stage)?;
    repository::rehearse(&mut stage)?;
    Ok(stage.held)
}

/// What the rehearsal plays on.
struct Stage<'a> {
    authority: Authority,
    folder: PathBuf,
    held: u64,
    tell: &'a mut dyn FnMut(&str),
}

impl Stage<'_> {
    /// A step, which holds or ends the rehearsal.
    fn step(&mut self, name: &str, outcome: Result<()>) -> Result<()> {
        outcome.with_context(|| format!("the step \"{name}\""))?;
        self.held += 1;
        (self.tell)(&format!("held    {name}"));
        Ok(())
    }
}

/// Nothing, if it was refused for just this reason.
fn refused<T, E>(outcome: Result<T>, reason: E) -> Result<()>
where
    E: std::error::Error + PartialEq + Send + Sync + 'static,
{
    match outcome {
        Ok(_) => bail!("believed, where \"{reason}\" was due"),
        Err(error) if error.downcast_ref::<E>() == Some(&reason) => Ok(()),
        Err(error) => Err(error.context(format!("refused, but not for \"{reason}\""))),
    }
}
