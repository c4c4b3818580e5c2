//! What others would put in the desk's place, behind the listener, the layers, the sign-in and the answers of
//! the real server: nothing at all, a Redis script, or one transaction for each request.

mod alone;
mod redis;

use crate::plan::MOMENT;
use alone::Alone;
use anyhow::{Context, Result};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use backend::clock::{Clock, SystemClock, SystemRandom};
use backend::sms::Console;
use backend::{Backend, Caller, Options};
use clap::{Parser, ValueEnum};
use domain::shapes::{RedemptionShape, VoucherShape};
use domain::{CodeKey, PresentToken, RedemptionId, Secret, Timestamp, VoucherCode, VoucherId, Zone, step_at};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use redis::Redis;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

#[derive(Clone, Debug, Parser)]
pub(crate) struct Arguments {
    #[arg(long)]
    what: What,
    /// The data folder and the database of the sessions.
    #[arg(long)]
    data: PathBuf,
    #[arg(long)]
    database: String,
    #[arg(long)]
    redis: Option<SocketAddr>,
    /// What the real server answered.
    #[arg(long)]
    answers: PathBuf,
    /// Vouchers of each district.
    #[arg(long)]
    stock: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// An axum handler that does nothing, behind nothing.
    Bare,
    /// The same behind the layers and the sign-in of the real server.
    Noop,
    Redis,
    Alone,
}

/// Answers of the real server, by which the others answer.
#[derive(Clone, Debug, Deserialize, serde::Serialize)]
pub(crate) struct Answers {
    pub(crate) claimed: String,
    pub(crate) refused: String,
    pub(crate) redeemed: String,
}

/// What became of a claim or a redemption.
enum Done {
    Now(i64),
    Before(i64),
    No,
}

/// One claim.
struct Claim {
    account: i64,
    round: i64,
    district: i64,
    key: String,
    voucher: i64,
    at: Timestamp,
}

/// One redemption.
struct Redemption {
    clerk: i64,
    voucher: i64,
    outlet: i64,
    order_fen: i64,
    key: String,
    step: i64,
    redemption: i64,
    at: Timestamp,
}

enum Behind {
    Nothing { left: AtomicI64 },
    Redis(Redis),
    Alone(Alone),
}

struct Stand {
    backend: Backend,
    what: What,
    behind: Behind,
    vouchers: AtomicI64,
    redemptions: AtomicI64,
    answers: Answers,
    claimed: VoucherShape,
    redeemed: RedemptionShape,
    code: CodeKey,
}

/// Of tokens and codes: no secret.
const KEY: [u8; 32] = [7; 32];

pub(crate) fn serve(arguments: Arguments) -> Result<()> {
    tokio::runtime::Runtime::new()?.block_on(run(arguments))
}

async fn run(arguments: Arguments) -> Result<()> {
    let options = Options {
        database: arguments.database.clone(),
        data: arguments.data.clone(),
        clock: Arc::new(Shifted::new()?),
        random: Arc::new(SystemRandom),
        gateway: Arc::new(Console),
    };
    let backend = Backend::open(options).await?;
    let answers: Answers = serde_json::from_slice(&std::fs::read(&arguments.answers)?)?;
    let districts = backend.districts();
    let behind = match arguments.what {
        What::Bare | What::Noop => Behind::Nothing { left: AtomicI64::new(arguments.stock * 7) },
        What::Redis => {
            let redis = Redis::open(arguments.redis.context("no Redis")?).await?;
            for district in &districts {
                redis.set(&format!("stock:{}", district.code), arguments.stock).await?;
            }
            Behind::Redis(redis)
        }
        What::Alone => Behind::Alone(Alone::open(&arguments.database, arguments.stock).await?),
    };
    let (vouchers, redemptions) = match &behind {
        Behind::Alone(alone) => alone.last_numbers().await?,
        _ => (0, 0),
    };
    let stand = Arc::new(Stand {
        backend: backend.clone(),
        what: arguments.what,
        behind,
        vouchers: AtomicI64::new(vouchers),
        redemptions: AtomicI64::new(redemptions),
        claimed: serde_json::from_str(&answers.claimed)?,
        redeemed: serde_json::from_str(&answers.redeemed)?,
        answers,
        code: CodeKey::new(KEY),
    });
    let doors = Router::new()
        .route("/api/v1/me", get(me))
        .route("/api/v1/rounds/{id}/claims", post(claim))
        .route("/api/v1/vouchers/{id}/token", post(token))
        .route("/api/v1/redemptions", post(redeem));
    let router = match arguments.what {
        What::Bare => doors.with_state(stand),
        _ => server::guarded(&backend, doors).with_state(stand),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    let mut stop = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    server::serve(listener, router, async move {
        stop.recv().await;
    })
    .await;
    backend.close().await;
    Ok(())
}

/// The clock of the real server's run.
struct Shifted(i64);

impl Shifted {
    fn new() -> Result<Shifted> {
        Ok(Shifted(SystemClock.now().until(MOMENT.parse()?)))
    }
}

impl Clock for Shifted {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus_ms(self.0)
    }
}

impl Stand {
    async fn caller(&self, headers: &HeaderMap) -> Option<Caller> {
        let token = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
        self.backend.caller(token).await.ok()?
    }

    /// Of those who have nothing to do: neither is anybody looked up.
    fn is_bare(&self) -> bool {
        self.what == What::Bare
    }

    fn zone(&self) -> Zone {
        self.backend.zone()
    }
}

fn key_of(headers: &HeaderMap) -> Option<String> {
    let key: domain::IdempotencyKey = headers.get("idempotency-key")?.to_str().ok()?.parse().ok()?;
    Some(key.as_str().to_owned())
}

