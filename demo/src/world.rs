//! The demo city while it is being written: its people, its rules, its rows.

use super::people::{Child, Person, Register};
use super::rng::Rng;
use super::rows::{Keys, Rows};
use domain::actor::{Actor, Channel};
use domain::coupon::EntryKind;
use domain::event::{Action, Event, Issued};
use domain::fee::{CancellationFee, Care, CareChild, Quote, cancellation_fee, quote};
use domain::holiday::HolidayCalendar;
use domain::id::{AccountId, ChildId, CouponId, EventId, MemberId, NoticeId, ReportId, RequestId};
use domain::number::{ReportNo, RequestNo};
use domain::opening::{ClosedRule, Hours};
use domain::request::answer_until_in;
use domain::tariff::Tariff;
use domain::time::{Date, Instant, MinuteOfDay, Weekday};
use service::entity::{coupon_entry, event, notice, trial_coupon};
use service::error::{Error, Result};
use service::report::content_hash;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who does a step and how it reached us.
#[derive(Clone, Debug)]
pub struct Doer<'a> {
    /// The person; `None` for a job.
    pub actor: Option<&'a Actor>,
    /// The member a coordinator acts for.
    pub on_behalf_of: Option<&'a str>,
    /// How it reached us.
    pub channel: Channel,
}

impl<'a> Doer<'a> {
    /// The person's own step.
    #[must_use]
    pub const fn own(actor: &'a Actor) -> Self {
        Self { actor: Some(actor), on_behalf_of: None, channel: Channel::Web }
    }

    /// A coordinator's step for a member who called.
    #[must_use]
    pub const fn behalf(coordinator: &'a Actor, member: &'a str, channel: Channel) -> Self {
        Self { actor: Some(coordinator), on_behalf_of: Some(member), channel }
    }

    /// A job's step.
    #[must_use]
    pub const fn job() -> Self {
        Self { actor: None, on_behalf_of: None, channel: Channel::Job }
    }
}

/// What happened, for its event.
#[derive(Clone, Debug, Default)]
pub struct Happened<'a> {
    /// The ward.
    pub ward: &'a str,
    /// The request's row.
    pub request: Option<RequestId>,
    /// The report's row.
    pub report: Option<ReportId>,
    /// The member's row.
    pub member: Option<MemberId>,
    /// What.
    pub event: Option<Event>,
    /// The status before.
    pub from: Option<&'a str>,
    /// The status after.
    pub to: Option<&'a str>,
    /// Why.
    pub reason: Option<&'a str>,
}

/// A message whose numbers are not known yet: `{CDK}` and `{EKH}` are filled in at the end.
#[derive(Clone, Debug)]
pub struct Letter {
    /// To whom.
    pub account: AccountId,
    /// When.
    pub at: Instant,
    /// The request and the report it is about.
    pub about: (Option<RequestId>, Option<ReportId>),
    /// Subject, body and link.
    pub text: [String; 3],
}

/// The events of the large city.
const KEPT: &[Action] = &[Action::Submit, Action::Establish, Action::EstablishWaived, Action::Approve];

/// The city while it is being written.
#[derive(Debug)]
pub struct World {
    /// Draws.
    pub rng: Rng,
    /// Keys given so far.
    pub keys: Keys,
    /// Rows not yet written.
    pub rows: Rows,
    /// The tariff by which reports are computed.
    pub tariff: Tariff,
    /// Public holidays.
    pub holidays: HolidayCalendar,
    /// The moment up to which the story goes.
    pub now: Instant,
    /// Everybody.
    pub people: Vec<Arc<Person>>,
    /// Books of おためし券 by child.
    pub books: BTreeMap<ChildId, trial_coupon::Model>,
    /// When each report was first saved, with its provisional key.
    pub report_written: Vec<(Instant, ReportId)>,
    /// Messages waiting for their numbers.
    pub letters: Vec<Letter>,
    /// The password hash of the accounts.
    pub password_hash: String,
    /// Whether only the most needed rows are written, for the large city.
    pub terse: bool,
}

