//! The coordinator's steps: `POST /api/takings`, `/api/offers`, `/api/offer-closures`, `/api/establishments`,
//! `/api/endings`, `/api/notes`, `/api/entries`, `/api/desk-searches`, `/api/caller-searches`.

use crate::fault::Fault;
use crate::post::post;
use leptos::prelude::*;

/// The coordinator takes a request.
///
/// # Errors
/// That somebody took it first, shown at the case.
#[server(prefix = "/api", endpoint = "takings")]
pub async fn take_case(#[server(default)] request: String, #[server(default)] revision: String) -> Result<(), Fault> {
    use crate::coordination::{asked, number};
    let no = number(&request)?;
    let back = format!("/desk/requests/{no}");
    crate::form::run(back.clone(), async |visit| {
        service::coordination::take(&visit.env, &visit.actor, no, asked(&revision, "")).await?;
        Ok(back)
    })
    .await
}

post! { TakeCase }

/// Asks the chosen providers.
///
/// # Errors
/// Nobody chosen, a gate, or that the case has moved on, shown at the case.
#[server(prefix = "/api", endpoint = "offers")]
pub async fn send_offers() -> Result<(), Fault> {
    use crate::coordination::{asked, number};
    use domain::number::MemberNo;
    let submitted = crate::form::submitted();
    let no = number(&submitted.get("request"))?;
    let back = format!("/desk/requests/{no}");
    crate::form::run(back.clone(), async |visit| {
        let chosen: Result<Vec<MemberNo>, _> =
            submitted.all("providers[]").iter().map(|text| MemberNo::parse(text)).collect();
        let chosen = chosen.map_err(|_| Fault::NotFound)?;
        let asked = asked(&submitted.get("revision"), "");
        service::offer::send(&visit.env, &visit.actor, no, asked, &chosen).await?;
        Ok(format!("{back}?done=offered"))
    })
    .await
}

post! { SendOffers, "providers" }

/// Takes an offer back.
///
/// # Errors
/// That it was answered meanwhile, shown at the case.
#[server(prefix = "/api", endpoint = "offer-closures")]
pub async fn close_offer(#[server(default)] request: String, #[server(default)] offer: String) -> Result<(), Fault> {
    let no = crate::coordination::number(&request)?;
    let offer = offer.parse().map_err(|_| Fault::NotFound)?;
    let back = format!("/desk/requests/{no}");
    crate::form::run(back.clone(), async |visit| {
        service::offer::close(&visit.env, &visit.actor, offer).await?;
        Ok(back)
    })
    .await
}

post! { CloseOffer }

/// 成立; `do` is `establish`, or `waive` to leave the meeting out.
///
/// # Errors
/// A gate, that the meeting cannot be left out, or that the case has moved on, shown at the case.
#[server(prefix = "/api", endpoint = "establishments")]
pub async fn establish_case() -> Result<(), Fault> {
    use crate::coordination::{asked, number};
    use service::coordination::{establish, establish_waived};
    let submitted = crate::form::submitted();
    let no = number(&submitted.get("request"))?;
    let back = format!("/desk/requests/{no}");
    crate::form::run(back.clone(), async |visit| {
        let asked = asked(&submitted.get("revision"), "");
        if submitted.get("do") == "waive" {
            establish_waived(&visit.env, &visit.actor, no, asked).await?;
        } else {
            establish(&visit.env, &visit.actor, no, asked).await?;
        }
        Ok(back)
    })
    .await
}

post! { EstablishCase }

/// 不成立.
///
/// # Errors
/// A missing reason, or that the case has moved on, shown at the case.
#[server(prefix = "/api", endpoint = "endings")]
pub async fn end_search(
    #[server(default)] request: String,
    #[server(default)] revision: String,
    #[server(default)] reason: String,
    #[server(default)] reason_text: String,
) -> Result<(), Fault> {
    use crate::coordination::{asked, number};
    let no = number(&request)?;
    let back = format!("/desk/requests/{no}");
    crate::form::run(back.clone(), async |visit| {
        let asked = asked(&revision, "");
        service::coordination::not_establish(&visit.env, &visit.actor, no, asked, &reason, &reason_text).await?;
        Ok(back)
    })
    .await
}

post! { EndSearch }

/// Notes something about a case.
///
/// # Errors
/// An empty note, or a day that cannot be, shown at the case.
#[server(prefix = "/api", endpoint = "notes")]
pub async fn note_case(
    #[server(default)] request: String,
    #[server(default)] note: String,
    #[server(default)] call_on: String,
    #[server(default)] once: String,
) -> Result<(), Fault> {
    let no = crate::coordination::number(&request)?;
    let back = format!("/desk/requests/{no}");
    crate::form::run(back.clone(), async |visit| {
        let due_on = service::coordination::note(&visit.env, &visit.actor, no, &note, &call_on, &once).await?;
        Ok(super::notes::after_note(&back, "noted", due_on))
    })
    .await
}

post! { NoteCase { call_on: "要連絡の日" } }

/// Checks or enters a request for a member who called, wrote or came, as the button says: `do` is `check` or `enter`.
///
/// # Errors
/// Every field to fix, shown at the form.
#[server(prefix = "/api", endpoint = "entries")]
pub async fn enter_request() -> Result<(), Fault> {
    let submitted = crate::form::submitted();
    let member = super::entry::member(&submitted).ok_or(Fault::NotFound)?;
    crate::form::run(super::entry::path(member), async |visit| {
        let entry = super::entry::from_submitted(member, &submitted);
        if submitted.get("do") == "enter" {
            let no = service::coordination::enter(&visit.env, &visit.actor, &entry).await?;
            return Ok(format!("/desk/requests/{no}?done=entered"));
        }
        service::coordination::check_entry(&visit.env, &visit.actor, &entry).await?;
        crate::form::show_again(&visit, "/desk/requests/check").await
    })
    .await
}

post! { EnterRequest as service::request::RequestForm { date: "預けたい日", children: "預ける子ども" } }

/// Searches cases; a request's or a report's number leads to its case at once, words stand in a draft and never in the
/// address.
#[server(prefix = "/api", endpoint = "desk-searches")]
pub async fn search_cases(#[server(default)] q: String) -> Result<(), Fault> {
    use domain::number::{ReportNo, RequestNo};
    crate::form::run("/desk", async |visit| {
        if let Ok(no) = RequestNo::parse(&q)
            && service::coordination::details(&visit.env, &visit.actor, no).await.is_ok()
        {
            return Ok(format!("/desk/requests/{no}"));
        }
        if let Ok(report) = ReportNo::parse(&q)
            && let Ok(no) = service::coordination::case_of_report(&visit.env, &visit.actor, report).await
        {
            return Ok(format!("/desk/requests/{no}"));
        }
        crate::form::show_again(&visit, "/desk").await
    })
    .await
}

post! { SearchCases }

/// Searches the member for whom a request is entered.
#[server(prefix = "/api", endpoint = "caller-searches")]
pub async fn search_caller(#[server(default)] q: String) -> Result<(), Fault> {
    let _ = q;
    crate::form::run("/desk/requests/new", async |visit| crate::form::show_again(&visit, "/desk/requests/new").await)
        .await
}

post! { SearchCaller }
