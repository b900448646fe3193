//! Why a rule says no, and the way on.

use super::{full_day as day, status};
use domain::refusal::Refusal;
use domain::request::Gate;
use domain::time::{clock, clock_span};

/// The sentence of a refusal.
#[must_use]
pub fn sentence(refusal: &Refusal) -> String {
    match refusal {
        Refusal::RequestMoved(now) => {
            format!("この依頼はいま「{}」です。いまの内容を確かめてから進めてください。", status::request(*now))
        }
        Refusal::ReportMoved(now) => {
            format!("この報告書はいま「{}」です。いまの内容を確かめてから進めてください。", status::report(*now))
        }
        Refusal::OfferClosed => "この打診はすでに終わっています。ほかの方に決まったか、期限が過ぎました。".into(),
        Refusal::OfferAccepted => {
            "この打診は、すでに受けていただきました。ご都合が悪くなったときは、支部へお電話ください。".into()
        }
        Refusal::NotYours => "この操作は、ほかの方が行うものです。".into(),
        Refusal::TooSoon { first } => {
            format!("画面からの依頼は{}以降の日にできます。それより前の日は、支部へお電話ください。", day(*first))
        }
        Refusal::AlreadyEntered { number } => format!(
            "この画面からは、すでに登録しています（{number}）。別に登録するときは、もう一度内容を確かめてください。"
        ),
        Refusal::RequestEnded { request, now } => format!(
            "この画面の依頼（{request}）は、「{}」になっています。もう一度依頼するときは、依頼のページの「コピーして依頼する」を押してください。",
            status::request(*now)
        ),
        Refusal::NotActive => "会員の活動が休止中か、更新が済んでいません。支部へお電話ください。".into(),
        Refusal::Gates(gates) => {
            format!("この方には打診できません。{}。", self::gates(gates))
        }
        Refusal::CannotAccept(gates) => {
            let why = self::gates(gates);
            format!("いまは、この依頼をお引き受けになれません。{why}。くわしくは、支部へお電話ください。")
        }
        Refusal::ActivityBegun => {
            "活動の開始時刻を過ぎたため、進められません。別の日の依頼は、新しく入力してください。".into()
        }
        Refusal::ActivityOver => {
            "活動の時間が終わったため、画面では取りやめにできません。活動がなかったときの手続きは、支部が行います。支部へお電話ください。".into()
        }
        Refusal::NoProviderChosen => "打診する提供会員を選んでください。".into(),
        Refusal::MeetingNotWaivable => {
            "打合せを省けるのは、同じ年度に同じ組み合わせ・同じ内容で成立したときです。打合せ日を決めてください。"
                .into()
        }
        Refusal::SheetIncomplete => {
            "事前打合せ情報がまだそろっていません。利用会員に入力をお願いするか、代わりに入力してください。".into()
        }
        Refusal::NoSheetToCarry => {
            "引き継げる事前打合せ情報がありません。打合せ日を決めると、利用会員が入力できます。".into()
        }
        Refusal::MeetingAhead { at } => format!(
            "打合せは{}{}からです。先に済んだときは、日時を変えてから記録してください。",
            day(at.date()),
            clock(*at)
        ),
        Refusal::Overlap { report } => format!("報告書 {report} と時間が重なっています。時刻を確かめてください。"),
        Refusal::AlreadyReported { report } => {
            format!("この依頼には報告書 {report} があります。そちらを開いて続けてください。")
        }
        Refusal::HolidaysUnknown { last } => super::field::holidays_known_until(*last),
        Refusal::NoTariff => "その日の料金表がありません。日付を確かめてください。".into(),
        Refusal::ChangedSinceSeen => {
            "ご覧になった後に報告書が変わりました。いまの内容を確かめてから承認してください。".into()
        }
        Refusal::NotApproved => "報酬の受領は、利用会員の承認の後にできます。".into(),
        Refusal::NotReceived => "報酬はまだ受領前です。".into(),
        Refusal::AlreadyReceived => "報酬はすでに受領済です。".into(),
        Refusal::UndoOnlySameDay => "受領の取り消しは当日だけできます。支部へお電話ください。".into(),
        Refusal::InClose { month } => {
            format!("{}の締めに入ったため、変更できません。支部へお電話ください。", super::close_month(month))
        }
        Refusal::CouponShort { remaining } => format!("おためし券の残りは{remaining}枚です。枚数を減らしてください。"),
        Refusal::CouponNotEligible => {
            "おためし券は、令和5年4月1日以降に生まれた、利用・両方会員の子どもに発行できます。".into()
        }
        Refusal::CouponIssued => "この子のおためし券は発行済です。".into(),
        Refusal::CouponStays { born_from } => format!(
            "この子のおためし券は発行済のため、{}より前の生年月日には直せません。\
             発行は画面では取り消せません。本部事務局にご相談ください。",
            day(*born_from)
        ),
        Refusal::ChildOnRequest { child, requests } => format!(
            "この生年月日では、{} の日に{child}さんをお預かりできません。\
             お預かりできるのは、生後57日から小学6年生までです。\
             日付が正しいときは、その依頼を取下げやキャンセルで終えてから直してください。",
            requests.join("・")
        ),
        Refusal::BeforeCutoff => "締め日（5日）の終わりより前です。6日以降に行ってください。".into(),
        Refusal::StillPlanned { request } => {
            format!("これからの予定（{request}）があります。予定を終えるか、担当を替えてから休止にしてください。")
        }
        Refusal::ClockGoesForward => "デモの時計は先へだけ進められます。いまより後の日時を選んでください。".into(),
    }
}

