//! The audit log (审计日志): who changed what, when, from where, what stood
//! there before and what after. It only grows, and the ledger's chain of hashes
//! covers it: a block names each record by its number and its hash.

use crate::promotion::words;
use crate::{AccountId, Hash, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

words! {
    /// What was done.
    AuditAction {
        /// A campaign's draft was written.
        SaveCampaign = "save_campaign", "编辑消费券活动草稿", "Campaign drafted";
        /// A campaign was handed to a second person.
        SubmitCampaign = "submit_campaign", "提交消费券活动", "Campaign submitted";
        /// A campaign was handed back to its maker.
        ReturnCampaign = "return_campaign", "退回消费券活动", "Campaign returned";
        /// A campaign was published by a second person.
        PublishCampaign = "publish_campaign", "发布消费券活动", "Campaign published";
        /// A published campaign's terms were changed.
        ChangeCampaign = "change_campaign", "变更已发布的消费券活动", "Published campaign changed";
        /// A merchant was decided on.
        ReviewMerchant = "review_merchant", "审核商户", "Merchant reviewed";
        /// A merchant that was turned down signed anew.
        ApplyAgain = "apply_again", "重新申请加入", "Applied again";
        /// A promotion was approved or returned.
        ReviewPromotion = "review_promotion", "审核优惠活动", "Promotion reviewed";
        /// A published promotion was taken down.
        SuspendPromotion = "suspend_promotion", "下架优惠活动", "Promotion suspended";
        /// A till was enrolled.
        EnrolTill = "enrol_till", "登记收银设备", "Till enrolled";
        /// A till was named, or switched on or off.
        ChangeTill = "change_till", "变更收银设备", "Till changed";
        /// Somebody was given a role.
        GrantRole = "grant_role", "授予角色", "Role granted";
        /// One of a merchant's people was given another role or other outlets.
        ChangePerson = "change_person", "变更人员", "Person changed";
        /// One of a merchant's people was removed.
        RemovePerson = "remove_person", "移除人员", "Person removed";
        /// An outlet's tills were let redeem without a network, or no longer.
        AllowOffline = "allow_offline", "变更离线核销许可", "Redeeming without a network changed";
        /// Which devices redeem at an outlet was changed.
        ChangeOutlet = "change_outlet", "变更门店收银规则", "Outlet's rule for tills changed";
        /// A draw was held.
        HoldDraw = "hold_draw", "摇号开奖", "Draw held";
        /// A risk case took a step.
        HandleRisk = "handle_risk", "处理风险", "Risk handled";
        /// Merchants were brought in from a spreadsheet.
        ImportMerchants = "import_merchants", "导入商户", "Merchants imported";
        /// A report was frozen.
        FreezeReport = "freeze_report", "固化报告", "Report frozen";
        /// The batch of a week was made.
        MakeSettlement = "make_settlement", "编制结算批次", "Settlement made";
        /// A batch was discarded.
        DiscardSettlement = "discard_settlement", "作废结算批次", "Settlement discarded";
        /// A merchant confirmed its row of a batch.
        ConfirmSettlement = "confirm_settlement", "商户确认结算", "Settlement confirmed";
        /// A district reviewed rows of a batch.
        ReviewSettlement = "review_settlement", "区县复核结算", "Settlement reviewed";
        /// The city approved a batch.
        ApproveSettlement = "approve_settlement", "批准结算", "Settlement approved";
        /// The bank's file of a batch was made.
        ExportSettlement = "export_settlement", "导出结算", "Settlement exported";
        /// The bank paid a batch.
        PaySettlement = "pay_settlement", "结算付款", "Settlement paid";
        /// The bank's result of a batch was not taken.
        RefuseBankFile = "refuse_bank_file", "拒收银行回单", "Bank's result refused";
    }
}

words! {
    /// What kind of thing it was done to.
    AuditThing {
        /// By its number: a campaign that is being built.
        Draft = "draft", "消费券活动草稿", "Campaign draft";
        /// By its number.
        Campaign = "campaign", "消费券活动", "Campaign";
        /// By its number.
        Merchant = "merchant", "商户", "Merchant";
        /// By its number.
        Promotion = "promotion", "优惠活动", "Promotion";
        /// By its number.
        Till = "till", "收银设备", "Till";
        /// By its account's number.
        Person = "person", "人员", "Person";
        /// By its number.
        Outlet = "outlet", "门店", "Outlet";
        /// By its number.
        Round = "round", "轮次", "Round";
        /// By its number.
        RiskCase = "risk_case", "风险案件", "Risk case";
        /// By its number; 0 for a file that was given at the command line.
        Import = "import", "导入文件", "Import";
        /// By its number.
        Report = "report", "报告", "Report";
        /// By its number.
        Settlement = "settlement", "结算批次", "Settlement";
    }
}

/// A record. `old` and `new` are JSON, or empty where nothing stood there; they
/// hold no phone number, and people by their account's number alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// 1, 2, 3 …
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who; 0 for whoever runs the program at its command line.
    pub account_id: AccountId,
    /// From where: `city`, `district 210302`, `manager till 3`, `command_line`.
    pub place: String,
    /// What was done.
    pub action: AuditAction,
    /// To what kind of thing.
    pub thing: AuditThing,
    /// To which of them.
    pub thing_id: i64,
    /// What stood there before.
    pub old: String,
    /// What stands there now.
    pub new: String,
}

