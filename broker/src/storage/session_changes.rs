//! What happens to the row of a session after it began: in the row itself while the change that began it goes on, with a
//! statement afterwards. Wherever it may tell anew what carried the session, that is written too.

use beside_broker_core::effect::Side;
use sea_orm::sea_query::{BinOper, Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, UpdateMany};

use super::StorageError;
use super::carried::Course;
use super::entity::session;
use super::writing::Writing;

/// Of texts, in every SQL.
const CONCATENATE: BinOper = BinOper::Custom("||");

/// What happens to the row of a session. Times are Unix milliseconds.
pub(super) enum Change {
    /// The customer gave a name, which is sealed.
    Named(String),
    /// The operator accepted, at this sealed address.
    Accepted { address: String, at: i64 },
    /// The customer decided. The first of the two sides to say it dates it.
    Decided(i64),
    /// The check number matched. The first of the two sides to say it dates it.
    Checked(i64),
    /// A right began.
    Granted(String),
    /// A side moved to a path.
    Moved(Side, String),
    /// It ended.
    Ended { at: i64, by: Option<String>, reason: Option<String>, error: Option<String> },
    /// The two sides told different stories.
    Differs,
    /// The operator said something of it: outcome, tags, and a note, which is sealed.
    Noted { outcome: Option<String>, tags: Option<String>, note: Option<String> },
    /// The customer rated it.
    Rated { solved: Option<bool>, felt: Option<String> },
}

/// The word for a path in the column of the paths.
fn moved(side: Side, path: &str) -> String {
    format!("{}:{path} ", side.as_str())
}

impl Change {
    fn apply(self, row: &mut session::Model) {
        match self {
            Self::Named(name) => row.customer_name = Some(name),
            Self::Accepted { address, at } => {
                (row.operator_address, row.accepted_at) = (Some(address), Some(at));
            }
            Self::Decided(at) => row.verdict_at = row.verdict_at.or(Some(at)),
            Self::Checked(at) => row.checked_at = row.checked_at.or(Some(at)),
            Self::Granted(right) => row.granted += &(right + " "),
            Self::Moved(side, path) => row.paths += &moved(side, &path),
            Self::Ended { at, by, reason, error } => {
                (row.ended_at, row.end_by, row.end_reason, row.end_error) = (Some(at), by, reason, error);
            }
            Self::Differs => row.differs = true,
            Self::Noted { outcome, tags, note } => (row.outcome, row.tags, row.note) = (outcome, tags, note),
            Self::Rated { solved, felt } => (row.solved, row.felt) = (solved, felt),
        }
    }

    /// Whether it may tell anew what carried the session.
    const fn carries(&self) -> bool {
        match self {
            Self::Decided(_) | Self::Moved(..) | Self::Ended { .. } => true,
            Self::Named(_)
            | Self::Accepted { .. }
            | Self::Checked(_)
            | Self::Granted(_)
            | Self::Differs
            | Self::Noted { .. }
            | Self::Rated { .. } => false,
        }
    }

    fn statement(self) -> UpdateMany<session::Entity> {
        use session::Column;
        let update = session::Entity::update_many();
        let append = |column: Column, word: String| Expr::col(column).binary(CONCATENATE, word);
        match self {
            Self::Named(name) => update.col_expr(Column::CustomerName, name.into()),
            Self::Accepted { address, at } => {
                update.col_expr(Column::OperatorAddress, address.into()).col_expr(Column::AcceptedAt, at.into())
            }
            Self::Decided(at) => update.col_expr(Column::VerdictAt, at.into()).filter(Column::VerdictAt.is_null()),
            Self::Checked(at) => update.col_expr(Column::CheckedAt, at.into()).filter(Column::CheckedAt.is_null()),
            Self::Granted(right) => update.col_expr(Column::Granted, append(Column::Granted, right + " ")),
            Self::Moved(side, path) => update.col_expr(Column::Paths, append(Column::Paths, moved(side, &path))),
            Self::Ended { at, by, reason, error } => update
                .col_expr(Column::EndedAt, at.into())
                .col_expr(Column::EndBy, by.into())
                .col_expr(Column::EndReason, reason.into())
                .col_expr(Column::EndError, error.into()),
            Self::Differs => update.col_expr(Column::Differs, true.into()),
            Self::Noted { outcome, tags, note } => update
                .col_expr(Column::Outcome, outcome.into())
                .col_expr(Column::Tags, tags.into())
                .col_expr(Column::Note, note.into()),
            Self::Rated { solved, felt } => {
                update.col_expr(Column::Solved, solved.into()).col_expr(Column::Felt, felt.into())
            }
        }
    }
}

impl Writing<'_> {
    /// Changes the row of a session.
    pub(super) async fn change_session(&mut self, sid: &str, change: Change) -> Result<(), StorageError> {
        if let Some(row) = self.pending.session(sid) {
            change.apply(row);
            row.carried = Course::from(&*row).carried();
            return Ok(());
        }
        let carries = change.carries();
        change.statement().filter(session::Column::Sid.eq(sid)).exec(self.transaction()).await?;
        if carries { self.carry(sid).await } else { Ok(()) }
    }

    /// Writes what carried a session, if it has ended.
    async fn carry(&self, sid: &str) -> Result<(), StorageError> {
        let ended = session::Entity::find_by_id(sid).filter(session::Column::EndedAt.is_not_null());
        let Some(row) = ended.one(self.transaction()).await? else { return Ok(()) };
        session::Entity::update_many()
            .col_expr(session::Column::Carried, Course::from(&row).carried().into())
            .filter(session::Column::Sid.eq(sid))
            .exec(self.transaction())
            .await?;
        Ok(())
    }
}
