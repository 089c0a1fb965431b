//! Finding sessions by the customer's name, which lies sealed: beside each name stand keyed hashes of its words (ADR 12). The
//! key lies in the database too, sealed like any personal value, so the data key can change and the hashes stay good.

use std::time::Duration;

use beside_broker_core::name::PersonName;
use beside_broker_core::name_words::NameWords;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Query};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, JoinType,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};

use super::entity::{search_index, session, session_name};
use super::records::customer_name_of;
use super::writing::Writing;
use super::{Storage, StorageError};
use crate::clock::random;
use crate::sealing::SecretKey;

/// The name of this index among those of sealed values.
const NAMES: &str = "customer_names";
/// Bytes of a hash: of so many words no two ever have the same.
const WORD: usize = 16;
/// Names of before there was an index that one change takes in at most.
const BATCH: u64 = 500;
/// Between two changes: SQLite gives its lock to whoever asks at the right moment, so the others need one.
const PAUSE: Duration = Duration::from_millis(30);

/// What the key of an index belongs to.
pub(super) fn secret_of(index: &str) -> String {
    format!("search_indexes/{index}/secret")
}

/// The key under which words of names are hashed.
#[derive(Debug, Clone)]
pub(super) struct NameKey(SecretKey);

impl NameKey {
    fn hash(&self, word: &str) -> Vec<u8> {
        let mut hash = self.0.authenticator(word.as_bytes()).to_vec();
        hash.truncate(WORD);
        hash
    }

    /// What stands in the table for a name.
    fn rows(&self, sid: &str, knocked_at: i64, name: &PersonName) -> Vec<session_name::ActiveModel> {
        let words = NameWords::of(name);
        let mut hashes: Vec<_> = words.words().chain([words.whole()]).map(|word| self.hash(word)).collect();
        // A name of one word is that word.
        hashes.sort_unstable();
        hashes.dedup();
        let row =
            |word| session_name::ActiveModel { sid: Set(sid.to_owned()), word: Set(word), knocked_at: Set(knocked_at) };
        hashes.into_iter().map(row).collect()
    }

    /// Two ways to sessions: that their customer's name has all words of this one, and that it is this one but for blanks.
    /// Each begins with the rows of one word, which are in the order of lists. For one word they are one.
    fn found(&self, name: &PersonName) -> Vec<Select<session::Entity>> {
        let with = |word: &str| {
            let words = session::Entity::belongs_to(session_name::Entity)
                .from(session::Column::Sid)
                .to(session_name::Column::Sid)
                .into();
            let select = session::Entity::find().join(JoinType::InnerJoin, words);
            select.filter(session_name::Column::Word.eq(self.hash(word)))
        };
        let words = NameWords::of(name);
        let mut all = words.words();
        let Some(first) = all.next() else { return Vec::new() };
        let (mut ways, mut select) = (Vec::new(), with(first));
        for word in all {
            select = select.filter(self.also(word));
            if ways.is_empty() {
                ways.push(with(words.whole()));
            }
        }
        ways.push(select);
        ways
    }

    /// That the name to which a word belongs has this one, too.
    fn also(&self, word: &str) -> Expr {
        let other = Alias::new("other");
        let of = |column| Expr::col((other.clone(), column));
        let mut same = Query::select();
        same.expr(Expr::val(1)).from_as(session_name::Entity, other.clone());
        same.and_where(of(session_name::Column::Word).eq(self.hash(word)));
        same.and_where(of(session_name::Column::Sid).equals((session_name::Entity, session_name::Column::Sid)));
        Expr::exists(same)
    }
}

impl Storage {
    /// The ways to sessions by their customer's name, joined with its words, see
    /// [`Order::Names`](super::session_lists::Order::Names); none if no name was ever given.
    pub(super) async fn found_by_name(&self, name: &PersonName) -> Result<Vec<Select<session::Entity>>, StorageError> {
        let Some(row) = row(&self.database).await? else { return Ok(Vec::new()) };
        self.know_keys([row.secret.as_str()]).await?;
        Ok(self.name_key(&row)?.found(name))
    }

