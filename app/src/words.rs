//! Every Japanese sentence that a rule or a state becomes, in the newsletter's words.
//!
//! Short です・ます sentences, one thought each; a refusal says the rule and the way on. Never 「不正」「無効」.

pub mod calendar;
pub mod coordination;
pub mod fee;
pub mod field;
pub mod refusal;
pub mod request;
pub mod status;
#[cfg(feature = "ssr")]
pub mod tariff;

use crate::fault::Fault;
use crate::post::Labels;
use domain::actor::{Channel, MemberKind};
use domain::event::Action;
use domain::refusal::Refusal;
use domain::subsidy::YearMonth;
use domain::time::{Date, weekday_kanji};

/// What a search engine says of a page that everybody may open; of other pages nothing.
#[must_use]
pub fn description(path: &str) -> Option<&'static str> {
    match path {
        "/login" => Some(
            "横浜子育てサポートシステム「子サポ」のログイン。お子さんの預かりの依頼、報告、給付金の手続きができます。",
        ),
        "/guide" => {
            Some("横浜子育てサポートシステム「子サポ」のしくみと、依頼から活動、給付金までの流れをご案内します。")
        }
        "/contacts" => {
            Some("横浜子育てサポートシステム「子サポ」の、区ごとの支部と本部の電話番号、受付時間の一覧です。")
        }
        _ => None,
    }
}

/// A member's kind: 「利用会員」.
#[must_use]
pub const fn member_kind(kind: MemberKind) -> &'static str {
    match kind {
        MemberKind::User => "利用会員",
        MemberKind::Provider => "提供会員",
        MemberKind::Both => "両方会員",
    }
}

/// How a step reached us: 「電話」.
#[must_use]
pub const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Web => "画面",
        Channel::Phone => "電話",
        Channel::Paper => "書面",
        Channel::Counter => "窓口",
        Channel::Job => "自動",
    }
}

/// What the header says under a person's name: 「利用会員」, 「緑区支部」, 「本部」.
#[cfg(feature = "ssr")]
#[must_use]
pub fn role(role: &domain::actor::Role, branch: Option<&crate::ui::BranchContact>) -> String {
    use domain::actor::Role;
    match role {
        Role::Member { kind, .. } => member_kind(*kind).to_owned(),
        Role::Coordinator { .. } => branch.map_or_else(|| "支部".to_owned(), |branch| branch.name.clone()),
        Role::Hq => "本部".to_owned(),
    }
}

/// What is to be fixed in a form with these labels: the field's name (empty for the whole form) and the sentence.
#[must_use]
pub fn fault(labels: Labels, fault: &Fault) -> Vec<(String, String)> {
    let whole = |text: String| vec![(String::new(), text)];
    match fault {
        Fault::Invalid(fields) => fields
            .iter()
            .map(|error| (error.field.clone(), field::sentence(labels, &error.field, &error.fault)))
            .collect(),
        // The list of candidates is where one chooses.
        Fault::Refused(refused @ Refusal::NoProviderChosen) => vec![("providers".into(), refusal::sentence(refused))],
        Fault::Refused(refused) => whole(refusal::sentence(refused)),
        // Nobody's step: the report beside it, or a child's birth date.
        Fault::Stale { action: Some(Action::Recalculate), .. } => {
            whole("料金の再計算がありました。いまの金額を確かめて、必要ならもう一度操作してください。".into())
        }
        Fault::Stale { by, action } => whole(format!(
            "{by}さんが先に「{}」をしました。いまの内容を確かめて、必要ならもう一度操作してください。",
            action.map_or("更新", status::action)
        )),
        Fault::LoginFailed => {
            vec![("user_id".into(), "ユーザーIDかパスワードが違います。入力した文字を確かめてください。".into())]
        }
        Fault::Throttled { seconds } => {
            let rest = if *seconds < 60 { format!("{seconds}秒") } else { format!("{}分", (seconds + 59) / 60) };
            whole(format!(
                "ユーザーIDかパスワードの違いが続いたため、少しお待ちください。{rest}たってから、もう一度入力してください。"
            ))
        }
        // The login page has said it; behind it the form is as it was left.
        Fault::SignedOut | Fault::OtherWriter => Vec::new(),
        Fault::Busy => whole("ただいま混み合っています。少し待ってから、もう一度押してください。".into()),
        Fault::NotFound
        | Fault::Unreadable
        | Fault::TooLong
        | Fault::TooMany { .. }
        | Fault::Unavailable
        | Fault::Broken { .. } => whole(fault_page(fault).1),
    }
}

