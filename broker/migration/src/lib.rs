//! Migrations of the broker's database, one file each, forward only: they create tables and add columns, alike on
//! SQLite and PostgreSQL.
//!
//! All times are Unix milliseconds, UTC, unless a comment says otherwise. "Sealed" columns hold what
//! `beside_broker::sealing` made of personal data: text that only a broker with the keys can read.
#![forbid(unsafe_code)]

use sea_orm_migration::prelude::*;

pub mod carried;
mod m20261121_000001_accounts;
mod m20261121_000002_log;
mod m20261121_000003_running;
mod m20261122_000010_lists;
mod m20261122_000011_afterwards;
mod m20261122_000020_customers;
mod m20261122_000021_names;

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_accounts::Migration),
            Box::new(m20261121_000002_log::Migration),
            Box::new(m20261121_000003_running::Migration),
            Box::new(m20261122_000010_lists::Migration),
            Box::new(m20261122_000011_afterwards::Migration),
            Box::new(m20261122_000020_customers::Migration),
            Box::new(m20261122_000021_names::Migration),
        ]
    }
}
