//! Second factors and recovery codes of accounts.

use beside_protocol::ids::OperatorId;
use rand_core::CryptoRng;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};
use zeroize::Zeroizing;

use super::entity::{account, recovery_code};
use super::writing::Writing;
use super::{Storage, StorageError};
use crate::audit::{Action, Actor, Event};
use crate::credentials::recovery_code as code;
use crate::credentials::second_factor::SecondFactor;

/// What came of checking a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactorCheck {
    /// It was right, and is used up.
    Right,
    /// It was wrong or used before.
    Wrong,
    /// The account has none.
    None,
}

impl Storage {
    /// How many recovery codes an account has left.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn recovery_codes_left(&self, id: &OperatorId) -> Result<u64, StorageError> {
        let of_account = recovery_code::Column::AccountId.eq(id.as_str());
        Ok(recovery_code::Entity::find().filter(of_account).count(&self.database).await?)
    }

    /// Checks what somebody typed as the second factor of an account, the six digits or a recovery code, and uses it up:
    /// neither works twice.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn use_second_factor(
        &self,
        id: &OperatorId,
        typed: &str,
        at: i64,
    ) -> Result<SecondFactorCheck, StorageError> {
        let mut writing = self.writing().await?;
        let check = writing.use_second_factor(id, typed, at).await?;
        if check == SecondFactorCheck::Right {
            writing.commit().await?;
        }
        Ok(check)
    }
}

impl Writing<'_> {
    /// See [`Storage::use_second_factor`].
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn use_second_factor(
        &mut self,
        id: &OperatorId,
        typed: &str,
        at: i64,
    ) -> Result<SecondFactorCheck, StorageError> {
        let row = account::Entity::find_by_id(id.as_str()).one(self.transaction()).await?;
        let Some((sealed, used, name)) = row.and_then(|row| Some((row.totp?, row.totp_step, row.name))) else {
            return Ok(SecondFactorCheck::None);
        };
        if code::looks_like_one(typed) {
            let hash = code::hash(id, typed).to_vec();
            let deleted = recovery_code::Entity::delete_by_id(hash).exec(self.transaction()).await?;
            if deleted.rows_affected == 0 {
                return Ok(SecondFactorCheck::Wrong);
            }
            let actor = Actor::Account(id.clone());
            self.log(Event::new(Action::RecoveryCodeUsed, actor, at).about(id.to_string())).await?;
            return Ok(SecondFactorCheck::Right);
        }
        let secret = self.open(&sealed, &totp_of(id.as_str()))?;
        let factor = SecondFactor::from_base32(&secret, &name).ok_or(StorageError::Invalid("second factor"))?;
        let Some(step) = factor.check(typed, used, u64::try_from(at / 1_000).unwrap_or(0)) else {
            return Ok(SecondFactorCheck::Wrong);
        };
        let used = account::ActiveModel { id: Set(id.to_string()), totp_step: Set(Some(step)), ..Default::default() };
        used.update(self.transaction()).await?;
        Ok(SecondFactorCheck::Right)
    }

    /// Gives an account a second factor, whose code of time step `used` has just proven it, and fresh recovery codes,
    /// which are returned to be shown once.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn set_second_factor(
        &mut self,
        id: &OperatorId,
        factor: &SecondFactor,
        used: Option<i64>,
        actor: Actor,
        at: i64,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<Zeroizing<String>>, StorageError> {
        let row = account::ActiveModel {
            id: Set(id.to_string()),
            totp: Set(Some(self.seal(&factor.to_base32(), &totp_of(id.as_str()))?)),
            totp_step: Set(used),
            ..Default::default()
        };
        row.update(self.transaction()).await?;
        recovery_code::Entity::delete_many()
            .filter(recovery_code::Column::AccountId.eq(id.as_str()))
            .exec(self.transaction())
            .await?;
        let codes: Vec<_> = (0..code::CODES).map(|_| code::generate(rng)).collect();
        let rows = codes.iter().map(|text| recovery_code::ActiveModel {
            hash: Set(code::hash(id, text).to_vec()),
            account_id: Set(id.to_string()),
        });
        recovery_code::Entity::insert_many(rows).exec_without_returning(self.transaction()).await?;
        self.log(Event::new(Action::SecondFactorSet, actor, at).about(id.to_string())).await?;
        Ok(codes)
    }
}

/// What the sealed secret of an account belongs to.
pub(super) fn totp_of(id: &str) -> String {
    format!("accounts/{id}/totp")
}
