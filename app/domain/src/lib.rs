//! The types and rules of a city's consumption season.
//!
//! Nothing here reads a clock, draws a random number or does I/O: time,
//! randomness and keys are arguments, so the server, the residents' phones and
//! the tills run the very same rules.

mod assisted;
mod audit;
mod builder;
mod campaign;
mod code;
mod credit_code;
mod cube;
mod denial;
mod district;
pub mod draw;
mod event;
mod hours;
mod id;
mod idempotency;
mod identity;
mod import;
mod join;
mod lang;
mod ledger;
mod merchant;
mod money;
mod offline;
mod people;
mod phone;
mod promotion;
mod query;
mod redemption;
mod refusal;
mod report;
mod reviews;
mod risk;
mod role;
mod round;
mod season;
mod settlement;
pub mod shapes;
mod stacking;
mod standing;
mod statement;
mod stats;
mod stats_column;
mod time;
mod token;
mod voucher;
mod waiting;
mod word;
mod work;

pub use assisted::{
    AsksFor, AssistRefused, AssistedKind, BadLastFour, LastFour, MOST_PRINTS, MOST_WRONG_DIGITS, PhoneOwner,
    masked_name,
};
pub use audit::{AuditAction, AuditMark, AuditRecord, AuditThing, BadMark};
pub use builder::{
    Budget, CLAIM_HOURS, CLAIM_WINDOWS, CampaignFault, CampaignForm, CampaignRule, ChangeRefused,
    DraftRefused, DraftState, DraftStep, LIMIT_BOUNDS, MOST_IN_DRAW, MOST_IN_ROUND, MOST_ROUNDS,
    MOST_ROUNDS_IN_ALL, PERCENT_OFF, Plan, PlanRules, QuotaForm, RoundForm, ShareOut, VALID_HOURS, sentence,
};
pub use campaign::{
    Benefit, CampaignTerms, Funding, Limits, Stacking, UsableWhen, UsableWhere, Validity, shop_limits,
};
pub use code::{CodeKey, VoucherCode, fold_typed};
pub use credit_code::{BadCreditCode, CreditCode};
pub use cube::{
    Dimension, MOST_DIMENSIONS, MapRate, Measure, hour_of_business_day, is_night, read_dimensions,
};
pub use denial::Denied;
pub use district::{Area, BadDistrict, District, DistrictCode, MOST_TILES, apportion};
pub use event::{Dish, Event, EventKind, News};
pub use hours::{BadHours, WeeklyHours, Window};
pub use id::{
    AccountId, AssistedId, CampaignId, DraftId, EventId, MerchantId, OutletId, PromotionId, RedemptionId,
    ReversalId, RoundId, TillId, VoucherId,
};
pub use idempotency::{BadKey, IdempotencyKey};
pub use identity::{BadIdentity, IdentityNumber};
pub use import::ImportRefused;
pub use join::{
    JoinDraft, JoinFault, JoinRefused, JoinRule, JoinStep, Joining, MOST_JOIN_OUTLETS, OutletDraft,
    SPAN_DAYS, Span, hours_of, signer, spans_of,
};
pub use lang::Lang;
pub use ledger::{Account, BadAccount, BadEntry, Block, Entry, EntryKind, Hash, Line, Unbalanced};
pub use merchant::{Kind, KindCode, Merchant, Outlet, Switch};
pub use money::{Fen, NotMoney};
pub use offline::{
    BadPass, LATEST_MS, MOST_OFFLINE_FEN, MOST_OFFLINE_REDEMPTIONS, OfflineLimits, OfflinePass,
    OfflinePermit, OfflineRefused, OfflineSale, OfflineToken, OfflineUse, PERMIT_MS, PassKey, PassSigner,
    judge_offline,
};
pub use people::{
    INVITATION_MS, MOST_INVITATIONS, MOST_NAME, MOST_PEOPLE, MOST_TILLS, PeopleRefused, short_name,
};
pub use phone::{BadPhone, Phone};
pub use promotion::{
    Axes, BadPhotoId, Channel, Fault, FormRule, FormRules, LONGEST_PHOTO_EDGE, MOST_PHOTO_BYTES,
    MOST_PHOTO_PIXELS, MOST_PHOTOS, PhotoId, PhotoSize, Promotion, PromotionDraft, PromotionField,
    PromotionForm, PromotionLife, PromotionRefused, PromotionState, PromotionStep, Ready, RevisionState,
    Sector, Setting, Supply, link_host,
};
pub use query::{
    AuditQuery, BankResultQuery, BlockQuery, CubeQuery, ImportQuery, ListQuery, MerchantLineQuery,
    MerchantReviewQuery, OfferQuery, OpenQuery, OwnPromotionQuery, ReceiptQuery, ReviewQuery, RoundQuery,
    SalesQuery, SettlementLineQuery, StatementQuery, StatsQuery,
};
pub use redemption::{Order, Split, UNDO_MS, refund_share, split, undo_until};
pub use refusal::{ClaimRefused, LimitScope, RedeemRefused, ReverseRefused};
pub use report::{ReportKind, report_changes};
pub use reviews::ReviewKind;
pub use risk::{
    CLUSTER_WITHIN_FEN, Found as RiskFound, Looked as RiskLooked, MOST_ANSWER, MOST_ANSWERS, RiskRefused,
    RiskSignal, RiskState, look as look_for_risk,
};
pub use role::{Permission, Role};
pub use round::{CLOCKS_DIFFER_MS, Method, Quota, Round, RoundState, WAITING_MS};
pub use season::{Commitment, Principle, RefundLimits, Season, USUAL_CLERK_ORDER_FEN};
pub use settlement::{
    BadSettlement, BankFile, BankLine, BankMismatch, BankRefused, Due, MOST_BANK_BYTES, MOST_BANK_LINES,
    MOST_MISMATCHES, SettledBatch, SettledLine, SettledMerchant, SettlementLife, SettlementLineKind,
    SettlementRefused, SettlementState, SettlementStep, SettlementSums, batch_of_reference, looks_from,
    match_bank, payment_reference,
};
pub use stacking::{MOST_ON_ORDER, Part, PartRefused, split_order};
pub use standing::{MOST_REASON, MerchantDecision, MerchantReviewRefused, MerchantState, ProvisionalCap};
pub use statement::{Figure, StatementBy, StatementColumn};
pub use stats::{Counts, rate};
pub use stats_column::StatsColumn;
pub use time::{BadTime, Day, Timestamp, Zone};
pub use token::{BadToken, PresentToken, ReceiptCode, STEP_MS, Secret, TokenForm, step_at};
pub use voucher::{VoucherEvent, VoucherState};
pub use waiting::{Lot, Place, Queue, RoomKey, Seat};
pub use word::UnknownWord;
pub use work::{MOST_BITS, Search, Task};
