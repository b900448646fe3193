//! `/desk/members/MEM…/link`: the one-time link, to hand over.

use crate::fault::Fault;
use crate::form::with_query;
use crate::page::{Page, page, redirect};
use crate::ui::{
    Actions, ButtonLink, ConfirmationPanel, DataList, DataRow, IconName, Notice, NoticeKind, PageHead, ScriptButton,
    Section,
};
use crate::visit::{param, query, visit};
use domain::number::MemberNo;
use leptos::prelude::*;
use service::{invitation, member};

/// The page's path right after a link was made.
pub(super) fn path(no: MemberNo, token: &str, done: &str) -> String {
    let path = with_query(&format!("/desk/members/{no}/link"), "key", token);
    if done.is_empty() { path } else { with_query(&path, "done", done) }
}

/// The page.
#[component]
pub fn MemberLinkPage() -> impl IntoView {
    let (no, key, done) = (param("no"), query("key"), query("done"));
    page(async move {
        let visit = visit()?;
        let no = MemberNo::parse(&no).map_err(|_| Fault::NotFound)?;
        let member = member::page(&visit.env, &visit.actor, no).await?;
        let member_path = format!("/desk/members/{no}");
        let token = key.unwrap_or_default();
        if token.is_empty() || !invitation::is_open(&visit.env, &token).await? {
            return redirect(&member_path);
        }
        let head = if done.is_some() {
            view! { <ConfirmationPanel title="会員を登録しました" number_label="会員番号" number=no.to_string() /> }
                .into_any()
        } else {
            view! {
                <PageHead
                    title="新しい案内リンクを出しました"
                    over=no.to_string()
                    lead="前に出したリンクは、もう開けません。"
                />
            }
            .into_any()
        };
        let link = format!("{}/invitations/{token}", visit.visitor.site);
        let body = view! {
            {head}
            <Section title=format!("{}さんにお渡しする案内リンク", member.name.full())>
                <p>"ご本人がこのリンクを開き、ユーザーIDとパスワードを決めると、ログインできるようになります。"</p>
                <DataList><DataRow term="案内リンク"><span class="kp-copy">{link}</span></DataRow></DataList>
                <Actions>
                    <ScriptButton does="copy" icon=IconName::Copy>"案内リンクをコピーする"</ScriptButton>
                </Actions>
                <Notice kind=NoticeKind::Warning title="このリンクを控えておけるのは、いまだけです">
                    <ul>
                        <li>"使えるのは一度だけ、72時間以内です。"</li>
                        <li>"ご本人だけにお渡しください。ほかの人が開くと、その人がログインできてしまいます。"</li>
                        <li>"なくしたときや期限が過ぎたときは、会員のページで新しいリンクを出せます。"</li>
                    </ul>
                </Notice>
            </Section>
            <Actions>
                <ButtonLink href=member_path>"会員のページへ"</ButtonLink>
            </Actions>
        };
        Ok(Page::new("案内リンク", body).about(Some(no)))
    })
}
