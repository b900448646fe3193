//! The words of the request's pages: what stands where, and what is next.

use super::field::web_from;
use crate::ui::{CaseStep, NoticeKind};
use domain::coordination::NEAR_DAYS;
use domain::report::{ReportStatus, RewardStatus};
use domain::request::{CareKind, CoordinationStatus, first_web_date};
use domain::time::{Date, Instant, japanese_date};

/// One sentence below a kind of help.
#[must_use]
pub const fn kind_note(kind: CareKind) -> &'static str {
    match kind {
        CareKind::Care => "提供会員の家や、ご自宅などで預かります。",
        CareKind::Escort => "園・学校・習いごとなどへの送り迎えです。",
        CareKind::CareWithEscort => "送り迎えの前後に預かります。",
        CareKind::BaseCare => "地域子育て支援拠点のひろばで預かります。",
    }
}

/// Where a case stands on its way, for the stepper; `None` once it ended without an activity.
#[must_use]
pub fn step(
    status: CoordinationStatus,
    report: Option<(ReportStatus, RewardStatus)>,
    start: Option<Instant>,
    end: Option<Instant>,
    now: Instant,
) -> Option<CaseStep> {
    use CoordinationStatus as S;
    Some(match status {
        S::Draft | S::Submitted => CaseStep::Request,
        S::InCoordination | S::Offering | S::ProviderFound => CaseStep::Coordination,
        S::MeetingScheduled | S::MeetingHeld => CaseStep::Meeting,
        S::Established | S::Completed => match report {
            Some((ReportStatus::AwaitingApproval, _)) => CaseStep::Approval,
            Some((ReportStatus::RevisionRequested, _)) => CaseStep::Report,
            Some((ReportStatus::Approved, RewardStatus::NotReceived)) => CaseStep::Receipt,
            Some((ReportStatus::Approved, RewardStatus::Received)) => CaseStep::Subsidy,
            _ if end.is_some_and(|end| end <= now) => CaseStep::Report,
            _ if start.is_some_and(|start| start <= now) => CaseStep::Activity,
            _ => CaseStep::Established,
        },
        S::NotEstablished | S::Withdrawn | S::Cancelled => return None,
    })
}

/// What the family can expect next, while it is somebody else's turn; `hours` as 「火〜土 9:00〜17:00」 or empty.
#[must_use]
pub fn waiting(status: CoordinationStatus, branch: &str, hours: &str) -> String {
    use CoordinationStatus as S;
    let hours = if hours.is_empty() { String::new() } else { format!("（{hours}）") };
    match status {
        S::Draft => "まだ支部には届いていません。続きを入力して、登録してください。".into(),
        S::Submitted => format!("{branch}から、業務時間内{hours}にお電話します。"),
        S::InCoordination | S::Offering => {
            format!("{branch}が提供会員を探しています。見つかりましたらお知らせします。")
        }
        S::ProviderFound => format!("提供会員が見つかりました。事前打合せの日を、{branch}がお電話で相談します。"),
        S::MeetingScheduled => "事前打合せの日をお待ちください。".into(),
        S::MeetingHeld => format!("{branch}が成立の手続きをしています。"),
        S::Established => "当日は、お子さんを大人の手から大人の手へ引き渡してください。".into(),
        S::Completed => "この援助活動は終わりました。".into(),
        S::NotEstablished => "今回はご紹介できませんでした。ほかの日時や内容は、支部へお電話ください。".into(),
        S::Withdrawn => "この依頼は取り下げられました。".into(),
        S::Cancelled => "この援助活動はキャンセルになりました。".into(),
    }
}

/// What still comes after that, until 成立.
#[must_use]
pub const fn after(status: CoordinationStatus) -> &'static [&'static str] {
    use CoordinationStatus as S;
    const MEET: &str = "提供会員が見つかったら、事前打合せの日を決めます。";
    const AGREE: &str = "打合せの後、支部が確認すると成立です。";
    match status {
        S::Draft | S::Submitted | S::InCoordination | S::Offering => &[MEET, AGREE],
        S::ProviderFound | S::MeetingScheduled => &[AGREE],
        S::MeetingHeld | S::Established | S::Completed | S::NotEstablished | S::Withdrawn | S::Cancelled => &[],
    }
}

