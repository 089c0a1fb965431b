//! Alerts that were raised, whether somebody has seen them, and where they are still to be sent.

use std::collections::BTreeMap;

use beside_broker_core::alarms::{Alert, AlertKind, Severity, Subject};
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::entity::alert;
use super::writing::Writing;
use super::{Storage, StorageError};
use crate::audit::event::PLACE;
use crate::audit::{Action, Actor, Event};

/// An alert, as it is read and sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AlertEntry {
    /// Its id.
    pub id: String,
    /// What kind of thing it is.
    #[schema(example = "repeated_failures")]
    pub kind: String,
    /// `notice`, `warning` or `critical`.
    #[schema(pattern = "^(notice|warning|critical)$")]
    pub severity: String,
    /// What it is about: `broker`, `account`, `unknown_name`, `place` or `certificate`.
    pub subject_kind: String,
    /// Which one: an account's id, an address, a certificate's name. Empty where there is only one.
    pub subject: String,
    /// The numbers that made it an alert, each named with its unit.
    #[schema(value_type = BTreeMap<String, i64>)]
    pub numbers: BTreeMap<String, i64>,
    /// How many of this kind and subject were not told since the last one.
    pub swallowed: u32,
    /// When, Unix milliseconds.
    pub at: i64,
    /// Who has seen it.
    pub seen_by: Option<String>,
    /// When, Unix milliseconds.
    pub seen_at: Option<i64>,
}

/// Which alerts somebody asks for, newest first.
#[derive(Debug, Default)]
pub struct AlertQuery {
    /// Only those that somebody, or nobody, has seen.
    pub seen: Option<bool>,
    /// Only this kind.
    pub kind: Option<AlertKind>,
    /// Only this bad.
    pub severity: Option<Severity>,
    /// After the alert with this time and id.
    pub after: Option<(i64, String)>,
    /// At most so many.
    pub limit: u64,
}

/// Where an alert is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By e-mail.
    Mail,
    /// To the webhook.
    Webhook,
}

/// What of an alert may be personal, as it is sealed.
#[derive(Serialize, Deserialize)]
struct Detail {
    subject_kind: String,
    subject: String,
    numbers: BTreeMap<String, i64>,
    swallowed: u32,
}

impl Storage {
    /// The alerts that a query asks for, newest first.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn alerts(&self, query: &AlertQuery) -> Result<Vec<AlertEntry>, StorageError> {
        let rows = alert::Entity::find()
            .filter(condition(query))
            .order_by_desc(alert::Column::At)
            .order_by_desc(alert::Column::Id)
            .limit(query.limit)
            .all(&self.database)
            .await?;
        self.opened(rows).await
    }

    /// Alerts that are still to be sent there, oldest first.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn alerts_due(&self, channel: Channel, limit: u64) -> Result<Vec<AlertEntry>, StorageError> {
        let rows = alert::Entity::find()
            .filter(due(channel).eq(true))
            .order_by_asc(alert::Column::At)
            .order_by_asc(alert::Column::Id)
            .limit(limit)
            .all(&self.database)
            .await?;
        self.opened(rows).await
    }

    /// How many alerts are still to be sent there.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn alerts_waiting(&self, channel: Channel) -> Result<u64, StorageError> {
        Ok(alert::Entity::find().filter(due(channel).eq(true)).count(&self.database).await?)
    }

    /// Notes that an alert was sent there, or never will be.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn alert_sent(&self, id: &str, channel: Channel) -> Result<(), StorageError> {
        let writing = self.writing().await?;
        alert::Entity::update_many()
            .col_expr(due(channel), Expr::value(false))
            .filter(alert::Column::Id.eq(id))
            .exec(writing.transaction())
            .await?;
        writing.commit().await
    }

    async fn opened(&self, rows: Vec<alert::Model>) -> Result<Vec<AlertEntry>, StorageError> {
        self.know_keys(rows.iter().map(|row| row.detail.as_str())).await?;
        rows.into_iter().map(|row| self.entry(row)).collect()
    }

    fn entry(&self, row: alert::Model) -> Result<AlertEntry, StorageError> {
        let detail = self.sealing.open(&row.detail, &detail_of(&row.id))?;
        let Detail { subject_kind, subject, numbers, swallowed } =
            serde_json::from_str(&detail).map_err(|_| StorageError::Invalid("alert"))?;
        Ok(AlertEntry {
            id: row.id,
            kind: row.kind,
            severity: row.severity,
            subject_kind,
            subject,
            numbers,
            swallowed,
            at: row.at,
            seen_by: row.seen_by,
            seen_at: row.seen_at,
        })
    }
}

