//! Why nobody joins.

use super::{JoinFault, JoinRule};
use crate::{Lang, MerchantId};

/// Why an application does not make a merchant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JoinRefused {
    /// The season has no commitment to sign.
    #[error("the season has no commitment to sign")]
    NotOffered,
    /// The account belongs to a merchant already.
    #[error("the account belongs to merchant {merchant} already")]
    AlreadyJoined {
        /// Which.
        merchant: MerchantId,
    },
    /// Another merchant has the credit code.
    #[error("{name} has the credit code")]
    CodeTaken {
        /// Its name.
        name: String,
    },
    /// The commitment was changed since it was read.
    #[error("the commitment is of version {version} now")]
    CommitmentChanged {
        /// The version that holds.
        version: String,
    },
    /// An outlet that is left out has records.
    #[error("outlet {name} has records and cannot go")]
    OutletInUse {
        /// Its name.
        name: String,
    },
    /// A field cannot be taken.
    #[error("{} cannot be taken", fault.field)]
    BadField {
        /// Which, and why.
        fault: JoinFault,
    },
}

impl JoinRefused {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            JoinRefused::NotOffered => "join_not_offered",
            JoinRefused::AlreadyJoined { .. } => "already_joined",
            JoinRefused::CodeTaken { .. } => "code_taken",
            JoinRefused::CommitmentChanged { .. } => "commitment_changed",
            JoinRefused::OutletInUse { .. } => "outlet_in_use",
            JoinRefused::BadField { .. } => "bad_field",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        if matches!(self, JoinRefused::BadField { .. }) { 422 } else { 409 }
    }

    /// What the shopkeeper reads.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        match self {
            JoinRefused::NotOffered => lang
                .pick(
                    "本季还没有发布承诺书，暂不能自行加入，请联系所在区县商务局",
                    "The season has no commitment to sign yet: ask the district's bureau to join",
                )
                .to_owned(),
            JoinRefused::AlreadyJoined { .. } => lang
                .pick(
                    "本账号已属于一家商户，一个账号只能属于一家",
                    "This account belongs to a merchant already, and to one only",
                )
                .to_owned(),
            JoinRefused::CodeTaken { name } => JoinRule::CodeTaken { name: name.clone() }.words(lang),
            JoinRefused::CommitmentChanged { .. } => lang
                .pick(
                    "承诺书刚刚更新，请重新阅读后再签署",
                    "The commitment was changed a moment ago: read it again and sign",
                )
                .to_owned(),
            JoinRefused::OutletInUse { name } => lang.pick(
                format!("门店“{name}”已有核销、设备、店员或优惠记录，不能删除，请保留并修改"),
                format!(
                    "“{name}” has redemptions, tills, people or promotions: keep that outlet and change it"
                ),
            ),
            JoinRefused::BadField { fault } => {
                let (field, rule) = (&fault.field, fault.rule.words(lang));
                lang.pick(format!("{field} 填写有误：{rule}"), format!("{field} is not valid: {rule}"))
            }
        }
    }
}