impl World {
    /// Where people are written down.
    pub fn register(&mut self) -> Register<'_> {
        Register { rng: &mut self.rng, keys: &mut self.keys, rows: &mut self.rows, password_hash: &self.password_hash }
    }

    /// Writes an event.
    pub fn record(&mut self, at: Instant, by: &Doer<'_>, happened: &Happened<'_>) {
        let Some(what) = &happened.event else { return };
        if self.terse && !KEPT.contains(&what.action()) {
            return;
        }
        // What the world keeps by hand always has a form as JSON.
        let (action, detail) = service::event::columns(what).unwrap_or((what.action().key(), None));
        let id = EventId(self.keys.next("event"));
        self.rows.event.push(event::Model {
            id,
            at,
            ward: Some(happened.ward.to_owned()),
            request_id: happened.request,
            report_id: happened.report,
            member_id: happened.member,
            action: action.to_owned(),
            from_status: happened.from.map(str::to_owned),
            to_status: happened.to.map(str::to_owned),
            account_id: by.actor.map(|actor| actor.account),
            actor_name: by.actor.map_or_else(|| "自動処理".to_owned(), |actor| actor.name.clone()),
            on_behalf_of: by.on_behalf_of.map(str::to_owned),
            channel: by.channel,
            reason: happened.reason.map(str::to_owned),
            detail,
        });
    }

    /// Puts a message into a person's inbox.
    pub fn write_to(
        &mut self,
        to: &Actor,
        at: Instant,
        about: (Option<RequestId>, Option<ReportId>),
        text: [String; 3],
    ) {
        if !self.terse {
            self.letters.push(Letter { account: to.account, at, about, text });
        }
    }

    /// Turns the waiting messages into rows, the oldest first; those older than a week have been read.
    pub fn deliver(&mut self, requests: &BTreeMap<RequestId, String>, reports: &BTreeMap<ReportId, String>) {
        let mut letters = std::mem::take(&mut self.letters);
        letters.sort_by_key(|letter| letter.at);
        let read_before = self.now.plus_days(-7);
        for letter in letters {
            let request = letter.about.0.and_then(|id| requests.get(&id)).cloned().unwrap_or_default();
            let report = letter.about.1.and_then(|id| reports.get(&id)).cloned().unwrap_or_default();
            let [subject, body, link] =
                letter.text.map(|text| text.replace("{CDK}", &request).replace("{EKH}", &report));
            let read_at = (letter.at < read_before).then(|| letter.at.plus_minutes(95));
            let id = NoticeId(self.keys.next("notice"));
            let (account_id, created_at) = (letter.account, letter.at);
            self.rows.notice.push(notice::Model { id, account_id, subject, body, link, created_at, read_at });
        }
    }

    /// Issues おためし券 to a child.
    pub fn issue_coupon(&mut self, by: &Actor, member: &Person, child: &Child, ward: &str, at: Instant) {
        let Some(rule) = self.tariff.on(at.date()).and_then(|version| version.coupon.clone()) else { return };
        let id = CouponId(self.keys.next("trial_coupon"));
        let tickets = i64::from(rule.tickets);
        self.books.insert(
            child.id,
            trial_coupon::Model {
                id,
                child_id: child.id,
                member_id: member.id,
                issued: tickets,
                used: 0,
                issued_at: at,
                expires_on: rule.last_day(child.birth_date),
            },
        );
        self.coupon_entry(id, EntryKind::Issued, tickets, None, at);
        let facts = Issued { child: child.id, tickets, documents: "confirmed".to_owned(), ..Issued::default() };
        let issued = Event::IssueCoupon(facts);
        let happened = Happened { ward, member: Some(member.id), event: Some(issued), ..Happened::default() };
        self.record(at, &Doer::own(by), &happened);
    }

    /// Writes a line of a book's history.
    pub fn coupon_entry(
        &mut self,
        coupon_id: CouponId,
        kind: EntryKind,
        tickets: i64,
        report_id: Option<ReportId>,
        at: Instant,
    ) {
        let id = self.keys.next("coupon_entry");
        self.rows.coupon_entry.push(coupon_entry::Model { id, coupon_id, kind, tickets, report_id, at });
    }

    /// What a care costs.
    ///
    /// # Errors
    /// When the tariff or the holidays do not reach that day.
    pub fn quote(&self, start: Instant, end: Instant, children: &[Child]) -> Result<Quote> {
        let children = children.iter().map(|child| CareChild { id: child.id, birth_date: child.birth_date }).collect();
        quote(&self.tariff, &self.holidays, &Care { start, end, children, others: Vec::new() })
            .map_err(|refusal| Error::Broken(format!("demo fee: {refusal}")))
    }

    /// What cancelling at `at` costs.
    ///
    /// # Errors
    /// As [`World::quote`].
    pub fn cancellation_fee(
        &self,
        start: Instant,
        end: Instant,
        children: &[Child],
        at: Instant,
    ) -> Result<CancellationFee> {
        let children = children.iter().map(|child| CareChild { id: child.id, birth_date: child.birth_date }).collect();
        cancellation_fee(&self.tariff, &self.holidays, &Care { start, end, children, others: Vec::new() }, at)
            .map_err(|refusal| Error::Broken(format!("demo cancellation: {refusal}")))
    }

    /// Gives the reports not yet written their numbers, from `first` for the first key on, and fills in what names them:
    /// the drafts' 依頼ID and the content hashes.
    pub fn name_reports(
        &mut self,
        first: i64,
        requests: &BTreeMap<RequestId, RequestNo>,
        births: &BTreeMap<ChildId, Date>,
    ) -> Result<BTreeMap<ReportId, ReportNo>> {
        let rows = &mut self.rows;
        let mut children: BTreeMap<ReportId, Vec<ChildId>> = BTreeMap::new();
        for row in &rows.activity_report_child {
            children.entry(row.report_id).or_default().push(row.child_id);
        }
        let mut expenses: BTreeMap<ReportId, Vec<(&str, i64)>> = BTreeMap::new();
        for row in &rows.expense {
            expenses.entry(row.report_id).or_default().push((row.kind.key(), row.yen));
        }
        let mut numbers = BTreeMap::new();
        let mut hashes = BTreeMap::new();
        for row in &mut rows.activity_report {
            let no =
                u32::try_from(first + row.id.0 - 1).map_err(|_| Error::Broken("the demo's report numbers".into()))?;
            let no = ReportNo(no);
            row.report_no = no;
            numbers.insert(row.id, no);
            let request = row.request_id.and_then(|id| requests.get(&id)).copied().unwrap_or(RequestNo(0));
            row.draft_fields = row.draft_fields.take().map(|form| form.replace("{CDK}", &request.to_string()));
            let (Some(snapshot), Some(start), Some(end)) = (&row.snapshot, row.started_at, row.ended_at) else {
                continue;
            };
            let mut came = children.remove(&row.id).unwrap_or_default();
            came.sort_by_key(|child| (births.get(child).copied(), *child));
            let paid = expenses.remove(&row.id).unwrap_or_default();
            let span = (start, end);
            let quote = serde_json::from_str(snapshot)?;
            let hash = content_hash((no, request), row.provider_id, span, &came, &paid, &row.notes, &quote)?;
            hashes.insert(row.id, hash.clone());
            row.content_hash = Some(hash);
        }
        for row in &mut rows.approval {
            row.content_hash = hashes.get(&row.report_id).cloned().unwrap_or_default();
        }
        Ok(numbers)
    }

    /// Until when an offer sent at a moment can be answered, on days on which the branches work. 緑区's closes on the most
    /// days of them: also on the Tuesday after a holiday.
    #[must_use]
    pub fn answer_until(&self, at: Instant, start: Instant) -> Instant {
        use Weekday::{Friday, Saturday, Thursday, Tuesday, Wednesday};
        let hours = Hours {
            weekdays: vec![Tuesday, Wednesday, Thursday, Friday, Saturday],
            open: 9 * 60,
            close: 17 * 60,
            closed: ClosedRule::ALL.map(|(rule, _)| rule).to_vec(),
        };
        answer_until_in(&hours, &self.holidays, at, start)
    }

    /// The next moment, at or after `from`, at which a branch works: 火〜土 9–17, not on holidays.
    #[must_use]
    pub fn office(&self, from: Instant) -> Instant {
        let mut at = from;
        loop {
            let (date, minute) = (at.date(), at.minute_of_day());
            let closed = matches!(date.weekday(), Weekday::Sunday | Weekday::Monday)
                || self.holidays.name_on(date).is_some()
                || matches!((u8::from(date.month()), date.day()), (12, 29..) | (1, ..=3));
            if !closed && minute < 9 * 60 {
                return Instant::at(date, 9 * 60 + minute % 50);
            }
            if !closed && minute < 17 * 60 {
                return at;
            }
            at = Instant::at(date + time::Duration::days(1), minute % 50);
        }
    }
}

/// A wall-clock moment.
#[must_use]
pub fn at(date: Date, hour: u16, minute: MinuteOfDay) -> Instant {
    Instant::at(date, hour * 60 + minute)
}
