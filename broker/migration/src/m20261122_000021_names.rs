//! The index by which sessions are found by the customer's name, which is sealed. It is filled by the broker, which has the
//! keys, once it runs.
#![expect(elided_lifetimes_in_paths, reason = "the trait elides them, and async_trait wants the same here")]

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, boolean, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(search_indexes()).await?;
        manager.create_table(session_names()).await?;
        let mut index = Index::create().name("session_names_word").table("session_names").to_owned();
        for column in ["word", "knocked_at", "sid"] {
            index.col(column);
        }
        manager.create_index(index).await
    }
}

/// The keys of indexes of sealed values.
fn search_indexes() -> TableCreateStatement {
    Table::create()
        .table("search_indexes")
        .col(text("name").primary_key())
        // Sealed.
        .col(text("secret"))
        // Whether values of before the index was there are in it.
        .col(boolean("complete"))
        .to_owned()
}

/// The words of customers' names, each as a keyed hash.
fn session_names() -> TableCreateStatement {
    Table::create()
        .table("session_names")
        .col(text("sid"))
        .col(binary("word"))
        .col(big_integer("knocked_at"))
        .primary_key(Index::create().col("sid").col("word"))
        .to_owned()
}
