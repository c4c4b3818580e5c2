//! `/shop/settlement`: the batches that pay the merchant, its lines in one of
//! them, and the confirmation.

use crate::api::caller;
use crate::api::settlement::{self as api, ConfirmSettlement, OwnBatches};
use crate::components::page::Page;
use crate::components::settlement::{lines_table, row_sums};
use crate::components::when::When;
use crate::figures::yuan;
use crate::pages::{loaded, parameter};
use domain::shapes::{OwnSettlement, Page as List, SettlementLineShape};
use domain::{Fen, Lang, SettlementState};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page.
pub(crate) fn own_settlement() -> impl IntoView {
    loaded(api::own(parameter("batch"), parameter("cursor")), |OwnBatches { batches, lines, key }| {
        let lang = caller::lang();
        let none = batches.items.is_empty();
        let shown = lines.as_ref().map(|(id, _)| *id);
        let next = batches.next_cursor.clone().filter(|_| shown.is_none());
        let cards = batches.items.iter().filter(|batch| shown.is_none_or(|id| id == batch.id));
        let cards = cards.map(|batch| card(batch, &key, shown.is_some(), lang)).collect_view();
        let lines = lines.map(|(id, lines)| section(id, &lines, lang));
        view! {
            <Page title=lang.pick("结算", "Settlement") class="page-wide settle-page">
                <h1>{lang.pick("结算", "Settlement")}</h1>
                <p class="quiet">{lang.pick(
                    "每周一批：您确认，区县复核，市级批准，银行付款。被暂扣的只是那一笔，其余照付。",
                    "A batch a week: you confirm, the district reviews, the city approves, the bank pays. A withheld line is withheld alone.",
                )}</p>
                {none.then(|| view! { <p class="nothing" data-testid="no-batches">{lang.pick("还没有结算批次。", "There is no batch yet.")}</p> })}
                {cards}
                {lines}
                {next.map(|cursor| view! { <p class="pager"><a class="button button-quiet" href=format!("/shop/settlement?cursor={cursor}")>{lang.pick("更早的", "Earlier")}</a></p> })}
                {shown.map(|_| view! { <p><a class="button button-quiet" href="/shop/settlement">{lang.pick("所有批次", "All batches")}</a></p> })}
            </Page>
        }
    })
}

fn card(batch: &OwnSettlement, key: &str, is_open: bool, lang: Lang) -> impl IntoView + use<> {
    let (id, row) = (batch.id, &batch.row);
    let week = When::here().days(&batch.from, &batch.to);
    let withheld = (row.withheld_fen > Fen::ZERO).then(|| withheld(id, row.withheld_fen, lang));
    let confirm = batch.may_confirm.then(|| confirm(batch, key, lang));
    let paid = batch.bank_reference.clone().filter(|_| row.state == SettlementState::Paid);
    let reference = row.reference.clone();
    view! {
        <article class="card settle-card" data-batch=id.to_string() data-state=row.state.code()>
            <h2>{week} " · " <span data-testid="row-state">{row.state.word(lang)}</span></h2>
            {row_sums(row, lang)}
            <p class="quiet">{lang.pick("付款附言：", "Payment reference: ")}{reference}
                {paid.map(|bank| view! { " · " {lang.pick("银行流水号：", "the bank's: ")}{bank} })}
            </p>
            {withheld}
            {confirm}
            {(!is_open).then(|| view! { <p><a class="button button-quiet" href=format!("/shop/settlement?batch={id}")>{lang.pick("查看明细", "Its lines")}</a></p> })}
        </article>
    }
}

fn withheld(id: i64, amount: Fen, lang: Lang) -> impl IntoView {
    let words = lang.pick(
        format!("¥{} 在核查中，暂不付款。", yuan(amount)),
        format!("¥{} is under review and not paid.", yuan(amount)),
    );
    view! {
        <p class="notice notice-warn" data-testid="withheld">
            {words} " "
            <a href=format!("/shop/settlement?batch={id}")>{lang.pick("看是哪几笔", "Which lines")}</a> " · "
            <a href="/shop/risk">{lang.pick("提交说明", "Answer to it")}</a>
        </p>
    }
}

/// What is confirmed is written beside the button.
fn confirm(batch: &OwnSettlement, key: &str, lang: Lang) -> impl IntoView + use<> {
    let (id, pay) = (batch.id, yuan(batch.row.pay_fen));
    let label = lang.pick(format!("确认应付 ¥{pay}"), format!("Confirm ¥{pay}"));
    view! {
        <form method="post" action=ConfirmSettlement::url()>
            <input type="hidden" name="settlement_id" value=id.to_string()/>
            <input type="hidden" name="key" value=format!("{key}-{id}")/>
            <button class="button button-big" type="submit" data-testid="confirm-batch">{label}</button>
            <p class="quiet">{lang.pick("金额不对就不要确认：请联系所在区县商务局，未确认的转入下批。", "Do not confirm what is wrong: call the district's bureau; what is not confirmed goes into the next batch.")}</p>
        </form>
    }
}

fn section(id: i64, lines: &List<SettlementLineShape>, lang: Lang) -> impl IntoView + use<> {
    let next = lines.next_cursor.clone();
    view! {
        <section aria-labelledby="lines">
            <h2 id="lines">{lang.pick("明细", "Lines")}</h2>
            {lines_table(&lines.items, "/shop/risk", lang)}
            {next.map(|cursor| view! { <p class="pager"><a class="button button-quiet" href=format!("/shop/settlement?batch={id}&cursor={cursor}")>{lang.pick("下一页", "Next page")}</a></p> })}
        </section>
    }
}
