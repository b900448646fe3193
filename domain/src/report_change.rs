//! What changed in a report that was registered again: before beside after, field by field.

use crate::coupon::Settlement;
use crate::id::ChildId;
use crate::report::ExpenseKind;
use crate::time::{Date, Instant};
use std::collections::{BTreeMap, BTreeSet};

/// What a registered report says, as its family is shown it. What nobody recorded is `None` or empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// 入力日.
    pub entered_on: Option<Date>,
    /// Start and end of the activity.
    pub hours: Option<(Instant, Instant)>,
    /// The rows of the children who came.
    pub children: BTreeSet<ChildId>,
    /// The expenses above zero, in yen.
    pub expenses: BTreeMap<ExpenseKind, i64>,
    /// 備考.
    pub notes: String,
    /// 利用料, in yen.
    pub fee: i64,
    /// 給付金, in yen.
    pub benefit: i64,
}

impl Version {
    /// What the family pays without おためし券, in yen.
    #[must_use]
    pub fn pays(&self) -> i64 {
        Settlement::of(self.fee, 0, self.expenses.values().sum(), self.benefit).user_pays
    }
}

/// A field before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Day of the activity.
    Day(Date, Date),
    /// 活動開始時間, on whatever day.
    Start(Instant, Instant),
    /// 活動終了時間, each end with its start.
    End((Instant, Instant), (Instant, Instant)),
    /// The rows of the children who came.
    Children(BTreeSet<ChildId>, BTreeSet<ChildId>),
    /// 実費 of one kind, in yen.
    Expense(ExpenseKind, i64, i64),
    /// 利用料, in yen.
    Fee(i64, i64),
    /// What the family pays without おためし券, in yen.
    Pays(i64, i64),
    /// 給付金, in yen.
    Benefit(i64, i64),
    /// 備考.
    Notes(String, String),
    /// 入力日.
    EnteredOn(Date, Date),
}

/// Every field in which two versions differ, in the order in which a report names them.
#[must_use]
pub fn changes(before: &Version, after: &Version) -> Vec<Changed> {
    let mut all = Vec::new();
    if let (Some(old), Some(new)) = (before.hours, after.hours) {
        let clock = |(start, end): (Instant, Instant)| {
            (start.minute_of_day(), end.minute_of_day(), end.date().to_julian_day() - start.date().to_julian_day())
        };
        let ((from, to, over), (new_from, new_to, new_over)) = (clock(old), clock(new));
        all.extend((old.0.date() != new.0.date()).then(|| Changed::Day(old.0.date(), new.0.date())));
        all.extend((from != new_from).then_some(Changed::Start(old.0, new.0)));
        all.extend(((to, over) != (new_to, new_over)).then_some(Changed::End(old, new)));
    }
    if before.children != after.children {
        all.push(Changed::Children(before.children.clone(), after.children.clone()));
    }
    let yen = |version: &Version, kind| version.expenses.get(&kind).copied().unwrap_or_default();
    for &kind in ExpenseKind::ALL {
        let (old, new) = (yen(before, kind), yen(after, kind));
        all.extend((old != new).then_some(Changed::Expense(kind, old, new)));
    }
    all.extend((before.fee != after.fee).then_some(Changed::Fee(before.fee, after.fee)));
    let (old, new) = (before.pays(), after.pays());
    all.extend((old != new).then_some(Changed::Pays(old, new)));
    all.extend((before.benefit != after.benefit).then_some(Changed::Benefit(before.benefit, after.benefit)));
    if before.notes != after.notes {
        all.push(Changed::Notes(before.notes.clone(), after.notes.clone()));
    }
    if let (Some(old), Some(new)) = (before.entered_on, after.entered_on) {
        all.extend((old != new).then_some(Changed::EnteredOn(old, new)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_iso_date;
    use proptest::prelude::*;

    fn at(day: &str, minute: u16) -> Instant {
        Instant::at(parse_iso_date(day).unwrap(), minute)
    }

    fn version() -> Version {
        Version {
            entered_on: parse_iso_date("2024-03-30"),
            hours: Some((at("2024-03-30", 690), at("2024-03-30", 810))),
            children: BTreeSet::from([ChildId(1), ChildId(2)]),
            expenses: BTreeMap::from([(ExpenseKind::Transport, 300)]),
            notes: "公園で遊びました。".into(),
            fee: 1800,
            benefit: 2000,
        }
    }

    #[test]
    fn a_longer_activity_with_a_meal_is_named_to_the_yen() {
        let mut after = version();
        let later = (at("2024-03-30", 690), at("2024-03-30", 870));
        after.hours = Some(later);
        after.expenses.insert(ExpenseKind::Meal, 700);
        (after.fee, after.benefit) = (2700, 3000);
        let expected = [
            Changed::End(version().hours.unwrap(), later),
            Changed::Expense(ExpenseKind::Meal, 0, 700),
            Changed::Fee(1800, 2700),
            Changed::Pays(2100, 3700),
            Changed::Benefit(2000, 3000),
        ];
        assert_eq!(changes(&version(), &after), expected);
    }

    #[test]
    fn another_day_at_the_same_hours_is_another_day_alone() {
        let moved = Version { hours: Some((at("2024-03-31", 690), at("2024-03-31", 810))), ..version() };
        let day = |text| parse_iso_date(text).unwrap();
        assert_eq!(changes(&version(), &moved), [Changed::Day(day("2024-03-30"), day("2024-03-31"))]);
        let overnight = Version { hours: Some((at("2024-03-30", 690), at("2024-03-31", 810))), ..version() };
        assert!(matches!(changes(&version(), &overnight)[..], [Changed::End(..)]), "the same clock, a day later");
    }

    #[test]
    fn what_was_not_recorded_is_not_said_to_have_changed() {
        let bare = Version { entered_on: None, hours: None, ..version() };
        assert_eq!(changes(&bare, &version()), []);
    }

    prop_compose! {
        fn any_version()(
            day in 0u8..3, start in 0u16..3, length in 1i64..3, children in 0i64..3, transport in 0i64..3,
            meal in 0i64..3, fee in 0i64..3, notes in "[あい]{0,1}", entered in 0u8..3,
        ) -> Version {
            let start = at(&format!("2024-03-{:02}", 28 + day), start * 60);
            let expenses = [(ExpenseKind::Transport, transport), (ExpenseKind::Meal, meal)];
            Version {
                entered_on: parse_iso_date(&format!("2024-03-{:02}", 28 + entered)),
                hours: Some((start, start.plus_minutes(length * 720))),
                children: (0..=children).map(ChildId).collect(),
                expenses: expenses.into_iter().filter(|(_, yen)| *yen > 0).collect(),
                notes,
                fee: fee * 600,
                benefit: fee * 500,
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_changed_exactly_where_both_say_the_same(before in any_version(), after in any_version()) {
            prop_assert_eq!(changes(&before, &after).is_empty(), before == after);
            prop_assert_eq!(changes(&before, &after).len(), changes(&after, &before).len());
        }
    }
}
