//! `/desk/members/new/check`: every answer once more before a member is recorded.

use super::api::Record;
use super::form::read;
use crate::form::{kept, sent_again};
use crate::page::{Page, page, redirect};
use crate::ui::{Actions, Button, ButtonKind, CheckAnswers, CheckRow, Form, Notice, NoticeKind, PageHead};
use crate::visit::{query, visit};
use crate::words;
use domain::time::{age_on, japanese_date};
use leptos::prelude::*;
use service::member::{self, NewMember};

/// The page.
#[component]
pub fn MemberCheckPage() -> impl IntoView {
    let token = query("form").unwrap_or_default();
    page(async move {
        let visit = visit()?;
        let kept = kept::<Record>().await;
        if !kept.came_back() {
            return redirect("/desk/members/new");
        }
        let form_path = format!("/desk/members/new?form={token}");
        let Ok(new) = member::check(&visit.env, &visit.actor, &read(kept.fields())) else {
            return redirect(&form_path);
        };
        let known = member::neighbours(&visit.env, &visit.actor, &new).await?;
        let today = visit.env.clock.today();
        let status = words::status::membership(new.status(today));
        let body = view! {
            <PageHead title="登録する内容を確かめてください" back=form_path.clone() back_label="入力に戻る" />
            {(!known.is_empty()).then(|| already(known))}
            <CheckAnswers rows=rows(&new, &form_path, status, today) />
            <Form to=kept.to()>
                {sent_again(&kept)}
                <Actions>
                    <Button kind=ButtonKind::Primary name="do" value="record">"登録して、案内リンクを出す"</Button>
                </Actions>
            </Form>
        };
        Ok(Page::new("登録する内容の確認", body))
    })
}

fn already(known: Vec<(domain::number::MemberNo, String)>) -> impl IntoView {
    let links = known
        .into_iter()
        .map(|(no, name)| {
            let no = no.to_string();
            view! { <li><a href=format!("/desk/members/{no}")>{format!("{no} {name}")}</a></li> }
        })
        .collect_view();
    view! {
        <Notice kind=NoticeKind::Warning title="同じ住所か、同じ電話番号の会員がいます">
            <p>"同じ方の登録ではないか、確かめてください。"</p>
            <ul>{links}</ul>
        </Notice>
    }
}

fn rows(new: &NewMember, form: &str, status: &str, today: domain::time::Date) -> Vec<CheckRow> {
    let at = |field: &str| format!("{form}#{field}");
    let mut rows = vec![
        CheckRow::new("会員種別", words::member_kind(new.kind), at("kind")),
        CheckRow::new("氏名", format!("{} {}", new.name.family, new.name.given), at("family_name")),
        CheckRow::new("氏名（カナ）", new.name.reading(), at("family_kana")),
        CheckRow::new(
            "住所",
            format!("〒{}\n{}{}", new.contact.postal, new.contact.town, new.contact.address),
            at("postal"),
        ),
        CheckRow::new("電話番号", new.contact.telephone.clone(), at("telephone")),
        CheckRow::new("メールアドレス", new.contact.mail.clone(), at("mail")),
    ];
    for (place, child) in new.children.iter().enumerate() {
        let age = age_on(child.birth_date, today);
        let text =
            format!("{}（{}）\n{} 生まれ・{age}歳", child.name, child.kana, japanese_date(child.birth_date, today));
        rows.push(CheckRow::new(format!("子ども {}人目", place + 1), text, at(&format!("child_name[{place}]"))));
    }
    if new.kind.provides() {
        let held = new
            .trainings
            .iter()
            .map(|(kind, until)| format!("{} {} まで", words::status::training(*kind), japanese_date(*until, today)));
        let text = held.collect::<Vec<_>>().join("\n");
        rows.push(CheckRow::new("研修", text, at("valid_until[pre_service]")));
    }
    rows.push(CheckRow::new("登録後の状態", status, ""));
    rows
}
