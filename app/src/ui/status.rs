//! Where a case stands: one tag per status, and the stepper over the whole way.

use super::icon::{Icon, IconName};
use leptos::prelude::*;
use std::borrow::Cow;

/// What a status means for the reader; each tone has its own icon and tint, the same on every screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Being written, nothing is awaited: 下書き, 作成中.
    Neutral,
    /// Someone else's turn: 受付待ち, 調整中, 打診中, 承認待ち, 打合せ予定.
    Waiting,
    /// The reader's turn: 修正依頼 to the provider, 承認待ち to the family, an offer to answer.
    Yours,
    /// Not looked at yet: 未読.
    New,
    /// Agreed, going on: 成立, 承認済.
    Good,
    /// Finished: 完了, 受領済, 申請済, 請求済.
    Done,
    /// Ended otherwise: 不成立, 取下げ, キャンセル, 取消.
    Stopped,
}

impl Tone {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Waiting => "waiting",
            Self::Yours => "yours",
            Self::New => "new",
            Self::Good => "good",
            Self::Done => "done",
            Self::Stopped => "stopped",
        }
    }

    const fn tag(self) -> &'static str {
        match self {
            Self::Neutral => "kp-tag--neutral",
            Self::Waiting => "kp-tag--waiting",
            Self::Yours => "kp-tag--yours",
            Self::New => "kp-tag--new",
            Self::Good => "kp-tag--good",
            Self::Done => "kp-tag--done",
            Self::Stopped => "kp-tag--stopped",
        }
    }

    pub(crate) const fn icon(self) -> IconName {
        match self {
            Self::Neutral => IconName::Pencil,
            Self::Waiting => IconName::Clock,
            Self::Yours => IconName::Hand,
            Self::New => IconName::Mail,
            Self::Good => IconName::CheckCircle,
            Self::Done => IconName::Check,
            Self::Stopped => IconName::Stop,
        }
    }
}

/// A status in a word with icon and tint.
#[component]
pub fn StatusTag(
    /// What the status means for the reader.
    tone: Tone,
    /// The status in the newsletter's word.
    #[prop(into)]
    text: Cow<'static, str>,
) -> impl IntoView {
    view! {
        <span class=tone.tag()>
            <Icon name=tone.icon() />
            <span>{text}</span>
        </span>
    }
}

/// The stations of a case from the request to the city's benefit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CaseStep {
    /// 依頼
    Request,
    /// 調整
    Coordination,
    /// 打合せ
    Meeting,
    /// 成立
    Established,
    /// 活動
    Activity,
    /// 報告
    Report,
    /// 承認
    Approval,
    /// 受領
    Receipt,
    /// 給付金
    Subsidy,
}

impl CaseStep {
    /// All stations in order.
    pub const ALL: [Self; 9] = [
        Self::Request,
        Self::Coordination,
        Self::Meeting,
        Self::Established,
        Self::Activity,
        Self::Report,
        Self::Approval,
        Self::Receipt,
        Self::Subsidy,
    ];

    /// The station's word.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Request => "依頼",
            Self::Coordination => "調整",
            Self::Meeting => "打合せ",
            Self::Established => "成立",
            Self::Activity => "活動",
            Self::Report => "報告",
            Self::Approval => "承認",
            Self::Receipt => "受領",
            Self::Subsidy => "給付金",
        }
    }
}

/// Shows where a case stands; on a phone as a bar with the current word, at a desk with every word.
#[component]
pub fn Stepper(
    /// The station the case has reached.
    current: CaseStep,
) -> impl IntoView {
    let position = CaseStep::ALL.iter().position(|step| *step == current).unwrap_or(0);
    let next = CaseStep::ALL.get(position + 1).map(|step| format!("つぎは{}", step.label()));
    let steps = CaseStep::ALL
        .iter()
        .map(|step| {
            let (state, word) = match step.cmp(&current) {
                std::cmp::Ordering::Less => ("past", "済み"),
                std::cmp::Ordering::Equal => ("current", "いまここ"),
                std::cmp::Ordering::Greater => ("ahead", "これから"),
            };
            view! {
                <li class=format!("kp-steps__item kp-steps__item--{state}") aria-current=(state == "current").then_some("step")>
                    <span class="kp-steps__label">{step.label()}</span>
                    <span class="kp-hidden">{format!("（{word}）")}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="kp-steps">
            <p class="kp-steps__now" aria-hidden="true">
                <strong class="kp-steps__word">{current.label()}</strong>
                <span class="kp-steps__count">{format!("{}段階の{}", CaseStep::ALL.len(), position + 1)}</span>
                <span class="kp-steps__next">{next}</span>
            </p>
            <ol class="kp-steps__list" aria-label="手続きの段階">{steps}</ol>
        </div>
    }
    .into_any()
}
