//! Statements (对账单): what a line stands for, and what each figure counts.

use crate::promotion::words;
use crate::shapes::StatementSums;
use crate::{Day, Lang};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

words! {
    /// What a line of a statement stands for.
    StatementBy {
        /// A business day: it ends at 06:00 of the next morning.
        Day = "day", "营业日", "Business day";
        /// A settlement week: the business days from Monday to Sunday.
        Week = "week", "结算周", "Settlement week";
    }
}

impl StatementBy {
    /// The first and last day of the line on which a business day counts.
    #[must_use]
    pub fn line_of(self, day: Day) -> (Day, Day) {
        match self {
            StatementBy::Day => (day, day),
            StatementBy::Week => (day.monday(), day.sunday()),
        }
    }
}

/// A figure of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// So many.
    Count(i64),
    /// So many fen.
    Money(i64),
}

/// A figure that a statement has for each line: its name, what it counts, and
/// where it stands. Pages, tables and workbooks say the same of it.
#[derive(Clone, Copy, Debug)]
pub struct StatementColumn {
    /// As the API names it.
    pub name: &'static str,
    zh: &'static str,
    en: &'static str,
    meaning_zh: &'static str,
    meaning_en: &'static str,
    /// The figure.
    pub figure: fn(&StatementSums) -> Figure,
}

impl StatementColumn {
    /// Its heading.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.en)
    }

    /// What it counts.
    #[must_use]
    pub fn meaning(&self, lang: Lang) -> &'static str {
        lang.pick(self.meaning_zh, self.meaning_en)
    }

    /// Whether it is an amount: those are named by their unit.
    #[must_use]
    pub fn is_money(&self) -> bool {
        self.name.ends_with("_fen")
    }

    /// The column of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static StatementColumn> {
        Self::ALL.iter().find(|column| column.name == name)
    }

    /// What holds for all columns, as a term and its meaning.
    #[must_use]
    pub fn terms(lang: Lang) -> [(&'static str, &'static str); 5] {
        lang.pick(TERMS_ZH, TERMS_EN)
    }

    /// All columns, in the order of a table.
    pub const ALL: &'static [StatementColumn] = &[
        StatementColumn {
            name: "redemptions",
            zh: "核销笔数",
            en: "Redemptions",
            meaning_zh: "当日核销的券数，含其后撤销的；撤销另列。",
            meaning_en: "Vouchers redeemed that day, also those reversed later: reversals have columns of their own.",
            figure: |sums| Figure::Count(sums.redemptions),
        },
        StatementColumn {
            name: "order_fen",
            zh: "订单金额",
            en: "Orders",
            meaning_zh: "用券订单扣除店内优惠之后、用券之前的金额。",
            meaning_en: "The orders after the shop's own discounts and before the voucher.",
            figure: |sums| Figure::Money(sums.order_fen.get()),
        },
        StatementColumn {
            name: "merchant_discount_fen",
            zh: "店内优惠",
            en: "Shop's discounts",
            meaning_zh: "收银台登记的店内优惠，由商户自行承担，不参与结算。",
            meaning_en: "The shop's own discounts as the till noted them; the merchant bears them, and they are not settled.",
            figure: |sums| Figure::Money(sums.merchant_discount_fen.get()),
        },
        StatementColumn {
            name: "subsidy_fen",
            zh: "券抵扣",
            en: "Subsidy",
            meaning_zh: "券抵扣的金额，等于财政承担加商户承担。",
            meaning_en: "What the vouchers took off: the government's part and the merchant's together.",
            figure: |sums| Figure::Money(sums.subsidy_fen.get()),
        },
        StatementColumn {
            name: "government_fen",
            zh: "财政承担",
            en: "Government's part",
            meaning_zh: "券抵扣中由财政承担的部分，应付给商户。",
            meaning_en: "The government's part of the subsidy, which is owed to the merchant.",
            figure: |sums| Figure::Money(sums.government_fen.get()),
        },
        StatementColumn {
            name: "merchant_fen",
            zh: "商户承担",
            en: "Merchant's part",
            meaning_zh: "券抵扣中由商户自行承担的部分，不结算。",
            meaning_en: "The part of the subsidy that the merchant bears; it is not settled.",
            figure: |sums| Figure::Money(sums.merchant_fen.get()),
        },
        StatementColumn {
            name: "reversals",
            zh: "撤销笔数",
            en: "Reversals",
            meaning_zh: "当日办理的撤销（含部分退款），计入办理当日，不改动核销当日的数字。",
            meaning_en: "Reversals made that day, whole or in part. They count on the day on which they happen and leave the day of the redemption as it is.",
            figure: |sums| Figure::Count(sums.reversals),
        },
        StatementColumn {
            name: "refunded_fen",
            zh: "退款金额",
            en: "Refunded",
            meaning_zh: "撤销所退的订单金额。",
            meaning_en: "What the reversals refunded of the orders.",
            figure: |sums| Figure::Money(sums.refunded_fen.get()),
        },
        StatementColumn {
            name: "subsidy_back_fen",
            zh: "退回抵扣",
            en: "Subsidy back",
            meaning_zh: "随退款退回的券抵扣：抵扣 × 退款 ÷ 订单，舍去不足一分；最后一次退款退回余数。",
            meaning_en: "What went back of the subsidy: subsidy × refund ÷ order, rounded down to a fen; the last refund takes the remainder.",
            figure: |sums| Figure::Money(sums.subsidy_back_fen.get()),
        },
        StatementColumn {
            name: "government_back_fen",
            zh: "退回财政部分",
            en: "Government's part back",
            meaning_zh: "退回抵扣中财政承担的部分，从应付中扣除。",
            meaning_en: "The government's part of what went back; it is taken off what is owed.",
            figure: |sums| Figure::Money(sums.government_back_fen.get()),
        },
        StatementColumn {
            name: "merchant_back_fen",
            zh: "退回商户部分",
            en: "Merchant's part back",
            meaning_zh: "退回抵扣中商户承担的部分。",
            meaning_en: "The merchant's part of what went back.",
            figure: |sums| Figure::Money(sums.merchant_back_fen.get()),
        },
        StatementColumn {
            name: "payable_fen",
            zh: "应付商户",
            en: "Owed to the merchant",
            meaning_zh: "财政承担减去退回的财政部分；只有撤销的日子为负。各日相加等于台账中该商户的应付加已付。",
            meaning_en: "The government's part less what went back of it; negative on a day with reversals alone. All days add up to what the ledger has as payable to the merchant and paid.",
            figure: |sums| Figure::Money(sums.payable_fen),
        },
        StatementColumn {
            name: "borne_fen",
            zh: "商户净承担",
            en: "Borne by the merchant",
            meaning_zh: "商户承担减去退回的商户部分。",
            meaning_en: "The merchant's part less what went back of it.",
            figure: |sums| Figure::Money(sums.borne_fen),
        },
    ];
}

