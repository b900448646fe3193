//! What happens by itself: offers run out, cases end, months close, people are reminded, old secrets are forgotten.
//!
//! [`run_due`] does everything that is due now, in a fixed order; every job asks the clock and the records, so it may
//! run twice, late, or on two servers. One server at a time holds the lease, which spares work and keeps the order.
//! [`advance_clock`] moves the demo's clock from one due moment to the next, so a jump of a month is as if the month
//! had passed.

mod remind;

use crate::entity::{idempotency, job_lease, offer as offer_row};
use crate::error::{Error, Result};
use crate::{Env, coordination, db, demo, form_draft, id, offer, report, session, subsidy};
use domain::request::OfferStatus;
use domain::subsidy::{CUTOFF_DAY, YearMonth};
use domain::time::{Date, Instant};
use sea_orm::sea_query::{Func, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::time::Duration;

/// Minutes after which a lease of a server that vanished falls to the others.
const LEASE_MINUTES: i64 = 2;
/// How often the background loop looks.
const EVERY: Duration = Duration::from_secs(30);
/// The minute of the day the close and the end of cases wait for: 0:05, after every step of the day before.
const NIGHT: u16 = 5;
/// The minute of the day for reminders: 9:00.
const MORNING: u16 = 9 * 60;
/// Days a form's key is remembered.
const KEY_DAYS: i64 = 7;

/// Does everything that is due; `false` when another server is at it.
///
/// A job that fails does not stop the ones after it; the first fault is returned at the end.
///
/// # Errors
/// Those of the jobs.
pub async fn run_due(env: &Env) -> Result<bool> {
    let holder = id::token()?;
    if !take_lease(env, &holder).await? {
        return Ok(false);
    }
    let result = run_all(env).await;
    job_lease::Entity::delete_many().filter(job_lease::Column::Holder.eq(holder)).exec(env.db.write()).await?;
    result.map(|()| true)
}

/// Runs what is due now and at every due moment until `to`, for a demo city that nobody else works on yet.
///
/// # Errors
/// Those of the jobs.
pub async fn live_until(env: &Env, to: Instant) -> Result<()> {
    run_all(env).await?;
    while let Some(moment) = next_due(env, to).await? {
        env.clock.advance_to(moment);
        run_all(env).await?;
    }
    env.clock.advance_to(to);
    run_all(env).await
}

async fn run_all(env: &Env) -> Result<()> {
    let mut first = Ok(());
    let mut note = |name: &str, result: Result<()>| {
        if let Err(error) = result {
            tracing::error!(job = name, %error, "a job failed");
            if first.is_ok() {
                first = Err(error);
            }
        }
    };
    let today = env.clock.today();
    let minute = env.clock.now().minute_of_day();
    // The close comes first: nothing that is done now belongs before its cutoff.
    if env.clock.now() >= Instant::at(today, NIGHT) {
        note("close", subsidy::run_due(env).await.map(drop));
    }
    note("expire_offers", offer::expire_offers(env).await.map(drop));
    note("complete_finished", coordination::complete_finished(env).await.map(drop));
    if minute >= MORNING {
        note("remind_untaken", coordination::remind_untaken(env).await.map(drop));
        note("remind_approvals", report::remind_approvals(env).await.map(drop));
        note("remind_unsettled", remind::unsettled(env).await.map(drop));
    }
    note("purge", purge(env).await);
    first
}

/// Takes the lease when it is free or has run out.
async fn take_lease(env: &Env, holder: &str) -> Result<bool> {
    let now = env.clock.real_now();
    // A lease is one statement on purpose: whoever changes the row holds it.
    let taken = db::raw(
        "INSERT INTO job_lease (name, holder, until) VALUES ('jobs', :holder, :until) \
         ON CONFLICT (name) DO UPDATE SET holder = :holder, until = :until WHERE job_lease.until <= :now",
    );
    let taken = taken.with("holder", holder).with("until", now.plus_minutes(LEASE_MINUTES)).with("now", now);
    Ok(taken.execute(env.db.write()).await? == 1)
}

/// Frees the lease that a killed demo left behind, so that the demo started again need not wait for its end; every job may
/// run twice.
pub async fn free_lease(env: &Env) -> Result<()> {
    job_lease::Entity::delete_many().exec(env.db.write()).await?;
    Ok(())
}

/// Forgets, at most once an hour, what has run out: forms that came back, sessions, forms' keys.
async fn purge(env: &Env) -> Result<()> {
    let now = env.clock.real_now();
    // A lease of an hour, in one statement for the same reason as the jobs'.
    let stamp = db::raw(
        "INSERT INTO setting (key, value) VALUES ('purged_at', :now) \
         ON CONFLICT (key) DO UPDATE SET value = :now WHERE CAST(setting.value AS BIGINT) <= :hour_ago",
    );
    let stamp = stamp.with("now", now.0.to_string()).with("hour_ago", now.plus_minutes(-60));
    if stamp.execute(env.db.write()).await? == 0 {
        return Ok(());
    }
    form_draft::purge(env).await?;
    session::purge(env).await?;
    // Keys are stamped with business time, which a demo keeps apart from real time.
    let before = now.min(env.clock.now()).plus_days(-KEY_DAYS);
    idempotency::Entity::delete_many().filter(idempotency::Column::At.lt(before)).exec(env.db.write()).await?;
    Ok(())
}

/// Where a demo's clock is moved to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockTarget {
    /// A moment.
    To(Instant),
    /// The next day at 10:00.
    NextDay,
    /// The next 5th at 10:00, the last day that counts for the month's close, which runs in the night after it.
    Next5th,
}

