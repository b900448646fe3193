//! The words of coordination: the queue, reasons, the 事前打合せ情報, what an event kept.

use super::status;
use domain::actor::Channel;
use domain::coordination::{ChildField, NotEstablishedReason, QueueGroup, SearchAgainReason, SheetField, Stall};
use domain::money::grouped;
use domain::report::ReceiptMethod;
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
pub fn facts(kept: &[(String, String)]) -> Vec<String> {
    let of = |wanted: &str| kept.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.as_str());
    let hash = of("content_hash").map(|hash| hash.get(..8).unwrap_or(hash));
    let seen = match (of("revision"), hash) {
        (Some(revision), Some(hash)) => Some(format!("第{revision}版（照合 {hash}）を確認")),
        (Some(revision), None) => Some(format!("第{revision}版を確認")),
        (None, Some(hash)) => Some(format!("照合 {hash}")),
        (None, None) => None,
    };
    seen.into_iter().chain(kept.iter().filter_map(|(key, value)| fact(key, value))).collect()
}

/// One thing that an event kept: a word for the key, or nothing for keys that only machines need.
fn fact(key: &str, value: &str) -> Option<String> {
    let moment = || value.get(..16).unwrap_or(value).replace('T', " ");
    let yen = |word: &str| {
        let yen = value.parse().map_or_else(|_| value.to_owned(), grouped);
        format!("{word} {yen}円")
    };
    Some(match key {
        "providers" => format!("打診：{value}"),
        "provider" => format!("提供会員：{value}"),
        "meeting_at" => format!("打合せ {}", moment()),
        "before" => format!("変更前 {}", moment()),
        "meeting_place" => format!("場所 {value}"),
        "sheet_revision" => format!("事前打合せ情報 第{value}版"),
        "sheet_from" => format!("{value}の事前打合せ情報を引き継ぎ"),
        "reason" => {
            let known = SearchAgainReason::from_key(value).map(search_again);
            known.map_or_else(|| kept_reason(value), str::to_owned)
        }
        "told_at" => format!("連絡を受けた日時 {}", moment()),
        "fee_yen" => format!("{}（本部確認待ち）", yen("キャンセル料")),
        "percent" => format!("利用料の{value}%"),
        "planned_fee_yen" => yen("予定の利用料"),
        "fee_before" => yen("前の利用料"),
        "fee" => yen("利用料"),
        "benefit" => yen("給付金"),
        "expenses" => yen("実費"),
        "tickets" => format!("おためし券 {value}枚"),
        "user_pays" => yen("お支払い"),
        "tickets_returned" => format!("おためし券 {value}枚を残数に戻す"),
        "was_received" if value == "true" => "報酬の受領も取り消し".to_owned(),
        "method" => ReceiptMethod::from_key(value)
            .map_or_else(|| value.to_owned(), |one| status::receipt_method(one).to_owned()),
        "yen" => yen("金額"),
        "month" => format!("{value}の締め"),
        "because" if value == "birth_date" => "お子さんの生年月日の修正のため".to_owned(),
        "because" if value == "sibling_report" => "同じ時間のきょうだいの報告書のため".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kept: &[(&str, &str)]) -> Vec<String> {
        facts(&kept.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect::<Vec<_>>())
    }

    #[test]
    fn the_history_tells_what_an_approval_saw_and_what_it_cost() {
        let kept = [("content_hash", "a1b2c3d4e5f6"), ("revision", "3"), ("tickets", "1"), ("user_pays", "1000")];
        assert_eq!(told(&kept), ["第3版（照合 a1b2c3d4）を確認", "おためし券 1枚", "お支払い 1,000円"]);
    }

    #[test]
    fn the_history_tells_what_was_registered_received_opened_again_and_claimed() {
        let registered = [("benefit", "1000"), ("content_hash", "a1b2c3d4e5"), ("expenses", "300"), ("fee", "1200")];
        assert_eq!(told(&registered), ["照合 a1b2c3d4", "給付金 1,000円", "実費 300円", "利用料 1,200円"]);
        assert_eq!(told(&[("method", "cash"), ("yen", "1000")]), ["現金", "金額 1,000円"]);
        let reopened = [("tickets_returned", "1"), ("was_received", "true")];
        assert_eq!(told(&reopened), ["おためし券 1枚を残数に戻す", "報酬の受領も取り消し"]);
        assert_eq!(told(&[("month", "2024-04"), ("yen", "1500")]), ["2024-04の締め", "金額 1,500円"]);
        let anew = [("because", "birth_date"), ("fee", "600"), ("fee_before", "1200")];
        assert_eq!(told(&anew), ["お子さんの生年月日の修正のため", "利用料 600円", "前の利用料 1,200円"]);
        assert_eq!(told(&[("offer", "7")]), Vec::<String>::new(), "for machines only");
    }
}
