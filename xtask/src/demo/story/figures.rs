//! How quick it all is, measured at the X servers and in the manager's framebuffer.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::json;

use super::{Story, picture, remote};
use crate::clock;
use crate::demo::effort;
use crate::demo::picture::Area;
use crate::demo::seat::SOON;
use crate::demo::wait;

/// What every figure should be at most.
const BARS: &[(&str, f64)] = &[
    ("code_to_first_picture_ms", 1500.0),
    ("picture_latency_ms_p50", 30.0),
    ("key_to_pixel_ms_p50", 80.0),
    ("stop_ms", 100.0),
    ("idle_cpu_percent", 3.0),
];
/// What a test demands of a machine that is busy with other things: so many times the bar.
const LENIENCE: f64 = 5.0;
/// Changes and keys that the middle one is taken of.
const TIMES: usize = 21;
/// How long the idle client is watched.
const IDLE: Duration = Duration::from_secs(5);
/// Keysyms of X.
const KEY_M: u32 = 0x6d;
const KEY_BACKSPACE: u32 = 0xff08;

pub(super) fn play(story: &mut Story) -> Result<()> {
    story.step("picture latency", |story| {
        let at = (1500, 300);
        let sheet = story
            .customer
            .desktop()
            .display()
            .cover(Area { x: at.0 - 32, y: at.1 - 32, width: 64, height: 64 }, [0; 3])?;
        let watch = Watch::start(story, (1500, 300))?;
        let mut taken = Vec::new();
        for time in 0..TIMES {
            let colour = if time % 2 == 0 { [0xf0; 3] } else { [0x10; 3] };
            let begin = clock::unix_micros();
            sheet.paint(colour)?;
            taken.push(watch.wait(story, begin, colour)?);
        }
        story.figures("picture_latency_ms", taken);
        Ok(())
    })?;
    story.step("key to pixel", |story| {
        let pixel = find_letter(story)?;
        let watch = Watch::start(story, pixel)?;
        let display = story.manager.desktop().display();
        let mut taken = Vec::new();
        for _ in 0..TIMES {
            let begin = display.strike(KEY_M)?;
            taken.push(watch.wait(story, begin, [0; 3])?);
            let begin = display.strike(KEY_BACKSPACE)?;
            watch.wait(story, begin, [0xff; 3])?;
        }
        story.figures("key_to_pixel_ms", taken);
        Ok(())
    })?;
    story.step("idle client", |story| {
        picture::same(story)?;
        let begin = (clock::now(), effort::spent_by(story.customer.app())?);
        wait::pass(IDLE)?;
        let spent = effort::spent_by(story.customer.app())?.saturating_sub(begin.1);
        story.figure("idle_cpu_percent", 100.0 * spent.as_secs_f64() / begin.0.elapsed().as_secs_f64());
        Ok(())
    })
}

/// The last step of a scene: every figure is there, and none is out of all proportion.
pub(super) fn judge(story: &mut Story) -> Result<()> {
    story.step("figures are in proportion", |story| {
        for (name, bar) in BARS {
            let figure = *story.report.figures.get(*name).with_context(|| format!("{name} was not measured"))?;
            let verdict = if figure <= *bar { "" } else { ", which is too much" };
            crate::say::line(format!("         {name:<26} {figure:>8.1}  (at most {bar}{verdict})"));
            ensure!(figure <= bar * LENIENCE, "{name} is {figure:.1}, far above {bar}");
        }
        Ok(())
    })
}

/// Where the next letter that the operator types will be: a pixel that is dark with it and light without.
fn find_letter(story: &Story) -> Result<(u32, u32)> {
    remote::click(story, remote::editor(story)?.area.middle())?;
    remote::write_and_save(story, "m")?;
    picture::same(story)?;
    let display = story.customer.desktop().display();
    let with = display.grab()?;
    story.manager.desktop().display().strike(KEY_BACKSPACE)?;
    let pixel = wait::until("the letter to go", SOON, || Ok(with.first_darker_than(&display.grab()?)))?;
    picture::same(story)?;
    Ok(pixel)
}

/// A pixel of the manager's framebuffer that the manager's shell watches.
pub(super) struct Watch;

#[derive(Deserialize)]
struct Change {
    rgb: [u8; 3],
    at_us: u64,
}

impl Watch {
    /// Begins to watch.
    pub(super) fn start(story: &Story, (x, y): (u32, u32)) -> Result<Self> {
        let session = story.manager.see("session")?;
        let sid = session.data("sid").context("the session has no id")?;
        story.manager.invoke("automation_watch_pixel", &json!({ "sid": sid, "x": x, "y": y }))?;
        Ok(Self)
    }

    /// Waits until the pixel has about this colour; returns the milliseconds since `begin`.
    fn wait(&self, story: &Story, begin: u64, colour: [u8; 3]) -> Result<f64> {
        let alike = |rgb: [u8; 3]| rgb.iter().zip(colour).all(|(is, should)| is.abs_diff(should) < 100);
        self.first(story, begin, alike)
    }

    /// Waits until the pixel has any colour at all; returns the milliseconds since `begin`.
    pub(super) fn wait_for_picture(&self, story: &Story, begin: u64) -> Result<f64> {
        self.first(story, begin, |_| true)
    }

    /// Waits until the pixel has changed `more` times from now on; returns the longest time between two changes since the
    /// watch began, in milliseconds.
    pub(super) fn longest_gap(&self, story: &Story, more: usize) -> Result<f64> {
        let until = self.changes(story)?.len() + more;
        let changes = wait::until("a pixel of the manager's picture to go on changing", SOON, || {
            let changes = self.changes(story)?;
            Ok((changes.len() >= until).then_some(changes))
        })?;
        let gap = changes.windows(2).map(|pair| pair[1].at_us - pair[0].at_us).max();
        Ok(milliseconds(gap.unwrap_or(0)))
    }

    fn changes(&self, story: &Story) -> Result<Vec<Change>> {
        Ok(serde_json::from_value(story.manager.invoke("automation_pixel_changes", &json!({}))?)?)
    }

    fn first(&self, story: &Story, begin: u64, wanted: impl Fn([u8; 3]) -> bool) -> Result<f64> {
        wait::until("a pixel of the manager's picture to change", SOON, || {
            let changes = self.changes(story)?;
            let change = changes.iter().find(|change| change.at_us >= begin && wanted(change.rgb));
            Ok(change.map(|change| milliseconds(change.at_us - begin)))
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few seconds at most")]
fn milliseconds(microseconds: u64) -> f64 {
    microseconds as f64 / 1000.0
}
