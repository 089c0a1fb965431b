//! What administrators set: the policy.

use beside_broker_core::address_rules::Unlisted;
use beside_broker_core::alarms::Thresholds;
use beside_protocol::afterwards::tag;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::entity::setting;
use super::writing::Writing;
use super::{Storage, StorageError};
use crate::audit::Event;
use crate::credentials::passwords::{MINIMUM_LENGTH_LEAST, MINIMUM_LENGTH_MOST, PasswordRules};

const POLICY: &str = "policy";
/// The log is kept this long at least, in days.
pub const RETENTION_LEAST: u32 = 365;
/// And this long at most.
pub const RETENTION_MOST: u32 = 3_650;
/// Tags of the house, at most.
const TAGS_MOST: usize = 40;

/// The rules of the house that administrators set. What is not set has its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Which passwords people may choose.
    pub passwords: PasswordRules,
    /// Whether everybody needs a second factor, not administrators alone.
    pub second_factor_for_all: bool,
    /// Whether an account without any listed address, of its own or of its groups, may sign in from anywhere.
    #[schema(value_type = String, example = "admitted", pattern = "^(admitted|refused)$")]
    pub unlisted_addresses: Unlisted,
    /// Days for which the log is kept, 365 at least.
    #[schema(minimum = 365, maximum = 3650)]
    pub log_days: u32,
    /// Days for which personal data (addresses and names of customers) is kept in the log.
    #[schema(minimum = 1, maximum = 3650)]
    pub personal_days: u32,
    /// Days after which the name of an ended account is replaced.
    #[schema(minimum = 1, maximum = 3650)]
    pub ended_account_days: u32,
    /// The words of the house for what a session was about, in the order in which operators are offered them: 40 at most,
    /// each of up to 90 bytes of UTF-8.
    #[schema(max_items = 40)]
    pub tags: Vec<String>,
    /// From when on something is worth an alert, and which alerts block.
    pub alerts: Thresholds,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            passwords: PasswordRules::default(),
            second_factor_for_all: false,
            unlisted_addresses: Unlisted::Admitted,
            log_days: 730,
            personal_days: 730,
            ended_account_days: 30,
            tags: Vec::new(),
            alerts: Thresholds::default(),
        }
    }
}

impl Policy {
    /// Whether every number is within its bounds.
    ///
    /// # Errors
    /// The name of the first that is not.
    pub fn check(&self) -> Result<(), &'static str> {
        let length = self.passwords.minimum_length;
        if !(MINIMUM_LENGTH_LEAST..=MINIMUM_LENGTH_MOST).contains(&length) {
            return Err("passwords.minimum_length");
        }
        if !(RETENTION_LEAST..=RETENTION_MOST).contains(&self.log_days) {
            return Err("log_days");
        }
        if !(1..=RETENTION_MOST).contains(&self.personal_days) {
            return Err("personal_days");
        }
        if !(1..=RETENTION_MOST).contains(&self.ended_account_days) {
            return Err("ended_account_days");
        }
        let kept = |text: &String| tag(text).is_ok_and(|tag| tag == *text);
        if self.tags.len() > TAGS_MOST || !self.tags.iter().all(kept) {
            return Err("tags");
        }
        self.alerts.check()
    }
}

impl Storage {
    /// The policy as it stands.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn policy(&self) -> Result<Policy, StorageError> {
        match setting::Entity::find_by_id(POLICY).one(&self.database).await? {
            Some(row) => serde_json::from_str(&row.value).map_err(|_| StorageError::Invalid("policy")),
            None => Ok(Policy::default()),
        }
    }
}

impl Writing<'_> {
    /// Sets the policy.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn set_policy(&mut self, policy: &Policy, event: Event) -> Result<(), StorageError> {
        let value = serde_json::to_string(policy).map_err(|_| StorageError::Invalid("policy"))?;
        let row =
            setting::ActiveModel { name: Set(POLICY.to_owned()), value: Set(value.clone()), changed_at: Set(event.at) };
        let replace = OnConflict::column(setting::Column::Name)
            .update_columns([setting::Column::Value, setting::Column::ChangedAt])
            .to_owned();
        setting::Entity::insert(row).on_conflict(replace).exec_without_returning(self.transaction()).await?;
        self.log(event.personal(POLICY, value)).await
    }
}
