//! By what sessions are looked for: the same for the list and for the file.

use std::collections::BTreeSet;
use std::ops::Range;

use beside_audit::Id;
use beside_broker_core::hours::Zone;
use beside_broker_core::ledger::{Carried, Computer};
use beside_broker_core::name::PersonName;
use beside_protocol::ErrorCode;
use beside_protocol::afterwards::{Felt, Outcome, tag};
use beside_protocol::end::EndReason;
use beside_protocol::ids::OperatorId;

use super::super::caller::narrowed;
use super::super::export::loggable;
use super::super::{Refusal, Shared};
use crate::audit::Event;
use crate::audit::event::{DEVICE, NAME};
use crate::storage::records::text;
use crate::storage::session_lists::SessionQuery;

/// Weeks of a period that is searched for an hour of the week, at most: some twenty years.
const WEEKS_MAX: usize = 1_100;

/// Makes the struct of a query string that has these fields and those of [`Filters`]. (serde can't flatten a query string
/// into a struct of its own: all values would be texts.)
macro_rules! with_filters {
    ($(#[$about:meta])* $visible:vis struct $name:ident { $($own:tt)* }) => {
        $(#[$about])*
        #[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
        #[into_params(parameter_in = Query)]
        #[serde(deny_unknown_fields)]
        $visible struct $name {
            $($own)*
            /// Only this operator's.
            operator: Option<String>,
            /// Only those of this group's members.
            #[param(value_type = Option<String>)]
            group: Option<beside_audit::Id>,
            /// Knocked at this time or later, Unix milliseconds.
            #[param(minimum = 0, maximum = 9007199254740991i64)]
            from: Option<i64>,
            /// Knocked before this time, Unix milliseconds.
            #[param(minimum = 0, maximum = 9007199254740991i64)]
            before: Option<i64>,
            /// Only those that ended for this reason.
            #[param(value_type = Option<String>)]
            end: Option<beside_protocol::end::EndReason>,
            /// Only those of which the operator said that this came of them.
            #[param(inline)]
            outcome: Option<beside_protocol::afterwards::Outcome>,
            /// Only those with this tag.
            tag: Option<String>,
            /// Only those that the customer found so.
            #[param(inline)]
            felt: Option<beside_protocol::afterwards::Felt>,
            /// Only those whose customer gave a name with all these words, or this name but for its blanks.
            customer: Option<String>,
            /// Only those of the customer's computer of this number, also as a person types it; `none`: those of computers
            /// without a number.
            device: Option<String>,
            /// Only those that this carried; nothing carries what did not begin or still goes on.
            #[param(inline)]
            carried: Option<beside_broker_core::ledger::Carried>,
            /// Only those knocked on this day of the week, Monday being 0; with `hour`, `from` and `before`.
            #[param(maximum = 6)]
            weekday: Option<u8>,
            /// Only those knocked within this hour of the day; with `weekday`.
            #[param(maximum = 23)]
            hour: Option<u8>,
            /// The IANA time zone of `weekday` and `hour`, UTC without it.
            zone: Option<String>,
        }

        impl $name {
            fn filters(&self) -> $crate::http::sessions::filters::Filters<'_> {
                $crate::http::sessions::filters::Filters {
                    operator: self.operator.as_deref(),
                    group: self.group.as_ref(),
                    from: self.from,
                    before: self.before,
                    end: self.end,
                    outcome: self.outcome,
                    tag: self.tag.as_deref(),
                    felt: self.felt,
                    customer: self.customer.as_deref(),
                    device: self.device.as_deref(),
                    carried: self.carried,
                    weekday: self.weekday,
                    hour: self.hour,
                    zone: self.zone.as_deref(),
                }
            }
        }
    };
}

pub(in super::super) use with_filters;

/// The filters as they were asked for; see [`with_filters`].
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Filters<'a> {
    pub(in super::super) operator: Option<&'a str>,
    pub(in super::super) group: Option<&'a Id>,
    pub(in super::super) from: Option<i64>,
    pub(in super::super) before: Option<i64>,
    pub(in super::super) end: Option<EndReason>,
    pub(in super::super) outcome: Option<Outcome>,
    pub(in super::super) tag: Option<&'a str>,
    pub(in super::super) felt: Option<Felt>,
    pub(in super::super) customer: Option<&'a str>,
    pub(in super::super) device: Option<&'a str>,
    pub(in super::super) carried: Option<Carried>,
    pub(in super::super) weekday: Option<u8>,
    pub(in super::super) hour: Option<u8>,
    pub(in super::super) zone: Option<&'a str>,
}

