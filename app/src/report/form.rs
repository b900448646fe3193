//! `/reports/new` and `/reports/EKH…/edit`: 援助活動報告書 is written here.

use super::api::{SendReport, VoidReport};
use super::island::{LiveReport, ReportFields};
use super::sum::{People, Reader};
use super::{choose, number, steps};
use crate::channel;
use crate::fault::Fault;
use crate::form::{Kept, ONCE, fresh, kept, once, with_query};
use crate::page::{Page, page};
use crate::post::field;
use crate::ui::{
    Actions, Button, ButtonKind, ButtonLink, Choice, ConfirmPanel, DataList, DataRow, DateField, DayFor, Form, Hidden,
    Notice, NoticeKind, OnEnter, PageHead, Select, StatusTag, TextArea, When,
};
use crate::visit::{Submitted, Visit, param, query, visit};
use crate::words::status;
use domain::actor::Channel;
use domain::number::{ReportNo, RequestNo};
use domain::report::{ExpenseKind, RewardStatus};
use domain::report_form::ReportForm;
use domain::time::{clock, japanese_date, japanese_period};
use leptos::prelude::*;
use service::report::{Candidate, ReportFormView};

/// The report's form as it was sent.
pub struct Sent {
    /// Number and revision of an existing report.
    pub seen: Option<(ReportNo, i64)>,
    /// What was typed.
    pub form: ReportForm,
    /// The one-time key of a new report.
    pub once: String,
    /// The channel a coordinator names.
    pub channel: Channel,
}

impl Sent {
    /// Reads the fields.
    ///
    /// # Errors
    /// [`Fault::NotFound`] for a number that is none.
    pub fn read(submitted: &Submitted) -> Result<Self, Fault> {
        let get = |name: &str| submitted.get(name);
        let (revision, channel) = steps::step(&get("revision"), &get("channel"));
        let report = get("report");
        let seen = if report.is_empty() { None } else { Some((number(&report)?, revision)) };
        let form = ReportForm {
            request: get("request"),
            entered_on: get("entered_on"),
            date: get("date"),
            start: get("start"),
            end: get("end"),
            next_day: get("next_day"),
            children: submitted.all("children"),
            transport: get("transport"),
            meal: get("meal"),
            snack: get("snack"),
            diaper: get("diaper"),
            other: get("other"),
            notes: get("notes"),
        };
        Ok(Self { seen, form, once: get(ONCE), channel })
    }

    /// The page of the form.
    #[must_use]
    pub fn form_path(&self) -> String {
        match self.seen {
            Some((no, _)) => format!("/reports/{no}/edit"),
            None if self.form.request.is_empty() => "/reports/new".to_owned(),
            None => with_query("/reports/new", "request", &self.form.request),
        }
    }
}

/// `/reports/new`: first the request is chosen, unless a case's page (`?request=CDK…`) or コピー (`?copy=EKH…`) led here.
#[component]
pub fn ReportNewPage() -> impl IntoView {
    let (request, copy) = (query("request"), query("copy"));
    page(async move {
        let visit = visit()?;
        let kept = kept::<SendReport>().await;
        let (env, actor) = (&visit.env, &visit.actor);
        if kept.came_back() {
            let view = service::report::blank(env, actor, None, None).await?;
            let sent = Sent::read(kept.fields())?;
            let view = view.with(env, actor, sent.form).await?;
            return show(&visit, view, &kept, ().into_any()).await;
        }
        let request = request.map(|no| RequestNo::parse(&no)).transpose().map_err(|_| Fault::NotFound)?;
        let copy = copy.as_deref().map(number).transpose()?;
        if request.is_none() && copy.is_none() {
            return choose::choose(&visit).await;
        }
        let view = service::report::blank(env, actor, request, copy).await?;
        let news = copy.map(|no| {
            view! {
                <Notice title=format!("{no}の内容をコピーしました") announce=true>
                    <p>"依頼ID、日付、時刻、金額を入力してください。"</p>
                </Notice>
            }
        });
        show(&visit, view, &kept, news.into_any()).await
    })
}

