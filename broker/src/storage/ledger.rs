//! What statistics are made of: ended sessions and sign-ins, and what the audit log tells of them later.

use std::collections::BTreeSet;

use beside_broker_core::ledger::{Attempt, Said};
use beside_protocol::afterwards::Rating;
use beside_protocol::end::EndReason;
use beside_protocol::ids::OperatorId;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};

use super::carried::began_at;
use super::entity::{audit, session};
use super::records::word;
use super::snapshot::Snapshot;
use super::{Storage, StorageError};
use crate::audit::Action;

/// A session that ended, or an attempt at one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its id.
    pub sid: String,
    /// What is counted of it.
    pub attempt: Attempt,
}

/// Something in the audit log that changes statistics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// This session ended.
    Ended(String),
    /// An app reported something of this session.
    Reported(String),
    /// Something was said of this session, which may still go on.
    Said(String),
    /// A sign-in.
    SignIn(SignIn),
    /// Rows were deleted on schedule, with the sessions that they began, or personal values of sessions.
    Deleted,
}

/// A sign-in, or one that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Its place in the log.
    pub seq: i64,
    /// Unix milliseconds.
    pub at: i64,
    /// Whose; none if no account has the name.
    pub account: Option<OperatorId>,
    /// Whether it was refused.
    pub refused: bool,
}

/// Of a session nothing but what is counted.
#[derive(FromQueryResult)]
struct EndedRow {
    sid: String,
    operator_id: String,
    device: Option<String>,
    knocked_at: i64,
    accepted_at: Option<i64>,
    verdict_at: Option<i64>,
    checked_at: Option<i64>,
    ended_at: Option<i64>,
    end_reason: Option<String>,
    carried: Option<String>,
    outcome: Option<String>,
    solved: Option<bool>,
    felt: Option<String>,
}

#[derive(FromQueryResult)]
struct NewsRow {
    seq: i64,
    at: i64,
    action: String,
    about: Option<String>,
}

const SIGN_INS: [Action; 2] = [Action::SignInSucceeded, Action::SignInRefused];
const DELETIONS: [Action; 2] = [Action::RowsDeleted, Action::PersonalDataDeleted];
const NEWS: [Action; 8] = [
    Action::SessionEnded,
    Action::SessionReported,
    Action::SessionNoted,
    Action::SessionRated,
    Action::SignInSucceeded,
    Action::SignInRefused,
    Action::RowsDeleted,
    Action::PersonalDataDeleted,
];

impl Snapshot<'_> {
    /// Sessions that ended, at most `limit`, in the order of their knocks, after the one of this time and id; and time and
    /// id of the last one, from which to go on.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn ended(
        &self,
        after: Option<&(i64, String)>,
        limit: u64,
    ) -> Result<(Vec<Ended>, Option<(i64, String)>), StorageError> {
        let mut select = ended().order_by_asc(session::Column::KnockedAt).order_by_asc(session::Column::Sid);
        if let Some((at, sid)) = after {
            // One comparison of rows, so that an index answers it.
            let row = Expr::tuple([Expr::col(session::Column::KnockedAt), Expr::col(session::Column::Sid)]);
            select = select.filter(row.gt(Expr::tuple([Expr::value(*at), Expr::value(sid.as_str())])));
        }
        let rows: Vec<EndedRow> = select.limit(limit).into_model().all(&self.transaction).await?;
        let last = rows.last().map(|row| (row.knocked_at, row.sid.clone()));
        Ok((readable(rows), last))
    }

    /// Sign-ins after the row of this number, at most `limit`, in order.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn sign_ins(&self, after: i64, limit: u64) -> Result<Vec<SignIn>, StorageError> {
        let rows: Vec<NewsRow> = rows(&SIGN_INS, after, limit).into_model().all(&self.transaction).await?;
        Ok(rows.iter().map(SignIn::from).collect())
    }
}

