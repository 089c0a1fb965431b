//! API tokens: what programs prove themselves with.

use std::collections::BTreeSet;

use beside_audit::Id;
use beside_broker_core::TokenHash;
use beside_protocol::ids::Token;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use super::entity::api_token;
use super::writing::Writing;
use super::{Storage, StorageError};
use crate::audit::Event;
use crate::http::rights::Scope;

/// An API token as it is stored; the token itself is kept nowhere.
#[derive(Debug, Clone)]
pub struct StoredToken {
    /// Its id.
    pub id: Id,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
    /// The account that made it.
    pub made_by: String,
    /// Unix milliseconds.
    pub made_at: i64,
    /// Unix milliseconds.
    pub expires_at: i64,
    /// Unix milliseconds, rounded to the hour; none if it was never used.
    pub used_at: Option<i64>,
    /// Unix milliseconds.
    pub revoked_at: Option<i64>,
}

/// How closely the last use of a token is remembered, in milliseconds: a write an hour, not one a request.
const USED_EVERY: i64 = 3_600_000;

impl Storage {
    /// The token that was given out as `token`; nothing if it is unknown, revoked or expired. Its use is remembered.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn token(&self, token: &Token, now: i64) -> Result<Option<StoredToken>, StorageError> {
        let found = api_token::Entity::find()
            .filter(api_token::Column::TokenHash.eq(hash(token)))
            .filter(api_token::Column::RevokedAt.is_null())
            .filter(api_token::Column::ExpiresAt.gt(now))
            .one(&self.database)
            .await?;
        let Some(row) = found else { return Ok(None) };
        let hour = now - now.rem_euclid(USED_EVERY);
        if row.used_at != Some(hour) {
            let used =
                api_token::ActiveModel { id: Set(row.id.clone()), used_at: Set(Some(hour)), ..Default::default() };
            used.update(&self.database).await?;
        }
        StoredToken::try_from(row).map(Some)
    }

    /// All tokens, newest first.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn tokens(&self) -> Result<Vec<StoredToken>, StorageError> {
        let rows = api_token::Entity::find().order_by_desc(api_token::Column::MadeAt).all(&self.database).await?;
        rows.into_iter().map(StoredToken::try_from).collect()
    }
}

impl Writing<'_> {
    /// Adds a token.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn add_token(&mut self, token: &Token, stored: &StoredToken, event: Event) -> Result<(), StorageError> {
        let scopes: Vec<&str> = stored.scopes.iter().map(|scope| scope.as_str()).collect();
        let scopes = scopes.join(" ");
        let row = api_token::ActiveModel {
            id: Set(stored.id.to_string()),
            name: Set(stored.name.clone()),
            token_hash: Set(hash(token)),
            scopes: Set(scopes.clone()),
            made_by: Set(stored.made_by.clone()),
            made_at: Set(stored.made_at),
            expires_at: Set(stored.expires_at),
            used_at: Set(None),
            revoked_at: Set(None),
        };
        api_token::Entity::insert(row).exec_without_returning(self.transaction()).await?;
        self.log(event.about(stored.id.to_string()).with("scopes", scopes).with("expires_at", stored.expires_at)).await
    }

    /// Revokes a token. Says whether it was good until now.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn revoke_token(&mut self, id: &str, event: Event) -> Result<bool, StorageError> {
        let revoked = api_token::ActiveModel { revoked_at: Set(Some(event.at)), ..Default::default() };
        let done = api_token::Entity::update_many()
            .set(revoked)
            .filter(api_token::Column::Id.eq(id))
            .filter(api_token::Column::RevokedAt.is_null())
            .exec(self.transaction())
            .await?;
        if done.rows_affected == 0 {
            return Ok(false);
        }
        self.log(event.about(id)).await?;
        Ok(true)
    }
}

fn hash(token: &Token) -> String {
    hex::encode(TokenHash::from(token).0)
}

impl TryFrom<api_token::Model> for StoredToken {
    type Error = StorageError;

    fn try_from(row: api_token::Model) -> Result<Self, StorageError> {
        let scope = |text: &str| Scope::ALL.iter().copied().find(|scope| scope.as_str() == text);
        let scopes: Option<BTreeSet<Scope>> = row.scopes.split(' ').map(scope).collect();
        Ok(Self {
            id: Id::new(row.id).map_err(|_| StorageError::Invalid("id of a token"))?,
            name: row.name,
            scopes: scopes.ok_or(StorageError::Invalid("scope of a token"))?,
            made_by: row.made_by,
            made_at: row.made_at,
            expires_at: row.expires_at,
            used_at: row.used_at,
            revoked_at: row.revoked_at,
        })
    }
}