/// The words of all hard gates; trainings that ran out on one day are one phrase.
#[must_use]
pub fn gates(gates: &[Gate]) -> String {
    let mut said = Vec::new();
    for (place, one) in gates.iter().enumerate() {
        let same = |other: &&Gate| match (one, other) {
            (Gate::TrainingExpired(_, until), Gate::TrainingExpired(_, other)) => until == other,
            _ => false,
        };
        if gates.iter().take(place).any(|before| same(&before)) {
            continue;
        }
        let kinds: Vec<&str> = gates.iter().filter(same).filter_map(short_training).collect();
        match one {
            Gate::TrainingExpired(_, until) if kinds.len() > 1 => {
                said.push(format!("研修の期限切れ（{}まで）：{}", plain_day(*until), kinds.join("・")));
            }
            _ => said.push(gate(one)),
        }
    }
    said.join("、")
}

/// 「予定者」 of 「予定者研修」.
fn short_training(gate: &Gate) -> Option<&'static str> {
    let Gate::TrainingExpired(kind, _) = gate else { return None };
    let name = status::training(*kind);
    Some(name.trim_end_matches("研修").trim_end_matches("講習"))
}

/// 「2024年3月25日」
fn plain_day(date: domain::time::Date) -> String {
    format!("{}年{}月{}日", date.year(), u8::from(date.month()), date.day())
}

/// The sentence of a refusal for the branch or the headquarters, whom nobody sends to the telephone.
#[must_use]
pub fn to_staff(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotActive => "会員の活動が休止中か、更新が済んでいません。会員のページで確かめてください。".into(),
        Refusal::CannotAccept(gates) => sentence(&Refusal::Gates(gates.clone())),
        other => sentence(other).replace("支部へお電話ください。", ""),
    }
}

