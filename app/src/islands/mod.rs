//! The live parts of pages: what the phone runs.

pub mod claim;
mod clock;
pub mod countdown;
pub mod draw_check;
mod key;
mod live;
mod pause;
pub mod present;
pub mod print;
pub(crate) mod qr;
pub mod reload;
mod rest;
pub mod stats_live;
pub mod stock;
pub mod till;
pub mod wall;
