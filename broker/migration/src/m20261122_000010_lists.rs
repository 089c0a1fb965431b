//! Indexes for lists over millions of rows: sessions by how they ended, the log by time.
#![expect(elided_lifetimes_in_paths, reason = "the trait elides them, and async_trait wants the same here")]

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, columns) in [
            ("sessions_end", "sessions", &["end_reason", "knocked_at", "sid"][..]),
            // In the order in which the log of some days is read.
            ("audit_at_seq", "audit", &["at", "seq"]),
        ] {
            let mut index = Index::create().name(name).table(table).to_owned();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        // The new one begins with its column.
        manager.drop_index(Index::drop().name("audit_at").table("audit").to_owned()).await
    }
}
