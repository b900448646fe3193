//! The day itself, on the pages of all sides: what was recorded of an activity (援助活動).

use crate::ui::{DataList, DataRow, Section};
use crate::words::status;
use domain::time::{Instant, clock};
use leptos::prelude::*;
use service::activity::Activity;

/// What was recorded while the activity went on; nothing before.
pub(crate) fn day(activity: &Activity) -> AnyView {
    if activity.started_at.is_none() {
        return ().into_any();
    }
    let hour = |term: &'static str, at: Option<Instant>| at.map(|at| view! { <DataRow term>{clock(at)}</DataRow> });
    let (started, ended) = (hour("開始", activity.started_at), hour("終了", activity.ended_at));
    let state = status::activity(activity.status);
    view! {
        <Section title="当日の活動">
            <DataList>
                <DataRow term="状態">{state}</DataRow>
                {started}
                {ended}
            </DataList>
        </Section>
    }
    .into_any()
}
