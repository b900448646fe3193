//! Days and moments as people read them, with the machine's form in `<time datetime>`.

use domain::time::{Date, Instant, clock, hhmm, iso_date, japanese_date};
use leptos::prelude::*;

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
        let text = if end.date() == start.date() {
            clock(end)
        } else {
            format!("{}{}", japanese_date(end.date(), today), clock(end))
        };
        let turn = (end.date() != start.date()).then(|| view! { <wbr /> });
        view! { "〜"{turn}<time datetime=machine(end)>{text}</time> }
    });
    view! {
        <span class="kp-when">
            <time datetime=machine(start)>
                {japanese_date(start.date(), today)}<wbr />{clock(start)}
            </time>
            {tail}
        </span>
    }
    .into_any()
}

/// A business day: 「3月30日（土）」, the year only when it is not this year.
#[component]
pub fn Day(
    /// The day shown.
    date: Date,
    /// The business day of the reader, which decides whether the year is shown.
    today: Date,
) -> impl IntoView {
    view! { <time class="kp-when" datetime=iso_date(date)>{japanese_date(date, today)}</time> }.into_any()
}

/// A recorded moment in the newsletter's form: 「2024-03-02 14:45」.
#[component]
pub fn Moment(
    /// The moment.
    at: Instant,
) -> impl IntoView {
    let text = format!("{} {}", iso_date(at.date()), hhmm(at.minute_of_day()));
    view! { <time class="kp-when" datetime=machine(at)>{text}</time> }.into_any()
}

/// `2024-03-30T11:30+09:00`, to the minute, which is all that is known of a planned activity.
pub(crate) fn machine(at: Instant) -> String {
    format!("{}T{}+09:00", iso_date(at.date()), hhmm(at.minute_of_day()))
}