impl AuditRecord {
    /// The record's hash: SHA-256 over text that anyone can write down again
    /// from an export: the line `id at_ms account action thing thing_id`, then
    /// place, old and new, each ended by LF.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let AuditRecord { id, at, account_id, place, action, thing, thing_id, old, new } = self;
        let mut hasher = Sha256::new();
        hasher.update(format!("{id} {} {account_id} {action} {thing} {thing_id}\n", at.ms()));
        for text in [place, old, new] {
            hasher.update(text);
            hasher.update("\n");
        }
        Hash::new(hasher.finalize().into())
    }

    /// What the ledger keeps of it.
    #[must_use]
    pub fn mark(&self) -> AuditMark {
        AuditMark { id: self.id, hash: self.hash() }
    }
}

/// A record as a line among a block's entries: `audit 7 HASH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditMark {
    /// The record's number.
    pub id: i64,
    /// The record's hash.
    pub hash: Hash,
}

/// The text marks no audit record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} marks no audit record")]
pub struct BadMark(String);

impl AuditMark {
    /// Whether a line of a block is one.
    #[must_use]
    pub fn is_in(line: &str) -> bool {
        line.starts_with("audit ")
    }
}

impl fmt::Display for AuditMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "audit {} {}", self.id, self.hash)
    }
}

impl FromStr for AuditMark {
    type Err = BadMark;

    fn from_str(text: &str) -> Result<AuditMark, BadMark> {
        let read = || {
            let (id, hash) = text.strip_prefix("audit ")?.split_once(' ')?;
            Some(AuditMark { id: id.parse().ok()?, hash: hash.parse().ok()? })
        };
        read().ok_or_else(|| BadMark(text.chars().take(90).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> AuditRecord {
        AuditRecord {
            id: 7,
            at: Timestamp::from_ms(1000),
            account_id: AccountId(3),
            place: "city".to_owned(),
            action: AuditAction::ReviewMerchant,
            thing: AuditThing::Merchant,
            thing_id: 12,
            old: "{\"state\":\"provisional\"}".to_owned(),
            new: "{\"state\":\"live\"}".to_owned(),
        }
    }

    #[test]
    fn any_change_changes_the_hash() {
        let same = record();
        let changed = [
            AuditRecord { id: 8, ..record() },
            AuditRecord { at: Timestamp::from_ms(1001), ..record() },
            AuditRecord { account_id: AccountId(4), ..record() },
            AuditRecord { place: "district 210302".to_owned(), ..record() },
            AuditRecord { action: AuditAction::ChangeTill, ..record() },
            AuditRecord { thing: AuditThing::Till, ..record() },
            AuditRecord { thing_id: 13, ..record() },
            AuditRecord { old: String::new(), ..record() },
            AuditRecord { new: String::new(), ..record() },
        ];
        for other in changed {
            assert_ne!(other.hash(), same.hash(), "{other:?}");
        }
    }

    #[test]
    fn marks_read_back_and_are_no_entries_of_money() {
        let mark = record().mark();
        assert_eq!(mark.to_string().parse(), Ok(mark));
        assert!(AuditMark::is_in(&mark.to_string()));
        assert!(mark.to_string().parse::<crate::Entry>().is_err());
        assert!("audit 7 zz".parse::<AuditMark>().is_err());
    }
}
