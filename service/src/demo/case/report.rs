//! The second half of a case: report, approval, receipt.

use super::{Case, Written};
use crate::demo::people::Child;
use crate::demo::world::{Doer, Told, World};
use crate::entity::{activity_report, approval, expense, receipt};
use crate::error::{Error, Result};
use crate::id;
use domain::actor::{Actor, Channel};
use domain::coupon::{TicketBalance, apply_all, best_use, settle};
use domain::fee::Quote;
use domain::report::{ExpenseKind, ReceiptMethod, ReportAction, ReportStatus, RewardAction, RewardStatus};
use domain::request::ActivityStatus;
use domain::time::Instant;

/// What a provider writes.
#[derive(Clone, Debug)]
pub struct Wrote {
    /// Start of the activity; empty in a draft just begun.
    pub started_at: Option<Instant>,
    /// Its end.
    pub ended_at: Option<Instant>,
    /// The children who came.
    pub children: Vec<Child>,
    /// Expenses in yen.
    pub expenses: Vec<(ExpenseKind, i64)>,
    /// Notes.
    pub notes: String,
    /// How it reached us.
    pub channel: Channel,
}

impl Case {
    /// 一時保存 of a new report: 作成中.
    pub fn write_report(&mut self, world: &mut World, at: Instant, wrote: Wrote) {
        let Some(provider) = self.provider.clone() else { return };
        let id = world.keys.next("activity_report");
        let row = activity_report::Model {
            id,
            report_no: 0,
            ward: self.asked.ward.clone(),
            request_id: Some(self.request.id),
            provider_id: provider.id,
            user_member_id: Some(self.asked.family.id),
            status: ReportStatus::Draft.key().to_owned(),
            reward_status: RewardStatus::NotReceived.key().to_owned(),
            entered_on: at.date(),
            started_at: wrote.started_at.map(|moment| moment.0),
            ended_at: wrote.ended_at.map(|moment| moment.0),
            notes: wrote.notes,
            channel: wrote.channel.key().to_owned(),
            draft_fields: None,
            snapshot: None,
            content_hash: None,
            fee_yen: 0,
            benefit_yen: 0,
            expenses_yen: wrote.expenses.iter().map(|(_, yen)| yen).sum(),
            coupon_yen: 0,
            revision_comment: None,
            void_reason: None,
            submitted_at: None,
            approved_at: None,
            received_at: None,
            claim_id: None,
            updated_at: at.0,
            revision: 1,
        };
        let expenses = wrote
            .expenses
            .iter()
            .map(|(kind, yen)| expense::Model {
                id: world.keys.next("expense"),
                report_id: id,
                kind: kind.key().to_owned(),
                yen: *yen,
            })
            .collect();
        world.report_written.push((at, id));
        self.reports.push(Written {
            row,
            quote: None,
            status: ReportStatus::Draft,
            reward: RewardStatus::NotReceived,
            children: wrote.children,
            expenses,
            approvals: Vec::new(),
            receipts: Vec::new(),
        });
        let by = self.provider_doer(&provider.actor, wrote.channel);
        self.report_event(world, at, &by, ReportAction::SaveDraft.key(), None, Some(ReportStatus::Draft.key()), None);
    }

    /// The provider's own step, or the coordinator's with the provider's paper in hand.
    fn provider_doer(&self, provider: &Actor, channel: Channel) -> OwnedDoer {
        if channel == Channel::Web {
            OwnedDoer { actor: provider.clone(), behalf: None, channel }
        } else {
            OwnedDoer { actor: self.asked.coordinator.clone(), behalf: Some(provider.name.clone()), channel }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "an event has that many parts")]
    fn report_event(
        &self,
        world: &mut World,
        at: Instant,
        by: &OwnedDoer,
        action: &str,
        from: Option<&str>,
        to: Option<&str>,
        reason: Option<&str>,
    ) {
        let Some(report) = self.reports.last() else { return };
        let told = Told {
            ward: &self.asked.ward,
            request: Some(self.request.id),
            report: Some(report.row.id),
            action,
            from,
            to,
            reason,
            ..Told::default()
        };
        world.tell(at, &by.doer(), &told);
    }

    fn report_step(
        &mut self,
        world: &mut World,
        at: Instant,
        by: &OwnedDoer,
        action: ReportAction,
        to: ReportStatus,
        reason: Option<&str>,
    ) {
        let Some(report) = self.reports.last_mut() else { return };
        let from = report.status;
        report.status = to;
        to.key().clone_into(&mut report.row.status);
        report.row.updated_at = at.0;
        report.row.revision += 1;
        self.report_event(world, at, by, action.key(), Some(from.key()), Some(to.key()), reason);
    }

    fn set_activity(&mut self, from: ActivityStatus, to: ActivityStatus) {
        if let Some(activity) = self.activities.iter_mut().rev().find(|activity| activity.status == from.key()) {
            to.key().clone_into(&mut activity.status);
        }
    }

