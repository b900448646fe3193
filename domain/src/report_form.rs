//! The report's form: what a provider types, read the same way in the browser (live sum) and on the server.

use crate::fault::{FieldError, FieldFault};
use crate::fee::{Care, CareChild};
use crate::id::ChildId;
use crate::input::{self, InputFault};
use crate::refusal::Refusal;
use crate::report::{ExpenseKind, OtherReport, beside, period};
use crate::request::child_eligible;
use crate::time::{Date, Instant};
use serde::{Deserialize, Serialize};

/// The highest amount of one kind of expenses, in yen.
pub const EXPENSE_MAX: i64 = 100_000;
/// How long before its activity a report may have been begun.
const A_YEAR: ::time::Duration = ::time::Duration::days(365);
/// The longest remarks, in characters.
pub const NOTES_MAX: usize = 2_000;

/// What was typed, exactly as typed; also the JSON of a report's `draft_fields`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportForm {
    /// 依頼ID.
    pub request: String,
    /// 入力日.
    pub entered_on: String,
    /// Day of the activity.
    pub date: String,
    /// 活動開始時間.
    pub start: String,
    /// 活動終了時間.
    pub end: String,
    /// Anything: the end lies on the next day.
    pub next_day: String,
    /// Rows of the children who came.
    pub children: Vec<String>,
    /// 交通費, in yen.
    pub transport: String,
    /// 食事代, in yen.
    pub meal: String,
    /// おやつ代, in yen.
    pub snack: String,
    /// おむつ代, in yen.
    pub diaper: String,
    /// その他, in yen.
    pub other: String,
    /// 備考.
    pub notes: String,
}

/// A child of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormChild {
    /// The child's row.
    pub id: ChildId,
    /// Its given name.
    pub name: String,
    /// Its birth date.
    #[serde(with = "crate::time::serde_date")]
    pub birth_date: Date,
}

impl FormChild {
    /// The child as a fee is computed for it.
    #[must_use]
    pub const fn in_care(&self) -> CareChild {
        CareChild { id: self.id, birth_date: self.birth_date }
    }
}

/// What a whole form says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// 入力日.
    pub entered_on: Date,
    /// Start of the activity.
    pub start: Instant,
    /// Its end.
    pub end: Instant,
    /// The children who came, in the request's order.
    pub children: Vec<FormChild>,
    /// The expenses above zero, in yen.
    pub expenses: Vec<(ExpenseKind, i64)>,
    /// 備考.
    pub notes: String,
}

impl Content {
    /// All expenses together, in yen.
    #[must_use]
    pub fn expenses_yen(&self) -> i64 {
        self.expenses.iter().map(|(_, yen)| yen).sum()
    }
}

impl ReportForm {
    /// What was typed for a kind of expenses.
    #[must_use]
    pub fn expense(&self, kind: ExpenseKind) -> &str {
        match kind {
            ExpenseKind::Transport => &self.transport,
            ExpenseKind::Meal => &self.meal,
            ExpenseKind::Snack => &self.snack,
            ExpenseKind::Diaper => &self.diaper,
            ExpenseKind::Other => &self.other,
        }
    }

    /// Reads the whole form.
    ///
    /// # Errors
    /// Every field to fix, at once.
    pub fn read(&self, now: Instant, offered: &[FormChild]) -> Result<Content, Vec<FieldError>> {
        let mut errors = Vec::new();
        let entered_on = keep(&mut errors, "entered_on", self.entered_day(now.date()));
        let date = keep(&mut errors, "date", self.day(now.date()));
        match (entered_on, date) {
            (Some(entered), _) if entered > now.date() => {
                errors.push(FieldError::new("entered_on", FieldFault::Future))
            }
            // The newsletter's own report was begun two weeks before its activity; a year before is a slip of the pen.
            (Some(entered), Some(date)) if entered < date.saturating_sub(A_YEAR) => {
                let first = FieldFault::NotBefore(date.saturating_sub(A_YEAR));
                errors.push(FieldError::new("entered_on", first));
            }
            _ => {}
        }
        let start = keep(&mut errors, "start", input::parse_time(&self.start));
        let end = keep(&mut errors, "end", input::parse_time(&self.end));
        let mut span = None;
        if let (Some(start), Some(end)) = (start, end) {
            // The end lies after the start on whatever day it was, also on one that cannot be read.
            match period(date.unwrap_or(now.date()), start, end, self.ends_next_day()) {
                Err(fault) => errors.push(FieldError::new("end", fault)),
                Ok((_, end)) if date.is_some() && end > now => {
                    errors.push(FieldError::new("end", FieldFault::Future));
                }
                Ok(found) => span = Some(found),
            }
        } else if date.is_some_and(|date| date > now.date()) {
            errors.push(FieldError::new("date", FieldFault::Future));
        }
        let children = self.present(offered);
        if self.children.iter().any(|id| !offered.iter().any(|child| child.id.to_string() == *id)) {
            errors.push(FieldError::new("children", FieldFault::NotAChoice));
        } else if children.is_empty() {
            errors.push(FieldError::new("children", FieldFault::Missing));
        } else if let Some(date) = date {
            let others: Vec<String> = children
                .iter()
                .filter(|child| !child_eligible(child.birth_date, date))
                .map(|child| child.name.clone())
                .collect();
            if !others.is_empty() {
                errors.push(FieldError::new("children", FieldFault::ChildNotEligible(others)));
            }
        }
        let mut expenses = Vec::new();
        for &kind in ExpenseKind::ALL {
            match input::parse_yen(self.expense(kind), EXPENSE_MAX) {
                Ok(yen) if yen > 0 => expenses.push((kind, yen)),
                Ok(_) | Err(InputFault::Missing) => {}
                Err(fault) => errors.push(FieldError::new(kind.key(), fault)),
            }
        }
        let notes = keep(&mut errors, "notes", input::parse_text(&self.notes, NOTES_MAX));
        match (entered_on, span, notes) {
            (Some(entered_on), Some((start, end)), Some(notes)) if errors.is_empty() => {
                Ok(Content { entered_on, start, end, children, expenses, notes })
            }
            _ => Err(errors),
        }
    }

