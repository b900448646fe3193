//! What to fix in a field: where and how.

use crate::post::Labels;
use domain::fault::FieldFault;
use domain::horizon::{Horizon, Limit};
use domain::input::InputFault;
use domain::member::TrainingKind;
use domain::time::{Date, japanese_date};

/// What a field is called in sentences: as its form's label says it, or by its usual name.
///
/// A word with `{n}` says the place of the field's row, as in 「2人目の子どもの名前」 for `child_name[1]`; elsewhere the number
/// is a child's row, which nobody knows.
#[must_use]
pub fn name(labels: Labels, field: &str) -> String {
    let (base, place) = field.split_once('[').unwrap_or((field, ""));
    let place = place.trim_end_matches(']');
    if let Some(training) = TrainingKind::from_key(place) {
        return format!("{}の有効期限", super::status::training(training));
    }
    let among = |words: Labels| words.iter().find(|(known, _)| *known == base).map(|(_, word)| *word);
    let word = among(labels).or_else(|| among(NAMES)).or_else(|| super::coordination::sheet_name(base));
    let row = place.parse::<usize>().map_or(1, |row| row.saturating_add(1));
    word.unwrap_or("この項目").replace("{n}", &row.to_string())
}

const NAMES: Labels = &[
    ("user_id", "ユーザーID"),
    ("password", "パスワード"),
    ("password_again", "パスワード（確認）"),
    ("date", "日付"),
    ("start", "開始時刻"),
    ("end", "終了時刻"),
    ("children", "子ども"),
    ("care_kind", "希望する援助内容"),
    ("care_place", "場所"),
    ("place_detail", "場所の詳細"),
    ("notes", "備考"),
    ("reason", "理由"),
    ("comment", "修正してほしいこと"),
    ("request", "依頼ID"),
    ("entered_on", "入力日"),
    ("transport", "交通費"),
    ("meal", "食事代"),
    ("snack", "おやつ代"),
    ("diaper", "おむつ代"),
    ("other", "その他の実費"),
    ("evidence", "確認の方法"),
    ("report", "報告書ID"),
    ("tickets", "おためし券の枚数"),
    ("coupons", "おためし券"),
    ("expenses", "実費"),
    ("method", "受け取り方"),
    ("channel", "連絡の方法"),
    ("note", "メモ"),
    ("reason_text", "理由"),
    ("meeting_date", "事前打合せ日"),
    ("meeting_time", "事前打合せの時刻"),
    ("meeting_place", "事前打合せの場所"),
    ("told_date", "連絡を受けた日"),
    ("told_time", "連絡を受けた時刻"),
    ("family_name", "姓（漢字）"),
    ("given_name", "名（漢字）"),
    ("family_kana", "姓（カナ）"),
    ("given_kana", "名（カナ）"),
    ("postal", "郵便番号"),
    ("town", "町名"),
    ("address", "番地・建物"),
    ("telephone", "電話番号"),
    ("mail", "メールアドレス"),
    ("kind", "会員種別"),
    ("birth_date", "生年月日"),
    ("child_name", "子どもの名前"),
    ("child_kana", "子どもの名前（カナ）"),
    ("child_birth", "子どもの生年月日"),
    ("training", "研修"),
    ("documents", "本人確認"),
    ("valid_until", "有効期限"),
    ("month", "月"),
    ("to", "日時"),
];

/// Fields that are chosen, not typed.
const CHOSEN: &[&str] = &["children", "care_kind", "care_place", "channel", "kind", "method", "training"];

/// Fields that hold a day without a time.
const DAYS: &[&str] = &["date", "entered_on", "child_birth"];