    /// 登録: 承認待ち, with the snapshot and its hash.
    ///
    /// # Errors
    /// When the tariff does not reach that day.
    pub fn submit_report(&mut self, world: &mut World, at: Instant) -> Result<()> {
        let (Some(provider), Some(report)) = (self.provider.clone(), self.reports.last_mut()) else { return Ok(()) };
        let (Some(start), Some(end)) = (report.row.started_at, report.row.ended_at) else {
            return Err(Error::Broken("a demo report without times".into()));
        };
        let quote = world.quote(Instant(start), Instant(end), &report.children)?;
        report.row.fee_yen = quote.fee;
        report.row.benefit_yen = quote.benefit;
        report.row.submitted_at = Some(at.0);
        report.row.revision_comment = None;
        let snapshot = serde_json::to_string(&quote)?;
        report.row.content_hash = Some(id::sha256(&snapshot));
        report.row.snapshot = Some(snapshot);
        report.quote = Some(quote);
        let channel = Channel::from_key(&report.row.channel).unwrap_or_default();
        let by = self.provider_doer(&provider.actor, channel);
        self.set_activity(ActivityStatus::Planned, ActivityStatus::Reported);
        self.report_step(world, at, &by, ReportAction::Submit, ReportStatus::AwaitingApproval, None);
        let about = (Some(self.request.id), self.reports.last().map(|report| report.row.id));
        world.write_to(
            &self.asked.family.actor,
            at,
            about,
            [
                "援助活動報告書の確認をお願いします",
                "報告書の内容と金額をご確認のうえ、承認してください。",
                "/reports/{EKH}",
            ],
        );
        Ok(())
    }

    /// 承認 with the best use of the tickets the family has, or without any.
    ///
    /// # Errors
    /// When the report was never registered.
    pub fn approve(&mut self, world: &mut World, at: Instant, use_tickets: bool) -> Result<()> {
        let family = self.asked.family.clone();
        let Some(report) = self.reports.last_mut() else { return Ok(()) };
        let quote = report.quote.clone().ok_or_else(|| Error::Broken("a demo approval without a quote".into()))?;
        let used = if use_tickets { spend(world, &quote, report.row.id, at)? } else { None };
        let (tickets, coupon_id, coupon_yen) = used.map_or((0, None, 0), |(tickets, id, yen)| (tickets, Some(id), yen));
        report.row.coupon_yen = coupon_yen;
        report.row.approved_at = Some(at.0);
        report.approvals.push(approval::Model {
            id: world.keys.next("approval"),
            report_id: report.row.id,
            account_id: family.actor.account,
            channel: Channel::Web.key().to_owned(),
            evidence: None,
            content_hash: report.row.content_hash.clone().unwrap_or_default(),
            tickets,
            coupon_id,
            coupon_yen,
            user_pays_yen: report.row.fee_yen - coupon_yen + report.row.expenses_yen,
            at: at.0,
            undone_at: None,
        });
        let by = OwnedDoer { actor: family.actor.clone(), behalf: None, channel: Channel::Web };
        self.report_step(world, at, &by, ReportAction::Approve, ReportStatus::Approved, None);
        if let Some(provider) = &self.provider {
            let about = (Some(self.request.id), self.reports.last().map(|report| report.row.id));
            world.write_to(
                &provider.actor,
                at,
                about,
                ["報告書が承認されました", "報酬を受け取ったら「報酬受領」を押してください。", "/reports/{EKH}"],
            );
        }
        Ok(())
    }

    /// 修正依頼 with a comment.
    pub fn request_revision(&mut self, world: &mut World, at: Instant, comment: &str) {
        if let Some(report) = self.reports.last_mut() {
            report.row.revision_comment = Some(comment.to_owned());
        }
        let by = OwnedDoer { actor: self.asked.family.actor.clone(), behalf: None, channel: Channel::Web };
        let to = ReportStatus::RevisionRequested;
        self.report_step(world, at, &by, ReportAction::RequestRevision, to, Some(comment));
        if let Some(provider) = &self.provider {
            let about = (Some(self.request.id), self.reports.last().map(|report| report.row.id));
            world.write_to(
                &provider.actor,
                at,
                about,
                ["報告書の修正をお願いします", "ご家族からのコメントを画面でご確認ください。", "/reports/{EKH}"],
            );
        }
    }

    /// The provider takes a registered report back: 作成中 again.
    pub fn pull_back(&mut self, world: &mut World, at: Instant) {
        let Some(provider) = self.provider.clone() else { return };
        if let Some(report) = self.reports.last_mut() {
            report.row.submitted_at = None;
        }
        self.set_activity(ActivityStatus::Reported, ActivityStatus::Planned);
        let by = self.provider_doer(&provider.actor, Channel::Web);
        self.report_step(world, at, &by, ReportAction::PullBack, ReportStatus::Draft, None);
    }

