//! Tests vouchers at a till without a network, by the server's own rules; loaded by such tills alone.

use domain::{
    Fen, Lang, OfflinePermit, OfflineRefused, OfflineSale, OfflineToken, OfflineUse, Timestamp, judge_offline,
};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::wasm_bindgen;

/// What the till's script asks.
#[derive(Debug, Deserialize)]
struct Asked {
    /// As the server gave it.
    permit: OfflinePermit,
    /// The text of the QR.
    token: String,
    /// The order after merchant discounts.
    order_fen: Fen,
    /// The merchant's own discount before it.
    discount_fen: Fen,
    /// The moment, in milliseconds of the server's time.
    at_ms: i64,
    /// What the till redeemed so far.
    #[serde(default)]
    used: Vec<Used>,
}

/// A redemption that the till made without a network.
#[derive(Debug, Deserialize)]
struct Used {
    /// The voucher's six characters.
    voucher: String,
    subsidy_fen: i64,
    at_ms: i64,
}

/// What it is told.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "answer")]
enum Told {
    /// The voucher works.
    Works { voucher: String, title: String, title_en: String, subsidy_fen: Fen, payable_fen: Fen },
    /// It does not.
    Refused { code: &'static str, words: String, words_en: String },
}

/// Tests a voucher: JSON goes in and comes out; `null` where what came in could not be read.
#[wasm_bindgen]
#[must_use]
pub fn judge(asked: &str) -> String {
    let told = serde_json::from_str(asked).ok().map(|asked| told(&asked));
    serde_json::to_string(&told).unwrap_or_default()
}

fn told(asked: &Asked) -> Told {
    let refused = |code, words: &dyn Fn(Lang) -> String| Told::Refused {
        code,
        words: words(Lang::Zh),
        words_en: words(Lang::En),
    };
    let Ok(token) = asked.token.to_ascii_uppercase().parse::<OfflineToken>() else {
        let words = |lang: Lang| {
            lang.pick(
                "这不是离线码：请顾客在券页面打开“离线码”再扫",
                "Not the code for tills without a network: the customer opens it below their voucher",
            )
            .to_owned()
        };
        return refused("bad_token", &words);
    };
    let voucher = token.pass.code.to_string();
    if asked.used.iter().any(|used| used.voucher == voucher) {
        let words = |lang: Lang| {
            lang.pick("这张券刚在本机用过，请换一张", "This voucher was used at this till: take another")
                .to_owned()
        };
        return refused("already_here", &words);
    }
    let (permit, at) = (&asked.permit, Timestamp::from_ms(asked.at_ms));
    let sale = OfflineSale { amount: asked.order_fen, discount: asked.discount_fen, at };
    match judge_offline(permit, &token, &sale, used_on_day(asked, at)) {
        Ok(split) => {
            let terms = permit.campaigns.iter().find(|terms| terms.id == token.pass.campaign);
            let title =
                |pick: fn(&domain::CampaignTerms) -> &String| terms.map(pick).cloned().unwrap_or_default();
            Told::Works {
                voucher,
                title: title(|terms| &terms.title),
                title_en: title(|terms| &terms.title_en),
                subsidy_fen: split.subsidy,
                payable_fen: split.payable,
            }
        }
        Err(error) => words_of(&error, permit),
    }
}

fn words_of(error: &OfflineRefused, permit: &OfflinePermit) -> Told {
    Told::Refused {
        code: error.code(),
        words: error.words(Lang::Zh, permit.zone),
        words_en: error.words(Lang::En, permit.zone),
    }
}

fn used_on_day(asked: &Asked, at: Timestamp) -> OfflineUse {
    let zone = asked.permit.zone;
    let today = zone.business_day(at);
    let same_day =
        asked.used.iter().filter(|used| zone.business_day(Timestamp::from_ms(used.at_ms)) == today);
    same_day.fold(OfflineUse::default(), |sum, used| OfflineUse {
        redemptions: sum.redemptions + 1,
        subsidy_fen: sum.subsidy_fen.saturating_add(used.subsidy_fen),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_told_as_nothing() {
        assert_eq!(judge("{"), "null");
        assert_eq!(judge("{}"), "null");
    }
}
