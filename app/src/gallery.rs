//! The component gallery: every part of [`crate::ui`] in every state, and the four screens they were drawn for.
//!
//! Drawn in the browser alone, without server and data. `#parts`, `#home`, `#report`, `#desk`, `#faults` and `#fee` choose
//! is shown, so a browser test can photograph each.

mod parts;
mod screens;

use crate::fee::island::{FeeFields, FeeQuestion, LiveFee};
use crate::ui::{BranchContact, IconName, NavItem, PageHead, Person};
use leptos::prelude::*;

pub use parts::Parts;
pub use screens::{DeskScreen, FaultScreen, HomeScreen, ReportScreen};

/// Draws what the address asks for; the parts unless it asks.
#[component]
pub fn Gallery(
    /// What follows `#` in the address: `parts`, `home`, `report`, `desk` or `faults`.
    #[prop(optional, into)]
    show: String,
) -> impl IntoView {
    match show.trim_start_matches('#') {
        "home" => view! { <HomeScreen /> }.into_any(),
        "report" => view! { <ReportScreen /> }.into_any(),
        "desk" => view! { <DeskScreen /> }.into_any(),
        "faults" => view! { <FaultScreen /> }.into_any(),
        "fee" => fee_screen(),
        _ => view! { <Parts /> }.into_any(),
    }
}

/// The screens the gallery shows, by name and the word of their link.
const SCREENS: [(&str, &str); 6] = [
    ("parts", "部品"),
    ("home", "ホーム"),
    ("report", "報告書"),
    ("faults", "入力のまちがい"),
    ("desk", "支部の机"),
    ("fee", "料金の計算"),
];

/// The fee calculator with the city's rates, which `service/tests/gallery_rates.rs` keeps up to date.
fn fee_screen() -> AnyView {
    #[derive(serde::Deserialize)]
    struct Rates {
        tariff: domain::tariff::Tariff,
        holidays: domain::holiday::HolidayCalendar,
    }
    let Ok(Rates { tariff, holidays }) = serde_json::from_str(include_str!("gallery/rates.json")) else {
        return "rates.json is no tariff".into_any();
    };
    let question = FeeQuestion {
        date: "2024-03-30".to_owned(),
        start: "11:30".to_owned(),
        end: "13:30".to_owned(),
        children: "1".to_owned(),
        coupons: "1".to_owned(),
        expenses: "300".to_owned(),
        ..FeeQuestion::default()
    };
    let live = LiveFee { question, asked: true, tariff, holidays };
    view! { <main class="kp-main"><PageHead title="料金の計算" /><FeeFields live /></main> }.into_any()
}

fn branch() -> BranchContact {
    BranchContact {
        name: "緑区支部".to_owned(),
        tel: "045-982-3521".to_owned(),
        hours: "火〜土 9:00〜17:00".to_owned(),
    }
}

fn places(path: &str) -> Vec<NavItem> {
    vec![
        NavItem::new(IconName::Home, "ホーム", "#home").at(path),
        NavItem::new(IconName::Calendar, "依頼", "#faults").at(path),
        NavItem::new(IconName::Report, "報告", "#report").at(path),
        NavItem::new(IconName::Mail, "メール", "#parts").badge(2).at(path),
    ]
}

fn others() -> Vec<NavItem> {
    vec![
        NavItem::new(IconName::Ticket, "おためし券残数確認", "#coupons"),
        NavItem::new(IconName::Hand, "打診", "#home").badge(1),
        NavItem::new(IconName::Yen, "利用料のめやす", "#fee"),
        NavItem::new(IconName::People, "支部の机", "#desk"),
        NavItem::new(IconName::Guide, "しくみと流れ", "#guide"),
    ]
}

fn hanako() -> Person {
    Person { name: "木村 花子".to_owned(), role: "利用会員".to_owned(), number: Some("MEM0040989".to_owned()) }
}
