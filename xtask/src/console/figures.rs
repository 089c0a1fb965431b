//! The figures of the console, each with its line: `target/reports/bench-console.json`, of one family with the broker's.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use super::Plan;
use crate::checkout::Checkout;

/// What a figure is held to.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// As much at most.
    AtMost(f64),
    /// As much at least.
    AtLeast(f64),
}

/// What the tests measured.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Measured {
    name: String,
    unit: String,
    runs: Vec<f64>,
    /// Without one it is only told.
    at_most: Option<f64>,
    how: String,
}

/// A figure. Of several runs the median counts.
#[derive(Debug, Serialize)]
struct Figure {
    name: String,
    unit: String,
    value: f64,
    least: f64,
    most: f64,
    runs: usize,
    line: Option<Line>,
    ok: bool,
    how: String,
}

/// All figures.
#[derive(Serialize)]
pub(super) struct Report {
    ok: bool,
    /// What else took the processors meanwhile: the load average of a minute, before and after.
    load_average: Vec<f64>,
    processors: usize,
    machine: String,
    commit: String,
    sessions: u64,
    seed: u64,
    figures: Vec<Figure>,
}

impl Figure {
    fn of(Measured { name, unit, mut runs, at_most, how }: Measured) -> Result<Self> {
        ensure!(!runs.is_empty() && runs.iter().all(|run| run.is_finite()), "{name} was not measured");
        runs.sort_by(f64::total_cmp);
        let (value, least, most) = (runs[runs.len() / 2], runs[0], runs[runs.len() - 1]);
        let ok = at_most.is_none_or(|at_most| value <= at_most);
        Ok(Self { name, unit, value, least, most, runs: runs.len(), line: at_most.map(Line::AtMost), ok, how })
    }

    fn told(&self) -> String {
        let line = match self.line {
            Some(Line::AtMost(most)) => format!("at most {most}"),
            Some(Line::AtLeast(least)) => format!("at least {least}"),
            None => "no line".to_owned(),
        };
        let verdict = if self.ok { "ok  " } else { "MISS" };
        let Self { name, value, unit, least, most, .. } = self;
        format!("{verdict} {name} = {value:.1} {unit} ({least:.1} to {most:.1}), {line}")
    }
}

impl Report {
    /// Of nothing yet.
    pub(super) fn begin(checkout: &Checkout, plan: Plan) -> Result<Self> {
        let commit = checkout.tool("git").args(["rev-parse", "--short", "HEAD"]).output()?;
        Ok(Self {
            ok: false,
            load_average: vec![load_average()?],
            processors: std::thread::available_parallelism().map_or(0, usize::from),
            machine: machine()?,
            commit: commit.trim().to_owned(),
            sessions: plan.sessions,
            seed: plan.seed,
            figures: Vec::new(),
        })
    }

    /// Whether every proof held over the same year.
    pub(super) fn proved(&mut self, held: bool) {
        self.figures.push(Figure {
            name: "proofs_hold".to_owned(),
            unit: "1 if they do".to_owned(),
            value: f64::from(u8::from(held)),
            least: f64::from(u8::from(held)),
            most: f64::from(u8::from(held)),
            runs: 1,
            line: Some(Line::AtLeast(1.0)),
            ok: held,
            how: "every test of ui/tests/live/proofs over the same year".to_owned(),
        });
    }

    /// Adds what the tests wrote down.
    pub(super) fn add(&mut self, text: &str) -> Result<()> {
        let measured: Vec<Measured> = serde_json::from_str(text).context("reading what was measured")?;
        self.figures.extend(measured.into_iter().map(Figure::of).collect::<Result<Vec<_>>>()?);
        Ok(())
    }

    /// Writes it as JSON.
    pub(super) fn write(&mut self, path: &Path) -> Result<()> {
        self.load_average.push(load_average()?);
        self.ok = self.held().is_ok();
        let text = serde_json::to_string_pretty(self)? + "\n";
        fs::write(path, text).with_context(|| format!("writing {}", path.display()))
    }

    /// An error that names every figure on the wrong side of its line.
    pub(super) fn held(&self) -> Result<()> {
        let missed: Vec<&str> = self.figures.iter().filter(|figure| !figure.ok).map(|one| one.name.as_str()).collect();
        ensure!(missed.is_empty(), "on the wrong side of their lines: {}", missed.join(", "));
        Ok(())
    }

    /// A line for each figure.
    pub(super) fn told(&self) -> String {
        self.figures.iter().map(Figure::told).collect::<Vec<_>>().join("\n")
    }
}

/// How many processes wanted a processor, on average over the last minute.
fn load_average() -> Result<f64> {
    let text = fs::read_to_string("/proc/loadavg").context("reading the load average")?;
    text.split(' ').next().context("no load average")?.parse().context("no load average")
}

/// What the processor calls itself.
fn machine() -> Result<String> {
    let text = fs::read_to_string("/proc/cpuinfo").context("reading the processor's name")?;
    let name = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    Ok(name.map_or("unknown", |(_, name)| name.trim()).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        Report {
            ok: false,
            load_average: Vec::new(),
            processors: 2,
            machine: "machine".to_owned(),
            commit: "abc".to_owned(),
            sessions: 1,
            seed: 1,
            figures: Vec::new(),
        }
    }

    fn measured(runs: &str, at_most: &str) -> String {
        format!(r#"[{{ "name": "paint", "unit": "ms", "runs": {runs}, "at_most": {at_most}, "how": "cold" }}]"#)
    }

    #[test]
    fn a_figure_is_held_to_its_line_by_its_median() {
        for (runs, at_most, holds) in
            [("[900, 100, 5000]", "900", true), ("[901, 1, 902]", "900", false), ("[9]", "null", true)]
        {
            let mut report = report();
            report.add(&measured(runs, at_most)).unwrap();
            assert_eq!(report.held().is_ok(), holds, "{runs} {at_most}");
        }
    }

    #[test]
    fn what_was_not_measured_is_no_figure() {
        assert!(report().add(&measured("[]", "900")).is_err());
        let mut report = report();
        report.proved(false);
        assert!(report.held().unwrap_err().to_string().contains("proofs_hold"));
    }
}
