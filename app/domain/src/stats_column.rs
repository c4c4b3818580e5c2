//! What each figure of the tallies counts: pages, tables and workbooks say the
//! same of it.

use crate::Lang;

/// One column of a tally.
#[derive(Clone, Copy, Debug)]
pub struct StatsColumn {
    /// As `data-column` names it.
    pub name: &'static str,
    zh: &'static str,
    en: &'static str,
    meaning_zh: &'static str,
    meaning_en: &'static str,
}

impl StatsColumn {
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

    /// The column of this name; the first where there is none.
    #[must_use]
    pub fn named(name: &str) -> &'static StatsColumn {
        let found = Self::ALL.iter().find(|column| column.name == name);
        found.unwrap_or(&Self::ALL[0])
    }

    /// All columns, in the order of a table, and what else is to be said.
    pub const ALL: &'static [StatsColumn] = &[
        StatsColumn {
            name: "released",
            zh: "发放",
            en: "Released",
            meaning_zh: "已开放轮次投放的券数；按名额计入居民所在区县，未设名额的轮次按权重分摊。",
            meaning_en: "Vouchers of the rounds that have opened, by the residents' district: its quota, or its share by weight of rounds without quotas.",
        },
        StatsColumn {
            name: "claimed",
            zh: "领取",
            en: "Claimed",
            meaning_zh: "居民领到的券数，计入居民所在区县。",
            meaning_en: "Vouchers that residents claimed, by the residents' district.",
        },
        StatsColumn {
            name: "redeemed",
            zh: "核销",
            en: "Redeemed",
            meaning_zh: "在门店用掉的券数，计入核销时门店所在区县，已扣除全额撤销。",
            meaning_en: "Vouchers used at an outlet, by the outlet's district at that time, less those fully reversed.",
        },
        StatsColumn {
            name: "subsidy",
            zh: "补贴（元）",
            en: "Subsidy (¥)",
            meaning_zh: "券抵扣的金额，含政府与商户承担部分，已扣除撤销。",
            meaning_en: "What the vouchers took off, whoever bears it, net of reversals.",
        },
        StatsColumn {
            name: "order",
            zh: "关联消费（元）",
            en: "Associated spending (¥)",
            meaning_zh: "用券订单的金额，已扣除退款。它与券相关联，并不等于新增消费。",
            meaning_en: "The orders on which vouchers were used, net of refunds. It is associated with the vouchers and is not additional spending.",
        },
        StatsColumn {
            name: "residents",
            zh: "用券居民",
            en: "Residents",
            meaning_zh: "在本区县用过券的不同居民。同一人可在多个区县、多天用券，因此各行不能相加。",
            meaning_en: "Distinct residents who used a voucher here. One person may count in several districts and days, so the rows do not add up.",
        },
        StatsColumn {
            name: "claim_rate",
            zh: "领取率",
            en: "Claim rate",
            meaning_zh: "领取 ÷ 发放。",
            meaning_en: "Claimed ÷ released.",
        },
        StatsColumn {
            name: "redemption_rate",
            zh: "核销率",
            en: "Redemption rate",
            meaning_zh: "核销 ÷ 领取。领取按居民、核销按门店归区县，跨区用券时一个区县可超过 100%。",
            meaning_en: "Redeemed ÷ claimed. Claims count by resident and redemptions by outlet, so a district that draws customers may exceed 100%.",
        },
        StatsColumn {
            name: "budget_rate",
            zh: "资金使用率",
            en: "Budget used",
            meaning_zh: "净补贴 ÷ 资金池预算。",
            meaning_en: "Net subsidy ÷ the campaigns' money.",
        },
        StatsColumn {
            name: "leverage",
            zh: "杠杆率",
            en: "Leverage",
            meaning_zh: "净关联消费 ÷ 净政府补贴：政府每补贴 1 元所关联的消费。",
            meaning_en: "Net associated spending ÷ net government subsidy: the spending that goes with each yuan of it.",
        },
        StatsColumn {
            name: "clean_leverage",
            zh: "杠杆率（剔除可疑）",
            en: "Leverage, clean",
            meaning_zh: "同杠杆率，但不含风险案件待查或暂扣的核销；查清后自动计回。",
            meaning_en: "Leverage without redemptions that a case of risk holds open or withholds; once cleared they count again.",
        },
        StatsColumn {
            name: "setting",
            zh: "城乡",
            en: "Urban or rural",
            meaning_zh: "按区县归类，见消费季数据：市辖区计城市，县和县级市计乡村。",
            meaning_en: "By district, as the season's data says: city districts are urban, counties and county-level cities rural.",
        },
        StatsColumn {
            name: "night",
            zh: "夜间",
            en: "Night",
            meaning_zh: "18:00 至次日 06:00 的领取与核销。",
            meaning_en: "Claims and redemptions from 18:00 to 06:00.",
        },
        StatsColumn {
            name: "delay",
            zh: "领取到核销用时",
            en: "Time from claim to redemption",
            meaning_zh: "从领到券到在门店用掉的时间，按核销的营业日统计，不含全额撤销。",
            meaning_en: "From the claim to the use at an outlet, by the business day of the redemption, without those fully reversed.",
        },
    ];
}
