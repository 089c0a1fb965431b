//! The log: sign-ins, sessions and what the apps report of them. All times are Unix milliseconds, UTC.
#![expect(elided_lifetimes_in_paths, reason = "the trait elides them, and async_trait wants the same here")]

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, boolean, integer_null, small_integer, text, text_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sign_ins = Table::create()
            .table("sign_ins")
            .col(big_pk_auto("id"))
            // Null if no account has the name. What was typed is not kept: people type passwords there.
            .col(text_null("account_id"))
            .col(text("address"))
            .col(text("outcome"))
            .col(big_integer("at"))
            .to_owned();
        manager.create_table(sign_ins).await?;
        let sessions = Table::create()
            .table("sessions")
            .col(text("sid").primary_key())
            .col(text("operator_id"))
            .col(text_null("operator_address"))
            .col(text("customer_address"))
            .col(text_null("customer_name"))
            .col(small_integer("attempt"))
            .col(big_integer("knocked_at"))
            .col(big_integer_null("accepted_at"))
            .col(big_integer_null("verdict_at"))
            .col(big_integer_null("checked_at"))
            .col(big_integer_null("ended_at"))
            .col(text_null("end_by"))
            .col(text_null("end_reason"))
            .col(text_null("end_error"))
            .col(boolean("differs"))
            .to_owned();
        manager.create_table(sessions).await?;
        let events = Table::create()
            .table("session_events")
            .col(big_pk_auto("id"))
            .col(text("sid"))
            .col(text("side"))
            .col(text("kind"))
            .col(text_null("right"))
            .col(big_integer_null("seconds"))
            .col(text_null("path"))
            .col(integer_null("delay_ms"))
            .col(text_null("end_by"))
            .col(text_null("end_reason"))
            .col(text_null("end_error"))
            .col(big_integer("at"))
            .to_owned();
        manager.create_table(events).await?;
        for (name, table, column) in [
            ("sign_ins_at", "sign_ins", "at"),
            ("sessions_knocked_at", "sessions", "knocked_at"),
            ("sessions_ended_at", "sessions", "ended_at"),
            ("session_events_sid", "session_events", "sid"),
        ] {
            manager.create_index(Index::create().name(name).table(table).col(column).to_owned()).await?;
        }
        Ok(())
    }
}
