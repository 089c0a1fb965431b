//! Reading the audit log.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Condition, Expr, ExprTrait as _, Query};
use sea_orm::{ColumnTrait as _, EntityTrait as _, Order, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::entity::{audit, audit_personal};
use super::sessions::Person;
use super::writing::personal_of;
use super::{Storage, StorageError};

/// A row of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its place in the chain, from 1.
    pub seq: i64,
    /// Unix milliseconds, UTC.
    pub at: i64,
    /// The account that did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Person>,
    /// How it acted: `sign_in`, `token:ID`, `command_line`, `customer` or `broker`.
    pub via: String,
    /// What was done.
    pub action: String,
    /// Whose data or which thing it was about: an id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The name, if it is about an account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about_name: Option<String>,
    /// What else is known of it.
    pub detail: BTreeMap<String, Value>,
    /// The personal values that were not deleted yet, such as the place of access.
    pub personal: BTreeMap<String, String>,
}

/// Which rows somebody asks for.
#[derive(Debug, Default)]
pub struct AuditQuery {
    /// Only actions of this name, or of this family (`sign_in.`).
    pub action: Option<String>,
    /// Only what this account did.
    pub account: Option<String>,
    /// Only what is about this.
    pub about: Option<String>,
    /// At this time or later, Unix milliseconds.
    pub from: Option<i64>,
    /// Before this time, Unix milliseconds.
    pub before: Option<i64>,
    /// Only rows older than this one.
    pub after: Option<i64>,
    /// Oldest first, instead of newest first; `after` then means newer.
    pub ascending: bool,
    /// At most so many.
    pub limit: u64,
}

impl AuditQuery {
    /// Whether it asks for the rows of some time, without anything else that an index finds sooner. They are read in the
    /// order of their times, which is that of the log but where a clock was set back: sorting those of a week takes long.
    const fn is_of_a_time(&self) -> bool {
        let found_otherwise = self.action.is_some() || self.account.is_some() || self.about.is_some();
        (self.from.is_some() || self.before.is_some()) && !found_otherwise
    }
}

impl Storage {
    /// The rows that a query asks for.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn audit(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>, StorageError> {
        let mut select = audit::Entity::find().filter(condition(query)).limit(query.limit);
        let order = if query.ascending { Order::Asc } else { Order::Desc };
        if query.is_of_a_time() {
            select = select.order_by(audit::Column::At, order.clone());
        }
        select = select.order_by(audit::Column::Seq, order);
        let rows = select.all(&self.database).await?;
        let mut personal: BTreeMap<i64, BTreeMap<String, String>> = BTreeMap::new();
        let of_rows = audit_personal::Column::Seq.is_in(rows.iter().map(|row| row.seq));
        let values = audit_personal::Entity::find().filter(of_rows).all(&self.database).await?;
        self.know_keys(values.iter().map(|value| value.value.as_str())).await?;
        for value in values {
            let plain = self.sealing.open(&value.value, &personal_of(value.seq, &value.field))?;
            personal.entry(value.seq).or_default().insert(value.field, plain.as_str().to_owned());
        }
        let ids = rows.iter().flat_map(|row| [row.account_id.as_deref(), row.about.as_deref()]).flatten();
        let names = self.names(ids).await?;
        rows.into_iter()
            .map(|row| {
                let personal = personal.remove(&row.seq).unwrap_or_default();
                entry(row, personal, &names)
            })
            .collect()
    }
}

pub(super) fn condition(query: &AuditQuery) -> Condition {
    use audit::Column::{About, AccountId, Action, At, Seq};
    let mut all = Condition::all();
    if let Some(action) = &query.action {
        // By name, since what lies between two texts is for each database's collation to say; an index answers it.
        let named = |name: &&str| *name == action || action.ends_with('.') && name.starts_with(action.as_str());
        all = all.add(Action.is_in(crate::audit::Action::ALL.iter().map(|action| action.as_str()).filter(named)));
    }
    if let Some(account) = &query.account {
        all = all.add(AccountId.eq(account.as_str()));
    }
    if let Some(about) = &query.about {
        all = all.add(About.eq(about.as_str()));
    }
    if let Some(from) = query.from {
        all = all.add(At.gte(from));
    }
    if let Some(before) = query.before {
        all = all.add(At.lt(before));
    }
    if let Some(after) = query.after.filter(|_| query.is_of_a_time()) {
        let at = Query::select().column(At).from(audit::Entity).and_where(Seq.eq(after)).to_owned();
        let row = Expr::tuple([Expr::col(At), Expr::col(Seq)]);
        let last = Expr::tuple([Expr::SubQuery(None, Box::new(at.into())), Expr::value(after)]);
        all = all.add(if query.ascending { row.gt(last) } else { row.lt(last) });
    } else if let Some(after) = query.after {
        all = all.add(if query.ascending { Seq.gt(after) } else { Seq.lt(after) });
    }
    all
}

/// What of a line is not in a column of its own.
#[derive(serde::Deserialize)]
struct Rest {
    via: String,
    #[serde(default)]
    detail: BTreeMap<String, Value>,
}

fn entry(
    row: audit::Model,
    personal: BTreeMap<String, String>,
    names: &BTreeMap<String, String>,
) -> Result<AuditEntry, StorageError> {
    let rest: Rest = serde_json::from_str(&row.line).map_err(|_| StorageError::Invalid("audit row"))?;
    Ok(AuditEntry {
        seq: row.seq,
        at: row.at,
        account: row.account_id.map(|id| Person { name: names.get(&id).cloned().unwrap_or_default(), id }),
        via: rest.via,
        action: row.action,
        about_name: row.about.as_ref().and_then(|about| names.get(about).cloned()),
        about: row.about,
        detail: rest.detail,
        personal,
    })
}
