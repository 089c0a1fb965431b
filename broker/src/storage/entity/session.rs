//! A session or an attempt at one.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub sid: String,
    pub operator_id: String,
    pub operator_address: Option<String>,
    pub customer_address: Option<String>,
    pub customer_name: Option<String>,
    pub attempt: i16,
    pub knocked_at: i64,
    pub accepted_at: Option<i64>,
    pub verdict_at: Option<i64>,
    pub checked_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub end_by: Option<String>,
    pub end_reason: Option<String>,
    pub end_error: Option<String>,
    pub paths: String,
    pub granted: String,
    pub differs: bool,
    pub token_hash: Option<Vec<u8>>,
    #[serde(default)]
    pub outcome: Option<String>,
    #[serde(default)]
    pub tags: Option<String>,
    #[serde(default)]
    pub note: Option<String>,
    #[serde(default)]
    pub solved: Option<bool>,
    #[serde(default)]
    pub felt: Option<String>,
    #[serde(default)]
    pub device: Option<String>,
    #[serde(default)]
    pub carried: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
