//! Errors as RFC 9457 puts them: `application/problem+json` with a stable code.

use crate::draw::DrawRefused;
use crate::{
    AssistRefused, BankRefused, ChangeRefused, ClaimRefused, Denied, DraftRefused, ImportRefused,
    JoinRefused, Lang, LimitScope, MerchantReviewRefused, OfflineRefused, PeopleRefused, PromotionRefused,
    RedeemRefused, ReverseRefused, RiskRefused, SettlementRefused, Zone,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An error of the API, in the caller's language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `about:blank`: the code says it all.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code: `below_threshold`.
    pub code: String,
    /// What happened and what to do next.
    pub detail: String,
    /// What the person or program needs beside: `short_by_fen`, `usable_from`,
    /// `field`, `limit`.
    #[serde(flatten)]
    pub with: BTreeMap<String, Extra>,
}

/// A further member of a problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Extra {
    /// An amount, a limit, a count.
    Number(i64),
    /// A time, a field's name.
    Text(String),
    /// Codes.
    List(Vec<String>),
}

impl Problem {
    /// A problem with nothing beside.
    #[must_use]
    pub fn new(status: u16, code: &str, detail: impl Into<String>) -> Problem {
        let title = match status {
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            409 => "Conflict",
            410 => "Gone",
            413 => "Content Too Large",
            415 => "Unsupported Media Type",
            422 => "Unprocessable Content",
            425 => "Too Early",
            428 => "Precondition Required",
            429 => "Too Many Requests",
            503 => "Service Unavailable",
            _ => "Internal Server Error",
        };
        Problem {
            kind: "about:blank".to_owned(),
            title: title.to_owned(),
            status,
            code: code.to_owned(),
            detail: detail.into(),
            with: BTreeMap::new(),
        }
    }

    /// With a number beside.
    #[must_use]
    pub fn number(mut self, name: &str, number: i64) -> Problem {
        self.with.insert(name.to_owned(), Extra::Number(number));
        self
    }

    /// With a text beside.
    #[must_use]
    pub fn text(mut self, name: &str, text: impl ToString) -> Problem {
        self.with.insert(name.to_owned(), Extra::Text(text.to_string()));
        self
    }

    fn list(mut self, name: &str, list: impl Iterator<Item = String>) -> Problem {
        self.with.insert(name.to_owned(), Extra::List(list.collect()));
        self
    }

    /// What a claim's refusal tells.
    #[must_use]
    pub fn of_claim(refused: &ClaimRefused, lang: Lang, zone: Zone) -> Problem {
        let status = match refused {
            ClaimRefused::NotOpen { .. } | ClaimRefused::NotYourTurn { .. } => 425,
            ClaimRefused::WorkRequired { .. } => 428,
            ClaimRefused::Closed { .. } => 410,
            ClaimRefused::NotEligible { .. } => 403,
            ClaimRefused::SoldOut | ClaimRefused::LimitReached { .. } | ClaimRefused::WrongMethod { .. } => {
                409
            }
        };
        let problem = Problem::new(status, refused.code(), refused.words(lang, zone));
        match refused {
            ClaimRefused::NotOpen { opens_at } => problem.text("opens_at", zone.rfc3339(*opens_at)),
            ClaimRefused::Closed { closed_at } => problem.text("closed_at", zone.rfc3339(*closed_at)),
            ClaimRefused::SoldOut => problem,
            ClaimRefused::LimitReached { limit, scope } => problem.number("limit", *limit).text(
                "scope",
                match scope {
                    LimitScope::Round => "round",
                    LimitScope::Campaign => "campaign",
                    LimitScope::Day => "day",
                },
            ),
            ClaimRefused::NotEligible { districts, .. } => {
                problem.list("districts", districts.iter().map(ToString::to_string))
            }
            ClaimRefused::WrongMethod { method } => problem.text("method", method),
            ClaimRefused::NotYourTurn { ahead, turn_at, retry_after_s, place_token } => problem
                .number("ahead", *ahead)
                .text("turn_at", zone.rfc3339(*turn_at))
                .text("place_token", place_token)
                .number("retry_after_s", *retry_after_s),
            ClaimRefused::WorkRequired { challenge, bits, expires_at } => problem
                .text("challenge", challenge)
                .number("bits", i64::from(*bits))
                .text("expires_at", zone.rfc3339(*expires_at)),
        }
    }

