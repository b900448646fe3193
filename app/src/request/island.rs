//! Day, times and children of 預かり依頼登録, with what they mean said while one types.

use super::api::SendRequest;
use crate::post::Post;
use crate::ui::{
    CheckboxGroup, Choice, DateField, DayFor, Field, FieldGroup, Notice, NoticeKind, OwnWords, Settled, Tick, TimeField,
};
use crate::words::{fee, field, request as words};
use domain::fault::FieldFault;
use domain::fee::{Care, CareChild};
use domain::holiday::HolidayCalendar;
use domain::horizon::Horizon;
use domain::id::ChildId;
use domain::input::parse_time;
use domain::request::{care_period, first_web_date};
use domain::tariff::Tariff;
use domain::time::{Date, iso_date, serde_date};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A child to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildOption {
    /// The child's row.
    pub id: ChildId,
    /// 「太郎（4歳）」
    pub label: String,
    /// The birth date.
    #[serde(with = "serde_date")]
    pub birth_date: Date,
}

/// What the fields show and what they are judged by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhenData {
    /// 預けたい日
    pub date: Field,
    /// 開始時刻
    pub start: Field,
    /// 終了時刻
    pub end: Field,
    /// 終了は翌日です
    pub next_day: Field,
    /// 預ける子ども
    pub children: Field,
    /// The children to choose from.
    pub options: Vec<ChildOption>,
    /// The rules that decide.
    pub rules: WhenRules,
}

/// The rules that judge a day and a stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhenRules {
    /// Today, as the page was opened, and how far ahead a day may lie; 登録 judges again.
    pub horizon: Horizon,
    /// How to call the branch: 「緑区支部 045-982-3521（火〜土 9:00〜17:00）」.
    pub call: String,
    /// The tariff.
    pub tariff: Tariff,
    /// The holidays around today.
    pub holidays: HolidayCalendar,
}

impl WhenRules {
    /// What a typed day means; nothing while it cannot be read.
    #[must_use]
    pub fn day(&self, typed: &str) -> Option<(NoticeKind, String)> {
        let today = self.horizon.today;
        match self.horizon.request(typed) {
            Ok(date) => Some(words::day_hint(date, today, self.holidays.name_on(date), &self.call)),
            Err(fault @ (FieldFault::HolidaysUnknown { .. } | FieldFault::TooFarAhead { .. })) => {
                Some((NoticeKind::Warning, field::sentence(SendRequest::LABELS, "date", &fault)))
            }
            Err(_) => None,
        }
    }

    /// What the care costs about; nothing while something is missing or wrong.
    #[must_use]
    pub fn estimate(
        &self,
        date: &str,
        (start, end): (&str, &str),
        next_day: bool,
        children: Vec<CareChild>,
    ) -> Vec<String> {
        let (Ok(date), Ok(start), Ok(end)) = (self.horizon.request(date), parse_time(start), parse_time(end)) else {
            return Vec::new();
        };
        let Ok((start, end)) = care_period(date, start, end, next_day) else { return Vec::new() };
        let care = Care { start, end, children, others: Vec::new() };
        if care.children.is_empty() {
            return Vec::new();
        }
        let Ok(quote) = domain::fee::quote(&self.tariff, &self.holidays, &care) else { return Vec::new() };
        let total = format!("利用料のめやす {}（実費とおためし券は別）", fee::yen(quote.fee));
        std::iter::once(total).chain(quote.lines.iter().map(fee::line)).collect()
    }
}

/// Day, times and children.
#[cfg_attr(feature = "csr", component)]
#[cfg_attr(not(feature = "csr"), island)]
pub fn RequestWhen(
    /// What is shown and the rules.
    data: WhenData,
) -> impl IntoView {
    let WhenData { date, start, end, next_day, children, options, rules } = data;
    let (day, from, to) = (RwSignal::new(date.value()), RwSignal::new(start.value()), RwSignal::new(end.value()));
    let after = RwSignal::new(next_day.is_set());
    let ticked = RwSignal::new(children.values());
    let choices = options.iter().map(|child| Choice::new(child.id.to_string(), child.label.clone())).collect();
    let first = first_web_date(rules.horizon.today);
    let support = format!("例：{}/{}、{}", u8::from(first.month()), first.day(), iso_date(first));
    let rules = StoredValue::new(rules);
    let options = StoredValue::new(options);
    let judged = Memo::new(move |_| rules.with_value(|rules| rules.day(&day.read())));
    let day_hint = move || {
        judged.get().map(|(kind, text)| match kind {
            NoticeKind::Warning => view! { <Notice kind><OwnWords text /></Notice> }.into_any(),
            _ => view! { <p>{text}</p> }.into_any(),
        })
    };
    let calculated = Memo::new(move |_| {
        let ticked = ticked.read();
        let chosen = options.with_value(|options| {
            let chosen = options.iter().filter(|child| ticked.contains(&child.id.to_string()));
            chosen.map(|child| CareChild { id: child.id, birth_date: child.birth_date }).collect()
        });
        rules.with_value(|rules| {
            rules.estimate(&day.read(), (from.read().as_str(), to.read().as_str()), after.get(), chosen)
        })
    });
    let estimate = move || calculated.get().into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
    let day_said = Signal::derive(move || judged.get().map(|(_, text)| text).unwrap_or_default());
    let sum_said = Signal::derive(move || calculated.get().into_iter().next().unwrap_or_default());
    view! {
        <DateField
            field=date
            label="預けたい日" days=DayFor::Request
            required=true
            support
            bind=day
        />
        <div class="kp-hint">{day_hint}</div>
        <Settled text=day_said />
        <FieldGroup>
            <TimeField field=start label="開始時刻" required=true bind=from />
            <TimeField field=end label="終了時刻" required=true support="例：13:30" bind=to />
        </FieldGroup>
        <Tick field=next_day label="終了は翌日です" bind=after />
        <CheckboxGroup field=children label="預ける子ども" options=choices required=true bind=ticked />
        <div class="kp-hint">{estimate}</div>
        <Settled text=sum_said />
    }
}
