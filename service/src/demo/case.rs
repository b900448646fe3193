//! One case, told step by step as the use cases would have written it.
//!
//! Every step moves the status, the revision and `updated_at`, and writes its event, as in `domain::request::TABLE`
//! and `domain::report::TABLE`; [`Case::done`] hands the rows over.

mod report;

use super::people::{Child, Person};
use super::world::{Doer, Told, World};
use crate::entity::{
    activity, activity_report, activity_report_child, approval, care_request, care_request_child, expense, offer,
    pre_meeting_sheet, receipt,
};
use crate::error::Result;
use domain::actor::{Actor, Channel};
use domain::fee::Quote;
use domain::report::{ReportStatus, RewardStatus};
use domain::request::{
    ActivityStatus, CareKind, CarePlace, CoordinationStatus, OFFER_HOURS, OfferStatus, RequestAction,
};
use domain::time::Instant;
use std::sync::Arc;

pub use report::Wrote;

/// What a family asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The family.
    pub family: Arc<Person>,
    /// The ward's coordinator.
    pub coordinator: Actor,
    /// The ward.
    pub ward: String,
    /// The number's counter.
    pub no: i64,
    /// The children.
    pub children: Vec<Child>,
    /// 希望する援助内容.
    pub kind: CareKind,
    /// Where.
    pub place: CarePlace,
    /// Where exactly.
    pub place_detail: String,
    /// Notes of the family.
    pub notes: String,
    /// How it reached us.
    pub channel: Channel,
    /// Start of the care.
    pub starts_at: Instant,
    /// End of the care.
    pub ends_at: Instant,
    /// When it was asked.
    pub asked_at: Instant,
}

/// One case on its way.
#[derive(Clone, Debug)]
pub struct Case {
    asked: Asked,
    request: care_request::Model,
    status: CoordinationStatus,
    provider: Option<Arc<Person>>,
    offers: Vec<(offer::Model, Arc<Person>)>,
    sheet: Option<pre_meeting_sheet::Model>,
    activities: Vec<activity::Model>,
    reports: Vec<Written>,
}

/// A report with the rows that belong to it.
#[derive(Clone, Debug)]
struct Written {
    row: activity_report::Model,
    quote: Option<Quote>,
    status: ReportStatus,
    reward: RewardStatus,
    children: Vec<Child>,
    expenses: Vec<expense::Model>,
    approvals: Vec<approval::Model>,
    receipts: Vec<receipt::Model>,
}

impl Case {
    /// 登録 by the family on the web: 受付待ち.
    pub fn submit(world: &mut World, asked: Asked) -> Self {
        let mut case = Self::new(world, asked, CoordinationStatus::Submitted);
        let family = case.asked.family.actor.clone();
        let (status, at) = (case.status, case.asked.asked_at);
        case.request_event(world, at, &Doer::own(&family), RequestAction::Submit, None, Some(status), None);
        case
    }

    /// 一時保存 by the family: 下書き.
    pub fn draft(world: &mut World, asked: Asked) -> Self {
        let mut case = Self::new(world, asked, CoordinationStatus::Draft);
        let family = case.asked.family.actor.clone();
        let (status, at) = (case.status, case.asked.asked_at);
        case.request_event(world, at, &Doer::own(&family), RequestAction::SaveDraft, None, Some(status), None);
        case
    }

    /// Entered by the coordinator for a caller: 調整中 at once, without a lead time.
    pub fn phoned(world: &mut World, asked: Asked) -> Self {
        let mut case = Self::new(world, asked, CoordinationStatus::InCoordination);
        let coordinator = case.asked.coordinator.clone();
        case.request.owner_id = Some(coordinator.account);
        let family = case.asked.family.name.clone();
        let by = Doer::behalf(&coordinator, &family, case.asked.channel);
        let (status, at) = (case.status, case.asked.asked_at);
        case.request_event(world, at, &by, RequestAction::Take, None, Some(status), None);
        case
    }

