//! What open desks hear: that something happened in their ward, never what.
//!
//! One task per server looks for new rows of the audit trail (`event`) while anybody listens, so another server's steps
//! on the same database are heard too, and 500 listeners cost one select. A listener learns which event its ward has
//! reached; what it then shows it asks for again, where its rights are checked.

use crate::entity::{event, session};
use crate::error::Result;
use crate::{Env, id};
use domain::time::Instant;
use sea_orm::sea_query::Order;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// How often the task looks: an event is heard within a second.
const PAUSE: Duration = Duration::from_millis(400);
/// How long it rests after a database that does not answer.
const REST: Duration = Duration::from_secs(2);
/// On PostgreSQL a number given earlier may be committed later; so many numbers are looked at again.
const LOOK_BACK: i64 = 200;

/// The latest event of each ward, by its number.
type Reached = Arc<HashMap<String, i64>>;

/// Where desks listen; one per server.
#[derive(Clone, Debug)]
pub struct Feed {
    reached: watch::Sender<Reached>,
    wanted: Arc<Notify>,
    closing: watch::Sender<bool>,
}

impl Feed {
    /// Starts the task that looks for events; it rests while nobody listens.
    #[must_use]
    pub fn start(env: Env) -> Self {
        let feed = Self {
            reached: watch::Sender::new(Reached::default()),
            wanted: Arc::new(Notify::new()),
            closing: watch::Sender::new(false),
        };
        tokio::spawn(feed.clone().look(env));
        feed
    }

    /// Listens for a ward.
    #[must_use]
    pub fn listen(&self, ward: &str) -> Listener {
        let listener = Listener {
            ward: ward.to_owned(),
            reached: self.reached.subscribe(),
            closing: self.closing.subscribe(),
            heard: None,
        };
        self.wanted.notify_one();
        listener
    }

    /// Ends every listener: the server stops, and an open stream would keep it from doing so.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    async fn look(self, env: Env) {
        let mut seen = Seen::default();
        while !*self.closing.borrow() {
            if self.reached.receiver_count() == 0 {
                self.wanted.notified().await;
            }
            let pause = match seen.look(&env).await {
                Ok(news) => {
                    if !news.is_empty() {
                        self.reached.send_modify(|reached| Arc::make_mut(reached).extend(news));
                    }
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
    latest: Option<i64>,
    recent: BTreeSet<i64>,
}

impl Seen {
    /// The wards with new events, and the event each has reached. The first look only learns where the trail ends.
    async fn look(&mut self, env: &Env) -> Result<HashMap<String, i64>> {
        let mut rows = event::Entity::find().select_only().columns([event::Column::Id, event::Column::Ward]);
        rows = match self.latest {
            Some(latest) => rows.filter(event::Column::Id.gt(latest - LOOK_BACK)),
            None => rows.limit(u64::try_from(LOOK_BACK).unwrap_or(0)),
        };
        let rows: Vec<(i64, Option<String>)> =
            rows.order_by(event::Column::Id, Order::Desc).into_tuple().all(env.db.read()).await?;
        let mut news = HashMap::new();
        for (id, ward) in &rows {
            let Some(ward) = ward.clone().filter(|_| !self.recent.contains(id)) else { continue };
            // Newest first: the first number of a ward is the one it has reached.
            news.entry(ward).or_insert(*id);
        }
        self.recent = rows.iter().map(|(id, _)| *id).collect();
        self.latest = self.recent.last().copied().or(self.latest);
        Ok(news)
    }
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
            let now = self.reached.borrow_and_update().get(&self.ward).copied().unwrap_or(0);
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
///
/// # Errors
/// Those of the database.
pub async fn session_stands(env: &Env, token: &str) -> Result<bool> {
    let row = session::Entity::find_by_id(id::sha256(token)).one(env.db.read()).await?;
    let now = env.clock.real_now();
    Ok(row.is_some_and(|row| {
        now.0 < row.expires_at && now < Instant(row.seen_at).plus_minutes(crate::session::STAFF_IDLE_MINUTES)
    }))
}