const TERMS_ZH: [(&str, &str); 5] = [
    ("营业日", "从 06:00 到次日 06:00，夜市的消费计入当晚。"),
    ("结算周", "周一至周日的七个营业日。"),
    ("撤销", "计入办理撤销的那个营业日，单列；已结束的营业日不再变动。"),
    ("台账", "应付商户的全部累计，与台账中该商户的应付加已付逐分相等，页面和文件注明所对到的区块。"),
    ("单位", "金额为人民币元，系统内以分计算，没有舍入。"),
];

const TERMS_EN: [(&str, &str); 5] = [
    (
        "Business day",
        "From 06:00 to 06:00 of the next morning, so that a night market's sales belong to the evening.",
    ),
    ("Settlement week", "The seven business days from Monday to Sunday."),
    (
        "Reversal",
        "It counts on the business day on which it is made, in columns of its own; a day that is over does not change any more.",
    ),
    (
        "Ledger",
        "All that was ever owed to the merchant equals, to the fen, what the ledger has as payable and paid; pages and files name the block at which they were compared.",
    ),
    ("Unit", "Amounts are yuan (CNY); they are reckoned in whole fen and never rounded."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_week_runs_from_monday_to_sunday() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let week = (day("2021-06-14"), day("2021-06-20"));
        for inside in ["2021-06-14", "2021-06-18", "2021-06-20"] {
            assert_eq!(StatementBy::Week.line_of(day(inside)), week, "{inside}");
        }
        assert_eq!(StatementBy::Week.line_of(day("2021-06-21")).0, day("2021-06-21"));
        assert_eq!(StatementBy::Day.line_of(day("2021-06-18")), (day("2021-06-18"), day("2021-06-18")));
    }

    #[test]
    fn every_column_is_told_apart_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            let titles: BTreeSet<_> = StatementColumn::ALL.iter().map(|column| column.title(lang)).collect();
            assert_eq!(titles.len(), StatementColumn::ALL.len());
        }
        assert!(StatementColumn::named("payable_fen").is_some() && StatementColumn::named("x").is_none());
    }
}