    fn new(world: &mut World, asked: Asked, status: CoordinationStatus) -> Self {
        let request = care_request::Model {
            id: world.keys.next("care_request"),
            request_no: asked.no,
            ward: asked.ward.clone(),
            member_id: asked.family.id,
            status: status.key().to_owned(),
            care_kind: asked.kind.key().to_owned(),
            care_place: asked.place.key().to_owned(),
            starts_at: asked.starts_at.0,
            ends_at: asked.ends_at.0,
            place_detail: asked.place_detail.clone(),
            notes: asked.notes.clone(),
            channel: asked.channel.key().to_owned(),
            children_count: i64::try_from(asked.children.len()).unwrap_or(1),
            draft_fields: None,
            owner_id: None,
            provider_id: None,
            meeting_at: None,
            meeting_place: None,
            established_at: None,
            reason: None,
            cancelled_at: None,
            cancellation_fee_yen: None,
            requested_at: asked.asked_at.0,
            updated_at: asked.asked_at.0,
            revision: 1,
        };
        let (offers, activities, reports) = (Vec::new(), Vec::new(), Vec::new());
        Self { asked, request, status, provider: None, offers, sheet: None, activities, reports }
    }

    /// The request's row.
    #[must_use]
    pub const fn id(&self) -> i64 {
        self.request.id
    }

    /// The coordination status.
    #[must_use]
    pub const fn status(&self) -> CoordinationStatus {
        self.status
    }

    /// What was asked.
    #[must_use]
    pub const fn asked(&self) -> &Asked {
        &self.asked
    }

    /// The matched provider.
    #[must_use]
    pub const fn provider(&self) -> Option<&Arc<Person>> {
        self.provider.as_ref()
    }

    #[expect(clippy::too_many_arguments, reason = "an event has that many parts")]
    fn request_event(
        &mut self,
        world: &mut World,
        at: Instant,
        by: &Doer<'_>,
        action: RequestAction,
        from: Option<CoordinationStatus>,
        to: Option<CoordinationStatus>,
        reason: Option<&str>,
    ) {
        let told = Told {
            ward: &self.asked.ward,
            request: Some(self.request.id),
            action: action.key(),
            from: from.map(CoordinationStatus::key),
            to: to.map(CoordinationStatus::key),
            reason,
            ..Told::default()
        };
        world.tell(at, by, &told);
    }

    /// Moves the request along its table.
    fn step(
        &mut self,
        world: &mut World,
        at: Instant,
        by: &Doer<'_>,
        action: RequestAction,
        to: CoordinationStatus,
        reason: Option<&str>,
    ) {
        let from = self.status;
        self.status = to;
        to.key().clone_into(&mut self.request.status);
        self.request.updated_at = at.0;
        self.request.revision += 1;
        self.request_event(world, at, by, action, Some(from), Some(to), reason);
    }

    /// The coordinator takes it into her care.
    pub fn take(&mut self, world: &mut World, at: Instant) {
        let coordinator = self.asked.coordinator.clone();
        self.request.owner_id = Some(coordinator.account);
        self.step(world, at, &Doer::own(&coordinator), RequestAction::Take, CoordinationStatus::InCoordination, None);
    }

    /// 打診 to providers.
    pub fn offer(&mut self, world: &mut World, at: Instant, providers: &[Arc<Person>]) {
        let coordinator = self.asked.coordinator.clone();
        for provider in providers {
            let row = offer::Model {
                id: world.keys.next("offer"),
                request_id: self.request.id,
                provider_id: provider.id,
                status: OfferStatus::Sent.key().to_owned(),
                sent_at: at.0,
                expires_at: at.plus_minutes(OFFER_HOURS * 60).0,
                answered_at: None,
                reason: None,
            };
            self.offers.push((row, Arc::clone(provider)));
            world.write_to(
                &provider.actor,
                at,
                (Some(self.request.id), None),
                [
                    "預かりの打診が届きました",
                    "内容をご確認のうえ、「受ける」または「辞退する」をお選びください。",
                    "/offers",
                ],
            );
        }
        self.step(world, at, &Doer::own(&coordinator), RequestAction::Offer, CoordinationStatus::Offering, None);
    }

    fn set_offer(&mut self, provider: i64, status: OfferStatus, at: Option<Instant>, reason: Option<&str>) {
        let open = |row: &offer::Model| row.provider_id == provider && row.answered_at.is_none();
        if let Some((row, _)) = self.offers.iter_mut().rev().find(|(row, _)| open(row)) {
            status.key().clone_into(&mut row.status);
            row.answered_at = at.map(|at| at.0);
            row.reason = reason.map(str::to_owned);
        }
    }

    /// The provider opened the offer.
    pub fn see(&mut self, provider: &Person) {
        self.set_offer(provider.id, OfferStatus::Seen, None, None);
    }

