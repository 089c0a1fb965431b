//! `cargo xtask demo`: the main job on real parts. A broker, a customer's desktop with the client, an operator's desktop
//! with the manager; by hand in windows, or driven by [`story`] without a display.

pub(crate) mod authority;
pub(crate) mod broker;
pub(crate) mod build;
mod desktop;
mod display;
mod effort;
mod flicker;
mod hand;
mod network;
mod observer;
pub(crate) mod organisation;
mod picture;
pub(crate) mod processes;
mod report;
mod scene;
mod seat;
mod sheet;
mod stage;
mod story;
mod wait;
mod wallpaper;
mod webdriver;

use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Args;

pub(crate) use self::build::broker_and_load;
use self::desktop::Server;
use self::report::{Report, SceneReport};
use self::scene::{SCENES, Scene};
use self::stage::Stage;
use crate::checkout::Checkout;
use crate::say;

#[derive(Args)]
pub(crate) struct Options {
    /// Drives the whole story by itself, without a display
    #[arg(long)]
    headless: bool,
    /// Plays one scene here and now; the headless demo starts itself with this, on the scene's own network
    #[arg(long, hide = true)]
    scene: Option<Scene>,
}

/// Longest demo by hand.
const BY_HAND: Duration = Duration::from_secs(24 * 60 * 60);

/// Runs the demo as asked.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<()> {
    let display = std::env::var_os("DISPLAY").is_some_and(|display| !display.is_empty());
    if let Some(scene) = options.scene {
        return story::play(checkout, scene);
    }
    if !display && !options.headless {
        say::line("There is no display here, so the demo drives itself, as with --headless.");
    }
    if display && !options.headless { by_hand(checkout) } else { headless(checkout).map(|_| ()) }
}

/// Plays every scene and writes `target/reports/demo.json`; returns how many steps held, an error if one did not.
pub(crate) fn headless(checkout: &Checkout) -> Result<u64> {
    build::programs(checkout)?;
    checkout.fresh_output("demo")?;
    let mut report = Report::default();
    let mut outcome = Ok(());
    for scene in SCENES {
        say::line(format!("scene: {}", scene.name()));
        let (steps, played) = scene.play_apart(checkout)?;
        report.add(*scene, steps);
        outcome = outcome.and(played);
    }
    report.write(&checkout.output("reports")?.join("demo.json"))?;
    outcome.map(|()| report.held())
}

/// How often the scenes that have figures are played to measure them.
const RUNS: usize = 3;

/// Plays the scenes that have figures several times and writes the middle of each figure, the least and the most to
/// `target/reports/demo.json`.
pub(crate) fn measure(checkout: &Checkout) -> Result<()> {
    build::programs(checkout)?;
    checkout.fresh_output("demo")?;
    let mut report = Report::default();
    for scene in SCENES.iter().filter(|scene| scene.is_measured()) {
        let mut runs = Vec::new();
        for run in 1..=RUNS {
            say::line(format!("scene: {}, run {run} of {RUNS}", scene.name()));
            let (played, outcome) = scene.play_apart(checkout)?;
            outcome?;
            runs.push(played);
        }
        report.add(*scene, SceneReport::middle(runs));
    }
    let path = checkout.output("reports")?.join("demo.json");
    report.write(&path)?;
    say::line(format!("\n{}", report.table()));
    Ok(())
}

/// Opens both apps in real windows, says what to type, and ends when both are closed.
fn by_hand(checkout: &Checkout) -> Result<()> {
    let programs = build::programs(checkout)?;
    let mut stage = Stage::set(checkout, &programs, (Server::Nested, Server::Present))?;
    let (client, manager) = (stage.client.to_string_lossy(), stage.manager.to_string_lossy());
    let client = stage.customer_desktop.run(&mut stage.processes, &client, &[])?;
    let manager = stage.manager_desktop.run(&mut stage.processes, &manager, &[])?;
    say::line(format!(
        "\nIn the manager, sign in at  {}\n                    as  {}\n              password  {}\n\n\
         Type the code that it shows into the client. The demo ends when both apps are closed.",
        stage.broker.address(),
        stage.operator.name,
        stage.operator.password,
    ));
    let (broker, processes) = (&stage.broker, &mut stage.processes);
    wait::until("the apps to be closed", BY_HAND, || {
        ensure!(broker.runs(processes), "the broker ended by itself");
        Ok((!processes.runs(client) && !processes.runs(manager)).then_some(()))
    })
}
