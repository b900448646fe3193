//! `GET /healthz`: whether this server can do its work.

use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use migration::{Migrator, MigratorTrait};
use serde_json::{Value, json};
use std::time::Duration;

/// 200 when the database answers, stores and has this version's schema, else 503.
pub async fn health(State(state): State<AppState>) -> (StatusCode, Json<Value>) {
    let asked = state.env.db.migrations();
    let applied = tokio::time::timeout(Duration::from_secs(2), asked).await;
    let known = i64::try_from(Migrator::migrations().len()).unwrap_or(i64::MAX);
    let stores = tokio::time::timeout(Duration::from_secs(2), state.env.db.prove_write());
    let (database, migrations, well) = match applied {
        Ok(Ok(Some(applied))) => {
            let stores = matches!(stores.await, Ok(Ok(())));
            let migrations = json!({ "applied": applied, "known": known });
            (if stores { "ok" } else { "read-only" }, migrations, stores && applied == known)
        }
        _ => ("unreachable", Value::Null, false),
    };
    let status = if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({
        "status": if well { "ok" } else { "unavailable" },
        "version": env!("CARGO_PKG_VERSION"),
        "database": database,
        "migrations": migrations,
    });
    (status, Json(body))
}
