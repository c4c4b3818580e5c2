//! What the rules saw, and its words.

use crate::Backend;
use domain::{CLUSTER_WITHIN_FEN, Fen, Lang, OutletId, RiskSignal, Timestamp};
use serde::{Deserialize, Serialize};

/// What a rule saw, as a case keeps it; never a phone number.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub(crate) enum Evidence {
    /// A voucher that was used came again from a till without a network.
    OfflineConflict {
        first_redemption_id: i64,
        first_outlet_id: i64,
        first_at_ms: i64,
        second_till_id: i64,
        second_outlet_id: i64,
        second_at_ms: i64,
        arrived_at_ms: i64,
        order_fen: i64,
    },
    /// A voucher expired before its redemption arrived, and its pot is empty.
    OfflineUnfunded {
        till_id: i64,
        at_ms: i64,
        expired_at_ms: i64,
        arrived_at_ms: i64,
        order_fen: i64,
        subsidy_fen: i64,
    },
    /// A rule stopped at a redemption; it saw `seen` of `of`.
    Redemption { redemption_id: i64, at_ms: i64, order_fen: i64, seen: usize, of: usize },
    /// A redemption was refunded after an exported batch had settled it.
    Settled { redemption_id: i64, at_ms: i64, order_fen: i64, reversed_at_ms: i64, refund_fen: i64 },
}

impl Backend {
    /// What the rule saw, in words.
    pub(super) fn words_of(&self, signal: RiskSignal, evidence: &Evidence, lang: Lang) -> Vec<String> {
        match evidence {
            Evidence::Redemption { redemption_id, at_ms, order_fen, seen, of } => {
                let at = self.zone().short(Timestamp::from_ms(*at_ms));
                let order = Fen::try_from(*order_fen).unwrap_or_default();
                let which = lang.pick(
                    format!("核销号 {redemption_id}，{at}，订单 {order}"),
                    format!("Redemption {redemption_id}, {at}, order {order}"),
                );
                vec![which, seen_by(signal, (*seen, *of), lang)]
            }
            Evidence::Settled { redemption_id, at_ms, order_fen, reversed_at_ms, refund_fen } => {
                let at = |ms: &i64| self.zone().short(Timestamp::from_ms(*ms));
                let yuan = |fen: &i64| Fen::try_from(*fen).unwrap_or_default();
                let (at, order, back) = (at(at_ms), yuan(order_fen), (at(reversed_at_ms), yuan(refund_fen)));
                vec![
                    lang.pick(
                        format!("核销号 {redemption_id}，{at}，订单 {order}"),
                        format!("Redemption {redemption_id}, {at}, order {order}"),
                    ),
                    lang.pick(
                        format!("结算以后，{} 退款 {}；补贴由下一批追回", back.0, back.1),
                        format!(
                            "{} of it refunded at {}, after its settlement; the next batch claws it back",
                            back.1, back.0
                        ),
                    ),
                ]
            }
            Evidence::OfflineConflict { .. } => self.words_of_conflict(evidence, lang),
            Evidence::OfflineUnfunded { .. } => self.words_of_unfunded(evidence, lang),
        }
    }

    fn words_of_unfunded(&self, evidence: &Evidence, lang: Lang) -> Vec<String> {
        let Evidence::OfflineUnfunded {
            till_id,
            at_ms,
            expired_at_ms,
            arrived_at_ms,
            order_fen,
            subsidy_fen,
        } = evidence
        else {
            return Vec::new();
        };
        let at = |ms: i64| self.zone().short(Timestamp::from_ms(ms));
        let (made, expired, arrived) = (at(*at_ms), at(*expired_at_ms), at(*arrived_at_ms));
        let order = Fen::try_from(*order_fen).unwrap_or_default();
        let subsidy = Fen::try_from(*subsidy_fen).unwrap_or_default();
        vec![
            lang.pick(
                format!("离线核销：{made}，收银设备 {till_id}，订单 {order}，补贴 {subsidy}"),
                format!("Redeemed without a network: {made}, till {till_id}, order {order}, {subsidy} off"),
            ),
            lang.pick(
                format!("该券 {expired} 过期，面值已退回资金池；核销于 {arrived} 送达时资金池余额不足"),
                format!("The voucher expired at {expired} and its value went back to the pot, which had too little left when this arrived at {arrived}"),
            ),
            lang.pick(
                "未入账；商户已让利给顾客，请商务局处理".to_owned(),
                "Not booked; the merchant gave the customer the subsidy: it is the bureau's to make good"
                    .to_owned(),
            ),
        ]
    }

