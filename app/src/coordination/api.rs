//! The steps of a case that more than one party may take: cancel, and give an agreed case back.

use crate::fault::Fault;
use crate::post::post;
use leptos::prelude::*;

/// `POST /api/cancellations`: the family, or its coordinator on behalf, cancels an agreed activity.
///
/// # Errors
/// A missing reason, or that the case has moved on, shown where it was sent from.
#[server(prefix = "/api", endpoint = "cancellations")]
pub async fn cancel_case(
    #[server(default)] request: String,
    #[server(default)] revision: String,
    #[server(default)] channel: String,
    #[server(default)] reason: String,
    #[server(default)] told_date: String,
    #[server(default)] told_time: String,
) -> Result<(), Fault> {
    let no = super::number(&request)?;
    let back = super::case_path(no).await;
    crate::form::run(back.clone(), async |visit| {
        let asked = super::asked(&revision, &channel);
        let form = service::coordination::CancelForm { reason, told_date, told_time };
        service::coordination::cancel(&visit.env, &visit.actor, no, asked, &form).await?;
        Ok(back)
    })
    .await
}

post! { CancelCase { reason: "キャンセルの理由" } }

/// `POST /api/returns`: back to the search, by the coordinator or by a provider who cannot come.
///
/// # Errors
/// A missing reason, or that the case has moved on, shown where it was sent from.
#[server(prefix = "/api", endpoint = "returns")]
pub async fn return_case(
    #[server(default)] request: String,
    #[server(default)] revision: String,
    #[server(default)] channel: String,
    #[server(default)] reason: String,
    #[server(default)] reason_text: String,
) -> Result<(), Fault> {
    let no = super::number(&request)?;
    let back = super::case_path(no).await;
    crate::form::run(back.clone(), async |visit| {
        let asked = super::asked(&revision, &channel);
        service::coordination::search_again(&visit.env, &visit.actor, no, asked, &reason, &reason_text).await?;
        // A provider who gave the case back has no page of it any more.
        Ok(if domain::policy::can(&visit.actor, domain::policy::Right::KeepDesk) {
            back
        } else {
            "/coordination?returned=1".to_owned()
        })
    })
    .await
}

post! { ReturnCase }
