//! `POST /demo/clock`: staff move the demo's time forward; the answer comes after every job due until then has run.

use crate::api::redirect;
use crate::middleware::page;
use app::fault::Fault;
use app::visit::Visitor;
use axum::Extension;
use axum::extract::RawForm;
use axum::http::StatusCode;
use axum::response::Response;
use domain::policy::{Right, opens};
use domain::refusal::Refusal;
use service::job::ClockTarget;
use std::sync::Arc;

/// Moves the clock to `to`: an RFC 3339 moment, `next-day` or `next-5th`, later than now and at most to the end of the
/// known holidays; then leads back to `back`.
pub async fn advance(Extension(visitor): Extension<Arc<Visitor>>, RawForm(body): RawForm) -> Response {
    let role = visitor.session.as_ref().map(|session| &session.actor.role);
    if !opens(Right::MoveClock, role) {
        return page(&visitor, &Fault::NotFound, StatusCode::NOT_FOUND);
    }
    let form = app::form::pairs(&body);
    let value =
        |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default();
    let Some(target) = ClockTarget::parse(&value("to")) else {
        return page(&visitor, &Fault::Unreadable, StatusCode::BAD_REQUEST);
    };
    let to = target.moment(visitor.env.clock.now());
    if to < visitor.env.clock.now() {
        return page(&visitor, &Fault::Refused(Refusal::ClockGoesForward), StatusCode::BAD_REQUEST);
    }
    if demo::end().map_or(true, |end| to > end) {
        return page(&visitor, &Fault::Unreadable, StatusCode::BAD_REQUEST);
    }
    if let Err(error) = service::job::advance_clock(&visitor.env, to).await {
        tracing::error!(%error, "the demo clock stopped");
        return page(&visitor, &Fault::Busy, StatusCode::SERVICE_UNAVAILABLE);
    }
    redirect(&app::session::safe_next(&value("back")))
}
