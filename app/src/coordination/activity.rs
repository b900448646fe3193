//! The day itself, on the pages of all sides: what was recorded of an activity (援助活動), and the buttons that record it.

use crate::fault::Fault;
use crate::post::post;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    crate::channel,
    crate::form::{Kept, kept},
    crate::post::{Post, field},
    crate::ui::{Actions, Button, ButtonKind, DataList, DataRow, Field, Form, Hidden, Section, TimeField},
    crate::words::status,
    domain::number::RequestNo,
    domain::request::ActivityAction,
    domain::time::{Instant, clock},
    service::activity::Activity,
};

/// `POST /api/activities/start`: 活動開始, by the provider, or by the coordinator for her.
///
/// # Errors
/// A time that cannot be, or that the case has moved on, shown where it was sent from.
#[server(prefix = "/api", endpoint = "activities/start")]
pub async fn start_activity(
    #[server(default)] request: String,
    #[server(default)] revision: String,
    #[server(default)] channel: String,
    #[server(default)] start: String,
) -> Result<(), Fault> {
    let no = super::number(&request)?;
    let back = super::case_path(no).await;
    crate::form::run(back.clone(), async |visit| {
        service::activity::start(&visit.env, &visit.actor, no, super::asked(&revision, &channel), &start).await?;
        Ok(back)
    })
    .await
}

post! { StartActivity }

/// `POST /api/activities/end`: 活動終了, by the provider, or by the coordinator for her.
///
/// # Errors
/// A time that cannot be, or that the case has moved on, shown where it was sent from.
#[server(prefix = "/api", endpoint = "activities/end")]
pub async fn end_activity(
    #[server(default)] request: String,
    #[server(default)] revision: String,
    #[server(default)] channel: String,
    #[server(default)] end: String,
) -> Result<(), Fault> {
    let no = super::number(&request)?;
    let back = super::case_path(no).await;
    crate::form::run(back.clone(), async |visit| {
        service::activity::end(&visit.env, &visit.actor, no, super::asked(&revision, &channel), &end).await?;
        Ok(back)
    })
    .await
}

post! { EndActivity }

/// The case whose day it is, as its page shows it.
#[cfg(feature = "ssr")]
pub(crate) struct Shown {
    pub no: RequestNo,
    pub revision: i64,
    /// Start and end by the plan.
    pub planned: (Instant, Instant),
    pub now: Instant,
    /// Whether it is the coordinator's page, who says how the provider's word reached her.
    pub desk: bool,
}

/// Minutes before the planned start from which 活動開始 is offered.
#[cfg(feature = "ssr")]
const EARLY_MINUTES: i64 = 120;

/// What was recorded of the day and what is to be recorded now; nothing before.
#[cfg(feature = "ssr")]
pub(crate) async fn day(activity: &Activity, case: &Shown) -> AnyView {
    let (begin, finish) = (kept::<StartActivity>().await, kept::<EndActivity>().await);
    let (start, end) = case.planned;
    let soon = start.plus_minutes(-EARLY_MINUTES) <= case.now && case.now < end;
    let begin = (soon && activity.actions.contains(&ActivityAction::Start)).then(|| {
        let text = if case.desk {
            "提供会員から連絡があったら、開始した時刻を聞いて記録してください。利用会員にも伝わります。"
        } else {
            "お子さんを引き受けたら、活動開始を記録してください。利用会員と支部にも伝わります。"
        };
        handover(&begin, field!(begin.start), case, "開始", text)
    });
    let finish = activity.actions.contains(&ActivityAction::End).then(|| {
        let text = if case.desk {
            "提供会員から連絡があったら、終了した時刻を聞いて記録してください。時刻は、援助活動報告書に入ります。"
        } else {
            "お子さんを引き渡したら、活動終了を記録してください。時刻は、援助活動報告書に入ります。"
        };
        handover(&finish, field!(finish.end), case, "終了", text)
    });
    let record = record(activity);
    view! { {record} {begin} {finish} }.into_any()
}

/// The form of a handover: its time, and on the desk the way of the provider's word.
#[cfg(feature = "ssr")]
fn handover<F: Post>(kept: &Kept<F>, at: Field, case: &Shown, word: &'static str, text: &'static str) -> AnyView {
    let (to, no, revision) = (kept.to(), case.no.to_string(), kept.revision(case.revision));
    let channel = case.desk.then(|| channel::field_of_a_call(kept));
    view! {
        <Section title=format!("活動{word}") yours=!case.desk>
            <p>{text}</p>
            <Form to>
                <Hidden name="request" value=no />
                <Hidden name="revision" value=revision />
                {channel}
                <TimeField field=at label=format!("{word}した時刻") support="空のままなら、いまの時刻になります。" />
                <Actions><Button kind=ButtonKind::Primary>{format!("活動{word}を記録する")}</Button></Actions>
            </Form>
        </Section>
    }
    .into_any()
}

/// What was recorded; nothing before.
#[cfg(feature = "ssr")]
pub(crate) fn record(activity: &Activity) -> AnyView {
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
