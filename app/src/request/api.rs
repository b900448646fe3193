//! `POST /api/requests` and `POST /api/withdrawals`.

use crate::fault::Fault;
use crate::post::post;
use leptos::prelude::*;

/// Checks, keeps or registers a request, as the button says: `do` is `check`, `save_draft` or `submit`.
///
/// # Errors
/// Every field to fix, shown at the form; a date for the telephone has a page of its own.
#[server(prefix = "/api", endpoint = "requests")]
pub async fn send_request() -> Result<(), Fault> {
    use super::form::{edit_path, from_submitted};
    use crate::form;
    use service::request;
    let submitted = form::submitted();
    let (sending, typed) = from_submitted(&submitted);
    let back = edit_path(&sending.request)?;
    form::run(back, async |visit| {
        let answer = match submitted.get("do").as_str() {
            "save_draft" => request::save_draft(&visit.env, &visit.actor, &sending, &typed)
                .await
                .map(|no| format!("/requests/{no}/edit?saved=1")),
            "submit" => request::submit(&visit.env, &visit.actor, &sending, &typed)
                .await
                .map(|no| format!("/requests/{no}/done")),
            _ => match request::check(&visit.env, &visit.actor, &typed).await {
                Ok(_) => return form::show_again(&visit, "/requests/check").await,
                Err(error) => Err(error),
            },
        };
        match answer.map_err(Fault::from) {
            Err(Fault::Refused(domain::refusal::Refusal::TooSoon { .. })) => {
                form::show_again(&visit, "/requests/too-soon").await
            }
            other => other,
        }
    })
    .await
}

post! { SendRequest as service::request::RequestForm { date: "預けたい日", children: "預ける子ども" } }

/// 取下げ by the family, or by its coordinator on behalf.
///
/// # Errors
/// A reason too long, or that the request has moved on, shown at the request.
#[server(prefix = "/api", endpoint = "withdrawals")]
pub async fn withdraw_request(
    #[server(default)] request: String,
    #[server(default)] revision: String,
    #[server(default)] channel: String,
    #[server(default)] reason: String,
) -> Result<(), Fault> {
    let no = super::number(&request)?;
    let back = crate::coordination::case_path(no).await;
    crate::form::run(back.clone(), async |visit| {
        let asked = crate::coordination::asked(&revision, &channel);
        service::coordination::withdraw(&visit.env, &visit.actor, no, asked, &reason).await?;
        Ok(back)
    })
    .await
}

post! { WithdrawRequest { reason: "取下げの理由" } }
