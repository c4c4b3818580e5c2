//! The residents' pages.

mod dishes;
mod draw;
mod draw_round;
mod events;
mod home;
mod login;
mod me;
mod merchant;
mod offers;
mod open;
mod promotion;
mod round;
mod voucher;
mod vouchers;
mod wallet;

pub(crate) use dishes::dishes;
pub(crate) use draw::draw;
pub(crate) use events::events;
pub(crate) use home::home;
pub(crate) use login::login;
pub(crate) use me::me;
pub(crate) use merchant::{OutletCard, merchant};
pub(crate) use offers::offers;
pub(crate) use open::open;
pub(crate) use promotion::promotion;
pub(crate) use round::round;
pub(crate) use voucher::voucher;
pub(crate) use vouchers::vouchers;
pub(crate) use wallet::wallet;
