//! Fee and benefit of one care, block by block with reasons, so that a screen can explain every yen.
//!
//! Care is cut into blocks of 60 minutes from its start (domain notes 1.4 and 2). A block is billed as an hour or a
//! half hour, takes the band its minutes decide, and is charged per child, rounded down to whole yen.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::holiday::HolidayCalendar;
use crate::id::ChildId;
use crate::tariff::{HOUR, Tariff};
use crate::time::{Instant, iso_date};

mod block;
mod cancellation;
mod reason;

use block::Block;
pub use cancellation::{CancellationFee, cancellation_fee};
pub use reason::{BandReason, DayKind, Reason, UnitReason};

/// The longest care one quote covers, in minutes: overnight stays are not offered.
pub const MOST_MINUTES: i64 = 24 * 60;
/// The most children one quote covers.
pub const MOST_CHILDREN: usize = 10;

/// What is to be charged: when, and whose turn it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Care {
    /// Start of the care.
    pub start: Instant,
    /// End of the care, after the start.
    pub end: Instant,
    /// The family's children cared for, in any order.
    pub children: Vec<CareChild>,
    /// The places kept by registered cares of the same family with other children; the sibling order of each block runs
    /// over both.
    #[serde(default)]
    pub others: Vec<SiblingPlace>,
}

/// A stretch of another care of the same family in which a child of it has its place among the siblings.
///
/// In a block that meets such a stretch its place is taken, and the children of this care share the free places, the
/// eldest first. So full price is charged at most once at any minute; a block that meets the stretch for a part only is
/// half price as a whole, also in the minutes that nobody else pays for, and a block that meets no other care is charged
/// as if there were none. Which cares go before this one, [`crate::report::beside`] decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiblingPlace {
    /// The other child.
    pub child: ChildId,
    /// Start of the stretch.
    pub start: Instant,
    /// Its end.
    pub end: Instant,
    /// The child's place, 0 for the full price.
    pub position: usize,
}

/// A child in care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CareChild {
    /// The child's key, any number that tells the children apart.
    pub id: ChildId,
    /// Its birth date, which gives the sibling order.
    #[serde(with = "crate::time::serde_date")]
    pub birth_date: Date,
}

/// What a care costs and why; a report keeps it as its snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Name of the tariff's version in force on the day the care starts.
    pub tariff: String,
    /// The blocks in order.
    pub lines: Vec<FeeLine>,
    /// The fee (利用料 = 報酬) of all children, in yen.
    pub fee: i64,
    /// The city's benefit (給付金) for all children, in yen.
    pub benefit: i64,
    /// Length of the care in started minutes.
    pub minutes: i64,
}

impl Quote {
    /// The children in sibling order, eldest first.
    pub fn children(&self) -> impl Iterator<Item = ChildId> + '_ {
        self.lines.first().into_iter().flat_map(|line| line.children.iter().map(|share| share.child))
    }

    /// One child's fee over all blocks, in yen.
    #[must_use]
    pub fn child_fee(&self, child: ChildId) -> i64 {
        self.shares(child).map(|share| share.fee).sum()
    }

    /// The place among the siblings that each child was charged by, stretch by stretch.
    #[must_use]
    pub fn places(&self) -> Vec<SiblingPlace> {
        let mut places: Vec<SiblingPlace> = Vec::new();
        for line in &self.lines {
            for share in &line.children {
                let goes_on = places.iter_mut().find(|place| {
                    place.child == share.child && place.position == share.position && place.end == line.from
                });
                match goes_on {
                    Some(place) => place.end = line.to,
                    None => places.push(SiblingPlace {
                        child: share.child,
                        start: line.from,
                        end: line.to,
                        position: share.position,
                    }),
                }
            }
        }
        places
    }

    /// The quote as its readers are shown it: every yen, and of each child's place only whether it is the first.
    ///
    /// Second or third is the other report's matter as long as the price is the same; the content hash is made of this,
    /// so that nobody is asked to look again at what looks the same.
    #[must_use]
    pub fn as_shown(&self) -> Self {
        let mut shown = self.clone();
        for share in shown.lines.iter_mut().flat_map(|line| &mut line.children) {
            share.position = share.position.min(1);
        }
        shown
    }

    fn shares(&self, child: ChildId) -> impl Iterator<Item = &ChildShare> {
        self.lines.iter().flat_map(|line| &line.children).filter(move |share| share.child == child)
    }

    /// Billed time of all blocks, in minutes.
    #[must_use]
    pub fn billed_minutes(&self) -> i64 {
        self.lines.iter().map(|line| i64::from(line.billed_minutes)).sum()
    }
}

/// One block of a quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeLine {
    /// Start of the block.
    pub from: Instant,
    /// Its end: an hour later, or the end of care.
    pub to: Instant,
    /// Minutes it is billed as: 60 or 30, or the length of a flat short care.
    pub billed_minutes: u16,
    /// Key of the band it is charged by.
    pub band: String,
    /// Why this band and this length.
    pub reason: Reason,
    /// Each child's part, eldest first.
    pub children: Vec<ChildShare>,
}

