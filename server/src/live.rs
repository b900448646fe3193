//! `GET /desk/live`: Server-Sent Events that say which event a coordinator's ward has reached, and nothing else; and
//! `GET /desk/news?since=N`: how many cases others have touched since an event, as JSON (`domain::desk::DeskNews`); and
//! `GET /desk/queue`: the queue as the desk at the same query shows it, as JSON (`domain::desk::Queue`).
//!
//! Each message is `event: reached` with the event's number as `id` and `data`; the first comes at once, so whoever
//! connects again catches up by asking for the page's content. The stream ends with `event: ended` within
//! [`CHECK`] of the session, and at once when the server stops. Whoever is no coordinator gets the 404 of every page
//! that is not theirs; signed out both answer 204, after which a browser does not connect again and writes no error.

use crate::middleware::page;
use crate::state::AppState;
use app::fault::Fault;
use app::visit::Visitor;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures_util::stream::{self, Stream};
use service::Env;
use service::live::{Listener, session_stands};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// How often a stream asks whether its session still stands.
const CHECK: Duration = Duration::from_secs(4);
/// How long a browser waits until it connects again.
const RETRY: Duration = Duration::from_secs(2);
/// How often a silent stream says that it is there; proxies cut what is silent for longer.
const ALIVE: Duration = Duration::from_secs(15);

/// Answers with how many cases others have touched.
pub async fn news(State(state): State<AppState>, Extension(visitor): Extension<Arc<Visitor>>) -> Response {
    let Some(session) = &visitor.session else { return StatusCode::NO_CONTENT.into_response() };
    let Some(since) = visitor.query("since").and_then(|since| since.parse().ok()) else {
        return refuse(&visitor, &Fault::Unreadable);
    };
    match service::live::news(&state.env, &session.actor, since).await {
        Ok(news) => Json(news).into_response(),
        Err(error) => refuse(&visitor, &Fault::from(error)),
    }
}

/// Answers with the queue.
pub async fn queue(State(state): State<AppState>, Extension(visitor): Extension<Arc<Visitor>>) -> Response {
    let Some(session) = &visitor.session else { return StatusCode::NO_CONTENT.into_response() };
    let filter = app::desk::queue_filter(|name| visitor.query(name));
    match service::coordination::queue(&state.env, &session.actor, &filter).await {
        Ok(queue) => Json(queue).into_response(),
        Err(error) => refuse(&visitor, &Fault::from(error)),
    }
}

fn refuse(visitor: &Visitor, fault: &Fault) -> Response {
    page(visitor, fault, StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
}

/// Answers with the stream.
pub async fn stream(State(state): State<AppState>, Extension(visitor): Extension<Arc<Visitor>>) -> Response {
    let (Some(session), Some(token)) = (&visitor.session, &visitor.token) else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let listener = match state.live.listen(&session.actor) {
        Ok(listener) => listener,
        Err(error) => return refuse(&visitor, &Fault::from(error)),
    };
    let open =
        Open { env: state.env.clone(), token: token.clone(), listener, check_at: Instant::now() + CHECK, ended: false };
    let keep_alive = KeepAlive::new().interval(ALIVE);
    // A proxy that gathers what it passes on would keep the news back.
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"))];
    (unbuffered, Sse::new(messages(open)).keep_alive(keep_alive)).into_response()
}

/// A stream under way.
struct Open {
    env: Env,
    token: String,
    listener: Listener,
    check_at: Instant,
    ended: bool,
}

fn messages(open: Open) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(open, async |mut open| {
        if open.ended {
            return None;
        }
        let message = open.next().await?;
        Some((Ok(message), open))
    })
}

impl Open {
    async fn next(&mut self) -> Option<Event> {
        loop {
            tokio::select! {
                reached = self.listener.next() => {
                    let number = reached?.to_string();
                    return Some(Event::default().event("reached").id(number.clone()).data(number).retry(RETRY));
                }
                () = sleep_until(self.check_at) => {
                    self.check_at = Instant::now() + CHECK;
                    // A database that does not answer is no reason to end: the pages say so themselves.
                    if !session_stands(&self.env, &self.token).await.unwrap_or(true) {
                        self.ended = true;
                        return Some(Event::default().event("ended").data(""));
                    }
                }
            }
        }
    }
}
