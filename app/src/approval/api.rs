//! `POST /api/approvals`, `/api/revision-requests`, `/api/reopenings`.

use crate::fault::Fault;
use crate::post::post;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
fn report() -> Result<domain::number::ReportNo, Fault> {
    domain::number::ReportNo::parse(&crate::form::submitted().get("report")).map_err(|_| Fault::NotFound)
}

/// 承認 of what is on the page, or the sum with other tickets (`do` is `calculate`).
///
/// # Errors
/// Fields to fix, a report that changed meanwhile, or another rule, shown at the report.
#[server(prefix = "/api", endpoint = "approvals")]
pub async fn approve_report(
    #[server(default)] revision: String,
    #[server(default)] content_hash: String,
    #[server(default)] evidence: String,
    #[server(default)] channel: String,
) -> Result<(), Fault> {
    use crate::form;
    use service::approval::{ApprovalForm, approve};
    let no = report()?;
    let back = format!("/reports/{no}");
    form::run(back.clone(), async |visit| {
        let submitted = form::submitted();
        if submitted.get("do") == "calculate" {
            return form::show_again(&visit, &back).await;
        }
        let tickets = submitted.0.iter().filter_map(|(name, value)| {
            let child = name.strip_prefix("tickets[")?.strip_suffix(']')?.parse().ok()?;
            Some((child, value.clone()))
        });
        let form = ApprovalForm {
            revision: revision.parse().unwrap_or_default(),
            content_hash,
            tickets: tickets.collect(),
            evidence,
        };
        let channel = crate::channel::read(&channel);
        approve(&visit.env, &visit.actor, no, &form, channel).await?;
        Ok(format!("{back}?done=approve"))
    })
    .await
}

post! { ApproveReport, "tickets" }

/// 修正依頼 with its comment.
///
/// # Errors
/// A missing comment, or the rule in the way, shown at the report.
#[server(prefix = "/api", endpoint = "revision-requests")]
pub async fn request_report_revision(
    #[server(default)] revision: String,
    #[server(default)] channel: String,
    #[server(default)] comment: String,
) -> Result<(), Fault> {
    let no = report()?;
    let back = format!("/reports/{no}");
    crate::form::run(back.clone(), async |visit| {
        let (revision, channel) = crate::report::steps::step(&revision, &channel);
        service::approval::request_revision(&visit.env, &visit.actor, no, revision, &comment, channel).await?;
        Ok(format!("{back}?done=request_revision"))
    })
    .await
}

post! { RequestReportRevision }

/// Opens an approved report again, by the coordinator with a reason.
///
/// # Errors
/// A missing reason, or the rule in the way, shown at the report.
#[server(prefix = "/api", endpoint = "reopenings")]
pub async fn reopen_report(
    #[server(default)] revision: String,
    #[server(default)] reason: String,
) -> Result<(), Fault> {
    let no = report()?;
    let back = format!("/reports/{no}");
    crate::form::run(back.clone(), async |visit| {
        let revision = revision.parse().unwrap_or_default();
        service::approval::reopen(&visit.env, &visit.actor, no, revision, &reason).await?;
        Ok(format!("{back}?done=reopen"))
    })
    .await
}

post! { ReopenReport }
