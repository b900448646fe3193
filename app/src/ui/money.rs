//! Yen, alone and in sums.

use domain::money::grouped;
use leptos::prelude::*;

/// An amount: `1,200` with a smaller 円.
#[component]
pub fn Money(
    /// The amount in yen.
    yen: i64,
) -> impl IntoView {
    view! { <span class="kp-money">{grouped(yen)}<span class="kp-money__unit">"円"</span></span> }
}

/// What a line is in the sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyLevel {
    /// An amount somebody pays or receives.
    Sum,
    /// One of the parts of the sum above it.
    Part,
    /// The amount that matters most on this screen.
    Total,
}

/// A line of a [`MoneyTable`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoneyRow {
    /// What the amount is: 「木村さんが払う」, 「11:30–12:30 土曜」.
    pub label: String,
    /// Why it is so much, in one short sentence; empty for none.
    pub note: String,
    /// The amount in yen.
    pub yen: i64,
    /// Its rank.
    pub level: MoneyLevel,
}

impl MoneyRow {
    /// An amount somebody pays or receives.
    pub fn sum(label: impl Into<String>, yen: i64) -> Self {
        Self { label: label.into(), note: String::new(), yen, level: MoneyLevel::Sum }
    }

    /// A part of the sum above.
    pub fn part(label: impl Into<String>, yen: i64) -> Self {
        Self { level: MoneyLevel::Part, ..Self::sum(label, yen) }
    }

    /// The amount that matters most.
    pub fn total(label: impl Into<String>, yen: i64) -> Self {
        Self { level: MoneyLevel::Total, ..Self::sum(label, yen) }
    }

    /// The same line with its explanation.
    #[must_use]
    pub fn because(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

/// How long typing rests before what it comes to is said.
const REST: std::time::Duration = std::time::Duration::from_millis(600);

/// One sentence that follows a signal for those who listen: said when the typing rests, not at every key, and not when the
/// page opens.
#[component]
pub fn Settled(
    /// The sentence as it is now.
    text: Signal<String>,
) -> impl IntoView {
    let said = RwSignal::new(String::new());
    let mut say = debounce(REST, move |now: String| said.set(now));
    Effect::new(move |opened: Option<()>| {
        let now = text.get();
        if opened.is_some() {
            say(now);
        }
    });
    view! { <p class="kp-hidden" role="status">{move || said.get()}</p> }.into_any()
}

/// Amounts under each other, with their parts and reasons; follows a signal when given one.
#[component]
pub fn MoneyTable(
    /// What is calculated here; read aloud, shown above the lines.
    #[prop(into)]
    caption: String,
    /// The lines from top to bottom.
    #[prop(into)]
    rows: Signal<Vec<MoneyRow>>,
) -> impl IntoView {
    let lines = move || rows.get().into_iter().map(line).collect_view();
    view! {
        <table class="kp-sum">
            <caption class="kp-sum__caption">{caption}</caption>
            <tbody>{lines}</tbody>
        </table>
    }
    .into_any()
}

fn line(row: MoneyRow) -> impl IntoView {
    let class = match row.level {
        MoneyLevel::Sum => "kp-sum__row",
        MoneyLevel::Part => "kp-sum__row kp-sum__row--part",
        MoneyLevel::Total => "kp-sum__row kp-sum__row--total",
    };
    let note = (!row.note.is_empty()).then(|| view! { <span class="kp-sum__note">{row.note}</span> });
    view! {
        <tr class=class>
            <th scope="row" class="kp-sum__label">{row.label}{note}</th>
            <td class="kp-sum__amount"><Money yen=row.yen /></td>
        </tr>
    }
    .into_any()
}
