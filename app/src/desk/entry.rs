//! `/desk/requests/new`: a request for somebody who called, wrote or came to the branch.

use super::api::{EnterRequest, SearchCaller};
use crate::channel;
use crate::fault::Fault;
use crate::form::{Kept, ONCE, kept, once};
use crate::page::{Page, page};
use crate::post::field;
use crate::ui::{
    Actions, Button, ButtonKind, ButtonLink, Card, CardList, CardRow, CheckboxGroup, Choice, DataList, DataRow,
    DateField, DayFor, EmptyState, FieldGroup, Form, Hidden, PageHead, RadioGroup, SearchBox, Section, Telephone,
    TextArea, TextField, Tick, TimeField,
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
    let kept = kept::<SearchCaller>().await;
    let sought = field!(kept.q);
    let q = sought.value();
    // Asked in any case: it refuses everybody who is no coordinator.
    let found = service::member::list(&visit.env, &visit.actor, &q, None, None).await?;
    let found: Vec<_> = found.members.into_iter().filter(|one| one.kind.uses()).collect();
    let body = if !kept.came_back() || q.trim().is_empty() {
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
            <SearchBox to=kept.to() label="会員番号・氏名・カナ・電話の下4けた" field=sought />
            {body}
        },
    ))
}

async fn write(data: EntryPage) -> Result<Page, Fault> {
    let kept = kept::<EnterRequest>().await;
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
    let (no, channel, once) = (data.no.to_string(), channel::field_of_a_call(&kept), once(&kept));
    let hidden = no.clone();
    let day = day_fields(&kept);
    let what = what_fields(&kept, children, only);
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
            <Form to=kept.to()>
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

fn day_fields(kept: &Kept<EnterRequest>) -> impl IntoView + use<> {
    let (start, end) = (field!(kept.start), field!(kept.end));
    view! {
        <DateField field=field!(kept.date) label="預けたい日" days=DayFor::Entry required=true />
        <FieldGroup>
            <TimeField field=start label="開始" required=true />
            <TimeField field=end label="終了" required=true />
        </FieldGroup>
        <Tick field=field!(kept.next_day) label="終了は翌日です" />
    }
}

fn what_fields(kept: &Kept<EnterRequest>, children: Vec<Choice>, only: Vec<String>) -> impl IntoView + use<> {
    let kinds: Vec<Choice> = CareKind::ALL
        .iter()
        .map(|kind| Choice::new(kind.key(), status::care_kind(*kind)).note(request::kind_note(*kind)))
        .collect();
    let places: Vec<Choice> =
        CarePlace::ALL.iter().map(|place| Choice::new(place.key(), status::care_place(*place))).collect();
    view! {
        <CheckboxGroup
            field=field!(kept.children[]).or_all(only)
            label="預ける子ども"
            options=children
            required=true
        />
        <RadioGroup field=field!(kept.care_kind) label="希望する援助内容" options=kinds required=true />
        <RadioGroup field=field!(kept.care_place) label="場所" options=places required=true />
        <TextField
            field=field!(kept.place_detail)
            label="場所の詳細"
            support="送迎のときは、行き先も入力してください。"
            autocomplete="off"
        />
        <TextArea field=field!(kept.notes) label="備考" rows=3 />
    }
}
