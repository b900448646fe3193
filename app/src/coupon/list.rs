//! `/coupons`: the tickets of each child, how many are left, until when, and what happened to them.

use crate::page::{Page, page};
use crate::ui::{Cell, DataList, DataRow, Day, Disclosure, EmptyState, HeadCell, Moment, PageHead, Section, Table};
use crate::visit::visit;
use crate::words;
use domain::tariff::CouponRule;
use domain::time::{Date, age_on};
use leptos::prelude::*;
use service::coupon::{CouponBook, CouponEntry, EntryKind, own};

/// `/coupons`
#[component]
pub fn CouponListPage() -> impl IntoView {
    page(async move {
        let visit = visit()?;
        let found = own(&visit.env, &visit.actor).await?;
        let today = visit.env.clock.today();
        let rates = service::tariff::load(&visit.env).await?;
        let rule = rates.tariff.on(today).and_then(|version| Some((version, version.coupon.as_ref()?)));
        let terms = rule.map(|(version, coupon)| view! { <p>{words::tariff::ticket(version, coupon)}</p> });
        let body = view! {
            <PageHead
                title="おためし券残数確認"
                lead="1枚で1時間使えます。報告書を承認するときに、使う枚数を選びます。"
            />
            {books(found, today, rule.map(|(_, coupon)| coupon))}
            {terms}
        };
        Ok(Page::new("おためし券残数確認", body))
    })
}

/// The books of a member's children; without any, who can have one.
fn books(books: Vec<CouponBook>, today: Date, rule: Option<&CouponRule>) -> impl IntoView + use<> {
    let issued: Vec<_> = books.into_iter().filter(|book| book.expires_on.is_some()).collect();
    if issued.is_empty() {
        let who = rule.map(words::tariff::ticket_owner).unwrap_or_default();
        let text = format!("{who}保護者とお子さんの本人確認書類をお持ちください。");
        return view! { <EmptyState title="おためし券は、まだ発行されていません。" text /> }.into_any();
    }
    issued.into_iter().map(|found| book(found, today)).collect_view().into_any()
}

fn book(book: CouponBook, today: Date) -> impl IntoView {
    let expiry = book.expires_on.map(|last| {
        let over = last < today;
        view! {
            <Day date=last today />
            {if over { " の活動まで（期限が過ぎました）" } else { " の活動まで" }}
        }
    });
    let history = history(book.history);
    view! {
        <Section title=format!("{}さん（{}歳）", book.child_name, age_on(book.birth_date, today))>
            <DataList>
                <DataRow term="のこり枚数">
                    <strong class="kp-coupon__left">{format!("{}枚", book.remaining)}</strong>
                    {format!("（{}枚のうち）", book.issued)}
                </DataRow>
                <DataRow term="使える期限">{expiry}</DataRow>
            </DataList>
            <Disclosure label="これまでの記録" open=true>
                {history}
            </Disclosure>
        </Section>
    }
}

fn history(entries: Vec<CouponEntry>) -> impl IntoView {
    let head = vec![HeadCell::new("日時"), HeadCell::new("内容"), HeadCell::number("枚数")];
    let rows = entries
        .into_iter()
        .map(|entry| {
            let (word, sign) = match entry.kind {
                EntryKind::Issued => ("発行", "+"),
                EntryKind::Used => ("利用", "−"),
                EntryKind::Returned => ("返却（報告書の修正）", "+"),
            };
            let report = entry.report.map(|no| view! { "　" <a href=format!("/reports/{no}")>{no.clone()}</a> });
            view! {
                <tr>
                    <Cell label="日時" main=true><Moment at=entry.at /></Cell>
                    <Cell label="内容">{word}{report}</Cell>
                    <Cell label="枚数" numeric=true>{format!("{sign}{}枚", entry.tickets)}</Cell>
                </tr>
            }
        })
        .collect_view();
    view! { <Table caption="おためし券の記録" head>{rows}</Table> }
}
