//! The newsletter's own case (緑区子育てサポート通信 第52号): 木村花子, CDK0036630, EKH3000561.

use super::case::{Asked, Case, Wrote};
use super::small::Staff;
use super::world::{World, at};
use crate::people::Person;
use domain::actor::Channel;
use domain::number::RequestNo;
use domain::report::ExpenseKind;
use domain::request::{CareKind, CarePlace};
use domain::time::Instant;
use service::error::Result;
use std::sync::Arc;
use time::macros::date;

/// The request's number.
pub const REQUEST: RequestNo = RequestNo(36_630);

/// When it was asked for.
#[must_use]
pub fn asked_at() -> Instant {
    at(date!(2024 - 03 - 02), 14, 45)
}

/// CDK0036630: asked on 2024-03-02 14:45 for 2024-03-30 11:30–13:30, met on 2024-03-15 09:00, 成立 the same day; the
/// report EKH3000561 was begun on 2024-03-16.
///
/// # Errors
/// When the tariff does not reach that day.
pub fn case(
    world: &mut World,
    staff: &Staff,
    family: &Arc<Person>,
    provider: &Arc<Person>,
    no: RequestNo,
) -> Result<Case> {
    let asked = Asked {
        family: Arc::clone(family),
        coordinator: staff.midori.clone(),
        ward: "midori".to_owned(),
        no,
        children: family.children.iter().filter(|child| child.name == "桜").cloned().collect(),
        kind: CareKind::Care,
        place: CarePlace::ProviderHome,
        place_detail: String::new(),
        notes: "通院のあいだ、お願いします。".to_owned(),
        channel: Channel::Web,
        starts_at: at(date!(2024 - 03 - 30), 11, 30),
        ends_at: at(date!(2024 - 03 - 30), 13, 30),
        asked_at: asked_at(),
    };
    let mut case = Case::submit(world, asked);
    case.take(world, at(date!(2024 - 03 - 02), 15, 38));
    case.offer(world, at(date!(2024 - 03 - 05), 9, 20), &[Arc::clone(provider)]);
    case.see(world, at(date!(2024 - 03 - 06), 19, 55), provider);
    case.accept(world, at(date!(2024 - 03 - 06), 20, 12), provider);
    case.schedule_meeting(
        world,
        at(date!(2024 - 03 - 08), 13, 38),
        at(date!(2024 - 03 - 15), 9, 0),
        "緑区地域子育て支援拠点いっぽ",
    );
    case.fill_sheet(world, at(date!(2024 - 03 - 09), 21, 4), true)?;
    case.hold_meeting(world, at(date!(2024 - 03 - 15), 10, 5));
    case.establish(world, at(date!(2024 - 03 - 15), 10, 20), false);
    let wrote = Wrote {
        started_at: Some(case.asked().starts_at),
        ended_at: Some(case.asked().ends_at),
        children: case.asked().children.clone(),
        expenses: vec![(ExpenseKind::Transport, 300)],
        notes: String::new(),
        channel: Channel::Web,
    };
    case.write_report(world, at(date!(2024 - 03 - 16), 9, 30), wrote)?;
    Ok(case)
}
