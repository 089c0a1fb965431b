//! What the two apps report of a session, kept side by side so that a difference shows.

use beside_protocol::end::End;
use beside_protocol::path::PathKind;
use beside_protocol::rights::Right;
use beside_protocol::signalling::SessionEvent;

use crate::effect::Side;
use crate::limits::REPORTS_MAX;

#[derive(Debug, Default)]
struct Story {
    count: u32,
    verdict: Option<bool>,
    granted: u32,
    end: Option<End>,
}

/// The two stories of one session.
#[derive(Debug, Default)]
pub(crate) struct Reports {
    customer: Story,
    operator: Story,
    /// What either told of last.
    path: Option<PathKind>,
    /// The newest that either measured on that path.
    delay_ms: Option<u32>,
}

impl Reports {
    /// The path that either side told of last.
    pub(crate) const fn path(&self) -> Option<PathKind> {
        self.path
    }

    /// The round trip on that path in milliseconds that either side told of last.
    pub(crate) const fn delay_ms(&self) -> Option<u32> {
        self.delay_ms
    }

    fn story(&mut self, side: Side) -> &mut Story {
        match side {
            Side::Customer => &mut self.customer,
            Side::Operator => &mut self.operator,
        }
    }

    /// Takes a report; false if there are too many of this side.
    pub(crate) fn event(&mut self, side: Side, event: SessionEvent) -> bool {
        if let SessionEvent::Path { path, delay_ms } = event {
            // What was measured on another path says nothing of this one.
            let before = self.delay_ms.filter(|_| self.path == Some(path));
            (self.path, self.delay_ms) = (Some(path), delay_ms.or(before));
        }
        let story = self.story(side);
        story.count += 1;
        match event {
            SessionEvent::Verdict { accepted } => story.verdict = Some(accepted),
            SessionEvent::Granted { right, .. } => story.granted |= Right::bit(right),
            SessionEvent::Checked
            | SessionEvent::HandshakeFailed
            | SessionEvent::Asked { .. }
            | SessionEvent::Denied { .. }
            | SessionEvent::RightEnded { .. }
            | SessionEvent::Path { .. } => {}
        }
        story.count <= REPORTS_MAX
    }

    /// Takes note of another name; false if the customer has said too much.
    pub(crate) fn named(&mut self) -> bool {
        self.customer.count += 1;
        self.customer.count <= REPORTS_MAX
    }

    /// Takes the end that a side reports; false if it has reported one already.
    pub(crate) fn end(&mut self, side: Side, end: End) -> bool {
        let story = self.story(side);
        let first = story.end.is_none();
        story.end.get_or_insert(end);
        first
    }

    /// Whether either side said that the customer accepted.
    pub(crate) fn accepted(&self) -> bool {
        self.customer.verdict == Some(true) || self.operator.verdict == Some(true)
    }

    /// Whether either side said that the customer refused, and none that the customer accepted.
    pub(crate) fn refused(&self) -> bool {
        !self.accepted() && (self.customer.verdict.is_some() || self.operator.verdict.is_some())
    }

    /// Whether both sides have told how it ended.
    pub(crate) fn complete(&self) -> bool {
        self.customer.end.is_some() && self.operator.end.is_some()
    }

    /// Whether the stories contradict each other, as far as both were told.
    pub(crate) fn differ(&self) -> bool {
        let (customer, operator) = (&self.customer, &self.operator);
        let verdicts = matches!((customer.verdict, operator.verdict), (Some(a), Some(b)) if a != b);
        let ends = matches!((customer.end, operator.end), (Some(a), Some(b)) if (a.by, a.reason) != (b.by, b.reason));
        verdicts || ends || (self.complete() && customer.granted != operator.granted)
    }
}

#[cfg(test)]
mod tests {
    use beside_protocol::end::{EndReason, Party};

    use super::*;

    const STOPPED: End = End::new(Party::Customer, EndReason::Stopped);

    #[test]
    fn the_same_story_does_not_differ() {
        let mut reports = Reports::default();
        for side in [Side::Customer, Side::Operator] {
            assert!(reports.event(side, SessionEvent::Verdict { accepted: true }));
            assert!(reports.event(side, SessionEvent::Granted { right: Right::View, seconds: 60 }));
            assert!(reports.end(side, STOPPED));
        }
        assert!(reports.complete() && reports.accepted() && !reports.differ());
        assert!(!reports.end(Side::Customer, STOPPED), "an end is told once");
    }

    #[test]
    fn every_contradiction_shows() {
        let mut rights = Reports::default();
        rights.event(Side::Operator, SessionEvent::Granted { right: Right::Control, seconds: 60 });
        assert!(!rights.differ(), "half a story contradicts nothing");
        rights.end(Side::Customer, STOPPED);
        rights.end(Side::Operator, STOPPED);
        assert!(rights.differ());

        let mut ends = Reports::default();
        ends.end(Side::Customer, STOPPED);
        ends.end(Side::Operator, End::new(Party::Operator, EndReason::Finished));
        assert!(ends.differ());

        let mut verdicts = Reports::default();
        verdicts.event(Side::Customer, SessionEvent::Verdict { accepted: false });
        assert!(verdicts.refused());
        verdicts.event(Side::Operator, SessionEvent::Verdict { accepted: true });
        assert!(verdicts.differ() && !verdicts.refused());
    }
}
