//! The one value that the front doors call.

use crate::balances::Balances;
use crate::callers::Callers;
use crate::catalogue::Catalogue;
use crate::clock::{Clock, Random};
use crate::expiry::Expiry;
use crate::import::Imports;
use crate::issue::desk::Desk;
use crate::issue::known::Known;
use crate::keys::{KeyError, Keys};
use crate::lately::Lately;
use crate::limits::Limits;
use crate::live::{self, Live};
use crate::promotions::{Counts, Darkroom};
use crate::sms::SmsGateway;
use crate::store::{ConnectError, Db, StoreError, ledger, meta};
use crate::waiting::{self, Waiting};
use arc_swap::ArcSwap;
use domain::{Denied, IdempotencyKey, Timestamp, Zone};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use tokio::sync::Mutex;

/// What a start needs.
pub struct Options {
    /// `sqlite://path` or `postgres://…`.
    pub database: String,
    /// The folder of the installation's secret. Every node of one installation
    /// has the same secret in it.
    pub data: PathBuf,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Draws random numbers.
    pub random: Arc<dyn Random>,
    /// Sends login codes.
    pub gateway: Arc<dyn SmsGateway>,
}

impl std::fmt::Debug for Options {
    /// Without the database's URL, which may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("data", &self.data).finish_non_exhaustive()
    }
}

/// The backend cannot start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database cannot be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The secret cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database was filled under another secret: its phone numbers could
    /// not be read and its voucher codes would change.
    #[error("the database belongs to another secret than {0}/secret.key: put the right one back")]
    OtherSecret(PathBuf),
    /// The database holds what it should not.
    #[error("the database cannot be read")]
    Store(#[from] StoreError),
}

/// Every service of the season; a cheap clone.
#[derive(Clone)]
pub struct Backend(Arc<Inner>);

pub(crate) struct Inner {
    db: Db,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    gateway: Arc<dyn SmsGateway>,
    keys: Keys,
    catalogue: ArcSwap<Catalogue>,
    live: Live,
    /// Which of the ledger's chains this node writes to, and its desk begins at.
    chain: i64,
    desk: Desk,
    known: Known,
    callers: Callers,
    lately: Lately,
    limits: Limits,
    waiting: Waiting,
    expiry: Mutex<Expiry>,
    balances: Mutex<Balances>,
    counts: Counts,
    darkroom: Darkroom,
    imports: Imports,
}

impl Backend {
    /// Opens the database, brings its tables up to date and reads the
    /// catalogue.
    ///
    /// # Errors
    /// The database or the secret cannot be used, or do not belong together.
    pub async fn open(options: Options) -> Result<Backend, OpenError> {
        let Options { database, data, clock, random, gateway } = options;
        let keys = Keys::open(&data, random.as_ref())?;
        let db = Db::open(&database).await?;
        let mut tx = db.write().await?;
        let known = meta::get(&mut tx, "secret").await?;
        if known.as_deref().is_some_and(|known| known != keys.fingerprint) {
            return Err(OpenError::OtherSecret(data));
        }
        meta::put(&mut tx, "secret", &keys.fingerprint).await?;
        tx.commit().await?;
        let catalogue = ArcSwap::from_pointee(Catalogue::empty()?);
        let chain = match &db {
            Db::Sqlite { .. } => 0,
            // Where two nodes meet on one chain, a desk goes on to another.
            Db::Postgres { .. } => i64::try_from(random.number() >> 1).unwrap_or(0) % ledger::CHAINS,
        };
        let desk = Desk::open(&db, chain, clock.clone())?;
        let (limits, waiting) = (Limits::new(&clock), Waiting::new());
        let inner = Inner {
            db,
            clock,
            random,
            gateway,
            keys,
            catalogue,
            live: Live::new(),
            chain,
            desk,
            known: Known::default(),
            callers: Callers::default(),
            lately: Lately::default(),
            limits,
            waiting,
            expiry: Mutex::default(),
            balances: Mutex::default(),
            counts: Counts::default(),
            darkroom: Darkroom::default(),
            imports: Imports::new(),
        };
        let backend = Backend(Arc::new(inner));
        backend.look().await?;
        live::keep_looking(&backend);
        waiting::keep_counting(&backend);
        Ok(backend)
    }

