//! Days and moments as people read them, with the machine's form in `<time datetime>`.

use domain::time::{Date, Instant, clock, end_clock, ends_with_day, hhmm, iso_date, japanese_date};
use leptos::prelude::*;

/// What a heading or an answer says: words, or a time that machines read as well (criteria A-A11Y-7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Label {
    /// Words.
    Text(String),
    /// A stretch of time, or a moment when it has no end.
    Time {
        /// The beginning.
        start: Instant,
        /// The end.
        end: Option<Instant>,
        /// The business day of the reader.
        today: Date,
    },
    /// A person's stretch of time: the name before it.
    Whose {
        /// 「木村 花子さん」
        name: String,
        /// The beginning.
        start: Instant,
        /// The end.
        end: Instant,
        /// The business day of the reader.
        today: Date,
    },
    /// A business day.
    Day {
        /// The day.
        date: Date,
        /// The business day of the reader.
        today: Date,
    },
}

impl Label {
    /// 「3月30日（土）11:30〜13:30」
    #[must_use]
    pub const fn period(start: Instant, end: Instant, today: Date) -> Self {
        Self::Time { start, end: Some(end), today }
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_empty())
    }

    /// Whether it is read as a date alone, which names nobody and nothing.
    #[must_use]
    pub const fn is_time(&self) -> bool {
        !matches!(self, Self::Text(_) | Self::Whose { .. })
    }

    /// Draws it.
    pub fn draw(self) -> AnyView {
        match self {
            Self::Text(text) => text.into_any(),
            Self::Time { start, end, today } => view! { <When start end today /> }.into_any(),
            Self::Whose { name, start, end, today } => {
                view! { {name}"　" <When start end=Some(end) today /> }.into_any()
            }
            Self::Day { date, today } => view! { <Day date today /> }.into_any(),
        }
    }
}

impl Default for Label {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl From<String> for Label {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Label {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A stretch of time: 「3月30日（土）11:30〜13:30」, the year only when it is not this year.
#[component]
pub fn When(
    /// The beginning.
    start: Instant,
    /// The end; without it only the beginning is shown.
    #[prop(optional_no_strip)]
    end: Option<Instant>,
    /// The business day of the reader, which decides whether the year is shown.
    today: Date,
) -> impl IntoView {
    let tail = end.map(|end| {
        let one_day = end.date() == start.date() || ends_with_day(start, end);
        let text =
            if one_day { end_clock(start, end) } else { format!("{}{}", japanese_date(end.date(), today), clock(end)) };
        let turn = (!one_day).then(|| view! { <wbr /> });
        // The end of a day that is named already is a time of that day.
        let machine = if end.date() == start.date() { hhmm(end.minute_of_day()) } else { machine(end) };
        let machine = (machine != text).then_some(machine);
        view! { "〜"{turn}<time datetime=machine>{text}</time> }
    });
    view! {
        <span class="kp-when">
            <time datetime=machine(start)>
                {japanese_date(start.date(), today)}<wbr />{clock(start)}
            </time>
            {tail}
        </span>
    }
}

/// A business day: 「3月30日（土）」, the year only when it is not this year.
#[component]
pub fn Day(
    /// The day shown.
    date: Date,
    /// The business day of the reader, which decides whether the year is shown.
    today: Date,
) -> impl IntoView {
    view! { <time datetime=iso_date(date)>{japanese_date(date, today)}</time> }
}

/// A recorded moment in the newsletter's form: 「2024-03-02 14:45」.
#[component]
pub fn Moment(
    /// The moment.
    at: Instant,
) -> impl IntoView {
    let text = format!("{} {}", iso_date(at.date()), hhmm(at.minute_of_day()));
    // What people read here is a form that machines read as well.
    view! { <time>{text}</time> }
}

/// `2024-03-30T11:30`, the clock on the branch's wall to the minute, which is all that is known of a planned activity.
fn machine(at: Instant) -> String {
    format!("{}T{}", iso_date(at.date()), hhmm(at.minute_of_day()))
}
