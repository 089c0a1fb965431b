//! One-time links to accounts: invitations, and lost passwords.

use beside_broker_core::TokenHash;
use beside_protocol::ids::{OperatorId, Token};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::entity::account_link;
use super::writing::Writing;
use super::{Storage, StorageError};
use crate::audit::{Action, Actor, Event};
use crate::credentials::second_factor::SecondFactor;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// The account's first password.
    Invitation,
    /// A new password instead of a lost one; the second factor stays.
    LostPassword,
    /// A new password and a new second factor.
    LostEverything,
}

impl LinkPurpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::LostPassword => "lost_password",
            Self::LostEverything => "lost_everything",
        }
    }

    fn parse(text: &str) -> Result<Self, StorageError> {
        [Self::Invitation, Self::LostPassword, Self::LostEverything]
            .into_iter()
            .find(|purpose| purpose.as_str() == text)
            .ok_or(StorageError::Invalid("purpose of a link"))
    }
}

/// A link that is good.
#[derive(Debug)]
pub struct StoredLink {
    /// Whose account.
    pub account: OperatorId,
    /// What for.
    pub purpose: LinkPurpose,
    /// The second factor that it offers.
    pub factor: SecondFactor,
    /// Unix milliseconds.
    pub expires_at: i64,
}

impl Storage {
    /// The link of a token; nothing if it is unknown, used or expired.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn link(&self, token: &Token, now: i64) -> Result<Option<StoredLink>, StorageError> {
        let hash = TokenHash::from(token).0.to_vec();
        let row = account_link::Entity::find_by_id(hash.clone()).one(&self.database).await?;
        let Some(row) = row.filter(|row| row.expires_at > now) else { return Ok(None) };
        let account: OperatorId = row.account_id.parse().map_err(|_| StorageError::Invalid("account id"))?;
        let Some(stored) = self.account_of_id(&account).await? else { return Ok(None) };
        self.know_keys([row.totp.as_str()]).await?;
        let secret = self.sealing.open(&row.totp, &totp_of(&hash))?;
        let factor = SecondFactor::from_base32(&secret, &stored.name).ok_or(StorageError::Invalid("second factor"))?;
        let purpose = LinkPurpose::parse(&row.purpose)?;
        Ok(Some(StoredLink { account, purpose, factor, expires_at: row.expires_at }))
    }
}

impl Writing<'_> {
    /// Makes a link; an account's older ones are void from now on.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn make_link(&mut self, token: &Token, link: &StoredLink, event: Event) -> Result<(), StorageError> {
        self.drop_links(&link.account).await?;
        let hash = TokenHash::from(token).0.to_vec();
        let row = account_link::ActiveModel {
            totp: Set(self.seal(&link.factor.to_base32(), &totp_of(&hash))?),
            token_hash: Set(hash),
            account_id: Set(link.account.to_string()),
            purpose: Set(link.purpose.as_str().to_owned()),
            expires_at: Set(link.expires_at),
        };
        account_link::Entity::insert(row).exec_without_returning(self.transaction()).await?;
        let event = event.about(link.account.to_string()).with("purpose", link.purpose.as_str());
        self.log(event.with("expires_at", link.expires_at)).await
    }

    /// Uses a link up. Says whether it was still there: of two at the same time one comes too late.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn use_link(&mut self, token: &Token, account: &OperatorId, at: i64) -> Result<bool, StorageError> {
        let hash = TokenHash::from(token).0.to_vec();
        let used = account_link::Entity::delete_by_id(hash).exec(self.transaction()).await?.rows_affected > 0;
        if used {
            let actor = Actor::Account(account.clone());
            self.log(Event::new(Action::AccountLinkUsed, actor, at).about(account.to_string())).await?;
        }
        Ok(used)
    }

    async fn drop_links(&self, account: &OperatorId) -> Result<(), StorageError> {
        account_link::Entity::delete_many()
            .filter(account_link::Column::AccountId.eq(account.as_str()))
            .exec(self.transaction())
            .await?;
        Ok(())
    }
}

/// What the sealed secret of a link belongs to.
pub(super) fn totp_of(token_hash: &[u8]) -> String {
    format!("account_links/{}/totp", hex::encode(token_hash))
}