impl FeeLine {
    /// Fee of all children for this block, in yen.
    #[must_use]
    pub fn fee(&self) -> i64 {
        self.children.iter().map(|share| share.fee).sum()
    }

    /// Benefit for all children for this block, in yen.
    #[must_use]
    pub fn benefit(&self) -> i64 {
        self.children.iter().map(|share| share.benefit).sum()
    }
}

/// One child's part of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildShare {
    /// The child.
    pub child: ChildId,
    /// Its fee in yen.
    pub fee: i64,
    /// The city's benefit for it in yen.
    pub benefit: i64,
    /// What a coupon ticket of this child would pay of the fee, in yen; 0 when no ticket can pay this block.
    /// Whether the child has tickets is not asked here.
    #[serde(default)]
    pub ticket_yen: i64,
    /// Its place among the siblings in this block, 0 for the full price.
    #[serde(default)]
    pub position: usize,
}

/// Why no fee can be computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "fault")]
pub enum FeeRefusal {
    /// The end is not after the start.
    #[error("the end must be after the start")]
    EndNotAfterStart,
    /// Longer than [`MOST_MINUTES`].
    #[error("care is at most {most} minutes long")]
    TooLong {
        /// Most minutes allowed.
        most: i64,
    },
    /// No child is named.
    #[error("at least one child is needed")]
    NoChildren,
    /// More than [`MOST_CHILDREN`].
    #[error("at most {most} children")]
    TooManyChildren {
        /// Most children allowed.
        most: usize,
    },
    /// A child is named twice.
    #[error("a child is named twice")]
    RepeatedChild,
    /// No version of the tariff covers the day.
    #[error("no tariff is in force on {}", crate::time::iso_date(*date))]
    NoTariff {
        /// The day the care starts.
        #[serde(with = "crate::time::serde_date")]
        date: Date,
    },
    /// The holiday table does not reach to this day.
    #[error("the public holidays are known from {} to {}: give a day between them", iso_date(*first), iso_date(*last))]
    HolidaysUnknown {
        /// The first day the table speaks about.
        #[serde(with = "crate::time::serde_date")]
        first: Date,
        /// The last one.
        #[serde(with = "crate::time::serde_date")]
        last: Date,
    },
    /// The tariff has no band for a minute; a validated tariff always has one.
    #[error("the tariff has no default band")]
    TariffUnusable,
}

/// Computes what a care costs; the day it starts picks the tariff's version.
///
/// # Errors
/// When the period, the children, the tariff or the holiday table do not allow a computation.
pub fn quote(tariff: &Tariff, holidays: &HolidayCalendar, care: &Care) -> Result<Quote, FeeRefusal> {
    if care.end <= care.start {
        return Err(FeeRefusal::EndNotAfterStart);
    }
    let minutes = care.end.minutes_since(care.start);
    if minutes > MOST_MINUTES {
        return Err(FeeRefusal::TooLong { most: MOST_MINUTES });
    }
    let children = sibling_order(&care.children)?;
    let date = care.start.date();
    let version = tariff.on(date).ok_or(FeeRefusal::NoTariff { date })?;
    for date in [date, Instant(care.end.0 - 1).date()] {
        if !holidays.covers(date) {
            let (first, last) = holidays.span();
            return Err(FeeRefusal::HolidaysUnknown { first, last });
        }
    }
    let mut lines = Vec::new();
    let mut from = care.start;
    while from < care.end {
        let to = from.plus_minutes(i64::from(HOUR)).min(care.end);
        let begun = from.minutes_since(care.start);
        let block = Block { version, holidays, from, to, begun, care_minutes: minutes };
        lines.push(block.line(&children, &care.others)?);
        from = to;
    }
    let fee = lines.iter().map(FeeLine::fee).sum();
    let benefit = lines.iter().map(FeeLine::benefit).sum();
    Ok(Quote { tariff: version.name.clone(), lines, fee, benefit, minutes })
}

/// The children eldest first; twins by their key.
///
/// # Errors
/// When none, too many, or one twice is given.
pub fn sibling_order(children: &[CareChild]) -> Result<Vec<CareChild>, FeeRefusal> {
    if children.is_empty() {
        return Err(FeeRefusal::NoChildren);
    }
    if children.len() > MOST_CHILDREN {
        return Err(FeeRefusal::TooManyChildren { most: MOST_CHILDREN });
    }
    let mut ordered = children.to_vec();
    ordered.sort_by_key(|child| child.id);
    if ordered.windows(2).any(|pair| matches!(pair, [one, other] if one.id == other.id)) {
        return Err(FeeRefusal::RepeatedChild);
    }
    ordered.sort_by_key(|child| (child.birth_date, child.id));
    Ok(ordered)
}
