//! The family's choice of おためし券 with the total that follows it.

use crate::report::sum::{People, rows, spoken};
use crate::ui::{Choice, Field, MoneyRow, MoneyTable, Select, Settled};
use domain::coupon::{TicketBalance, TicketChoice, apply_all, settle};
use domain::fee::Quote;
use domain::id::ChildId;
use domain::report::ExpenseKind;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A child's tickets on the page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LiveTickets {
    /// The child.
    pub child: ChildId,
    /// Its given name.
    pub name: String,
    /// Its field with what is chosen now.
    pub field: Field,
    /// Tickets left.
    pub left: u32,
    /// The most that can be used here.
    pub most: u32,
}

/// What the live choice knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LiveApproval {
    /// The report's snapshot.
    pub quote: Quote,
    /// Its expenses.
    pub expenses: Vec<(ExpenseKind, i64)>,
    /// Whose sum it is.
    pub people: People,
    /// The children who have tickets.
    pub tickets: Vec<LiveTickets>,
}

impl LiveApproval {
    /// The sum with these tickets; what cannot be used counts nothing.
    #[must_use]
    pub fn sum(&self, chosen: &[(ChildId, String)]) -> Vec<MoneyRow> {
        let choices: Vec<TicketChoice> = chosen
            .iter()
            .map(|(child, text)| TicketChoice { child: *child, tickets: text.trim().parse().unwrap_or(0) })
            .collect();
        let balances: Vec<TicketBalance> =
            self.tickets.iter().map(|own| TicketBalance { child: own.child, tickets: own.left }).collect();
        let uses = apply_all(&self.quote, &choices, &balances).unwrap_or_default();
        let expenses = self.expenses.iter().map(|(_, yen)| yen).sum();
        rows(&self.people, &self.quote, &settle(&self.quote, &uses, expenses), &self.expenses)
    }
}

/// The tickets to use and what is then paid.
#[cfg_attr(feature = "csr", component)]
#[cfg_attr(not(feature = "csr"), island)]
pub fn TicketFields(live: LiveApproval) -> impl IntoView {
    let chosen: Vec<(ChildId, RwSignal<String>)> =
        live.tickets.iter().map(|own| (own.child, RwSignal::new(own.field.value()))).collect();
    let fields = live
        .tickets
        .iter()
        .zip(&chosen)
        .map(|(own, (_, signal))| {
            let options = (0..=own.most)
                .map(|count| {
                    let label = if count == 0 { "使わない".to_owned() } else { format!("{count}枚使う") };
                    Choice::new(count.to_string(), label)
                })
                .collect();
            let support = format!("のこり{}枚。1枚で1時間分に使えます。", own.left);
            view! {
                <Select
                    field=own.field.clone()
                    label=format!("{}さんのおためし券", own.name)
                    options
                    support
                    bind=*signal
                />
            }
        })
        .collect_view();
    let table = Signal::derive(move || {
        let now: Vec<(ChildId, String)> = chosen.iter().map(|(child, signal)| (*child, signal.get())).collect();
        live.sum(&now)
    });
    let said = Signal::derive(move || spoken(&table.get()));
    view! {
        {fields}
        <div class="kp-report__sum">
            <MoneyTable caption="お支払いの内容" rows=table />
        </div>
        <Settled text=said />
    }
}
