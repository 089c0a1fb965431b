//! One path's life: described, connected, proved, carrying, closed.

use std::time::{Duration, Instant};

use beside_protocol::PathId;
use beside_protocol::limits::RECORD_MAX;
use beside_protocol::path::{Channel, PathKind};
use bytes::BytesMut;
use futures_util::FutureExt as _;
use tokio::sync::mpsc;
use tokio::task::unconstrained;
use tracing::{debug, info};
use webrtc::data_channel::{DataChannelEvent, RTCDataChannelMessage};

use super::error::PathError;
use super::event::DirectEvent;
use super::lane::{Lane, Pushed};
use super::peer::{BULK, LOOSE, NOTICES, Notice, ORDERED, PROBE, Peer};
use super::probe::TailProbe;
use super::{Settings, vet};
use crate::clock;

/// From the first description to a proved connection. The relay carries the session all the while.
const CONNECT_WAIT: Duration = Duration::from_secs(20);
/// A closed path sends what it still has for so long.
const CLOSE_WAIT: Duration = Duration::from_secs(2);
/// How often the buffers are looked at while something is in them; the library tells only when one falls to a mark.
const SETTLE_EVERY: Duration = Duration::from_millis(5);
/// How often the chosen pair of candidates is looked at: the library doesn't tell when it changes.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Candidates of the peer that are tried; the others are passed over.
const CANDIDATES_MAX: usize = 32;
/// Commands that are carried out before the channels get their messages.
const COMMANDS_AT_ONCE: usize = 64;
/// Data-only descriptions have one section, and the library names it so.
const SECTION: &str = "0";

/// How a path begins.
pub(super) enum Start {
    /// With our offer.
    Offer,
    /// With the peer's.
    Answer {
        /// RFC 8866 text.
        offer: String,
    },
}

/// What the session wants of a path that has begun.
pub(super) enum Command {
    Answer { sdp: String },
    Candidate { candidate: String },
    Transmit { channel: Channel, bytes: Vec<u8> },
    Close,
}

/// A path that has described itself.
pub(super) struct Path<'a> {
    id: PathId,
    settings: &'a Settings,
    peer: Peer,
    notices: mpsc::Receiver<Notice>,
    /// Whether the peer's description is there; candidates wait for it.
    described: bool,
    early: Vec<String>,
    candidates: usize,
    /// What the path is, once it is up.
    kind: Option<PathKind>,
    lanes: [Lane; 3],
    probe: TailProbe,
    next_settle: Option<Instant>,
    next_look: Instant,
    closing: Option<Instant>,
}

