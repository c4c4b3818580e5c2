//! What a handler asks of a request: who calls, under which key, with which query, number and body.
//!
//! Extractors run in the order of a handler's arguments. The caller comes first, so that a stranger learns
//! nothing about the rest.

use std::str::FromStr;

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use backend::{Backend, Caller, Pass};
use domain::{
    AuditQuery, BankResultQuery, BlockQuery, CubeQuery, Denied, IdempotencyKey, ImportQuery, ListQuery,
    MerchantLineQuery, MerchantReviewQuery, OfferQuery, OpenQuery, OwnPromotionQuery, Permission,
    ReceiptQuery, ReviewQuery, RoundQuery, SalesQuery, SettlementLineQuery, StatementQuery, StatsQuery,
};
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::body::LIMIT_BYTES;
use crate::problem::{Door, Refused};
use crate::router::Doors;
use crate::{cookie, limits};

/// Somebody who is signed in, whatever their role.
#[derive(Debug)]
pub(crate) struct SignedIn {
    pub(crate) caller: Caller,
    pub(crate) token: String,
}

impl FromRequestParts<Doors> for SignedIn {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, doors: &Doors) -> Result<Self, Refused> {
        let token = session_token(&parts.headers).ok_or(Denied::Unauthenticated)?;
        let caller = doors.backend.caller(token).await?.ok_or(Denied::Unauthenticated)?;
        Ok(SignedIn { caller, token: token.to_owned() })
    }
}

/// The token of the bearer header, or else of the cookie.
fn session_token(headers: &HeaderMap) -> Option<&str> {
    let bearer = || {
        let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    };
    bearer().or_else(|| cookie::value(headers, cookie::SESSION)).filter(|token| !token.is_empty())
}

/// The secret of the enrolled till from which a request comes: the header's, or else the cookie's.
pub(crate) fn till_secret(headers: &HeaderMap) -> Option<&str> {
    let header = headers.get("yuehui-till").and_then(|value| value.to_str().ok());
    header.or_else(|| cookie::value(headers, cookie::TILL))
}

/// The caller as the enrolled till lets them act, from which they call; refused where it is switched off.
async fn at_till(caller: Caller, parts: &Parts, doors: &Doors) -> Result<Caller, Refused> {
    Ok(doors.backend.at_till(caller, till_secret(&parts.headers)).await?)
}

macro_rules! permitted {
    ($($(#[$doc:meta])* $name:ident: $permission:ident $($place:ident)?;)+) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name(pub(crate) Caller);

        impl FromRequestParts<Doors> for $name {
            type Rejection = Refused;

            async fn from_request_parts(parts: &mut Parts, doors: &Doors) -> Result<Self, Refused> {
                let SignedIn { caller, .. } = SignedIn::from_request_parts(parts, doors).await?;
                caller.require(Permission::$permission)?;
                $(let caller = $place(caller, parts, doors).await?;)?
                Ok($name(caller))
            }
        }
    )+};
}

permitted! {
    /// Somebody who may redeem, from a device that is no switched-off till.
    Clerk: Redeem at_till;
    /// Somebody who may undo a redemption, from such a device.
    Reverser: Reverse at_till;
    /// Somebody who may claim and hold vouchers.
    Holder: HoldVouchers;
    /// Somebody who may see what their merchant is owed.
    StatementReader: SeeStatements;
    /// Somebody who manages their merchant's people and tills.
    PeopleManager: ManagePeople;
    /// Somebody who may see tallies.
    Organizer: SeeStats;
    /// Somebody who may freeze reports.
    Reporter: MakeReports;
    /// Somebody who may hold draws.
    DrawHolder: HoldDraws;
    /// Somebody at a community desk.
    Assistant: AssistResidents;
    /// Somebody who may post promotions of their merchant.
    Poster: PostPromotions;
    /// Somebody who may review promotions.
    PromotionReviewer: ReviewPromotions;
    /// Somebody who may make a merchant of their own.
    Joiner: JoinAsMerchant;
    /// Somebody who brings in merchants.
    Importer: ImportMerchants;
    /// Somebody who may see campaigns that are being built.
    DraftReader: SeeDrafts;
    /// Somebody who builds campaigns.
    Builder: BuildCampaigns;
    /// Somebody who publishes what another built.
    Publisher: PublishCampaigns;
    /// Somebody who may read the audit log.
    AuditReader: ReadAudit;
    /// Somebody who decides on merchants.
    MerchantReviewer: ReviewMerchants;
    /// Somebody who lets outlets redeem without a network.
    OfflineAllower: AllowOffline;
    /// Somebody who sees what looks wrong.
    RiskReader: SeeRisk;
    /// Somebody who decides on it.
    RiskDecider: DecideRisk;
    /// Somebody who answers to it for their merchant.
    RiskAnswerer: AnswerRisk;
    /// Somebody who sees the batches that pay merchants.
    SettlementReader: SeeSettlements;
    /// Somebody who makes and discards them.
    SettlementMaker: MakeSettlement;
    /// Somebody who confirms what their merchant is owed.
    SettlementConfirmer: ConfirmSettlement;
    /// Somebody who reviews for a district.
    SettlementReviewer: ReviewSettlement;
    /// Somebody who approves for the city.
    SettlementApprover: ApproveSettlement;
    /// Somebody who deals with the bank.
    SettlementPayer: PaySettlement;
}

/// The key under which a write is done once.
#[derive(Debug)]
pub(crate) struct Key(pub(crate) IdempotencyKey);

impl<S: Sync> FromRequestParts<S> for Key {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let mut sent = parts.headers.get_all("idempotency-key").into_iter();
        let key = sent.next().ok_or(Denied::KeyRequired)?;
        let key = key.to_str().ok().and_then(|key| key.parse().ok());
        match (key, sent.next()) {
            (Some(key), None) => Ok(Key(key)),
            _ => Err(Denied::BadKey.into()),
        }
    }
}

