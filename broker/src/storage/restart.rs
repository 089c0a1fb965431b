//! Taking up again what was alive when the broker stopped, however it stopped.

use beside_broker_core::effect::Side;
use beside_broker_core::{Account, Now, Record, Switchboard, TokenHash};
use beside_protocol::end::{End, EndReason, Party};
use beside_protocol::ids::SessionId;
use beside_protocol::signalling::SessionEvent;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde::de::DeserializeOwned;

use super::entity::{account, live_sign_in, session, session_event};
use super::{Storage, StorageError};

/// How many sessions there were that had not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// Those that go on.
    pub resumed: usize,
    /// Those that can't; the log now says that they were lost.
    pub lost: usize,
}

impl Storage {
    /// A switchboard with the sign-ins and sessions that were alive.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn restore(&self, now: Now) -> Result<(Switchboard, Restored), StorageError> {
        let mut switchboard = Switchboard::default();
        let sign_ins = live_sign_in::Entity::find()
            .order_by_asc(live_sign_in::Column::BeganAt)
            .find_also_related(account::Entity)
            .all(&self.database)
            .await?;
        for (sign_in, account) in sign_ins {
            let Some(account) = account else { continue };
            let account = Account { id: id(&account.id)?, role: super::accounts::role(&account.role)? };
            switchboard.restore_sign_in(account, hash(&sign_in.token_hash)?, now);
        }
        let open = session::Entity::find().filter(session::Column::EndedAt.is_null()).all(&self.database).await?;
        let mut restored = Restored { resumed: 0, lost: 0 };
        let mut ends = Vec::new();
        for row in open {
            let sid: SessionId = row.sid.parse().map_err(|_| StorageError::Invalid("session id"))?;
            if self.resume(&mut switchboard, sid, &row, now).await? {
                restored.resumed += 1;
            } else {
                restored.lost += 1;
                ends.push(Record::Ended { sid, end: End::new(Party::Broker, EndReason::Lost), at: now.unix_ms });
            }
        }
        self.write(&ends).await?;
        Ok((switchboard, restored))
    }

    async fn resume(
        &self,
        switchboard: &mut Switchboard,
        sid: SessionId,
        row: &session::Model,
        now: Now,
    ) -> Result<bool, StorageError> {
        let Some(token) = &row.token_hash else { return Ok(false) };
        let told = session_event::Entity::find()
            .filter(session_event::Column::Sid.eq(row.sid.as_str()))
            .order_by_asc(session_event::Column::Id)
            .all(&self.database)
            .await?;
        let told: Vec<_> = told.iter().filter_map(reported).collect();
        Ok(switchboard.restore_session(sid, &id(&row.operator_id)?, hash(token)?, &told, now))
    }
}

/// What of a report the two stories of a session are compared by.
fn reported(row: &session_event::Model) -> Option<(Side, SessionEvent)> {
    let side = [Side::Customer, Side::Operator].into_iter().find(|side| side.as_str() == row.side)?;
    let event = match row.kind.as_str() {
        "accepted" => SessionEvent::Verdict { accepted: true },
        "refused" => SessionEvent::Verdict { accepted: false },
        "granted" => SessionEvent::Granted { right: value(row.right.as_ref()?)?, seconds: 0 },
        _ => return None,
    };
    Some((side, event))
}

/// The value whose name on the wire this is.
fn value<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

fn id<T: std::str::FromStr>(text: &str) -> Result<T, StorageError> {
    text.parse().map_err(|_| StorageError::Invalid("account id"))
}

fn hash(bytes: &[u8]) -> Result<TokenHash, StorageError> {
    bytes.try_into().map(TokenHash).map_err(|_| StorageError::Invalid("token hash"))
}
