//! One case, written step by step as the use cases would have written it.
//!
//! Every step moves the status, the revision and `updated_at`, and writes its event, as in `domain::request::TABLE`
//! and `domain::report::TABLE`; [`Case::done`] hands the rows over.

mod letter;
mod report;

use super::people::{Child, Person};
use super::world::{Doer, Happened, World};
use domain::actor::{Actor, Channel, Party};
use domain::coordination::{ChildField, NotEstablishedReason, SearchAgainReason, SheetField};
use domain::event::{self, Agreed, Answer, Cancelled, Event, Meeting, NotEstablished, SearchedAgain, Sent, Sheet};
use domain::fee::Quote;
use domain::id::{AccountId, ActivityId, MemberId, OfferId, RequestId};
use domain::number::RequestNo;
use domain::report::{ReportStatus, RewardStatus};
use domain::request::{
    ACTIVITY_TABLE, ActivityAction, ActivityStatus, CareKind, CarePlace, CoordinationStatus, OfferStatus, TABLE,
};
use domain::time::{Instant, hhmm, iso_date};
use domain::workflow::next;
use service::entity::{
    activity, activity_report, activity_report_child, approval, care_request, care_request_child, expense, offer,
    pre_meeting_sheet, receipt, sheet_version,
};
use service::error::Result;
use service::request::RequestForm;
use std::collections::BTreeMap;
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
    pub no: RequestNo,
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

impl Asked {
    /// The form as the family typed it; the branch types none.
    fn form(&self) -> Option<String> {
        if self.channel != Channel::Web {
            return None;
        }
        let form = RequestForm {
            date: iso_date(self.starts_at.date()),
            start: hhmm(self.starts_at.minute_of_day()),
            end: hhmm(self.ends_at.minute_of_day()),
            next_day: String::new(),
            children: self.children.iter().map(|child| child.id.to_string()).collect(),
            care_kind: self.kind.key().to_owned(),
            care_place: self.place.key().to_owned(),
            place_detail: self.place_detail.clone(),
            notes: self.notes.clone(),
        };
        serde_json::to_string(&form).ok()
    }
}

/// One case on its way.
#[derive(Clone, Debug)]
pub struct Case {
    asked: Asked,
    request: care_request::Model,
    status: CoordinationStatus,
    provider: Option<Arc<Person>>,
    offers: Vec<(offer::Model, Arc<Person>)>,
    sheet: Option<(pre_meeting_sheet::Model, AccountId)>,
    activities: Vec<activity::Model>,
    reports: Vec<Written>,
}

