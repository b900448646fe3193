//! How a case goes: step after step at believable hours, until the story's present.

use super::case::{Asked, Case, Wrote};
use super::people::{Child, Person};
use super::world::World;
use domain::actor::Channel;
use domain::coordination::{NotEstablishedReason, SearchAgainReason};
use domain::id::MemberId;
use domain::member::MembershipStatus;
use domain::report::ExpenseKind;
use domain::request::{CareKind, child_eligible};
use domain::time::Instant;
use service::error::Result;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is special about a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing.
    Plain,
    /// Called in by telephone.
    Phoned,
    /// Two providers are asked; the second declines or is thanked.
    TwoOffers,
    /// The first provider declines.
    Declined,
    /// The first provider does not answer in time.
    Expired,
    /// Not agreed at the meeting.
    NotAgreed,
    /// The provider falls ill after 成立.
    ProviderIll,
    /// 取下げ while searching.
    Withdrawn,
    /// 不成立.
    NotEstablished,
    /// キャンセル on the day before.
    Cancelled,
    /// キャンセル on the morning of the day.
    CancelledLate,
    /// The family does not come, and says so when the branch calls.
    NoShow,
    /// The family asks for a correction.
    Revision,
    /// The provider takes the report back and registers it again.
    PulledBack,
    /// The report is voided and written again.
    Voided,
    /// The branch opens an approved report again.
    Reopened,
    /// The report came on paper.
    Paper,
    /// The family approves late.
    Slow,
    /// The provider has not looked at the offer yet.
    Unanswered,
    /// The provider has looked at the offer and not answered yet.
    Looked,
}

/// The turns of the small city, one after the other.
pub const TURNS: &[Turn] = &[
    Turn::Plain,
    Turn::TwoOffers,
    Turn::Plain,
    Turn::Phoned,
    Turn::Plain,
    Turn::Declined,
    Turn::Plain,
    Turn::Cancelled,
    Turn::Plain,
    Turn::Revision,
    Turn::Plain,
    Turn::Expired,
    Turn::Plain,
    Turn::Withdrawn,
    Turn::Slow,
    Turn::Plain,
    Turn::NotAgreed,
    Turn::Plain,
    Turn::Paper,
    Turn::Plain,
    Turn::NotEstablished,
    Turn::Plain,
    Turn::PulledBack,
    Turn::Plain,
    Turn::ProviderIll,
    Turn::Slow,
    Turn::Voided,
    Turn::Plain,
    Turn::CancelledLate,
    Turn::NoShow,
    Turn::Reopened,
    Turn::Phoned,
];

/// When each provider is taken.
#[derive(Clone, Debug, Default)]
pub struct Diary(BTreeMap<MemberId, Vec<(Instant, Instant)>>);

impl Diary {
    /// Whether a member has nothing else within half an hour of these hours.
    #[must_use]
    pub fn is_free(&self, member: MemberId, start: Instant, end: Instant) -> bool {
        let (start, end) = (start.plus_minutes(-30), end.plus_minutes(60));
        !self.0.get(&member).is_some_and(|taken| taken.iter().any(|(from, to)| *from < end && start < *to))
    }

    /// Takes these hours of a member.
    pub fn take(&mut self, member: MemberId, start: Instant, end: Instant) {
        self.0.entry(member).or_default().push((start, end));
    }
}

/// Whether a provider passes every gate for a family's hours.
#[must_use]
pub fn may_be_asked(diary: &Diary, provider: &Person, family: &Person, start: Instant, end: Instant) -> bool {
    provider.kind.provides()
        && provider.status == MembershipStatus::Active
        && provider.id != family.id
        && provider.household != family.household
        && provider.trained_until.is_some_and(|until| until >= end.date())
        && provider.joined < start.plus_days(-40)
        && diary.is_free(provider.id, start, end)
}

/// The family's children who may be looked after on that day, at most `most`.
#[must_use]
pub fn eligible(family: &Person, start: Instant, most: usize) -> Vec<Child> {
    family.children.iter().filter(|child| child_eligible(child.birth_date, start.date())).take(most).cloned().collect()
}

