//! The words of coordination: the queue, reasons, the 事前打合せ情報, what an event kept.

use super::status;
use domain::actor::Channel;
use domain::coordination::{ChildField, NotEstablishedReason, QueueGroup, SearchAgainReason, SheetField, Stall};
use domain::event::{Because, Event};
use domain::money::grouped;
use domain::time::{Instant, rfc3339};
#[cfg(feature = "ssr")]
use service::member::Met;

/// A group of the working queue.
#[must_use]
pub const fn group(group: QueueGroup) -> &'static str {
    match group {
        QueueGroup::Stalled => "滞り",
        QueueGroup::Untaken => "未着手",
        QueueGroup::Searching => "調整中",
        QueueGroup::Meeting => "打合せの日時・記録",
        QueueGroup::Answering => "返事待ち",
        QueueGroup::MeetingAhead => "打合せ待ち",
        QueueGroup::Established => "成立・活動前",
    }
}

/// What of a member a search has met.
#[cfg(feature = "ssr")]
#[must_use]
pub const fn met(met: Met) -> &'static str {
    match met {
        Met::Number => "会員番号",
        Met::Telephone => "電話番号",
        Met::NumberOrTelephone => "会員番号か電話番号",
        Met::Name => "氏名",
    }
}

/// How the branch makes sure of a request before it is entered.
#[must_use]
pub const fn read_back(channel: Channel) -> &'static str {
    match channel {
        Channel::Phone => "まだ受け付けていません。お電話の方に内容を読み上げて、確かめてください。",
        Channel::Paper => "まだ受け付けていません。届いた書面と見比べて、確かめてください。",
        Channel::Counter | Channel::Web | Channel::Job => {
            "まだ受け付けていません。窓口の方といっしょに、内容を確かめてください。"
        }
    }
}

/// Why a case is stalled.
#[must_use]
pub const fn stall(stall: Stall) -> &'static str {
    match stall {
        Stall::Untaken => "1営業日、担当なし",
        Stall::DayNear => "まもなく当日・提供会員なし",
        Stall::DayPassed => "当日を過ぎています",
        Stall::NoMeetingDate => "打合せ日が未定",
        Stall::MeetingPassed => "打合せの結果が未記録",
        Stall::NotReported => "報告書がまだです",
    }
}

/// Why a search ended.
#[must_use]
pub const fn not_established(reason: NotEstablishedReason) -> &'static str {
    match reason {
        NotEstablishedReason::NoProvider => "引き受けられる提供会員がいない",
        NotEstablishedReason::Distance => "距離が遠い",
        NotEstablishedReason::Time => "日時が合わない",
        NotEstablishedReason::Content => "内容が合わない",
        NotEstablishedReason::Other => "その他",
    }
}

/// Why a case is searched again.
#[must_use]
pub const fn search_again(reason: SearchAgainReason) -> &'static str {
    match reason {
        SearchAgainReason::Provider => "提供会員の都合",
        SearchAgainReason::Family => "利用会員の希望",
        SearchAgainReason::Terms => "条件が合わない",
        SearchAgainReason::Other => "その他",
    }
}

/// A kept reason as people read it: 不成立 keeps a key, everything else words.
#[must_use]
pub fn kept_reason(reason: &str) -> String {
    NotEstablishedReason::from_key(reason).map_or_else(|| reason.to_owned(), |key| not_established(key).to_owned())
}

/// A family's field of the 事前打合せ情報, and one sentence of help.
#[must_use]
pub const fn sheet_field(field: SheetField) -> (&'static str, &'static str) {
    match field {
        SheetField::FirstPhone => ("保護者の電話（1番目にかける）", "当日つながる番号を入力してください。"),
        SheetField::SecondPhone => ("保護者の電話（2番目にかける）", ""),
        SheetField::EmergencyContact => ("緊急連絡先", "お名前・続柄・電話番号。保護者のほかの方をお願いします。"),
        SheetField::FamilyDoctor => ("かかりつけ医", "病院名と電話番号"),
        SheetField::PickUpPersons => ("引き渡してよい人", "お名前と続柄"),
        SheetField::School => ("保育園・幼稚園・学校", "名前・クラス・送り迎えの決まり"),
        SheetField::Items => ("持ち物", ""),
        SheetField::IfLate => ("お迎えが遅れるとき", "だれに連絡し、どうするか"),
        SheetField::DisasterPlace => ("災害のときの集合場所", ""),
    }
}

/// A child's field of the 事前打合せ情報, and one sentence of help.
#[must_use]
pub const fn child_field(field: ChildField) -> (&'static str, &'static str) {
    match field {
        ChildField::Nickname => ("呼び名", ""),
        ChildField::UsualTemperature => ("平熱", "例：36.6度"),
        ChildField::Illness => ("持病・熱性けいれん", "なければ「なし」と入力してください。"),
        ChildField::Allergies => ("アレルギー", "食べ物・薬など。なければ「なし」と入力してください。"),
        ChildField::Medicine => ("飲んでいる薬", ""),
        ChildField::Meals => ("食事・ミルク", ""),
        ChildField::Sleep => ("睡眠", ""),
        ChildField::Toilet => ("排せつ", ""),
        ChildField::Calming => ("好きなこと・落ち着く方法", ""),
    }
}

/// What a field of the 事前打合せ情報 is called in sentences, by its name in the form.
#[must_use]
pub fn sheet_name(name: &str) -> Option<&'static str> {
    if let Some(field) = SheetField::from_key(name) {
        return Some(sheet_field(field).0);
    }
    let (key, _) = name.rsplit_once('-')?;
    ChildField::from_key(key).map(|field| child_field(field).0)
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
        E::SearchAgain(again) => vec![
            moment("打合せ", again.meeting_at),
            said("提供会員：", &again.provider),
            again.reason.map(|reason| search_again(reason).to_owned()),
        ],
        E::NotEstablish(not) => vec![not.reason.map(|reason| not_established(reason).to_owned())],
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
        E::Recalculate(anew) => vec![
            checked(0, &anew.content_hash),
            anew.because.map(|because| because_of(because).to_owned()),
            yen("給付金", anew.benefit),
            yen("利用料", anew.fee),
            yen("前の利用料", anew.fee_before),
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
            vec![received.method.map(|method| status::receipt_method(method).to_owned()), yen("金額", received.yen)]
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
        | E::ReportAnew
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
        let event =
            Event::SubmitReport(Registered { content_hash, benefit: 1000, expenses: 300, fee: 1200, asked: None });
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
        let event = Event::See(Answer { offer: Some(7), ..Answer::default() });
        assert_eq!(facts(&event), Vec::<String>::new(), "for machines only");
    }
}
