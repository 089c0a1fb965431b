//! A figure with its line, and the report of all of them.

use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;

/// What a figure is held to.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Line {
    /// As much at most.
    AtMost(f64),
    /// As much at least.
    AtLeast(f64),
}

/// What was measured. Of several runs the median counts.
#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    name: &'static str,
    unit: &'static str,
    value: f64,
    least: f64,
    most: f64,
    runs: usize,
    /// Without one it is only told.
    line: Option<Line>,
    ok: bool,
    how: String,
}

impl Figure {
    /// A figure of one or more runs.
    pub(crate) fn new(
        name: &'static str,
        unit: &'static str,
        runs: impl IntoIterator<Item = f64>,
        line: Option<Line>,
        how: impl Into<String>,
    ) -> Self {
        let mut runs: Vec<f64> = runs.into_iter().collect();
        runs.sort_by(f64::total_cmp);
        // A figure that nobody measured holds no line.
        let at = |place: usize| runs.get(place).copied().unwrap_or(f64::NAN);
        let value = at(runs.len() / 2);
        let ok = match line {
            Some(Line::AtMost(most)) => value <= most,
            Some(Line::AtLeast(least)) => value >= least,
            None => true,
        };
        let (least, most) = (at(0), at(runs.len().saturating_sub(1)));
        Self { name, unit, value, least, most, runs: runs.len(), line, ok, how: how.into() }
    }

    /// Whether something holds that is not a number.
    pub(crate) fn holds(name: &'static str, holds: bool, how: impl Into<String>) -> Self {
        Self::new(name, "1 if it holds", [f64::from(u8::from(holds))], Some(Line::AtLeast(1.0)), how)
    }

    /// One line for the person who waits.
    pub(crate) fn told(&self) -> String {
        let line = match self.line {
            Some(Line::AtMost(most)) => format!("at most {most}"),
            Some(Line::AtLeast(least)) => format!("at least {least}"),
            None => "no line".to_owned(),
        };
        let verdict = if self.ok { "ok  " } else { "MISS" };
        let range = if self.runs > 1 { format!(" ({:.1} to {:.1})", self.least, self.most) } else { String::new() };
        format!("{verdict} {} = {:.1} {}{range}, {line}", self.name, self.value, self.unit)
    }
}

/// All figures.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    ok: bool,
    /// What else took the processors meanwhile: the load average of a minute, before and after.
    pub(crate) load_average: Vec<f64>,
    processors: usize,
    figures: Vec<Figure>,
}

impl Report {
    /// Adds what a part measured.
    pub(crate) fn add(&mut self, figures: Vec<Figure>) {
        self.figures.extend(figures);
    }

    /// Whether every figure holds its line.
    pub(crate) fn is_ok(&self) -> bool {
        self.figures.iter().all(|figure| figure.ok)
    }

    /// Writes it as JSON.
    pub(crate) fn write(&mut self, path: &Path) -> anyhow::Result<()> {
        self.ok = self.is_ok();
        self.processors = std::thread::available_parallelism().map_or(0, usize::from);
        let text = serde_json::to_string_pretty(self)?;
        std::fs::write(path, text + "\n").with_context(|| format!("writing {}", path.display()))
    }
}

/// The value that so many of a hundred are not above.
pub(crate) fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (values.len() * percent).div_ceil(100).saturating_sub(1);
    values.get(place).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_held_to_its_line_by_its_median() {
        let figure = |runs: &[f64], line| Figure::new("n", "u", runs.iter().copied(), Some(line), "");
        assert!(figure(&[3.0, 1.0, 9.0], Line::AtMost(3.0)).ok);
        assert!(!figure(&[3.0, 4.0, 9.0], Line::AtMost(3.0)).ok);
        assert!(!figure(&[3.0, 4.0, 5.0], Line::AtLeast(4.5)).ok);
        assert!(!figure(&[], Line::AtMost(1.0)).ok, "nothing was measured");
        assert!(!Figure::holds("n", false, "").ok);
    }

    #[test]
    fn percentiles() {
        let mut values: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!((percentile(&mut values, 95), percentile(&mut values, 99)), (95.0, 99.0));
        assert_eq!(percentile(&mut [7.0], 99), 7.0);
        assert!(percentile(&mut [], 99).is_nan());
    }
}