    /// 辞退; the last open offer's refusal returns the request to the search.
    pub fn decline(&mut self, world: &mut World, at: Instant, provider: &Arc<Person>, reason: &str) {
        self.set_offer(provider.id, OfferStatus::Declined, Some(at), Some(reason));
        if self.offers.iter().all(|(row, _)| row.answered_at.is_some()) {
            let to = CoordinationStatus::InCoordination;
            self.step(world, at, &Doer::own(&provider.actor), RequestAction::ReturnToSearch, to, Some(reason));
        }
    }

    /// Offers that nobody answered in time end; the request returns to the search.
    pub fn expire(&mut self, world: &mut World) {
        let mut last = 0;
        for (row, _) in self.offers.iter_mut().filter(|(row, _)| row.answered_at.is_none()) {
            OfferStatus::Expired.key().clone_into(&mut row.status);
            row.answered_at = Some(row.expires_at);
            last = last.max(row.expires_at);
        }
        let to = CoordinationStatus::InCoordination;
        self.step(world, Instant(last), &Doer::job(), RequestAction::ReturnToSearch, to, None);
    }

    /// 受ける: the other offers are closed.
    pub fn accept(&mut self, world: &mut World, at: Instant, provider: &Arc<Person>) {
        self.set_offer(provider.id, OfferStatus::Accepted, Some(at), None);
        let others: Vec<i64> =
            self.offers.iter().filter(|(row, _)| row.answered_at.is_none()).map(|(row, _)| row.provider_id).collect();
        for other in others {
            self.set_offer(other, OfferStatus::Closed, Some(at), None);
        }
        self.request.provider_id = Some(provider.id);
        self.provider = Some(Arc::clone(provider));
        let by = Doer::own(&provider.actor);
        self.step(world, at, &by, RequestAction::Accept, CoordinationStatus::ProviderFound, None);
        world.write_to(
            &self.asked.family.actor,
            at,
            (Some(self.request.id), None),
            ["提供会員が決まりました", "事前打合せの日程を支部からご連絡します。", "/requests/{CDK}"],
        );
    }

    /// The date of the pre-meeting.
    pub fn schedule_meeting(&mut self, world: &mut World, at: Instant, meeting_at: Instant, place: &str) {
        self.request.meeting_at = Some(meeting_at.0);
        self.request.meeting_place = Some(place.to_owned());
        let coordinator = self.asked.coordinator.clone();
        let to = CoordinationStatus::MeetingScheduled;
        self.step(world, at, &Doer::own(&coordinator), RequestAction::ScheduleMeeting, to, None);
        let people: Vec<Actor> =
            std::iter::once(&self.asked.family).chain(&self.provider).map(|person| person.actor.clone()).collect();
        for person in people {
            world.write_to(
                &person,
                at,
                (Some(self.request.id), None),
                ["事前打合せの日時が決まりました", "日時と場所を画面でご確認ください。", "/requests/{CDK}"],
            );
        }
    }

    /// 事前打合せ情報 by the family.
    pub fn fill_sheet(&mut self, at: Instant, fields: &str, complete: bool) {
        self.sheet = Some(pre_meeting_sheet::Model {
            request_id: self.request.id,
            fields: fields.to_owned(),
            complete: i64::from(complete),
            updated_at: at.0,
            revision: 1,
        });
    }

    /// The meeting took place.
    pub fn hold_meeting(&mut self, world: &mut World, at: Instant) {
        let coordinator = self.asked.coordinator.clone();
        let by = Doer::own(&coordinator);
        self.step(world, at, &by, RequestAction::HoldMeeting, CoordinationStatus::MeetingHeld, None);
    }

    /// 成立, after a meeting or without one.
    pub fn establish(&mut self, world: &mut World, at: Instant, waived: bool) {
        let Some(provider) = self.provider.clone() else { return };
        let coordinator = self.asked.coordinator.clone();
        let action = if waived { RequestAction::EstablishWaived } else { RequestAction::Establish };
        self.request.established_at = Some(at.0);
        self.activities.push(activity::Model {
            id: world.keys.next("activity"),
            request_id: self.request.id,
            provider_id: provider.id,
            status: ActivityStatus::Planned.key().to_owned(),
            starts_at: self.request.starts_at,
            ends_at: self.request.ends_at,
            reason: None,
            created_at: at.0,
        });
        self.step(world, at, &Doer::own(&coordinator), action, CoordinationStatus::Established, None);
        for person in [self.asked.family.actor.clone(), provider.actor.clone()] {
            world.write_to(
                &person,
                at,
                (Some(self.request.id), None),
                ["援助依頼が成立しました", "当日の内容を画面でご確認ください。", "/requests/{CDK}"],
            );
        }
    }