async fn me(State(stand): State<Arc<Stand>>, headers: HeaderMap) -> Response {
    if stand.is_bare() {
        return StatusCode::OK.into_response();
    }
    match stand.caller(&headers).await {
        Some(caller) => Json(stand.backend.me(&caller)).into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn claim(State(stand): State<Arc<Stand>>, Path(round): Path<i64>, headers: HeaderMap) -> Response {
    if stand.is_bare() {
        let Behind::Nothing { left } = &stand.behind else { return StatusCode::NOT_FOUND.into_response() };
        return answer_nothing(&stand, left);
    }
    let Some(caller) = stand.caller(&headers).await else { return StatusCode::UNAUTHORIZED.into_response() };
    let Some(key) = key_of(&headers) else { return StatusCode::BAD_REQUEST.into_response() };
    if caller.require(domain::Permission::HoldVouchers).is_err() {
        return StatusCode::FORBIDDEN.into_response();
    }
    let claim = || Claim {
        account: caller.account_id.0,
        round,
        district: caller.district.map_or(0, domain::DistrictCode::number),
        key,
        voucher: stand.vouchers.fetch_add(1, Ordering::Relaxed) + 1,
        at: stand.backend.now(),
    };
    let done = match &stand.behind {
        Behind::Nothing { left } => return answer_nothing(&stand, left),
        Behind::Redis(redis) => redis.claim(claim()).await,
        Behind::Alone(alone) => alone.claim(claim()).await,
    };
    match done {
        Ok(Done::Now(voucher) | Done::Before(voucher)) => answer_claim(&stand, voucher),
        Ok(Done::No) => refused(&stand),
        Err(error) => broken(&error),
    }
}

/// As many bytes as the real answer, and nothing behind them.
fn answer_nothing(stand: &Stand, left: &AtomicI64) -> Response {
    let left = left.fetch_sub(1, Ordering::Relaxed);
    if left <= 0 {
        return refused(stand);
    }
    let rest = stand.answers.claimed.split_once(',').map_or("}", |(_, rest)| rest);
    json(format!("{{\"voucher_id\":{left},{rest}"))
}

fn answer_claim(stand: &Stand, voucher: i64) -> Response {
    let (zone, now) = (stand.zone(), stand.backend.now());
    let code = VoucherCode::of(VoucherId(voucher), &stand.code).map(|code| code.to_string());
    let shape = VoucherShape {
        voucher_id: VoucherId(voucher),
        code: code.unwrap_or_default(),
        issued_at: zone.rfc3339(now),
        valid_from: zone.rfc3339(now),
        expires_at: zone.rfc3339(now.plus_ms(7 * 24 * 3_600_000)),
        ..stand.claimed.clone()
    };
    (StatusCode::CREATED, Json(shape)).into_response()
}

fn refused(stand: &Stand) -> Response {
    let body = stand.answers.refused.clone();
    (StatusCode::CONFLICT, [(CONTENT_TYPE, "application/problem+json")], body).into_response()
}

fn json(body: String) -> Response {
    (StatusCode::CREATED, [(CONTENT_TYPE, "application/json")], body).into_response()
}

fn broken(error: &anyhow::Error) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response()
}

async fn token(State(stand): State<Arc<Stand>>, Path(voucher): Path<i64>) -> Response {
    let voucher = VoucherId(voucher);
    let Some(code) = VoucherCode::of(voucher, &stand.code) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let token = Secret::of(voucher, &KEY).token(code, step_at(stand.backend.now()));
    Json(serde_json::json!({ "token": token })).into_response()
}

#[derive(Deserialize)]
struct Order {
    token: String,
    outlet_id: i64,
    order_fen: i64,
}

async fn redeem(State(stand): State<Arc<Stand>>, headers: HeaderMap, body: Bytes) -> Response {
    let number = || stand.redemptions.fetch_add(1, Ordering::Relaxed) + 1;
    if let Behind::Nothing { .. } = &stand.behind {
        if !stand.is_bare() && stand.caller(&headers).await.is_none() {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        let rest = stand.answers.redeemed.split_once(',').map_or("}", |(_, rest)| rest);
        return json(format!("{{\"redemption_id\":{},{rest}", number()));
    }
    let Some(caller) = stand.caller(&headers).await else { return StatusCode::UNAUTHORIZED.into_response() };
    let (Some(key), Ok(order)) = (key_of(&headers), serde_json::from_slice::<Order>(&body)) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let (Ok(token), now) = (order.token.parse::<PresentToken>(), stand.backend.now()) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let voucher = token.code.voucher(&stand.code);
    let Some(step) = Secret::of(voucher, &KEY).proven_step(&token, now, None) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    let asked = Redemption {
        clerk: caller.account_id.0,
        voucher: voucher.0,
        outlet: order.outlet_id,
        order_fen: order.order_fen,
        key,
        step,
        redemption: number(),
        at: now,
    };
    let done = match &stand.behind {
        Behind::Redis(redis) => redis.redeem(asked).await,
        Behind::Alone(alone) => alone.redeem(asked).await,
        Behind::Nothing { .. } => Ok(Done::No),
    };
    match done {
        Ok(Done::Now(redemption) | Done::Before(redemption)) => {
            let shape = RedemptionShape {
                redemption_id: RedemptionId(redemption),
                voucher_id: voucher,
                redeemed_at: stand.zone().rfc3339(now),
                ..stand.redeemed.clone()
            };
            (StatusCode::CREATED, Json(shape)).into_response()
        }
        Ok(Done::No) => refused(&stand),
        Err(error) => broken(&error),
    }
}
