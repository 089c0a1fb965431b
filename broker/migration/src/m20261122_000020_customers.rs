//! Which customer, and what carried a session: the number of the customer's computer, and the answer to "direct or
//! relayed" in a column of its own. Of sessions that are there already it is worked out from what their apps told.
#![expect(elided_lifetimes_in_paths, reason = "the trait elides them, and async_trait wants the same here")]

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text_null;

use crate::carried;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Random, so it names nobody: not sealed, but personal, and deleted as such.
        for column in [text_null("device"), text_null("carried")] {
            manager.alter_table(Table::alter().table("sessions").add_column(column).to_owned()).await?;
        }
        carried::complete(manager.get_connection()).await?;
        for (name, column) in
            [("sessions_device", "device"), ("sessions_carried", "carried"), ("sessions_felt", "felt")]
        {
            let mut index = Index::create().name(name).table("sessions").to_owned();
            for column in [column, "knocked_at", "sid"] {
                index.col(column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
