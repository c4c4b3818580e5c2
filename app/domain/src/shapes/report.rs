//! Frozen reports, and what a recount says to them.

use super::catalogue::shape;
use super::{CubeShape, DayStats, DistrictStats, LedgerHead};
use crate::{DistrictCode, ReportKind};
use serde::{Deserialize, Serialize};

shape! {
    /// What a figure counted when the report was frozen.
    ReportDefinition {
        /// The figure.
        title: String,
        /// Its name in English.
        title_en: String,
        /// What it counts.
        meaning: String,
        /// The same in English.
        meaning_en: String,
    }
}

shape! {
    /// What a report says.
    ReportFigures {
        /// The season.
        season: String,
        /// Its English name.
        season_en: String,
        /// The moment that the figures are as of.
        as_of: String,
        /// The ledger's end at that moment.
        ledger: LedgerHead,
        /// By district.
        districts: DistrictStats,
        /// By business day.
        days: Vec<DayStats>,
        /// By merchant kind.
        kinds: CubeShape,
        /// By campaign.
        campaigns: CubeShape,
        /// What the figures count.
        definitions: Vec<ReportDefinition>,
    }
}

shape! {
    /// A report in the list.
    ReportItem {
        /// Its number.
        id: i64,
        /// A month's or a quarter's.
        kind: ReportKind,
        /// The first business day.
        from: String,
        /// The last business day, included.
        to: String,
        /// Of this district alone; null for the whole city.
        district: Option<DistrictCode>,
        /// When it was frozen.
        made_at: String,
        /// SHA-256 of its figures as `figures.json` has them, in hexadecimal digits.
        hash: String,
    }
}

shape! {
    /// A frozen report.
    ReportShape {
        /// Which.
        #[serde(flatten)]
        item: ReportItem,
        /// Whether the figures still have the hash that they had.
        intact: bool,
        /// What it says.
        figures: ReportFigures,
    }
}

shape! {
    /// A figure that is another one now.
    ReportChange {
        /// Which.
        what: String,
        /// The same in English.
        what_en: String,
        /// As the report has it; null where it has none.
        frozen: Option<String>,
        /// As it counts now; null where it has none.
        now: Option<String>,
    }
}

shape! {
    /// A report's figures counted again.
    ReportRecount {
        /// The moment of the recount.
        as_of: String,
        /// The ledger's end at that moment.
        ledger: LedgerHead,
        /// What changed since, at most 200 figures; nothing when the figures are the same.
        changes: Vec<ReportChange>,
    }
}
