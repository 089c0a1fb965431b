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

impl SceneReport {
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
}

fn write(path: &Path, report: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(report)? + "\n";
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

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
