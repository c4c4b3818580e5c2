//! A batch's lines and sums, as the bureau and the merchant read them.

use crate::components::when::When;
use crate::figures::{signed_yuan, yuan};
use domain::shapes::{SettlementLineShape, SettlementRowShape};
use domain::{Fen, Lang, SettlementLineKind};
use leptos::prelude::*;

/// What a row is made of, with how it adds up.
pub(crate) fn row_sums(row: &SettlementRowShape, lang: Lang) -> impl IntoView + use<> {
    let minus = |amount: Fen| if amount == Fen::ZERO { yuan(amount) } else { format!("-{}", yuan(amount)) };
    let facts = [
        (lang.pick("上批结转", "Carried from the last"), signed_yuan(row.carried_fen)),
        (lang.pick("本批核销", "Redeemed"), yuan(row.redeemed_fen)),
        (lang.pick("解除暂扣", "Released"), yuan(row.released_fen)),
        (lang.pick("追回", "Clawed back"), minus(row.clawback_fen)),
        (lang.pick("应付", "To be paid"), yuan(row.pay_fen)),
        (lang.pick("暂扣（不付）", "Withheld, not paid"), yuan(row.withheld_fen)),
        (lang.pick("结转下批", "Carried on"), signed_yuan(row.carried_on_fen)),
    ];
    let facts =
        facts.map(|(name, amount)| view! { <div><dt>{name}</dt><dd class="digits">"¥"{amount}</dd></div> });
    view! { <dl class="settle-sums">{facts.collect_view()}</dl> }
}

/// The lines as a table; `cases` is the page on which a line's case stands.
pub(crate) fn lines_table(
    lines: &[SettlementLineShape],
    cases: &'static str,
    lang: Lang,
) -> impl IntoView + use<> {
    let rows = lines.iter().map(|line| line_row(line, cases, lang)).collect_view();
    view! {
        <div class="table-box" tabindex="0" role="region" aria-label=lang.pick("明细", "Lines")>
            <table class="figures">
                <thead><tr>
                    <th scope="col">{lang.pick("核销时间", "Redeemed at")}</th>
                    <th scope="col" class="num">{lang.pick("金额（元）", "Amount (¥)")}</th>
                    <th scope="col">{lang.pick("性质", "What it is")}</th>
                    <th scope="col" class="num">{lang.pick("凭证码", "Receipt")}</th>
                    <th scope="col">{lang.pick("门店", "Outlet")}</th>
                    <th scope="col" class="num">{lang.pick("核销号", "Redemption")}</th>
                    <th scope="col">{lang.pick("原因", "Why")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn line_row(line: &SettlementLineShape, cases: &'static str, lang: Lang) -> impl IntoView + use<> {
    let sign = if line.kind == SettlementLineKind::Clawback { "-" } else { "" };
    let outlet = lang.of(&line.outlet_name, &line.outlet_name_en).to_owned();
    let why = line.signal.map(|signal| {
        let state = line.case_state.map(|state| format!(" · {}", state.word(lang)));
        view! { <a class="row-link" href=cases>{signal.word(lang)}{state}</a> }
    });
    view! {
        <tr data-line=line.kind.code()>
            <th scope="row">{When::here().moment(&line.redeemed_at)}</th>
            <td class="num">{sign}{yuan(line.amount_fen)}</td>
            <td>{line.kind.word(lang)}</td>
            <td class="num">{line.receipt_code.clone()}</td>
            <td>{outlet}</td>
            <td class="num">{line.redemption_id.to_string()}</td>
            <td>{why}</td>
        </tr>
    }
}
