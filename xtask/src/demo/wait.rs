//! Waiting for something that a real window, network or person takes its time for.

use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::{clock, interrupt};

/// How often a condition is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Looks until `look` finds something, at most for `limit`; an error of `look` ends the wait.
pub(crate) fn until<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let start = clock::now();
    loop {
        interrupt::check()?;
        if let Some(found) = look().with_context(|| format!("waiting for {what}"))? {
            return Ok(found);
        }
        if start.elapsed() > limit {
            bail!("waited {:.1} s in vain for {what}", limit.as_secs_f64());
        }
        std::thread::sleep(LOOK);
    }
}

/// Lets so much time pass, because it is to be measured what happens in it.
pub(crate) fn pass(period: Duration) -> Result<()> {
    let start = clock::now();
    while start.elapsed() < period {
        interrupt::check()?;
        std::thread::sleep(LOOK);
    }
    Ok(())
}

/// Looks until `look` says yes, at most for `limit`, also after an interrupt; returns whether it did.
pub(crate) fn until_even_if_interrupted(limit: Duration, mut look: impl FnMut() -> bool) -> bool {
    let start = clock::now();
    while !look() {
        if start.elapsed() > limit {
            return false;
        }
        std::thread::sleep(LOOK);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_comes_is_named() {
        let error = until::<()>("rain", Duration::ZERO, || Ok(None)).unwrap_err();
        assert!(error.to_string().contains("in vain for rain"), "{error}");
    }
}
