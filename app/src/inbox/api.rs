//! `POST /api/readings`: opens a message, which marks it as read; `/api/all-readings` marks all. A GET marks nothing.

use crate::fault::Fault;
use crate::post::post;
use leptos::prelude::*;

/// Marks a message as read and opens it.
///
/// # Errors
/// [`Fault::NotFound`] when it is not the person's.
#[server(prefix = "/api", endpoint = "readings")]
pub async fn open_mail(#[server(default)] mail: String) -> Result<(), Fault> {
    crate::form::run("/inbox", async |visit| {
        let id = mail.parse().map_err(|_| Fault::NotFound)?;
        service::inbox::mark_read(&visit.env, &visit.actor, id).await?;
        Ok(format!("/inbox/{id}"))
    })
    .await
}

post! { OpenMail }

/// Marks as read what the page counted: everything up to its newest message.
///
/// # Errors
/// [`Fault::NotFound`] for a message that cannot be one.
#[server(prefix = "/api", endpoint = "all-readings")]
pub async fn read_all(#[server(default)] newest: String) -> Result<(), Fault> {
    crate::form::run("/inbox", async |visit| {
        let newest = newest.parse().map_err(|_| Fault::NotFound)?;
        service::inbox::mark_all_read(&visit.env, &visit.actor, newest).await?;
        Ok("/inbox?done=all".to_owned())
    })
    .await
}

post! { ReadAll }
