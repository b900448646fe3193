//! A member's child: what follows from a birth date that was recorded wrongly and is corrected (domain 1.5, 2).

use crate::number::RequestNo;
use crate::refusal::Refusal;
use crate::request::child_eligible;
use crate::tariff::CouponRule;
use crate::time::Date;

/// What hangs on a child's birth date when it is corrected.
#[derive(Clone, Debug, Default)]
pub struct BirthDateFacts<'a> {
    /// The child's name, for the refusal.
    pub name: &'a str,
    /// The requests for the child that have not ended, each with its day.
    pub open: &'a [(RequestNo, Date)],
    /// The child's おためし券, when they were issued.
    pub book: Option<IssuedBook<'a>>,
}

/// おためし券 that were issued for the birth date as it was recorded.
#[derive(Clone, Copy, Debug)]
pub struct IssuedBook<'a> {
    /// The rule they were issued under.
    pub rule: &'a CouponRule,
    /// The day of the latest activity that a ticket has paid and not been returned from.
    pub last_used: Option<Date>,
}

/// Whether a child's birth date may become `birth`; the new last day of its おためし券, `None` where none were issued.
///
/// A ticket that has paid stays within its book: the last day is never before the latest activity paid.
///
/// # Errors
/// [`Refusal::CouponStays`] when issued tickets would lose their ground, which only the headquarters can undo;
/// [`Refusal::ChildOnRequest`] when the child could not be looked after on the day of an open request.
pub fn correct_birth_date(birth: Date, facts: &BirthDateFacts<'_>) -> Result<Option<Date>, Refusal> {
    if let Some(IssuedBook { rule, .. }) = facts.book.filter(|book| !book.rule.eligible(birth)) {
        return Err(Refusal::CouponStays { born_from: rule.born_from });
    }
    let stops = facts.open.iter().filter(|(_, day)| !child_eligible(birth, *day));
    let requests: Vec<String> = stops.map(|(no, _)| no.to_string()).collect();
    if !requests.is_empty() {
        return Err(Refusal::ChildOnRequest { child: facts.name.to_owned(), requests });
    }
    Ok(facts.book.map(|book| book.rule.last_day(birth).max(book.last_used.unwrap_or(Date::MIN))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tariff::CouponExpiry;
    use crate::time::parse_iso_date;

    fn date(text: &str) -> Date {
        parse_iso_date(text).unwrap()
    }

    fn rule() -> CouponRule {
        CouponRule {
            tickets: 8,
            minutes: 60,
            born_from: date("2023-04-01"),
            until_age: 2,
            expiry: CouponExpiry::EndOfBirthdayMonth,
            covers_band: "in_hours".into(),
            surcharge_payable: true,
        }
    }

    fn stays() -> Refusal {
        Refusal::CouponStays { born_from: date("2023-04-01") }
    }

    fn corrected(birth: &str, last_used: Option<&str>) -> Result<Option<Date>, Refusal> {
        let (rule, last_used) = (rule(), last_used.map(date));
        let book = Some(IssuedBook { rule: &rule, last_used });
        correct_birth_date(date(birth), &BirthDateFacts { name: "桜", open: &[], book })
    }

    #[test]
    fn issued_tickets_end_by_the_corrected_birth_date() {
        assert_eq!(corrected("2023-06-10", None), Ok(Some(date("2025-06-30"))));
        assert_eq!(corrected("2023-04-01", None), Ok(Some(date("2025-04-30"))));
        assert_eq!(corrected("2024-02-29", None), Ok(Some(date("2026-02-28"))));
    }

    #[test]
    fn issued_tickets_do_not_end_before_an_activity_they_paid() {
        assert_eq!(corrected("2023-04-10", Some("2025-06-14")), Ok(Some(date("2025-06-14"))));
        assert_eq!(corrected("2023-06-01", Some("2025-06-14")), Ok(Some(date("2025-06-30"))));
    }

    #[test]
    fn issued_tickets_stop_a_birth_date_that_gives_no_right_to_them() {
        assert_eq!(corrected("2023-03-31", None), Err(stays()));
        assert_eq!(corrected("2019-06-10", Some("2024-03-09")), Err(stays()));
    }

    #[test]
    fn without_tickets_any_birth_date_may_be_right() {
        assert_eq!(correct_birth_date(date("2019-06-10"), &BirthDateFacts::default()), Ok(None));
    }

    #[test]
    fn a_child_on_an_open_request_stays_of_an_age_to_be_looked_after() {
        let open = [(RequestNo(36_630), date("2024-03-30")), (RequestNo(36_631), date("2024-06-01"))];
        let facts = BirthDateFacts { name: "桜", open: &open, book: None };
        let correct = |birth: &str| correct_birth_date(date(birth), &facts);
        let stopped = |requests: &[&str]| {
            let requests = requests.iter().map(|&no| no.to_owned()).collect();
            Err(Refusal::ChildOnRequest { child: "桜".into(), requests })
        };
        assert_eq!(correct("2024-02-02"), Ok(None), "the 57th day is 2024-03-30");
        assert_eq!(correct("2024-02-03"), stopped(&["CDK0036630"]));
        assert_eq!(correct("2024-05-01"), stopped(&["CDK0036630", "CDK0036631"]), "every request that is in the way");
        assert_eq!(correct("2011-04-02"), stopped(&["CDK0036631"]), "6年生 until the end of March");
        assert_eq!(correct("2011-04-01"), stopped(&["CDK0036630", "CDK0036631"]), "out of school a year before");
    }

    #[test]
    fn what_only_the_headquarters_can_undo_is_said_first() {
        let rule = rule();
        let open = [(RequestNo(36_630), date("2024-03-30"))];
        let book = Some(IssuedBook { rule: &rule, last_used: None });
        let facts = BirthDateFacts { name: "桜", open: &open, book };
        assert_eq!(correct_birth_date(date("2011-04-01"), &facts), Err(stays()));
    }
}
