//! `/me`: the account, the home district, the language, the way out.

use crate::api::session::{ChooseDistrict, Leave};
use crate::api::{account, caller, season};
use crate::components::page::Page;
use crate::pages::loaded;
use domain::shapes::Me;
use domain::{Permission, Role};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page.
pub(crate) fn me() -> impl IntoView {
    loaded(account::me(), |me| {
        let lang = caller::lang();
        let roles: Vec<_> = me.roles.iter().map(|role| role.word(lang)).collect();
        let resident = me.roles.contains(&Role::Resident);
        let back = "/me";
        view! {
            <Page title=lang.pick("我的", "Me") class="page-narrow">
                <section class="card person">
                    <span class="person-mark" aria-hidden="true">{me.name.chars().next().map(String::from)}</span>
                    <div>
                        <h1>{me.name.clone()}</h1>
                        <p class="quiet"><span class="digits">{me.phone_masked.clone()}</span> " · " {roles.join(" · ")}</p>
                    </div>
                </section>
                <Doors me=me.clone()/>
                {resident.then(|| view! { <District me=me.clone()/> })}
                <section class="card">
                    <h2>{lang.pick("语言", "Language")}</h2>
                    <p class="choices">
                        <a class="button button-quiet" href=format!("/lang/zh?back={back}") lang="zh-CN">"中文"</a>
                        <a class="button button-quiet" href=format!("/lang/en?back={back}") lang="en">"English"</a>
                    </p>
                </section>
                <form method="post" action=Leave::url()>
                    <button class="button button-quiet button-big" type="submit">{lang.pick("退出登录", "Sign out")}</button>
                </form>
            </Page>
        }
    })
}

/// Where this account works.
#[component]
fn Doors(me: Me) -> impl IntoView {
    let lang = caller::lang();
    let doors = [
        (Permission::HoldVouchers, "/wallet", lang.pick("我的券包", "My wallet")),
        (Permission::Redeem, "/shop/till", lang.pick("去收银台", "Go to the till")),
        (Permission::JoinAsMerchant, "/shop/join", lang.pick("商户加入", "Join as a merchant")),
        (Permission::AssistResidents, "/bureau/desk", lang.pick("去社区代领", "Go to the community desk")),
        (Permission::SeeStats, "/bureau/stats", lang.pick("看统计", "See the statistics")),
    ];
    let open = doors.into_iter().filter(|(permission, ..)| me.roles.iter().any(|role| role.may(*permission)));
    view! {
        <p class="choices">
            {open.map(|(_, href, label)| view! { <a class="button" href=href>{label}</a> }).collect_view()}
        </p>
    }
}

#[component]
fn District(me: Me) -> impl IntoView {
    let lang = caller::lang();
    let districts = season::setting().map(|setting| setting.districts).unwrap_or_default();
    let option = move |district: domain::shapes::DistrictShape| {
        let chosen = me.district == Some(district.code);
        view! {
            <option value=district.code.to_string() selected=chosen>{lang.of(&district.name, &district.name_en).to_owned()}</option>
        }
    };
    view! {
        <form class="card form" method="post" action=ChooseDistrict::url()>
            <h2>{lang.pick("所在区县", "Home district")}</h2>
            <p class="quiet">{lang.pick("部分轮次按区县发放名额", "Some rounds are shared out by district")}</p>
            <label class="field">
                <span>{lang.pick("区县", "District")}</span>
                <select name="district" required>
                    <option value="">{lang.pick("请选择", "Choose")}</option>
                    {districts.into_iter().map(option).collect_view()}
                </select>
            </label>
            <button class="button" type="submit">{lang.pick("保存", "Save")}</button>
        </form>
    }
}
