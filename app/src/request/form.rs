//! `/requests/new` and `/requests/CDK…/edit`: 預かり依頼登録.

use super::api::{SendRequest, WithdrawRequest};
use super::details::discard_draft;
use super::island::{ChildOption, RequestWhen, WhenData, WhenRules};
use super::number;
use super::reach::branch_box;
use crate::fault::Fault;
use crate::form::{Kept, fresh, kept, once};
use crate::page::{Page, page};
use crate::post::field;
use crate::ui::{
    Actions, Button, ButtonKind, Choice, Form, Hidden, Notice, NoticeKind, PageHead, RadioGroup, TextArea, TextField,
};
use crate::visit::{Submitted, Visit, param, query, visit};
use crate::words::{request as words, status};
use domain::request::{CareKind, CarePlace};
use domain::time::{Date, age_on, japanese_date};
use leptos::prelude::*;
use service::request::{FormPage, OwnChild, RequestForm, Sending};

/// Reads the form of 預かり依頼登録 as it was sent.
#[must_use]
pub fn from_submitted(submitted: &Submitted) -> (Sending, RequestForm) {
    let sending = Sending {
        request: submitted.get("request"),
        revision: submitted.get("revision"),
        once: submitted.get(crate::form::ONCE),
    };
    let form = RequestForm {
        date: submitted.get("date"),
        start: submitted.get("start"),
        end: submitted.get("end"),
        next_day: submitted.get("next_day"),
        children: submitted.all("children[]"),
        care_kind: submitted.get("care_kind"),
        care_place: submitted.get("care_place"),
        place_detail: submitted.get("place_detail"),
        notes: submitted.get("notes"),
    };
    (sending, form)
}

/// The page of a form: of a draft by its number, of a new request without one.
pub fn edit_path(request: &str) -> Result<String, Fault> {
    if request.is_empty() { Ok("/requests/new".to_owned()) } else { Ok(format!("/requests/{}/edit", number(request)?)) }
}

/// `/requests/new`, also for a copy (`?copy=CDK…`)
#[component]
pub fn RequestNewPage() -> impl IntoView {
    let copied = query("copy");
    page(async move {
        let visit = visit()?;
        let data = match copied.as_deref().map(number).transpose()? {
            Some(no) => service::request::copy(&visit.env, &visit.actor, no).await?,
            None => service::request::start(&visit.env, &visit.actor).await?,
        };
        let copied = copied.map(|no| {
            view! {
                <Notice title=format!("{no}の内容をコピーしました") announce=true>
                    <p>"預けたい日と時刻を入力してください。"</p>
                </Notice>
            }
        });
        show(&visit, data, copied.into_any()).await
    })
}

/// `/requests/CDK…/edit`
#[component]
pub fn RequestEditPage() -> impl IntoView {
    let no = param("no");
    let saved = query("saved").is_some();
    page(async move {
        let visit = visit()?;
        let data = service::request::edit(&visit.env, &visit.actor, number(&no)?).await?;
        let saved = saved.then(|| {
            view! {
                <Notice kind=NoticeKind::Success title="一時保存しました" announce=true>
                    <p>"まだ支部には届いていません。続きは、援助依頼一覧からいつでも入力できます。"</p>
                </Notice>
            }
        });
        show(&visit, data, saved.into_any()).await
    })
}

async fn show(visit: &Visit, data: FormPage, news: AnyView) -> Result<Page, Fault> {
    let rules = rules(visit, &data).await?;
    let kept = kept::<SendRequest>().await;
    let came_back = kept.came_back();
    let today = data.today;
    let over = data.draft.map_or_else(|| "依頼ID：保存後に発行".to_owned(), |(no, _)| format!("依頼ID：{no}"));
    let lead = format!(
        "利用日と内容が決まっている依頼を登録できます。日にちは、3週間後の{}から選べます。",
        japanese_date(data.first_date, today)
    );
    let hurry = data.reach.open.then(|| branch_box(&data.reach.branch, "お急ぎの方はお電話ください。"));
    let after = after_text(&data);
    let fields = fields(&kept, &data, rules);
    let discard = data.draft.map(|(no, revision)| {
        let draft = view! {
            <Hidden name="request" value=no.to_string() />
            <Hidden name="revision" value=revision.to_string() />
        };
        discard_draft(&fresh::<WithdrawRequest>(), draft)
    });
    Ok(Page::new(
        "預かり依頼登録",
        view! {
            <PageHead title="預かり依頼登録" over lead back="/requests" />
            {(!came_back).then_some(news)}
            {hurry}
            {fields}
            <p class="kp-note">{after}</p>
            {discard}
        },
    )
    .about(data.draft.map(|(no, _)| no)))
}

