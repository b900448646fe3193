//! `/desk/requests/new`: a request for somebody who called, wrote or came to the branch.

use crate::channel;
use crate::fault::Fault;
use crate::form::{ONCE, Typed, once, typed};
use crate::page::{Page, page};
use crate::ui::{
    Actions, Button, ButtonKind, ButtonLink, Card, CardList, CardRow, CheckboxGroup, Choice, DataList, DataRow,
    DateField, EmptyState, FieldGroup, Form, Hidden, PageHead, RadioGroup, SearchBox, Section, Telephone, TextArea,
    TextField, Tick, TimeField,
};
use crate::visit::{Submitted, Visit, query, visit};
use crate::words::{self, request, status};
use domain::number::MemberNo;
use domain::request::{CareKind, CarePlace};
use domain::time::{age_on, japanese_date};
use leptos::prelude::*;
use service::coordination::{Entry, EntryPage};

/// `/desk/requests/new`, with `?member=MEM…` the form itself
#[component]
pub fn DeskEntryPage() -> impl IntoView {
    let member = query("member");
    page(async move {
        let visit = visit()?;
        match member {
            None => choose(&visit).await,
            Some(text) => {
                let no = MemberNo::parse(&text).map_err(|_| Fault::NotFound)?;
                let data = service::coordination::entry_page(&visit.env, &visit.actor, no).await?;
                write(data).await
            }
        }
    })
}

/// Whose request was sent; `None` when the form names nobody.
pub(super) fn member(submitted: &Submitted) -> Option<MemberNo> {
    MemberNo::parse(&submitted.get("member")).ok()
}

/// Reads the form as it was sent.
pub(super) fn from_submitted(member: MemberNo, submitted: &Submitted) -> Entry {
    let channel = channel::read(&submitted.get("channel"));
    let (_, form) = crate::request::from_submitted(submitted);
    Entry { member, channel, form, once: submitted.get(ONCE) }
}

/// The form's page for a member.
pub(super) fn path(member: MemberNo) -> String {
    format!("/desk/requests/new?member={member}")
}

async fn choose(visit: &Visit) -> Result<Page, Fault> {
    let typed = typed("caller-searches").await;
    let q = typed.value("q", String::new);
    // Asked in any case: it refuses everybody who is no coordinator.
    let found = service::member::list(&visit.env, &visit.actor, &q, None, None).await?;
    let found: Vec<_> = found.members.into_iter().filter(|one| one.kind.uses()).collect();
    let body = if !typed.came_back() || q.trim().is_empty() {
        ().into_any()
    } else if found.is_empty() {
        let new = || view! { <ButtonLink href="/desk/members/new">"会員を登録する"</ButtonLink> };
        view! { <EmptyState title="利用会員・両方会員が見つかりませんでした" text="読みや番号を変えて探してください。" action=new /> }
            .into_any()
    } else {
        let cards = found
            .into_iter()
            .map(|one| {
                let href = path(one.no);
                let title = format!("{}（{}）", one.name, one.kana);
                view! {
                    <Card title href over=one.no.to_string() action="この会員の依頼を入力する">
                        <CardRow term="会員種別">{words::member_kind(one.kind)}</CardRow>
                        <CardRow term="町名">{one.town}</CardRow>
                        <CardRow term="電話番号">{one.telephone}</CardRow>
                    </Card>
                }
            })
            .collect_view();
        view! { <CardList>{cards}</CardList> }.into_any()
    };
    Ok(Page::new(
        "電話・書面の依頼を入力",
        view! {
            <PageHead title="電話・書面の依頼を入力" lead="はじめに、依頼した会員を探してください。" back="/desk" />
            <SearchBox action="/api/caller-searches" label="会員番号・氏名・カナ・電話の下4けた" value=q />
            {body}
        },
    ))
}

async fn write(data: EntryPage) -> Result<Page, Fault> {
    let typed = typed("entries").await;
    let today = data.today;
    let children: Vec<Choice> = data
        .children
        .iter()
        .map(|child| {
            let note =
                format!("{}歳・{}生まれ", age_on(child.birth_date, today), japanese_date(child.birth_date, today));
            Choice::new(child.id.to_string(), child.given_name.clone()).note(note)
        })
        .collect();
    let only = if data.children.len() == 1 { children.iter().map(|one| one.value.clone()).collect() } else { vec![] };
    let ticked = typed.values("children[]", || only);
    let (no, channel, once) = (data.no.to_string(), channel::field_of_a_call("entries", &typed), once(&typed));
    let hidden = no.clone();
    let day = day_fields(&typed);
    let what = what_fields(&typed, children, ticked);
    Ok(Page::new(
        "電話・書面の依頼を入力",
        view! {
            <PageHead
                title="電話・書面の依頼を入力"
                lead="3週間後より近い日も入力できます。"
                back="/desk/requests/new"
                back_label="会員を選び直す"
            />
            <Section title="利用会員">
                <DataList>
                    <DataRow term="氏名">{format!("{}（{}）", data.name, data.kana)}</DataRow>
                    <DataRow term="会員番号">{no.clone()}</DataRow>
                    <DataRow term="町名">{data.town}</DataRow>
                    <DataRow term="電話番号"><Telephone number=data.telephone /></DataRow>
                </DataList>
            </Section>
            <Form action="/api/entries">
                {once}
                <Hidden name="member" value=hidden />
                {channel}
                {day}
                {what}
                <Actions>
                    <Button kind=ButtonKind::Primary name="do" value="check">"入力内容を確認する"</Button>
                </Actions>
            </Form>
        },
    ))
}

fn day_fields(typed: &Typed) -> impl IntoView + use<> {
    let value = |name: &str| typed.value(name, String::new);
    let (start, end) = (value("start"), value("end"));
    let next_day = !value("next_day").is_empty();
    let (start_error, end_error) = (typed.error("start"), typed.error("end"));
    view! {
        <DateField name="date" label="預けたい日" value=value("date") error=typed.error("date") required=true />
        <FieldGroup>
            <TimeField name="start" label="開始" value=start error=start_error required=true />
            <TimeField name="end" label="終了" value=end error=end_error required=true />
        </FieldGroup>
        <Tick name="next_day" label="終了は翌日です" checked=next_day />
    }
}

fn what_fields(typed: &Typed, children: Vec<Choice>, ticked: Vec<String>) -> impl IntoView + use<> {
    let value = |name: &str| typed.value(name, String::new);
    let kinds: Vec<Choice> = CareKind::ALL
        .iter()
        .map(|kind| Choice::new(kind.key(), status::care_kind(*kind)).note(request::kind_note(*kind)))
        .collect();
    let places: Vec<Choice> =
        CarePlace::ALL.iter().map(|place| Choice::new(place.key(), status::care_place(*place))).collect();
    view! {
        <CheckboxGroup
            name="children[]"
            id="children"
            label="預ける子ども"
            options=children
            values=ticked
            error=typed.error("children")
            required=true
        />
        <RadioGroup
            name="care_kind"
            label="希望する援助内容"
            options=kinds
            value=value("care_kind")
            error=typed.error("care_kind")
            required=true
        />
        <RadioGroup
            name="care_place"
            label="場所"
            options=places
            value=value("care_place")
            error=typed.error("care_place")
            required=true
        />
        <TextField
            name="place_detail"
            label="場所の詳細"
            value=value("place_detail")
            error=typed.error("place_detail")
            support="送迎のときは、行き先も入力してください。"
            autocomplete="off"
        />
        <TextArea name="notes" label="備考" value=value("notes") error=typed.error("notes") rows=3 />
    }
}
