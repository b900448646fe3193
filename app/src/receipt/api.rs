//! `POST /api/receipts` and `/api/receipt-undoings`.

use crate::fault::Fault;
use crate::post::post;
use leptos::prelude::*;

/// 報酬受領.
///
/// # Errors
/// A missing method, or the rule in the way, shown at the report.
#[server(prefix = "/api", endpoint = "receipts")]
pub async fn receive_reward(
    #[server(default)] report: String,
    #[server(default)] revision: String,
    #[server(default)] method: String,
    #[server(default)] channel: String,
) -> Result<(), Fault> {
    let no = domain::number::ReportNo::parse(&report).map_err(|_| Fault::NotFound)?;
    let back = format!("/reports/{no}");
    crate::form::run(back.clone(), async |visit| {
        let (seen, channel) = crate::report::steps::step(&revision, &channel);
        service::receipt::receive(&visit.env, &visit.actor, no, seen, &method, channel).await?;
        Ok(format!("{back}?done=mark_received"))
    })
    .await
}

post! { ReceiveReward }

/// Takes a receipt back.
///
/// # Errors
/// The rule in the way, shown at the report.
#[server(prefix = "/api", endpoint = "receipt-undoings")]
pub async fn undo_reward(
    #[server(default)] report: String,
    #[server(default)] revision: String,
    #[server(default)] channel: String,
) -> Result<(), Fault> {
    let no = domain::number::ReportNo::parse(&report).map_err(|_| Fault::NotFound)?;
    let back = format!("/reports/{no}");
    crate::form::run(back.clone(), async |visit| {
        let (seen, channel) = crate::report::steps::step(&revision, &channel);
        service::receipt::undo_receipt(&visit.env, &visit.actor, no, seen, channel).await?;
        Ok(format!("{back}?done=undo_receipt"))
    })
    .await
}

post! { UndoReward }