/// `/reports/EKH…/edit`
#[component]
pub fn ReportEditPage() -> impl IntoView {
    let no = param("no");
    let saved = query("saved").is_some();
    page(async move {
        let visit = visit()?;
        let kept = kept::<SendReport>().await;
        let (env, actor) = (&visit.env, &visit.actor);
        let mut view = service::report::existing(env, actor, number(&no)?).await?;
        if kept.came_back() {
            let sent = Sent::read(kept.fields())?;
            view = view.with(env, actor, sent.form).await?;
        }
        let news = (saved && !kept.came_back()).then(|| {
            view! {
                <Notice kind=NoticeKind::Success title="一時保存しました" announce=true>
                    <p>"利用会員にはまだ届いていません。続きは、援助活動報告一覧からいつでも入力できます。"</p>
                </Notice>
            }
        });
        show(&visit, view, &kept, news.into_any()).await
    })
}

async fn show(visit: &Visit, view: ReportFormView, kept: &Kept<SendReport>, news: AnyView) -> Result<Page, Fault> {
    let candidates = match view.request {
        Some(_) => Vec::new(),
        None => service::report::candidates(&visit.env, &visit.actor, "").await?,
    };
    let over = view.no.map_or_else(|| "報告書ID：保存後に発行".to_owned(), |no| format!("報告書ID：{no}"));
    let tag = {
        let now = view.status;
        move || {
            view! {
                <span class="kp-report__statuses">
                    <span class="kp-hidden">"報告書ステータス："</span>
                    <StatusTag tone=status::report_tone(now) text=status::report(now) />
                    <span class="kp-hidden">"報酬受領ステータス："</span>
                    <StatusTag
                        tone=status::reward_tone(RewardStatus::NotReceived)
                        text=status::reward(RewardStatus::NotReceived)
                    />
                </span>
            }
        }
    };
    let comment = view.revision_comment.clone().map(|comment| {
        view! {
            <Notice kind=NoticeKind::Warning title="修正の依頼があります">
                <p class="kp-report__comment">{comment}</p>
            </Notice>
        }
    });
    let voiding = view.no.map(|no| voiding(no, view.revision, view.on_behalf));
    let copy = view.no.map(|no| {
        let href = with_query("/reports/new", "copy", &no.to_string());
        view! { <ButtonLink href>"コピー"</ButtonLink> }
    });
    // The answer 登録 would give is said before one types.
    let ahead = view.request.as_ref().map(|request| request.end).filter(|end| *end > visit.env.clock.now());
    let early = ahead.map(|end| {
        let when = format!("{}{}", japanese_date(end.date(), view.today), clock(end));
        view! {
            <Notice title=format!("活動が終わったら登録できます（{when}から）。")>
                <p>"それまでは「一時保存」ができます。"</p>
            </Notice>
        }
    });
    let fields = fields(&view, kept, candidates, ahead.is_some());
    Ok(Page::new(
        "援助活動報告書",
        view! {
            <PageHead title="援助活動報告書" over back="/reports" aside=tag />
            {news}
            {comment}
            {early}
            {fields}
            {voiding}
            <Actions>{copy} <ButtonLink href="/reports">"一覧に戻る"</ButtonLink></Actions>
        },
    )
    .about(view.no))
}

/// 取消, from the form's own page.
fn voiding(no: ReportNo, revision: i64, on_behalf: bool) -> impl IntoView {
    let kept = fresh::<VoidReport>();
    let (to, reason, channel) = (kept.to(), field!(kept.reason), on_behalf.then(|| channel::field(&kept)));
    view! {
        <ConfirmPanel
            label="取消"
            explain="この報告書を取り消します。番号は使われなくなり、同じ依頼の報告書をもう一度作れます。"
            to
            submit="この報告書を取り消す"
        >
            <Hidden name="report" value=no.to_string() />
            <Hidden name="revision" value=revision.to_string() />
            {channel}
            <TextArea field=reason label="理由" required=true rows=2 />
        </ConfirmPanel>
    }
}