fn after_text(data: &FormPage) -> String {
    let hours = &data.reach.branch.hours_text;
    let hours = if hours.is_empty() { String::new() } else { format!("（{hours}）") };
    format!("登録の後は、{}から業務時間内{hours}にお電話します。", data.reach.branch.name)
}

fn fields(kept: &Kept<SendRequest>, data: &FormPage, rules: WhenRules) -> impl IntoView + use<> {
    let form = data.form.clone();
    let request = data.draft.map(|(no, _)| no.to_string()).unwrap_or_default();
    let revision = data.draft.map(|(_, revision)| kept.revision(revision)).unwrap_or_default();
    let kinds = CareKind::ALL
        .iter()
        .map(|kind| Choice::new(kind.key(), status::care_kind(*kind)).note(words::kind_note(*kind)));
    let places = CarePlace::ALL.iter().map(|place| Choice::new(place.key(), status::care_place(*place)));
    let no_children = data.children.is_empty().then(|| {
        view! {
            <Notice kind=NoticeKind::Warning title="お子さんの登録がありません">
                <p>"お子さんの登録は、支部へお電話ください。"</p>
            </Notice>
        }
    });
    let when = WhenData {
        date: field!(kept.date).or(form.date),
        start: field!(kept.start).or(form.start),
        end: field!(kept.end).or(form.end),
        next_day: field!(kept.next_day).or(form.next_day),
        children: field!(kept.children[]).or_all(form.children),
        options: data.children.iter().map(|child| option(child, data.today)).collect(),
        rules,
    };
    let kind = field!(kept.care_kind).or(form.care_kind);
    let place = field!(kept.care_place).or(form.care_place);
    let detail = field!(kept.place_detail).or(form.place_detail);
    let notes = field!(kept.notes).or(form.notes);
    let (kinds, places) = (kinds.collect::<Vec<_>>(), places.collect::<Vec<_>>());
    let once = once(kept);
    view! {
        <Form to=kept.to()>
            <Hidden name="request" value=request />
            <Hidden name="revision" value=revision />
            {once}
            {no_children}
            <RequestWhen data=when />
            <RadioGroup field=kind label="希望する援助内容" options=kinds required=true />
            <RadioGroup field=place label="場所" options=places required=true />
            <TextField
                field=detail
                label="場所の詳細"
                support="送迎のときは「どこから・どこまで」を入力してください。"
            />
            <TextArea field=notes label="備考" support="支部に伝えたいこと（1000文字まで）" />
            <Actions>
                <Button kind=ButtonKind::Primary name="do" value="check">"入力内容を確認する"</Button>
                <Button name="do" value="save_draft">"一時保存"</Button>
            </Actions>
        </Form>
    }
}

fn option(child: &OwnChild, today: Date) -> ChildOption {
    let label = format!("{}（{}歳）", child.given_name, age_on(child.birth_date, today));
    ChildOption { id: child.id, label, birth_date: child.birth_date }
}

/// What the browser needs to judge a day and to calculate a fee.
async fn rules(visit: &Visit, data: &FormPage) -> Result<WhenRules, Fault> {
    let rates = service::tariff::load(&visit.env).await?;
    // Care may end on the day after the last one.
    let last = data.horizon.last_request();
    let until = last.next_day().unwrap_or(last);
    let branch = &data.reach.branch;
    let call = if branch.telephone.is_empty() {
        branch.name.clone()
    } else {
        format!("{} {}（{}）", branch.name, branch.telephone, branch.hours_text)
    };
    Ok(WhenRules {
        horizon: data.horizon,
        call,
        tariff: rates.tariff,
        holidays: rates.holidays.window(data.today, until),
    })
}
