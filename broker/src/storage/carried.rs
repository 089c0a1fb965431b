//! What carried a session, as its row tells it. The answer stands in a column of its own, to find sessions by; it is written
//! where a row changes, so a late report corrects it.

use beside_broker_core::ledger::Carried;
use beside_protocol::end::EndReason;

use super::entity::session;
use super::records::{text, word};
use super::sessions::paths;

/// What of a session's row tells what carried it.
pub(super) struct Course<'a> {
    pub(super) verdict_at: Option<i64>,
    pub(super) ended_at: Option<i64>,
    pub(super) end_reason: Option<&'a str>,
    pub(super) paths: &'a str,
}

impl<'a> From<&'a session::Model> for Course<'a> {
    fn from(row: &'a session::Model) -> Self {
        Self {
            verdict_at: row.verdict_at,
            ended_at: row.ended_at,
            end_reason: row.end_reason.as_deref(),
            paths: &row.paths,
        }
    }
}

impl Course<'_> {
    /// The word in the column; nothing before the end, and of what did not begin.
    pub(super) fn carried(&self) -> Option<String> {
        self.ended_at?;
        began_at(self.verdict_at, self.end_reason.map(str::to_owned).and_then(word))?;
        // A word that another hand wrote is no path; verifying the log finds it. Where it began doesn't matter.
        let told: Vec<_> = paths(self.paths, false).into_iter().filter_map(word).collect();
        text(Carried::over(&told))
    }
}

/// When the customer accepted. The verdict has one time, whatever it was.
pub(super) fn began_at(verdict_at: Option<i64>, end: Option<EndReason>) -> Option<i64> {
    verdict_at.filter(|_| end != Some(EndReason::Refused))
}
