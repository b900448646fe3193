//! The report: saved, registered, pulled back, voided; every guard of 登録; who sees what; the reminders.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

#[path = "../support/mod.rs"]
mod support;

mod changes;
mod form;
mod once;
mod overlap;
mod table;
mod who;

use domain::actor::{Actor, Channel, MemberKind, Party};
use domain::event::Action;
use domain::fault::{FieldError, FieldFault};
use domain::id::AccountId;
use domain::number::ReportNo;
use domain::refusal::Refusal;
use domain::report::{ReportAction, ReportStatus, RewardStatus, TABLE};
use domain::report_form::ReportForm;
use domain::request::CoordinationStatus;
use service::coordination::{Asked, CancelForm, QueueFilter};
use service::report::{self, Side};
use service::{Error, approval, db};
use support::reported::{Case, form_for, request};
use support::{at, invalid, refused, stale};

async fn submit(case: &Case, actor: &Actor, no: ReportNo) -> service::Result<()> {
    report::submit(&case.world.env, actor, no, case.revision(no).await, channel(actor)).await
}

fn channel(actor: &Actor) -> Channel {
    if actor.coordinator_ward().is_some() { Channel::Paper } else { Channel::Web }
}

/// A report in a status, reached by its own steps.
async fn report_in(case: &Case, status: ReportStatus) -> ReportNo {
    let env = &case.world.env;
    match status {
        ReportStatus::Draft => case.draft(&case.form()).await,
        ReportStatus::AwaitingApproval => case.submitted().await,
        ReportStatus::RevisionRequested => {
            let no = case.submitted().await;
            let actor = &case.family.person.actor;
            let revision = case.revision(no).await;
            approval::request_revision(env, actor, no, revision, "終了は13時です", Channel::Web).await.unwrap();
            no
        }
        ReportStatus::Approved => case.approved().await,
        ReportStatus::Voided => {
            let no = case.draft(&case.form()).await;
            let revision = case.revision(no).await;
            report::void(env, &case.provider.actor, no, revision, "日を間違えました", Channel::Web).await.unwrap();
            no
        }
    }
}

async fn act(case: &Case, actor: &Actor, no: ReportNo, action: ReportAction) -> service::Result<()> {
    let env = &case.world.env;
    let revision = case.revision(no).await;
    let channel = channel(actor);
    match action {
        ReportAction::SaveDraft => {
            let form = ReportForm { notes: "あたらしい備考".into(), ..case.form() };
            report::save(env, actor, Some((no, revision)), &form, "", channel).await.map(drop)
        }
        ReportAction::Submit => report::submit(env, actor, no, revision, channel).await,
        ReportAction::PullBack => report::pull_back(env, actor, no, revision, channel).await,
        ReportAction::Approve => {
            let sql = "SELECT content_hash FROM activity_report WHERE report_no = $1";
            let hash = db::scalar::<Option<String>, _>(env.db.read(), sql, vec![i64::from(no.0).into()]).await.unwrap();
            let form = approval::ApprovalForm {
                revision,
                content_hash: hash.flatten().unwrap_or_default(),
                tickets: vec![],
                evidence: "署名のある書面".into(),
            };
            approval::approve(env, actor, no, &form, channel).await
        }
        ReportAction::RequestRevision => {
            approval::request_revision(env, actor, no, revision, "時刻が違います", channel).await
        }
        ReportAction::Void => report::void(env, actor, no, revision, "二重でした", channel).await,
        ReportAction::Reopen => approval::reopen(env, actor, no, revision, "金額の訂正").await,
    }
}

/// Frees the request for the next round: whatever the report's state, it stands in nobody's way.
async fn clear(case: &Case, no: ReportNo) {
    let sql = "UPDATE activity_report SET status = 'voided' WHERE report_no = $1";
    db::execute(case.world.env.db.write(), sql, vec![i64::from(no.0).into()]).await.unwrap();
    db::execute(case.world.env.db.write(), "UPDATE activity SET status = 'planned'", vec![]).await.unwrap();
}

impl Case {
    async fn unseen(&self, no: ReportNo) -> bool {
        let sql = "SELECT COUNT(*) FROM activity_report WHERE report_no = $1 AND submitted_at IS NULL";
        db::scalar::<i64, _>(self.world.env.db.read(), sql, vec![i64::from(no.0).into()]).await.unwrap() == Some(1)
    }

    async fn last_by(&self, no: ReportNo) -> (String, AccountId) {
        #[derive(sea_orm::FromQueryResult)]
        struct Row {
            action: String,
            account_id: AccountId,
        }
        let sql = "SELECT e.action, e.account_id FROM event e JOIN activity_report r ON r.id = e.report_id \
                   WHERE r.report_no = $1 ORDER BY e.id DESC LIMIT 1";
        let row: Row = db::row(self.world.env.db.read(), sql, vec![i64::from(no.0).into()]).await.unwrap().unwrap();
        (row.action, row.account_id)
    }
}
