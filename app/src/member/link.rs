//! `/desk/members/MEM…/link`: the one-time link, to hand over.

use super::api::InviteByMail;
use super::qr::qr;
use crate::fault::Fault;
use crate::form::{fresh, with_query};
use crate::page::{Page, page, redirect};
use crate::ui::{
    Actions, Button, ButtonLink, ConfirmationPanel, DataList, DataRow, Form, Hidden, IconName, Notice, NoticeKind,
    PageHead, ScriptButton, Section,
};
use crate::visit::{Visit, param, query, visit};
use domain::number::MemberNo;
use leptos::prelude::*;
use service::{invitation, member, seal};

/// The page's path right after a link was made. The address bar is looked at and kept by the browser: its key opens
/// nothing without the cookie of the session that made the link.
pub(super) fn path(visit: &Visit, no: MemberNo, token: &str, done: &str) -> Result<String, Fault> {
    let session = visit.visitor.token.as_deref().unwrap_or_default();
    let key = seal::veiled(session, &no.to_string(), token)?;
    let path = with_query(&format!("/desk/members/{no}/link"), "key", &key);
    Ok(if done.is_empty() { path } else { with_query(&path, "done", done) })
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
        let session = visit.visitor.token.as_deref().unwrap_or_default();
        let token = key.and_then(|key| seal::unveiled(session, &no.to_string(), &key));
        let Some(token) = token else { return redirect(&member_path) };
        if !invitation::is_open(&visit.env, &token).await? {
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
        let code = qr(&link);
        let by_mail = (!member.contact.mail.is_empty()).then(|| send_by_mail(no.to_string(), "代わりにメールで送る"));
        let body = view! {
            {head}
            <Section title=format!("{}さんにお渡しする案内リンク", member.name.full())>
                <p>"ご本人がこのリンクを開き、ユーザーIDとパスワードを決めると、ログインできるようになります。"</p>
                {code}
                <DataList><DataRow term="案内リンク"><span class="kp-copy">{link}</span></DataRow></DataList>
                <Actions>
                    <ScriptButton does="print" icon=IconName::Print>"印刷してお渡しする"</ScriptButton>
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
            {by_mail}
            <Actions>
                <ButtonLink href=member_path>"会員のページへ"</ButtonLink>
            </Actions>
        };
        Ok(Page::new("案内リンク", body).about(Some(no)))
    })
}

/// Sends a new link to the member's own address, in one press.
pub(super) fn send_by_mail(no: String, label: &'static str) -> AnyView {
    view! {
        <Form to={fresh::<InviteByMail>().to()}>
            <Hidden name="no" value=no />
            <Actions>
                <Button>{label}</Button>
            </Actions>
        </Form>
    }
    .into_any()
}
