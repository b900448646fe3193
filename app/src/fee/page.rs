//! `/fee`: the calculator and the rules it follows.

use super::island::{FeeFields, FeeQuestion, LiveFee};
use crate::page::{Page, page};
use crate::ui::{Button, PageHead, Section};
use crate::visit::{Visitor, visit};
use crate::words::fee;
use domain::tariff::TariffVersion;
use domain::time::iso_date;
use leptos::prelude::*;

/// `/fee`
#[component]
pub fn FeePage() -> impl IntoView {
    page(async move {
        let visitor = visit()?.visitor;
        let today = visitor.env.clock.today();
        let rates = service::tariff::load(visitor.env.db.read()).await?;
        let asked = visitor.query("date").is_some() || visitor.query("start").is_some();
        let question = question(&visitor, iso_date(today));
        let rules = rates.tariff.on(today).map(rules);
        let live = LiveFee { question, asked, tariff: rates.tariff, holidays: rates.holidays };
        let errors = if asked {
            let wrong = live.answer(&live.question).err().unwrap_or_default();
            wrong.into_iter().map(|(field, text)| (field.to_owned(), text)).collect()
        } else {
            Vec::new()
        };
        visitor.outcome.mend(errors);
        Ok(Page::new(
            "料金の計算",
            view! {
                <PageHead title="料金の計算" lead="活動の日時と人数から、利用料と市の給付金を計算します。" />
                <form class="kp-form" method="get" action="/fee" novalidate>
                    <FeeFields live />
                    <p class="kp-calculate">
                        <Button>"計算する"</Button>
                    </p>
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
    let bands = version
        .bands
        .iter()
        .map(|band| {
            let when = if band.default {
                "土曜・日曜・祝日・年末年始、7時より前と19時より後".to_owned()
            } else {
                format!("平日 {}時〜{}時", band.from / 60, band.to / 60)
            };
            let city = fee::yen(band.benefit_hour_yen);
            view! { <li>{format!("{when}：1時間 {}（ほかに、市から提供会員に{city}）", fee::yen(band.hour_yen))}</li> }
        })
        .collect_view();
    view! {
        <Section title="計算のきまり">
            <ul class="kp-prose">
                {bands}
                <li>"最初の1時間は、1時間に満たなくても1時間です。そのあとは30分ごとに計算します。"</li>
                <li>"7時または19時をまたぐ1時間は、高いほうの料金です。"</li>
                <li>"きょうだいを一緒に預けるとき、二人目からは半額です。給付金は半額になりません。"</li>
                <li>"交通費、食事代、おやつ代、おむつ代は、かかった分を利用会員が支払います。"</li>
                <li>"おためし券は1枚で1時間分に使えます。時間外の差額は利用会員が支払います。"</li>
            </ul>
        </Section>
    }
}
