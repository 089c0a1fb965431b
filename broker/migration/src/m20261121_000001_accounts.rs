//! Accounts and the signed statements that the broker keeps for them.
#![expect(elided_lifetimes_in_paths, reason = "the trait elides them, and async_trait wants the same here")]

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_pk_auto, binary, small_integer, text, text_null, text_uniq};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let accounts = Table::create()
            .table("accounts")
            .col(text("id").primary_key())
            .col(text("name"))
            // What names are compared by, so that two accounts can't look alike.
            .col(text_uniq("name_key"))
            .col(text("role"))
            // PHC string of Argon2id.
            .col(text("password"))
            .col(big_integer("created_at"))
            .to_owned();
        manager.create_table(accounts).await?;
        let statements = Table::create()
            .table("statements")
            .col(big_pk_auto("id"))
            .col(small_integer("kind"))
            // Whom a statement of kind 2 is about; null for kind 3.
            .col(text_null("account_id"))
            // Unix seconds, from the statement.
            .col(big_integer("issued"))
            .col(big_integer("expires"))
            .col(binary("bytes"))
            .col(text("uploaded_by"))
            .col(big_integer("uploaded_at"))
            .to_owned();
        manager.create_table(statements).await?;
        let newest = Index::create()
            .name("statements_newest")
            .table("statements")
            .col("kind")
            .col("account_id")
            .col("issued")
            .to_owned();
        manager.create_index(newest).await
    }
}