/// What a day means for a request: its day of the week, its holiday, and whether the web form takes it; `call` says how
/// to reach the branch. A day that the form does not take is a warning.
#[must_use]
pub fn day_hint(date: Date, today: Date, holiday: Option<&str>, call: &str) -> (NoticeKind, String) {
    let mut day = japanese_date(date, today);
    if let Some(name) = holiday {
        day.push_str(&format!("・{name}"));
    }
    let first = first_web_date(today);
    if date < today {
        (NoticeKind::Warning, format!("{day}は、過ぎた日です。"))
    } else if date < first {
        let text = format!("{day}は、お電話で受け付けます。{call}へおかけください。{}", web_from(first, today));
        (NoticeKind::Warning, text)
    } else {
        (NoticeKind::Info, format!("{day}は、画面から登録できます。"))
    }
}

/// What the branch keeps in mind about a caller's day, which the web form would not take; nothing about later ones.
#[must_use]
pub fn branch_hint(start: Instant, now: Instant) -> Option<(NoticeKind, &'static str, &'static str)> {
    if start <= now {
        let text = "始まった活動は成立にできません。日にちと時刻を確かめてください。";
        Some((NoticeKind::Warning, "開始の時刻を過ぎています", text))
    } else if start < now.plus_days(NEAR_DAYS) {
        let text = "受け付けた後、すぐに提供会員を探してください。";
        Some((NoticeKind::Info, "活動の日が近い依頼です", text))
    } else if start.date() < first_web_date(now.date()) {
        let text = "会員の画面からは登録できない日ですが、支部では受け付けられます。";
        Some((NoticeKind::Info, "3週間より近い日の依頼です", text))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::parse_iso_date;

    #[test]
    fn a_report_to_fix_stands_at_the_report_again() {
        let at = Some(Instant(0));
        let step =
            |status| step(CoordinationStatus::Completed, Some((status, RewardStatus::NotReceived)), at, at, Instant(0));
        assert_eq!(step(ReportStatus::RevisionRequested), Some(CaseStep::Report));
        assert_eq!(step(ReportStatus::AwaitingApproval), Some(CaseStep::Approval));
    }

    #[test]
    fn the_branch_hears_of_a_day_that_is_near_or_past() {
        let at = |text: &str, minute| Instant::at(parse_iso_date(text).unwrap(), minute);
        let now = at("2024-03-16", 600);
        let title = |start| branch_hint(start, now).map(|(_, title, _)| title);
        assert_eq!(title(now), Some("開始の時刻を過ぎています"));
        assert_eq!(title(at("2024-03-19", 599)), Some("活動の日が近い依頼です"));
        assert_eq!(title(at("2024-03-19", 600)), Some("3週間より近い日の依頼です"));
        assert_eq!(title(at("2024-04-05", 1439)), Some("3週間より近い日の依頼です"));
        assert_eq!(title(at("2024-04-06", 0)), None);
    }

    #[test]
    fn a_day_says_whether_the_form_takes_it() {
        let day = |text: &str| parse_iso_date(text).unwrap();
        let hint = |text: &str, holiday| day_hint(day(text), day("2024-03-16"), holiday, "緑区支部 045-982-3521");
        let (takes, early) = (NoticeKind::Info, NoticeKind::Warning);
        assert_eq!(hint("2024-04-06", None), (takes, "4月6日（土）は、画面から登録できます。".into()));
        assert_eq!(
            hint("2024-04-05", None),
            (early, "4月5日（金）は、お電話で受け付けます。緑区支部 045-982-3521へおかけください。画面から登録できるのは、4月6日（土）以降の日です。".into())
        );
        let holiday = hint("2024-04-29", Some("昭和の日"));
        assert_eq!(holiday, (takes, "4月29日（月）・昭和の日は、画面から登録できます。".into()));
        assert_eq!(hint("2024-03-15", None), (early, "3月15日（金）は、過ぎた日です。".into()));
    }
}
