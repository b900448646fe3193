//! `GET /requests/CDK…/calendar.ics`: a case's days for the calendar on a phone.

use crate::api::redirect;
use crate::middleware::page;
use app::fault::Fault;
use app::form::with_query;
use app::visit::Visitor;
use axum::Extension;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::number::RequestNo;
use std::sync::Arc;

/// Answers with the file; whoever is signed out is led to the case's page by way of the login.
pub async fn file(Extension(visitor): Extension<Arc<Visitor>>, Path(no): Path<String>) -> Response {
    let Ok(no) = RequestNo::parse(&no) else { return refuse(&visitor, &Fault::NotFound) };
    let Some(session) = &visitor.session else {
        return redirect(&with_query("/login", "next", &format!("/requests/{no}")));
    };
    match service::calendar::of_case(&visitor.env, &session.actor, no).await {
        Ok(case) => {
            let name = format!("attachment; filename=\"{no}.ics\"");
            let kind = "text/calendar; charset=utf-8".to_owned();
            let text = app::calendar::file(&case, &visitor.site);
            ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], text).into_response()
        }
        Err(error) => refuse(&visitor, &Fault::from(error)),
    }
}

fn refuse(visitor: &Visitor, fault: &Fault) -> Response {
    page(visitor, fault, StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
}
