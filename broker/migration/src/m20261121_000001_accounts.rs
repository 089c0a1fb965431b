//! Accounts with all that belongs to them: groups, addresses, second factors, links, tokens, signed statements.
#![expect(elided_lifetimes_in_paths, reason = "the trait elides them, and async_trait wants the same here")]

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, binary, small_integer, text, text_null, text_uniq,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [accounts(), groups(), group_members(), address_rules(), recovery_codes(), links(), tokens()] {
            manager.create_table(table).await?;
        }
        manager.create_table(statements()).await?;
        for (name, table, columns) in [
            ("group_members_account", "group_members", &["account_id"][..]),
            ("address_rules_account", "address_rules", &["account_id"]),
            ("address_rules_group", "address_rules", &["group_id"]),
            ("recovery_codes_account", "recovery_codes", &["account_id"]),
            ("account_links_account", "account_links", &["account_id"]),
            ("statements_newest", "statements", &["kind", "account_id", "issued"]),
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

fn accounts() -> TableCreateStatement {
    Table::create()
        .table("accounts")
        .col(text("id").primary_key())
        .col(text("name"))
        // What names are compared by, so that two accounts can't look alike.
        .col(text_uniq("name_key"))
        .col(text("role"))
        // invited, active, ended.
        .col(text("state"))
        // PHC string of Argon2id; null until the link of the invitation was used.
        .col(text_null("password"))
        // The secret of the second factor, sealed; null without one.
        .col(text_null("totp"))
        // The newest time step whose code was used, so that none is used twice.
        .col(big_integer_null("totp_step"))
        // JSON; null for any hour.
        .col(text_null("hours"))
        .col(big_integer("created_at"))
        .col(big_integer_null("ended_at"))
        // When the name of an ended account was replaced.
        .col(big_integer_null("pseudonymised_at"))
        .to_owned()
}

fn groups() -> TableCreateStatement {
    Table::create()
        .table("groups")
        .col(text("id").primary_key())
        .col(text("name"))
        .col(text_uniq("name_key"))
        .col(text_null("hours"))
        .col(big_integer("created_at"))
        .to_owned()
}

fn group_members() -> TableCreateStatement {
    Table::create()
        .table("group_members")
        .col(text("group_id"))
        .col(text("account_id"))
        .primary_key(Index::create().col("group_id").col("account_id"))
        .to_owned()
}

/// Of an account or of a group: one of the two is null.
fn address_rules() -> TableCreateStatement {
    Table::create()
        .table("address_rules")
        .col(text("id").primary_key())
        .col(text_null("account_id"))
        .col(text_null("group_id"))
        // An address or a CIDR in its canonical form.
        .col(text("range"))
        .col(text("comment"))
        .col(text("added_by"))
        .col(big_integer("added_at"))
        .to_owned()
}

fn recovery_codes() -> TableCreateStatement {
    Table::create()
        .table("recovery_codes")
        // SHA-256 of the code with its account's id; the codes themselves are random enough for that.
        .col(binary("hash").primary_key())
        .col(text("account_id"))
        .to_owned()
}

fn links() -> TableCreateStatement {
    Table::create()
        .table("account_links")
        // SHA-256 of the token in the link.
        .col(binary("token_hash").primary_key())
        .col(text("account_id"))
        // invitation, lost_password.
        .col(text("purpose"))
        // The secret that the link offers as a second factor, sealed.
        .col(text("totp"))
        .col(big_integer("expires_at"))
        .to_owned()
}

fn tokens() -> TableCreateStatement {
    Table::create()
        .table("api_tokens")
        .col(text("id").primary_key())
        .col(text("name"))
        // Hex of the SHA-256 of the token.
        .col(text_uniq("token_hash"))
        // Space-separated.
        .col(text("scopes"))
        .col(text("made_by"))
        .col(big_integer("made_at"))
        .col(big_integer("expires_at"))
        .col(big_integer_null("used_at"))
        .col(big_integer_null("revoked_at"))
        .to_owned()
}

fn statements() -> TableCreateStatement {
    Table::create()
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
        .to_owned()
}
