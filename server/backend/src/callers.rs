//! The callers that a node remembers, so that a press needs no look into the
//! database to know whose it is; and the tills that they stand at.
//!
//! A caller is remembered until their session ends. What changes a caller
//! (signing out, another district, a role) is told in the transaction that
//! changes it, [`Backend::forget_caller`]: this node forgets at once, every
//! other one when it next looks, a quarter of a second later. A node that
//! cannot look remembers nobody.

use crate::people::KnownTill;
use crate::remembered::Remembered;
use crate::store::caller_change::Change;
use crate::store::{Tx, caller_change};
use crate::{Backend, Caller, StoreError};
use domain::{AccountId, TillId, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Callers that are remembered, of some 300 bytes each; whoever has not called
/// for the longest time is forgotten first.
const MOST_REMEMBERED: usize = 200_000;
/// Tills that are remembered; with more, all are forgotten.
const MOST_TILLS: usize = 100_000;
/// Changes that are read at a time; with more, everybody is forgotten.
const MOST_CHANGES: i64 = 1_000;
/// How long changes are told.
const TOLD_MS: i64 = 3_600_000;

/// The SHA-256 of a session's token.
pub(crate) type TokenHash = [u8; 32];

/// Who called lately.
#[derive(Debug, Default)]
pub(crate) struct Callers(Mutex<All>);

#[derive(Debug, Default)]
struct All {
    sessions: Remembered<TokenHash, Session, MOST_REMEMBERED>,
    /// Enrolled tills by the hash of their secret.
    tills: HashMap<TokenHash, KnownTill>,
    /// The last change that was seen; `None` while the node cannot look.
    seen: Option<i64>,
    /// Moves with every change: what was read before one may be out of date.
    changes: u64,
}

#[derive(Clone, Debug)]
struct Session {
    caller: Arc<Caller>,
    expires_at: Timestamp,
}

/// A caller who has to be looked up; what is found may be kept if nothing
/// changed meanwhile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stranger(u64);

impl Callers {
    fn all(&self) -> MutexGuard<'_, All> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The caller of a session that has not ended, if remembered.
    pub(crate) fn find(&self, token: &TokenHash, now: Timestamp) -> Result<Arc<Caller>, Stranger> {
        let mut all = self.all();
        let live = all.sessions.find(token).filter(|session| session.expires_at > now && all.seen.is_some());
        live.map(|session| session.caller).ok_or(Stranger(all.changes))
    }

    /// Remembers who was looked up.
    pub(crate) fn keep(&self, read: Stranger, token: TokenHash, caller: Arc<Caller>, expires_at: Timestamp) {
        let mut all = self.all();
        if all.seen.is_some() && all.changes == read.0 {
            all.sessions.put(token, Session { caller, expires_at });
        }
    }

    /// The till that has a secret, if remembered.
    pub(crate) fn find_till(&self, secret: &TokenHash) -> Result<KnownTill, Stranger> {
        let all = self.all();
        let known = all.tills.get(secret).filter(|_| all.seen.is_some());
        known.copied().ok_or(Stranger(all.changes))
    }

    /// Remembers a till that was looked up.
    pub(crate) fn keep_till(&self, read: Stranger, secret: TokenHash, till: KnownTill) {
        let mut all = self.all();
        if all.seen.is_some() && all.changes == read.0 {
            if all.tills.len() >= MOST_TILLS {
                all.tills.clear();
            }
            all.tills.insert(secret, till);
        }
    }

    /// Forgets an account's callers.
    pub(crate) fn forget(&self, account: AccountId) {
        self.all().forget(&[Change { account_id: account.0, till_id: None }]);
    }

    /// Forgets a till.
    pub(crate) fn forget_till(&self, till: TillId) {
        self.all().forget(&[Change { account_id: 0, till_id: Some(till.0) }]);
    }

    /// Forgets everybody until the next look: changes may be missed.
    pub(crate) fn forget_all(&self) {
        let mut all = self.all();
        all.clear();
        all.seen = None;
    }

    /// Catches up with what every node changed, in a transaction that was begun
    /// for the look.
    pub(crate) async fn catch_up(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let (last, seen) = (caller_change::last(tx).await?, self.all().seen);
        if seen == Some(last) {
            return Ok(());
        }
        let told = match seen {
            Some(seen) => caller_change::after(tx, seen, MOST_CHANGES).await?,
            None => Vec::new(),
        };
        let whole = seen.is_some_and(|seen| i64::try_from(told.len()) == Ok(last - seen));
        let mut all = self.all();
        if whole {
            all.forget(&told);
        } else {
            all.clear();
        }
        all.seen = Some(last);
        Ok(())
    }
}

impl All {
    fn forget(&mut self, told: &[Change]) {
        self.changes += 1;
        let accounts: Vec<i64> =
            told.iter().filter(|change| change.till_id.is_none()).map(|change| change.account_id).collect();
        self.sessions.retain(|session| !accounts.contains(&session.caller.account_id.0));
        let tills: Vec<i64> = told.iter().filter_map(|change| change.till_id).collect();
        self.tills.retain(|_, till| !tills.contains(&till.id.0));
    }

    fn clear(&mut self) {
        self.changes += 1;
        self.sessions.clear();
        self.tills.clear();
    }
}

impl Backend {
    /// Tells every node, with the commit of the transaction that changes an
    /// account, not to remember its callers. The caller of this forgets them
    /// here after the commit: [`Callers::forget`].
    pub(crate) async fn forget_caller(&self, tx: &mut Tx, account: AccountId) -> Result<(), StoreError> {
        caller_change::tell(tx, account.0, self.now()).await
    }

    /// Tells every node, with the commit of the transaction that changes a
    /// till. The caller of this forgets it here after the commit:
    /// [`Callers::forget_till`].
    pub(crate) async fn tell_till(&self, tx: &mut Tx, till: TillId) -> Result<(), StoreError> {
        caller_change::tell_till(tx, till.0, self.now()).await
    }

    /// Forgets what every node has long seen.
    pub(crate) async fn forget_told_changes(&self) -> Result<(), StoreError> {
        let mut tx = self.db().write().await?;
        if caller_change::forget(&mut tx, self.now().plus_ms(-TOLD_MS)).await? > 0 {
            tx.commit().await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{MerchantId, OutletId, Role};

    fn caller(account: i64) -> Arc<Caller> {
        Arc::new(Caller {
            account_id: AccountId(account),
            name: String::new(),
            roles: vec![Role::Resident],
            phone_masked: String::new(),
            merchant_id: None,
            district: None,
            office: None,
            desk: None,
            outlets: Vec::new(),
            till: None,
        })
    }

    fn token(n: usize) -> TokenHash {
        let mut token = [0; 32];
        token[..8].copy_from_slice(&n.to_be_bytes());
        token
    }

    /// Callers of a node that has looked.
    fn callers() -> Callers {
        let callers = Callers::default();
        callers.all().seen = Some(0);
        callers
    }

    fn now() -> Timestamp {
        Timestamp::from_ms(1_000)
    }

    fn later() -> Timestamp {
        Timestamp::from_ms(2_000)
    }

    #[test]
    fn a_caller_is_remembered_until_the_session_ends() {
        let callers = callers();
        let stranger = callers.find(&token(1), now()).unwrap_err();
        callers.keep(stranger, token(1), caller(7), later());
        assert_eq!(callers.find(&token(1), now()).unwrap(), caller(7));
        assert!(callers.find(&token(1), later()).is_err());
        assert!(callers.find(&token(2), now()).is_err());
    }

    #[test]
    fn what_was_read_before_a_change_is_not_kept() {
        let callers = callers();
        let read = callers.find(&token(1), now()).unwrap_err();
        callers.forget(AccountId(7));
        callers.keep(read, token(1), caller(7), later());
        assert!(callers.find(&token(1), now()).is_err());
    }

    #[test]
    fn one_account_is_forgotten_and_no_other() {
        let callers = callers();
        for n in 1..=3 {
            let stranger = callers.find(&token(n), now()).unwrap_err();
            callers.keep(stranger, token(n), caller(i64::try_from(n).unwrap() / 2), later());
        }
        callers.forget(AccountId(1));
        let left = (1..=3).filter(|n| callers.find(&token(*n), now()).is_ok());
        assert_eq!(left.collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn a_till_is_remembered_until_it_changes() {
        let callers = callers();
        let till = |id| KnownTill { id: TillId(id), merchant: MerchantId(1), outlet: OutletId(1), on: true };
        for n in 1..=2 {
            let stranger = callers.find_till(&token(n)).unwrap_err();
            callers.keep_till(stranger, token(n), till(i64::try_from(n).unwrap()));
        }
        let read = callers.find_till(&token(3)).unwrap_err();
        callers.forget_till(TillId(1));
        callers.keep_till(read, token(3), till(3));
        assert!(callers.find_till(&token(1)).is_err() && callers.find_till(&token(3)).is_err());
        assert_eq!(callers.find_till(&token(2)).ok(), Some(till(2)));
        callers.forget_all();
        assert!(callers.find_till(&token(2)).is_err());
    }

    #[test]
    fn a_node_that_cannot_look_remembers_nobody() {
        let callers = callers();
        let stranger = callers.find(&token(1), now()).unwrap_err();
        callers.keep(stranger, token(1), caller(7), later());
        callers.forget_all();
        let stranger = callers.find(&token(1), now()).unwrap_err();
        callers.keep(stranger, token(1), caller(7), later());
        assert!(callers.find(&token(1), now()).is_err());
    }
}
