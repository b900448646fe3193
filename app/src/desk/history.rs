//! `/requests/CDK…/history`: who did what, for whom, by which channel, when, and what was seen.

use super::case::{facts, person, result};
use crate::coordination::number;
use crate::fault::Fault;
use crate::page::{Page, page};
use crate::ui::{Label, PageHead, Section, StatusTag, Timeline, TimelineEvent};
use crate::visit::{Visit, param, visit};
use crate::words::{self, status};
use domain::actor::Channel;
use domain::number::RequestNo;
use domain::policy::{Right, can};
use domain::report::ReportStatus;
use domain::request::{ActivityStatus, CoordinationStatus};
use leptos::prelude::*;
use service::history::HistoryEntry;

/// `/requests/CDK…/history`
#[component]
pub fn HistoryPage() -> impl IntoView {
    let no = param("no");
    page(async move {
        let visit = visit()?;
        let no = number(&no)?;
        if can(&visit.actor, Right::Oversee) {
            return read_only(&visit, no).await;
        }
        let history = service::history::of_request(&visit.env, &visit.actor, no).await?;
        let (back, label) = (format!("/desk/requests/{no}"), "依頼に戻る");
        let count = history.entries.len();
        Ok(Page::new(
            "履歴",
            view! {
                <PageHead title="履歴" over=no.to_string() lead=format!("{count}件の記録（新しい順）") back back_label=label />
                {timeline(&history.entries)}
            },
        ).about(Some(no)))
    })
}

/// The case and its history as the headquarters read them.
async fn read_only(visit: &Visit, no: RequestNo) -> Result<Page, Fault> {
    let case = service::coordination::read_only(&visit.env, &visit.actor, no).await?;
    let history = service::history::of_request(&visit.env, &visit.actor, no).await?;
    let today = visit.env.clock.today();
    let name = format!("{}さん", case.family.name);
    let title = Label::Whose { name, start: case.starts_at, end: case.ends_at, today };
    let over = format!("{no} {}", status::care_kind(case.care_kind));
    let tag = {
        let state = case.status;
        move || view! { <StatusTag tone=status::request_tone(state) text=status::request(state) /> }
    };
    let count = history.entries.len();
    let provider = case.provider.as_ref().map(|provider| person("提供会員", provider, false));
    Ok(Page::new(
        "依頼の履歴",
        view! {
            <PageHead title over back="/hq" back_label="本部のページに戻る" aside=tag />
            <p><a href=format!("/requests/{no}/meeting")>"事前打合せ情報を開く（理由の入力が必要です）"</a></p>
            {facts(&case, today)}
            {person("利用会員", &case.family, false)}
            {provider}
            {result(&case, today)}
            <Section title="履歴">
                <p class="kp-note">{format!("{count}件の記録（新しい順）")}</p>
                {timeline(&history.entries)}
            </Section>
        },
    )
    .about(Some(no)))
}

/// The entries as a timeline, newest first, as on a report.
pub(super) fn timeline(entries: &[HistoryEntry]) -> impl IntoView + use<> {
    let events: Vec<TimelineEvent> = entries.iter().rev().map(event).collect();
    view! { <Timeline events /> }
}

fn event(entry: &HistoryEntry) -> TimelineEvent {
    let mut what = status::action(entry.event.action()).to_owned();
    if let Some(report) = entry.report {
        what = format!("{what}（報告書 {report}）");
    }
    let state = |key: &Option<String>| key.as_deref().map(|key| state_word(key, entry.report.is_some()));
    match (state(&entry.from), state(&entry.to)) {
        (Some(from), Some(to)) if from != to => what = format!("{what}：{from} → {to}"),
        (None, Some(to)) => what = format!("{what}：{to}"),
        _ => {}
    }
    let who = match &entry.on_behalf_of {
        Some(member) => format!("{}（{member}さんの代理）", entry.who),
        None => entry.who.clone(),
    };
    let via = if matches!(entry.channel, Channel::Web | Channel::Job) { "" } else { words::channel(entry.channel) };
    let mut note = status::facts(&entry.event);
    note.extend(entry.reason.clone());
    note.extend(entry.withheld.then(|| "メモの内容は支部だけが読めます。".to_owned()));
    TimelineEvent { at: entry.at, what, who, via: via.to_owned(), note: note.join("\n") }
}

fn state_word(key: &str, of_report: bool) -> &'static str {
    let request = || CoordinationStatus::from_key(key).map(status::request);
    let report = || ReportStatus::from_key(key).map(status::report);
    let reward = || domain::report::RewardStatus::from_key(key).map(status::reward);
    let activity = || ActivityStatus::from_key(key).map(status::activity);
    let word = if of_report { report().or_else(reward) } else { request().or_else(activity) };
    word.unwrap_or("")
}
