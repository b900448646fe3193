//! `/requests/CDK…/history`: who did what, for whom, by which channel, when, and what was seen.

use crate::coordination::number;
use crate::page::{Page, page};
use crate::ui::{PageHead, Timeline, TimelineEvent};
use crate::visit::{param, visit};
use crate::words::{self, coordination, status};
use domain::actor::Channel;
use domain::report::ReportStatus;
use domain::request::CoordinationStatus;
use leptos::prelude::*;
use service::history::HistoryEntry;

/// `/requests/CDK…/history`
#[component]
pub fn HistoryPage() -> impl IntoView {
    let no = param("no");
    page(async move {
        let visit = visit()?;
        let no = number(&no)?;
        let history = service::history::of_request(&visit.env, &visit.actor, no).await?;
        let hq = visit.actor.is_hq();
        let back = if hq { "/hq".to_owned() } else { format!("/desk/requests/{no}") };
        let label = if hq { "本部のページに戻る" } else { "依頼に戻る" };
        let sheet = hq.then(|| {
            view! { <p><a href=format!("/requests/{no}/meeting")>"事前打合せ情報を開く（理由の入力が必要です）"</a></p> }
        });
        let count = history.entries.len();
        Ok(Page::new(
            "履歴",
            view! {
                <PageHead title="履歴" over=no.to_string() lead=format!("{count}件の記録（新しい順）") back back_label=label />
                {sheet}
                {timeline(&history.entries)}
            },
        ))
    })
}

/// The entries as a timeline, newest first, as on a report.
pub(super) fn timeline(entries: &[HistoryEntry]) -> impl IntoView + use<> {
    let events: Vec<TimelineEvent> = entries.iter().rev().map(event).collect();
    view! { <Timeline events /> }
}

fn event(entry: &HistoryEntry) -> TimelineEvent {
    let mut what = status::action(&entry.action).to_owned();
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
    let mut note = coordination::facts(&entry.facts);
    note.extend(entry.reason.clone());
    TimelineEvent { at: entry.at, what, who, via: via.to_owned(), note: note.join("\n") }
}

fn state_word(key: &str, of_report: bool) -> &'static str {
    let request = || CoordinationStatus::from_key(key).map(status::request);
    let report = || ReportStatus::from_key(key).map(status::report);
    let reward = || domain::report::RewardStatus::from_key(key).map(status::reward);
    let word = if of_report { report().or_else(reward) } else { request() };
    word.unwrap_or("")
}
