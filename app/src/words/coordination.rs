//! The words of coordination: the queue, reasons, the 事前打合せ情報.

use domain::actor::Channel;
use domain::coordination::{ChildField, NotEstablishedReason, QueueGroup, SearchAgainReason, SheetField, Stall};
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
        Stall::NotEnded => "活動終了の連絡がまだです",
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
        ChildField::UsualTemperature => ("平熱", "例：36.6"),
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
