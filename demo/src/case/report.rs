//! The second half of a case: report, approval, receipt.

use super::{Case, Written};
use crate::people::Child;
use crate::world::{Doer, Happened, World};
use domain::actor::{Actor, Channel};
use domain::coupon::{EntryKind, TicketBalance, apply_all, best_use, settle};
use domain::event::{Approved, Event, Handover, Received, Registered, Reopened};
use domain::fee::Quote;
use domain::id::{ApprovalId, CouponId, ReportId, RequestId};
use domain::number::ReportNo;
use domain::report::{ExpenseKind, ReceiptMethod, ReportStatus, RewardStatus, TABLE};
use domain::report_form::ReportForm;
use domain::request::ActivityStatus;
use domain::time::{Instant, hhmm, iso_date};
use service::entity::{activity_report, approval, expense, receipt};
use service::error::{Error, Result};

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
    ///
    /// # Errors
    /// When the tariff does not reach that day.
    pub fn write_report(&mut self, world: &mut World, at: Instant, wrote: Wrote) -> Result<()> {
        let Some(provider) = self.provider.clone() else { return Ok(()) };
        let form = serde_json::to_string(&Self::form(&wrote, at))?;
        let id = ReportId(world.keys.next("activity_report"));
        let row = activity_report::Model {
            id,
            report_no: ReportNo(0),
            ward: self.asked.ward.clone(),
            request_id: Some(self.request.id),
            provider_id: provider.id,
            user_member_id: Some(self.asked.family.id),
            status: ReportStatus::Draft,
            reward_status: RewardStatus::NotReceived,
            entered_on: at.date(),
            started_at: wrote.started_at,
            ended_at: wrote.ended_at,
            notes: String::new(),
            channel: wrote.channel,
            draft_fields: Some(form),
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
            updated_at: at,
            revision: 1,
        };
        let expenses = wrote
            .expenses
            .iter()
            .map(|(kind, yen)| expense::Model { id: world.keys.next("expense"), report_id: id, kind: *kind, yen: *yen })
            .collect();
        world.report_written.push((at, id));
        self.reports.push(Written {
            row,
            notes: wrote.notes,
            quote: None,
            status: ReportStatus::Draft,
            reward: RewardStatus::NotReceived,
            children: wrote.children,
            expenses,
            approvals: Vec::new(),
            receipts: Vec::new(),
        });
        if let Some(report) = self.reports.last_mut() {
            // What the list shows of a draft is what its form would cost.
            if let (Some(start), Some(end)) = (report.row.started_at, report.row.ended_at) {
                let quote = world.quote(start, end, &report.children)?;
                report.row.fee_yen = quote.fee;
                report.row.benefit_yen = quote.benefit;
            }
        }
        let by = self.provider_doer(&provider.actor, wrote.channel);
        let status = ReportStatus::Draft.key();
        self.report_event(world, at, &by, Moved::of(Event::SaveReport, status, status));
        Ok(())
    }

    /// The form that a draft still is; its 依頼ID is filled in with the numbers.
    fn form(wrote: &Wrote, entered: Instant) -> ReportForm {
        let yen = |kind: ExpenseKind| {
            let found = wrote.expenses.iter().find(|(other, _)| *other == kind);
            found.map_or_else(String::new, |(_, yen)| yen.to_string())
        };
        let date = wrote.started_at.map_or_else(String::new, |start| iso_date(start.date()));
        let clock = |moment: Option<Instant>| moment.map_or_else(String::new, |at| hhmm(at.minute_of_day()));
        ReportForm {
            request: "{CDK}".to_owned(),
            entered_on: iso_date(entered.date()),
            date,
            start: clock(wrote.started_at),
            end: clock(wrote.ended_at),
            next_day: String::new(),
            children: wrote.children.iter().map(|child| child.id.to_string()).collect(),
            transport: yen(ExpenseKind::Transport),
            meal: yen(ExpenseKind::Meal),
            snack: yen(ExpenseKind::Snack),
            diaper: yen(ExpenseKind::Diaper),
            other: yen(ExpenseKind::Other),
            notes: wrote.notes.clone(),
        }
    }

    /// The provider's own step, or the coordinator's with the provider's paper in hand.
    fn provider_doer(&self, provider: &Actor, channel: Channel) -> OwnedDoer {
        if channel == Channel::Web {
            OwnedDoer { actor: provider.clone(), behalf: None, channel }
        } else {
            OwnedDoer { actor: self.asked.coordinator.clone(), behalf: Some(provider.name.clone()), channel }
        }
    }

    fn report_event(&self, world: &mut World, at: Instant, by: &OwnedDoer, moved: Moved<'_>) {
        let Some(report) = self.reports.last() else { return };
        let happened = Happened {
            ward: &self.asked.ward,
            request: Some(self.request.id),
            report: Some(report.row.id),
            event: Some(moved.event),
            from: Some(moved.from),
            to: Some(moved.to),
            reason: moved.reason,
            ..Happened::default()
        };
        world.record(at, &by.doer(), &happened);
    }

    /// Moves the report along its table.
    fn report_step(&mut self, world: &mut World, at: Instant, by: &OwnedDoer, event: Event, reason: Option<&str>) {
        let Some(report) = self.reports.last_mut() else { return };
        let (from, key) = (report.status, event.action().key());
        let row = TABLE.iter().find(|step| step.from == from && step.action.key() == key);
        let Some(to) = row.map(|step| step.to) else { return };
        report.status = to;
        report.row.status = to;
        report.row.updated_at = at;
        report.row.revision += 1;
        let moved = Moved { reason, ..Moved::of(event, from.key(), to.key()) };
        self.report_event(world, at, by, moved);
    }

    /// The rows that the report's last step is about.
    fn about(&self) -> (Option<RequestId>, Option<ReportId>) {
        (Some(self.request.id), self.reports.last().map(|report| report.row.id))
    }

    /// 活動開始, as the provider records it.
    pub fn begin_activity(&mut self, world: &mut World, at: Instant) {
        let moved = (ActivityStatus::Planned, ActivityStatus::InProgress);
        if let Some(activity) = self.activities.last_mut() {
            activity.started_at = Some(at);
        }
        self.hand_over(world, at, moved, Event::Start(Handover { handed_at: Some(at) }));
    }

    /// 活動終了, as the provider records it.
    pub fn end_activity(&mut self, world: &mut World, at: Instant) {
        let moved = (ActivityStatus::InProgress, ActivityStatus::Ended);
        if let Some(activity) = self.activities.last_mut() {
            activity.ended_at = Some(at);
        }
        self.hand_over(world, at, moved, Event::End(Handover { handed_at: Some(at) }));
    }

    fn hand_over(
        &mut self,
        world: &mut World,
        at: Instant,
        (from, to): (ActivityStatus, ActivityStatus),
        event: Event,
    ) {
        let Some(provider) = self.provider.clone() else { return };
        self.set_activity(from, to);
        self.request.updated_at = at;
        self.request.revision += 1;
        let happened = Happened { from: Some(from.key()), to: Some(to.key()), ..self.happened(event, None, None) };
        world.record(at, &Doer::own(&provider.actor), &happened);
    }

    fn set_activity(&mut self, from: ActivityStatus, to: ActivityStatus) {
        if let Some(activity) = self.activities.iter_mut().rev().find(|activity| activity.status == from) {
            activity.status = to;
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
        let quote = world.quote(start, end, &report.children)?;
        report.row.fee_yen = quote.fee;
        report.row.benefit_yen = quote.benefit;
        report.row.submitted_at = Some(at);
        report.row.revision_comment = None;
        report.row.snapshot = Some(serde_json::to_string(&quote)?);
        report.row.draft_fields = None;
        report.row.notes.clone_from(&report.notes);
        let pays = quote.fee + report.row.expenses_yen;
        let tickets = usable(world, &quote, at).is_some();
        let (fee, benefit, expenses) = (quote.fee, quote.benefit, report.row.expenses_yen);
        let event = Event::SubmitReport(Registered { fee, benefit, expenses, ..Registered::default() });
        let channel = report.row.channel;
        report.quote = Some(quote);
        let by = self.provider_doer(&provider.actor, channel);
        for before in [ActivityStatus::Planned, ActivityStatus::Ended] {
            self.set_activity(before, ActivityStatus::Reported);
        }
        self.report_step(world, at, &by, event, None);
        world.write_to(&self.asked.family.actor, at, self.about(), self.confirm_letter(at, pays, tickets));
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
        report.row.approved_at = Some(at);
        report.approvals.push(approval::Model {
            id: ApprovalId(world.keys.next("approval")),
            report_id: report.row.id,
            account_id: family.actor.account,
            channel: Channel::Web,
            evidence: None,
            // Filled in with the numbers, which the hash names.
            content_hash: String::new(),
            tickets,
            coupon_id,
            coupon_yen,
            user_pays_yen: report.row.fee_yen - coupon_yen + report.row.expenses_yen,
            at,
            undone_at: None,
        });
        let by = OwnedDoer { actor: family.actor.clone(), behalf: None, channel: Channel::Web };
        let pays = self.paid();
        let event = Event::Approve(Approved {
            tickets: u32::try_from(tickets).unwrap_or(0),
            user_pays: pays,
            ..Approved::default()
        });
        self.report_step(world, at, &by, event, None);
        if let Some(provider) = &self.provider {
            world.write_to(&provider.actor, at, self.about(), Self::approved_letter(pays));
        }
        Ok(())
    }

    /// 修正依頼 with a comment.
    pub fn request_revision(&mut self, world: &mut World, at: Instant, comment: &str) {
        if let Some(report) = self.reports.last_mut() {
            report.row.revision_comment = Some(comment.to_owned());
        }
        let by = OwnedDoer { actor: self.asked.family.actor.clone(), behalf: None, channel: Channel::Web };
        self.report_step(world, at, &by, Event::RequestRevision, Some(comment));
        if let Some(provider) = &self.provider {
            world.write_to(&provider.actor, at, self.about(), Self::revision_letter(comment));
        }
    }

    /// The provider takes a registered report back: 作成中 again.
    pub fn pull_back(&mut self, world: &mut World, at: Instant) {
        let Some(provider) = self.provider.clone() else { return };
        self.set_activity(ActivityStatus::Reported, ActivityStatus::Ended);
        let by = self.provider_doer(&provider.actor, Channel::Web);
        self.report_step(world, at, &by, Event::PullBack, None);
    }

    /// 取消 with a reason.
    pub fn void_report(&mut self, world: &mut World, at: Instant, reason: &str) {
        let Some(provider) = self.provider.clone() else { return };
        if let Some(report) = self.reports.last_mut() {
            report.row.void_reason = Some(reason.to_owned());
        }
        self.set_activity(ActivityStatus::Reported, ActivityStatus::Ended);
        let by = self.provider_doer(&provider.actor, Channel::Web);
        self.report_step(world, at, &by, Event::Void, Some(reason));
    }

    /// Opened again by the coordinator: 修正依頼; tickets go back to their book.
    pub fn reopen(&mut self, world: &mut World, at: Instant, reason: &str) {
        let coordinator = self.asked.coordinator.clone();
        let (mut returned, mut was_received) = (0, false);
        if let Some(report) = self.reports.last_mut() {
            was_received = report.reward == RewardStatus::Received;
            report.row.approved_at = None;
            report.row.received_at = None;
            report.row.coupon_yen = 0;
            report.row.revision_comment = Some(reason.to_owned());
            report.row.reward_status = RewardStatus::NotReceived;
            report.reward = RewardStatus::NotReceived;
            for receipt in report.receipts.iter_mut().filter(|receipt| receipt.undone_at.is_none()) {
                receipt.undone_at = Some(at);
            }
            for approval in report.approvals.iter_mut().filter(|approval| approval.undone_at.is_none()) {
                approval.undone_at = Some(at);
                if let Some(coupon) = approval.coupon_id {
                    returned += approval.tickets;
                    world.coupon_entry(coupon, EntryKind::Returned, approval.tickets, Some(report.row.id), at);
                    if let Some(book) = world.books.values_mut().find(|book| book.id == coupon) {
                        book.used -= approval.tickets;
                    }
                }
            }
        }
        let by = OwnedDoer { actor: coordinator, behalf: None, channel: Channel::Web };
        let event = Event::Reopen(Reopened { tickets_returned: returned, was_received });
        self.report_step(world, at, &by, event, Some(reason));
    }

    /// 報酬受領.
    pub fn receive(&mut self, world: &mut World, at: Instant) {
        let method = match self.paid() {
            0 => ReceiptMethod::CouponOnly,
            _ if self.request.id.0 % 5 == 0 => ReceiptMethod::CodePayment,
            _ => ReceiptMethod::Cash,
        };
        let Some(provider) = self.provider.clone() else { return };
        let Some(report) = self.reports.last_mut() else { return };
        let Some(approval) = report.approvals.last() else { return };
        report.receipts.push(receipt::Model {
            id: world.keys.next("receipt"),
            report_id: report.row.id,
            approval_id: approval.id,
            account_id: provider.actor.account,
            channel: Channel::Web,
            method,
            at,
            undone_at: None,
        });
        let from = report.reward;
        report.reward = RewardStatus::Received;
        report.row.reward_status = RewardStatus::Received;
        report.row.received_at = Some(at);
        report.row.updated_at = at;
        report.row.revision += 1;
        let by = self.provider_doer(&provider.actor, Channel::Web);
        let event = Event::MarkReceived(Received { method: Some(method), yen: self.paid() });
        let moved = Moved::of(event, from.key(), RewardStatus::Received.key());
        self.report_event(world, at, &by, moved);
        world.write_to(&self.asked.family.actor, at, self.about(), Self::receipt_letter());
    }

    /// What the family paid at the last approval, in yen.
    #[must_use]
    pub fn paid(&self) -> i64 {
        let approval = self.reports.last().and_then(|report| report.approvals.last());
        approval.map_or(0, |approval| approval.user_pays_yen)
    }
}

/// A report's way from one status to the next.
struct Moved<'a> {
    event: Event,
    from: &'a str,
    to: &'a str,
    reason: Option<&'a str>,
}

impl<'a> Moved<'a> {
    const fn of(event: Event, from: &'a str, to: &'a str) -> Self {
        Self { event, from, to, reason: None }
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

/// The tickets of the first child that has any.
fn usable(world: &World, quote: &Quote, at: Instant) -> Option<TicketBalance> {
    let day = quote.lines.first().map_or(at, |line| line.from).date();
    quote.children().find_map(|child| {
        let book = world.books.get(&child).filter(|book| book.expires_on >= day && book.used < book.issued)?;
        let tickets = u32::try_from(book.issued - book.used).unwrap_or(0);
        Some(TicketBalance { child, tickets })
    })
}

/// Spends the tickets of the first child that has any: (tickets, book, yen).
fn spend(world: &mut World, quote: &Quote, report: ReportId, at: Instant) -> Result<Option<(i64, CouponId, i64)>> {
    let Some(balance) = usable(world, quote, at) else { return Ok(None) };
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
    world.coupon_entry(coupon, EntryKind::Used, tickets, Some(report), at);
    Ok(Some((tickets, coupon, settled.coupon_yen)))
}