/// What a claim shows besides: a place, a proof of work, the browser's number.
#[derive(Debug)]
pub(crate) struct Shown(pub(crate) Pass);

impl<S: Sync> FromRequestParts<S> for Shown {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let text = |name: &str| parts.headers.get(name)?.to_str().ok().map(str::to_owned);
        let (place, work) = (text("yuehui-place"), text("yuehui-work"));
        Ok(Shown(Pass { place, work, device: limits::device(&parts.headers), ..Pass::default() }))
    }
}

/// A number in the path; what is none exists as little as one that nobody has.
#[derive(Debug)]
pub(crate) struct Id<T>(pub(crate) T);

impl<T: FromStr + ToString, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        let text = text.map_err(|_| Denied::NotFound)?.0;
        // One number has one address: neither `+7` nor `007`.
        let id = text.parse::<T>().ok().filter(|id| id.to_string() == text);
        id.map(Id).ok_or_else(|| Denied::NotFound.into())
    }
}

/// A query that knows the names of its parameters.
pub(crate) trait Parameters: DeserializeOwned {
    const NAMES: &'static [&'static str];
}

macro_rules! parameters {
    ($($query:ty),+) => {$(
        impl Parameters for $query {
            const NAMES: &'static [&'static str] = <$query>::FIELDS;
        }
    )+};
}
parameters!(
    AuditQuery,
    BankResultQuery,
    BlockQuery,
    CubeQuery,
    ReceiptQuery,
    OfferQuery,
    RoundQuery,
    ListQuery,
    ImportQuery,
    MerchantLineQuery,
    MerchantReviewQuery,
    OpenQuery,
    OwnPromotionQuery,
    ReviewQuery,
    SalesQuery,
    SettlementLineQuery,
    StatementQuery,
    StatsQuery
);

/// The URL's query: every parameter known, and given once.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<T: Parameters, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let text = parts.uri.query().unwrap_or_default();
        let pairs: Vec<_> = form_urlencoded::parse(text.as_bytes()).collect();
        for (place, (name, _)) in pairs.iter().enumerate() {
            if !T::NAMES.contains(&name.as_ref()) {
                let shown: String = name.chars().take(40).collect();
                return Err(Denied::query(&shown, format!("one of {}", T::NAMES.join(", "))).into());
            }
            if pairs[..place].iter().any(|(earlier, _)| earlier == name) {
                return Err(Denied::query(name, "once").into());
            }
        }
        let query = axum::extract::Query::try_from_uri(&parts.uri);
        query.map(|query| Query(query.0)).map_err(|error| Denied::query("query", error).into())
    }
}

/// A JSON object.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Body<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refused> {
        if !is_json(request.headers()) {
            return Err(Door::NOT_JSON.into());
        }
        let bytes = to_bytes(request.into_body(), LIMIT_BYTES).await.map_err(|_| Door::TOO_LARGE)?;
        if bytes.trim_ascii_start().first() != Some(&b'{') {
            return Err(Door::BAD_BODY.into());
        }
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let read = serde_path_to_error::deserialize(&mut json).map_err(|error| unread(&error))?;
        json.end().map_err(|_| Door::BAD_BODY)?;
        Ok(Body(read))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let sent = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = sent.and_then(|value| value.split(';').next());
    media.is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"))
}

/// Names the field that could not be read; a text that is no JSON at all has none.
fn unread(error: &serde_path_to_error::Error<serde_json::Error>) -> Refused {
    if !error.inner().is_data() {
        return Door::BAD_BODY.into();
    }
    let told = error.inner().to_string();
    let told = told.rsplit_once(" at line ").map_or(told.as_str(), |(told, _)| told);
    let path = error.path().to_string();
    // A missing or doubled field has no path of its own; serde quotes its name.
    let quoted = told.split('`').nth(1).filter(|_| path == ".");
    Denied::field(quoted.unwrap_or(&path), told).into()
}

/// The backend of a handler's state.
impl axum::extract::FromRef<Doors> for Backend {
    fn from_ref(doors: &Doors) -> Backend {
        doors.backend.clone()
    }
}
