//! The log: one audit row per event, and the sessions as the rows tell them.
#![expect(elided_lifetimes_in_paths, reason = "the trait elides them, and async_trait wants the same here")]

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary, binary_null, boolean, small_integer, text, text_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [audit(), audit_personal(), audit_head(), checkpoints(), witness_standings(), sessions()] {
            manager.create_table(table).await?;
        }
        for (name, table, columns) in [
            ("audit_at", "audit", &["at"][..]),
            ("audit_about", "audit", &["about", "seq"]),
            ("audit_account", "audit", &["account_id", "seq"]),
            ("audit_action", "audit", &["action", "seq"]),
            ("sessions_knocked_at", "sessions", &["knocked_at", "sid"]),
            ("sessions_operator", "sessions", &["operator_id", "knocked_at", "sid"]),
            ("sessions_ended_at", "sessions", &["ended_at"]),
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

fn audit() -> TableCreateStatement {
    Table::create()
        .table("audit")
        // From 1, without gaps.
        .col(big_integer("seq").primary_key())
        // The canonical line that is hashed; what follows is taken from it, to search by.
        .col(text("line"))
        // The hash chain up to this row.
        .col(binary("link"))
        .col(big_integer("at"))
        .col(text_null("account_id"))
        .col(text("action"))
        .col(text_null("about"))
        .to_owned()
}

/// The personal fields of audit rows. The line has the salted hash only: deleting a row here leaves the chain whole.
fn audit_personal() -> TableCreateStatement {
    Table::create()
        .table("audit_personal")
        .col(big_integer("seq"))
        .col(text("field"))
        .col(binary("salt"))
        // Sealed.
        .col(text("value"))
        .primary_key(Index::create().col("seq").col("field"))
        .to_owned()
}

/// One row, which every change locks: where the chain and the tree stand, and which data key seals. So no change seals
/// under a key that a rotation has replaced.
fn audit_head() -> TableCreateStatement {
    Table::create()
        .table("audit_head")
        .col(small_integer("id").primary_key())
        .col(binary("state"))
        .col(text("data_key"))
        .to_owned()
}

fn checkpoints() -> TableCreateStatement {
    Table::create()
        .table("checkpoints")
        // Rows that it covers.
        .col(big_integer("size").primary_key())
        .col(text("note"))
        // The head that was signed, from which the log can be followed on.
        .col(binary("state"))
        .col(big_integer("at"))
        .to_owned()
}

/// What each witness cosigned last.
fn witness_standings() -> TableCreateStatement {
    Table::create()
        .table("witness_standings")
        // The name of the witness's key.
        .col(text("witness").primary_key())
        // JSON, as the witness gave it.
        .col(text("standing"))
        .col(big_integer("at"))
        .to_owned()
}

fn sessions() -> TableCreateStatement {
    Table::create()
        .table("sessions")
        .col(text("sid").primary_key())
        .col(text("operator_id"))
        // The three are sealed; null once they are deleted.
        .col(text_null("operator_address"))
        .col(text_null("customer_address"))
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
        // The paths that carried it and the rights that were granted, in order, separated by spaces.
        .col(text("paths"))
        .col(text("granted"))
        .col(boolean("differs"))
        // SHA-256 of what the customer's app comes back with; null once the session is over.
        .col(binary_null("token_hash"))
        .to_owned()
}
