//! `POST /api/answers`: 受ける or 辞退, by the provider or by a coordinator whom the provider called.

use crate::fault::Fault;
use crate::post::post;
use leptos::prelude::*;

/// Answers an offer; `do` is `check` (asks once more), `accept` or `decline`.
///
/// # Errors
/// That another provider was first, the time is over, or something came in between; shown where it was sent from.
#[server(prefix = "/api", endpoint = "answers")]
pub async fn answer_offer(
    #[server(default)] offer: String,
    #[server(default)] r#do: String,
    #[server(default)] request: String,
    #[server(default)] taken: String,
    #[server(default)] channel: String,
    #[server(default)] reason: String,
) -> Result<(), Fault> {
    use crate::coordination::number;
    let id = offer.parse().map_err(|_| Fault::NotFound)?;
    let accepts = match r#do.as_str() {
        "accept" => true,
        "decline" => false,
        "check" => {
            return crate::form::run("/offers", async |_| Ok(format!("/offers/check?offer={id}"))).await;
        }
        _ => return Err(Fault::Unreadable),
    };
    // The desk says of which case it speaks; a provider answers at her own list.
    let desk = Some(request).filter(|no| !no.is_empty());
    let back = match &desk {
        Some(no) => format!("/desk/requests/{}", number(no)?),
        None => "/offers".to_owned(),
    };
    crate::form::run(back.clone(), async |visit| {
        let by = crate::channel::read(&channel);
        if accepts {
            service::offer::accept(&visit.env, &visit.actor, id, by).await?;
        } else {
            service::offer::decline(&visit.env, &visit.actor, id, &reason, by).await?;
        }
        // Which one it was, for the thanks: the list names it only if it is the reader's own.
        let taken =
            domain::number::RequestNo::parse(&taken).map_or_else(|_| String::new(), |no| format!("&taken={no}"));
        let answer = if accepts { "accepted" } else { "declined" };
        Ok(if desk.is_some() { back } else { format!("/offers?answer={answer}{taken}") })
    })
    .await
}

post! { AnswerOffer }
