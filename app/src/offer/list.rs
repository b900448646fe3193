//! `/offers`: before acceptance only date, time, kind, town, ages and number.

use super::api::AnswerOffer;
use crate::form::{Kept, fresh, kept};
use crate::page::{Page, page};
use crate::post::field;
use crate::ui::{
    Actions, Button, ButtonKind, Card, CardList, CardRow, DataList, DataRow, Disclosure, EmptyState, Form, Hidden,
    Label, Money, Notice, NoticeKind, PageHead, Section, StatusTag, TextField, Tone, When,
};
use crate::visit::{query, visit};
use crate::words::status;
use domain::time::{Date, japanese_period};
use leptos::prelude::*;
use service::offer::{OfferDetails, TakenCase};

/// `/offers`
#[component]
pub fn OfferListPage() -> impl IntoView {
    let (answer, which) = (query("answer"), query("taken"));
    page(async move {
        let visit = visit()?;
        let list = service::offer::open_for(&visit.env, &visit.actor, visit.visitor.looks).await?;
        let kept = kept::<AnswerOffer>().await;
        let today = visit.env.clock.today();
        let news = match answer.as_deref() {
            Some("accepted") => {
                let case = list.taken.iter().find(|case| Some(case.request.to_string()) == which);
                let when = case.map(|case| japanese_period(case.starts_at, case.ends_at, today));
                let what = when.map_or_else(String::new, |when| format!("{when}の援助を"));
                let title = format!("{what}お引き受けいただき、ありがとうございます。");
                Some((title, "事前打合せの日時は、支部からお電話で相談します。"))
            }
            Some("declined") => Some(("お返事ありがとうございます".to_owned(), "またの機会にお願いいたします。")),
            _ => None,
        };
        let thanked = answer.as_deref() == Some("accepted") && !kept.came_back();
        let news = news.filter(|_| !kept.came_back()).map(|(title, text)| {
            view! { <Notice kind=NoticeKind::Success title announce=true><p>{text}</p></Notice> }
        });
        let over = (answer.as_deref() == Some("over")).then(|| {
            view! {
                <Notice title="このお願いには、もうお返事できません" announce=true>
                    <p>"お返事が済んでいるか、期限が過ぎたか、支部が取り下げました。いまのお願いは、この下にあります。"</p>
                </Notice>
            }
        });
        let count = list.open.len();
        let lead = if count == 0 {
            String::new()
        } else {
            format!("お返事を待っている依頼が{count}件あります。")
        };
        let nothing = (count == 0).then(|| {
            view! {
                <EmptyState
                    title="いま、お願いしている援助はありません"
                    text="支部からお願いが届くと、ここに並びます。受信メールでもお知らせします。"
                />
            }
        });
        let offers = list.open.into_iter().map(|offer| show(offer, &kept, today)).collect_view();
        let taken = (!list.taken.is_empty()).then(|| waiting(list.taken, today).into_any());
        // Just after 受ける, what was taken comes before what is still asked.
        let (just_taken, taken) = if thanked { (taken, None) } else { (None, taken) };
        Ok(Page::new(
            "援助のお願い（打診）",
            view! {
                <PageHead title="援助のお願い（打診）" lead />
                {over}
                {news}
                {just_taken}
                {nothing}
                {offers}
                {taken}
            },
        ))
    })
}

fn show(offer: OfferDetails, kept: &Kept<AnswerOffer>, today: Date) -> impl IntoView + use<> {
    let id = offer.id.to_string();
    let declined = id.clone();
    // What came back belongs to one offer; the others have ids of their own.
    let mine = kept.came_back() && kept.fields().get("offer") == id;
    let others = fresh::<AnswerOffer>();
    let answer = if mine { kept } else { &others };
    let (to, to_decline, reason) = (answer.to(), answer.to(), field!(answer.reason));
    let reason = if mine { reason } else { reason.with_id(format!("reason-{id}")) };
    let open = reason.fault().is_some();
    let title = Label::period(offer.starts_at, offer.ends_at, today);
    let tag = offer.is_new.then(|| view! { <StatusTag tone=Tone::Yours text="新着" /> });
    view! {
        <Section title yours=true aside=ViewFnOnce::from(move || tag)>
            {facts(&offer, today)}
            // Two forms: Enter in the reason sends its own, which is 辞退. 受ける is asked once more on a page of its own.
            <Form to>
                <Hidden name="offer" value=id />
                <Actions>
                    <Button kind=ButtonKind::Primary name="do" value="check">"受ける"</Button>
                </Actions>
            </Form>
            <Form to=to_decline>
                <Hidden name="offer" value=declined />
                <Disclosure label="辞退の理由を書く（任意）" open>
                    <TextField field=reason label="辞退の理由" />
                </Disclosure>
                <Actions>
                    <Button name="do" value="decline">"辞退"</Button>
                </Actions>
            </Form>
        </Section>
    }
}

/// What decides whether to take it, and nothing personal.
pub(super) fn facts(offer: &OfferDetails, today: Date) -> impl IntoView + use<> {
    let ages: Vec<String> = offer.ages.iter().map(|age| format!("{age}歳")).collect();
    let children = format!("{}人（{}）", offer.ages.len(), ages.join("・"));
    let receives = offer.receives.map(|yen| {
        view! { <DataRow term="受け取る額（めやす）"><Money yen /><p class="kp-note">"実費（交通費など）は別です"</p></DataRow> }
    });
    let (town, request, until) = (offer.town.clone(), offer.request.to_string(), offer.expires_at);
    let (kind, place) = (status::care_kind(offer.care_kind), status::care_place(offer.care_place));
    view! {
        <DataList>
            <DataRow term="希望する援助内容">{kind}</DataRow>
            <DataRow term="場所">{place}</DataRow>
            <DataRow term="利用会員の町名">{town}</DataRow>
            <DataRow term="預ける子ども">{children}</DataRow>
            {receives}
            <DataRow term="依頼ID">{request}</DataRow>
            <DataRow term="お返事の期限"><When start=until end=None today /></DataRow>
        </DataList>
    }
}

fn waiting(taken: Vec<TakenCase>, today: Date) -> impl IntoView {
    let cards = taken
        .into_iter()
        .map(|case| {
            let title = Label::period(case.starts_at, case.ends_at, today);
            let over = format!("依頼ID {}", case.request);
            let tag = || view! { <StatusTag tone=Tone::Waiting text="打合せ日の調整中" /> };
            view! {
                <Card title over href=format!("/coordination/{}", case.request) status=tag>
                    <CardRow term="希望する援助内容">{status::care_kind(case.care_kind)}</CardRow>
                </Card>
            }
        })
        .collect_view();
    view! { <Section title="お引き受けいただいた援助"><CardList>{cards}</CardList></Section> }
}
