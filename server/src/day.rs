//! `GET /days?year=2024`: a year's days for the calendar beside a date field, as JSON (`app::day::Year`).

use crate::middleware::page;
use app::fault::Fault;
use app::visit::Visitor;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use std::sync::Arc;

/// Answers with the year, or with this one.
pub async fn year(Extension(visitor): Extension<Arc<Visitor>>) -> Response {
    let Some(session) = &visitor.session else { return StatusCode::NO_CONTENT.into_response() };
    let year = match visitor.query("year").map(|year| year.parse()) {
        None => None,
        Some(Ok(year)) => Some(year),
        Some(Err(_)) => return refuse(&visitor, &Fault::NotFound),
    };
    match service::day::year(&visitor.env, &session.actor, year).await {
        Ok(year) => Json(app::day::Year::from(&year)).into_response(),
        Err(error) => refuse(&visitor, &Fault::from(error)),
    }
}

fn refuse(visitor: &Visitor, fault: &Fault) -> Response {
    page(visitor, fault, StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
}
