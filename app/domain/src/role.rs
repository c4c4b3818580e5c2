//! Who may do what: the one table of permissions.

use crate::promotion::words;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

words! {
    /// What an account is in the season.
    Role {
        /// Browses offers and holds vouchers.
        Resident = "resident", "居民", "Resident";
        /// The merchant's legal representative.
        Owner = "owner", "店主", "Owner";
        /// Runs a merchant's outlets.
        Manager = "manager", "店长", "Manager";
        /// Redeems at the till.
        Clerk = "clerk", "店员", "Clerk";
        /// An officer of the city's bureau.
        City = "city", "市级", "City officer";
        /// An officer of one district.
        District = "district", "区县", "District officer";
        /// Pays merchants.
        Finance = "finance", "财务", "Finance";
        /// Reads everything and changes nothing.
        Auditor = "auditor", "审计", "Auditor";
        /// Enters residents without a phone, at a community desk of one district.
        Desk = "desk", "社区工作人员", "Community desk";
    }
}

words! {
    /// What an account may be allowed to do.
    Permission {
        /// Claim and hold vouchers.
        HoldVouchers = "hold_vouchers", "领取和持有消费券", "claim and hold vouchers";
        /// Redeem at the till of one's own merchant.
        Redeem = "redeem", "核销", "redeem vouchers";
        /// Redeem on an order above what a clerk may alone.
        RedeemLarge = "redeem_large", "核销大额订单", "redeem on large orders";
        /// Undo a redemption of one's own merchant.
        Reverse = "reverse", "撤销核销", "reverse redemptions";
        /// Undo more of it than the season's limits let a manager.
        ReverseFreely = "reverse_freely", "不限额撤销", "reverse beyond the limits";
        /// See what one's own merchant is owed.
        SeeStatements = "see_statements", "查看对账单", "see statements";
        /// Invite, change and remove one's own merchant's people, and enrol,
        /// name and switch off its tills.
        ManagePeople = "manage_people", "管理店员和设备", "manage people and tills";
        /// See the tallies; a district officer those of their district.
        SeeStats = "see_stats", "查看统计", "see statistics";
        /// Freeze reports; a district officer those of their district.
        MakeReports = "make_reports", "冻结报告", "freeze reports";
        /// Hold a draw: enter the public value that makes its seed.
        HoldDraws = "hold_draws", "主持摇号", "hold draws";
        /// Enter residents into rounds and print their vouchers; the desk those
        /// of its own district.
        AssistResidents = "assist_residents", "社区代领", "enter residents at the community desk";
        /// Post promotions of one's own merchant.
        PostPromotions = "post_promotions", "发布优惠活动", "post promotions";
        /// Review promotions; a district officer those of their district.
        ReviewPromotions = "review_promotions", "审核优惠活动", "review promotions";
        /// Make a merchant of one's own by signing the commitment.
        JoinAsMerchant = "join_as_merchant", "承诺加入", "join as a merchant";
        /// Decide on merchants; a district officer on those of their district.
        ReviewMerchants = "review_merchants", "审核商户", "review merchants";
        /// Bring in merchants from a spreadsheet.
        ImportMerchants = "import_merchants", "导入商户", "import merchants";
        /// Let outlets redeem without a network.
        AllowOffline = "allow_offline", "开通离线核销", "let outlets redeem without a network";
        /// See what looks wrong; a district officer in their district.
        SeeRisk = "see_risk", "查看风险案件", "see risk cases";
        /// Decide on what looks wrong.
        DecideRisk = "decide_risk", "处理风险案件", "decide on risk cases";
        /// Answer to a case that concerns one's own merchant.
        AnswerRisk = "answer_risk", "说明风险案件", "answer to risk cases";
        /// See campaigns that are being built.
        SeeDrafts = "see_drafts", "查看消费券活动草稿", "see campaigns being built";
        /// Build campaigns, and change published ones.
        BuildCampaigns = "build_campaigns", "编制消费券活动", "build campaigns";
        /// Publish, or return, a campaign that somebody else built.
        PublishCampaigns = "publish_campaigns", "复核并发布消费券活动", "publish campaigns";
        /// Read the audit log.
        ReadAudit = "read_audit", "查看审计日志", "read the audit log";
        /// See the batches that pay merchants; a district officer those of
        /// their district.
        SeeSettlements = "see_settlements", "查看结算", "see settlements";
        /// Make the batch of a week, and discard it.
        MakeSettlement = "make_settlement", "编制结算", "make settlements";
        /// Confirm what one's own merchant is owed in a batch.
        ConfirmSettlement = "confirm_settlement", "确认结算", "confirm settlements";
        /// Review the batches of one's own district.
        ReviewSettlement = "review_settlement", "复核结算", "review settlements";
        /// Approve a batch that another person reviewed.
        ApproveSettlement = "approve_settlement", "批准结算", "approve settlements";
        /// Make the bank's file and bring in its result.
        PaySettlement = "pay_settlement", "结算付款", "pay settlements";
    }
}

impl Role {
    /// The table. A role may do exactly what its row names.
    #[must_use]
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission::{
            AllowOffline, AnswerRisk, ApproveSettlement, AssistResidents, BuildCampaigns, ConfirmSettlement,
            DecideRisk, HoldDraws, HoldVouchers, ImportMerchants, JoinAsMerchant, MakeReports,
            MakeSettlement, ManagePeople, PaySettlement, PostPromotions, PublishCampaigns, ReadAudit, Redeem,
            RedeemLarge, Reverse, ReverseFreely, ReviewMerchants, ReviewPromotions, ReviewSettlement,
            SeeDrafts, SeeRisk, SeeSettlements, SeeStatements, SeeStats,
        };
        match self {
            Role::Resident => &[HoldVouchers, JoinAsMerchant],
            Role::Owner => &[
                Redeem,
                RedeemLarge,
                Reverse,
                ReverseFreely,
                SeeStatements,
                ManagePeople,
                PostPromotions,
                AnswerRisk,
                ConfirmSettlement,
            ],
            Role::Manager => {
                &[Redeem, RedeemLarge, Reverse, SeeStatements, ManagePeople, PostPromotions, AnswerRisk]
            }
            Role::Clerk => &[Redeem],
            Role::City => &[
                SeeStats,
                MakeReports,
                HoldDraws,
                AssistResidents,
                ReviewMerchants,
                ReviewPromotions,
                ImportMerchants,
                AllowOffline,
                SeeRisk,
                DecideRisk,
                ReadAudit,
                SeeDrafts,
                BuildCampaigns,
                PublishCampaigns,
                SeeSettlements,
                MakeSettlement,
                ApproveSettlement,
            ],
            Role::District => &[
                SeeStats,
                MakeReports,
                ReviewMerchants,
                ReviewPromotions,
                SeeRisk,
                SeeSettlements,
                ReviewSettlement,
            ],
            Role::Finance => {
                &[SeeStats, SeeDrafts, PublishCampaigns, SeeSettlements, MakeSettlement, PaySettlement]
            }
            Role::Auditor => &[SeeStats, SeeRisk, ReadAudit, SeeDrafts, SeeSettlements],
            Role::Desk => &[AssistResidents],
        }
    }

    /// Whether it is bound to one district.
    #[must_use]
    pub const fn is_of_district(self) -> bool {
        matches!(self, Role::District | Role::Desk)
    }

    /// Whether the table allows it.
    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }
}
