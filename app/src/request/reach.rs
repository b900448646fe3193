//! How to reach the branch, as the request's pages say it.

use crate::ui::{BranchContact, PhoneBox};
use domain::time::{clock, japanese_date};
use leptos::prelude::*;
use service::ward::{Branch, Reach};

/// A branch as the parts of the frame show it; where its telephone is not known, the headquarters stand in for it.
#[must_use]
pub fn contact(branch: &Branch) -> BranchContact {
    let headquarters = || crate::visit::visitor().map(|visitor| visitor.env.settings.headquarters.clone());
    if branch.telephone.is_empty()
        && let Ok(tel) = headquarters()
        && !tel.is_empty()
    {
        return BranchContact { name: "本部事務局".to_owned(), tel, hours: String::new() };
    }
    BranchContact { name: branch.name.clone(), tel: branch.telephone.clone(), hours: branch.hours_text.clone() }
}

/// The branch's telephone, or where to ask for it.
pub fn branch_box(branch: &Branch, lead: &'static str) -> impl IntoView + use<> {
    view! { <PhoneBox branch=contact(branch) lead /> }
}

/// When somebody answers: 「いま受付中です。」 or the next opening, and the closed days.
#[must_use]
pub fn hours_lines(reach: &Reach, now: domain::time::Instant) -> Vec<String> {
    let mut lines = Vec::new();
    if reach.open {
        lines.push("ただいま、電話を受け付けています。".to_owned());
    } else if let Some(next) = reach.next_opening {
        lines.push(format!("次の受付は、{}{}からです。", japanese_date(next.date(), now.date()), clock(next)));
    }
    let closed = reach.branch.closed_text();
    if !closed.is_empty() {
        lines.push(format!("お休み：{closed}"));
    }
    lines
}
