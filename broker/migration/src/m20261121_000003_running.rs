//! What the running broker keeps beside accounts and log: live sign-ins, policy, keys, blocks, alerts, reviews.
#![expect(elided_lifetimes_in_paths, reason = "the trait elides them, and async_trait wants the same here")]

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary, boolean, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [live_sign_ins(), settings(), data_keys(), blocks(), alerts(), reviews()] {
            manager.create_table(table).await?;
        }
        let index = Index::create().name("alerts_at").table("alerts").col("at").to_owned();
        manager.create_index(index).await
    }
}

fn live_sign_ins() -> TableCreateStatement {
    Table::create()
        .table("live_sign_ins")
        // SHA-256 of the bearer token, which is kept nowhere.
        .col(binary("token_hash").primary_key())
        .col(text("account_id"))
        .col(big_integer("began_at"))
        .to_owned()
}

/// What administrators set, as JSON by name; what is not there has its default.
fn settings() -> TableCreateStatement {
    Table::create()
        .table("settings")
        .col(text("name").primary_key())
        .col(text("value"))
        .col(big_integer("changed_at"))
        .to_owned()
}

fn data_keys() -> TableCreateStatement {
    Table::create()
        .table("data_keys")
        .col(text("id").primary_key())
        // The key, sealed under the key-encryption key.
        .col(text("wrapped"))
        .col(big_integer("made_at"))
        .to_owned()
}

fn blocks() -> TableCreateStatement {
    Table::create()
        .table("blocks")
        .col(text("id").primary_key())
        // One of the two: an account, or an address or CIDR, sealed.
        .col(text_null("account_id"))
        .col(text_null("range"))
        // The kind of alert that it came with, or `administrator`.
        .col(text("because"))
        // Null if the broker did it.
        .col(text_null("made_by"))
        .col(big_integer("made_at"))
        .col(big_integer("expires_at"))
        .to_owned()
}

fn alerts() -> TableCreateStatement {
    Table::create()
        .table("alerts")
        .col(text("id").primary_key())
        .col(text("kind"))
        .col(text("severity"))
        // Sealed JSON: whom it is about, and numbers.
        .col(text("detail"))
        .col(big_integer("at"))
        .col(text_null("seen_by"))
        .col(big_integer_null("seen_at"))
        // Whether they are still to be sent there.
        .col(boolean("mail_due"))
        .col(boolean("webhook_due"))
        .to_owned()
}

/// Sign-offs of the monthly access review, one an auditor.
fn reviews() -> TableCreateStatement {
    Table::create()
        .table("reviews")
        // YYYY-MM.
        .col(text("month"))
        .col(text("signed_off_by"))
        .col(big_integer("signed_off_at"))
        // Sealed.
        .col(text("note"))
        // SHA-256 of the report that was signed off, hex.
        .col(text("report_hash"))
        .primary_key(Index::create().col("month").col("signed_off_by"))
        .to_owned()
}
