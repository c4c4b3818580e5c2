//! Rounds on a month's calendar, drawn on the server.

use domain::shapes::RoundShape;
use domain::{Day, Lang};
use leptos::prelude::*;

/// The season's months, as links.
pub(super) fn months(season: &(String, String), here: &str, lang: Lang) -> impl IntoView + use<> {
    let months = months_of(season).into_iter().map(|month| {
        let current = (month == here).then_some("page");
        let href = format!("/bureau/campaigns?month={month}#calendar");
        view! { <a class="chip" href=href aria-current=current>{month}</a> }
    });
    view! { <nav class="chips" aria-label=lang.pick("月份", "Months")>{months.collect_view()}</nav> }
}

fn months_of((from, to): &(String, String)) -> Vec<String> {
    let month = |day: Day| day.to_string()[..7].to_owned();
    let (Ok(from), Ok(to)) = (from.parse::<Day>(), to.parse::<Day>()) else { return Vec::new() };
    let mut months: Vec<String> = Vec::new();
    let mut day = from;
    while day <= to && months.len() < 24 {
        if months.last() != Some(&month(day)) {
            months.push(month(day));
        }
        day = day.next();
    }
    months
}

/// The weeks of a month, from Monday to Sunday; empty where it is none.
fn weeks(month: &str) -> Vec<[Day; 7]> {
    let Ok(first) = format!("{month}-01").parse::<Day>() else { return Vec::new() };
    let mut weeks = Vec::new();
    let mut day = first.monday();
    while day <= first || day.to_string().starts_with(month) {
        let week = std::array::from_fn(|_| {
            let here = day;
            day = day.next();
            here
        });
        weeks.push(week);
        if weeks.len() > 6 {
            break;
        }
    }
    weeks
}

/// A month with the rounds that open on each day.
pub(super) fn calendar(rounds: &[RoundShape], month: &str, lang: Lang) -> impl IntoView + use<> {
    let weeks = weeks(month);
    let names = weeks.first().map(|week| week.map(|day| day.weekday_name(lang))).unwrap_or_default();
    let heads = names.map(|name| view! { <th scope="col">{name}</th> });
    let rows = weeks.iter().map(|week| {
        let days = week.map(|day| cell(day, rounds, month, lang));
        view! { <tr>{days.into_iter().collect_view()}</tr> }
    });
    let rows = rows.collect_view();
    view! {
        <div class="table-box" tabindex="0" role="region" aria-labelledby="calendar">
            <table class="build-calendar">
                <thead><tr>{heads.into_iter().collect_view()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn cell(day: Day, rounds: &[RoundShape], month: &str, lang: Lang) -> impl IntoView + use<> {
    let text = day.to_string();
    if !text.starts_with(month) {
        return view! { <td class="build-away"></td> }.into_any();
    }
    let here = rounds.iter().filter(|round| round.opens_at.starts_with(&text)).map(|round| {
        let title = lang.of(&round.campaign_title, &round.campaign_title_en).to_owned();
        let time = round.opens_at.get(11..16).unwrap_or_default().to_owned();
        view! { <li><a href=format!("/rounds/{}", round.id)>{time} " " {title}</a></li> }
    });
    let here = here.collect_view();
    view! { <td><span class="build-day digits">{day.month_day().1}</span><ul>{here}</ul></td> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::{months_of, weeks};

    #[test]
    fn a_month_is_its_weeks() {
        let june = weeks("2021-06");
        assert_eq!(
            (june.len(), june[0][0].to_string(), june[4][6].to_string()),
            (5, "2021-05-31".into(), "2021-07-04".into())
        );
        assert_eq!(weeks("2021-02").len(), 4);
        assert!(weeks("2021").is_empty() && weeks("x").is_empty());
        assert_eq!(months_of(&("2021-06-18".into(), "2021-08-18".into())), ["2021-06", "2021-07", "2021-08"]);
    }
}