    /// Whether the box 「終了は翌日」 is ticked.
    #[must_use]
    pub fn ends_next_day(&self) -> bool {
        !self.next_day.is_empty()
    }

    /// The ticked children.
    #[must_use]
    pub fn present(&self, offered: &[FormChild]) -> Vec<FormChild> {
        offered.iter().filter(|child| self.children.contains(&child.id.to_string())).cloned().collect()
    }

    /// 入力日
    ///
    /// # Errors
    /// What cannot be read.
    pub fn entered_day(&self, today: Date) -> Result<Date, InputFault> {
        input::parse_near_date(&self.entered_on, today)
    }

    /// The day of the activity.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn day(&self, today: Date) -> Result<Date, InputFault> {
        input::parse_near_date(&self.date, today)
    }

    /// The period as far as it is typed.
    #[must_use]
    pub fn span(&self, today: Date) -> Option<(Instant, Instant)> {
        let date = self.day(today).ok()?;
        let (start, end) = (input::parse_time(&self.start).ok()?, input::parse_time(&self.end).ok()?);
        period(date, start, end, self.ends_next_day()).ok()
    }

    /// The care to quote while the form is being typed; `None` as long as day, times or children are missing.
    ///
    /// # Errors
    /// [`Refusal::Overlap`] with another report.
    pub fn care(&self, today: Date, offered: &[FormChild], others: &[OtherReport]) -> Result<Option<Care>, Refusal> {
        let children = self.present(offered);
        let Some((start, end)) = self.span(today).filter(|_| !children.is_empty()) else { return Ok(None) };
        let children: Vec<CareChild> = children.iter().map(FormChild::in_care).collect();
        let others = beside(start, end, &children, others)?;
        Ok(Some(Care { start, end, children, others }))
    }

    /// The expenses typed so far, in yen; what cannot be read counts nothing.
    #[must_use]
    pub fn expenses_yen(&self) -> i64 {
        ExpenseKind::ALL.iter().filter_map(|&kind| input::parse_yen(self.expense(kind), EXPENSE_MAX).ok()).sum()
    }
}

