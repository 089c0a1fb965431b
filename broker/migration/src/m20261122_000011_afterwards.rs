//! What is said of a session once it is over: the operator's outcome, tags and note, and the customer's rating.
#![expect(elided_lifetimes_in_paths, reason = "the trait elides them, and async_trait wants the same here")]

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean_null, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns: [ColumnDef; 5] = [
            text_null("outcome"),
            // One a line.
            text_null("tags"),
            // Sealed.
            text_null("note"),
            // The customer's answers.
            boolean_null("solved"),
            text_null("felt"),
        ];
        // SQLite adds one at a time.
        for column in columns {
            manager.alter_table(Table::alter().table("sessions").add_column(column).to_owned()).await?;
        }
        manager.create_table(session_tags()).await?;
        for (name, table, columns) in [
            ("sessions_outcome", "sessions", &["outcome", "knocked_at", "sid"][..]),
            ("session_tags_tag", "session_tags", &["tag", "knocked_at", "sid"]),
        ] {
            let mut index = Index::create().name(name).table(table).to_owned();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// The tags of sessions once more, to find sessions by.
fn session_tags() -> TableCreateStatement {
    Table::create()
        .table("session_tags")
        .col(text("sid"))
        .col(text("tag"))
        .col(big_integer("knocked_at"))
        .primary_key(Index::create().col("sid").col("tag"))
        .to_owned()
}
