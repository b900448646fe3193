//! The words of states and steps, exactly those of the newsletter where it has them, and of what an event kept.

use crate::ui::Tone;
use domain::event::{Action, Because, Event};
use domain::member::{MembershipStatus, RecordField, TrainingKind};
use domain::money::grouped;
use domain::report::{ExpenseKind, ReceiptMethod, ReportStatus, RewardStatus};
use domain::request::{ActivityStatus, CareKind, CarePlace, CoordinationStatus, OfferStatus};
use domain::subsidy::{ClaimStatus, LineStatus, Slip};
use domain::time::{Instant, rfc3339};

/// コーディネーターステータス
#[must_use]
pub const fn request(status: CoordinationStatus) -> &'static str {
    use CoordinationStatus as S;
    match status {
        S::Draft => "下書き",
        S::Submitted => "受付待ち",
        S::InCoordination => "調整中",
        S::Offering => "打診中",
        S::ProviderFound => "提供会員決定",
        S::MeetingScheduled => "打合せ予定",
        S::MeetingHeld => "打合せ済",
        S::Established => "成立",
        S::Completed => "完了",
        S::NotEstablished => "不成立",
        S::Withdrawn => "取下げ",
        S::Cancelled => "キャンセル",
    }
}

/// The tint of a request's status.
#[must_use]
pub const fn request_tone(status: CoordinationStatus) -> Tone {
    use CoordinationStatus as S;
    match status {
        S::Draft => Tone::Neutral,
        S::Submitted | S::InCoordination | S::Offering | S::ProviderFound | S::MeetingScheduled | S::MeetingHeld => {
            Tone::Waiting
        }
        S::Established => Tone::Good,
        S::Completed => Tone::Done,
        S::NotEstablished | S::Withdrawn | S::Cancelled => Tone::Stopped,
    }
}

/// 報告書ステータス
#[must_use]
pub const fn report(status: ReportStatus) -> &'static str {
    match status {
        ReportStatus::Draft => "作成中",
        ReportStatus::AwaitingApproval => "承認待ち",
        ReportStatus::RevisionRequested => "修正依頼",
        ReportStatus::Approved => "承認済",
        ReportStatus::Voided => "取消",
    }
}

/// The tint of a report's status.
#[must_use]
pub const fn report_tone(status: ReportStatus) -> Tone {
    match status {
        ReportStatus::Draft => Tone::Neutral,
        ReportStatus::AwaitingApproval => Tone::Waiting,
        ReportStatus::RevisionRequested => Tone::Yours,
        ReportStatus::Approved => Tone::Good,
        ReportStatus::Voided => Tone::Stopped,
    }
}

/// 報酬受領ステータス
#[must_use]
pub const fn reward(status: RewardStatus) -> &'static str {
    match status {
        RewardStatus::NotReceived => "受領前",
        RewardStatus::Received => "受領済",
    }
}

/// How a reward's status is drawn.
#[must_use]
pub const fn reward_tone(status: RewardStatus) -> Tone {
    match status {
        RewardStatus::NotReceived => Tone::Waiting,
        RewardStatus::Received => Tone::Done,
    }
}

/// The status of an offer.
#[must_use]
pub const fn offer(status: OfferStatus) -> &'static str {
    match status {
        OfferStatus::Sent => "返事待ち",
        OfferStatus::Seen => "確認済・返事待ち",
        OfferStatus::Accepted => "受諾",
        OfferStatus::Declined => "辞退",
        OfferStatus::Expired => "期限切れ",
        OfferStatus::Closed => "終了",
    }
}

/// The status of an activity.
#[must_use]
pub const fn activity(status: ActivityStatus) -> &'static str {
    match status {
        ActivityStatus::Planned => "予定",
        ActivityStatus::InProgress => "活動中",
        ActivityStatus::Ended => "活動終了",
        ActivityStatus::Reported => "報告済",
        ActivityStatus::CancelledByUser => "利用会員のキャンセル",
        ActivityStatus::CancelledByProvider => "提供会員の都合で中止",
        ActivityStatus::NoShow => "開始後のキャンセル・連絡なし",
    }
}

/// The status of a claim.
#[must_use]
pub const fn claim(status: ClaimStatus) -> &'static str {
    match status {
        ClaimStatus::Open => "作成中",
        ClaimStatus::Submitted => "請求済",
    }
}

/// The status of a claim's line.
#[must_use]
pub const fn subsidy_line(status: LineStatus) -> &'static str {
    match status {
        LineStatus::Eligible => "申請前",
        LineStatus::Applied => "申請済",
    }
}

