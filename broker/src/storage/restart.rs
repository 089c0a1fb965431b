//! Taking up again what was alive when the broker stopped, however it stopped.

use std::collections::BTreeMap;
use std::time::Duration;

use beside_broker_core::effect::Side;
use beside_broker_core::limits::SIGN_IN_ABSOLUTE;
use beside_broker_core::{Account, Now, Record, Switchboard, TokenHash};
use beside_protocol::api::Role;
use beside_protocol::end::{End, EndReason, Party};
use beside_protocol::ids::SessionId;
use beside_protocol::signalling::SessionEvent;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::Value;

use super::accounts::AccountState;
use super::entity::{account, audit, live_sign_in, session};
use super::{Storage, StorageError};
use crate::audit::Action;

/// How many sessions there were that had not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// Those that go on.
    pub resumed: usize,
    /// Those that can't; the log now says that they were lost.
    pub lost: usize,
}

/// What the apps told of each session, in order.
type Told = BTreeMap<String, Vec<(Side, SessionEvent)>>;

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
        let mut ends = Vec::new();
        for (sign_in, account) in sign_ins {
            let Some(account) = account else { continue };
            let ended = AccountState::parse(&account.state)? == AccountState::Ended;
            let account = Account { id: id(&account.id)?, role: super::accounts::role(&account.role)? };
            let token = hash(&sign_in.token_hash)?;
            let age = u64::try_from(now.unix_ms - sign_in.began_at).map_or(Duration::ZERO, Duration::from_millis);
            // The broker may have stopped after an account was ended and before its sign-ins were.
            if ended || (account.role != Role::Operator && age >= SIGN_IN_ABSOLUTE) {
                ends.push(Record::SignInEnded { account: account.id, token, at: now.unix_ms });
            } else {
                switchboard.restore_sign_in(account, token, age, now);
            }
        }
        let open = session::Entity::find().filter(session::Column::EndedAt.is_null()).all(&self.database).await?;
        let told = self.told(&open).await?;
        let mut restored = Restored { resumed: 0, lost: 0 };
        for row in open {
            let sid: SessionId = row.sid.parse().map_err(|_| StorageError::Invalid("session id"))?;
            let told = told.get(&row.sid).map_or(&[][..], Vec::as_slice);
            let resumed = match &row.token_hash {
                Some(token) => {
                    let (operator, token) = (id(&row.operator_id)?, hash(token)?);
                    let began_at = row.verdict_at.unwrap_or(row.knocked_at);
                    switchboard.restore_session(sid, &operator, token, began_at, told, now)
                }
                None => false,
            };
            if resumed {
                restored.resumed += 1;
            } else {
                restored.lost += 1;
                ends.push(Record::Ended { sid, end: End::new(Party::Broker, EndReason::Lost), at: now.unix_ms });
            }
        }
        self.write(&ends).await?;
        Ok((switchboard, restored))
    }

    async fn told(&self, sessions: &[session::Model]) -> Result<Told, StorageError> {
        let rows = audit::Entity::find()
            .filter(audit::Column::About.is_in(sessions.iter().map(|row| row.sid.as_str())))
            .filter(audit::Column::Action.eq(Action::SessionReported.as_str()))
            .order_by_asc(audit::Column::Seq)
            .all(&self.database)
            .await?;
        let mut told = Told::new();
        for row in rows {
            if let (Some(sid), Some(event)) = (row.about, reported(&row.line)) {
                told.entry(sid).or_default().push(event);
            }
        }
        Ok(told)
    }
}

/// What of a report the two stories of a session are compared by, or whoever looks on is told.
fn reported(line: &str) -> Option<(Side, SessionEvent)> {
    let line: Value = serde_json::from_str(line).ok()?;
    let detail = line.get("detail")?;
    let side = detail.get("side")?.as_str()?;
    let side = [Side::Customer, Side::Operator].into_iter().find(|one| one.as_str() == side)?;
    let event = match detail.get("kind")?.as_str()? {
        "accepted" => SessionEvent::Verdict { accepted: true },
        "refused" => SessionEvent::Verdict { accepted: false },
        "granted" => {
            let right = serde_json::from_value(detail.get("right")?.clone()).ok()?;
            SessionEvent::Granted { right, seconds: 0 }
        }
        "path" => {
            let path = serde_json::from_value(detail.get("path")?.clone()).ok()?;
            let delay_ms = detail.get("delay_ms").and_then(Value::as_u64).and_then(|delay| u32::try_from(delay).ok());
            SessionEvent::Path { path, delay_ms }
        }
        _ => return None,
    };
    Some((side, event))
}

fn id<T: std::str::FromStr>(text: &str) -> Result<T, StorageError> {
    text.parse().map_err(|_| StorageError::Invalid("account id"))
}

fn hash(bytes: &[u8]) -> Result<TokenHash, StorageError> {
    bytes.try_into().map(TokenHash).map_err(|_| StorageError::Invalid("token hash"))
}
