//! Lists of sessions, newest first, page by page. A page costs little however many sessions there are, since what narrows a
//! list most is an index in the order of the list.

use std::collections::BTreeSet;
use std::ops::Range;

use beside_broker_core::ledger::{Carried, Computer};
use beside_broker_core::name::PersonName;
use beside_protocol::afterwards::{Felt, Outcome};
use beside_protocol::end::EndReason;
use beside_protocol::ids::OperatorId;
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, Order as Direction, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};

use super::entity::{session, session_name, session_tag};
use super::records::text;
use super::sessions::{SessionEntry, sealed};
use super::{Storage, StorageError};

/// Times that one statement looks through: enough that few statements fill a page, few enough that not much more is read
/// than a page has.
const TIMES: usize = 8;

/// Which sessions somebody asks for, newest first.
#[derive(Debug, Default)]
pub struct SessionQuery {
    /// Only these operators'.
    pub operators: Option<BTreeSet<OperatorId>>,
    /// Knocked at this time or later, Unix milliseconds.
    pub from: Option<i64>,
    /// Knocked before this time, Unix milliseconds.
    pub before: Option<i64>,
    /// Only those that ended so.
    pub end: Option<EndReason>,
    /// Only those of which the operator says that this came of them.
    pub outcome: Option<Outcome>,
    /// Only those with this tag.
    pub tag: Option<String>,
    /// Only those that the customer found so.
    pub felt: Option<Felt>,
    /// Only those whose customer's name has these words, or is this one but for blanks.
    pub customer: Option<PersonName>,
    /// Only those of this computer.
    pub device: Option<Computer>,
    /// Only those that this carried.
    pub carried: Option<Carried>,
    /// Only those knocked within one of these times, Unix milliseconds in order.
    pub within: Option<Vec<Range<i64>>>,
    /// After the session with this time and id.
    pub after: Option<(i64, String)>,
    /// At most so many.
    pub limit: u64,
}

/// Where a list's order is read: beside the sessions, or beside the words of their customers' names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Order {
    Sessions,
    Names,
}

impl Order {
    fn at(self) -> Expr {
        match self {
            Self::Sessions => Expr::col((session::Entity, session::Column::KnockedAt)),
            Self::Names => Expr::col((session_name::Entity, session_name::Column::KnockedAt)),
        }
    }

    fn sid(self) -> Expr {
        match self {
            Self::Sessions => Expr::col((session::Entity, session::Column::Sid)),
            Self::Names => Expr::col((session_name::Entity, session_name::Column::Sid)),
        }
    }
}

impl Storage {
    /// The sessions that a query asks for, newest first.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn sessions(&self, query: &SessionQuery) -> Result<Vec<SessionEntry>, StorageError> {
        let rows = match &query.customer {
            None => self.page(session::Entity::find(), Order::Sessions, query).await?,
            Some(name) => self.page_by_name(name, query).await?,
        };
        self.know_keys(rows.iter().flat_map(sealed)).await?;
        let names = self.names(rows.iter().map(|row| row.operator_id.as_str())).await?;
        rows.into_iter().map(|row| self.session_entry(row, &names)).collect()
    }

    /// Those whose customer's name has all words of this one, or is this one but for blanks.
    async fn page_by_name(&self, name: &PersonName, query: &SessionQuery) -> Result<Vec<session::Model>, StorageError> {
        let mut rows = Vec::new();
        for select in self.found_by_name(name).await? {
            rows.extend(self.page(select, Order::Names, query).await?);
        }
        rows.sort_unstable_by(|a, b| (b.knocked_at, &b.sid).cmp(&(a.knocked_at, &a.sid)));
        rows.dedup_by(|a, b| a.sid == b.sid);
        rows.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
        Ok(rows)
    }

    async fn page(
        &self,
        select: Select<session::Entity>,
        order: Order,
        query: &SessionQuery,
    ) -> Result<Vec<session::Model>, StorageError> {
        let select = select
            .filter(condition(query, order))
            .order_by(order.at(), Direction::Desc)
            .order_by(order.sid(), Direction::Desc);
        let Some(times) = &query.within else { return Ok(select.limit(query.limit).all(&self.database).await?) };
        let after = query.after.as_ref().map_or(i64::MAX, |(at, _)| *at);
        let times = times.get(..times.partition_point(|time| time.start <= after)).unwrap_or_default();
        let mut rows = Vec::new();
        for times in times.rchunks(TIMES) {
            let left = query.limit.saturating_sub(rows.len() as u64);
            if left == 0 {
                break;
            }
            let within = |time: &Range<i64>| order.at().gte(time.start).and(order.at().lt(time.end));
            let within = times.iter().map(within).fold(Condition::any(), Condition::add);
            rows.extend(select.clone().filter(within).limit(left).all(&self.database).await?);
        }
        Ok(rows)
    }
}

/// What is asked of the rows themselves, and of the columns that a list is in the order of.
fn condition(query: &SessionQuery, order: Order) -> Condition {
    use session::Column::{OperatorId, Sid};
    let mut all = Condition::all();
    if let Some(operators) = &query.operators {
        all = all.add(OperatorId.is_in(operators.iter().map(beside_protocol::ids::OperatorId::as_str)));
    }
    if let Some(from) = query.from {
        all = all.add(order.at().gte(from));
    }
    if let Some(before) = query.before {
        all = all.add(order.at().lt(before));
    }
    if let Some(end) = query.end {
        all = all.add(session::Column::EndReason.eq(text(end)));
    }
    if let Some(outcome) = query.outcome {
        all = all.add(session::Column::Outcome.eq(text(outcome)));
    }
    if let Some(tag) = &query.tag {
        let tagged = Query::select()
            .column(session_tag::Column::Sid)
            .from(session_tag::Entity)
            .and_where(session_tag::Column::Tag.eq(tag.as_str()))
            .to_owned();
        all = all.add(Sid.in_subquery(tagged));
    }
    if let Some(felt) = query.felt {
        all = all.add(session::Column::Felt.eq(text(felt)));
    }
    match query.device {
        Some(Computer::Numbered(device)) => all = all.add(session::Column::Device.eq(device.to_string())),
        Some(Computer::Unnumbered) => all = all.add(session::Column::Device.is_null()),
        None => {}
    }
    if let Some(carried) = query.carried {
        all = all.add(session::Column::Carried.eq(text(carried)));
    }
    if let Some((at, sid)) = &query.after {
        // One comparison of rows, so that an index answers it.
        let row = Expr::tuple([order.at(), order.sid()]);
        all = all.add(row.lt(Expr::tuple([Expr::value(*at), Expr::value(sid.as_str())])));
    }
    all
}