    /// Sees at once what this node has changed in the catalogue; the other
    /// nodes hear of it. The change itself says so:
    /// [`catalogue::changed`](crate::store::catalogue::changed).
    pub(crate) async fn reload(&self) -> Result<(), StoreError> {
        self.look().await
    }

    /// Holds a newer catalogue from here on.
    pub(crate) fn hold(&self, catalogue: Catalogue) {
        self.0.catalogue.store(Arc::new(catalogue));
    }

    /// Whether the database holds a season.
    ///
    /// # Errors
    /// The store failed.
    pub async fn has_season(&self) -> Result<bool, StoreError> {
        let mut tx = self.db().read().await?;
        Ok(meta::get(&mut tx, "season").await?.is_some())
    }

    /// Whether the database answers: for readiness checks.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.has_season().await.map(drop)
    }

    /// Resolves when the disk failed to make a write durable (`fsync`): whatever
    /// is asked from then on fails, and the program is to end at once, without
    /// closing the database. What was acknowledged before stands.
    pub async fn disk_lost(&self) {
        self.0.db.disk_lost().await;
    }

    /// Ends all connections to the database.
    pub async fn close(&self) {
        if let Err(error) = self.write_counts().await {
            tracing::warn!(%error, "the last counts of views are lost");
        }
        self.0.desk.close().await;
        self.0.db.close().await;
    }

    /// The present moment by the backend's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The season's zone.
    #[must_use]
    pub fn zone(&self) -> Zone {
        self.catalogue().season().zone
    }

    /// Whether the season is demonstration data.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.catalogue().season().demo
    }

    /// The moment at which a demonstration's clock starts: the season's own,
    /// or where an earlier run left the ledger, so that time never goes back
    /// behind what is written. `None` outside demonstration data.
    ///
    /// # Errors
    /// The store failed.
    pub async fn demo_clock(&self) -> Result<Option<Timestamp>, StoreError> {
        let catalogue = self.catalogue();
        let season = catalogue.season();
        let mut tx = self.db().read().await?;
        let heads = ledger::heads(&mut tx).await?;
        let written = heads.iter().filter_map(|head| head.at_ms).max().map(Timestamp::from_ms);
        Ok(season.demo_clock.filter(|_| season.demo).map(|start| written.map_or(start, |at| at.max(start))))
    }

    /// Counts a press from an address.
    ///
    /// # Errors
    /// More come from there than a crowd of people behind one address press.
    pub fn press_from(&self, address: IpAddr) -> Result<(), Denied> {
        self.limits().press_from(address)
    }

    /// A fresh idempotency key, for forms without JavaScript.
    #[must_use]
    pub fn new_key(&self) -> IdempotencyKey {
        IdempotencyKey::from_random(self.0.random.number(), self.0.random.number())
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.0.keys
    }

    pub(crate) fn random(&self) -> &dyn Random {
        self.0.random.as_ref()
    }

    pub(crate) fn gateway(&self) -> &dyn SmsGateway {
        self.0.gateway.as_ref()
    }

    pub(crate) fn catalogue(&self) -> Arc<Catalogue> {
        self.0.catalogue.load_full()
    }

    pub(crate) fn chain(&self) -> i64 {
        self.0.chain
    }

    pub(crate) fn desk(&self) -> &Desk {
        &self.0.desk
    }

    pub(crate) fn known(&self) -> &Known {
        &self.0.known
    }

    pub(crate) fn callers(&self) -> &Callers {
        &self.0.callers
    }

    pub(crate) fn lately(&self) -> &Lately {
        &self.0.lately
    }

    pub(crate) fn live(&self) -> &Live {
        &self.0.live
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn waiting(&self) -> &Waiting {
        &self.0.waiting
    }

    pub(crate) fn expiry(&self) -> &Mutex<Expiry> {
        &self.0.expiry
    }

    pub(crate) fn balances(&self) -> &Mutex<Balances> {
        &self.0.balances
    }

    pub(crate) fn counts(&self) -> &Counts {
        &self.0.counts
    }

    pub(crate) fn darkroom(&self) -> &Darkroom {
        &self.0.darkroom
    }

    pub(crate) fn imports(&self) -> &Imports {
        &self.0.imports
    }

    pub(crate) fn downgrade(&self) -> Weak<Inner> {
        Arc::downgrade(&self.0)
    }

    pub(crate) fn upgrade(inner: &Weak<Inner>) -> Option<Backend> {
        inner.upgrade().map(Backend)
    }
}
