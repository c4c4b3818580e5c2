//! The services of a consumption season and the store under them.
//!
//! [`Backend`] is the one value that the front doors call; each service is a
//! file that gives it methods. A service takes the caller, asks the rules in
//! `domain` and writes through `store`.

mod assisted;
mod audit;
mod auth;
mod backend;
mod balances;
mod builder;
mod caller;
mod callers;
mod catalogue;
pub mod clock;
mod cube;
mod draw;
mod error;
mod expiry;
pub mod import;
mod issue;
mod join;
mod keys;
mod ledger;
mod limits;
mod live;
mod load;
mod merchant_reviews;
mod offline;
mod once;
mod open;
mod order;
mod paging;
mod people;
mod promotions;
mod reports;
mod residents;
mod returns;
mod reversal;
mod risk;
mod rounds;
mod sales;
mod search;
pub mod seeds;
pub mod sms;
mod statements;
mod stats;
mod store;
mod till;
mod undo;
mod verify;
mod waiting;
mod wallet;
mod wrong_codes;

pub use assisted::{AssistCheck, AssistRequest};
pub(crate) use backend::Inner;
pub use backend::{Backend, OpenError, Options};
pub use builder::DraftChange;
pub use caller::{Caller, TillPlace};
pub use draw::Lines;
pub use error::Error;
pub use join::{SignRequest, Standing, UsedDay};
pub use keys::KeyError;
pub use merchant_reviews::DecideRequest;
pub use offline::OfflineRequest;
pub use once::Done;
pub use order::{OrderRequest, OrderVoucher};
pub use people::{Invitee, NewTill, PersonChange, TillChange};
pub use promotions::{PromotionChange, Verdict};
pub use reports::ReportRequest;
pub use reversal::ReverseRequest;
pub use risk::RiskDecision;
pub use sms::SmsGateway;
pub use store::{ConnectError, StoreError};
pub use till::RedeemRequest;
pub use verify::VerifyReport;
pub use waiting::{PLACES_PER_S, Pass, WorkDemand};
