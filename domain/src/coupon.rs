//! The trial coupon (おためし券) and the one settlement every screen, command and record uses.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::fee::Quote;
use crate::id::ChildId;
use crate::tariff::{CouponExpiry, CouponRule};
use crate::workflow::keyed;

keyed!(
    /// What can happen to tickets.
    EntryKind {
        /// 発行
        Issued = "issued",
        /// 利用
        Used = "used",
        /// 返却: the report was opened again
        Returned = "returned",
    }
);

impl CouponRule {
    /// Whether a child of this birth date gets tickets at all.
    #[must_use]
    pub fn eligible(&self, birth_date: Date) -> bool {
        birth_date >= self.born_from
    }

    /// The last activity date the child's tickets can pay; 29 February ends with 28 February in common years.
    #[must_use]
    pub fn last_day(&self, birth_date: Date) -> Date {
        let year = birth_date.year().saturating_add(i32::from(self.until_age));
        let month = birth_date.month();
        let month_end = month.length(year);
        let day = match self.expiry {
            CouponExpiry::EndOfBirthdayMonth => month_end,
            CouponExpiry::Birthday => birth_date.day().min(month_end),
        };
        Date::from_calendar_date(year, month, day).unwrap_or(Date::MAX)
    }

    /// Whether the child's tickets can pay an activity on this day, whenever that is settled.
    #[must_use]
    pub fn usable_on(&self, birth_date: Date, activity: Date) -> bool {
        self.eligible(birth_date) && birth_date <= activity && activity <= self.last_day(birth_date)
    }
}

/// Tickets a child may use for one activity: already judged by [`CouponRule::usable_on`] and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketBalance {
    /// The child.
    pub child: ChildId,
    /// Its available tickets.
    pub tickets: u32,
}

/// How many tickets of one child are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketChoice {
    /// The child.
    pub child: ChildId,
    /// Tickets to use.
    pub tickets: u32,
}

/// What the chosen tickets of one child pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponUse {
    /// The child whose tickets they are.
    pub child: ChildId,
    /// Tickets used, one per block.
    pub tickets: u32,
    /// What they pay together, in yen.
    pub yen: i64,
    /// The blocks they pay.
    pub blocks: Vec<TicketBlock>,
}

/// One block paid by one ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketBlock {
    /// Index into the quote's lines.
    pub line: usize,
    /// What the ticket pays, in yen.
    pub yen: i64,
}

/// Why tickets cannot be used so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "fault")]
pub enum CouponRefusal {
    /// The child was not in this care.
    #[error("this child was not in care")]
    ChildNotInCare,
    /// More tickets than blocks a ticket can pay.
    #[error("at most {most} tickets can be used here")]
    MoreThanBlocks {
        /// Blocks a ticket of this child can pay.
        most: u32,
    },
    /// More tickets than the child has.
    #[error("only {left} tickets are left")]
    NotEnough {
        /// Tickets left.
        left: u32,
    },
}

/// The most tickets of a child this care can take: one per block a ticket can pay.
#[must_use]
pub fn most_tickets(quote: &Quote, child: ChildId) -> u32 {
    u32::try_from(payable_blocks(quote, child).len()).unwrap_or(u32::MAX)
}

/// Applies tickets of one child to the blocks they pay most of, the earliest first among equals.
///
/// # Errors
/// When the child was not in care, or more tickets are given than blocks can take.
pub fn apply(quote: &Quote, child: ChildId, tickets: u32) -> Result<CouponUse, CouponRefusal> {
    if !quote.children().any(|present| present == child) {
        return Err(CouponRefusal::ChildNotInCare);
    }
    let mut blocks = payable_blocks(quote, child);
    let most = u32::try_from(blocks.len()).unwrap_or(u32::MAX);
    if tickets > most {
        return Err(CouponRefusal::MoreThanBlocks { most });
    }
    blocks.truncate(usize::try_from(tickets).unwrap_or(usize::MAX));
    blocks.sort_by_key(|block| block.line);
    let yen = blocks.iter().map(|block| block.yen).sum();
    Ok(CouponUse { child, tickets, yen, blocks })
}

