//! The report's fields with the sum that moves as one types.

use super::sum::{People, rows, spoken};
use crate::ui::{
    Button, CheckboxGroup, Choice, DateField, DayFor, Field, FieldGroup, MoneyRow, MoneyTable, Notice, Section,
    Settled, Tick, TimeField, YenField,
};
use crate::words::{fee, refusal, status};
use domain::coupon::settle;
use domain::holiday::HolidayCalendar;
use domain::input::{parse_near_date, parse_yen};
use domain::report::{ExpenseKind, OtherReport};
use domain::report_form::{EXPENSE_MAX, FormChild, ReportForm};
use domain::tariff::Tariff;
use domain::time::{Date, Instant, age_on, serde_date};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the live form knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LiveReport {
    /// 活動日
    pub date: Field,
    /// 活動開始時間
    pub start: Field,
    /// 活動終了時間
    pub end: Field,
    /// 終了は翌日です
    pub next_day: Field,
    /// 預かった子ども
    pub ticked: Field,
    /// 実費
    pub expenses: Vec<(ExpenseKind, Field)>,
    /// The request's children.
    pub children: Vec<FormChild>,
    /// Whose sum it is.
    pub people: People,
    /// Registered reports of the same provider that meet `around`.
    pub others: Vec<OtherReport>,
    /// The weeks around the activity.
    pub around: (Instant, Instant),
    /// Every version of the tariff.
    pub tariff: Tariff,
    /// The holidays of the years around.
    pub holidays: HolidayCalendar,
    /// Today in Asia/Tokyo.
    #[serde(with = "serde_date")]
    pub today: Date,
}

impl LiveReport {
    /// The sum of a form, or why there is none yet.
    pub fn sum(&self, form: &ReportForm) -> Result<Vec<MoneyRow>, String> {
        let within = |(start, end): (Instant, Instant)| self.around.0 <= start && end <= self.around.1;
        if form.span(self.today).is_some_and(|span| !within(span)) {
            return Err("この日の金額は、「入力内容を確認する」の次の画面で表示されます。".to_owned());
        }
        let care = match form.care(self.today, &self.children, &self.others) {
            Ok(Some(care)) => care,
            Ok(None) => return Err("日付・時刻・子どもを入力すると、金額が表示されます。".to_owned()),
            Err(refused) => return Err(refusal::sentence(&refused)),
        };
        let quote = domain::fee::quote(&self.tariff, &self.holidays, &care).map_err(|fault| fee::refusal(&fault))?;
        let expenses: Vec<(ExpenseKind, i64)> = ExpenseKind::ALL
            .iter()
            .map(|&kind| (kind, parse_yen(form.expense(kind), EXPENSE_MAX).unwrap_or(0)))
            .collect();
        Ok(rows(&self.people, &quote, &settle(&quote, &[], form.expenses_yen()), &expenses))
    }
}

/// Day, times, children, expenses and the sum below them.
#[cfg_attr(feature = "csr", component)]
#[cfg_attr(not(feature = "csr"), island)]
pub fn ReportFields(live: LiveReport) -> impl IntoView {
    let example = crate::words::field::date_example(live.today);
    let date = RwSignal::new(live.date.value());
    let start = RwSignal::new(live.start.value());
    let end = RwSignal::new(live.end.value());
    let next_day = RwSignal::new(live.next_day.is_set());
    let children = RwSignal::new(live.ticked.values());
    let expenses: Vec<(ExpenseKind, RwSignal<String>)> =
        live.expenses.iter().map(|(kind, field)| (*kind, RwSignal::new(field.value()))).collect();
    let typed = {
        let expenses = expenses.clone();
        move || {
            let yen = |kind: ExpenseKind| {
                expenses.iter().find(|(own, _)| *own == kind).map(|(_, signal)| signal.get()).unwrap_or_default()
            };
            ReportForm {
                date: date.get(),
                start: start.get(),
                end: end.get(),
                next_day: if next_day.get() { "true".to_owned() } else { String::new() },
                children: children.get(),
                transport: yen(ExpenseKind::Transport),
                meal: yen(ExpenseKind::Meal),
                snack: yen(ExpenseKind::Snack),
                diaper: yen(ExpenseKind::Diaper),
                other: yen(ExpenseKind::Other),
                ..ReportForm::default()
            }
        }
    };
    // As old as on the day of the activity, like on the page that follows.
    let day = parse_near_date(&date.read_untracked(), live.today).unwrap_or(live.today);
    let options: Vec<Choice> = live
        .children
        .iter()
        .map(|child| {
            let label = format!("{}（{}歳）", child.name, age_on(child.birth_date, day));
            Choice::new(child.id.to_string(), label)
        })
        .collect();
    let yen_fields = live
        .expenses
        .iter()
        .zip(&expenses)
        .map(|((kind, field), (_, signal))| {
            view! { <YenField field=field.clone() label=status::expense(*kind) bind=*signal /> }
        })
        .collect_view();
    let sum = {
        let live = live.clone();
        Memo::new(move |_| live.sum(&typed()))
    };
    let table = Signal::derive(move || sum.get().unwrap_or_default());
    let said = Signal::derive(move || sum.get().map_or_else(|why_not| why_not, |rows| spoken(&rows)));
    let why_not = move || sum.get().err().map(|text| view! { <Notice title=text /> });
    view! {
        <DateField field=live.date label="活動日" days=DayFor::Past required=true support=example bind=date />
        <FieldGroup>
            <TimeField field=live.start label="活動開始時間" required=true bind=start />
            <TimeField field=live.end label="活動終了時間" required=true bind=end />
        </FieldGroup>
        <Tick field=live.next_day label="終了は翌日です" bind=next_day />
        <CheckboxGroup field=live.ticked label="預かった子ども" options required=true bind=children />
        <fieldset class="kp-report__expenses">
            <legend class="kp-field__label">"実費"</legend>
            <p class="kp-field__support">"利用会員が支払います。かかったものだけ入力してください。"</p>
            <div class="kp-fields">{yen_fields}</div>
        </fieldset>
        <p class="kp-calculate"><Button name="do" value="calculate">"計算する"</Button></p>
        <Section title="金額">
            <div class="kp-report__sum">
                {why_not}
                <MoneyTable caption="利用料と給付金" rows=table />
            </div>
            <Settled text=said />
        </Section>
    }
}
