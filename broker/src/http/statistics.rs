//! `GET /api/v1/statistics`: what became of sessions in a period, for graphs.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use actix_web::web;
use beside_broker_core::hours::Zone;
use beside_broker_core::ledger::{self, PartKey, Query, QueryError};
use beside_protocol::ErrorCode;
use beside_protocol::api::Role;
use beside_protocol::ids::OperatorId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{Caller, Identity, narrowed};
use super::{Refusal, Shared};
use crate::statistics::StatisticsError;
use crate::storage::records::text;
use crate::storage::sessions::Person;

/// When to ask again while the statistics are loaded.
const LOADING: Duration = Duration::from_secs(2);

/// Which sessions, and how they are put together.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// Knocked at this time or later, Unix milliseconds.
    from: i64,
    /// Knocked before this time, Unix milliseconds.
    before: i64,
    /// How long a bucket is by the calendar; weeks begin on Monday.
    #[param(inline)]
    bucket: Bucket,
    /// The IANA time zone of the calendar, UTC without it.
    zone: Option<String>,
    /// Only this operator's.
    #[param(value_type = Option<String>)]
    operator: Option<OperatorId>,
    /// Only those of this group's members.
    group: Option<String>,
    /// Only sessions of the customer's computer of this number, also as a person types it, and no sign-ins; `none`: those of
    /// computers without a number.
    device: Option<String>,
    /// By what it is split into parts, too.
    #[serde(default)]
    #[param(inline)]
    split: Split,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Bucket {
    Hour,
    Day,
    Week,
    Month,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Split {
    #[default]
    Nothing,
    Operator,
    Group,
    Customer,
}

/// Figures of a period. All times are Unix milliseconds, UTC.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Statistics {
    /// From when on everything is counted, if older days are not any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    counted_since: Option<i64>,
    /// The whole period.
    total: Figures,
    /// Bucket by bucket.
    buckets: Vec<BucketFigures>,
    /// Knocks by day of the week, seven from Monday on, and by hour, 24 each.
    week: Vec<Vec<u64>>,
    /// The period of equal length before.
    earlier: Figures,
    /// The same for each operator or group that has any; by customer, the 50 computers with most sessions, most first, then what
    /// is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<PartFigures>>,
}

/// One bucket.
#[derive(Debug, Serialize, ToSchema)]
struct BucketFigures {
    /// When it begins.
    from: i64,
    /// When the next one does.
    before: i64,
    /// What became of its sessions.
    figures: Figures,
}

/// The figures of an account, a group or a customer.
#[derive(Debug, Serialize, ToSchema)]
struct PartFigures {
    /// Whose. A member of several groups counts in each. A customer's id is the number of the computer, and the name the one
    /// last given there to an operator whom the caller sees; empty if there was none, and for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<Person>,
    /// Whose it is if it is nobody's in particular.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    rest: Option<Rest>,
    /// The whole period.
    total: Figures,
    /// Bucket by bucket, as those of all; none of a customer's.
    buckets: Vec<Figures>,
}

/// What a part is of that is nobody's in particular.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Rest {
    /// Accounts without a group.
    NoGroup,
    /// The computers that have no part of their own.
    OtherDevices,
    /// Computers without a number.
    NoDevice,
}

/// What became of sessions.
#[derive(Debug, Serialize, ToSchema)]
struct Figures {
    /// Sessions and attempts that have ended.
    sessions: u64,
    /// Of them, those whose operator accepted.
    accepted: u64,
    /// Of them, those whose customer accepted too.
    began: u64,
    /// Those whose check number matched.
    checked: u64,
    /// How they ended: reasons and how often.
    ends: BTreeMap<String, u64>,
    /// How long customers waited for the operator to accept.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<Spread>,
    /// How long sessions lasted, from the customer's yes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<Spread>,
    /// Sessions that came to a direct path and stayed on such. Every session begins on the relay; that doesn't count.
    direct: u64,
    /// Sessions that were relayed all the time.
    relayed: u64,
    /// Sessions that came to a direct path and had to be relayed again.
    both: u64,
    /// What operators say came of them.
    outcomes: Outcomes,
    /// What customers say of them; each answers what it likes.
    ratings: Ratings,
    /// How many computers of customers there were, those without a number left out; only of whole periods of all that was asked
    /// for.
    #[serde(skip_serializing_if = "Option::is_none")]
    customers: Option<u64>,
    /// Sign-ins of any account.
    sign_ins: u64,
    /// Sign-ins that were refused. Those under names that no account has are counted where nothing is left out.
    sign_ins_refused: u64,
}

