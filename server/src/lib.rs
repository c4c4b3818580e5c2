//! The server: pages, REST and the command line of `yuehui`.

pub mod assets;
mod body;
pub mod cli;
mod cookie;
mod health;
mod lang;
mod limits;
mod listen;
mod metrics;
mod pages;
mod photos;
mod problem;
mod rest;
mod router;
mod upload;

pub use listen::{Gate, serve, serve_with};
pub use router::{guarded, router};
