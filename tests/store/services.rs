//! A test city seen from behind the doors: its services, without HTTP.

use backend::clock::{SeededRandom, SetClock};
use backend::sms::Console;
use backend::{Backend, Caller, Error, OpenError, Options, RedeemRequest};
use domain::shapes::{RedemptionShape, VoucherShape};
use domain::{IdempotencyKey, OutletId, RoundId, Timestamp};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tests::TestCity;
use tokio::time::{sleep, timeout};

/// The first flash round: 300 vouchers, 满60减20, one each.
pub(crate) const FIRST_ROUND: RoundId = RoundId(TestCity::ROUND);
/// The first demo merchant's first outlet.
pub(crate) const FIRST_OUTLET: OutletId = OutletId(TestCity::OUTLET);

/// The services of a test city.
pub(crate) struct Services<'a> {
    pub(crate) backend: Backend,
    pub(crate) clock: &'a SetClock,
    city: &'a TestCity,
}

impl<'a> Services<'a> {
    pub(crate) fn of(city: &'a TestCity) -> Services<'a> {
        Services { backend: city.backend().clone(), clock: city.clock(), city }
    }

    /// Another node of the same installation; it stands for a program that was
    /// started again.
    pub(crate) async fn another_node(&self) -> Backend {
        self.open(self.city.data()).await.expect("another node")
    }

    /// Another node, which reads the city's own clock.
    pub(crate) async fn node_of_the_same_clock(&self) -> Backend {
        self.open_by(self.city.data(), self.shared_clock()).await.expect("another node")
    }

    /// The city's clock, to be kept.
    pub(crate) fn shared_clock(&self) -> Arc<SetClock> {
        self.city.shared_clock()
    }

    /// Opens the city's database with the secret of a data folder.
    pub(crate) async fn open(&self, data: &Path) -> Result<Backend, OpenError> {
        self.open_by(data, Arc::new(SetClock::at(self.backend.now()))).await
    }

    async fn open_by(&self, data: &Path, clock: Arc<SetClock>) -> Result<Backend, OpenError> {
        let options = Options {
            database: self.city.database_url().to_owned(),
            data: data.to_owned(),
            clock,
            random: Arc::new(SeededRandom::new(77)),
            gateway: Arc::new(Console),
        };
        Backend::open(options).await
    }

    /// Runs SQL behind the program's back.
    pub(crate) async fn run(&self, sql: &str) {
        self.try_run(sql).await.expect("the change");
    }

    /// The same, where the database may refuse it.
    pub(crate) async fn try_run(&self, sql: &str) -> Result<(), sqlx::Error> {
        let (url, sql) = (self.city.database_url(), AssertSqlSafe(sql.to_owned()));
        if url.starts_with("sqlite:") {
            let mut connection = SqliteConnection::connect(url).await.expect("a connection");
            sqlx::raw_sql(sql).execute(&mut connection).await.map(drop)
        } else {
            let mut connection = PgConnection::connect(url).await.expect("a connection");
            sqlx::raw_sql(sql).execute(&mut connection).await.map(drop)
        }
    }

    /// The first column of what a query finds, a line a row.
    pub(crate) async fn read(&self, sql: &str) -> String {
        let (url, sql) = (self.city.database_url(), AssertSqlSafe(sql.to_owned()));
        let rows: Vec<String> = if url.starts_with("sqlite:") {
            let mut connection = SqliteConnection::connect(url).await.expect("a connection");
            sqlx::query_scalar(sql).fetch_all(&mut connection).await.expect("rows")
        } else {
            let mut connection = PgConnection::connect(url).await.expect("a connection");
            sqlx::query_scalar(sql).fetch_all(&mut connection).await.expect("rows")
        };
        rows.join("\n")
    }

    /// Signs in.
    pub(crate) async fn caller(&self, phone: &str) -> Caller {
        let phone = phone.parse().expect("a phone number");
        let code =
            self.backend.send_code(&phone).await.expect("a code").demo_code.expect("shown on demo data");
        let login = self.backend.log_in(&phone, &code).await.expect("the code is right");
        self.backend.caller(&login.token).await.expect("the store answers").expect("the session holds")
    }

    /// The demonstration's resident of a number from 1.
    pub(crate) async fn resident(&self, number: u32) -> Caller {
        self.caller(&format!("139{number:08}")).await
    }

    /// The clerk of the first merchant.
    pub(crate) async fn clerk(&self) -> Caller {
        self.caller("13800000002").await
    }

    /// The owner of the first merchant.
    pub(crate) async fn owner(&self) -> Caller {
        self.caller("13800000001").await
    }

    /// The community desk of the first district.
    pub(crate) async fn desk(&self) -> Caller {
        self.caller("13700000005").await
    }

    /// The city organizer.
    pub(crate) async fn officer(&self) -> Caller {
        self.caller("13700000001").await
    }

    /// A voucher of the first round in a resident's hands.
    pub(crate) async fn issued_voucher(&self, resident: &Caller) -> VoucherShape {
        self.backend.claim(resident, FIRST_ROUND, &key()).await.expect("a voucher").answer
    }

    /// What the till reads from the resident's phone now, for an order at the
    /// first outlet.
    pub(crate) async fn presented(
        &self,
        resident: &Caller,
        voucher: &VoucherShape,
        order_fen: i64,
    ) -> RedeemRequest {
        let shown =
            self.backend.voucher_token(resident, voucher.voucher_id).await.expect("the present token");
        at_till(Some(shown.token), None, order_fen)
    }

    /// Redeems a resident's voucher at the first outlet.
    pub(crate) async fn redeem(
        &self,
        resident: &Caller,
        voucher: &VoucherShape,
        order_fen: i64,
    ) -> Result<RedemptionShape, Error> {
        let request = self.presented(resident, voucher, order_fen).await;
        Ok(self.backend.redeem(&self.clerk().await, &request, &key()).await?.answer)
    }

    /// Asserts that the ledger replays without a fault.
    pub(crate) async fn assert_sound(&self) {
        let report = self.backend.verify().await.expect("the store answers");
        assert_eq!(report.faults, Vec::<String>::new());
    }
}

/// What a till at the first outlet sends.
pub(crate) fn at_till(token: Option<String>, code: Option<String>, order_fen: i64) -> RedeemRequest {
    RedeemRequest {
        token,
        code,
        outlet_id: FIRST_OUTLET,
        order_fen,
        invoice_no: None,
        last4: None,
        merchant_discount_fen: None,
    }
}

/// A moment.
pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

/// An idempotency key that no other request of the test has.
pub(crate) fn key() -> IdempotencyKey {
    static USED: AtomicU64 = AtomicU64::new(0);
    IdempotencyKey::from_random(0, USED.fetch_add(1, Ordering::Relaxed))
}

/// How long a test waits for what an idle node knows within a second: a busy machine may need more.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Waits until it is so, for as long as [`PATIENCE`].
pub(crate) async fn until(what: &str, so: impl AsyncFn() -> bool) {
    let look = async {
        while !so().await {
            sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(timeout(PATIENCE, look).await.is_ok(), "not within {PATIENCE:?}: {what}");
}
