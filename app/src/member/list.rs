//! `/desk/members`: the ward's members.

use super::api::Search;
use crate::form::{kept, with_query};
use crate::page::{Page, page};
use crate::post::field;
use crate::ui::{
    ButtonKind, ButtonLink, Cell, EmptyState, FilterLink, Filters, HeadCell, IconName, PageHead, Pager, SearchBox,
    StatusTag, Table, Telephone,
};
use crate::visit::{query, visit};
use crate::words;
use domain::actor::MemberKind;
use domain::number::MemberNo;
use leptos::prelude::*;
use service::member::{self, MemberSummary};

/// The page.
#[component]
pub fn MemberListPage() -> impl IntoView {
    let (after, kind, form) = (query("after"), query("kind"), query("form"));
    page(async move {
        let visit = visit()?;
        let kept = kept::<Search>().await;
        let sought = field!(kept.q);
        let words = sought.value();
        let kind = kind.as_deref().and_then(MemberKind::from_key);
        let after = after.and_then(|after| MemberNo::parse(&after).ok());
        let found = member::list(&visit.env, &visit.actor, &words, kind, after).await?;
        let address = |kind: Option<MemberKind>| {
            let path = form.iter().fold("/desk/members".to_owned(), |path, form| with_query(&path, "form", form));
            kind.into_iter().fold(path, |path, kind| with_query(&path, "kind", kind.key()))
        };
        let first = after.map(|_| address(kind));
        let next = found.next.map(|last| with_query(&address(kind), "after", &last.to_string()));
        let views = [None, Some(MemberKind::User), Some(MemberKind::Provider), Some(MemberKind::Both)];
        let filters = views.map(|view| FilterLink {
            label: view.map_or("すべて", words::member_kind).to_owned(),
            href: address(view),
            current: view == kind,
            count: None,
        });
        let searched = !words.is_empty();
        let add = || view! { <ButtonLink href="/desk/members/new" kind=ButtonKind::Primary icon=IconName::Plus>"会員を登録する"</ButtonLink> };
        let body = view! {
            <PageHead title="会員" aside=ViewFnOnce::from(add) />
            <SearchBox to=kept.to() label="会員番号・氏名（漢字・カナ）・電話番号の下4けた" field=sought />
            {searched.then(|| view! { <p><a href="/desk/members">"検索をやめて、すべての会員を表示する"</a></p> })}
            <Filters label="会員種別" links=filters.into() />
            {list(found.members, searched)}
            <Pager first next />
        };
        Ok(Page::new("会員", body).wide())
    })
}

fn list(members: Vec<MemberSummary>, searched: bool) -> AnyView {
    if members.is_empty() {
        let text = if searched {
            "氏名はカナでも探せます。電話番号は下4けたで探せます。"
        } else {
            "登録した会員がここに並びます。"
        };
        return view! { <EmptyState title="あてはまる会員はいません" text /> }.into_any();
    }
    let head = ["会員番号", "氏名", "会員種別", "状態", "町名", "電話番号", "子ども"].map(HeadCell::new).into();
    let rows = members
        .into_iter()
        .map(|member| {
            let (kind, status) = (words::member_kind(member.kind), words::status::membership(member.status));
            let tone = super::page::tone(member.status);
            let children = if member.children > 0 { format!("{}人", member.children) } else { "−".to_owned() };
            let no = member.no.to_string();
            let href = format!("/desk/members/{no}");
            view! {
                <tr>
                    <Cell label="会員番号" main=true>
                        <a href=href>{no}</a>
                    </Cell>
                    <Cell label="氏名">{member.name}<span class="kp-table__reading">{member.kana}</span></Cell>
                    <Cell label="会員種別">{kind}</Cell>
                    <Cell label="状態">
                        <StatusTag tone text=status />
                    </Cell>
                    <Cell label="町名">{member.town}</Cell>
                    <Cell label="電話番号"><Telephone number=member.telephone /></Cell>
                    <Cell label="子ども">{children}</Cell>
                </tr>
            }
        })
        .collect_view();
    view! { <Table caption="会員の一覧" head dense=true>{rows}</Table> }.into_any()
}
