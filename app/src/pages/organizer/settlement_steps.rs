//! The steps of a batch as forms: each says what it does and over how much.

use crate::api::settlement::StepSettlement;
use crate::figures::{count, yuan};
use domain::shapes::SettlementShape;
use domain::{Lang, SettlementStep};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What the reader may do with the batch now.
pub(super) fn steps(batch: &SettlementShape, key: &str, lang: Lang) -> impl IntoView + use<> {
    let forms = batch.may.iter().map(|step| match step {
        SettlementStep::Review => review(batch, key, lang).into_any(),
        SettlementStep::Approve => approve(batch, key, lang).into_any(),
        SettlementStep::Export => export(batch, key, lang).into_any(),
        SettlementStep::Pay => pay(batch, key, lang).into_any(),
        SettlementStep::Confirm => ().into_any(),
    });
    let forms = forms.collect_view();
    let discard = batch.may_discard.then(|| discard(batch, key, lang));
    view! { <section class="settle-steps" aria-label=lang.pick("下一步", "Next")>{forms}{discard}</section> }
}

/// A form of one step.
fn form<V: IntoView + 'static>(
    batch: &SettlementShape,
    (step, key): (&'static str, &str),
    (label, quiet): (String, bool),
    inside: V,
) -> impl IntoView + use<V> {
    let id = batch.item.id;
    let class = if quiet { "button button-quiet" } else { "button" };
    view! {
        <form class="card form" method="post" action=StepSettlement::url()>
            <input type="hidden" name="settlement_id" value=id.to_string()/>
            <input type="hidden" name="step" value=step/>
            <input type="hidden" name="key" value=format!("{key}-{step}")/>
            {inside}
            <button class=class type="submit" data-testid=format!("step-{step}")>{label}</button>
        </form>
    }
}

fn review(batch: &SettlementShape, key: &str, lang: Lang) -> impl IntoView + use<> {
    let rows = count(batch.item.totals.to_review);
    let label = lang.pick(format!("复核已确认的 {rows} 家"), format!("Review the {rows} confirmed rows"));
    let words = lang.pick(
        "一次复核本区县所有已确认的商户；也可在下表逐家复核。",
        "Reviews all confirmed rows of the district at once; each can be reviewed below too.",
    );
    form(batch, ("review", key), (label, false), view! { <p>{words}</p> })
}

fn approve(batch: &SettlementShape, key: &str, lang: Lang) -> impl IntoView + use<> {
    let totals = &batch.item.totals;
    let late = totals.to_confirm + totals.to_review;
    let (rows, pay, withheld) = (count(totals.rows), yuan(totals.pay_fen), yuan(totals.withheld_fen));
    let words = lang.pick(
        format!("{rows} 家商户，应付合计 ¥{pay}，暂扣 ¥{withheld}。"),
        format!("Merchants: {rows}; ¥{pay} to be paid in all, ¥{withheld} withheld."),
    );
    let leave = (late > 0).then(|| {
        let late = count(late);
        let words = lang.pick(
            format!("把尚未复核的 {late} 家转入下批（不勾选则等待）"),
            format!("Leave the {late} rows that are not reviewed for the next batch (or wait)"),
        );
        view! { <label class="switch"><input type="checkbox" name="leave_out" value="yes"/> <span>{words}</span></label> }
    });
    let label = if late > 0 {
        lang.pick("批准".to_owned(), "Approve".to_owned())
    } else {
        lang.pick(format!("批准付款 ¥{pay}"), format!("Approve the payment of ¥{pay}"))
    };
    form(batch, ("approve", key), (label, false), view! { <p><b>{words}</b></p> {leave} })
}

fn export(batch: &SettlementShape, key: &str, lang: Lang) -> impl IntoView + use<> {
    let pay = yuan(batch.item.totals.pay_fen);
    let label =
        lang.pick(format!("导出付款文件（约 ¥{pay}）"), format!("Export the bank's file (about ¥{pay})"));
    let words = lang.pick(
        "导出时会再看一次案件和退款，此后本批不再变动，合计写入台账。",
        "Cases and refunds are looked at once more; after that nothing of the batch changes, and it stands in the ledger.",
    );
    form(batch, ("export", key), (label, false), view! { <p>{words}</p> })
}

fn discard(batch: &SettlementShape, key: &str, lang: Lang) -> impl IntoView + use<> {
    let words = lang.pick("作废后，全部明细转入下一批。", "All its lines go into the next batch.");
    let label = lang.pick("作废本批".to_owned(), "Discard the batch".to_owned());
    form(batch, ("discard", key), (label, true), view! { <p class="quiet">{words}</p> })
}

/// The bank's result: a door of its own, because it brings a file.
fn pay(batch: &SettlementShape, key: &str, lang: Lang) -> impl IntoView + use<> {
    let (id, total) = (batch.item.id, yuan(batch.item.totals.pay_fen));
    let words = lang.pick(
        format!("导出合计 ¥{total}。回单每笔按附言对上、合计相同，才一次入账；有一笔对不上就都不入账，并列出是哪几笔。"),
        format!("¥{total} was exported. The result is booked only where every payment matches by its reference and the total is the same; otherwise none is, and the list says which."),
    );
    view! {
        <form class="card form" method="post" action=format!("/bureau/settlement/{id}/result") enctype="multipart/form-data">
            <p>{words}</p>
            <input type="hidden" name="key" value=format!("{key}-pay")/>
            <label class="field">
                <span>{lang.pick("银行流水号", "The bank's reference")}</span>
                <input name="bank_reference" type="text" required maxlength="64" autocomplete="off"/>
            </label>
            <label class="field">
                <span>{lang.pick("银行回单文件（CSV 或 XLSX，最大 4 MB）", "The bank's result (CSV or XLSX, at most 4 MB)")}</span>
                <input type="file" name="file" required accept=".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"/>
            </label>
            <button class="button" type="submit" data-testid="step-pay">{lang.pick("导入回单并入账", "Bring it in and book it")}</button>
        </form>
    }
}
