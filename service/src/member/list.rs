//! Finding members of the ward.

use super::{fold_name, ward};
use crate::error::Result;
use crate::{Env, db};
use domain::actor::{Actor, MemberKind};
use domain::input::{narrow, parse_phone};
use domain::member::MembershipStatus;
use domain::number::MemberNo;
use sea_orm::{FromQueryResult, Value};

/// Members of one page.
const PAGE: usize = 50;

/// One member of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberSummary {
    /// 会員番号
    pub no: MemberNo,
    /// 氏名
    pub name: String,
    /// 氏名（カナ）
    pub kana: String,
    /// 会員種別
    pub kind: MemberKind,
    /// The membership's status.
    pub status: MembershipStatus,
    /// 町名
    pub town: String,
    /// 電話番号
    pub telephone: String,
    /// The number of children.
    pub children: i64,
}

/// A page of members, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberPage {
    /// The members.
    pub members: Vec<MemberSummary>,
    /// The number after which the next page begins, when there is one.
    pub next: Option<MemberNo>,
}

#[derive(FromQueryResult)]
struct Row {
    member_no: MemberNo,
    family_name: String,
    given_name: String,
    family_kana: String,
    given_kana: String,
    kind: MemberKind,
    status: MembershipStatus,
    town: String,
    telephone: String,
    children: i64,
}

/// Members of the coordinator's ward by words: a number (MEM…), 漢字, カナ, or four or more digits of the telephone's
/// end. Without words, everybody.
///
/// # Errors
/// [`crate::Error::NotFound`] for those who are no coordinator.
pub async fn list(
    env: &Env,
    actor: &Actor,
    words: &str,
    kind: Option<MemberKind>,
    after: Option<MemberNo>,
) -> Result<MemberPage> {
    let mut values: Vec<Value> = vec![ward(actor)?.into()];
    let mut conditions = vec!["m.ward = $1".to_owned()];
    let mut condition = |text: &str, value: Value| {
        values.push(value);
        conditions.push(text.replace('?', &format!("${}", values.len())));
    };
    if let Some(kind) = kind {
        condition("m.kind = ?", kind.key().into());
    }
    if let Some(after) = after {
        condition("m.member_no < ?", i64::from(after.0).into());
    }
    if let Some((_, text, value)) = matching(words) {
        condition(text, value);
    }
    let sql = format!(
        "SELECT m.member_no, m.family_name, m.given_name, m.family_kana, m.given_kana, m.kind, m.status, m.town, \
         m.telephone, (SELECT COUNT(*) FROM child c WHERE c.member_id = m.id) AS children \
         FROM member m WHERE {} ORDER BY m.member_no DESC LIMIT {}",
        conditions.join(" AND "),
        PAGE + 1
    );
    let rows = db::rows::<Row, _>(env.db.read(), &sql, values).await?;
    let more = rows.len() > PAGE;
    let members = rows.into_iter().take(PAGE).map(summary).collect::<Result<Vec<_>>>()?;
    let next = if more { members.last().map(|last| last.no) } else { None };
    Ok(MemberPage { members, next })
}

/// What of a member a search has met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// 会員番号
    Number,
    /// 電話番号
    Telephone,
    /// 会員番号 or 電話番号: digits that may be either.
    NumberOrTelephone,
    /// 氏名, in 漢字 or カナ.
    Name,
}

/// The condition on a member `m` that words mean, with `?` for its one value; `None` without words.
pub(crate) fn matching(words: &str) -> Option<(Met, &'static str, Value)> {
    match Words::read(words) {
        Words::Nothing => None,
        Words::Number(no) => Some((Met::Number, "m.member_no = ?", no.into())),
        Words::NumberOrDigits(digits) => {
            // The value stands twice: a number is written without its zeros.
            let either = "(CAST(m.member_no AS TEXT) = ltrim(?, '0') OR replace(m.telephone, '-', '') LIKE '%' || ?)";
            Some((Met::NumberOrTelephone, either, digits.into()))
        }
        Words::Digits(digits) => {
            Some((Met::Telephone, "replace(m.telephone, '-', '') LIKE ?", format!("%{digits}").into()))
        }
        Words::Name(name) => {
            let name = name.replace('!', "!!").replace('%', "!%").replace('_', "!_");
            Some((Met::Name, "m.search_key LIKE ? ESCAPE '!'", format!("%{name}%").into()))
        }
    }
}

fn summary(row: Row) -> Result<MemberSummary> {
    Ok(MemberSummary {
        no: row.member_no,
        name: format!("{}{}", row.family_name, row.given_name),
        kana: format!("{} {}", row.family_kana, row.given_kana),
        kind: row.kind,
        status: row.status,
        town: row.town,
        telephone: row.telephone,
        children: row.children,
    })
}

/// What a search asks for.
#[derive(Debug, PartialEq, Eq)]
enum Words {
    Nothing,
    Number(MemberNo),
    Digits(String),
    NumberOrDigits(String),
    Name(String),
}

impl Words {
    fn read(text: &str) -> Self {
        let narrowed = narrow(text);
        if narrowed.is_empty() {
            return Self::Nothing;
        }
        if let Ok(no) = MemberNo::parse(&narrowed) {
            return Self::Number(no);
        }
        // A whole telephone is read as it is recorded: +81 90-…, (045)….
        let telephone = parse_phone(&narrowed).unwrap_or_else(|_| narrowed.clone());
        let digits: String = telephone.chars().filter(char::is_ascii_digit).collect();
        let only_digits = telephone.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | ' ' | '(' | ')' | '.'));
        match digits.len() {
            // The end of a telephone, or a number without its letters: 0040989 is MEM0040989.
            5..=7 if only_digits => Self::NumberOrDigits(digits),
            4.. if only_digits => Self::Digits(digits),
            1.. if only_digits => Self::Number(MemberNo(digits.parse().unwrap_or(0))),
            _ => Self::Name(fold_name(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_people_mean_them() {
        assert_eq!(Words::read("ＭＥＭ００４０９８９"), Words::Number(MemberNo(40_989)));
        assert_eq!(Words::read("０９８９"), Words::Digits("0989".into()));
        assert_eq!(Words::read("0040989"), Words::NumberOrDigits("0040989".into()));
        assert_eq!(Words::read("+81 45-000-0989"), Words::Digits("0450000989".into()));
        assert_eq!(Words::read("045─000━0989"), Words::Digits("0450000989".into()));
        assert_eq!(Words::read("\u{FEFF}MEM\u{200B}40989"), Words::Number(MemberNo(40_989)));
        assert_eq!(Words::read("木村 花子様"), Words::Name("木村花子".into()));
        assert_eq!(Words::read("045-000-0989"), Words::Digits("0450000989".into()));
        assert_eq!(Words::read("きむら はなこ"), Words::Name("キムラハナコ".into()));
        assert_eq!(Words::read("髙﨑"), Words::Name("高崎".into()));
        assert_eq!(Words::read("  "), Words::Nothing);
    }
}
