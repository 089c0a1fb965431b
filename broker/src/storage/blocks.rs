//! Accounts and addresses that may not be used for a while.

use beside_broker_core::address_rules::AddressRange;
use beside_protocol::ids::OperatorId;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde::Serialize;
use utoipa::ToSchema;

use super::entity::block;
use super::writing::Writing;
use super::{Storage, StorageError};
use crate::access::{Blocked, Blocks};
use crate::audit::Event;
use crate::audit::event::RANGE;

/// A block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BlockEntry {
    /// Its id.
    pub id: String,
    /// The account that is blocked, or
    pub account: Option<String>,
    /// the address or CIDR.
    pub range: Option<String>,
    /// The kind of alert that it came with, or `administrator`.
    #[schema(example = "address_refused")]
    pub because: String,
    /// Who made it; the broker itself without a name.
    pub made_by: Option<String>,
    /// Unix milliseconds.
    pub made_at: i64,
    /// When it ends by itself, Unix milliseconds.
    pub expires_at: i64,
}

/// A block to make.
#[derive(Debug)]
pub struct NewBlock {
    /// Its id.
    pub id: String,
    /// Who or what.
    pub blocked: Blocked,
    /// The kind of alert that it comes with, or `administrator`.
    pub because: &'static str,
    /// When it ends, Unix milliseconds.
    pub expires_at: i64,
}

impl Storage {
    /// The blocks that have not run out at `now` (Unix milliseconds), newest first.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn blocks(&self, now: i64) -> Result<Vec<BlockEntry>, StorageError> {
        let rows = block::Entity::find()
            .filter(block::Column::ExpiresAt.gt(now))
            .order_by_desc(block::Column::MadeAt)
            .order_by_desc(block::Column::Id)
            .all(&self.database)
            .await?;
        self.know_keys(rows.iter().filter_map(|row| row.range.as_deref())).await?;
        rows.into_iter()
            .map(|row| {
                let range = row.range.map(|sealed| self.sealing.open(&sealed, &range_of(&row.id))).transpose()?;
                Ok(BlockEntry {
                    range: range.map(|range| range.as_str().to_owned()),
                    id: row.id,
                    account: row.account_id,
                    because: row.because,
                    made_by: row.made_by,
                    made_at: row.made_at,
                    expires_at: row.expires_at,
                })
            })
            .collect()
    }

    /// The same, as they are asked on every request.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub(super) async fn blocked(&self, now: i64) -> Result<Blocks, StorageError> {
        let mut blocks = Blocks::default();
        for entry in self.blocks(now).await? {
            blocks.add(entry.blocked()?, entry.expires_at);
        }
        Ok(blocks)
    }
}

impl BlockEntry {
    /// Who or what is blocked.
    ///
    /// # Errors
    /// [`StorageError::Invalid`]: this program never wrote it.
    pub fn blocked(&self) -> Result<Blocked, StorageError> {
        const INVALID: StorageError = StorageError::Invalid("block");
        match (&self.account, &self.range) {
            (Some(account), None) => account.parse::<OperatorId>().map(Blocked::Account).map_err(|_| INVALID),
            (None, Some(range)) => range.parse::<AddressRange>().map(Blocked::Range).map_err(|_| INVALID),
            (_, _) => Err(INVALID),
        }
    }
}

impl Writing<'_> {
    /// Blocks somebody. Of several blocks the one that ends last counts.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn block(&mut self, new: &NewBlock, by: Option<&str>, event: Event) -> Result<BlockEntry, StorageError> {
        let (account, range) = match &new.blocked {
            Blocked::Account(account) => (Some(account.to_string()), None),
            Blocked::Range(range) => (None, Some(range.to_string())),
        };
        let sealed = range.as_deref().map(|range| self.seal(range, &range_of(&new.id))).transpose()?;
        let made = BlockEntry {
            id: new.id.clone(),
            account: account.clone(),
            range: range.clone(),
            because: new.because.to_owned(),
            made_by: by.map(str::to_owned),
            made_at: event.at,
            expires_at: new.expires_at,
        };
        let row = block::ActiveModel {
            id: Set(made.id.clone()),
            account_id: Set(made.account.clone()),
            range: Set(sealed),
            because: Set(made.because.clone()),
            made_by: Set(made.made_by.clone()),
            made_at: Set(made.made_at),
            expires_at: Set(made.expires_at),
        };
        block::Entity::insert(row).exec_without_returning(self.transaction()).await?;
        let event = event.with("block", new.id.as_str()).with("because", new.because).with("until", new.expires_at);
        let event = match (account, range) {
            (Some(account), _) => event.about(account),
            (None, Some(range)) => event.personal(RANGE, range),
            (None, None) => event,
        };
        self.log(event).await?;
        Ok(made)
    }

    /// Lifts a block. Says whether there was one.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn lift_block(&mut self, id: &str, event: Event) -> Result<bool, StorageError> {
        let Some(row) = block::Entity::find_by_id(id).one(self.transaction()).await? else { return Ok(false) };
        block::Entity::delete_by_id(id).exec(self.transaction()).await?;
        let event = event.with("block", id);
        let event = match (row.account_id, row.range) {
            (Some(account), _) => event.about(account),
            (None, Some(sealed)) => event.personal(RANGE, self.open(&sealed, &range_of(id))?.as_str()),
            (None, None) => event,
        };
        self.log(event).await?;
        Ok(true)
    }
}

/// What the sealed range of a block belongs to.
pub(super) fn range_of(id: &str) -> String {
    format!("block/{id}/range")
}
