//! Finding members of the ward.

use super::fold_name;
use crate::entity::{child, member};
use crate::error::Result;
use crate::page::{Page, behind};
use crate::{Env, policy};
use domain::actor::{Actor, MemberKind};
use domain::input::{narrow, parse_phone};
use domain::member::MembershipStatus;
use domain::number::MemberNo;
use domain::policy::Right;
use sea_orm::FromQueryResult;
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr, Query};

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
    use member::Column as M;
    let children = Query::select()
        .expr(Func::count(Expr::col(("c", child::Column::Id))))
        .from_as(child::Entity, "c")
        .and_where(Expr::col(("c", child::Column::MemberId)).equals(("m", M::Id)))
        .take();
    let columns = [
        M::MemberNo,
        M::FamilyName,
        M::GivenName,
        M::FamilyKana,
        M::GivenKana,
        M::Kind,
        M::Status,
        M::Town,
        M::Telephone,
    ];
    let mut select = Query::select()
        .columns(columns.map(|column| ("m", column)))
        .expr_as(Expr::SubQuery(None, Box::new(children.into())), "children")
        .from_as(member::Entity, "m")
        .cond_where(policy::visible_as::<member::Entity>(actor, Right::KeepMember, None, "m")?)
        .take();
    if let Some(kind) = kind {
        select.and_where(Expr::col(("m", M::Kind)).eq(kind));
    }
    if let Some((_, condition)) = matching(words, "m") {
        select.and_where(condition);
    }
    let place = behind(("m", M::MemberNo), after.map_or(i64::MAX, |no| i64::from(no.0)));
    let page = Page::of(env.db.read(), select, [place], |row: &Row| row.member_no).await?;
    Ok(MemberPage { members: page.rows.into_iter().map(summary).collect(), next: page.next })
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

/// The condition that words mean for a member, who is called `name` in the statement; `None` without words.
pub(crate) fn matching(words: &str, name: &'static str) -> Option<(Met, Expr)> {
    let column = |column: member::Column| Expr::col((name, column));
    let telephone_ends = |digits: &str| {
        let digits_alone =
            Func::cust("replace").args([column(member::Column::Telephone), Expr::val("-"), Expr::val("")]);
        Expr::from(digits_alone).like(format!("%{digits}"))
    };
    match Words::read(words) {
        Words::Nothing => None,
        Words::Number(no) => Some((Met::Number, column(member::Column::MemberNo).eq(no))),
        Words::NumberOrDigits(no, digits) => {
            let either = column(member::Column::MemberNo).eq(no).or(telephone_ends(&digits));
            Some((Met::NumberOrTelephone, either))
        }
        Words::Digits(digits) => Some((Met::Telephone, telephone_ends(&digits))),
        Words::Name(name) => {
            let name = name.replace('!', "!!").replace('%', "!%").replace('_', "!_");
            let like = LikeExpr::new(format!("%{name}%")).escape('!');
            Some((Met::Name, column(member::Column::SearchKey).like(like)))
        }
    }
}

fn summary(row: Row) -> MemberSummary {
    MemberSummary {
        no: row.member_no,
        name: format!("{}{}", row.family_name, row.given_name),
        kana: format!("{} {}", row.family_kana, row.given_kana),
        kind: row.kind,
        status: row.status,
        town: row.town,
        telephone: row.telephone,
        children: row.children,
    }
}

/// What a search asks for.
#[derive(Debug, PartialEq, Eq)]
enum Words {
    Nothing,
    Number(MemberNo),
    Digits(String),
    NumberOrDigits(MemberNo, String),
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
            5..=7 if only_digits => Self::NumberOrDigits(MemberNo(digits.parse().unwrap_or(0)), digits),
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
        assert_eq!(Words::read("0040989"), Words::NumberOrDigits(MemberNo(40_989), "0040989".into()));
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
