//! The story: what an operator and a customer do, from the sign-in to the log, one chapter a file.

mod consent;
mod control;
mod end;
mod figures;
mod indicator;
mod knock;
mod log;
mod path;
mod picture;
mod refusals;
mod remote;
mod sign_in;

use std::path::PathBuf;

use anyhow::{Context, Result};

use self::figures::Watch;
use super::build;
use super::desktop::Server;
use super::flicker::Flicker;
use super::network::Network;
use super::organisation::Signers;
use super::processes::Processes;
use super::report::{SceneReport, StepReport};
use super::scene::Scene;
use super::seat::Seat;
use super::stage::Stage;
use super::{broker::Account, broker::Broker};
use crate::checkout::Checkout;
use crate::{clock, say};

/// The chapters, in order. Each leaves the story where the next one takes it up.
const CHAPTERS: &[fn(&mut Story) -> Result<()>] = &[
    sign_in::play,
    knock::play,
    consent::play,
    path::play,
    picture::play,
    control::play,
    figures::play,
    indicator::play,
    end::play,
    log::play,
    figures::judge,
];

/// The chapters of what must be refused, or be survived.
const REFUSALS: &[fn(&mut Story) -> Result<()>] =
    &[refusals::installed, refusals::uncertified, refusals::foreign, refusals::gone, refusals::broken];

/// Everybody and everything in the story.
pub(super) struct Story {
    customer: Seat,
    manager: Seat,
    broker: Broker,
    signers: Signers,
    operator: Account,
    scene: Scene,
    network: Network,
    /// What flickers from before there is a picture until the session has moved, and the watch on it.
    moving: Option<(Flicker, Watch)>,
    /// The access code that the manager shows now.
    code: String,
    report: SceneReport,
    pictures: PathBuf,
    scratch: PathBuf,
    /// Dropped last: ends everything.
    processes: Processes,
}

/// Plays the whole story and writes the scene's report, also if a step did not hold.
pub(super) fn play(checkout: &Checkout, scene: Scene) -> Result<()> {
    let network = Network::make(scene)?;
    let stage = Stage::set(checkout, &build::built(checkout), (Server::Virtual, Server::Virtual))?;
    network.count(stage.broker.address())?;
    let mut story = Story::begin(checkout, stage, scene, network)?;
    let chapters = match scene {
        Scene::Direct | Scene::Relay => CHAPTERS,
        Scene::Refusals => REFUSALS,
    };
    let outcome = chapters.iter().try_for_each(|chapter| chapter(&mut story));
    let path = checkout.output("reports/demo")?.join(format!("{}.json", scene.name()));
    story.report.write(&path)?;
    outcome
}

impl Story {
    fn begin(checkout: &Checkout, stage: Stage, scene: Scene, network: Network) -> Result<Self> {
        let Stage {
            broker,
            signers,
            operator,
            mut customer_desktop,
            mut manager_desktop,
            client,
            manager,
            mut processes,
        } = stage;
        if scene == Scene::Refusals {
            customer_desktop.set("LC_ALL", "ko_KR.UTF-8");
            manager_desktop.set("LC_ALL", "ja_JP.UTF-8");
            manager_desktop.set("GTK_THEME", "Adwaita:dark");
        }
        let customer = Seat::take(&mut processes, customer_desktop, client, "beside-client")?;
        let manager = Seat::take(&mut processes, manager_desktop, manager, "beside-manager")?;
        Ok(Self {
            customer,
            manager,
            broker,
            signers,
            operator,
            scene,
            network,
            moving: None,
            code: String::new(),
            report: SceneReport::default(),
            pictures: checkout.output(&format!("demo/{}", scene.name()))?,
            scratch: checkout.output("demo-data")?,
            processes,
        })
    }

    /// One step: does it, takes pictures of both desktops, and notes whether it held.
    fn step(&mut self, name: &str, act: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let start = clock::now();
        let outcome = act(self).with_context(|| format!("step \"{name}\""));
        let ok = outcome.is_ok();
        let mark = if ok { "ok    " } else { "FAILED" };
        say::line(format!("  {mark} {name} ({:.1} s)", start.elapsed().as_secs_f64()));
        if !ok {
            for seat in [&self.customer, &self.manager] {
                say::line(format!("         the {} sees: {}", seat.desktop().name(), seat.parts()));
            }
        }
        self.report.steps.push(StepReport { name: name.to_owned(), ok });
        self.take_pictures(name)?;
        outcome
    }

    /// Notes a figure; its name ends in its unit.
    fn figure(&mut self, name: &str, value: f64) {
        self.report.figures.insert(name.to_owned(), value);
    }

    /// Notes the middle, the lowest and the highest of several figures of one kind; the name ends in the unit.
    fn figures(&mut self, name: &str, mut values: Vec<f64>) {
        values.sort_by(f64::total_cmp);
        if let (Some(least), Some(most)) = (values.first(), values.last()) {
            self.figure(&format!("{name}_p50"), values[values.len() / 2]);
            self.figure(&format!("{name}_min"), *least);
            self.figure(&format!("{name}_max"), *most);
        }
    }

    fn take_pictures(&self, step: &str) -> Result<()> {
        let number = self.report.steps.len();
        for seat in [&self.customer, &self.manager] {
            let name = format!("{number:02}-{}-{}.png", step.replace(' ', "-"), seat.desktop().name());
            seat.desktop().display().save(&self.pictures.join(name))?;
        }
        Ok(())
    }
}
