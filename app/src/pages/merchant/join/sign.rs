//! The last step: the commitment is read and signed.

use crate::api::join::{Join, SignJoin};
use domain::{JoinStep, Lang};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

pub(super) fn step(join: &Join, lang: Lang) -> impl IntoView + use<> {
    let commitment = &join.shape.commitment;
    if commitment.clauses.is_empty() {
        return view! {
            <p class="notice">{lang.pick(
                "本季还没有发布承诺书，请联系所在区县商务局。",
                "The season has no commitment to sign yet: ask the district's bureau.",
            )}</p>
        }
        .into_any();
    }
    let missing = JoinStep::ALL.iter().find(|step| **step != JoinStep::Commitment && !join.is_done(**step));
    let clauses = commitment.clauses.iter().map(|clause| {
        view! { <li>{lang.of(&clause.zh, &clause.en).to_owned()}</li> }
    });
    let (count, sum) = (join.shape.daily_redemptions, join.shape.daily_subsidy_fen);
    let form = match missing {
        Some(step) => view! {
            <p class="notice notice-warn">
                {lang.pick("还有没填好的步骤：", "A step is not done yet: ")}
                <a href=format!("/shop/join?step={step}")>{step.word(lang)}</a>
            </p>
        }
        .into_any(),
        None => form(join, lang).into_any(),
    };
    view! {
        <section class="card join-commitment">
            <h2>{lang.pick("承诺书", "The commitment")}</h2>
            <ol>{clauses.collect_view()}</ol>
            <p class="quiet">{lang.pick("版本 ", "Version ")}<span class="digits">{commitment.version.clone()}</span></p>
        </section>
        {(!join.shape.again).then(|| view! { <p class="notice">{lang.pick(
            format!("签署后当场上线。审核通过以前，每个营业日最多核销 {count} 笔、补贴合计 {sum}。"),
            format!("You are live once you sign. Until the review a business day has at most {count} redemptions and {sum} of subsidy."),
        )}</p> })}
        {form}
    }
    .into_any()
}

fn form(join: &Join, lang: Lang) -> impl IntoView + use<> {
    let signer = [&join.shape.draft.contact_name, &join.name];
    let signer = signer.into_iter().find(|name| !name.is_empty()).cloned().unwrap_or_default();
    let name = join.shape.draft.name.clone();
    let press = match join.shape.again {
        true => lang.pick("签署并重新申请", "Sign and apply again"),
        false => lang.pick("签署并上线", "Sign and go live"),
    };
    view! {
        <form class="card form" method="post" action=SignJoin::url()>
            <input type="hidden" name="version" value=join.shape.commitment.version.clone()/>
            <input type="hidden" name="key" value=join.key.clone()/>
            <label class="join-check">
                <input type="checkbox" name="agreed" value="yes" required/>
                <span>{lang.pick(format!("我已阅读，代表“{name}”承诺"), format!("I have read it and promise this for “{name}”"))}</span>
            </label>
            <label class="field">
                <span>{lang.pick("签名（签署人姓名）", "Signature (the name of whoever signs)")}</span>
                <input name="signer" type="text" required maxlength="40" value=signer autocomplete="name"/>
            </label>
            <button class="button button-big" type="submit" data-testid="join-sign">{press}</button>
        </form>
    }
}