/// Applies a family's choice, each child's tickets within its balance; a choice of none is left out.
///
/// # Errors
/// As [`apply`], and when a child has fewer tickets.
pub fn apply_all(
    quote: &Quote,
    choices: &[TicketChoice],
    balances: &[TicketBalance],
) -> Result<Vec<CouponUse>, CouponRefusal> {
    let mut uses: Vec<CouponUse> = Vec::new();
    for choice in choices.iter().filter(|choice| choice.tickets > 0) {
        let left = balances.iter().find(|balance| balance.child == choice.child).map_or(0, |balance| balance.tickets);
        let chosen = choice.tickets.saturating_add(
            uses.iter().filter(|used| used.child == choice.child).map(|used| used.tickets).sum::<u32>(),
        );
        if chosen > left {
            return Err(CouponRefusal::NotEnough { left });
        }
        let used = apply(quote, choice.child, chosen)?;
        uses.retain(|other| other.child != choice.child);
        uses.push(used);
    }
    Ok(uses)
}

/// The use of tickets that spares the family most: every block that can be paid, as far as the tickets reach.
#[must_use]
pub fn best_use(quote: &Quote, balances: &[TicketBalance]) -> Vec<TicketChoice> {
    balances
        .iter()
        .map(|balance| TicketChoice {
            child: balance.child,
            tickets: balance.tickets.min(most_tickets(quote, balance.child)),
        })
        .filter(|choice| choice.tickets > 0)
        .collect()
}

/// Blocks a ticket of the child can pay, the best paid first.
fn payable_blocks(quote: &Quote, child: ChildId) -> Vec<TicketBlock> {
    let mut blocks: Vec<TicketBlock> = quote
        .lines
        .iter()
        .enumerate()
        .filter_map(|(line, block)| {
            let share = block.children.iter().find(|share| share.child == child)?;
            let yen = share.ticket_yen.min(share.fee);
            (yen > 0).then_some(TicketBlock { line, yen })
        })
        .collect();
    blocks.sort_by_key(|block| (std::cmp::Reverse(block.yen), block.line));
    blocks
}

/// Who pays what to whom for one activity, in yen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// The fee of all children.
    pub fee: i64,
    /// Coupon tickets used.
    pub coupons_used: u32,
    /// What the tickets pay of the fee.
    pub coupon_yen: i64,
    /// Actual expenses (実費), paid by the family.
    pub expenses: i64,
    /// What the family pays the provider: fee − `coupon_yen` + expenses.
    pub user_pays: i64,
    /// The city's benefit to the provider.
    pub benefit: i64,
    /// What the provider receives in all: `user_pays` + `coupon_yen` + benefit.
    pub provider_receives: i64,
}

impl Settlement {
    /// The one sum of an activity: from its fee, what tickets pay of it, its expenses and its benefit, each in yen, to
    /// what the family pays and the provider receives. How many tickets it were, [`Settlement::with_tickets`] adds.
    #[must_use]
    pub const fn of(fee: i64, coupon_yen: i64, expenses: i64, benefit: i64) -> Self {
        let user_pays = fee - coupon_yen + expenses;
        let provider_receives = user_pays + coupon_yen + benefit;
        Self { fee, coupons_used: 0, coupon_yen, expenses, user_pays, benefit, provider_receives }
    }

    /// The same with the number of tickets used.
    #[must_use]
    pub const fn with_tickets(self, tickets: u32) -> Self {
        Self { coupons_used: tickets, ..self }
    }

    /// What the city pays the provider, in yen: the benefit, and what the tickets pay in the family's stead.
    #[must_use]
    pub const fn city_pays(&self) -> i64 {
        self.benefit + self.coupon_yen
    }
}

/// Settles a quote with the tickets used and the expenses.
#[must_use]
pub fn settle(quote: &Quote, uses: &[CouponUse], expenses: i64) -> Settlement {
    let coupon_yen = uses.iter().map(|used| used.yen).sum();
    let tickets = uses.iter().map(|used| used.tickets).sum();
    Settlement::of(quote.fee, coupon_yen, expenses, quote.benefit).with_tickets(tickets)
}