/// Why a report slips past the next close.
#[must_use]
pub const fn slip(slip: Slip) -> &'static str {
    match slip {
        Slip::NotWritten => "報告書がまだありません",
        Slip::NotSubmitted => "報告書が作成中です",
        Slip::NotApproved => "利用会員の承認待ちです",
        Slip::RevisionRequested => "修正依頼が来ています",
        Slip::NotReceived => "報酬が受領前です",
    }
}

/// 希望する援助内容
#[must_use]
pub const fn care_kind(kind: CareKind) -> &'static str {
    match kind {
        CareKind::Care => "預かり",
        CareKind::Escort => "送迎",
        CareKind::CareWithEscort => "預かりと送迎",
        CareKind::BaseCare => "拠点ひろばでの預かり",
    }
}

/// Where the care takes place.
#[must_use]
pub const fn care_place(place: CarePlace) -> &'static str {
    match place {
        CarePlace::ProviderHome => "提供会員の自宅",
        CarePlace::UserHome => "利用会員の自宅",
        CarePlace::Base => "拠点ひろば",
        CarePlace::Other => "地区センターなど",
    }
}

/// 実費
#[must_use]
pub const fn expense(kind: ExpenseKind) -> &'static str {
    match kind {
        ExpenseKind::Transport => "交通費",
        ExpenseKind::Meal => "食事代",
        ExpenseKind::Snack => "おやつ代",
        ExpenseKind::Diaper => "おむつ代",
        ExpenseKind::Other => "その他",
    }
}

/// How the reward was handed over.
#[must_use]
pub const fn receipt_method(method: ReceiptMethod) -> &'static str {
    match method {
        ReceiptMethod::Cash => "現金",
        ReceiptMethod::CodePayment => "コード決済",
        ReceiptMethod::CouponOnly => "おためし券のみ",
    }
}

/// The membership's status.
#[must_use]
pub const fn membership(status: MembershipStatus) -> &'static str {
    match status {
        MembershipStatus::Applied => "申込中",
        MembershipStatus::InTraining => "研修中",
        MembershipStatus::Active => "活動中",
        MembershipStatus::Suspended => "休止",
        MembershipStatus::Expired => "更新切れ",
        MembershipStatus::Withdrawn => "退会",
    }
}

/// A training's name.
#[must_use]
pub const fn training(kind: TrainingKind) -> &'static str {
    match kind {
        TrainingKind::PreService => "予定者研修",
        TrainingKind::LifeSaving => "緊急救命講習",
        TrainingKind::AccidentPrevention => "事故防止講習",
    }
}

/// A part of a member's record, as the history names what was corrected.
#[must_use]
pub const fn record_field(field: RecordField) -> &'static str {
    match field {
        RecordField::FamilyName => "姓（漢字）",
        RecordField::GivenName => "名（漢字）",
        RecordField::FamilyKana => "姓（カナ）",
        RecordField::GivenKana => "名（カナ）",
        RecordField::Address => "住所",
        RecordField::Telephone => "電話番号",
        RecordField::Mail => "メールアドレス",
        RecordField::ChildName => "名前",
        RecordField::ChildKana => "名前（カナ）",
        RecordField::ChildBirth => "生年月日",
        RecordField::CouponEnd => "おためし券の期限",
    }
}

