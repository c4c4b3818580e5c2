//! What each figure counts.

use domain::Lang;
use leptos::prelude::*;

/// One column of a tally.
pub(super) struct Column {
    /// As `data-column` names it.
    pub(super) name: &'static str,
    zh: &'static str,
    en: &'static str,
    meaning_zh: &'static str,
    meaning_en: &'static str,
}

impl Column {
    pub(super) fn title(&self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.en)
    }
}

/// The columns, in the order of the table.
pub(super) const COLUMNS: [Column; 10] = [
    Column {
        name: "released",
        zh: "发放",
        en: "Released",
        meaning_zh: "已开放轮次投放的券数；按名额计入居民所在区县，未设名额的轮次按权重分摊。",
        meaning_en: "Vouchers of the rounds that have opened, by the residents' district: its quota, or its share by weight of rounds without quotas.",
    },
    Column {
        name: "claimed",
        zh: "领取",
        en: "Claimed",
        meaning_zh: "居民领到的券数，计入居民所在区县。",
        meaning_en: "Vouchers that residents claimed, by the residents' district.",
    },
    Column {
        name: "redeemed",
        zh: "核销",
        en: "Redeemed",
        meaning_zh: "在门店用掉的券数，计入核销时门店所在区县，已扣除全额撤销。",
        meaning_en: "Vouchers used at an outlet, by the outlet's district at that time, less those fully reversed.",
    },
    Column {
        name: "subsidy",
        zh: "补贴（元）",
        en: "Subsidy (¥)",
        meaning_zh: "券抵扣的金额，含政府与商户承担部分，已扣除撤销。",
        meaning_en: "What the vouchers took off, whoever bears it, net of reversals.",
    },
    Column {
        name: "order",
        zh: "关联消费（元）",
        en: "Associated spending (¥)",
        meaning_zh: "用券订单的金额，已扣除退款。它与券相关联，并不等于新增消费。",
        meaning_en: "The orders on which vouchers were used, net of refunds. It is associated with the vouchers and is not additional spending.",
    },
    Column {
        name: "residents",
        zh: "用券居民",
        en: "Residents",
        meaning_zh: "在本区县用过券的不同居民。同一人可在多个区县、多天用券，因此各行不能相加。",
        meaning_en: "Distinct residents who used a voucher here. One person may count in several districts and days, so the rows do not add up.",
    },
    Column {
        name: "claim_rate",
        zh: "领取率",
        en: "Claim rate",
        meaning_zh: "领取 ÷ 发放。",
        meaning_en: "Claimed ÷ released.",
    },
    Column {
        name: "redemption_rate",
        zh: "核销率",
        en: "Redemption rate",
        meaning_zh: "核销 ÷ 领取。领取按居民、核销按门店归区县，跨区用券时一个区县可超过 100%。",
        meaning_en: "Redeemed ÷ claimed. Claims count by resident and redemptions by outlet, so a district that draws customers may exceed 100%.",
    },
    Column {
        name: "budget_rate",
        zh: "资金使用率",
        en: "Budget used",
        meaning_zh: "净补贴 ÷ 资金池预算。",
        meaning_en: "Net subsidy ÷ the campaigns' money.",
    },
    Column {
        name: "leverage",
        zh: "杠杆率",
        en: "Leverage",
        meaning_zh: "净关联消费 ÷ 净政府补贴：政府每补贴 1 元所关联的消费。",
        meaning_en: "Net associated spending ÷ net government subsidy: the spending that goes with each yuan of it.",
    },
];

/// The column of this name; the first where there is none.
pub(super) fn column(name: &str) -> &'static Column {
    let found = COLUMNS.iter().find(|column| column.name == name);
    found.unwrap_or(&COLUMNS[0])
}

/// All definitions; the table's headings link to them.
pub(super) fn definitions(lang: Lang) -> impl IntoView {
    let entry = |column: &Column| {
        view! {
            <div class="definition" id=format!("def-{}", column.name)>
                <dt>{column.title(lang)}</dt>
                <dd>{lang.pick(column.meaning_zh, column.meaning_en)}</dd>
            </div>
        }
    };
    view! {
        <section class="definitions" aria-labelledby="definitions">
            <h2 id="definitions">{lang.pick("指标口径", "What the figures mean")}</h2>
            <dl>{COLUMNS.iter().map(entry).collect_view()}</dl>
            <p class="quiet">
                {lang.pick("营业日截至次日 06:00，夜市的消费计入当晚。", "A business day ends at 06:00 of the next morning, so that a night market's sales belong to the evening.")}
            </p>
        </section>
    }
}
