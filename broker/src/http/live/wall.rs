//! The wall: which picture each socket that looks on was sent last, and the next one where that is no longer true.
//!
//! Everybody is shown the same moment, drawn once for all who see the same. A socket that has not taken its last picture
//! waits for the newest one, however many there are in between.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use beside_broker_core::limits::WATCHER_PACE;
use beside_broker_core::switchboard;
use beside_broker_core::{Account, Address, SignInId, SocketId};
use beside_protocol::ErrorCode;
use beside_protocol::ids::OperatorId;
use bytestring::ByteString;

use super::super::caller::seen_by;
use super::super::{Refusal, Shared};
use super::shown::{Names, names, show};
use crate::signalling::outbox::Outbox;

/// What was sent last to each socket that looks on.
#[derive(Debug, Default)]
pub struct Wall(Mutex<BTreeMap<SocketId, Sent>>);

#[derive(Debug, Clone, Copy)]
struct Sent {
    digest: [u8; 32],
    /// On the monotonic clock.
    at: Duration,
}

/// What somebody is shown.
struct Picture {
    text: ByteString,
    digest: [u8; 32],
}

impl Wall {
    fn locked(&self) -> MutexGuard<'_, BTreeMap<SocketId, Sent>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Has a socket look on from now on, and sends it the first picture.
///
/// # Errors
/// [`ErrorCode::SignedOut`], [`ErrorCode::Overloaded`], or what the database says.
pub(super) async fn begin(
    shared: &Shared,
    socket: SocketId,
    sign_in: SignInId,
    account: &Account,
    address: Address,
    outbox: &Outbox,
) -> Result<(), Refusal> {
    // In one turn, so that no later picture shows an earlier moment.
    let begun = shared.exchange.turn(|board, now, _, _| {
        board.watch(socket, sign_in, address)?;
        Ok::<_, ErrorCode>((board.live(), now))
    });
    let (live, now) = begun.await??;
    let names = names(shared, &live).await?;
    let sees = seen_by(&account.id, account.role, &shared.rules());
    let Picture { text, digest } = draw(&live, now.unix_ms, &names, sees.as_ref())?;
    outbox.text(text);
    shared.wall.locked().insert(socket, Sent { digest, at: now.monotonic });
    Ok(())
}

/// Sends every socket that looks on what has changed since the picture before, also because its owner now sees others.
/// To be called about twice a second.
///
/// # Errors
/// What the database says; the next call makes up for it.
pub async fn refresh(shared: &Shared) -> Result<(), Refusal> {
    if shared.wall.locked().is_empty() {
        return Ok(());
    }
    let (live, now, watchers) = shared
        .exchange
        .turn(|board, now, _, _| {
            let watchers = board.watchers().map(|(socket, account, _)| (socket, account.clone()));
            (board.live(), now, watchers.collect::<BTreeMap<_, _>>())
        })
        .await?;
    let (names, rules) = (names(shared, &live).await?, shared.rules());
    let mut pictures = BTreeMap::new();
    // What began after that moment is shown the next one.
    shared.wall.locked().retain(|socket, sent| watchers.contains_key(socket) || sent.at > now.monotonic);
    for (socket, account) in watchers {
        let Some(outbox) = shared.exchange.outbox(socket).filter(|outbox| outbox.queued() == 0) else { continue };
        // Without an entry it is being sent its first picture.
        let Some(sent) = shared.wall.locked().get(&socket).copied() else { continue };
        if sent.at + WATCHER_PACE > now.monotonic {
            continue;
        }
        let picture = match pictures.entry(seen_by(&account.id, account.role, &rules)) {
            Entry::Occupied(drawn) => drawn.into_mut(),
            Entry::Vacant(space) => {
                let picture = draw(&live, now.unix_ms, &names, space.key().as_ref())?;
                space.insert(picture)
            }
        };
        if picture.digest != sent.digest {
            outbox.text(picture.text.clone());
            shared.wall.locked().insert(socket, Sent { digest: picture.digest, at: now.monotonic });
        }
    }
    Ok(())
}

fn draw(
    live: &switchboard::Live,
    at: i64,
    names: &Names,
    sees: Option<&BTreeSet<OperatorId>>,
) -> Result<Picture, ErrorCode> {
    let shown = show(live, at, names, sees);
    let written = serde_json::to_string(&shown).and_then(|text| Ok((text, shown.digest()?)));
    let (text, digest) = written.map_err(|_| ErrorCode::Internal)?;
    Ok(Picture { text: text.into(), digest })
}
