//! What pages ask and what forms do, one file per noun.
//!
//! Reads are ordinary functions that exist on the server alone. Whatever
//! changes something is a server function under `/api/fn`: it names the
//! caller, parses, calls one service and converts the error.

#[expect(missing_docs, reason = "a server function's struct repeats its parameters")]
pub mod assisted;
#[expect(missing_docs, reason = "a server function's struct repeats its parameters")]
pub mod builder;
#[expect(missing_docs, reason = "a server function's struct repeats its parameters")]
pub mod draws;
mod error;
#[expect(missing_docs, reason = "a server function's struct repeats its parameters")]
pub mod imports;
#[expect(missing_docs, reason = "a server function's struct repeats its parameters")]
pub mod join;
#[expect(missing_docs, reason = "a server function's struct repeats its parameters")]
pub mod merchant_reviews;
#[expect(missing_docs, reason = "a server function's struct repeats its parameters")]
pub mod offline;
#[expect(missing_docs, reason = "a server function's struct repeats its parameters")]
pub mod people;
#[expect(missing_docs, reason = "a server function's struct repeats its parameters")]
pub mod promotions;
#[expect(missing_docs, reason = "a server function's struct repeats its parameters")]
pub mod refund;
#[expect(missing_docs, reason = "a server function's struct repeats its parameters")]
pub mod reports;
#[expect(missing_docs, reason = "a server function's struct repeats its parameters")]
pub mod rounds;
pub mod sale;
#[expect(missing_docs, reason = "a server function's struct repeats its parameters")]
pub mod session;
#[expect(missing_docs, reason = "a server function's struct repeats its parameters")]
pub mod settlement;
#[expect(
    missing_docs,
    clippy::too_many_arguments,
    reason = "a server function's struct repeats its parameters, and those are its form's fields"
)]
pub mod till;
#[expect(missing_docs, reason = "a server function's struct repeats its parameters")]
pub mod tills;

#[cfg(feature = "ssr")]
pub(crate) mod account;
#[cfg(feature = "ssr")]
pub(crate) mod audit;
#[cfg(feature = "ssr")]
pub(crate) mod caller;
#[cfg(feature = "ssr")]
pub(crate) mod cookies;
#[cfg(feature = "ssr")]
pub(crate) mod notice;
#[cfg(feature = "ssr")]
pub(crate) mod offers;
#[cfg(feature = "ssr")]
pub(crate) mod redemptions;
#[cfg(feature = "ssr")]
pub(crate) mod reviews;
#[cfg(feature = "ssr")]
pub(crate) mod season;
#[cfg(feature = "ssr")]
pub(crate) mod shop;
#[cfg(feature = "ssr")]
pub(crate) mod statement;
#[cfg(feature = "ssr")]
pub(crate) mod stats;
#[cfg(feature = "ssr")]
pub(crate) mod vouchers;

pub use error::ApiError;