impl Filters<'_> {
    /// The query of those of them whose operators `sees` names.
    ///
    /// # Errors
    /// [`ErrorCode::MessageMalformed`] for what can't be looked for.
    pub(in super::super) fn query(
        &self,
        sees: Option<BTreeSet<OperatorId>>,
        shared: &Shared,
    ) -> Result<SessionQuery, Refusal> {
        loggable([self.from, self.before])?;
        let only: Option<OperatorId> =
            self.operator.map(str::parse).transpose().map_err(|_| ErrorCode::MessageMalformed)?;
        let device: Option<Computer> = self.device.map(str::parse).transpose().map_err(|_| malformed("device"))?;
        let named = |name| PersonName::tidy(name).ok_or_else(|| malformed("customer"));
        let customer = self.customer.map(named).transpose()?;
        Ok(SessionQuery {
            operators: narrowed(sees, only, self.group.map(Id::as_str), &shared.rules()),
            from: self.from,
            before: self.before,
            end: self.end,
            outcome: self.outcome,
            tag: self.tag.map(tag).transpose().map_err(|_| ErrorCode::MessageMalformed)?,
            felt: self.felt,
            customer,
            device,
            carried: self.carried,
            within: self.hour_of_week()?,
            ..SessionQuery::default()
        })
    }

    fn hour_of_week(&self) -> Result<Option<Vec<Range<i64>>>, Refusal> {
        let (weekday, hour) = match (self.weekday, self.hour) {
            (None, None) if self.zone.is_none() => return Ok(None),
            (Some(weekday @ 0..=6), Some(hour @ 0..=23)) => (weekday, hour),
            (_, _) => return Err(malformed("hour_of_week")),
        };
        let (from, before) = self.from.zip(self.before).ok_or_else(|| malformed("hour_of_week"))?;
        let zone = Zone::parse(self.zone.unwrap_or("UTC")).map_err(|error| malformed(error.as_str()))?;
        let hours = zone.hours_of_week(weekday, hour, from..before).ok_or_else(|| malformed("period"))?;
        let hours: Vec<_> = hours.take(WEEKS_MAX + 1).collect();
        if hours.len() > WEEKS_MAX { Err(malformed("period")) } else { Ok(Some(hours)) }
    }

    /// What the log says of them. What the customer is called, and whose computer it is, is personal.
    pub(in super::super) fn logged(&self, event: Event) -> Event {
        let event = event
            .with_some("operator", self.operator)
            .with_some("group", self.group.map(Id::as_str))
            .with_some("from", self.from)
            .with_some("before", self.before)
            .with_some("end", self.end.and_then(text))
            .with_some("outcome", self.outcome.and_then(text))
            .with_some("tag", self.tag)
            .with_some("felt", self.felt.and_then(text))
            .with_some("carried", self.carried.and_then(text))
            .with_some("weekday", self.weekday.map(i64::from))
            .with_some("hour", self.hour.map(i64::from))
            .with_some("zone", self.zone);
        let personal = [(NAME, self.customer), (DEVICE, self.device)];
        let personal = personal.into_iter().filter_map(|(field, value)| Some((field, value?)));
        personal.fold(event, |event, (field, value)| event.personal(field, value))
    }
}

fn malformed(reason: &'static str) -> Refusal {
    Refusal::because(ErrorCode::MessageMalformed, [reason])
}