    /// 取消 with a reason.
    pub fn void_report(&mut self, world: &mut World, at: Instant, reason: &str) {
        let Some(provider) = self.provider.clone() else { return };
        if let Some(report) = self.reports.last_mut() {
            report.row.void_reason = Some(reason.to_owned());
        }
        self.set_activity(ActivityStatus::Reported, ActivityStatus::Planned);
        let by = self.provider_doer(&provider.actor, Channel::Web);
        self.report_step(world, at, &by, ReportAction::Void, ReportStatus::Voided, Some(reason));
    }

    /// Opened again by the coordinator: 修正依頼; tickets go back to their book.
    pub fn reopen(&mut self, world: &mut World, at: Instant, reason: &str) {
        let coordinator = self.asked.coordinator.clone();
        if let Some(report) = self.reports.last_mut() {
            report.row.approved_at = None;
            report.row.received_at = None;
            report.row.coupon_yen = 0;
            report.row.revision_comment = Some(reason.to_owned());
            RewardStatus::NotReceived.key().clone_into(&mut report.row.reward_status);
            report.reward = RewardStatus::NotReceived;
            for receipt in report.receipts.iter_mut().filter(|receipt| receipt.undone_at.is_none()) {
                receipt.undone_at = Some(at.0);
            }
            for approval in report.approvals.iter_mut().filter(|approval| approval.undone_at.is_none()) {
                approval.undone_at = Some(at.0);
                if let Some(coupon) = approval.coupon_id {
                    world.coupon_entry(coupon, "returned", approval.tickets, Some(report.row.id), at);
                    if let Some(book) = world.books.values_mut().find(|book| book.id == coupon) {
                        book.used -= approval.tickets;
                    }
                }
            }
        }
        let by = OwnedDoer { actor: coordinator, behalf: None, channel: Channel::Web };
        self.report_step(world, at, &by, ReportAction::Reopen, ReportStatus::RevisionRequested, Some(reason));
    }

    /// 報酬受領.
    pub fn receive(&mut self, world: &mut World, at: Instant, method: ReceiptMethod) {
        let Some(provider) = self.provider.clone() else { return };
        let Some(report) = self.reports.last_mut() else { return };
        let Some(approval) = report.approvals.last() else { return };
        report.receipts.push(receipt::Model {
            id: world.keys.next("receipt"),
            report_id: report.row.id,
            approval_id: approval.id,
            account_id: provider.actor.account,
            channel: Channel::Web.key().to_owned(),
            method: method.key().to_owned(),
            at: at.0,
            undone_at: None,
        });
        let from = report.reward;
        report.reward = RewardStatus::Received;
        RewardStatus::Received.key().clone_into(&mut report.row.reward_status);
        report.row.received_at = Some(at.0);
        report.row.updated_at = at.0;
        report.row.revision += 1;
        let by = self.provider_doer(&provider.actor, Channel::Web);
        let (from, to) = (from.key(), RewardStatus::Received.key());
        self.report_event(world, at, &by, RewardAction::MarkReceived.key(), Some(from), Some(to), None);
    }

    /// What the family paid at the last approval, in yen.
    #[must_use]
    pub fn paid(&self) -> i64 {
        let approval = self.reports.last().and_then(|report| report.approvals.last());
        approval.map_or(0, |approval| approval.user_pays_yen)
    }
}

/// A [`Doer`] that owns its names.
struct OwnedDoer {
    actor: Actor,
    behalf: Option<String>,
    channel: Channel,
}

impl OwnedDoer {
    fn doer(&self) -> Doer<'_> {
        Doer { actor: Some(&self.actor), on_behalf_of: self.behalf.as_deref(), channel: self.channel }
    }
}

/// Spends the tickets of the first child that has any: (tickets, book, yen).
fn spend(world: &mut World, quote: &Quote, report: i64, at: Instant) -> Result<Option<(i64, i64, i64)>> {
    let day = quote.lines.first().map_or(at, |line| line.from).date();
    let usable = quote.children().find_map(|child| {
        let book = world.books.get(&child).filter(|book| book.expires_on >= day && book.used < book.issued)?;
        let tickets = u32::try_from(book.issued - book.used).unwrap_or(0);
        Some(TicketBalance { child, tickets })
    });
    let Some(balance) = usable else { return Ok(None) };
    let uses = apply_all(quote, &best_use(quote, &[balance]), &[balance])
        .map_err(|refusal| Error::Broken(format!("demo tickets: {refusal}")))?;
    let settled = settle(quote, &uses, 0);
    let tickets = i64::from(settled.coupons_used);
    if tickets == 0 {
        return Ok(None);
    }
    let Some(book) = world.books.get_mut(&balance.child) else { return Ok(None) };
    book.used += tickets;
    let coupon = book.id;
    world.coupon_entry(coupon, "used", tickets, Some(report), at);
    Ok(Some((tickets, coupon, settled.coupon_yen)))
}
