//! What the broker takes up again when it is started anew.
#![expect(elided_lifetimes_in_paths, reason = "the trait elides them, and async_trait wants the same here")]

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, binary_null, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let live_sign_ins = Table::create()
            .table("live_sign_ins")
            // SHA-256 of the bearer token, which is kept nowhere.
            .col(binary("token_hash").primary_key())
            .col(text("account_id"))
            // Unix milliseconds.
            .col(big_integer("began_at"))
            .to_owned();
        manager.create_table(live_sign_ins).await?;
        // SHA-256 of what the customer's app comes back with; null once the session is over.
        let token = Table::alter().table("sessions").add_column(binary_null("token_hash")).to_owned();
        manager.alter_table(token).await
    }
}