/// What operators say came of sessions.
#[derive(Debug, Serialize, ToSchema)]
struct Outcomes {
    solved: u64,
    call_back: u64,
    unsolved: u64,
}

/// What customers say of sessions: whether the problem is solved, and how it was.
#[derive(Debug, Serialize, ToSchema)]
struct Ratings {
    solved: u64,
    not_solved: u64,
    good: u64,
    fair: u64,
    poor: u64,
}

/// Milliseconds, by nearest rank.
#[derive(Debug, Serialize, ToSchema)]
struct Spread {
    /// Half of them are not longer.
    median_ms: u32,
    /// Nine of ten are not longer.
    p90_ms: u32,
}

/// Figures of sessions: a supervisor's groups', or all. A session counts where its knock was. While the broker loads them
/// after a start the answer is `overloaded` for the reason `statistics_loading`.
#[utoipa::path(get, path = "/statistics", tag = "statistics", params(Asked), responses((status = 200, body = Statistics)))]
pub(super) async fn get(
    shared: web::Data<Shared>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<web::Json<Statistics>, Refusal> {
    let asked = asked.into_inner();
    let zone = Zone::parse(asked.zone.as_deref().unwrap_or("UTC"));
    let zone = zone.map_err(|error| Refusal::because(ErrorCode::MessageMalformed, [error.as_str()]))?;
    let device = asked.device.as_deref().map(str::parse).transpose();
    let computer = device.map_err(|_| Refusal::because(ErrorCode::MessageMalformed, ["device"]))?;
    let accounts = accounts(&asked, &caller, &shared);
    let groups = groups(&caller, &shared);
    let current = shared.statistics.current().await.map_err(|error| match error {
        StatisticsError::Loading => {
            Refusal { retry_after: Some(LOADING), ..Refusal::because(ErrorCode::Overloaded, ["statistics_loading"]) }
        }
        StatisticsError::Storage(error) => error.into(),
    })?;
    let split = asked.split;
    // A walk through a million rows is too long for a thread that others wait for.
    let answered = web::block(move || {
        let ledger = current.ledger()?;
        let query = Query {
            zone: &zone,
            step: asked.bucket.into(),
            from: asked.from,
            before: asked.before,
            accounts: accounts.as_ref(),
            computer,
            split: match split {
                Split::Nothing => ledger::Split::Nothing,
                Split::Operator => ledger::Split::Accounts,
                Split::Group => ledger::Split::Groups(&groups),
                Split::Customer => ledger::Split::Devices,
            },
        };
        Some((ledger.ask(&query), ledger.since()))
    });
    let (answer, since) = answered.await.ok().flatten().ok_or(ErrorCode::Internal)?;
    let answer = answer.map_err(|error| match error {
        QueryError::Period => Refusal::because(ErrorCode::MessageMalformed, ["period"]),
        QueryError::TooMuch => Refusal::because(ErrorCode::MessageMalformed, ["too_many_buckets"]),
    })?;
    let parts = match split {
        Split::Nothing => None,
        Split::Operator | Split::Group => Some(parts(answer.parts, &shared).await?),
        Split::Customer => Some(customers(answer.parts, &caller, &shared).await?),
    };
    let edges = answer.edges.windows(2).zip(answer.whole.buckets);
    let buckets = edges.filter_map(|(edge, figures)| match edge {
        [from, before] => Some(BucketFigures { from: *from, before: *before, figures: figures.into() }),
        _ => None,
    });
    Ok(web::Json(Statistics {
        counted_since: since,
        total: answer.whole.total.into(),
        buckets: buckets.collect(),
        week: answer.week.iter().map(|day| day.to_vec()).collect(),
        earlier: answer.earlier.into(),
        parts,
    }))
}

/// The accounts that are asked for, as far as the caller may see them; all without a set.
fn accounts(asked: &Asked, caller: &Caller, shared: &Shared) -> Option<BTreeSet<OperatorId>> {
    narrowed(caller.sees(shared), asked.operator.clone(), asked.group.as_deref(), &shared.rules())
}

/// Who is in which groups now, as far as the caller may see them.
fn groups(caller: &Caller, shared: &Shared) -> BTreeMap<OperatorId, BTreeSet<String>> {
    let rules = shared.rules();
    let own = match &caller.identity {
        Identity::SignIn { id, role: Role::Supervisor, .. } => Some(rules.memberships.get(id)),
        Identity::SignIn { .. } | Identity::Token { .. } => None,
    };
    let seen = rules.memberships.iter().map(|(id, groups)| {
        let seen = groups.iter().filter(|group| own.is_none_or(|own| own.is_some_and(|own| own.contains(*group))));
        (id.clone(), seen.cloned().collect())
    });
    seen.collect()
}

/// The parts of accounts or groups with names, in the order of these.
async fn parts(parts: Vec<ledger::Part>, shared: &Shared) -> Result<Vec<PartFigures>, Refusal> {
    let storage = &shared.exchange.storage;
    let ids = parts.iter().filter_map(|part| match &part.key {
        PartKey::Account(id) => Some(id.as_str()),
        PartKey::Group(_) | PartKey::NoGroup | PartKey::Device(_) | PartKey::OtherDevices | PartKey::NoDevice => None,
    });
    let mut names = storage.names(ids).await?;
    names.extend(storage.groups().await?.into_iter().map(|group| (group.id, group.name)));
    let mut parts: Vec<_> = parts.into_iter().map(|part| PartFigures::of(part, &names)).collect();
    parts.sort_by(|a, b| a.of.as_ref().map(|of| &of.name).cmp(&b.of.as_ref().map(|of| &of.name)));
    Ok(parts)
}

/// The parts of customers, with the names that people may read, which is logged. A program that may read statistics may not
/// read names.
async fn customers(parts: Vec<ledger::Part>, caller: &Caller, shared: &Shared) -> Result<Vec<PartFigures>, Refusal> {
    let mut names = BTreeMap::new();
    if let Identity::SignIn { .. } = caller.identity {
        let devices = parts.iter().filter_map(|part| match &part.key {
            PartKey::Device(device) => Some(*device),
            PartKey::Account(_) | PartKey::Group(_) | PartKey::NoGroup | PartKey::OtherDevices | PartKey::NoDevice => {
                None
            }
        });
        names = shared.exchange.storage.names_at(devices, caller.sees(shared).as_ref()).await?;
        caller.has_read(names.len(), [("what", "customer_names")], shared).await?;
    }
    Ok(parts.into_iter().map(|part| PartFigures::of(part, &names)).collect())
}

impl PartFigures {
    fn of(part: ledger::Part, names: &BTreeMap<String, String>) -> Self {
        let (id, rest) = match part.key {
            PartKey::Account(id) => (Some(id.to_string()), None),
            PartKey::Group(id) => (Some(id), None),
            PartKey::Device(id) => (Some(id.to_string()), None),
            PartKey::NoGroup => (None, Some(Rest::NoGroup)),
            PartKey::OtherDevices => (None, Some(Rest::OtherDevices)),
            PartKey::NoDevice => (None, Some(Rest::NoDevice)),
        };
        Self {
            of: id.map(|id| Person { name: names.get(&id).cloned().unwrap_or_default(), id }),
            rest,
            total: part.series.total.into(),
            buckets: part.series.buckets.into_iter().map(Figures::from).collect(),
        }
    }
}

impl From<Bucket> for ledger::Step {
    fn from(bucket: Bucket) -> Self {
        match bucket {
            Bucket::Hour => Self::Hour,
            Bucket::Day => Self::Day,
            Bucket::Week => Self::Week,
            Bucket::Month => Self::Month,
        }
    }
}

impl From<ledger::Figures> for Figures {
    fn from(figures: ledger::Figures) -> Self {
        let (outcomes, ratings) = (figures.outcomes, figures.ratings);
        let spread = |spread: ledger::Spread| Spread { median_ms: spread.median, p90_ms: spread.p90 };
        Self {
            sessions: figures.sessions,
            accepted: figures.accepted,
            began: figures.began,
            checked: figures.checked,
            ends: figures.ends.into_iter().filter_map(|(end, count)| Some((text(end)?, count))).collect(),
            waiting: figures.waited.map(spread),
            duration: figures.lasted.map(spread),
            direct: figures.direct,
            relayed: figures.relayed,
            both: figures.both,
            outcomes: Outcomes { solved: outcomes.solved, call_back: outcomes.call_back, unsolved: outcomes.unsolved },
            ratings: Ratings {
                solved: ratings.solved,
                not_solved: ratings.not_solved,
                good: ratings.good,
                fair: ratings.fair,
                poor: ratings.poor,
            },
            customers: figures.customers,
            sign_ins: figures.sign_ins,
            sign_ins_refused: figures.sign_ins_refused,
        }
    }
}
