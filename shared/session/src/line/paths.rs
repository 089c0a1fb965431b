//! The table of paths: which are up, which carry the session, how full each one's buffer is.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use beside_crypto::attach::{AttachAnswered, AttachAsked, ResumeFrom};
use beside_protocol::PathId;
use beside_protocol::path::PathKind;

/// Most paths at once; a further one is closed at once.
const PATHS_MAX: usize = 8;
/// Records that don't open after which a kind of path is not used any more.
const FORGERIES_MAX: u8 = 3;
/// How long a silent WebRTC path may take to come back before it is closed.
const SILENT_MAX: Duration = Duration::from_secs(15);

/// How far the proof is that both ends of a path are the session's.
pub(super) enum Proof {
    /// Nothing is under way.
    None,
    /// Customer: A1 is sent.
    Asked(AttachAsked),
    /// Customer: A3 is sent; the operator's first record answers it.
    Shown,
    /// Operator: A2 is sent, saying from where this side goes on.
    Answered(AttachAnswered, ResumeFrom),
}

pub(super) struct Path {
    pub(super) kind: PathKind,
    pub(super) proof: Proof,
    /// Customer: when to ask (again) with A1.
    pub(super) ask: Option<Instant>,
    /// Records are taken from it: it was attached once.
    pub(super) taken: bool,
    /// Records may be sent on it: it is attached and not silent.
    pub(super) usable: bool,
    /// Since when it is silent.
    silent_since: Option<Instant>,
    in_flight: usize,
}

impl Path {
    /// A path that is up, and attached if it carried the handshake.
    pub(super) const fn new(kind: PathKind, attached: bool) -> Self {
        Self {
            kind,
            proof: Proof::None,
            ask: None,
            taken: attached,
            usable: attached,
            silent_since: None,
            in_flight: 0,
        }
    }

    pub(super) const fn in_flight(&self) -> usize {
        self.in_flight
    }

    pub(super) const fn gave(&mut self, bytes: usize) {
        self.in_flight = self.in_flight.saturating_add(bytes);
    }

    pub(super) const fn drained(&mut self, bytes: usize) {
        self.in_flight = self.in_flight.saturating_sub(bytes);
    }

    /// The path is attached and carries records both ways.
    pub(super) fn attach(&mut self) {
        self.proof = Proof::None;
        self.ask = None;
        self.taken = true;
        self.usable = true;
        self.silent_since = None;
    }

    /// Nothing comes back on it: it is not used until it was attached anew.
    pub(super) fn fall_silent(&mut self, now: Instant) {
        self.usable = false;
        self.silent_since = Some(now);
    }
}

#[derive(Default)]
pub(super) struct Paths {
    all: BTreeMap<PathId, Path>,
    current: Option<PathId>,
    /// Records that did not open, by kind.
    forgeries: [u8; 4],
}

impl Paths {
    pub(super) fn get(&self, id: PathId) -> Option<&Path> {
        self.all.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: PathId) -> Option<&mut Path> {
        self.all.get_mut(&id)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (PathId, &mut Path)> {
        self.all.iter_mut().map(|(id, path)| (*id, path))
    }

    pub(super) fn ids(&self) -> Vec<PathId> {
        self.all.keys().copied().collect()
    }

    /// The paths that records are taken from.
    pub(super) fn taken(&self) -> Vec<PathId> {
        self.all.iter().filter(|(_, path)| path.taken).map(|(id, _)| *id).collect()
    }

    /// What carries the session now.
    pub(super) fn current(&self) -> Option<(PathId, &Path)> {
        let id = self.current?;
        Some((id, self.all.get(&id)?))
    }

    /// Takes a path in. Says no if its kind has misbehaved too often or there are too many.
    pub(super) fn insert(&mut self, id: PathId, path: Path) -> bool {
        let welcome = !self.is_barred(path.kind) && (self.all.len() < PATHS_MAX || self.all.contains_key(&id));
        if welcome {
            self.all.insert(id, path);
        }
        welcome
    }

    /// Forgets a path. If it carried the session, nothing does until [`choose`](Self::choose).
    pub(super) fn remove(&mut self, id: PathId) -> bool {
        self.all.remove(&id).is_some()
    }

    /// A record on this path did not open. Names the paths to close: this one, and at the third time all of its kind.
    pub(super) fn forged(&mut self, id: PathId) -> Vec<PathId> {
        let Some(kind) = self.get(id).map(|path| path.kind) else { return Vec::new() };
        let count = &mut self.forgeries[kind as usize];
        *count = count.saturating_add(1);
        if !self.is_barred(kind) {
            return vec![id];
        }
        self.all.iter().filter(|(_, path)| path.kind == kind).map(|(id, _)| *id).collect()
    }

    const fn is_barred(&self, kind: PathKind) -> bool {
        self.forgeries[kind as usize] >= FORGERIES_MAX
    }

    /// Goes over to the best usable path: the best kind, among those the newest. Says whether that is another one.
    pub(super) fn choose(&mut self) -> bool {
        let usable = self.all.iter().filter(|(_, path)| path.usable);
        let best = usable.max_by_key(|(id, path)| (path.kind, **id)).map(|(id, _)| *id);
        let changed = best != self.current;
        self.current = best;
        changed
    }

    /// WebRTC paths that have been silent for too long.
    pub(super) fn given_up(&self, now: Instant) -> Vec<PathId> {
        let given_up = |path: &Path| path.kind != PathKind::Relay && path.give_up_at().is_some_and(|at| at <= now);
        self.all.iter().filter(|(_, path)| given_up(path)).map(|(id, _)| *id).collect()
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let silence = |path: &Path| if path.kind == PathKind::Relay { None } else { path.give_up_at() };
        self.all.values().flat_map(|path| [path.ask, silence(path)]).flatten().min()
    }
}

impl Path {
    fn give_up_at(&self) -> Option<Instant> {
        self.silent_since.map(|since| since + SILENT_MAX)
    }
}
