//! The calculator's fields and its answer.

use crate::post::Labels;
use crate::report::sum::{People, Reader, rows, spoken};
use crate::ui::{
    Button, Choice, DateField, DayFor, Field, FieldGroup, MoneyRow, MoneyTable, Notice, Section, Select, Settled, Tick,
    TimeField, YenField,
};
use crate::words::{fee, field};
use domain::coupon::{apply, most_tickets, settle};
use domain::fault::FieldFault;
use domain::fee::{Care, CareChild, Quote};
use domain::holiday::HolidayCalendar;
use domain::id::ChildId;
use domain::input::{InputFault, parse_coming_date, parse_count, parse_time, parse_yen};
use domain::report::{ExpenseKind, period};
use domain::report_form::EXPENSE_MAX;
use domain::tariff::Tariff;
use domain::time::{Date, serde_date};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What its fields are called where their labels say more than the usual names.
const LABELS: Labels = &[("date", "預ける日"), ("children", "預ける子どもの人数")];

/// The most children of the calculator.
pub const CHILDREN: i64 = 5;
/// The most tickets it offers.
const TICKETS: i64 = 8;

/// What was asked; a list on its way to the browser, where reading a name for each field would weigh more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct FeeQuestion {
    /// Day.
    pub date: String,
    /// Start.
    pub start: String,
    /// End.
    pub end: String,
    /// Anything: the end lies on the next day.
    pub next_day: String,
    /// How many children.
    pub children: String,
    /// おためし券 of the youngest child.
    pub coupons: String,
    /// Expenses in yen.
    pub expenses: String,
}

impl From<FeeQuestion> for Vec<String> {
    fn from(question: FeeQuestion) -> Self {
        let FeeQuestion { date, start, end, next_day, children, coupons, expenses } = question;
        vec![date, start, end, next_day, children, coupons, expenses]
    }
}

impl From<Vec<String>> for FeeQuestion {
    fn from(fields: Vec<String>) -> Self {
        let mut fields = fields.into_iter();
        let mut next = || fields.next().unwrap_or_default();
        let (date, start, end, next_day) = (next(), next(), next(), next());
        Self { date, start, end, next_day, children: next(), coupons: next(), expenses: next() }
    }
}

/// What the calculator knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LiveFee {
    /// The question as it is now.
    pub question: FeeQuestion,
    /// Whether it was asked, so that what is missing is said.
    pub asked: bool,
    /// Every version of the tariff.
    pub tariff: Tariff,
    /// The holidays known.
    pub holidays: HolidayCalendar,
    /// Today, as the page was opened.
    #[serde(with = "serde_date")]
    pub today: Date,
    /// An example of a date, of this year.
    pub example: String,
}