/// What happened, in the history: 「承認」.
#[must_use]
pub const fn action(action: Action) -> &'static str {
    use Action as A;
    match action {
        A::SaveDraft => "一時保存",
        A::Submit => "登録",
        A::Enter => "受付",
        A::Take => "担当",
        A::Note => "メモ",
        A::Offer => "打診",
        A::See => "打診の確認",
        A::Accept => "受諾",
        A::Decline => "辞退",
        A::Expire => "打診の期限切れ",
        A::Close => "打診の終了",
        A::ReturnToSearch => "調整へ戻す",
        A::ScheduleMeeting => "事前打合せ日の設定",
        A::SaveSheet => "事前打合せ情報の登録",
        A::ViewSheet => "事前打合せ情報の閲覧",
        A::AskSheet => "事前打合せ情報の閲覧理由",
        A::HoldMeeting => "事前打合せの実施",
        A::Establish => "成立",
        A::EstablishWaived => "成立（打合せ省略）",
        A::Start => "活動開始",
        A::End => "活動終了",
        A::SearchAgain => "再調整",
        A::NotEstablish => "不成立",
        A::Withdraw => "取下げ",
        A::Cancel => "キャンセル",
        A::Complete => "完了",
        A::ReportAgain => "成立に戻す（報告書の取消）",
        A::PullBack => "登録の取り戻し",
        A::Recalculate => "料金の計算し直し",
        A::Approve => "承認",
        A::RequestRevision => "修正依頼",
        A::Void => "取消",
        A::Reopen => "承認の取り消し",
        A::MarkReceived => "報酬受領",
        A::UndoReceipt => "受領の取り消し",
        A::Claim => "給付金の請求",
        A::RemindUntaken => "担当のお願い",
        A::RemindApproval => "承認のお願い",
        A::RemindApprovalAgain => "承認のお願い（2回目）",
        A::EscalateApproval => "支部へ承認待ちの連絡",
        A::Register => "会員の登録",
        A::Invite => "案内リンクの発行",
        A::SetPassword => "パスワードの設定",
        A::Suspend => "休止",
        A::Resume => "復帰",
        A::IssueCoupon => "おためし券の発行",
        A::AddTraining => "研修の記録",
        A::AddChild => "子どもの追加",
        A::ChangeName => "氏名の修正",
        A::ChangeContact => "連絡先の修正",
        A::ChangeChild => "子どもの登録内容の修正",
    }
}

/// What an event kept beside its reason, one line each, in an order people read: what was seen first, money after it.
#[must_use]
pub fn facts(event: &Event) -> Vec<String> {
    use Event as E;
    let lines = match event {
        E::Offer(asked) => vec![said("打診：", &asked.providers.join("、"))],
        E::Accept(answer) | E::Decline(answer) | E::Expire(answer) | E::Close(answer) => {
            vec![said("提供会員：", &answer.provider)]
        }
        E::ScheduleMeeting(meeting) => vec![
            moment("変更前", meeting.before),
            moment("打合せ", meeting.meeting_at),
            said("場所 ", &meeting.meeting_place),
        ],
        E::SaveSheet(sheet) | E::ViewSheet(sheet) | E::HoldMeeting(sheet) => vec![version(Some(sheet.sheet_revision))],
        E::Establish(agreed) | E::EstablishWaived(agreed) => vec![
            moment("打合せ", agreed.meeting_at),
            said("提供会員：", &agreed.provider),
            agreed.sheet_from.as_ref().map(|from| format!("{from}の事前打合せ情報を引き継ぎ")),
            version(agreed.sheet_revision),
        ],
        E::Start(handover) => vec![moment("開始", handover.handed_at)],
        E::End(handover) => vec![moment("終了", handover.handed_at)],
        E::SearchAgain(again) => vec![
            moment("打合せ", again.meeting_at),
            said("提供会員：", &again.provider),
            again.reason.map(|reason| super::coordination::search_again(reason).to_owned()),
        ],
        E::NotEstablish(not) => vec![not.reason.map(|reason| super::coordination::not_established(reason).to_owned())],
        E::Cancel(cancelled) => vec![
            Some(format!("キャンセル料 {}円（本部確認待ち）", grouped(cancelled.fee_yen))),
            Some(format!("利用料の{}%", cancelled.percent)),
            yen("予定の利用料", cancelled.planned_fee_yen),
            moment("連絡を受けた日時", cancelled.told_at),
        ],
        E::SubmitReport(registered) => vec![
            checked(0, &registered.content_hash),
            yen("給付金", registered.benefit),
            yen("実費", registered.expenses),
            yen("利用料", registered.fee),
        ],
        E::Recalculate(sum) => vec![
            checked(0, &sum.content_hash),
            sum.because.map(|because| because_of(because).to_owned()),
            yen("給付金", sum.benefit),
            yen("利用料", sum.fee),
            yen("前の利用料", sum.fee_before),
        ],
        E::Approve(approved) => vec![
            checked(approved.revision, &approved.content_hash),
            Some(format!("おためし券 {}枚", approved.tickets)),
            yen("お支払い", approved.user_pays),
        ],
        E::Reopen(reopened) => vec![
            Some(format!("おためし券 {}枚を残数に戻す", reopened.tickets_returned)),
            reopened.was_received.then(|| "報酬の受領も取り消し".to_owned()),
        ],
        E::MarkReceived(received) => {
            vec![received.method.map(|method| receipt_method(method).to_owned()), yen("金額", received.yen)]
        }
        E::Claim(claimed) => vec![Some(format!("{}の締め", claimed.month)), yen("金額", claimed.yen)],
        // What they say stands on the member's own page, or is said by the event's name.
        E::SaveDraft
        | E::Submit(_)
        | E::Enter
        | E::Take
        | E::Note
        | E::See(_)
        | E::ReturnToSearch
        | E::AskSheet
        | E::Withdraw
        | E::Complete
        | E::ReportAgain
        | E::RemindUntaken
        | E::SaveReport
        | E::PullBack
        | E::RequestRevision
        | E::Void
        | E::UndoReceipt
        | E::RemindApproval
        | E::RemindApprovalAgain
        | E::EscalateApproval
        | E::Register
        | E::Invite
        | E::SetPassword
        | E::Suspend
        | E::Resume
        | E::IssueCoupon(_)
        | E::AddTraining(_)
        | E::AddChild
        | E::ChangeName(_)
        | E::ChangeContact(_)
        | E::ChangeChild(_) => vec![],
    };
    lines.into_iter().flatten().collect()
}