/// The words of a hard gate.
#[must_use]
pub fn gate(gate: &Gate) -> String {
    match gate {
        Gate::NotActive(now) => format!("会員の状態が「{}」です", status::membership(*now)),
        Gate::TrainingMissing(kind) => format!("{}の受講記録がありません", status::training(*kind)),
        Gate::TrainingExpired(kind, until) => {
            format!("{}の期限切れ（{}まで）", status::training(*kind), plain_day(*until))
        }
        Gate::Clash { start, end } => format!("同じ時間に別の活動（{}）があります", clock_span(*start, *end)),
        Gate::SameHousehold => "同じ世帯です".into(),
        Gate::OwnRequest => "ご本人の依頼です".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::tests::speak_plainly;
    use domain::member::{MembershipStatus, TrainingKind};
    use domain::report::ReportStatus;
    use domain::request::CoordinationStatus;
    use domain::time::{Instant, parse_iso_date};

    #[test]
    fn a_provider_who_cannot_accept_is_spoken_to_and_not_spoken_of() {
        let gates = vec![Gate::TrainingMissing(TrainingKind::LifeSaving)];
        let (own, desk) = (sentence(&Refusal::CannotAccept(gates.clone())), sentence(&Refusal::Gates(gates)));
        assert!(own.contains("お引き受けになれません") && own.contains("支部へお電話ください"), "{own}");
        assert!(desk.starts_with("この方には打診できません"), "{desk}");
    }

    #[test]
    fn trainings_that_ran_out_on_one_day_are_one_phrase() {
        let (day, later) = (parse_iso_date("2024-03-25").unwrap(), parse_iso_date("2024-04-01").unwrap());
        let expired = Gate::TrainingExpired;
        let all = [
            expired(TrainingKind::PreService, day),
            Gate::SameHousehold,
            expired(TrainingKind::LifeSaving, day),
            expired(TrainingKind::AccidentPrevention, later),
        ];
        assert_eq!(
            gates(&all),
            "研修の期限切れ（2024年3月25日まで）：予定者・緊急救命、同じ世帯です、事故防止講習の期限切れ（2024年4月1日まで）"
        );
    }

    #[test]
    fn every_refusal_says_the_rule_and_the_way_on() {
        let day = parse_iso_date("2024-04-06").unwrap();
        let gates = vec![
            Gate::NotActive(MembershipStatus::Suspended),
            Gate::TrainingMissing(TrainingKind::LifeSaving),
            Gate::TrainingExpired(TrainingKind::PreService, day),
            Gate::Clash { start: Instant::at(day, 690), end: Instant::at(day, 810) },
            Gate::SameHousehold,
            Gate::OwnRequest,
        ];
        let mut refusals = vec![
            Refusal::OfferClosed,
            Refusal::OfferAccepted,
            Refusal::NotYours,
            Refusal::TooSoon { first: day },
            Refusal::AlreadyEntered { number: "CDK0036630".into() },
            Refusal::RequestEnded { request: "CDK0036630".into(), now: CoordinationStatus::Withdrawn },
            Refusal::NotActive,
            Refusal::NoProviderChosen,
            Refusal::MeetingNotWaivable,
            Refusal::SheetIncomplete,
            Refusal::NoSheetToCarry,
            Refusal::ActivityBegun,
            Refusal::ActivityOver,
            Refusal::MeetingAhead { at: Instant::at(day, 690) },
            Refusal::Overlap { report: "EKH3000561".into() },
            Refusal::AlreadyReported { report: "EKH3000561".into() },
            Refusal::NoTariff,
            Refusal::HolidaysUnknown { last: day },
            Refusal::ChangedSinceSeen,
            Refusal::NotApproved,
            Refusal::AlreadyReceived,
            Refusal::NotReceived,
            Refusal::UndoOnlySameDay,
            Refusal::InClose { month: "2024-04".into() },
            Refusal::CouponShort { remaining: 2 },
            Refusal::CouponNotEligible,
            Refusal::CouponIssued,
            Refusal::CouponStays { born_from: day },
            Refusal::ChildOnRequest {
                child: "太郎".into(), requests: vec!["CDK0036630".into(), "CDK0036631".into()]
            },
            Refusal::BeforeCutoff,
            Refusal::ClockGoesForward,
            Refusal::StillPlanned { request: "CDK0036630".into() },
        ];
        refusals.extend(gates.iter().map(|gate| Refusal::CannotAccept(vec![gate.clone()])));
        refusals.extend(gates.into_iter().map(|gate| Refusal::Gates(vec![gate])));
        refusals.extend(CoordinationStatus::ALL.iter().map(|now| Refusal::RequestMoved(*now)));
        refusals.extend(ReportStatus::ALL.iter().map(|now| Refusal::ReportMoved(*now)));
        let for_staff =
            refusals.iter().filter(|refusal| !matches!(refusal, Refusal::TooSoon { .. } | Refusal::OfferAccepted));
        for said in for_staff.map(to_staff) {
            assert!(!said.contains("支部へお電話"), "the branch is not sent to itself: {said}");
        }
        speak_plainly(refusals.iter().map(sentence));
    }
}
