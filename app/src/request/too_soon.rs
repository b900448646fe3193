//! `/requests/too-soon`: a day before the web form's first is for the telephone.

use super::api::SendRequest;
use super::form::{edit_path, from_submitted};
use super::reach::{branch_box, hours_lines};
use crate::form::{kept, with_query};
use crate::page::{Page, page};
use crate::ui::{Actions, ButtonLink, PageHead};
use crate::visit::{query, visit};
use domain::time::japanese_date;
use leptos::prelude::*;

/// `/requests/too-soon`
#[component]
pub fn TooSoonPage() -> impl IntoView {
    let token = query("form");
    page(async move {
        let visit = visit()?;
        let now = visit.env.clock.now();
        let first = domain::request::first_web_date(now.date());
        let ward = visit.actor.ward().unwrap_or_default();
        let reach = service::ward::reach(&visit.env, ward, now).await?;
        let sent = kept::<SendRequest>().await;
        let path = edit_path(&from_submitted(sent.fields()).0.request)?;
        let kept = sent.came_back();
        let back = token.filter(|_| kept).map_or_else(|| path.clone(), |token| with_query(&path, "form", &token));
        let lines = hours_lines(&reach, now).into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
        let kept =
            kept.then(|| view! { <p>"入力した内容は残っています。日にちを変えると、そのまま登録できます。"</p> });
        Ok(Page::new(
            "お電話でご依頼ください",
            view! {
                <PageHead
                    title="お電話でご依頼ください"
                    lead=format!(
                        "3週間未満の日は、支部へお電話ください。画面から登録できるのは、{}以降の日です。",
                        japanese_date(first, now.date()),
                    )
                />
                {branch_box(&reach.branch, "お電話でお話をうかがい、そのままご依頼をお受けします。")}
                <div class="kp-prose">{lines}{kept}</div>
                <Actions><ButtonLink href=back>"日にちを変えて入力を続ける"</ButtonLink></Actions>
            },
        ))
    })
}