/// A report with the rows that belong to it.
#[derive(Clone, Debug)]
struct Written {
    row: activity_report::Model,
    notes: String,
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
        let case = Self::new(world, asked, CoordinationStatus::Submitted);
        let family = case.asked.family.actor.clone();
        let (status, at) = (case.status, case.asked.asked_at);
        let happened = case.happened(Event::Submit(Sent::default()), Some(CoordinationStatus::Draft), Some(status));
        world.record(at, &Doer::own(&family), &happened);
        world.write_to(&family, at, (Some(case.id()), None), case.received_letter(at));
        world.write_to(&case.asked.coordinator.clone(), at, (Some(case.id()), None), case.arrived_letter(at));
        case
    }

    /// 一時保存 by the family: 下書き.
    pub fn draft(world: &mut World, asked: Asked) -> Self {
        let case = Self::new(world, asked, CoordinationStatus::Draft);
        let family = case.asked.family.actor.clone();
        let (status, at) = (case.status, case.asked.asked_at);
        let happened = case.happened(Event::SaveDraft, Some(status), Some(status));
        world.record(at, &Doer::own(&family), &happened);
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
        let happened = case.happened(Event::Enter, None, Some(status));
        world.record(at, &by, &happened);
        case
    }

    fn new(world: &mut World, asked: Asked, status: CoordinationStatus) -> Self {
        let request = care_request::Model {
            id: RequestId(world.keys.next("care_request")),
            request_no: asked.no,
            ward: asked.ward.clone(),
            member_id: asked.family.id,
            status,
            care_kind: Some(asked.kind),
            care_place: Some(asked.place),
            starts_at: asked.starts_at,
            ends_at: asked.ends_at,
            place_detail: asked.place_detail.clone(),
            notes: asked.notes.clone(),
            channel: asked.channel,
            children_count: i64::try_from(asked.children.len()).unwrap_or(1),
            draft_fields: asked.form(),
            owner_id: None,
            provider_id: None,
            meeting_at: None,
            meeting_place: None,
            established_at: None,
            reason: None,
            cancelled_at: None,
            cancellation_fee_yen: None,
            requested_at: asked.asked_at,
            updated_at: asked.asked_at,
            revision: 1,
        };
        let (offers, activities, reports) = (Vec::new(), Vec::new(), Vec::new());
        Self { asked, request, status, provider: None, offers, sheet: None, activities, reports }
    }

    /// The request's row.
    #[must_use]
    pub const fn id(&self) -> RequestId {
        self.request.id
    }

    /// What was asked.
    #[must_use]
    pub const fn asked(&self) -> &Asked {
        &self.asked
    }

    /// An event of the request.
    fn happened<'a>(
        &'a self,
        event: Event,
        from: Option<CoordinationStatus>,
        to: Option<CoordinationStatus>,
    ) -> Happened<'a> {
        Happened {
            ward: &self.asked.ward,
            request: Some(self.request.id),
            event: Some(event),
            from: from.map(CoordinationStatus::key),
            to: to.map(CoordinationStatus::key),
            ..Happened::default()
        }
    }

    /// Writes an event that moves nothing: an answer among several, a note.
    fn note(&self, world: &mut World, at: Instant, by: &Doer<'_>, event: Event, reason: Option<&str>) {
        world.record(at, by, &Happened { reason, ..self.happened(event, None, None) });
    }

    /// Moves the request along its table.
    fn step(&mut self, world: &mut World, at: Instant, by: &Doer<'_>, event: Event, reason: Option<&str>) {
        let (from, key) = (self.status, event.action().key());
        let row = TABLE.iter().find(|step| step.from == from && step.action.key() == key);
        let Some(to) = row.map(|step| step.to) else { return };
        self.status = to;
        self.request.status = to;
        self.request.updated_at = at;
        self.request.revision += 1;
        let happened = Happened { reason, ..self.happened(event, Some(from), Some(to)) };
        world.record(at, by, &happened);
    }

    /// Writes to a person about this case.
    fn letter(&self, world: &mut World, to: &Actor, at: Instant, text: [String; 3]) {
        world.write_to(to, at, (Some(self.request.id), None), text);
    }

    /// The coordinator takes it into her care.
    pub fn take(&mut self, world: &mut World, at: Instant) {
        let coordinator = self.asked.coordinator.clone();
        self.request.owner_id = Some(coordinator.account);
        self.step(world, at, &Doer::own(&coordinator), Event::Take, None);
    }

    /// 打診 to providers.
    pub fn offer(&mut self, world: &mut World, at: Instant, providers: &[Arc<Person>]) {
        let coordinator = self.asked.coordinator.clone();
        for provider in providers {
            let row = offer::Model {
                id: OfferId(world.keys.next("offer")),
                request_id: self.request.id,
                provider_id: provider.id,
                status: OfferStatus::Sent,
                sent_at: at,
                expires_at: world.answer_until(at, self.asked.starts_at),
                answered_at: None,
                reason: None,
            };
            self.letter(world, &provider.actor, at, self.offer_letter(at, row.expires_at));
            self.offers.push((row, Arc::clone(provider)));
        }
        let names: Vec<String> = providers.iter().map(|provider| provider.label()).collect();
        let event = Event::Offer(event::Asked { providers: names, ..event::Asked::default() });
        self.step(world, at, &Doer::own(&coordinator), event, None);
    }

    /// Until when those who are asked may answer.
    pub fn answers_until(&self) -> Option<Instant> {
        self.offers.iter().filter(|(row, _)| row.answered_at.is_none()).map(|(row, _)| row.expires_at).max()
    }

    fn set_offer(&mut self, provider: MemberId, status: OfferStatus, at: Option<Instant>, reason: Option<&str>) {
        let open = |row: &offer::Model| row.provider_id == provider && row.answered_at.is_none();
        if let Some((row, _)) = self.offers.iter_mut().rev().find(|(row, _)| open(row)) {
            row.status = status;
            row.answered_at = at;
            row.reason = reason.map(str::to_owned);
        }
    }

    /// The provider opened the offer.
    pub fn see(&mut self, world: &mut World, at: Instant, provider: &Person) {
        self.set_offer(provider.id, OfferStatus::Seen, None, None);
        let offer = self.offers.last().map(|(row, _)| row.id);
        self.note(world, at, &Doer::own(&provider.actor), Event::See(Answer { offer, ..Answer::default() }), None);
    }

    fn is_open(&self) -> bool {
        self.offers.iter().any(|(row, _)| row.status.is_open())
    }

    /// 辞退; the last open offer's refusal returns the request to the search.
    pub fn decline(&mut self, world: &mut World, at: Instant, provider: &Arc<Person>, reason: &str) {
        self.set_offer(provider.id, OfferStatus::Declined, Some(at), Some(reason));
        let by = Doer::own(&provider.actor);
        self.note(world, at, &by, Event::Decline(answer(provider)), Some(reason));
        if !self.is_open() {
            self.step(world, at, &by, Event::ReturnToSearch, None);
            let coordinator = self.asked.coordinator.clone();
            self.letter(world, &coordinator, at, self.stopped_letter(at));
        }
    }

    /// Offers that nobody answered in time end; the request returns to the search.
    pub fn expire(&mut self, world: &mut World) {
        let mut at = Instant::default();
        let mut expired = Vec::new();
        for (row, provider) in self.offers.iter_mut().filter(|(row, _)| row.answered_at.is_none()) {
            row.status = OfferStatus::Expired;
            row.answered_at = Some(row.expires_at);
            at = at.max(row.expires_at);
            expired.push(provider.clone());
        }
        for provider in expired {
            self.note(world, at, &Doer::job(), Event::Expire(answer(&provider)), None);
        }
        self.step(world, at, &Doer::job(), Event::ReturnToSearch, None);
        let coordinator = self.asked.coordinator.clone();
        self.letter(world, &coordinator, at, self.stopped_letter(at));
    }

    /// 受ける: the other offers are closed with thanks.
    pub fn accept(&mut self, world: &mut World, at: Instant, provider: &Arc<Person>) {
        self.set_offer(provider.id, OfferStatus::Accepted, Some(at), None);
        self.close_offers(world, at);
        self.request.provider_id = Some(provider.id);
        self.provider = Some(Arc::clone(provider));
        let by = Doer::own(&provider.actor);
        self.step(world, at, &by, Event::Accept(answer(provider)), None);
        let family = self.asked.family.actor.clone();
        self.letter(world, &family, at, self.found_letter(at));
        let coordinator = self.asked.coordinator.clone();
        self.letter(world, &coordinator, at, self.taken_letter(at));
    }

    /// The date of the pre-meeting.
    pub fn schedule_meeting(&mut self, world: &mut World, at: Instant, meeting_at: Instant, place: &str) {
        self.request.meeting_at = Some(meeting_at);
        self.request.meeting_place = Some(place.to_owned());
        let coordinator = self.asked.coordinator.clone();
        let by = Doer { channel: Channel::Phone, ..Doer::own(&coordinator) };
        let meeting =
            Meeting { meeting_at: Some(meeting_at), meeting_place: place.to_owned(), before: None, closed: None };
        self.step(world, at, &by, Event::ScheduleMeeting(meeting), None);
        let family = self.asked.family.actor.clone();
        self.letter(world, &family, at, self.meeting_letter(at, meeting_at, true));
        if let Some(provider) = self.provider.clone() {
            self.letter(world, &provider.actor, at, self.meeting_letter(at, meeting_at, false));
        }
    }

    /// 事前打合せ情報 by the family; one that is not complete says nothing of the children's health yet.
    pub fn fill_sheet(&mut self, world: &mut World, at: Instant, complete: bool) -> Result<()> {
        if world.terse {
            return Ok(());
        }
        let fields = serde_json::to_string(&self.answers(complete))?;
        let family = self.asked.family.actor.clone();
        let sheet = pre_meeting_sheet::Model {
            request_id: self.request.id,
            fields,
            complete: i64::from(complete),
            updated_at: at,
            revision: 1,
        };
        self.sheet = Some((sheet, family.account));
        self.note(world, at, &Doer::own(&family), Event::SaveSheet(Sheet { sheet_revision: 1 }), None);
        Ok(())
    }

    fn answers(&self, complete: bool) -> BTreeMap<String, String> {
        let telephone = format!("045-000-{:04}", 1000 + self.asked.family.id.0 % 9000);
        let mut answers = BTreeMap::from([
            (SheetField::FirstPhone.key().to_owned(), telephone),
            (SheetField::EmergencyContact.key().to_owned(), "祖母 045-000-0099".to_owned()),
            (SheetField::FamilyDoctor.key().to_owned(), "駅前こどもクリニック".to_owned()),
            (SheetField::PickUpPersons.key().to_owned(), "父、母、祖母".to_owned()),
            (SheetField::Items.key().to_owned(), "着替え、タオル、飲み物".to_owned()),
            (SheetField::IfLate.key().to_owned(), "電話をください。祖母が迎えに行きます。".to_owned()),
        ]);
        for child in self.asked.children.iter().filter(|_| complete) {
            let given = [
                (ChildField::Nickname, format!("{}ちゃん", child.name)),
                (ChildField::UsualTemperature, "36.6度".to_owned()),
                (ChildField::Illness, "なし".to_owned()),
                (ChildField::Allergies, if child.id.0 % 7 == 0 { "卵（食物アレルギー）" } else { "なし" }.to_owned()),
                (ChildField::Sleep, "13時ごろから1時間ほど".to_owned()),
                (ChildField::Calming, "絵本と電車が好きです。眠くなると抱っこで落ち着きます。".to_owned()),
            ];
            answers.extend(given.map(|(field, answer)| (field.key_for(child.id), answer)));
        }
        answers
    }

    /// The meeting took place.
    pub fn hold_meeting(&mut self, world: &mut World, at: Instant) {
        let coordinator = self.asked.coordinator.clone();
        let event = Event::HoldMeeting(Sheet { sheet_revision: 1 });
        self.step(world, at, &Doer::own(&coordinator), event, None);
    }

    /// 成立, after a meeting or without one.
    pub fn establish(&mut self, world: &mut World, at: Instant, waived: bool) {
        let Some(provider) = self.provider.clone() else { return };
        let coordinator = self.asked.coordinator.clone();
        self.request.established_at = Some(at);
        self.activities.push(activity::Model {
            id: ActivityId(world.keys.next("activity")),
            request_id: self.request.id,
            provider_id: provider.id,
            status: ActivityStatus::Planned,
            starts_at: self.request.starts_at,
            ends_at: self.request.ends_at,
            reason: None,
            created_at: at,
            started_at: None,
            ended_at: None,
        });
        let agreed = Agreed { provider: provider.label(), ..Agreed::default() };
        let event = if waived { Event::EstablishWaived(agreed) } else { Event::Establish(agreed) };
        self.step(world, at, &Doer::own(&coordinator), event, None);
        let family = self.asked.family.actor.clone();
        self.letter(world, &family, at, self.established_letter(at, true));
        self.letter(world, &provider.actor, at, self.established_letter(at, false));
    }

    /// Back to the search: not agreed at the meeting, or the provider cannot come.
    pub fn search_again(&mut self, world: &mut World, at: Instant, why: SearchAgainReason, words: &str) {
        let Some(former) = self.provider.take() else { return };
        let coordinator = self.asked.coordinator.clone();
        let by = if why == SearchAgainReason::Provider && self.status == CoordinationStatus::Established {
            self.cancel_activity(ActivityStatus::CancelledByProvider, words);
            Doer::behalf(&coordinator, &former.name, Channel::Phone)
        } else {
            Doer::own(&coordinator)
        };
        let event = Event::SearchAgain(SearchedAgain {
            reason: Some(why),
            provider: former.label(),
            meeting_at: self.request.meeting_at,
            ..SearchedAgain::default()
        });
        self.request.provider_id = None;
        self.request.meeting_at = None;
        self.request.meeting_place = None;
        self.request.established_at = None;
        self.step(world, at, &by, event, Some(words));
        let family = self.asked.family.actor.clone();
        self.letter(world, &family, at, self.search_again_letter(at));
    }

    /// 不成立.
    pub fn not_establish(&mut self, world: &mut World, at: Instant, why: NotEstablishedReason, words: &str) {
        self.close_offers(world, at);
        let coordinator = self.asked.coordinator.clone();
        self.request.reason = Some(why.key().to_owned());
        let event = Event::NotEstablish(NotEstablished { reason: Some(why) });
        self.step(world, at, &Doer::own(&coordinator), event, Some(words));
        let family = self.asked.family.actor.clone();
        self.letter(world, &family, at, self.not_established_letter(at));
    }

    /// 取下げ by the family.
    pub fn withdraw(&mut self, world: &mut World, at: Instant, reason: &str) {
        self.close_offers(world, at);
        let family = self.asked.family.actor.clone();
        self.request.reason = Some(reason.to_owned());
        self.step(world, at, &Doer::own(&family), Event::Withdraw, Some(reason));
    }

    /// キャンセル after 成立; the fee by the tariff's ladder waits for the headquarters.
    ///
    /// # Errors
    /// When the tariff does not reach that day.
    pub fn cancel(&mut self, world: &mut World, at: Instant, reason: &str) -> Result<()> {
        let family = Arc::clone(&self.asked.family);
        let coordinator = self.asked.coordinator.clone();
        let due = world.cancellation_fee(self.asked.starts_at, self.asked.ends_at, &self.asked.children, at)?;
        let action = ActivityAction::of_cancellation(due.when);
        if let Ok(to) = next(ACTIVITY_TABLE, ActivityStatus::Planned, action, Party::Family) {
            self.cancel_activity(to, reason);
        }
        self.request.reason = Some(reason.to_owned());
        self.request.cancelled_at = Some(at);
        self.request.cancellation_fee_yen = Some(due.fee);
        let by = Doer::behalf(&coordinator, &family.name, Channel::Phone);
        let (fee_yen, percent, planned_fee_yen) = (due.fee, due.percent, due.planned_fee);
        let event = Event::Cancel(Cancelled { fee_yen, percent, planned_fee_yen, told_at: None, draft_ended: false });
        self.step(world, at, &by, event, Some(reason));
        for person in [Some(&family), self.provider.clone().as_ref()].into_iter().flatten() {
            self.letter(world, &person.actor, at, self.cancelled_letter(at));
        }
        Ok(())
    }

    fn close_offers(&mut self, world: &mut World, at: Instant) {
        let mut closed = Vec::new();
        for (row, provider) in self.offers.iter_mut().filter(|(row, _)| row.answered_at.is_none()) {
            row.status = OfferStatus::Closed;
            row.answered_at = Some(at);
            closed.push(provider.actor.clone());
        }
        for actor in closed {
            self.letter(world, &actor, at, self.closed_letter(at));
        }
    }

    fn cancel_activity(&mut self, status: ActivityStatus, reason: &str) {
        let planned = ActivityStatus::Planned;
        if let Some(activity) = self.activities.iter_mut().rev().find(|activity| activity.status == planned) {
            activity.status = status;
            activity.reason = Some(reason.to_owned());
        }
    }

    /// The report is approved: 完了.
    pub fn complete(&mut self, world: &mut World, at: Instant) {
        self.step(world, at, &Doer::job(), Event::Complete, None);
    }

    /// Hands all rows over.
    pub fn done(self, world: &mut World) {
        let request_id = self.request.id;
        world.rows.care_request.push(self.request);
        for child in &self.asked.children {
            world.rows.care_request_child.push(care_request_child::Model { request_id, child_id: child.id });
        }
        world.rows.offer.extend(self.offers.into_iter().map(|(row, _)| row));
        if let Some((sheet, account_id)) = self.sheet {
            let (revision, fields, at) = (sheet.revision, sheet.fields.clone(), sheet.updated_at);
            world.rows.sheet_version.push(sheet_version::Model { request_id, revision, fields, account_id, at });
            world.rows.pre_meeting_sheet.push(sheet);
        }
        world.rows.activity.extend(self.activities);
        for report in self.reports {
            let report_id = report.row.id;
            // What is only typed stands in the draft's fields.
            let registered = report.row.submitted_at.is_some();
            world.rows.activity_report.push(report.row);
            if !registered {
                continue;
            }
            for child in &report.children {
                world.rows.activity_report_child.push(activity_report_child::Model { report_id, child_id: child.id });
            }
            world.rows.expense.extend(report.expenses);
            world.rows.approval.extend(report.approvals);
            world.rows.receipt.extend(report.receipts);
        }
    }
}

/// What an event says of one provider's answer.
fn answer(provider: &Person) -> Answer {
    Answer { provider: provider.label(), ..Answer::default() }
}
