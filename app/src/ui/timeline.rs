//! What happened to a case, newest first or last as the page decides.

use domain::time::{Instant, hhmm, iso_date};
use leptos::prelude::*;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineEvent {
    /// When.
    pub at: Instant,
    /// What: 「承認」.
    pub what: String,
    /// Who, and for whom: 「緑区支部 midori（木村花子さんの代理）」.
    pub who: String,
    /// The channel when it is not the web: 「電話」, 「紙」; empty otherwise.
    pub via: String,
    /// The reason or note; line breaks are kept. Empty for none.
    pub note: String,
}

/// A case's history.
#[component]
pub fn Timeline(
    /// The events in the order they are shown.
    events: Vec<TimelineEvent>,
) -> impl IntoView {
    if events.is_empty() {
        return view! { <p class="kp-note">"まだ記録はありません。"</p> }.into_any();
    }
    let events = events
        .into_iter()
        .map(|event| {
            let text = format!("{} {}", iso_date(event.at.date()), hhmm(event.at.minute_of_day()));
            view! {
                <li class="kp-history__item">
                    <p class="kp-history__line">
                        <time class="kp-history__time">{text}</time>
                        <strong>{event.what}</strong>
                        {(!event.via.is_empty()).then(|| view! { <span class="kp-history__via">{event.via}</span> })}
                    </p>
                    <p class="kp-history__who">{event.who}</p>
                    {(!event.note.is_empty()).then(|| view! { <p class="kp-history__note">{event.note}</p> })}
                </li>
            }
        })
        .collect_view();
    view! { <ol class="kp-history">{events}</ol> }.into_any()
}