impl<'a> Path<'a> {
    /// Lives until the owner closes the path or something ends it.
    pub(super) async fn live(
        id: PathId,
        settings: &'a Settings,
        start: Start,
        mut commands: mpsc::Receiver<Command>,
    ) -> Result<(), PathError> {
        let mut path = Self::begin(id, settings, start).await?;
        loop {
            match path.turn(&mut commands).await {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error @ PathError::Lost(_)) => {
                    path.last_words().await?;
                    return Err(error);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes what had arrived before the path was lost: that it is lost may be heard first.
    async fn last_words(&mut self) -> Result<(), PathError> {
        if self.kind.is_none() {
            return Ok(());
        }
        for stream in [ORDERED, LOOSE, BULK] {
            let Some(channel) = self.peer.channel(stream).cloned() else { continue };
            while let Some(Some(event)) = unconstrained(channel.poll()).now_or_never() {
                if let DataChannelEvent::OnMessage(message) = event {
                    self.message(stream, message).await?;
                }
            }
        }
        Ok(())
    }

    async fn begin(id: PathId, settings: &'a Settings, start: Start) -> Result<Self, PathError> {
        if let Start::Answer { offer } = &start {
            vet::description(offer)?;
        }
        let (told, notices) = mpsc::channel(NOTICES);
        let peer = Peer::build(&settings.certificate, settings.stun.as_ref(), told).await?;
        let (sdp, described) = match start {
            Start::Offer => (peer.offer().await?, false),
            Start::Answer { offer } => (peer.answer(offer).await?, true),
        };
        let lane = |stream, channel| {
            let data = peer.channel(stream).ok_or(PathError::Local("no data channel"))?;
            Ok(Lane::new(channel, data.clone()))
        };
        let lanes = [lane(ORDERED, Channel::Ordered)?, lane(LOOSE, Channel::Loose)?, lane(BULK, Channel::Bulk)?];
        let path = Self {
            id,
            settings,
            peer,
            notices,
            described,
            early: Vec::new(),
            candidates: 0,
            kind: None,
            lanes,
            probe: TailProbe::default(),
            next_settle: None,
            next_look: clock::now() + CONNECT_WAIT,
            closing: None,
        };
        path.tell(DirectEvent::Described { path: id, sdp }).await?;
        Ok(path)
    }

    /// Waits for one thing to happen and deals with it. Whether the path goes on.
    async fn turn(&mut self, commands: &mut mpsc::Receiver<Command>) -> Result<bool, PathError> {
        let deadline = self.deadline();
        tokio::select! {
            command = commands.recv() => {
                // Without a sender the owner is gone.
                let Some(command) = command else { return Ok(false) };
                self.command(command).await?;
                for _ in 1..COMMANDS_AT_ONCE {
                    let Ok(command) = commands.try_recv() else { break };
                    self.command(command).await?;
                }
            }
            Some(notice) = self.notices.recv() => self.notice(notice).await?,
            event = self.peer.next() => {
                let (stream, event) = event.ok_or(PathError::Lost("the connection is closed"))?;
                self.event(stream, event).await?;
            }
            () = clock::until(deadline) => self.time_passed().await?,
        }
        self.pump().await?;
        Ok(!self.is_done())
    }

    /// When to look again even if nothing happens.
    fn deadline(&self) -> Option<Instant> {
        [self.next_settle, self.probe.due(), self.closing, Some(self.next_look)].into_iter().flatten().min()
    }

    fn is_done(&self) -> bool {
        self.closing
            .is_some_and(|until| self.kind.is_none() || until <= clock::now() || self.lanes.iter().all(Lane::is_idle))
    }

    async fn command(&mut self, command: Command) -> Result<(), PathError> {
        match command {
            Command::Answer { sdp } => self.answered(sdp).await,
            Command::Candidate { candidate } => self.candidate(candidate).await,
            Command::Transmit { channel, bytes } => self.transmit(channel, bytes).await,
            Command::Close => {
                self.closing.get_or_insert(clock::now() + CLOSE_WAIT);
                Ok(())
            }
        }
    }

    async fn answered(&mut self, sdp: String) -> Result<(), PathError> {
        if self.described {
            return Err(PathError::Peer("a second description"));
        }
        vet::description(&sdp)?;
        self.peer.accept(sdp).await?;
        self.described = true;
        for candidate in std::mem::take(&mut self.early) {
            self.peer.add_candidate(candidate).await?;
        }
        Ok(())
    }

    async fn candidate(&mut self, candidate: String) -> Result<(), PathError> {
        // The end of the peer's candidates changes nothing: late ones could still come by other ways (RFC 8838).
        if candidate.is_empty() || !vet::candidate(&candidate)? {
            return Ok(());
        }
        self.candidates += 1;
        if self.candidates > CANDIDATES_MAX {
            debug!(path = self.id.0, "more candidates than are tried");
            return Ok(());
        }
        if self.described {
            return self.peer.add_candidate(candidate).await;
        }
        self.early.push(candidate);
        Ok(())
    }

    async fn transmit(&mut self, channel: Channel, bytes: Vec<u8>) -> Result<(), PathError> {
        let length = bytes.len();
        if length == 0 || length > RECORD_MAX {
            return Err(PathError::Local("a message of impossible size"));
        }
        match self.lanes[lane_of(channel)].push(bytes)? {
            Pushed::Queued => Ok(()),
            Pushed::Dropped => self.tell(DirectEvent::Drained { path: self.id, bytes: length }).await,
        }
    }

    async fn notice(&mut self, notice: Notice) -> Result<(), PathError> {
        let candidate = match notice {
            Notice::Candidate(candidate) => candidate,
            Notice::Gathered => String::new(),
            Notice::Lost => return Err(PathError::Lost("no way to the peer")),
            Notice::Foreign => return Err(PathError::Peer("a data channel that was not agreed on")),
            Notice::Panicked => return Err(PathError::Local("the WebRTC library panicked")),
        };
        self.tell(DirectEvent::Candidate { path: self.id, candidate, mid: Some(SECTION.to_owned()) }).await
    }

    async fn event(&mut self, stream: usize, event: DataChannelEvent) -> Result<(), PathError> {
        if let DataChannelEvent::OnMessage(message) = event {
            self.connected().await?;
            self.message(stream, message).await?;
        } else if let DataChannelEvent::OnOpen = event {
            self.connected().await?;
        } else if let DataChannelEvent::OnBufferedAmountLow = event {
            self.settle().await?;
        } else if let DataChannelEvent::OnClose | DataChannelEvent::OnClosing | DataChannelEvent::OnError = event {
            return Err(PathError::Lost("a data channel is closed"));
        }
        Ok(())
    }

    /// A channel is open, and so are all, since they were agreed on beforehand: they wait for the association only.
    async fn connected(&mut self) -> Result<(), PathError> {
        if self.kind.is_some() {
            return Ok(());
        }
        if !self.peer.is(&self.settings.peer_fingerprint).await {
            return Err(PathError::Peer("another certificate than that of the handshake"));
        }
        let kind = self.peer.kind().await.ok_or(PathError::Lost("no way to the peer"))?;
        self.up(kind).await
    }

    async fn up(&mut self, kind: PathKind) -> Result<(), PathError> {
        info!(path = self.id.0, ?kind, "the direct path is up");
        self.kind = Some(kind);
        self.next_look = clock::now() + LOOK_EVERY;
        self.tell(DirectEvent::Up { path: self.id, kind }).await
    }

    async fn message(&mut self, stream: usize, message: RTCDataChannelMessage) -> Result<(), PathError> {
        let channel = match stream {
            ORDERED => Channel::Ordered,
            LOOSE => Channel::Loose,
            BULK => Channel::Bulk,
            _ if message.data.len() == 1 => return Ok(()),
            _ => return Err(PathError::Peer("a probe that is none")),
        };
        if message.is_string || message.data.is_empty() || message.data.len() > RECORD_MAX {
            return Err(PathError::Peer("a message that is no record"));
        }
        match self.closing {
            None => self.tell(DirectEvent::Message { path: self.id, channel, bytes: message.data.into() }).await,
            Some(_) => Ok(()),
        }
    }

    async fn time_passed(&mut self) -> Result<(), PathError> {
        let now = clock::now();
        if self.next_settle.is_some_and(|at| at <= now) {
            self.settle().await?;
        }
        if self.probe.fire(now)
            && let Some(data) = self.peer.channel(PROBE)
        {
            let sent = data.try_send(BytesMut::from(&[0][..])).await;
            sent.map_err(|_| PathError::Lost("a data channel is closed"))?;
        }
        if self.next_look <= now {
            self.look(now).await?;
        }
        Ok(())
    }

    async fn look(&mut self, now: Instant) -> Result<(), PathError> {
        let Some(before) = self.kind else {
            return Err(PathError::Lost("no way to the peer in time"));
        };
        self.next_look = now + LOOK_EVERY;
        match self.peer.kind().await {
            Some(kind) if kind != before => self.up(kind).await,
            Some(_) | None => Ok(()),
        }
    }

    /// Hands the channels what they may have, the ordered one first and the bulk last.
    async fn pump(&mut self) -> Result<(), PathError> {
        if self.kind.is_none() {
            return Ok(());
        }
        let mut took = false;
        for stream in [ORDERED, LOOSE, BULK] {
            let beside_picture = !self.lanes[LOOSE].is_idle();
            took |= self.lanes[stream].pump(beside_picture).await?;
        }
        if took {
            let now = clock::now();
            self.probe.sent(now);
            self.next_settle.get_or_insert(now + SETTLE_EVERY);
        }
        Ok(())
    }

    async fn settle(&mut self) -> Result<(), PathError> {
        let mut bytes = 0;
        for lane in &mut self.lanes {
            bytes += lane.settle().await?;
        }
        let in_flight = self.lanes.iter().any(|lane| lane.outstanding() > 0);
        self.next_settle = in_flight.then(|| clock::now() + SETTLE_EVERY);
        if !in_flight {
            self.probe.settled();
        }
        if bytes == 0 { Ok(()) } else { self.tell(DirectEvent::Drained { path: self.id, bytes }).await }
    }

    async fn tell(&self, event: DirectEvent) -> Result<(), PathError> {
        self.settings.events.send(event).await.map_err(|_| PathError::Local("nobody listens"))
    }
}

const fn lane_of(channel: Channel) -> usize {
    match channel {
        Channel::Ordered => ORDERED,
        Channel::Loose => LOOSE,
        Channel::Bulk => BULK,
    }
}
