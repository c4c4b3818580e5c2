//! Writes that are done once: the effect and its answer are stored in one
//! transaction under the caller's idempotency key.

use crate::store::{Tx, idempotency};
use crate::{Backend, Caller, Error, StoreError};
use domain::{Denied, IdempotencyKey};
use serde::{Serialize, de::DeserializeOwned};

/// The answer of a write under an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done<T> {
    /// What was done.
    pub answer: T,
    /// Whether this is the stored answer of an earlier request.
    pub replayed: bool,
}

/// A write that may begin, or was done before.
pub(crate) enum Begun<T> {
    /// The stored answer.
    Before(Done<T>),
    /// The transaction that took the key.
    Now(Tx),
}

impl Backend {
    /// The answer that an earlier request with the key got; `None` when there
    /// was none.
    pub(crate) async fn answered<T: DeserializeOwned>(
        &self,
        caller: &Caller,
        key: &IdempotencyKey,
        request_hash: &str,
    ) -> Result<Option<Done<T>>, Error> {
        let mut tx = self.db().read().await?;
        let Some(stored) = idempotency::stored(&mut tx, caller.account_id, key).await? else {
            return Ok(None);
        };
        if stored.request_hash != request_hash {
            return Err(Denied::KeyReused.into());
        }
        let answer = serde_json::from_str(&stored.body).map_err(StoreError::corrupt)?;
        Ok(Some(Done { answer, replayed: true }))
    }

    /// Takes the key. A request with the same key that is under way is waited
    /// for, and its answer given.
    pub(crate) async fn begin_once<T: DeserializeOwned>(
        &self,
        caller: &Caller,
        key: &IdempotencyKey,
        request_hash: &str,
    ) -> Result<Begun<T>, Error> {
        let mut tx = self.db().write().await?;
        if idempotency::take(&mut tx, caller.account_id, key, request_hash, self.now()).await? {
            return Ok(Begun::Now(tx));
        }
        drop(tx);
        // A claim's or a redemption's key has its answer elsewhere, and is none of this request.
        let done = self.answered(caller, key, request_hash).await?;
        done.map(Begun::Before).ok_or_else(|| Denied::KeyReused.into())
    }

    /// Stores the answer and commits: from here on the write is durable.
    pub(crate) async fn finish_once<T: Serialize>(
        &self,
        mut tx: Tx,
        caller: &Caller,
        key: &IdempotencyKey,
        answer: T,
    ) -> Result<Done<T>, Error> {
        let body = serde_json::to_string(&answer).map_err(StoreError::corrupt)?;
        idempotency::fill(&mut tx, caller.account_id, key, &body).await?;
        tx.commit().await?;
        Ok(Done { answer, replayed: false })
    }
}
