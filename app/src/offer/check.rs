//! `/offers/check?offer=…`: what one is about to take, once more.

use super::api::AnswerOffer;
use super::list::facts;
use crate::form::fresh;
use crate::page::{Page, page, redirect};
use crate::ui::{Actions, Button, ButtonKind, ButtonLink, Form, Hidden, Label, PageHead, Section};
use crate::visit::{query, visit};
use leptos::prelude::*;

/// `/offers/check`
#[component]
pub fn OfferCheckPage() -> impl IntoView {
    let id = query("offer").and_then(|id| id.parse().ok());
    page(async move {
        let visit = visit()?;
        let list = service::offer::open_for(&visit.env, &visit.actor, false).await?;
        // Answered or over meanwhile: the list says so, and what is left.
        let Some(offer) = list.open.into_iter().find(|offer| Some(offer.id) == id) else {
            return redirect("/offers?answer=over");
        };
        let today = visit.env.clock.today();
        let title = Label::period(offer.starts_at, offer.ends_at, today);
        let (id, taken) = (offer.id.to_string(), offer.request.to_string());
        Ok(Page::new(
            "援助を受ける前の確認",
            view! {
                <PageHead
                    title="この援助を受けますか"
                    lead="まだお返事していません。受けると、事前打合せの日時を、支部からお電話で相談します。"
                    back="/offers"
                    back_label="援助のお願いに戻る"
                />
                <Section title>
                    {facts(&offer, today)}
                    <Form to={fresh::<AnswerOffer>().to()}>
                        <Hidden name="offer" value=id />
                        <Hidden name="taken" value=taken />
                        <Actions>
                            <Button kind=ButtonKind::Primary name="do" value="accept">"この援助を受ける"</Button>
                            <ButtonLink href="/offers">"やめる"</ButtonLink>
                        </Actions>
                    </Form>
                </Section>
            },
        ))
    })
}
