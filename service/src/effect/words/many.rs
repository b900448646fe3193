//! Notices that follow from no single event: a one-time link, the monthly close, fees that were calculated again together.

use super::notice;
use crate::effect::{Notice, To};
use crate::invitation::PATH;
use crate::notice::Link;
use domain::event::Because;
use domain::id::MemberId;
use domain::money::grouped;
use domain::number::{ClaimNo, ReportNo};
use domain::subsidy::YearMonth;

/// The mail that brings a one-time link to the person: the only copy of its token.
pub(crate) fn one_time_link(mail: &str, site: &str, token: &str) -> Notice {
    let body = format!(
        "支部からのご案内です。\n\n下のリンクを開き、ユーザーIDとパスワードを決めてください。\nログインできるようになります。\n\n{site}{PATH}{token}\n\n使えるのは一度だけ、72時間以内です。ほかの人には渡さないでください。\nお心当たりがないときは、リンクを開かずに、支部へお電話ください。"
    );
    notice(To::Address(mail.to_owned()), "子サポのパスワードを決めるご案内です", body, Link::Nothing)
}

/// A provider reads before the close what of hers would not be in it: activities without a report, reports not settled.
pub(crate) fn unsettled(provider: MemberId, (unwritten, reports): (i64, i64), month: u8, cutoff: u8) -> Notice {
    let unwritten = match unwritten {
        0 => String::new(),
        count => format!("報告書がまだない援助活動が{count}件あります。\n"),
    };
    let reports = match reports {
        0 => String::new(),
        count => format!("まだ請求に入らない報告書が{count}件あります。\n"),
    };
    let body = format!(
        "{unwritten}{reports}{month}月{cutoff}日までに「承認済」と「受領済」になった報告書が、今月の請求に入ります。\n間に合わないものは、翌月の請求に入ります。"
    );
    notice(To::Member(provider), "給付金の締めは5日です", body, Link::Subsidies)
}

/// A provider reads what the close claimed for her.
pub(crate) fn claimed(provider: MemberId, (no, month): (ClaimNo, YearMonth), (lines, yen): (i64, i64)) -> Notice {
    let body = format!(
        "{}年{}月5日締めの給付金を、自動で横浜市に請求申請しました。\n報告書 {lines}件、合計 {}円です。\n内容は「給付金請求申請一覧」で見られます。",
        month.year,
        month.month,
        grouped(yen)
    );
    notice(To::Member(provider), "給付金を請求申請しました", body, Link::Claim(no))
}

/// Both sides read what a report costs now, in yen, or that only its parts are others.
pub(crate) fn recalculated(
    no: ReportNo,
    (family, provider): (MemberId, MemberId),
    (before, fee): (i64, i64),
    because: Because,
) -> Vec<Notice> {
    let why = match because {
        Because::Sibling => "同じ時間のきょうだいの報告書が変わったため、料金を計算し直しました。",
        Because::BirthDate => "支部がお子さんの生年月日を直したため、料金を計算し直しました。",
    };
    let (what, amounts) = if before == fee {
        ("内訳", format!("利用料：{}円のまま、お子さんごとの内訳が変わりました。", grouped(fee)))
    } else {
        ("金額", format!("利用料：{}円 → {}円", grouped(before), grouped(fee)))
    };
    let to = |member, next: &str| {
        let subject = format!("援助活動報告書 {no} の{what}が変わりました");
        notice(To::Member(member), subject, format!("{why}\n\n{amounts}\n\n{next}"), Link::Report(no))
    };
    vec![
        to(family, "内容を確認し、「承認」または「修正依頼」を押してください。"),
        to(provider, "利用会員の承認をお待ちください。"),
    ]
}
