//! What an app reported of a session. The columns are described in the migration.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session_events")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub sid: String,
    pub side: String,
    pub kind: String,
    pub right: Option<String>,
    pub seconds: Option<i64>,
    pub path: Option<String>,
    pub delay_ms: Option<i32>,
    pub end_by: Option<String>,
    pub end_reason: Option<String>,
    pub end_error: Option<String>,
    pub at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