    /// Takes names into the index that were given before it was there. Says how many. Once all are in it this is quick.
    ///
    /// # Errors
    /// See [`StorageError`]; what was taken in until then stays so.
    pub async fn index_names(&self) -> Result<u64, StorageError> {
        let (mut indexed, mut after) = (0, String::new());
        loop {
            let mut writing = self.writing().await?;
            if row(writing.transaction()).await?.is_some_and(|row| row.complete) {
                return Ok(indexed);
            }
            let key = writing.name_key().await?;
            let rows = writing.unindexed(&after).await?;
            match rows.last() {
                Some((last, ..)) => after.clone_from(last),
                None => {
                    let complete = search_index::ActiveModel {
                        name: Set(NAMES.to_owned()),
                        complete: Set(true),
                        ..Default::default()
                    };
                    complete.update(writing.transaction()).await?;
                }
            }
            self.know_keys(rows.iter().map(|(_, _, sealed)| sealed.as_str())).await?;
            for (sid, knocked_at, sealed) in &rows {
                let opened = writing.open(sealed, &customer_name_of(sid)).ok();
                // What another hand damaged must not keep the rest from being found; verifying the log names it.
                let Some(name) = opened.and_then(|name| PersonName::parse(&name)) else {
                    tracing::error!(sid, "the customer's name can't be indexed");
                    continue;
                };
                writing.pending.named(key.rows(sid, *knocked_at, &name));
                indexed += 1;
            }
            writing.commit().await?;
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn name_key(&self, row: &search_index::Model) -> Result<NameKey, StorageError> {
        let secret = self.sealing.open(&row.secret, &secret_of(NAMES))?;
        SecretKey::from_hex(&secret).map(NameKey).ok_or(StorageError::Invalid("key of an index"))
    }
}

async fn row(database: &impl ConnectionTrait) -> Result<Option<search_index::Model>, StorageError> {
    Ok(search_index::Entity::find_by_id(NAMES).one(database).await?)
}

impl Writing<'_> {
    /// Puts the words of the name that a customer gave into the index, in the place of those of an earlier one.
    pub(super) async fn index_name(&mut self, sid: &str, name: &PersonName) -> Result<(), StorageError> {
        let begun = match self.pending.session(sid) {
            Some(row) => Some((row.knocked_at, row.customer_name.is_some())),
            None => {
                let row = session::Entity::find_by_id(sid).one(self.transaction()).await?;
                row.map(|row| (row.knocked_at, row.customer_name.is_some()))
            }
        };
        let Some((knocked_at, named)) = begun else { return Ok(()) };
        if named {
            self.pending.unname(sid);
            let earlier = session_name::Entity::delete_many().filter(session_name::Column::Sid.eq(sid));
            earlier.exec(self.transaction()).await?;
        }
        let rows = self.name_key().await?.rows(sid, knocked_at, name);
        self.pending.named(rows);
        Ok(())
    }

    /// The key of the index. The first change that needs it draws it.
    async fn name_key(&mut self) -> Result<NameKey, StorageError> {
        if let Some(key) = &self.name_key {
            return Ok(key.clone());
        }
        let key = match row(self.transaction()).await? {
            Some(row) => {
                self.storage.know_keys([row.secret.as_str()]).await?;
                self.storage.name_key(&row)?
            }
            None => {
                let key = SecretKey::generate(&mut random());
                let secret = self.seal(&key.to_hex(), &secret_of(NAMES))?;
                let row = search_index::ActiveModel {
                    name: Set(NAMES.to_owned()),
                    secret: Set(secret),
                    complete: Set(false),
                };
                search_index::Entity::insert(row).exec_without_returning(self.transaction()).await?;
                NameKey(key)
            }
        };
        self.name_key = Some(key.clone());
        Ok(key)
    }

    /// Sessions with a name that is not in the index, after the one of this id: id, knock and sealed name.
    async fn unindexed(&self, after: &str) -> Result<Vec<(String, i64, String)>, StorageError> {
        use session::Column::{CustomerName, KnockedAt, Sid};
        let indexed = Query::select()
            .expr(Expr::val(1))
            .from(session_name::Entity)
            .and_where(Expr::col((session_name::Entity, session_name::Column::Sid)).equals((session::Entity, Sid)))
            .to_owned();
        let rows = session::Entity::find()
            .select_only()
            .columns([Sid, KnockedAt, CustomerName])
            .filter(Sid.gt(after))
            .filter(CustomerName.is_not_null())
            .filter(Expr::exists(indexed).not())
            .order_by_asc(Sid)
            .limit(BATCH);
        Ok(rows.into_tuple().all(self.transaction()).await?)
    }
}
