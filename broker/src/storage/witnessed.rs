//! What is offered to a witness, and what it cosigned.

use beside_audit::Standing;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::entity::{audit, checkpoint, witness_standing};
use super::{Storage, StorageError};

/// A checkpoint as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// Rows that it covers.
    pub size: u64,
    /// The signed note.
    pub note: String,
}

impl TryFrom<checkpoint::Model> for StoredCheckpoint {
    type Error = StorageError;

    fn try_from(row: checkpoint::Model) -> Result<Self, StorageError> {
        let size = u64::try_from(row.size).map_err(|_| StorageError::Invalid("size of a checkpoint"))?;
        Ok(Self { size, note: row.note })
    }
}

impl Storage {
    /// The newest checkpoint.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn newest_checkpoint(&self) -> Result<Option<StoredCheckpoint>, StorageError> {
        let newest = checkpoint::Entity::find().order_by_desc(checkpoint::Column::Size);
        newest.one(&self.database).await?.map(TryInto::try_into).transpose()
    }

    /// The smallest checkpoint that covers more than `size` rows.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn checkpoint_after(&self, size: u64) -> Result<Option<StoredCheckpoint>, StorageError> {
        let next = checkpoint::Entity::find()
            .filter(checkpoint::Column::Size.gt(number(size)?))
            .order_by_asc(checkpoint::Column::Size);
        next.one(&self.database).await?.map(TryInto::try_into).transpose()
    }

    /// The lines of the rows after `after` up to `last`, at most `limit` of them.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn lines(&self, after: u64, last: u64, limit: usize) -> Result<Vec<String>, StorageError> {
        Ok(audit::Entity::find()
            .select_only()
            .column(audit::Column::Line)
            .filter(audit::Column::Seq.gt(number(after)?))
            .filter(audit::Column::Seq.lte(number(last)?))
            .order_by_asc(audit::Column::Seq)
            .limit(limit as u64)
            .into_tuple()
            .all(&self.database)
            .await?)
    }

    /// Keeps what a witness, of this key name, cosigned last.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn keep_standing(&self, witness: &str, standing: &Standing, at: i64) -> Result<(), StorageError> {
        let row = witness_standing::ActiveModel {
            witness: Set(witness.to_owned()),
            standing: Set(serde_json::to_string(standing).map_err(|_| StorageError::Invalid("standing"))?),
            at: Set(at),
        };
        let replace = OnConflict::column(witness_standing::Column::Witness)
            .update_columns([witness_standing::Column::Standing, witness_standing::Column::At])
            .to_owned();
        // No row of the log: what the witness cosigned would never be all of it.
        witness_standing::Entity::insert(row).on_conflict(replace).exec_without_returning(&self.database).await?;
        Ok(())
    }

    /// What a witness cosigned last.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn standing(&self, witness: &str) -> Result<Option<Standing>, StorageError> {
        let row = witness_standing::Entity::find_by_id(witness).one(&self.database).await?;
        let standing = row.map(|row| serde_json::from_str(&row.standing)).transpose();
        standing.map_err(|_| StorageError::Invalid("standing of a witness"))
    }
}

impl Storage {
    /// What every witness cosigned last, by the names of their keys, and when (Unix milliseconds).
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn standings(&self) -> Result<Vec<(String, Standing, i64)>, StorageError> {
        let rows = witness_standing::Entity::find().order_by_asc(witness_standing::Column::Witness);
        let rows = rows.all(&self.database).await?.into_iter().map(|row| {
            let standing = serde_json::from_str(&row.standing);
            Ok((row.witness, standing.map_err(|_| StorageError::Invalid("standing of a witness"))?, row.at))
        });
        rows.collect()
    }
}

fn number(size: u64) -> Result<i64, StorageError> {
    i64::try_from(size).map_err(|_| StorageError::Invalid("audit sequence"))
}