    /// What a draw's refusal tells.
    #[must_use]
    pub fn of_draw(refused: &DrawRefused, lang: Lang, zone: Zone) -> Problem {
        let problem = Problem::new(refused.status(), refused.code(), refused.words(lang, zone));
        match refused {
            DrawRefused::NotOpen { opens_at } => problem.text("opens_at", zone.rfc3339(*opens_at)),
            DrawRefused::Closed { closed_at } => problem.text("closed_at", zone.rfc3339(*closed_at)),
            DrawRefused::WrongMethod { method } => problem.text("method", method),
            DrawRefused::NotEligible { districts, .. } => {
                problem.list("districts", districts.iter().map(ToString::to_string))
            }
            DrawRefused::LimitReached { limit } => problem.number("limit", *limit).text("scope", "campaign"),
            DrawRefused::NotYetYourTurn { waiting, next_call } => {
                let problem = problem.number("waiting", *waiting);
                match next_call {
                    Some(at) => problem.text("next_call", zone.rfc3339(*at)),
                    None => problem,
                }
            }
            DrawRefused::ClaimWindowOver { until } => problem.text("until", zone.rfc3339(*until)),
            DrawRefused::NotFrozen { closes_at } => problem.text("closes_at", zone.rfc3339(*closes_at)),
            DrawRefused::NotDue { draws_at } => problem.text("draws_at", zone.rfc3339(*draws_at)),
            DrawRefused::NotDrawn | DrawRefused::AlreadyDrawn => problem,
        }
    }

    /// What a redemption's refusal tells.
    #[must_use]
    pub fn of_redemption(refused: &RedeemRefused, lang: Lang, zone: Zone) -> Problem {
        let status = if matches!(refused, RedeemRefused::AlreadyRedeemed { .. }) { 409 } else { 422 };
        let problem = Problem::new(status, refused.code(), refused.words(lang, zone));
        match refused {
            RedeemRefused::AlreadyRedeemed { redeemed_at } => {
                problem.text("redeemed_at", zone.rfc3339(*redeemed_at))
            }
            RedeemRefused::Expired { expired_at } => problem.text("expired_at", zone.rfc3339(*expired_at)),
            RedeemRefused::NotYetValid { usable_from }
            | RedeemRefused::OutsideHours { usable_from: Some(usable_from) } => {
                problem.text("usable_from", zone.rfc3339(*usable_from))
            }
            RedeemRefused::BelowThreshold { short_by, threshold } => {
                problem.number("short_by_fen", short_by.get()).number("threshold_fen", threshold.get())
            }
            RedeemRefused::WrongDistrict { district } => problem.text("district", district),
            RedeemRefused::WrongKind { kind } => problem.text("kind", kind),
            RedeemRefused::OutletLimitReached { limit } | RedeemRefused::MerchantLimitReached { limit } => {
                problem.number("limit", *limit)
            }
            RedeemRefused::ManagerRequired { limit } => {
                problem.text("field", "order_fen").number("limit_fen", limit.get())
            }
            RedeemRefused::InvoiceRequired => problem.text("field", "invoice_no"),
            RedeemRefused::PaperCheckRequired { asks_for } => {
                problem.text("field", "last4").text("asks_for", asks_for)
            }
            RedeemRefused::PaperCheckWrong { asks_for, tries_left } => {
                problem.text("field", "last4").text("asks_for", asks_for).number("tries_left", *tries_left)
            }
            RedeemRefused::NotWithDiscount => problem.text("field", "merchant_discount_fen"),
            RedeemRefused::MerchantRejected { reason } | RedeemRefused::MerchantLapsed { reason } => {
                problem.text("reason", reason)
            }
            RedeemRefused::DailyCapReached { cap } => {
                problem.number("limit", cap.redemptions).number("limit_fen", cap.subsidy_fen.get())
            }
            _ => problem,
        }
    }

    /// What the community desk's refusal tells.
    #[must_use]
    pub fn of_assist(refused: &AssistRefused, lang: Lang) -> Problem {
        let problem = Problem::new(refused.status(), refused.code(), refused.words(lang));
        match refused {
            AssistRefused::OtherDistrict { district } => problem.text("district", district),
            AssistRefused::NotPrintable { state } => problem.text("state", state),
            AssistRefused::PrintLimit { limit } => problem.number("limit", *limit),
            AssistRefused::IdentityConflict | AssistRefused::NotResident => problem,
        }
    }

    /// What the refusal of a till without a network tells.
    #[must_use]
    pub fn of_offline(refused: &OfflineRefused, lang: Lang, zone: Zone) -> Problem {
        match refused {
            OfflineRefused::Redeem(refused) => Problem::of_redemption(refused, lang, zone),
            OfflineRefused::LimitReached { limits } => {
                let problem = Problem::new(refused.status(), refused.code(), refused.words(lang, zone));
                problem.number("limit", limits.redemptions).number("limit_fen", limits.subsidy_fen.get())
            }
            _ => Problem::new(refused.status(), refused.code(), refused.words(lang, zone)),
        }
    }

