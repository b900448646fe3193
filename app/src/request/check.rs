//! `/requests/check?form=…`: all answers once more, right before 登録.

use super::answers::{cost, rows};
use super::api::SendRequest;
use super::form::{edit_path, from_submitted};
use crate::fault::Fault;
use crate::form::{kept, sent_again, with_query};
use crate::page::{Page, page, redirect};
use crate::ui::{Actions, Button, ButtonKind, CheckAnswers, Form, PageHead};
use crate::visit::{query, visit};
use domain::refusal::Refusal;
use leptos::prelude::*;

/// `/requests/check`
#[component]
pub fn RequestCheckPage() -> impl IntoView {
    let token = query("form").unwrap_or_default();
    page(async move {
        let visit = visit()?;
        let kept = kept::<SendRequest>().await;
        let (sending, form) = from_submitted(kept.fields());
        let edit = edit_path(&sending.request)?;
        if !kept.came_back() {
            return redirect(&edit);
        }
        let edit = with_query(&edit, "form", &token);
        let wanted = match service::request::check(&visit.env, &visit.actor, &form).await.map_err(Fault::from) {
            Ok(wanted) => wanted,
            Err(Fault::Refused(Refusal::TooSoon { .. })) => {
                return redirect(&with_query("/requests/too-soon", "form", &token));
            }
            Err(Fault::Invalid(_)) => return redirect(&edit),
            Err(fault) => return Err(fault),
        };
        let rates = service::tariff::load(&visit.env).await?;
        let rows = rows(&wanted, &edit, visit.env.clock.today(), &rates);
        let cost = cost(&wanted, &rates);
        Ok(Page::new(
            "入力内容の確認",
            view! {
                <PageHead
                    title="入力内容の確認"
                    lead="まだ登録されていません。内容を確かめて「この内容で登録する」を押してください。"
                    back=edit
                    back_label="入力に戻る"
                />
                <CheckAnswers rows />
                {cost}
                <Form to=kept.to()>
                    {sent_again(&kept)}
                    <Actions>
                        <Button kind=ButtonKind::Primary name="do" value="submit">"この内容で登録する"</Button>
                        <Button name="do" value="save_draft">"一時保存"</Button>
                    </Actions>
                </Form>
            },
        ))
    })
}