/// The sentence at a field.
#[must_use]
pub fn sentence(labels: Labels, field: &str, fault: &FieldFault) -> String {
    let name = name(labels, field);
    match fault {
        FieldFault::Input(fault) => input(&name, fault),
        FieldFault::Missing if CHOSEN.contains(&field.split('[').next().unwrap_or(field)) => {
            format!("{name}を選んでください。")
        }
        FieldFault::Missing if field == "documents" => "本人確認書類を確かめて、チェックを入れてください。".into(),
        FieldFault::Missing => format!("{name}を入力してください。"),
        FieldFault::NotAChoice => format!("{name}を、表示されている中から選んでください。"),
        FieldFault::EndBeforeStart => {
            format!("{}は、{}より後にしてください。", self::name(labels, "end"), self::name(labels, "start"))
        }
        FieldFault::TooLongPeriod(minutes) => {
            format!("一回の預かりは{}時間までです。時刻を確かめてください。", minutes / 60)
        }
        FieldFault::Past if field == "start" => format!("{name}は、いまより後にしてください。"),
        FieldFault::Past => format!("{name}は、今日か、今日より後の日にしてください。"),
        FieldFault::Future if DAYS.contains(&field.split('[').next().unwrap_or(field)) => {
            format!("{name}は、今日までの日にしてください。")
        }
        FieldFault::Future => format!("{name}は、今より前の日時にしてください。"),
        FieldFault::BeforeRequest => format!("{name}は、ご依頼より後の日時にしてください。"),
        FieldFault::NotBefore(first) => {
            format!("{name}は、{}以降の日にしてください。", domain::time::iso_date(*first))
        }
        FieldFault::HolidaysUnknown { last } => holidays_known_until(*last),
        FieldFault::TooFarAhead { months, last } => {
            format!("依頼は{months}か月先までできます。{}までの日にしてください。", super::full_day(*last))
        }
        FieldFault::ChildNotEligible(_) if field.starts_with("child_birth") => {
            "お預かりできるのは、小学6年生までです。生年月日を確かめてください。".into()
        }
        FieldFault::ChildNotEligible(children) => format!(
            "その日は{}さんをお預かりできません。お預かりできるのは、生後57日から小学6年生までです。",
            children.join("さん・")
        ),
        FieldFault::Unknown => format!("{name}が見つかりません。番号を確かめてください。"),
        FieldFault::PasswordTooShort { least, typed } => {
            format!("入力したパスワードは{typed}文字でした。{least}文字以上にしてください。")
        }
        FieldFault::PasswordTooLong { most, typed } => {
            format!("入力したパスワードは{typed}文字でした。{most}文字までにしてください。")
        }
        FieldFault::PasswordTooCommon => "そのパスワードは推測されやすいため、別のものにしてください。".into(),
        FieldFault::Differs => "二つの入力が違っています。同じものを入力してください。".into(),
        FieldFault::NotAUserId => "ユーザーIDは、英数字と . - _ を使い、4〜32文字で入力してください。".into(),
        FieldFault::UserIdTaken => "そのユーザーIDは使われています。別のものにしてください。".into(),
        FieldFault::MeetingAfterActivity => "事前打合せは、預ける日時より前にしてください。".into(),
        FieldFault::SameChild(others) => format!(
            "同じ名前・生年月日の子どもに、おためし券が発行済です（{}）。\
             本人確認書類で別の子どもと分かったときだけ、下にチェックを入れてください。",
            others.join("・")
        ),
        FieldFault::TooManyTickets(most) => format!("この活動で使えるおためし券は{most}枚までです。"),
    }
}

/// An example of a date in both writings: 「例：2024-03-30、令和6年3月30日」.
#[must_use]
pub fn date_example(date: domain::time::Date) -> String {
    let (month, day) = (u8::from(date.month()), date.day());
    format!("例：{}、令和{}年{month}月{day}日", domain::time::iso_date(date), date.year() - 2018)
}

/// The one sentence about a day for which nobody can plan yet, wherever it is typed.
#[must_use]
pub fn holidays_known_until(last: Date) -> String {
    format!("祝日が分かっているのは{}までです。その日までの日付にしてください。", super::full_day(last))
}

/// From when a member's own form takes a day.
#[must_use]
pub fn web_from(first: Date, today: Date) -> String {
    format!("画面から登録できるのは、{}以降の日です。", japanese_date(first, today))
}

/// Why a calendar does not offer a day.
#[must_use]
pub fn limit(limit: Limit, horizon: &Horizon) -> String {
    match limit {
        Limit::Over => "過ぎた日です。".into(),
        Limit::TooNear => "近い日は、お電話で受け付けます。".into(),
        Limit::NotYet => "まだ来ていない日です。".into(),
        Limit::TooFar => format!("依頼は{}か月先までできます。", horizon.months),
        Limit::HolidaysUnknown => "祝日がまだ分からない日です。".into(),
    }
}