    /// What the refusal of a decision on a case tells.
    #[must_use]
    pub fn of_risk(refused: RiskRefused, lang: Lang) -> Problem {
        Problem::new(409, refused.code(), refused.words(lang))
    }

    /// What the refusal of a step of a settlement tells.
    #[must_use]
    pub fn of_settlement(refused: SettlementRefused, lang: Lang) -> Problem {
        let status = match refused {
            SettlementRefused::Maker | SettlementRefused::Reviewer => 403,
            SettlementRefused::WrongState { .. }
            | SettlementRefused::WeekNotOver { .. }
            | SettlementRefused::WeekSettled { .. }
            | SettlementRefused::StillOpen { .. }
            | SettlementRefused::NotDiscarded { .. }
            | SettlementRefused::NothingDue
            | SettlementRefused::NotAllReviewed { .. } => 409,
        };
        let problem = Problem::new(status, refused.code(), refused.words(lang));
        match refused {
            SettlementRefused::WrongState { state, step } => problem.text("state", state).text("step", step),
            SettlementRefused::NotDiscarded { state } => problem.text("state", state),
            SettlementRefused::WeekNotOver { to } => problem.text("to", to),
            SettlementRefused::WeekSettled { batch, to } => {
                problem.number("settlement_id", batch).text("to", to)
            }
            SettlementRefused::StillOpen { batch } => problem.number("settlement_id", batch),
            SettlementRefused::NotAllReviewed { waiting, rows } => {
                problem.number("waiting", waiting).number("rows", rows)
            }
            SettlementRefused::Maker | SettlementRefused::Reviewer | SettlementRefused::NothingDue => problem,
        }
    }

    /// What the refusal of a bank's result tells.
    #[must_use]
    pub fn of_bank(refused: &BankRefused, lang: Lang) -> Problem {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let status = match refused {
            BankRefused::OtherBatch { .. } => 409,
            BankRefused::TooLarge { .. } | BankRefused::TooLong { .. } => 413,
            BankRefused::WrongTotal { .. }
            | BankRefused::Unreadable { .. }
            | BankRefused::Unmatched { .. } => 422,
        };
        let problem = Problem::new(status, refused.code(), refused.words(lang));
        match refused {
            BankRefused::OtherBatch { expected, found } => {
                problem.number("expected", *expected).number("found", *found)
            }
            BankRefused::WrongTotal { expected, found } => {
                problem.number("expected_fen", expected.get()).number("found_fen", found.get())
            }
            BankRefused::TooLarge { limit, found } | BankRefused::TooLong { limit, found } => {
                problem.number("limit", number(*limit)).number("found", number(*found))
            }
            BankRefused::Unreadable { .. } => problem,
            BankRefused::Unmatched { count, first } => {
                let told = first.iter().map(|of| format!("{}: {}", of.reference(), of.words(lang)));
                problem.number("count", number(*count)).list("mismatches", told)
            }
        }
    }

    /// What the refusal of a person or a till tells.
    #[must_use]
    pub fn of_people(refused: &PeopleRefused, lang: Lang, zone: Zone) -> Problem {
        let problem = Problem::new(refused.status(), refused.code(), refused.words(lang, zone));
        match refused {
            PeopleRefused::InvitationLapsed { since } => problem.text("since", zone.rfc3339(*since)),
            PeopleRefused::NotManaged { role } => problem.text("role", role),
            PeopleRefused::TooMany { limit } => problem.number("limit", *limit),
            _ => problem,
        }
    }

    /// What the refusal of a step with a promotion tells.
    #[must_use]
    pub fn of_promotion(refused: &PromotionRefused, lang: Lang) -> Problem {
        let problem = Problem::new(refused.status(), refused.code(), refused.words(lang));
        match refused {
            PromotionRefused::WrongState { state, revision, step } => {
                let problem = problem.text("state", state).text("step", step);
                match revision {
                    Some(revision) => problem.text("revision", revision),
                    None => problem,
                }
            }
            PromotionRefused::Incomplete { faults } => {
                problem.list("fields", faults.iter().map(|fault| fault.field.to_string()))
            }
            PromotionRefused::TooMany { limit }
            | PromotionRefused::TooManyPhotos { limit }
            | PromotionRefused::PhotoTooLarge { limit }
            | PromotionRefused::TooManyPixels { limit } => problem.number("limit", *limit),
            PromotionRefused::ChangedMeanwhile
            | PromotionRefused::NotAPhoto
            | PromotionRefused::BrokenPhoto => problem,
        }
    }

