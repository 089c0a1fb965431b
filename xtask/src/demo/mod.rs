//! `cargo xtask demo`: the main job on real parts.
use crate::checkout::Checkout;
use anyhow::Result;
use clap::Args;

#[derive(Args)]
pub(crate) struct Options {
    /// Drives the whole story by itself, without a display
    #[arg(long)]
    headless: bool,
}
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<()> {
    if options.headless {
        headless(checkout)?;
    }
    Ok(())
}
pub(crate) fn headless(_checkout: &Checkout) -> Result<u64> {
    anyhow::bail!("later")
}