impl ClockTarget {
    /// Reads `next-day`, `next-5th` or an RFC 3339 moment.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "next-day" => Some(Self::NextDay),
            "next-5th" => Some(Self::Next5th),
            moment => domain::time::parse_rfc3339(moment).map(Self::To),
        }
    }

    /// The moment meant, seen from `now`.
    #[must_use]
    pub fn moment(self, now: Instant) -> Instant {
        const TEN: u16 = 10 * 60;
        match self {
            Self::To(moment) => moment,
            Self::NextDay => Instant::at(now.date().next_day().unwrap_or(Date::MAX), TEN),
            Self::Next5th => {
                let fifth = |month: YearMonth| {
                    let month_of = time::Month::try_from(month.month).unwrap_or(time::Month::January);
                    let day = Date::from_calendar_date(month.year, month_of, CUTOFF_DAY).unwrap_or(Date::MAX);
                    Instant::at(day, TEN)
                };
                let month = YearMonth::of(now.date());
                let this = fifth(month);
                if this > now { this } else { fifth(month.next()) }
            }
        }
    }
}

/// Moves the demo's clock forward, stopping at every moment on the way at which something is due, and returns when
/// everything due until then has run.
///
/// A moment that has passed changes nothing but runs what is due.
///
/// # Errors
/// [`Error::NotFound`] when this clock cannot be moved, [`Error::Busy`] when another server holds the jobs for long.
pub async fn advance_clock(env: &Env, to: Instant) -> Result<()> {
    if !env.clock.is_movable() {
        return Err(Error::NotFound);
    }
    while let Some(moment) = next_due(env, to).await? {
        move_to(env, moment).await?;
    }
    move_to(env, to).await
}

async fn move_to(env: &Env, moment: Instant) -> Result<()> {
    env.clock.advance_to(moment);
    if env.demo.is_some() {
        demo::keep_clock(env).await?;
    }
    run_patiently(env).await
}

/// The earliest moment after now and before `to` at which something may be due.
async fn next_due(env: &Env, to: Instant) -> Result<Option<Instant>> {
    let now = env.clock.now();
    let today = now.date();
    let tomorrow = today.next_day().unwrap_or(Date::MAX);
    let daily = [today, tomorrow].into_iter().flat_map(|day| [Instant::at(day, NIGHT), Instant::at(day, MORNING)]);
    let offer = Query::select()
        .expr(Func::min(offer_row::Column::ExpiresAt.into_expr()))
        .from(offer_row::Entity)
        .and_where(offer_row::Column::Status.is_in(OfferStatus::OPEN))
        .and_where(offer_row::Column::ExpiresAt.gt(now))
        .take();
    let offer: Option<Option<Instant>> = db::select_value(env.db.read(), &offer).await?;
    let due = daily.chain(offer.flatten()).filter(|moment| *moment > now && *moment < to);
    Ok(due.min())
}

/// Runs what is due, waiting for the background loop when it is at it.
async fn run_patiently(env: &Env) -> Result<()> {
    for _ in 0..300 {
        if run_due(env).await? {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(Error::Busy)
}

/// Runs what is due in the background, every half minute.
pub fn spawn(env: Env) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            // What failed is in the log, and the next round tries again.
            let _ = run_due(&env).await;
        }
    })
}