    /// Back to the search: not agreed at the meeting, or the provider cannot come.
    pub fn search_again(&mut self, world: &mut World, at: Instant, reason: &str) {
        let coordinator = self.asked.coordinator.clone();
        self.cancel_activity(ActivityStatus::CancelledByProvider, reason);
        self.provider = None;
        self.request.provider_id = None;
        self.request.meeting_at = None;
        self.request.meeting_place = None;
        self.request.established_at = None;
        let by = Doer::own(&coordinator);
        self.step(world, at, &by, RequestAction::SearchAgain, CoordinationStatus::InCoordination, Some(reason));
    }

    /// 不成立.
    pub fn not_establish(&mut self, world: &mut World, at: Instant, reason: &str) {
        self.close_offers(at);
        let coordinator = self.asked.coordinator.clone();
        self.request.reason = Some(reason.to_owned());
        let by = Doer::own(&coordinator);
        self.step(world, at, &by, RequestAction::NotEstablish, CoordinationStatus::NotEstablished, Some(reason));
    }

    /// 取下げ by the family.
    pub fn withdraw(&mut self, world: &mut World, at: Instant, reason: &str) {
        self.close_offers(at);
        let family = self.asked.family.actor.clone();
        self.request.reason = Some(reason.to_owned());
        let by = Doer::own(&family);
        self.step(world, at, &by, RequestAction::Withdraw, CoordinationStatus::Withdrawn, Some(reason));
    }

    /// キャンセル after 成立; the fee by the tariff's ladder waits for the headquarters.
    ///
    /// # Errors
    /// When the tariff does not reach that day.
    pub fn cancel(&mut self, world: &mut World, at: Instant, reason: &str) -> Result<()> {
        let family = self.asked.family.clone();
        let coordinator = self.asked.coordinator.clone();
        let fee = world.cancellation_fee(self.asked.starts_at, self.asked.ends_at, &self.asked.children, at)?;
        self.cancel_activity(ActivityStatus::CancelledByUser, reason);
        self.request.reason = Some(reason.to_owned());
        self.request.cancelled_at = Some(at.0);
        self.request.cancellation_fee_yen = Some(fee);
        let by = Doer::behalf(&coordinator, &family.name, Channel::Phone);
        self.step(world, at, &by, RequestAction::Cancel, CoordinationStatus::Cancelled, Some(reason));
        Ok(())
    }

    fn close_offers(&mut self, at: Instant) {
        for (row, _) in self.offers.iter_mut().filter(|(row, _)| row.answered_at.is_none()) {
            OfferStatus::Closed.key().clone_into(&mut row.status);
            row.answered_at = Some(at.0);
        }
    }

    fn cancel_activity(&mut self, status: ActivityStatus, reason: &str) {
        let planned = ActivityStatus::Planned.key();
        if let Some(activity) = self.activities.iter_mut().rev().find(|activity| activity.status == planned) {
            status.key().clone_into(&mut activity.status);
            activity.reason = Some(reason.to_owned());
        }
    }

    /// Every activity reported or cancelled: 完了.
    pub fn complete(&mut self, world: &mut World, at: Instant) {
        self.step(world, at, &Doer::job(), RequestAction::Complete, CoordinationStatus::Completed, None);
    }

    /// Hands all rows over.
    pub fn done(self, world: &mut World) {
        let request_id = self.request.id;
        world.rows.care_request.push(self.request);
        for child in &self.asked.children {
            world.rows.care_request_child.push(care_request_child::Model { request_id, child_id: child.id });
        }
        world.rows.offer.extend(self.offers.into_iter().map(|(row, _)| row));
        world.rows.pre_meeting_sheet.extend(self.sheet);
        world.rows.activity.extend(self.activities);
        for report in self.reports {
            let report_id = report.row.id;
            world.rows.activity_report.push(report.row);
            for child in &report.children {
                world.rows.activity_report_child.push(activity_report_child::Model { report_id, child_id: child.id });
            }
            world.rows.expense.extend(report.expenses);
            world.rows.approval.extend(report.approvals);
            world.rows.receipt.extend(report.receipts);
        }
    }
}