    fn words_of_conflict(&self, evidence: &Evidence, lang: Lang) -> Vec<String> {
        let (catalogue, zone) = (self.catalogue(), self.zone());
        let Evidence::OfflineConflict {
            first_redemption_id,
            first_outlet_id,
            first_at_ms,
            second_till_id,
            second_outlet_id,
            second_at_ms,
            arrived_at_ms,
            order_fen,
        } = evidence
        else {
            return Vec::new();
        };
        let named = |id: i64| {
            let outlet = catalogue.outlet(OutletId(id));
            outlet.map(|outlet| lang.of(&outlet.name, &outlet.name_en).to_owned()).unwrap_or_default()
        };
        let (first, second) = (named(*first_outlet_id), named(*second_outlet_id));
        let at = |ms: i64| zone.short(Timestamp::from_ms(ms));
        let (first_at, second_at, arrived) = (at(*first_at_ms), at(*second_at_ms), at(*arrived_at_ms));
        let order = Fen::try_from(*order_fen).unwrap_or_default();
        vec![
            lang.pick(
                format!("先到账：{first_at}，{first}，核销号 {first_redemption_id}"),
                format!("Booked first: {first_at}, {first}, redemption {first_redemption_id}"),
            ),
            lang.pick(
                format!("再次使用：{second_at}，{second}，收银设备 {second_till_id}，订单 {order}"),
                format!("Used again: {second_at}, {second}, till {second_till_id}, order {order}"),
            ),
            lang.pick(
                format!("离线核销于 {arrived} 送达，未入账"),
                format!("The second one arrived at {arrived} and was not booked"),
            ),
        ]
    }
}

/// What a rule over an outlet's day saw.
fn seen_by(signal: RiskSignal, (seen, of): (usize, usize), lang: Lang) -> String {
    let near = Fen::try_from(CLUSTER_WITHIN_FEN).unwrap_or_default();
    match signal {
        RiskSignal::OwnVoucher => lang.pick(
            "持券人就是核销人，或在这家商户工作".to_owned(),
            "The holder redeemed it, or works for the merchant".to_owned(),
        ),
        RiskSignal::OutsideHours => {
            lang.pick("核销时门店不在营业时间".to_owned(), "The outlet is closed at that time".to_owned())
        }
        RiskSignal::SamePair => lang.pick(
            format!("同一居民当日在本店第 {seen} 次核销，本店当日共 {of} 笔"),
            format!("The same resident for the {seen}th time that day, of {of} redemptions there"),
        ),
        RiskSignal::ThresholdCluster => lang.pick(
            format!("当日 {of} 笔满减订单中有 {seen} 笔只比门槛多不到 {near}"),
            format!("{seen} of the day's {of} orders lie less than {near} above the threshold"),
        ),
        RiskSignal::NewDeviceBurst => lang.pick(
            format!("新登记的收银设备一小时内核销 {seen} 笔，本店当日共 {of} 笔"),
            format!("{seen} from a till within an hour of its enrolment, of {of} that day"),
        ),
        RiskSignal::VoucherShare => lang.pick(
            format!("当日 {of} 笔用券订单的金额有 {seen}% 由政府消费券支付；不用券的销售平台不掌握"),
            format!(
                "Public vouchers paid {seen}% of {of} orders that day; sales without one are not known here"
            ),
        ),
        RiskSignal::OfflineConflict | RiskSignal::OfflineUnfunded | RiskSignal::ReversalAfterSettlement => {
            String::new()
        }
    }
}
