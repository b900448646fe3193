//! The component gallery: every part of [`crate::ui`] in every state, and the screens they were drawn for.
//!
//! Drawn in the browser alone, without server and data. What follows `#` in the address chooses the screen, so that a
//! browser test can photograph each.

mod parts;
mod screens;

use crate::fee::island::{FeeFields, FeeQuestion, LiveFee};
use crate::ui::{BranchContact, IconName, IconSheet, NavItem, PageHead, Person};
use leptos::prelude::*;

pub use parts::Parts;
pub use screens::{DeskScreen, FaultScreen, HomeScreen, ReportScreen};

/// A screen of the gallery: its name in the address, the word of its link, and how it is drawn.
pub struct Screen {
    /// What follows `#` in the address.
    pub name: &'static str,
    label: &'static str,
    draw: fn() -> AnyView,
}

/// All screens; the parts lead to each of them, and tests open what stands here.
pub const SCREENS: [Screen; 6] = [
    Screen { name: "parts", label: "部品", draw: || view! { <Parts /> }.into_any() },
    Screen { name: "home", label: "ホーム", draw: || view! { <HomeScreen /> }.into_any() },
    Screen { name: "report", label: "報告書", draw: || view! { <ReportScreen /> }.into_any() },
    Screen { name: "faults", label: "入力のまちがい", draw: || view! { <FaultScreen /> }.into_any() },
    Screen { name: "desk", label: "支部の机", draw: || view! { <DeskScreen /> }.into_any() },
    Screen { name: "fee", label: "料金の計算", draw: fee_screen },
];

/// Draws what the address asks for; the parts unless it asks.
#[component]
pub fn Gallery(
    /// What follows `#` in the address: the name of one of the [`SCREENS`].
    #[prop(optional, into)]
    show: String,
) -> impl IntoView {
    let name = show.trim_start_matches('#');
    let screen = SCREENS.iter().find(|screen| screen.name == name).unwrap_or(&SCREENS[0]);
    view! {
        {(screen.draw)()}
        <IconSheet />
    }
    .into_any()
}

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
    let today = holidays.span().0;
    let example = "例：2024-03-30、令和6年3月30日".into();
    let live = LiveFee { question, asked: true, tariff, holidays, today, example };
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
        NavItem::new(IconName::Person, "支部の机", "#desk"),
        NavItem::new(IconName::Guide, "しくみと流れ", "#guide"),
    ]
}

fn hanako() -> Person {
    Person { name: "木村 花子".to_owned(), role: "利用会員".to_owned(), number: Some("MEM0040989".to_owned()) }
}