/// Above a form that was sent after the session had ended.
pub const KEPT: &str = "入力した内容は残っています。続きから始められます。";

/// The page that stands in for one that cannot be shown: its title and its sentence.
#[must_use]
pub fn fault_page(fault: &Fault) -> (&'static str, String) {
    match fault {
        Fault::NotFound => (
            "ページが見つかりません",
            "アドレスが違うか、ご覧になれるページではありません。ホームからお進みください。".into(),
        ),
        Fault::Unreadable => (
            "送られた内容を読み取れませんでした",
            "前のページに戻り、ページを開き直してから、もう一度入力してください。".into(),
        ),
        Fault::TooLong => {
            ("文章が長すぎて送れませんでした", "前のページに戻り、文章を短くして、もう一度押してください。".into())
        }
        Fault::TooMany { seconds } => (
            "少しお待ちください",
            format!("短い時間にたくさん送られました。{seconds}秒ほど待ってから、もう一度送ってください。"),
        ),
        Fault::Busy => {
            ("ただいま混み合っています", "少し待ってから、もう一度開いてください。保存したものは残っています。".into())
        }
        Fault::Unavailable => (
            "ただいま保存や表示ができません",
            "送られた内容は、まだ保存していません。少し待ってから前のページに戻り、もう一度押してください。".into(),
        ),
        Fault::Broken { reference } => (
            "うまく動きませんでした",
            format!(
                "こちらの不具合です。もう一度ためし、続くときは支部へお知らせください。そのとき番号「{reference}」をお伝えください。"
            ),
        ),
        Fault::OtherWriter => (
            "ほかのユーザーIDで開いた画面から送られました",
            "まだ登録していません。その画面を開いたときのユーザーIDでログインして、もう一度送ってください。".into(),
        ),
        Fault::SignedOut => ("ログインしてください", "続けるにはログインしてください。".into()),
        Fault::Refused(refused) => ("この操作はできません", refusal::sentence(refused)),
        Fault::Invalid(_) | Fault::LoginFailed | Fault::Throttled { .. } | Fault::Stale { .. } => (
            "もう一度お確かめください",
            self::fault(&[], fault).into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(" "),
        ),
    }
}

/// A close's month: 「2024年4月」.
#[must_use]
pub fn month(month: YearMonth) -> String {
    format!("{}年{}月", month.year, month.month)
}

/// The month of a close by its key, `2024-04`.
#[must_use]
pub fn close_month(key: &str) -> String {
    YearMonth::parse(key).map_or_else(|| key.to_owned(), month)
}

/// A day that is read years later, on paper or in a rule: 「2024年3月30日（土）」.
#[must_use]
pub fn full_day(date: Date) -> String {
    format!("{}年{}月{}日（{}）", date.year(), u8::from(date.month()), date.day(), weekday_kanji(date))
}

/// A member by the family name, or by the kind where no name is known: 「木村さん」, 「利用会員」.
#[must_use]
pub fn person(name: &str, kind: &str) -> String {
    if name.is_empty() { kind.to_owned() } else { format!("{name}さん") }
}

#[cfg(test)]
pub(crate) mod tests {
    use domain::event::Action;

    /// Holds sentences to the rules: short ones, with a full stop, blaming nobody.
    pub(crate) fn speak_plainly(texts: impl Iterator<Item = String>) {
        for text in texts {
            assert!(text.ends_with('。'), "{text}");
            assert_eq!(domain::plain::fault(&text), None, "{text}");
        }
    }

    #[test]
    fn a_fee_charged_again_is_nobodys_step() {
        let stale = |by: &str, action| super::fault(&[], &super::Fault::Stale { by: by.into(), action: Some(action) });
        let recalculated = stale("自動処理", Action::Recalculate).remove(0).1;
        assert!(
            recalculated.starts_with("料金の再計算がありました。") && !recalculated.contains("さん"),
            "{recalculated}"
        );
        assert!(stale("山田和子", Action::Submit)[0].1.starts_with("山田和子さんが先に「登録」をしました。"));
        speak_plainly([recalculated].into_iter());
    }
}
