//! What open desks hear: that something happened in their ward, and then how many cases it touched.
//!
//! One task per server looks for new rows of the audit trail (`event`), so another server's steps on the same database are
//! heard too, and 500 listeners cost one select. A listener learns which event its ward has reached; what that means for
//! the page it asks for ([`news`]), where its rights are checked.

use crate::entity::{event, session};
use crate::error::Result;
use crate::{Env, id, policy};
use domain::actor::Actor;
use domain::desk::DeskNews;
use domain::policy::Right;
use sea_orm::sea_query::Order;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;
use tokio::sync::watch;

/// How often the task looks: an event is heard within a second.
const PAUSE: Duration = Duration::from_millis(400);
/// How long it rests after a database that does not answer.
const REST: Duration = Duration::from_secs(2);
/// On PostgreSQL a number given earlier may be committed later; so many numbers are looked at again.
const LOOK_BACK: i64 = 200;
/// The most events that one question for news reads; a page that was away for longer hears of at least these.
const MOST_NEWS: u64 = 1000;

/// How far the trail has come.
#[derive(Clone, Debug, Default)]
struct Reached {
    /// The number of its latest event.
    latest: i64,
    /// The number of the latest event of each ward in which something happened since the server started.
    wards: HashMap<String, i64>,
}

/// Where desks listen; one per server.
#[derive(Clone, Debug)]
pub struct Feed {
    reached: watch::Sender<Reached>,
    closing: watch::Sender<bool>,
}

impl Feed {
    /// Starts the task that looks for events.
    ///
    /// # Errors
    /// Those of the database at the first look.
    pub async fn start(env: Env) -> Result<Self> {
        let feed = Self { reached: watch::Sender::new(Reached::default()), closing: watch::Sender::new(false) };
        let mut seen = Seen::default();
        feed.publish(&seen.look(&env).await?, seen.latest);
        tokio::spawn(feed.clone().look(env, seen));
        Ok(feed)
    }

    /// The number of the latest event: what a page drawn now may ask [`news`] since.
    #[must_use]
    pub fn latest(&self) -> i64 {
        self.reached.borrow().latest
    }

    /// Listens for the coordinator's ward.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] for everybody who is no coordinator.
    pub fn listen(&self, actor: &Actor) -> Result<Listener> {
        Ok(Listener {
            ward: policy::ward(actor, Right::KeepDesk)?.to_owned(),
            reached: self.reached.subscribe(),
            closing: self.closing.subscribe(),
            heard: None,
        })
    }

    /// Ends every listener: the server stops, and an open stream would keep it from doing so.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    fn publish(&self, news: &HashMap<String, i64>, latest: i64) {
        self.reached.send_if_modified(|reached| {
            reached.latest = latest;
            reached.wards.extend(news.iter().map(|(ward, id)| (ward.clone(), *id)));
            !news.is_empty()
        });
    }

    async fn look(self, env: Env, mut seen: Seen) {
        while !*self.closing.borrow() {
            let pause = match seen.look(&env).await {
                Ok(news) => {
                    self.publish(&news, seen.latest);
                    PAUSE
                }
                Err(error) => {
                    tracing::warn!(%error, "new events cannot be read");
                    REST
                }
            };
            tokio::time::sleep(pause).await;
        }
    }
}

/// The events the task knows already.
#[derive(Debug, Default)]
struct Seen {
    latest: i64,
    recent: BTreeSet<i64>,
}

impl Seen {
    /// The wards with new events, and the event each has reached.
    async fn look(&mut self, env: &Env) -> Result<HashMap<String, i64>> {
        let rows: Vec<(i64, Option<String>)> = event::Entity::find()
            .select_only()
            .columns([event::Column::Id, event::Column::Ward])
            .filter(event::Column::Id.gt(self.latest - LOOK_BACK))
            .order_by(event::Column::Id, Order::Desc)
            // At the first look the trail may be long; only its end counts.
            .limit(MOST_NEWS)
            .into_tuple()
            .all(env.db.read())
            .await?;
        let mut news = HashMap::new();
        for (id, ward) in &rows {
            let Some(ward) = ward.clone().filter(|_| !self.recent.contains(id)) else { continue };
            // Newest first: the first number of a ward is the one it has reached.
            news.entry(ward).or_insert(*id);
        }
        self.latest = rows.first().map_or(self.latest, |(id, _)| *id);
        self.recent = rows.iter().map(|(id, _)| *id).filter(|id| *id > self.latest - LOOK_BACK).collect();
        Ok(news)
    }
}

/// What happened in the coordinator's ward after an event, by others than herself.
///
/// # Errors
/// [`crate::Error::NotFound`] for everybody who is no coordinator.
pub async fn news(env: &Env, actor: &Actor, since: i64) -> Result<DeskNews> {
    let requests: Vec<Option<i64>> = event::Entity::find()
        .select_only()
        .column(event::Column::RequestId)
        .filter(event::Column::Id.gt(since))
        .filter(policy::visible::<event::Entity>(actor, Right::KeepDesk, None)?)
        .filter(event::Column::AccountId.is_null().or(event::Column::AccountId.ne(actor.account)))
        .order_by(event::Column::Id, Order::Asc)
        .limit(MOST_NEWS)
        .into_tuple()
        .all(env.db.read())
        .await?;
    let cases: BTreeSet<i64> = requests.into_iter().flatten().collect();
    Ok(DeskNews { cases: cases.len().try_into().unwrap_or(u32::MAX) })
}

/// One open page that listens.
#[derive(Debug)]
pub struct Listener {
    ward: String,
    reached: watch::Receiver<Reached>,
    closing: watch::Receiver<bool>,
    heard: Option<i64>,
}

impl Listener {
    /// Waits until the ward has a newer event than was heard, and returns its number; at first answers at once, with 0
    /// where none is known. `None` once the server stops.
    pub async fn next(&mut self) -> Option<i64> {
        loop {
            if *self.closing.borrow() {
                return None;
            }
            let now = self.reached.borrow_and_update().wards.get(&self.ward).copied().unwrap_or(0);
            if self.heard != Some(now) {
                self.heard = Some(now);
                return Some(now);
            }
            let changed = tokio::select! {
                changed = self.reached.changed() => changed,
                changed = self.closing.changed() => changed,
            };
            changed.ok()?;
        }
    }
}

/// Whether a cookie's session still stands; looking does not make it younger, as an open page is nobody's work.
pub async fn session_stands(env: &Env, token: &str) -> Result<bool> {
    let row = session::Entity::find_by_id(id::sha256(token)).one(env.db.read()).await?;
    let now = env.clock.real_now();
    Ok(row
        .is_some_and(|row| now < row.expires_at && now < row.seen_at.plus_minutes(crate::session::STAFF_IDLE_MINUTES)))
}
