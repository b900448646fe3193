//! `/fee`: the calculator and the rules it follows.

use super::island::{FeeFields, FeeQuestion, LiveFee};
use crate::page::{Page, page};
use crate::ui::{PageHead, Section};
use crate::visit::{Visitor, visit};
use crate::words;
use domain::tariff::TariffVersion;
use domain::time::iso_date;
use leptos::prelude::*;

/// `/fee`
#[component]
pub fn FeePage() -> impl IntoView {
    page(async move {
        let visitor = visit()?.visitor;
        let today = visitor.env.clock.today();
        let rates = service::tariff::load(&visitor.env).await?;
        let asked = visitor.query("date").is_some() || visitor.query("start").is_some();
        let question = question(&visitor, iso_date(today));
        let rules = rates.tariff.on(today).map(rules);
        let example = words::field::date_example(today);
        let live = LiveFee { question, asked, tariff: rates.tariff, holidays: rates.holidays, today, example };
        let errors = if asked {
            let wrong = live.answer(&live.question).err().unwrap_or_default();
            wrong.into_iter().map(|(field, text)| (field.to_owned(), text)).collect()
        } else {
            Vec::new()
        };
        visitor.outcome.leave_faults(errors);
        Ok(Page::new(
            "料金の計算",
            view! {
                <PageHead title="料金の計算" lead="活動の日時と人数から、利用料と市の給付金を計算します。" />
                <form class="kp-form" method="get" action="/fee" novalidate>
                    <FeeFields live />
                </form>
                {rules}
            },
        ))
    })
}

fn question(visitor: &Visitor, today: String) -> FeeQuestion {
    let or = |name: &str, default: &str| visitor.query(name).unwrap_or_else(|| default.to_owned());
    if visitor.query.is_empty() {
        return FeeQuestion {
            date: today,
            start: "10:00".into(),
            end: "12:00".into(),
            children: "1".into(),
            coupons: "0".into(),
            ..FeeQuestion::default()
        };
    }
    FeeQuestion {
        date: or("date", ""),
        start: or("start", ""),
        end: or("end", ""),
        next_day: or("next_day", ""),
        children: or("children", "1"),
        coupons: or("coupons", "0"),
        expenses: or("expenses", ""),
    }
}

/// The prices in force today, in sentences made of the tariff's own figures.
fn rules(version: &TariffVersion) -> impl IntoView + use<> {
    let rules = words::tariff::rules(version).into_iter().map(|rule| view! { <li>{rule}</li> }).collect_view();
    view! {
        <Section title="計算のきまり">
            <ul class="kp-prose">
                {rules}
            </ul>
        </Section>
    }
}
