//! The JSON that passes through the front doors, one struct per answer.
//!
//! Programs outside rely on these fields: more are welcome, fewer are not.
//! Money is integer fen, a time RFC 3339 with the season's offset, a day
//! `2021-06-18`; texts come in Chinese with English beside them in `…_en`,
//! empty where a record has none.

mod account;
mod assisted;
mod audit;
mod catalogue;
mod cube;
mod draft;
mod draw;
mod import;
mod join;
mod offline;
mod open;
mod order;
mod people;
mod problem;
mod promotion;
mod report;
mod settlement;
mod statement;
mod stats;
mod voucher;

pub use account::{CodeSent, Login, Me};
pub use assisted::{AssistedItem, AssistedShape, PrintShape, SlipShape};
pub use audit::AuditShape;
pub use catalogue::{
    AreaShape, CampaignShape, DishShape, DistrictShape, EventShape, KindShape, MerchantShape, NewsShape,
    OutletShape, PromotionShape, QuotaShape, RoundLive, RoundShape, SeasonShape,
};
pub use cube::{CubeItem, CubeKey, CubeShape, CubeSums, DelayShape, DelaysShape};
pub use draft::{CampaignFaultShape, DraftShape};
pub use draw::{DrawHeld, DrawProof, DrawShape, EntryShape, EntryState, PlacesShape, ResultShape};
pub use import::{BadCellShape, ImportShape, ImportState};
pub use join::{
    CommitmentShape, JoinFaultShape, JoinShape, JoinedShape, MerchantReviewShape, ReviewedShape,
    WaitingMerchant,
};
pub use offline::{OfflineOutlet, OfflinePassShape, OfflineRedemption, RiskAnswer, RiskCase, RiskVouchers};
pub use open::{BlockShape, LedgerLine, OpenBooks, OpenRow};
pub use order::{OrderPreview, OrderShape, OrderUndone};
pub use people::{BureauSale, InvitationShape, OutletRule, PersonShape, SaleShape, TillEnrolled, TillShape};
pub use problem::{Extra, Problem};
pub use promotion::{
    DifferenceShape, FaultShape, OwnPromotion, OwnPromotions, PhotoShape, ReviewItem, StateCount,
    WaitingPromotion,
};
pub use report::{ReportChange, ReportDefinition, ReportFigures, ReportItem, ReportRecount, ReportShape};
pub use settlement::{
    BankMismatchShape, BankResultShape, OwnSettlement, SettlementItem, SettlementLineShape,
    SettlementRowShape, SettlementShape, SettlementStepShape, SettlementTotals, SettlementWeek,
    SettlementWeeks,
};
pub use statement::{LedgerAgreement, Statement, StatementLine, StatementSums};
pub use stats::{DayStats, DistrictStats, LedgerHead, StatsRow};
pub use voucher::{
    PlaceShape, Preview, RecentSale, RedemptionShape, RefundPreview, Reversed, TokenShape, VoucherDetail,
    VoucherShape, WorkShape,
};

use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// At most as many as `limit` asked for.
    pub items: Vec<T>,
    /// Where the next page starts; null on the last.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The page with each item made into another.
    #[must_use]
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(make).collect(), next_cursor: self.next_cursor }
    }
}
