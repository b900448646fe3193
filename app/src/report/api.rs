//! `POST /api/reports`, `/api/report-searches`, `/api/pull-backs`, `/api/voidings`.

use crate::fault::Fault;
use crate::post::post;
use leptos::prelude::*;

/// Calculates, keeps, checks or registers a report, as the button says: `do` is `calculate`, `save_draft`, `check` or
/// `submit`.
///
/// # Errors
/// Every field to fix, or the rule in the way, shown at the form.
#[server(prefix = "/api", endpoint = "reports")]
pub async fn send_report() -> Result<(), Fault> {
    use super::form::Sent;
    use crate::form;
    use service::report;
    let submitted = form::submitted();
    let sent = Sent::read(&submitted)?;
    let back = sent.form_path();
    form::run(back.clone(), async |visit| {
        let (env, actor) = (&visit.env, &visit.actor);
        let form = &sent.form;
        match submitted.get("do").as_str() {
            "save_draft" => {
                let no = report::save(env, actor, sent.seen, form, &sent.once, sent.channel).await?;
                Ok(format!("/reports/{no}/edit?saved=1"))
            }
            "submit" => {
                let no = report::register(env, actor, sent.seen, form, &sent.once, sent.channel).await?;
                Ok(format!("/reports/{no}/done"))
            }
            "check" => {
                report::check(env, actor, sent.seen.map(|(no, _)| no), form, sent.channel).await?;
                form::show_again(&visit, "/reports/check").await
            }
            _ => form::show_again(&visit, &back).await,
        }
    })
    .await
}

post! { SendReport as domain::report_form::ReportForm {
    date: "活動日",
    start: "活動開始時間",
    end: "活動終了時間",
    children: "預かった子ども",
} }

/// Searches the request that a new report is about; a family's name never stands in an address.
#[server(prefix = "/api", endpoint = "report-searches")]
pub async fn search_request(#[server(default)] q: String) -> Result<(), Fault> {
    let _ = q;
    crate::form::run("/reports/new", async |visit| crate::form::show_again(&visit, "/reports/new").await).await
}

post! { SearchRequest }

/// Takes a registered report back to be edited.
///
/// # Errors
/// The rule in the way, shown at the report.
#[server(prefix = "/api", endpoint = "pull-backs")]
pub async fn pull_back_report(
    #[server(default)] report: String,
    #[server(default)] revision: String,
    #[server(default)] channel: String,
) -> Result<(), Fault> {
    let no = super::number(&report)?;
    crate::form::run(format!("/reports/{no}"), async |visit| {
        let (seen, channel) = super::steps::step(&revision, &channel);
        service::report::pull_back(&visit.env, &visit.actor, no, seen, channel).await?;
        Ok(format!("/reports/{no}/edit"))
    })
    .await
}

post! { PullBackReport }

/// 取消 with its reason.
///
/// # Errors
/// A missing reason, or the rule in the way, shown at the report.
#[server(prefix = "/api", endpoint = "voidings")]
pub async fn void_report(
    #[server(default)] report: String,
    #[server(default)] revision: String,
    #[server(default)] reason: String,
    #[server(default)] channel: String,
) -> Result<(), Fault> {
    let no = super::number(&report)?;
    crate::form::run(format!("/reports/{no}"), async |visit| {
        let (seen, channel) = super::steps::step(&revision, &channel);
        service::report::void(&visit.env, &visit.actor, no, seen, &reason, channel).await?;
        Ok(format!("/reports/{no}"))
    })
    .await
}

post! { VoidReport }
