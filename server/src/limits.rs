//! How much of the server one address, and all together, may hold at a time: connections, requests, bytes of forms.
//!
//! Whoever holds more than their share is turned away at once, so that the others are served. What lies in here is of
//! this process alone: a second server on the same database has its own.

use crate::cli::LimitArgs;
use axum::http::Request;
use axum_server::accept::Accept;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tower_http::add_extension::AddExtension;

/// How long the head of a request may take, and how long a connection may rest between two requests.
pub const HEAD_TIME: Duration = Duration::from_secs(20);

/// How long a form may take to arrive.
pub const FORM_TIME: Duration = Duration::from_secs(30);

/// The bytes of forms held in memory at a time.
const FORMS: Bound = Bound { all: 32 << 20, each: 4 << 20 };

/// What may be taken of one thing.
#[derive(Clone, Copy, Debug)]
struct Bound {
    all: usize,
    each: usize,
}

/// The bounds of one server.
#[derive(Debug)]
pub struct Limits {
    /// Connections, counted for the machine at the other end.
    pub connections: Arc<Room>,
    /// Requests at work, counted for the person's address.
    pub requests: Arc<Room>,
    /// Bytes of forms, counted for the person's address.
    pub forms: Arc<Room>,
    /// Forms sent, counted for the person.
    pub writes: Pace,
}

impl Limits {
    /// The bounds of the settings; behind a proxy all connections come from one machine, and only requests keep people
    /// apart.
    #[must_use]
    pub fn new(settings: LimitArgs, proxy: bool) -> Self {
        let bound = Bound { all: settings.http_connections, each: settings.http_connections_per_address };
        let connections = Bound { each: if proxy { bound.all } else { bound.each }, ..bound };
        Self {
            connections: Room::new(connections),
            requests: Room::new(bound),
            forms: Room::new(FORMS),
            writes: Pace::new(settings.writes_per_minute),
        }
    }
}

/// A bounded thing of which every key has a share.
#[derive(Debug)]
pub struct Room {
    bound: Bound,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    each: HashMap<String, usize>,
}

/// What was taken; given back when it is dropped.
#[derive(Debug)]
pub struct Share {
    room: Arc<Room>,
    key: String,
    amount: usize,
}

impl Room {
    fn new(bound: Bound) -> Arc<Self> {
        Arc::new(Self { bound, taken: Mutex::default() })
    }

    /// Takes an amount, unless it is more than the key's share or than there is.
    pub fn take(self: &Arc<Self>, address: &str, amount: usize) -> Option<Share> {
        let key = service::session::network(address);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_key = taken.each.get(&key).copied().unwrap_or(0) + amount;
        if of_key > self.bound.each || taken.all + amount > self.bound.all {
            return None;
        }
        taken.all += amount;
        taken.each.insert(key.clone(), of_key);
        drop(taken);
        Some(Share { room: Arc::clone(self), key, amount })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.room.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= self.amount;
        let left = taken.each.get(&self.key).map_or(0, |of_key| of_key - self.amount);
        // Nobody's addresses are collected.
        if left == 0 {
            taken.each.remove(&self.key);
        } else {
            taken.each.insert(self.key.clone(), left);
        }
    }
}

/// So many a minute, of which all may come at once.
#[derive(Debug)]
pub struct Pace {
    a_minute: u32,
    /// When each person's minute would be used up again.
    due: Mutex<HashMap<String, Instant>>,
}

impl Pace {
    fn new(a_minute: u32) -> Self {
        Self { a_minute, due: Mutex::default() }
    }

    /// Counts one; past the limit it is not counted, and the answer is when the next one may come.
    ///
    /// # Errors
    /// How long to wait.
    pub fn count(&self, key: &str, now: Instant) -> Result<(), Duration> {
        const MINUTE: Duration = Duration::from_secs(60);
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        if due.len() >= 10_000 {
            due.retain(|_, due| *due > now);
        }
        let next = due.get(key).copied().unwrap_or(now).max(now) + MINUTE / self.a_minute;
        let wait = next.saturating_duration_since(now + MINUTE);
        if !wait.is_zero() {
            return Err(wait);
        }
        due.insert(key.to_owned(), next);
        drop(due);
        Ok(())
    }
}

/// Accepts a connection when its address has a place; the place is held until the connection ends.
#[derive(Clone, Debug)]
pub struct Bounded(pub Arc<Limits>);

impl<S> Accept<TcpStream, S> for Bounded {
    type Stream = TcpStream;
    // The service lives as long as its connection.
    type Service = AddExtension<S, Arc<Share>>;
    type Future = std::future::Ready<io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let place = stream.peer_addr().and_then(|peer| {
            let address = peer.ip().to_string();
            self.0.connections.take(&address, 1).ok_or_else(|| io::Error::from(io::ErrorKind::QuotaExceeded))
        });
        std::future::ready(place.map(|place| (stream, AddExtension::new(service, Arc::new(place)))))
    }
}

/// Sets the times and bounds of a server's connections; HTTP/2 is spoken over TLS alone.
pub fn bound<A>(mut server: axum_server::Server<SocketAddr, A>, tls: bool) -> axum_server::Server<SocketAddr, A> {
    let http = server.http_builder();
    // The same clock runs while a connection rests between two requests.
    http.http1().header_read_timeout(HEAD_TIME).max_buf_size(64 << 10);
    http.http2()
        .max_concurrent_streams(32)
        .max_header_list_size(32 << 10)
        .keep_alive_interval(Some(HEAD_TIME))
        .keep_alive_timeout(Duration::from_secs(10));
    let server = server.first_request_timeout(HEAD_TIME);
    if tls { server } else { server.http1_only() }
}

/// The bytes that a form takes while it arrives: as many as it says, else as many as it may have.
#[must_use]
pub fn announced<B>(request: &Request<B>, largest: usize) -> usize {
    let length = request.headers().get(axum::http::header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    length.map_or(largest, |length| length.min(largest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_takes_its_share_and_leaves_the_others_theirs() {
        let room = Room::new(Bound { all: 5, each: 3 });
        let held: Vec<_> = (0..3).map(|_| room.take("192.0.2.1", 1).unwrap()).collect();
        assert!(room.take("192.0.2.1", 1).is_none());
        assert!(room.take("::ffff:192.0.2.1", 1).is_none(), "the same machine, written as IPv6");
        let other = room.take("192.0.2.2", 2).unwrap();
        assert!(room.take("192.0.2.3", 1).is_none(), "all together hold what there is");
        drop(held);
        assert!(room.take("192.0.2.1", 3).is_some());
        drop(other);
        let taken = room.taken.lock().unwrap();
        assert!(taken.all == 0 && taken.each.is_empty(), "{taken:?}");
    }

    #[test]
    fn thirty_a_minute_may_come_at_once_and_the_next_waits() {
        let pace = Pace::new(30);
        let now = Instant::now();
        for _ in 0..30 {
            pace.count("a", now).unwrap();
        }
        assert_eq!(pace.count("a", now), Err(Duration::from_secs(2)));
        pace.count("b", now).unwrap();
        pace.count("a", now + Duration::from_secs(2)).unwrap();
        assert!(pace.count("a", now + Duration::from_secs(2)).is_err());
        for _ in 0..30 {
            pace.count("a", now + Duration::from_secs(122)).unwrap();
        }
    }
}
