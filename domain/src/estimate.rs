//! What an activity of nobody in particular costs: so many children whose ages nobody asks, with the おためし券 of one of them.

use crate::coupon::{self, CouponRefusal, CouponUse, Settlement, TicketBalance, TicketChoice, settle};
use crate::fee::{Care, CareChild, FeeRefusal, Quote, quote};
use crate::holiday::HolidayCalendar;
use crate::id::ChildId;
use crate::tariff::Tariff;
use crate::time::{Date, Instant};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// The day the activity belongs to.
    pub day: Date,
    /// Its start.
    pub start: Instant,
    /// Its end.
    pub end: Instant,
    /// How many siblings.
    pub children: i64,
    /// おためし券 to use.
    pub tickets: u32,
    /// Whose: the eldest is 1.
    pub ticket_child: ChildId,
    /// Actual expenses in yen.
    pub expenses: i64,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Fee and benefit, block by block.
    pub quote: Quote,
    /// Who pays what.
    pub settlement: Settlement,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EstimateRefusal {
    /// There is no fee for it.
    Fee(FeeRefusal),
    /// No おためし券 are issued at that time.
    NoTickets,
    /// The tickets cannot be used so.
    Tickets(CouponRefusal),
}

/// Computes what an activity costs when every child has all the tickets that a child is issued.
///
/// # Errors
/// When the tariff has no fee for it, or the tickets cannot be used so.
pub fn estimate(tariff: &Tariff, holidays: &HolidayCalendar, question: &Question) -> Result<Estimate, EstimateRefusal> {
    let Question { day, start, end, children, expenses, .. } = *question;
    // The ages are not asked: the children are numbered from the eldest.
    let children = (1..=children).map(|id| CareChild { id: ChildId(id), birth_date: day }).collect();
    let care = Care { start, end, children, others: Vec::new() };
    let quote = quote(tariff, holidays, &care).map_err(EstimateRefusal::Fee)?;
    let settlement = settle(&quote, &uses(tariff, &quote, question)?, expenses);
    Ok(Estimate { quote, settlement })
}

/// The tickets of one child, within what a child is issued and what the blocks can take.
fn uses(tariff: &Tariff, quote: &Quote, question: &Question) -> Result<Vec<CouponUse>, EstimateRefusal> {
    let Question { day, ticket_child: child, tickets, .. } = *question;
    if tickets == 0 {
        return Ok(Vec::new());
    }
    let rule = tariff.on(day).and_then(|version| version.coupon.as_ref()).ok_or(EstimateRefusal::NoTickets)?;
    let (choice, balance) = (TicketChoice { child, tickets }, TicketBalance { child, tickets: rule.tickets });
    coupon::apply_all(quote, &[choice], &[balance]).map_err(EstimateRefusal::Tickets)
}