fn keep<T>(errors: &mut Vec<FieldError>, field: &str, read: Result<T, InputFault>) -> Option<T> {
    read.map_err(|fault| errors.push(FieldError::new(field, fault))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{parse_iso_date, parse_rfc3339};

    fn today() -> Date {
        parse_iso_date("2024-03-30").unwrap()
    }

    fn offered() -> Vec<FormChild> {
        let child = |id, name: &str, birth| FormChild {
            id: ChildId(id),
            name: name.into(),
            birth_date: parse_iso_date(birth).unwrap(),
        };
        vec![child(1, "太郎", "2019-06-10"), child(2, "桜", "2023-06-10")]
    }

    fn form() -> ReportForm {
        ReportForm {
            request: "CDK0036630".into(),
            entered_on: "令和6年3月30日".into(),
            date: "２０２４／３／３０".into(),
            start: "11:30".into(),
            end: "１３時半".into(),
            children: vec!["1".into()],
            transport: "３００円".into(),
            ..ReportForm::default()
        }
    }

    #[test]
    fn a_whole_form_is_read_as_people_write() {
        let now = parse_rfc3339("2024-03-30T14:00:00+09:00").unwrap();
        let content = form().read(now, &offered()).unwrap();
        assert_eq!(content.end.minutes_since(content.start), 120);
        assert_eq!(content.expenses, [(ExpenseKind::Transport, 300)]);
        assert_eq!(content.children.len(), 1);
    }

    #[test]
    fn a_day_without_its_year_is_the_nearest_one() {
        let now = parse_rfc3339("2024-03-30T14:00:00+09:00").unwrap();
        let short = ReportForm { entered_on: "3/30".into(), date: "３月３０日（土）".into(), ..form() };
        assert_eq!(short.read(now, &offered()), form().read(now, &offered()));
        assert_eq!(short.span(today()), form().span(today()));
        let ahead = ReportForm { date: "4/20".into(), ..form() }.read(now, &offered()).unwrap_err();
        assert_eq!(ahead, [FieldError::new("end", FieldFault::Future)], "not the year before, unseen");
        let winter = ReportForm { entered_on: "1/4".into(), date: "12/28".into(), ..form() };
        let now = parse_rfc3339("2025-01-04T09:00:00+09:00").unwrap();
        assert_eq!(winter.read(now, &offered()).unwrap().start.date(), parse_iso_date("2024-12-28").unwrap());
        let leap = ReportForm { date: "2/29".into(), ..form() }.read(now, &offered()).unwrap_err();
        assert_eq!(leap, [FieldError::new("date", InputFault::NotWithinAYear)]);
    }

    #[test]
    fn every_field_to_fix_is_named_at_once() {
        let form = ReportForm {
            entered_on: "明日".into(),
            date: "2024-02-30".into(),
            start: "25:00".into(),
            meal: "たくさん".into(),
            ..ReportForm::default()
        };
        let errors = form.read(Instant(0), &offered()).unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["entered_on", "date", "start", "end", "children", "meal"]);
    }

    #[test]
    fn an_end_before_the_start_is_named_beside_a_day_that_is_none() {
        let form = ReportForm { date: "2024-02-30".into(), start: "10:00".into(), end: "9:00".into(), ..form() };
        let now = parse_rfc3339("2024-03-30T14:00:00+09:00").unwrap();
        let errors = form.read(now, &offered()).unwrap_err();
        let late = FieldError::new("end", FieldFault::EndBeforeStart);
        assert_eq!(errors, [FieldError::new("date", InputFault::NoSuchDay), late]);
        let ahead = ReportForm { date: "2024-03-31".into(), end: String::new(), ..self::form() };
        let fields: Vec<_> = ahead.read(now, &offered()).unwrap_err().into_iter().map(|error| error.field).collect();
        assert_eq!(fields, ["end", "date"]);
    }

    #[test]
    fn a_report_is_entered_neither_in_the_future_nor_long_before_its_activity() {
        let now = parse_rfc3339("2024-03-30T14:00:00+09:00").unwrap();
        let on = |day: &str| ReportForm { entered_on: day.into(), ..form() }.read(now, &offered());
        assert_eq!(on("2024-03-31").unwrap_err(), [FieldError::new("entered_on", FieldFault::Future)]);
        let first = FieldFault::NotBefore(parse_iso_date("2023-03-31").unwrap());
        assert_eq!(on("2023-03-30").unwrap_err(), [FieldError::new("entered_on", first)]);
        assert!(on("2023-03-31").is_ok() && on("2024-03-16").is_ok(), "as the newsletter's");
    }

    #[test]
    fn the_end_may_not_lie_in_the_future() {
        let now = parse_rfc3339("2024-03-30T13:29:00+09:00").unwrap();
        let errors = form().read(now, &offered()).unwrap_err();
        assert_eq!(errors, [FieldError::new("end", FieldFault::Future)]);
    }

    #[test]
    fn children_come_from_the_request_only() {
        let now = parse_rfc3339("2024-03-30T14:00:00+09:00").unwrap();
        let stranger = ReportForm { children: vec!["1".into(), "3".into()], ..form() };
        let errors = stranger.read(now, &offered()).unwrap_err();
        assert_eq!(errors, [FieldError::new("children", FieldFault::NotAChoice)]);
        let mut newborn = offered();
        newborn[0].birth_date = parse_iso_date("2024-03-01").unwrap();
        let errors = form().read(now, &newborn).unwrap_err();
        assert_eq!(errors, [FieldError::new("children", FieldFault::ChildNotEligible(vec!["太郎".into()]))]);
    }

    #[test]
    fn a_half_typed_form_gives_what_it_can() {
        let half = ReportForm { end: String::new(), ..form() };
        assert_eq!(half.care(today(), &offered(), &[]).unwrap(), None);
        assert_eq!(half.expenses_yen(), 300);
        let care = form().care(today(), &offered(), &[]).unwrap().unwrap();
        assert_eq!(care.children.len(), 1);
    }
}