/// The answer, or everything to fix: the fields and their sentences.
pub type Answer = Result<Vec<MoneyRow>, Vec<(&'static str, String)>>;

impl LiveFee {
    /// Answers a question.
    pub fn answer(&self, asked: &FeeQuestion) -> Answer {
        let wrong_field = |name: &'static str, fault: FieldFault| (name, field::sentence(LABELS, name, &fault));
        let mut wrong = Vec::new();
        let date = keep(&mut wrong, "date", parse_coming_date(&asked.date, self.today));
        let start = keep(&mut wrong, "start", parse_time(&asked.start));
        let end = keep(&mut wrong, "end", parse_time(&asked.end));
        let times = date.zip(start).zip(end).map(|((date, start), end)| (date, start, end));
        let span = times.and_then(|(date, start, end)| {
            keep(&mut wrong, "end", period(date, start, end, !asked.next_day.is_empty()))
        });
        let count = keep(&mut wrong, "children", parse_count(&asked.children, 1, CHILDREN));
        let expenses = match parse_yen(&asked.expenses, EXPENSE_MAX) {
            Err(InputFault::Missing) => Some(0),
            read => keep(&mut wrong, "expenses", read),
        };
        let (Some(date), Some((from, to)), Some(count), Some(expenses)) = (date, span, count, expenses) else {
            return Err(wrong);
        };
        let care = Care { start: from, end: to, children: children(count, date), others: Vec::new() };
        let quote = domain::fee::quote(&self.tariff, &self.holidays, &care)
            .map_err(|fault| vec![("date", fee::refusal(&fault))])?;
        let tickets: u32 = asked.coupons.trim().parse().unwrap_or(0);
        let most = most_tickets(&quote, ChildId(count));
        if tickets > most {
            return Err(vec![wrong_field("coupons", FieldFault::TooManyTickets(i64::from(most)))]);
        }
        Ok(self.rows(&quote, count, tickets, expenses))
    }

    fn rows(&self, quote: &Quote, count: i64, tickets: u32, expenses: i64) -> Vec<MoneyRow> {
        // The youngest child's tickets: おためし券 are for the youngest.
        let uses: Vec<_> = apply(quote, ChildId(count), tickets).into_iter().filter(|used| used.tickets > 0).collect();
        let people = People {
            reader: Reader::Anybody,
            family: String::new(),
            provider: String::new(),
            children: (1..=count).map(|place| (ChildId(place), format!("{place}人目"))).collect(),
        };
        rows(&people, quote, &settle(quote, &uses, expenses), &[(ExpenseKind::Other, expenses)])
    }
}

/// What was read; a fault goes among those to fix.
fn keep<T, F: Into<FieldFault>>(
    wrong: &mut Vec<(&'static str, String)>,
    name: &'static str,
    read: Result<T, F>,
) -> Option<T> {
    read.map_err(|fault| wrong.push((name, field::sentence(LABELS, name, &fault.into())))).ok()
}

/// Children made up for the calculator, the eldest first; only their order matters.
fn children(count: i64, day: Date) -> Vec<CareChild> {
    (1..=count)
        .map(|place| {
            let years = i32::try_from(CHILDREN - place).unwrap_or(0);
            let birth = Date::from_calendar_date(day.year() - 1 - years, time::Month::January, 1).unwrap_or(day);
            CareChild { id: ChildId(place), birth_date: birth }
        })
        .collect()
}

/// The calculator.
#[cfg_attr(feature = "csr", component)]
#[cfg_attr(not(feature = "csr"), island)]
pub fn FeeFields(live: LiveFee) -> impl IntoView {
    let (question, live_example) = (live.question.clone(), live.example.clone());
    let date = RwSignal::new(question.date.clone());
    let start = RwSignal::new(question.start.clone());
    let end = RwSignal::new(question.end.clone());
    let next_day = RwSignal::new(!question.next_day.is_empty());
    let children = RwSignal::new(question.children.clone());
    let coupons = RwSignal::new(question.coupons.clone());
    let expenses = RwSignal::new(question.expenses.clone());
    let wrong = if live.asked { live.answer(&question).err().unwrap_or_default() } else { Vec::new() };
    let field = |name: &str, value: String| {
        let error = wrong.iter().find(|(field, _)| *field == name).map(|(_, text)| text.clone());
        Field::new(name).or(value).error(error)
    };
    let (day, from, to) = (field("date", question.date), field("start", question.start), field("end", question.end));
    let (after, how_many) = (field("next_day", question.next_day), field("children", question.children));
    let (free, spent) = (field("coupons", question.coupons), field("expenses", question.expenses));
    let answer = Memo::new(move |_| {
        live.answer(&FeeQuestion {
            date: date.get(),
            start: start.get(),
            end: end.get(),
            next_day: if next_day.get() { "true".to_owned() } else { String::new() },
            children: children.get(),
            coupons: coupons.get(),
            expenses: expenses.get(),
        })
    });
    let table = Signal::derive(move || answer.get().unwrap_or_default());
    let why_not = move || {
        let wrong = answer.get().err().unwrap_or_default();
        wrong.into_iter().map(|(_, text)| view! { <Notice title=text /> }).collect_view()
    };
    let said = Signal::derive(move || match answer.get() {
        Ok(rows) => spoken(&rows),
        Err(wrong) => wrong.into_iter().map(|(_, text)| text).collect(),
    });
    let count = (1..=CHILDREN).map(|count| Choice::new(count.to_string(), format!("{count}人"))).collect();
    let tickets = (0..=TICKETS)
        .map(|count| {
            Choice::new(count.to_string(), if count == 0 { "使わない".to_owned() } else { format!("{count}枚") })
        })
        .collect();
    view! {
        <DateField
            field=day
            label="預ける日" days=DayFor::Price
            required=true
            support=live_example
            bind=date
        />
        <FieldGroup>
            <TimeField field=from label="開始時刻" required=true bind=start />
            <TimeField field=to label="終了時刻" required=true bind=end />
        </FieldGroup>
        <Tick field=after label="終了は翌日です" bind=next_day />
        <FieldGroup>
            <Select field=how_many label="預ける子どもの人数" options=count bind=children />
            <Select
                field=free
                label="おためし券"
                options=tickets
                support="いちばん下の子の分"
                bind=coupons
            />
        </FieldGroup>
        <YenField
            field=spent
            label="実費"
            support="交通費・食事代・おやつ代・おむつ代など"
            bind=expenses
        />
        <p class="kp-calculate"><Button>"計算する"</Button></p>
        <Section title="金額">
            <div class="kp-report__sum">
                {why_not}
                <MoneyTable caption="利用料と給付金" rows=table />
            </div>
            <Settled text=said />
        </Section>
    }
}