impl Storage {
    /// What is new after the row of this number, in order, and the number of the last row; at most `limit`.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn news(&self, after: i64, limit: u64) -> Result<(Vec<News>, Option<i64>), StorageError> {
        let rows: Vec<NewsRow> = rows(&NEWS, after, limit).into_model().all(&self.database).await?;
        let last = rows.last().map(|row| row.seq);
        let news = rows.into_iter().filter_map(|row| {
            if DELETIONS.iter().any(|action| row.action == action.as_str()) {
                return Some(News::Deleted);
            }
            if SIGN_INS.iter().any(|action| row.action == action.as_str()) {
                return Some(News::SignIn(SignIn::from(&row)));
            }
            let news = match row.action {
                ended if ended == Action::SessionEnded.as_str() => News::Ended,
                reported if reported == Action::SessionReported.as_str() => News::Reported,
                _ => News::Said,
            };
            row.about.map(news)
        });
        Ok((news.collect(), last))
    }

    /// Those of these sessions that have ended.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn ended_of(&self, sids: BTreeSet<String>) -> Result<Vec<Ended>, StorageError> {
        if sids.is_empty() {
            return Ok(Vec::new());
        }
        let these = ended().filter(session::Column::Sid.is_in(sids));
        let rows: Vec<EndedRow> = these.into_model().all(&self.database).await?;
        Ok(readable(rows))
    }
}

fn ended() -> Select<session::Entity> {
    use session::Column::{
        AcceptedAt, Carried, CheckedAt, Device, EndReason, EndedAt, Felt, KnockedAt, OperatorId, Outcome, Sid, Solved,
        VerdictAt,
    };
    let times = [KnockedAt, AcceptedAt, VerdictAt, CheckedAt, EndedAt];
    let said = [Outcome, Solved, Felt];
    let rest = [Sid, OperatorId, Device, EndReason, Carried];
    session::Entity::find().select_only().columns(times).columns(said).columns(rest).filter(EndedAt.is_not_null())
}

fn rows(actions: &[Action], after: i64, limit: u64) -> Select<audit::Entity> {
    use audit::Column::{About, Action, At, Seq};
    audit::Entity::find()
        .select_only()
        .columns([Seq, At, Action, About])
        .filter(Action.is_in(actions.iter().map(|action| action.as_str())))
        .filter(Seq.gt(after))
        .order_by_asc(Seq)
        .limit(limit)
}

impl TryFrom<EndedRow> for Ended {
    type Error = StorageError;

    fn try_from(row: EndedRow) -> Result<Self, StorageError> {
        let end: EndReason = row.end_reason.and_then(word).ok_or(StorageError::Invalid("end of a session"))?;
        let carried = row.carried.map(|carried| word(carried).ok_or(StorageError::Invalid("carrier of a session")));
        let device = row.device.map(|device| device.parse().map_err(|_| StorageError::Invalid("number of a computer")));
        let attempt = Attempt {
            operator: row.operator_id.parse().map_err(|_| StorageError::Invalid("account id"))?,
            device: device.transpose()?,
            knocked_at: row.knocked_at,
            accepted_at: row.accepted_at,
            began_at: began_at(row.verdict_at, Some(end)),
            ended_at: row.ended_at.ok_or(StorageError::Invalid("end of a session"))?,
            checked: row.checked_at.is_some(),
            end,
            carried: carried.transpose()?,
            said: Said {
                outcome: row.outcome.and_then(word),
                rating: Rating { solved: row.solved, felt: row.felt.and_then(word) },
            },
        };
        Ok(Self { sid: row.sid, attempt })
    }
}

impl From<&NewsRow> for SignIn {
    fn from(row: &NewsRow) -> Self {
        Self {
            seq: row.seq,
            at: row.at,
            account: row.about.as_ref().and_then(|id| id.parse().ok()),
            refused: row.action == Action::SignInRefused.as_str(),
        }
    }
}

/// One row that another hand damaged must not cost all the figures; verifying the log finds it.
fn readable(rows: Vec<EndedRow>) -> Vec<Ended> {
    let read = |row: EndedRow| {
        let sid = row.sid.clone();
        let ended = Ended::try_from(row);
        ended.inspect_err(|error| tracing::error!(%error, sid, "a session can't be counted")).ok()
    };
    rows.into_iter().filter_map(read).collect()
}