    /// What the refusal of a step with a campaign's draft tells.
    #[must_use]
    pub fn of_draft(refused: &DraftRefused, lang: Lang) -> Problem {
        let problem = Problem::new(refused.status(), refused.code(), refused.words(lang));
        match refused {
            DraftRefused::WrongState { state, step } => problem.text("state", state).text("step", step),
            DraftRefused::Incomplete { faults } => {
                problem.list("fields", faults.iter().map(|fault| fault.field.clone()))
            }
            DraftRefused::OverBudget { value, pot, vouchers } => problem
                .number("value_fen", value.get())
                .number("pot_fen", pot.get())
                .number("over_fen", value.less(*pot).get())
                .number("vouchers", *vouchers),
            DraftRefused::ChangedMeanwhile | DraftRefused::SecondPerson => problem,
        }
    }

    /// What the refusal of a change to a published campaign tells.
    #[must_use]
    pub fn of_change(refused: &ChangeRefused, lang: Lang) -> Problem {
        let problem = Problem::new(422, refused.code(), refused.words(lang));
        problem.list("fields", refused.fields.iter().map(|field| (*field).to_owned()))
    }

    /// What an application's refusal tells.
    #[must_use]
    pub fn of_join(refused: &JoinRefused, lang: Lang) -> Problem {
        let problem = Problem::new(refused.status(), refused.code(), refused.words(lang));
        match refused {
            JoinRefused::NotOffered => problem,
            JoinRefused::AlreadyJoined { merchant } => problem.number("merchant_id", merchant.0),
            JoinRefused::OutletInUse { name } => problem.text("name", name),
            JoinRefused::CodeTaken { name } => problem.text("field", "credit_code").text("name", name),
            JoinRefused::CommitmentChanged { version } => {
                problem.text("field", "version").text("version", version)
            }
            JoinRefused::BadField { fault } => {
                problem.text("field", &fault.field).text("limit", fault.rule.words(lang))
            }
        }
    }

    /// What the refusal of a merchant's review tells.
    #[must_use]
    pub fn of_merchant_review(refused: &MerchantReviewRefused, lang: Lang) -> Problem {
        Problem::new(409, refused.code(), refused.words(lang)).text("state", refused.state)
    }

    /// What an import's refusal tells.
    #[must_use]
    pub fn of_import(refused: &ImportRefused, lang: Lang) -> Problem {
        let problem = Problem::new(refused.status(), refused.code(), refused.words(lang));
        match refused {
            ImportRefused::BadRows { bad_rows } => problem.number("bad_rows", *bad_rows),
            ImportRefused::NotChecked | ImportRefused::NothingToImport => problem,
        }
    }

    /// What a reversal's refusal tells.
    #[must_use]
    pub fn of_reversal(refused: &ReverseRefused, lang: Lang, zone: Zone) -> Problem {
        let status = match refused {
            ReverseRefused::AlreadyReversed | ReverseRefused::UndoOver { .. } => 409,
            ReverseRefused::AnotherClerks => 403,
            ReverseRefused::TooMuch { .. }
            | ReverseRefused::AboveLimit { .. }
            | ReverseRefused::AboveDayLimit { .. } => 422,
        };
        let problem = Problem::new(status, refused.code(), refused.words(lang));
        match refused {
            ReverseRefused::TooMuch { refundable: limit } | ReverseRefused::AboveLimit { limit } => {
                problem.text("field", "refund_fen").number("limit", limit.get())
            }
            ReverseRefused::AboveDayLimit { limit, left } => problem
                .text("field", "refund_fen")
                .number("limit", limit.get())
                .number("left_fen", left.get()),
            ReverseRefused::UndoOver { since } => problem.text("since", zone.rfc3339(*since)),
            ReverseRefused::AlreadyReversed | ReverseRefused::AnotherClerks => problem,
        }
    }

    /// What a denial tells.
    #[must_use]
    pub fn of_denial(denied: &Denied, lang: Lang) -> Problem {
        let problem = Problem::new(denied.status(), denied.code(), denied.words(lang));
        match denied {
            Denied::BadQuery { field, allowed } | Denied::BadField { field, allowed } => {
                problem.text("field", field).text("limit", allowed)
            }
            Denied::Locked { retry_after_s }
            | Denied::TooOften { retry_after_s }
            | Denied::QueueFull { retry_after_s }
            | Denied::Busy { retry_after_s } => problem.number("retry_after_s", *retry_after_s),
            _ => problem,
        }
    }
}