impl Writing<'_> {
    /// Keeps an alert under this id, to be sent to `channels`.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn raise(&mut self, id: &str, alert: &Alert, channels: &[Channel]) -> Result<(), StorageError> {
        let numbers: BTreeMap<String, i64> =
            alert.numbers.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect();
        let detail = Detail {
            subject_kind: alert.subject.kind().to_owned(),
            subject: alert.subject.to_string(),
            numbers,
            swallowed: alert.swallowed,
        };
        let detail = serde_json::to_string(&detail).map_err(|_| StorageError::Invalid("alert"))?;
        let row = alert::ActiveModel {
            id: Set(id.to_owned()),
            kind: Set(alert.kind.as_str().to_owned()),
            severity: Set(alert.severity.as_str().to_owned()),
            detail: Set(self.seal(&detail, &detail_of(id))?),
            at: Set(alert.at),
            seen_by: Set(None),
            seen_at: Set(None),
            mail_due: Set(channels.contains(&Channel::Mail)),
            webhook_due: Set(channels.contains(&Channel::Webhook)),
        };
        alert::Entity::insert(row).exec_without_returning(self.transaction()).await?;
        let mut event = Event::new(Action::AlertRaised, Actor::Broker, alert.at)
            .with("alert", id)
            .with("kind", alert.kind.as_str())
            .with("severity", alert.severity.as_str());
        for (name, number) in &alert.numbers {
            event = event.with(name, *number);
        }
        let event = match &alert.subject {
            Subject::Account(account) => event.about(account.to_string()),
            Subject::Place(place) => event.personal(PLACE, place.to_string()),
            Subject::Broker | Subject::UnknownName | Subject::Certificate(_) => event,
        };
        self.log(event).await
    }

    /// Marks an alert as seen by an account. Says whether nobody had seen it before; nothing if there is no such alert.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn see_alert(&mut self, id: &str, by: &str, event: Event) -> Result<Option<bool>, StorageError> {
        let Some(found) = alert::Entity::find_by_id(id).one(self.transaction()).await? else { return Ok(None) };
        if found.seen_at.is_some() {
            return Ok(Some(false));
        }
        let row = alert::ActiveModel {
            id: Set(id.to_owned()),
            seen_by: Set(Some(by.to_owned())),
            seen_at: Set(Some(event.at)),
            ..Default::default()
        };
        row.update(self.transaction()).await?;
        self.log(event.with("alert", id)).await?;
        Ok(Some(true))
    }
}

/// What the sealed detail of an alert belongs to.
pub(super) fn detail_of(id: &str) -> String {
    format!("alert/{id}/detail")
}

const fn due(channel: Channel) -> alert::Column {
    match channel {
        Channel::Mail => alert::Column::MailDue,
        Channel::Webhook => alert::Column::WebhookDue,
    }
}

fn condition(query: &AlertQuery) -> Condition {
    let seen =
        query.seen.map(|seen| if seen { alert::Column::SeenAt.is_not_null() } else { alert::Column::SeenAt.is_null() });
    let after = query.after.as_ref().map(|(at, id)| {
        let same = alert::Column::At.eq(*at).and(alert::Column::Id.lt(id.as_str()));
        alert::Column::At.lt(*at).or(same)
    });
    Condition::all()
        .add_option(seen)
        .add_option(query.kind.map(|kind| alert::Column::Kind.eq(kind.as_str())))
        .add_option(query.severity.map(|severity| alert::Column::Severity.eq(severity.as_str())))
        .add_option(after)
}