/// The sentence for what could not be read.
fn input(name: &str, fault: &InputFault) -> String {
    match fault {
        InputFault::Missing => format!("{name}を入力してください。"),
        InputFault::NotADate => format!("{name}は「年-月-日」か「令和○年○月○日」の形で入力してください。"),
        InputFault::NoSuchDay => format!("{name}は暦にない日です。年月日を確かめてください。"),
        InputFault::NotWithinAYear => format!("{name}は、1年以内にない日です。年から入力してください。"),
        InputFault::NotATime => format!("{name}は「9:30」のように入力してください。"),
        InputFault::NotAnAmount => format!("{name}は「300」のように、円の数字で入力してください。"),
        InputFault::NotANumber => format!("{name}は数字で入力してください。"),
        InputFault::OutOfRange { min, max } => format!("{name}は{min}から{max}までにしてください。"),
        InputFault::TooLong { max } => format!("{name}は{max}文字までにしてください。"),
        InputFault::NotAPhone => format!("{name}は「045-982-3521」のように、市外局番から入力してください。"),
        InputFault::NotAMail => format!("{name}は「hanako@example.jp」のように入力してください。"),
        InputFault::MailDots => format!(
            "{name}の「.」が続いているか、「@」のすぐ前にあります。\
             その形で届くのは、docomo.ne.jp・ezweb.ne.jp・au.comだけです。つづりを確かめてください。"
        ),
        InputFault::NotKana => format!("{name}はカタカナで入力してください。"),
        InputFault::NotAPostalCode => format!("{name}は「226-0025」のように入力してください。"),
        InputFault::UnusableCharacter => format!("{name}に使えない文字があります。入力し直してください。"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::approval::api::ApproveReport;
    use crate::desk::api::EnterRequest;
    use crate::member::api::{ChangeChild, Record};
    use crate::post::Post;
    use crate::report::api::SendReport;
    use crate::request::api::SendRequest;
    use crate::words::tests::speak_plainly;

    #[test]
    fn every_fault_says_where_and_how() {
        let faults = [
            FieldFault::Missing,
            FieldFault::NotAChoice,
            FieldFault::EndBeforeStart,
            FieldFault::TooLongPeriod(960),
            FieldFault::Past,
            FieldFault::Future,
            FieldFault::BeforeRequest,
            FieldFault::NotBefore(domain::time::parse_iso_date("2023-03-31").unwrap()),
            FieldFault::ChildNotEligible(vec!["太郎".into(), "桜".into()]),
            FieldFault::Unknown,
            FieldFault::HolidaysUnknown { last: domain::time::parse_iso_date("2027-12-31").unwrap() },
            FieldFault::TooFarAhead { months: 12, last: domain::time::parse_iso_date("2025-03-16").unwrap() },
            FieldFault::PasswordTooShort { least: 15, typed: 9 },
            FieldFault::PasswordTooLong { most: 256, typed: 300 },
            FieldFault::SameChild(vec!["青葉区 MEM0040989".into(), "緑区 MEM0040990".into()]),
            FieldFault::PasswordTooCommon,
            FieldFault::Differs,
            FieldFault::NotAUserId,
            FieldFault::UserIdTaken,
            FieldFault::MeetingAfterActivity,
            FieldFault::TooManyTickets(2),
        ];
        let inputs = [
            InputFault::Missing,
            InputFault::NotADate,
            InputFault::NoSuchDay,
            InputFault::NotWithinAYear,
            InputFault::NotATime,
            InputFault::NotAnAmount,
            InputFault::NotANumber,
            InputFault::OutOfRange { min: 0, max: 10 },
            InputFault::TooLong { max: 1000 },
            InputFault::NotAPhone,
            InputFault::NotAMail,
            InputFault::MailDots,
            InputFault::NotKana,
            InputFault::NotAPostalCode,
            InputFault::UnusableCharacter,
        ];
        let sentences = faults.iter().map(|fault| sentence(SendRequest::LABELS, "children", fault));
        speak_plainly(
            sentences
                .chain(inputs.iter().map(|fault| sentence(SendRequest::LABELS, "date", &FieldFault::Input(*fault)))),
        );
    }

    #[test]
    fn a_sentence_says_what_can_be_done_about_this_field() {
        let past = |field| sentence(EnterRequest::LABELS, field, &FieldFault::Past);
        assert_eq!(past("date"), "預けたい日は、今日か、今日より後の日にしてください。");
        assert_eq!(past("start"), "開始時刻は、いまより後にしてください。");
        let unticked = sentence(&[], "documents", &FieldFault::Missing);
        assert_eq!(unticked, "本人確認書類を確かめて、チェックを入れてください。");
        let grown = sentence(Record::LABELS, "child_birth[0]", &FieldFault::ChildNotEligible(vec!["次郎".into()]));
        assert!(!grown.contains("その日"), "{grown}");
        assert_eq!(
            sentence(SendReport::LABELS, "entered_on", &FieldFault::Future),
            "入力日は、今日までの日にしてください。"
        );
    }

    #[test]
    fn what_is_chosen_is_not_typed() {
        assert_eq!(sentence(&[], "children", &FieldFault::Missing), "子どもを選んでください。");
        assert_eq!(sentence(&[], "start", &FieldFault::Missing), "開始時刻を入力してください。");
        assert_eq!(sentence(&[], "children[]", &FieldFault::Missing), "子どもを選んでください。");
    }

    #[test]
    fn a_sentence_names_the_field_as_its_label_does() {
        let missing = |labels, field| sentence(labels, field, &FieldFault::Missing);
        assert_eq!(missing(SendRequest::LABELS, "date"), "預けたい日を入力してください。");
        assert_eq!(missing(SendReport::LABELS, "date"), "活動日を入力してください。");
        assert_eq!(missing(Record::LABELS, "child_name[1]"), "2人目の子どもの名前を入力してください。");
        assert_eq!(missing(ChangeChild::LABELS, "child_name[17]"), "名前を入力してください。");
        assert_eq!(missing(ApproveReport::LABELS, "tickets[17]"), "おためし券の枚数を入力してください。");
        assert_eq!(missing(Record::LABELS, "valid_until[life_saving]"), "緊急救命講習の有効期限を入力してください。");
        let end = sentence(SendReport::LABELS, "end", &FieldFault::EndBeforeStart);
        assert_eq!(end, "活動終了時間は、活動開始時間より後にしてください。");
    }
}