/// Plays a case as far as the story has come. `providers` are asked in order; all of them pass the gates.
///
/// # Errors
/// When the tariff does not reach a day.
pub fn play(world: &mut World, asked: Asked, turn: Turn, providers: &[Arc<Person>]) -> Result<Case> {
    let phoned = asked.channel != Channel::Web;
    let asked_at = asked.asked_at;
    let mut case = if phoned { Case::phoned(world, asked) } else { Case::submit(world, asked) };
    Story { now: world.now, at: asked_at, case: &mut case, world, turn, providers }.play(phoned)?;
    Ok(case)
}

/// A case being played; every step happens only when its hour has come.
struct Story<'a> {
    now: Instant,
    at: Instant,
    case: &'a mut Case,
    world: &'a mut World,
    turn: Turn,
    providers: &'a [Arc<Person>],
}

impl Story<'_> {
    /// Goes on to an office hour at least so many minutes later; `false` when that lies ahead.
    fn office(&mut self, minutes: i64) -> bool {
        let minutes = minutes + self.world.rng.between(0, 40);
        self.at = self.world.office(self.at.plus_minutes(minutes));
        self.at <= self.now
    }

    /// Goes on to any waking hour; `false` when that lies ahead.
    fn home(&mut self, minutes: i64) -> bool {
        self.at = self.at.plus_minutes(minutes + self.world.rng.between(0, 50));
        let minute = self.at.minute_of_day();
        if minute < 7 * 60 {
            self.at = self.at.plus_minutes(i64::from(7 * 60 - minute) + 13);
        } else if minute > 22 * 60 {
            self.at = self.at.plus_minutes(i64::from(24 * 60 - minute) + 7 * 60 + 21);
        }
        self.at <= self.now
    }

    fn play(mut self, phoned: bool) -> Result<()> {
        if self.coordinate(phoned)? {
            self.report()?;
        }
        Ok(())
    }

    /// Up to 成立; `true` when the activity is agreed and not cancelled.
    fn coordinate(&mut self, phoned: bool) -> Result<bool> {
        if !phoned {
            // What comes in the evening is on the desk in the morning, and taken in the course of it.
            self.at = self.world.office(self.at.plus_minutes(20));
            let wait = self.world.rng.between(75, 220);
            if !self.office(wait) {
                return Ok(false);
            }
            self.case.take(self.world, self.at);
        }
        if !self.search()? {
            return Ok(false);
        }
        if !self.meet()? {
            return Ok(false);
        }
        self.after_agreement()
    }

    /// From the search to an acceptance; `true` when somebody accepted.
    fn search(&mut self) -> Result<bool> {
        let all = self.providers.to_vec();
        let (Some(first), second) = (all.first().cloned(), all.get(1).cloned()) else {
            if self.office(3 * 24 * 60) {
                let why = NotEstablishedReason::NoProvider;
                self.case.not_establish(self.world, self.at, why, "この時間に動ける方が見つかりませんでした。");
            }
            return Ok(false);
        };
        if self.turn == Turn::NotEstablished {
            if self.office(2 * 24 * 60) {
                let why = NotEstablishedReason::Distance;
                self.case.not_establish(
                    self.world,
                    self.at,
                    why,
                    "保育園までの送迎が遠く、引き受けられる方がいませんでした。",
                );
            }
            return Ok(false);
        }
        if !self.office(26 * 60) {
            return Ok(false);
        }
        let asked: Vec<Arc<Person>> = match (self.turn, &second) {
            (Turn::TwoOffers, Some(second)) => vec![Arc::clone(&first), Arc::clone(second)],
            _ => vec![Arc::clone(&first)],
        };
        self.case.offer(self.world, self.at, &asked);
        if matches!(self.turn, Turn::Unanswered | Turn::Looked) {
            if self.turn == Turn::Looked && self.home(45) {
                self.case.see(self.world, self.at, &first);
            }
            return Ok(false);
        }
        if self.turn == Turn::Withdrawn {
            if self.home(20 * 60) {
                self.case.withdraw(self.world, self.at, "祖母が来られることになりました。");
            }
            return Ok(false);
        }
        if self.turn == Turn::Expired {
            self.at = self.case.answers_until().unwrap_or(self.at);
            if self.at > self.now {
                return Ok(false);
            }
            self.case.expire(self.world);
            return self.ask_again(second.unwrap_or(first));
        }
        let unseen = self.world.rng.between(3 * 60, 22 * 60);
        if !self.home(unseen) {
            return Ok(false);
        }
        self.case.see(self.world, self.at, &first);
        if !self.home(8 * 60) {
            return Ok(false);
        }
        if self.turn == Turn::Declined {
            self.case.decline(self.world, self.at, &first, "その日は家の用事があります。");
            let Some(second) = second else { return Ok(false) };
            return self.ask_again(second);
        }
        self.case.accept(self.world, self.at, &first);
        Ok(true)
    }

    fn ask_again(&mut self, provider: Arc<Person>) -> Result<bool> {
        if !self.office(60) {
            return Ok(false);
        }
        self.case.offer(self.world, self.at, &[Arc::clone(&provider)]);
        if !self.home(15 * 60) {
            return Ok(false);
        }
        self.case.accept(self.world, self.at, &provider);
        Ok(true)
    }

    /// The pre-meeting and 成立.
    fn meet(&mut self) -> Result<bool> {
        if !self.office(24 * 60) {
            return Ok(false);
        }
        let start = self.case.asked().starts_at;
        let latest = start.plus_minutes(-26 * 60);
        let meeting = self.world.office(self.at.plus_minutes(3 * 24 * 60)).min(latest.max(self.at.plus_minutes(60)));
        let meeting = Instant(meeting.0 - meeting.0.rem_euclid(30 * 60_000_000));
        self.case.schedule_meeting(self.world, self.at, meeting, "地域子育て支援拠点");
        if !self.home(15 * 60) {
            return Ok(false);
        }
        self.at = self.at.min(meeting.plus_minutes(-60));
        self.case.fill_sheet(self.world, self.at, true)?;
        self.at = meeting;
        if !self.office(70) {
            return Ok(false);
        }
        self.case.hold_meeting(self.world, self.at);
        if self.turn == Turn::NotAgreed {
            if self.office(30) {
                let why = SearchAgainReason::Terms;
                self.case.search_again(self.world, self.at, why, "送迎の道順が合いませんでした。");
            }
            return Ok(false);
        }
        if !self.office(25) {
            return Ok(false);
        }
        if self.at.plus_minutes(30) > start {
            return Ok(false);
        }
        self.case.establish(self.world, self.at, false);
        Ok(true)
    }

    /// What may happen between 成立 and the activity; `true` when it took place.
    fn after_agreement(&mut self) -> Result<bool> {
        let (start, end) = (self.case.asked().starts_at, self.case.asked().ends_at);
        let day_before = self.world.office(start.plus_minutes(-30 * 60)).min(start.plus_minutes(-90)).max(self.at);
        match self.turn {
            Turn::Cancelled if day_before <= self.now => {
                self.case.cancel(self.world, day_before, "子どもが熱を出したため。")?;
                return Ok(false);
            }
            Turn::CancelledLate if start.plus_minutes(-75) <= self.now => {
                self.case.cancel(
                    self.world,
                    start.plus_minutes(-75).max(self.at),
                    "朝、子どもの体調が悪くなったため。",
                )?;
                return Ok(false);
            }
            Turn::NoShow => {
                let called = self.world.office(start.plus_minutes(20));
                if called <= self.now {
                    self.case.cancel(self.world, called, "お約束の日を間違えていたため。")?;
                    return Ok(false);
                }
            }
            Turn::ProviderIll if day_before <= self.now => {
                let why = SearchAgainReason::Provider;
                self.case.search_again(self.world, day_before, why, "家族が急に入院し、伺えなくなりました。");
                self.at = day_before;
                if self.office(90) && self.at < start {
                    let why = NotEstablishedReason::Time;
                    self.case.not_establish(self.world, self.at, why, "代わりの方が見つかりませんでした。");
                }
                return Ok(false);
            }
            Turn::Cancelled | Turn::CancelledLate | Turn::ProviderIll => return Ok(false),
            _ => {}
        }
        let came = start.plus_minutes(3);
        if came <= self.now && self.now < end {
            self.case.begin_activity(self.world, came);
        }
        self.at = end;
        Ok(self.at <= self.now)
    }

    /// Whoever has not come to the report yet has recorded the hours; the end of one that is just over is still missing.
    fn record_hours(&mut self) {
        let (start, end) = (self.case.asked().starts_at, self.case.asked().ends_at);
        self.case.begin_activity(self.world, start.plus_minutes(3));
        if end.plus_minutes(10) <= self.now {
            self.case.end_activity(self.world, end.plus_minutes(-2));
        }
    }

    /// Report, approval, receipt.
    fn report(&mut self) -> Result<()> {
        let channel = if self.turn == Turn::Paper { Channel::Paper } else { Channel::Web };
        let written = if channel == Channel::Web { self.home(3 * 60) } else { self.office(20 * 60) };
        if !written {
            self.record_hours();
            return Ok(());
        }
        let wrote = self.wrote(channel);
        self.case.write_report(self.world, self.at, wrote.clone())?;
        if !self.home(2 * 60) {
            self.record_hours();
            return Ok(());
        }
        self.case.submit_report(self.world, self.at)?;
        match self.turn {
            Turn::PulledBack => {
                if !self.home(30) {
                    return Ok(());
                }
                self.case.pull_back(self.world, self.at);
                if !self.home(26 * 60) {
                    return Ok(());
                }
                self.case.submit_report(self.world, self.at)?;
            }
            Turn::Voided => {
                if !self.home(3 * 60) {
                    return Ok(());
                }
                self.case.void_report(self.world, self.at, "日付を間違えて登録したため。");
                if !self.home(30) {
                    return Ok(());
                }
                self.case.write_report(self.world, self.at, wrote)?;
                if !self.home(40) {
                    return Ok(());
                }
                self.case.submit_report(self.world, self.at)?;
            }
            Turn::Revision => {
                if !self.home(16 * 60) {
                    return Ok(());
                }
                self.case.request_revision(self.world, self.at, "おやつ代が入っていないようです。ご確認ください。");
                if !self.home(44 * 60) {
                    return Ok(());
                }
                self.case.submit_report(self.world, self.at)?;
            }
            _ => {}
        }
        self.settle()
    }

    fn settle(&mut self) -> Result<()> {
        let wait = if self.turn == Turn::Slow { 6 * 24 * 60 } else { self.world.rng.between(5 * 60, 38 * 60) };
        if !self.home(wait) {
            return Ok(());
        }
        self.case.approve(self.world, self.at, true)?;
        let approved = self.at;
        self.case.complete(self.world, approved.plus_minutes(5).min(self.now));
        if self.turn == Turn::Reopened {
            if self.office(20 * 60) {
                self.case.reopen(self.world, self.at, "終了時間の書き間違いの申し出がありました。");
            }
            return Ok(());
        }
        let wait = self.world.rng.between(2 * 60, 40 * 60);
        if self.home(wait) {
            self.case.receive(self.world, self.at);
        }
        Ok(())
    }

    fn wrote(&mut self, channel: Channel) -> Wrote {
        let asked = self.case.asked();
        let (start, end, escort) = (asked.starts_at, asked.ends_at, asked.kind != CareKind::Care);
        let children = asked.children.clone();
        let later = [0, 0, 0, 0, 10, 30].get(self.world.rng.below(6)).copied().unwrap_or(0);
        let mut expenses = Vec::new();
        if escort || self.world.rng.chance(20) {
            expenses.push((ExpenseKind::Transport, self.world.rng.between(2, 6) * 100));
        }
        if self.world.rng.chance(15) {
            expenses.push((ExpenseKind::Snack, self.world.rng.between(1, 3) * 100));
        }
        let notes = match self.world.rng.below(4) {
            0 => "公園で元気に遊びました。",
            1 => "お昼寝を1時間しました。",
            _ => "",
        };
        Wrote {
            started_at: Some(start),
            ended_at: Some(end.plus_minutes(later).min(self.now)),
            children,
            expenses,
            notes: notes.to_owned(),
            channel,
        }
    }
}
