//! `POST /api/meetings`, `/api/held-meetings`, `/api/sheets`, `/api/sheet-readings`.

use crate::fault::Fault;
use crate::post::post;
use leptos::prelude::*;

/// Sets or moves the pre-meeting.
///
/// # Errors
/// Fields to fix, or that the case has moved on, shown where it was sent from.
#[server(prefix = "/api", endpoint = "meetings")]
pub async fn schedule_meeting(
    #[server(default)] request: String,
    #[server(default)] revision: String,
    #[server(default)] channel: String,
    #[server(default)] meeting_date: String,
    #[server(default)] meeting_time: String,
    #[server(default)] meeting_place: String,
) -> Result<(), Fault> {
    use crate::coordination::{asked, case_path, number};
    use service::meeting::{MeetingForm, schedule};
    let no = number(&request)?;
    let home = case_path(no).await;
    // The family sets the date where it writes the sheet.
    let back = if home.starts_with("/requests") { format!("{home}/meeting") } else { home };
    crate::form::run(back.clone(), async |visit| {
        let form = MeetingForm { meeting_date, meeting_time, meeting_place };
        schedule(&visit.env, &visit.actor, no, asked(&revision, &channel), &form).await?;
        let closed = service::meeting::closed_branch(&visit.env, &visit.actor, no).await?;
        Ok(format!("{back}?saved={}", if closed.is_some() { super::form::CLOSED } else { "1" }))
    })
    .await
}

post! { ScheduleMeeting }

/// 打合せ済.
///
/// # Errors
/// That the sheet is not complete, or the case has moved on, shown at the desk.
#[server(prefix = "/api", endpoint = "held-meetings")]
pub async fn hold_meeting(
    #[server(default)] request: String,
    #[server(default)] revision: String,
) -> Result<(), Fault> {
    use crate::coordination::{asked, number};
    let no = number(&request)?;
    let back = format!("/desk/requests/{no}");
    crate::form::run(back.clone(), async |visit| {
        service::meeting::hold(&visit.env, &visit.actor, no, asked(&revision, "")).await?;
        Ok(back)
    })
    .await
}

post! { HoldMeeting }

/// What the 事前打合せ情報 asks, of the family and of each child.
#[cfg(feature = "ssr")]
fn answers() -> Vec<&'static str> {
    use domain::coordination::{ChildField, SheetField};
    let own = SheetField::ALL.iter().map(|field| field.key());
    own.chain(ChildField::ALL.iter().map(|field| field.key())).collect()
}

/// Writes the 事前打合せ情報: the family, or its coordinator on behalf.
///
/// # Errors
/// Fields to fix, or that somebody else wrote it meanwhile, shown at the sheet.
#[server(prefix = "/api", endpoint = "sheets")]
pub async fn save_sheet() -> Result<(), Fault> {
    use crate::coordination::number;
    let submitted = crate::form::submitted();
    let no = number(&submitted.get("request"))?;
    let back = format!("/requests/{no}/meeting");
    crate::form::run(back.clone(), async |visit| {
        let seen = submitted.get("revision").parse().unwrap_or_default();
        let by = crate::channel::read(&submitted.get("channel"));
        service::meeting::save_sheet(&visit.env, &visit.actor, no, seen, by, &submitted.0).await?;
        Ok(format!("{back}?sheet=saved"))
    })
    .await
}

post! { SaveSheet, answers }

/// The headquarters say why they open a sheet.
///
/// # Errors
/// A missing reason, shown at the sheet's door.
#[server(prefix = "/api", endpoint = "sheet-readings")]
pub async fn state_sheet_reason(
    #[server(default)] request: String,
    #[server(default)] reason: String,
    #[server(default)] once: String,
) -> Result<(), Fault> {
    let no = crate::coordination::number(&request)?;
    let back = format!("/requests/{no}/meeting");
    crate::form::run(back.clone(), async |visit| {
        service::meeting::state_reason(&visit.env, &visit.actor, no, &reason, &once).await?;
        Ok(back)
    })
    .await
}

post! { StateSheetReason }
