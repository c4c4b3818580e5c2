//! The city: a server under test.

use crate::database::Place;
use crate::{Answer, Database, Person, new_key, people};
use backend::Backend;
use backend::clock::SetClock;
use backend::seeds::SeedSet;
use domain::Timestamp;
use http::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The moment at which every city begins: the first round opens.
pub const OPENING: &str = "2021-06-18T10:00:00+08:00";

/// The demonstration season's first round: 300 vouchers, usable at once at [`TestCity::OUTLET`].
const FIRST_ROUND: i64 = 1;

/// A server of the demonstration season.
#[derive(Debug)]
pub struct TestCity {
    /// Where it listens: `http://127.0.0.1:12345`.
    pub origin: String,
    clock: Arc<SetClock>,
    client: reqwest::Client,
    place: Place,
    backend: Opened,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

struct Opened(Backend);

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Backend")
    }
}

impl TestCity {
    /// The first round of the season.
    pub const ROUND: i64 = FIRST_ROUND;
    /// The first outlet of the first merchant.
    pub const OUTLET: i64 = 1;

    /// A city of the demonstration season, or of one that `season` changed.
    pub(crate) fn build(runtime: &Runtime, database: Database, season: Option<fn(&mut SeedSet)>) -> TestCity {
        match season {
            None => {
                let place = database.with_season(runtime);
                runtime.block_on(TestCity::open(place, None))
            }
            Some(change) => runtime.block_on(async {
                let mut season = SeedSet::anshan_2021().expect("the demonstration season");
                change(&mut season);
                TestCity::open(database.empty().await, Some(season)).await
            }),
        }
    }

    async fn open(place: Place, season: Option<SeedSet>) -> TestCity {
        let clock = Arc::new(SetClock::at(moment(OPENING)));
        let backend = place.open(clock.clone()).await;
        if let Some(season) = season {
            assert!(backend.load(&season).await.expect("a loaded season"));
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let (stop, stopped) = oneshot::channel::<()>();
        let router = server::router(backend.clone(), server::assets::Assets::default());
        let served = tokio::spawn(async move {
            let stopped = async { stopped.await.unwrap_or(()) };
            server::serve(listener, router, stopped).await;
        });
        TestCity { origin, clock, client: client(), place, backend: Opened(backend), stop, served }
    }

    /// Stops the server and removes the database.
    pub(crate) async fn take_down(self) {
        let _ = self.stop.send(());
        self.served.await.expect("a server that ends well");
        self.backend.0.close().await;
        self.place.remove().await;
    }

    /// The services behind the doors, for tests of the store.
    #[must_use]
    pub fn backend(&self) -> &Backend {
        &self.backend.0
    }

    /// The database's address, for tests that look behind the services' back.
    #[must_use]
    pub fn database_url(&self) -> &str {
        &self.place.url
    }

    /// The database with its data folder.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The data folder, with the installation's secret in it.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.place.folder
    }

    /// The city's clock.
    #[must_use]
    pub fn clock(&self) -> &SetClock {
        &self.clock
    }

    /// The city's clock, to be kept: other nodes read it too.
    #[must_use]
    pub fn shared_clock(&self) -> Arc<SetClock> {
        self.clock.clone()
    }

    /// Puts the clock to another moment.
    pub fn set_clock(&self, at: &str) {
        self.clock.set(moment(at));
    }

    /// Moves the clock on.
    pub fn wait_s(&self, seconds: i64) {
        self.clock.advance_ms(seconds * 1000);
    }

    /// Somebody without a session.
    #[must_use]
    pub fn anyone(&self) -> Person {
        Person::new(self.client.clone(), &self.origin, None)
    }

    /// Signs in by phone and code.
    pub async fn sign_in(&self, phone: &str) -> Person {
        let anyone = self.anyone();
        let sent = anyone.post("/auth/code", &json!({ "phone": phone })).await.expect(202);
        let body = json!({ "phone": phone, "code": sent["demo_code"] });
        let login = anyone.post("/auth/login", &body).await.expect(200);
        Person::new(self.client.clone(), &self.origin, login["token"].as_str().map(str::to_owned))
    }

    /// The n-th demonstration resident.
    pub async fn resident(&self, n: u32) -> Person {
        self.sign_in(&people::resident(n)).await
    }

    /// The clerk of the first merchant.
    pub async fn clerk(&self) -> Person {
        self.sign_in(people::CLERK).await
    }

    /// The owner of the first merchant.
    pub async fn owner(&self) -> Person {
        self.sign_in(people::OWNER).await
    }

    /// The community desk of the district 210302.
    pub async fn desk(&self) -> Person {
        self.sign_in(people::DESK).await
    }

    /// The city's organizer.
    pub async fn organizer(&self) -> Person {
        self.sign_in(people::ORGANIZER).await
    }

    /// Claims in a round.
    pub async fn claim(&self, resident: &Person, round: i64) -> Answer {
        resident.write(Method::POST, &format!("/rounds/{round}/claims"), None, &new_key()).await
    }

    /// A voucher of the first round in a resident's hands.
    pub async fn voucher_of(&self, resident: &Person) -> Value {
        self.claim(resident, Self::ROUND).await.expect(201)
    }

    /// The present token and typed code of a voucher at this moment.
    pub async fn token_of(&self, resident: &Person, voucher: &Value) -> Value {
        let path = format!("/vouchers/{}/token", voucher["voucher_id"]);
        resident.post(&path, &json!({})).await.expect(200)
    }

    /// What a till sends for a voucher on an order.
    pub async fn order(&self, resident: &Person, voucher: &Value, order_fen: i64) -> Value {
        let token = self.token_of(resident, voucher).await;
        json!({ "token": token["token"], "outlet_id": Self::OUTLET, "order_fen": order_fen })
    }

    /// Redeems at a till.
    pub async fn redeem(&self, clerk: &Person, order: &Value) -> Answer {
        clerk.write(Method::POST, "/redemptions", Some(order), &new_key()).await
    }

    /// A voucher of the resident, redeemed on an order.
    pub async fn redemption(&self, resident: &Person, clerk: &Person, order_fen: i64) -> Value {
        let voucher = self.voucher_of(resident).await;
        let order = self.order(resident, &voucher, order_fen).await;
        self.redeem(clerk, &order).await.expect(201)
    }
}

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn client() -> reqwest::Client {
    // The client asks for a provider of cryptography even where everything is plain; another test may have
    // named it before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client")
}
