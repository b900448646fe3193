//! The first step of a new report: which request it is about.

use super::api::SearchRequest;
use crate::fault::Fault;
use crate::form::{kept, with_query};
use crate::page::Page;
use crate::post::field;
use crate::ui::{Card, CardList, CardRow, EmptyState, Label, PageHead, SearchBox, Section};
use crate::visit::Visit;
use domain::policy::{Right, can};
use leptos::prelude::*;
use service::report::Candidate;

/// Shows the requests without a report; 「依頼IDまたは利用会員名で検索してください」.
pub async fn choose(visit: &Visit) -> Result<Page, Fault> {
    let kept = kept::<SearchRequest>().await;
    let sought = field!(kept.q);
    let search = sought.value();
    let found = service::report::candidates(&visit.env, &visit.actor, &search).await?;
    let today = visit.env.clock.today();
    let staff = can(&visit.actor, Right::KeepDesk);
    let body = match (found.is_empty(), search.is_empty()) {
        (true, true) => view! {
            <EmptyState
                title="報告していない依頼はありません"
                text="成立した依頼が、ここに並びます。"
            />
        }
        .into_any(),
        (true, false) => view! {
            <EmptyState
                title="見つかりませんでした"
                text="依頼IDか利用会員の名前を確かめてください。成立していない依頼と、報告書がある依頼は出ません。"
            />
        }
        .into_any(),
        (false, _) => {
            let now = visit.env.clock.now();
            let (ended, coming): (Vec<_>, Vec<_>) = found.into_iter().partition(|candidate| candidate.end <= now);
            let cards = move |candidates: Vec<Candidate>, action: &'static str| {
                let cards = candidates.into_iter().map(move |candidate| {
                    let title = Label::period(candidate.start, candidate.end, today);
                    let href = with_query("/reports/new", "request", &candidate.no.to_string());
                    let provider = staff.then(|| view! { <CardRow term="提供会員">{candidate.provider}</CardRow> });
                    view! {
                        <Card title href over=candidate.no.to_string() action>
                            <CardRow term="利用会員">{candidate.family}</CardRow>
                            {provider}
                            <CardRow term="預ける子どもの人数">{format!("{}人", candidate.children)}</CardRow>
                        </Card>
                    }
                });
                view! { <CardList>{cards.collect_view()}</CardList> }.into_any()
            };
            let ended = (!ended.is_empty()).then(|| cards(ended, "この依頼の報告書を作る"));
            let coming = (!coming.is_empty()).then(|| {
                let cards = cards(coming, "書き始める");
                view! { <Section title="これからの活動（一時保存だけできます）">{cards}</Section> }
            });
            view! { {ended} {coming} }.into_any()
        }
    };
    Ok(Page::new(
        "援助活動報告書を作る",
        view! {
            <PageHead
                title="援助活動報告書を作る"
                over="報告書ID：保存後に発行"
                lead="報告する依頼を選んでください。"
                back="/reports"
            />
            <SearchBox to=kept.to() label="依頼IDまたは利用会員名で検索してください" field=sought />
            {body}
        },
    ))
}
