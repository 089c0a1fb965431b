//! What a run of the story showed: its steps and figures, kept in `target/reports/demo.json`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::scene::Scene;

/// One step of the story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StepReport {
    pub(crate) name: String,
    pub(crate) ok: bool,
}

/// Figures by name; each name ends in its unit.
pub(crate) type Figures = BTreeMap<String, f64>;

/// One scene.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SceneReport {
    pub(crate) figures: Figures,
    pub(crate) steps: Vec<StepReport>,
}

/// All scenes.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(crate) struct Report {
    direct: Figures,
    relay: Figures,
    steps: Vec<StepReport>,
}

/// What a figure is called that is the least, or the most, of several runs.
const RANGE: [&str; 2] = ["least", "most"];

impl SceneReport {
    /// Of several runs, the middle of each figure, its least and its most; and the steps of the last.
    pub(crate) fn middle(runs: Vec<Self>) -> Self {
        let mut values: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for (name, value) in runs.iter().flat_map(|run| &run.figures) {
            values.entry(name).or_default().push(*value);
        }
        let mut figures = Figures::new();
        for (name, mut values) in values {
            values.sort_by(f64::total_cmp);
            let ends = [values.first(), values.last()];
            figures.insert(name.to_owned(), values[values.len() / 2]);
            for (which, value) in RANGE.iter().zip(ends) {
                figures.extend(value.map(|value| (format!("{name}_{which}"), *value)));
            }
        }
        let steps = runs.into_iter().next_back().map(|run| run.steps).unwrap_or_default();
        Self { figures, steps }
    }

    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        write(path, self)
    }

    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("reading {}", path.display()))
    }
}

impl Report {
    /// Adds a scene; its steps are named after it.
    pub(crate) fn add(&mut self, scene: Scene, report: SceneReport) {
        let named = |step: StepReport| StepReport { name: format!("{}: {}", scene.name(), step.name), ..step };
        self.steps.extend(report.steps.into_iter().map(named));
        match scene {
            Scene::Direct => self.direct = report.figures,
            Scene::Relay => self.relay = report.figures,
            Scene::Refusals => {}
        }
    }

    /// How many steps held.
    pub(crate) fn held(&self) -> u64 {
        self.steps.iter().filter(|step| step.ok).count() as u64
    }

    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        write(path, self)
    }

    /// Every figure of several runs as a row of Markdown: its middle and its range, direct and over the relay.
    pub(crate) fn table(&self) -> String {
        let mut text = "| figure | direct | relay |\n| --- | --- | --- |\n".to_owned();
        let names = self.relay.keys().filter(|name| RANGE.iter().all(|which| !name.ends_with(which)));
        for name in names {
            let cell = |figures: &Figures| {
                let of = |name: &str| figures.get(name).map_or_else(|| "–".to_owned(), |value| format!("{value:.1}"));
                let [least, most] = RANGE.map(|which| of(&format!("{name}_{which}")));
                format!("{} ({least}–{most})", of(name))
            };
            text += &format!("| `{name}` | {} | {} |\n", cell(&self.direct), cell(&self.relay));
        }
        text
    }
}

fn write(path: &Path, report: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(report)? + "\n";
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_several_runs_has_its_range() {
        let run = |value| SceneReport { figures: [("stop_ms".to_owned(), value)].into(), steps: Vec::new() };
        let middle = SceneReport::middle(vec![run(3.0), run(1.0), run(9.0)]);
        let expected = [("stop_ms", 3.0), ("stop_ms_least", 1.0), ("stop_ms_most", 9.0)];
        assert_eq!(middle.figures, expected.map(|(name, value)| (name.to_owned(), value)).into());
        let mut report = Report::default();
        report.add(Scene::Relay, middle);
        assert!(report.table().ends_with("| `stop_ms` | – (–––) | 3.0 (1.0–9.0) |\n"), "{}", report.table());
    }

    #[test]
    fn the_file_has_both_objects_and_the_steps() {
        let mut report = Report::default();
        let steps = vec![StepReport { name: "stop".to_owned(), ok: true }];
        report.add(Scene::Relay, SceneReport { figures: [("stop_ms".to_owned(), 7.5)].into(), steps });
        assert_eq!(report.held(), 1);
        assert_eq!(
            serde_json::to_value(&report).unwrap(),
            serde_json::json!({
                "direct": {},
                "relay": { "stop_ms": 7.5 },
                "steps": [{ "name": "relay: stop", "ok": true }],
            })
        );
    }
}