/// A word and its text, where there is one.
fn said(word: &str, text: &str) -> Option<String> {
    (!text.is_empty()).then(|| format!("{word}{text}"))
}

fn moment(word: &str, at: Option<Instant>) -> Option<String> {
    let text = rfc3339(at?);
    Some(format!("{word} {}", text.get(..16).unwrap_or(&text).replace('T', " ")))
}

fn version(revision: Option<i64>) -> Option<String> {
    revision.filter(|revision| *revision > 0).map(|revision| format!("事前打合せ情報 第{revision}版"))
}

#[allow(clippy::unnecessary_wraps, reason = "one line among those that may be missing")]
fn yen(word: &str, yen: i64) -> Option<String> {
    Some(format!("{word} {}円", grouped(yen)))
}

/// Which page was looked at, where it is known.
fn checked(revision: i64, hash: &str) -> Option<String> {
    let hash = hash.get(..8).unwrap_or(hash);
    match (revision > 0, hash.is_empty()) {
        (true, false) => Some(format!("第{revision}版（照合 {hash}）を確認")),
        (true, true) => Some(format!("第{revision}版を確認")),
        (false, false) => Some(format!("照合 {hash}")),
        (false, true) => None,
    }
}

const fn because_of(because: Because) -> &'static str {
    match because {
        Because::BirthDate => "お子さんの生年月日の修正のため",
        Because::Sibling => "同じ時間のきょうだいの報告書のため",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::event::{Answer, Approved, Claimed, Recalculated, Received, Registered, Reopened};
    use domain::id::OfferId;
    use domain::report::ReceiptMethod;

    #[test]
    fn the_history_tells_what_an_approval_saw_and_what_it_cost() {
        let hash = "a1b2c3d4e5f6".to_owned();
        let event = Event::Approve(Approved { content_hash: hash, revision: 3, tickets: 1, user_pays: 1000 });
        assert_eq!(facts(&event), ["第3版（照合 a1b2c3d4）を確認", "おためし券 1枚", "お支払い 1,000円"]);
    }

    #[test]
    fn the_history_tells_what_was_registered_received_opened_again_and_claimed() {
        let content_hash = "a1b2c3d4e5".to_owned();
        let (benefit, expenses, fee) = (1000, 300, 1200);
        let event = Event::SubmitReport(Registered { content_hash, benefit, expenses, fee, ..Registered::default() });
        assert_eq!(facts(&event), ["照合 a1b2c3d4", "給付金 1,000円", "実費 300円", "利用料 1,200円"]);
        let event = Event::MarkReceived(Received { method: Some(ReceiptMethod::Cash), yen: 1000 });
        assert_eq!(facts(&event), ["現金", "金額 1,000円"]);
        let event = Event::Reopen(Reopened { tickets_returned: 1, was_received: true });
        assert_eq!(facts(&event), ["おためし券 1枚を残数に戻す", "報酬の受領も取り消し"]);
        let event = Event::Claim(Claimed { month: "2024-04".to_owned(), yen: 1500 });
        assert_eq!(facts(&event), ["2024-04の締め", "金額 1,500円"]);
        let because = Some(Because::BirthDate);
        let event = Event::Recalculate(Recalculated { because, fee: 600, fee_before: 1200, ..Default::default() });
        assert_eq!(
            facts(&event),
            ["お子さんの生年月日の修正のため", "給付金 0円", "利用料 600円", "前の利用料 1,200円"]
        );
        let event = Event::See(Answer { offer: Some(OfferId(7)), ..Answer::default() });
        assert_eq!(facts(&event), Vec::<String>::new(), "for machines only");
    }
}