fn fields(
    view: &ReportFormView,
    kept: &Kept<SendReport>,
    candidates: Vec<Candidate>,
    early: bool,
) -> impl IntoView + use<> {
    let form = view.form.clone();
    let report = view.no.map(|no| no.to_string()).unwrap_or_default();
    let (revision, once) = (kept.revision(view.revision), once(kept));
    let channel = view.on_behalf.then(|| channel::field(kept));
    let request = request_part(view, kept, candidates);
    let entered_on = field!(kept.entered_on).or(form.entered_on.clone());
    let notes = field!(kept.notes).or(form.notes.clone());
    let family = view.request.as_ref().map_or_else(|| "利用会員".to_owned(), |request| request.family.family.clone());
    let live = live(view, kept, form, family);
    let check = |kind| view! { <Button kind name="do" value="check">"入力内容を確認する"</Button> };
    let save = |kind| view! { <Button kind name="do" value="save_draft">"一時保存"</Button> };
    let (first, second) = (ButtonKind::Primary, ButtonKind::Secondary);
    // 「計算する」 stands before them in the form.
    let (on_enter, buttons) = if early {
        let on_enter = view! { <OnEnter name="do" value="save_draft">"一時保存"</OnEnter> };
        (on_enter.into_any(), view! { {save(first)} {check(second)} }.into_any())
    } else {
        let on_enter = view! { <OnEnter name="do" value="check">"入力内容を確認する"</OnEnter> };
        (on_enter.into_any(), view! { {check(first)} {save(second)} }.into_any())
    };
    view! {
        <Form to=kept.to()>
            {on_enter}
            <Hidden name="report" value=report />
            <Hidden name="revision" value=revision />
            {once}
            {channel}
            {request}
            <DateField field=entered_on label="入力日" days=DayFor::Past required=true />
            <ReportFields live />
            <TextArea
                field=notes
                label="備考"
                support="活動の様子、ヒヤリとしたことなど（2000文字まで）"
            />
            <Actions>
                {buttons}
            </Actions>
            <p class="kp-note">"「一時保存」は、あとで編集できます。"</p>
        </Form>
    }
}

/// The chosen request, or the ones to choose from.
fn request_part(view: &ReportFormView, kept: &Kept<SendReport>, candidates: Vec<Candidate>) -> AnyView {
    let today = view.today;
    if let Some(request) = view.request.clone() {
        let other = (!view.request_fixed && view.no.is_none()).then(|| {
            view! { <p class="kp-note"><a href="/reports/new">"別の依頼を選ぶ"</a></p> }
        });
        let no = request.no.to_string();
        return view! {
            <Hidden name="request" value=no.clone() />
            <div id="request">
                <DataList>
                    <DataRow term="依頼ID">{no}</DataRow>
                    <DataRow term="利用会員">
                        {format!("{}（{}）", request.family.full(), request.family.no)}
                    </DataRow>
                    <DataRow term="予定">
                        <When start=request.start end=Some(request.end) today />
                    </DataRow>
                </DataList>
                {other}
            </div>
        }
        .into_any();
    }
    let options = candidates
        .into_iter()
        .map(|candidate| {
            let when = japanese_period(candidate.start, candidate.end, today);
            Choice::new(candidate.no.to_string(), format!("{}　{}　{when}", candidate.no, candidate.family))
        })
        .collect();
    view! {
        <Select
            field=field!(kept.request).or(view.form.request.clone())
            label="依頼ID"
            options
            empty="選んでください"
            required=true
            support="成立した依頼のうち、報告書がまだないものです。"
        />
    }
    .into_any()
}

fn live(view: &ReportFormView, kept: &Kept<SendReport>, form: ReportForm, family: String) -> LiveReport {
    let expense = |kind: &ExpenseKind| (*kind, kept.field(kind.key()).or(form.expense(*kind)));
    let children = view.request.as_ref().map(|request| request.children.clone()).unwrap_or_default();
    LiveReport {
        date: field!(kept.date).or(form.date.clone()),
        start: field!(kept.start).or(form.start.clone()),
        end: field!(kept.end).or(form.end.clone()),
        next_day: field!(kept.next_day).or(form.next_day.clone()),
        ticked: field!(kept.children).or_all(form.children.clone()),
        expenses: ExpenseKind::ALL.iter().map(expense).collect(),
        people: People {
            reader: if view.on_behalf { Reader::Other } else { Reader::Provider },
            family,
            provider: String::new(),
            children: children.iter().map(|child| (child.id, child.name.clone())).collect(),
        },
        children,
        others: view.others.clone(),
        around: view.around,
        tariff: view.rates.tariff.clone(),
        holidays: view.rates.holidays.clone(),
        today: view.today,
    }
}
