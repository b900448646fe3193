//! `/requests/CDK…/meeting`: 事前打合せ情報, written by the family, read by the others when they may.

use super::api::{SaveSheet, ScheduleMeeting, StateSheetReason};
use super::{meeting_form, saved_notice};
use crate::channel;
use crate::coordination::number;
use crate::fault::Fault;
use crate::form::{Kept, kept, once};
use crate::page::{Page, page, redirect};
use crate::post::field;
use crate::ui::{
    Actions, Button, ButtonKind, DataList, DataRow, DecimalField, Disclosure, Form, Hidden, Moment, Notice, NoticeKind,
    OwnWords, PageHead, Section, StatusTag, TelField, TextArea, TextField, When,
};
use crate::visit::{Visit, param, query, visit};
use crate::words::{coordination as words, status};
use domain::coordination::{ChildField, SheetField};
use domain::number::RequestNo;
use domain::policy::{Right, can};
use domain::request::{CoordinationStatus, RequestAction, TABLE};
use domain::time::{Date, age_on, japanese_date};
use leptos::prelude::*;
use service::meeting::{SheetFamily, SheetReader, SheetView, read_sheet};

/// `/requests/CDK…/meeting`
#[component]
pub fn MeetingPage() -> impl IntoView {
    let no = param("no");
    let (sheet_saved, saved) = (query("sheet").is_some(), query("saved"));
    page(async move {
        let visit = visit()?;
        let no = number(&no)?;
        let sheet = match read_sheet(&visit.env, &visit.actor, no).await {
            Ok(sheet) => sheet,
            Err(service::Error::NotFound) => return elsewhere(&visit, no).await,
            Err(other) => return Err(other.into()),
        };
        let news = match (sheet_saved, saved) {
            (true, _) if sheet.missing.is_empty() => Some(saved_notice("", "事前打合せ情報を保存しました")),
            // Green would say that nothing more is needed; what is stands below.
            (true, _) => {
                let title = "途中まで保存しました。まだ入力のない項目があります";
                Some(view! { <Notice kind=NoticeKind::Info title announce=true /> }.into_any())
            }
            (_, Some(how)) => Some(saved_notice(&how, "事前打合せの日時を保存しました")),
            _ => None,
        };
        show(sheet, visit.env.clock.today(), news.into_any()).await
    })
}

/// A provider before 成立 has the case's page; the headquarters say why they look.
async fn elsewhere(visit: &Visit, no: RequestNo) -> Result<Page, Fault> {
    if can(&visit.actor, Right::ProvideCare) {
        service::coordination::provider_case(&visit.env, &visit.actor, no).await?;
        return redirect(&format!("/coordination/{no}"));
    }
    if !can(&visit.actor, Right::StateReason) {
        return Err(Fault::NotFound);
    }
    service::history::of_request(&visit.env, &visit.actor, no).await?;
    let kept = kept::<StateSheetReason>().await;
    let once = once(&kept);
    Ok(Page::new(
        "事前打合せ情報",
        view! {
            <PageHead title="事前打合せ情報" over=no.to_string() back=format!("/requests/{no}/history") back_label="履歴に戻る" />
            <Notice title="ご覧になる理由を入力してください">
                <p>"理由は履歴に残ります。30分間ご覧になれます。"</p>
            </Notice>
            <Form to=kept.to()>
                {once}
                <Hidden name="request" value=no.to_string() />
                <TextArea field=field!(kept.reason) label="理由" required=true rows=2 />
                <Actions>
                    <Button kind=ButtonKind::Primary>"理由を記録して開く"</Button>
                </Actions>
            </Form>
        },
    ).about(Some(no)))
}

async fn show(sheet: SheetView, today: Date, news: AnyView) -> Result<Page, Fault> {
    let (writing, meeting) = (kept::<SaveSheet>().await, kept::<ScheduleMeeting>().await);
    let back = match sheet.reader {
        SheetReader::Family => format!("/requests/{}", sheet.no),
        SheetReader::Coordinator => format!("/desk/requests/{}", sheet.no),
        SheetReader::Provider => format!("/coordination/{}", sheet.no),
        SheetReader::Headquarters => format!("/requests/{}/history", sheet.no),
    };
    let tag = {
        let state = sheet.status;
        move || view! { <StatusTag tone=status::request_tone(state) text=status::request(state) /> }
    };
    let title = "事前打合せ情報";
    let over = format!("依頼ID {}", sheet.no);
    let came_back = writing.came_back() || meeting.came_back();
    let (whose, plan) = (whose(&sheet, today), plan(&sheet, &meeting));
    let body = if sheet.editable {
        edit(&sheet, &writing).into_any()
    } else if sheet.revision > 0 {
        read(&sheet, today).into_any()
    } else {
        view! {
            <Notice title="事前打合せ情報は、事前打合せの日が決まると入力できます">
                <p>"日時が決まりましたら、お知らせします。"</p>
            </Notice>
        }
        .into_any()
    };
    Ok(Page::new(
        "事前打合せ情報",
        view! {
            <PageHead title over back back_label="依頼に戻る" aside=tag />
            {(!came_back).then_some(news)}
            {whose}
            {plan}
            {body}
        },
    )
    .about(Some(sheet.no)))
}

/// What the sheet is about and whose it is, in the order of the newsletter's 事前打合せ情報参照.
fn whose(sheet: &SheetView, today: Date) -> impl IntoView + use<> {
    let (start, end) = (sheet.starts_at, sheet.ends_at);
    let SheetFamily { no, name, kana, address } = sheet.family.clone();
    let at = sheet.meeting_at.filter(|_| sheet.status.meeting_known());
    let place = sheet.meeting_place.clone();
    let meeting = at.map(|start| {
        view! {
            <DataRow term="事前打合せ日"><When start end=None today /></DataRow>
            <DataRow term="事前打合せの場所">{place}</DataRow>
        }
    });
    view! {
        <DataList>
            <DataRow term="預けたい日"><When start end=Some(end) today /></DataRow>
            <DataRow term="会員番号">{no.to_string()}</DataRow>
            <DataRow term="利用会員氏名">{format!("{name}（{kana}）")}</DataRow>
            <DataRow term="住所">{address}</DataRow>
            {meeting}
        </DataList>
    }
}

/// The form to set or move the meeting.
fn plan(sheet: &SheetView, kept: &Kept<ScheduleMeeting>) -> impl IntoView + use<> {
    let movable = TABLE.iter().any(|step| step.from == sheet.status && step.action == RequestAction::ScheduleMeeting);
    let movable = movable && sheet.reader == SheetReader::Family;
    movable.then(|| {
        let known = sheet.meeting_at.is_some() && sheet.status.meeting_known();
        let label = if known { "打合せの日時を変える" } else { "打合せの日時を入力する" };
        let form =
            meeting_form(kept, sheet.no, sheet.case_revision, sheet.meeting_at, sheet.meeting_place.clone(), false);
        view! { <Disclosure label open=kept.came_back()>{form}</Disclosure> }
    })
}

fn edit(sheet: &SheetView, kept: &Kept<SaveSheet>) -> impl IntoView + use<> {
    let revision = kept.revision(sheet.revision);
    let answer = |key: &str| kept.field(key).or(sheet.answers.get(key).cloned().unwrap_or_default());
    let own = SheetField::ALL
        .iter()
        .map(|field| {
            let (label, support) = words::sheet_field(*field);
            let (answer, required) = (answer(field.key()), field.is_needed());
            if field.is_phone() {
                view! { <TelField field=answer label required support /> }.into_any()
            } else {
                view! { <TextArea field=answer label required support rows=2 /> }.into_any()
            }
        })
        .collect_view();
    let children = sheet
        .children
        .iter()
        .map(|child| {
            let fields = ChildField::ALL
                .iter()
                .map(|field| {
                    let (label, support) = words::child_field(*field);
                    let (answer, required) = (answer(&field.key_for(child.id)), field.is_needed());
                    match field {
                        ChildField::Nickname => {
                            view! { <TextField field=answer label support autocomplete="off" /> }.into_any()
                        }
                        ChildField::UsualTemperature => {
                            view! { <DecimalField field=answer label support /> }.into_any()
                        }
                        _ => view! { <TextArea field=answer label required support rows=2 /> }.into_any(),
                    }
                })
                .collect_view();
            view! { <Section title=format!("{}さんのこと", child.name)>{fields}</Section> }
        })
        .collect_view();
    let desk = sheet.reader == SheetReader::Coordinator;
    let channel = desk.then(|| channel::field(kept));
    let words = if desk { "利用会員に代わって保存する" } else { "事前打合せ情報を保存する" };
    let no = sheet.no.to_string();
    view! {
        {hints(sheet)}
        <Form to=kept.to()>
            <Hidden name="request" value=no />
            <Hidden name="revision" value=revision />
            <Section title="連絡先とお迎え">{own}</Section>
            {children}
            {channel}
            <Actions>
                <Button kind=ButtonKind::Primary>{words}</Button>
            </Actions>
        </Form>
    }
}

/// A needed answer that is still missing, as a link to its field.
fn missing(sheet: &SheetView, key: &str) -> Option<impl IntoView + use<>> {
    let child = sheet.children.iter().find(|child| ChildField::ALL.iter().any(|one| one.key_for(child.id) == key));
    let whose = child.filter(|_| sheet.children.len() > 1).map(|child| format!("{}さんの", child.name));
    let text = format!("{}{}", whose.unwrap_or_default(), words::sheet_name(key)?);
    Some(view! { <li><a href=format!("#{key}")>{text}</a></li> })
}

/// What is missing, where the answers come from, and who will read them.
fn hints(sheet: &SheetView) -> impl IntoView + use<> {
    let state = if sheet.suggested {
        let text = "前回の内容を入れてあります。確かめて、保存してください。";
        view! { <Notice title="まだ保存していません"><p>{text}</p></Notice> }.into_any()
    } else if sheet.missing.is_empty() {
        let at = sheet.updated_at.map(|at| view! { <p>"最後の保存 "<Moment at /></p> });
        view! { <Notice kind=NoticeKind::Success title="必要な項目はそろっています">{at}</Notice> }.into_any()
    } else {
        let links = sheet.missing.iter().filter_map(|key| missing(sheet, key)).collect_view();
        let title = "打合せの日までに、次の項目を入力してください";
        view! { <Notice kind=NoticeKind::Warning title><ul>{links}</ul></Notice> }.into_any()
    };
    let agreed = matches!(sheet.status, CoordinationStatus::Established | CoordinationStatus::Completed);
    let shared = if agreed {
        "提供会員に共有されています。活動の30日後までご覧になれます。"
    } else {
        "成立した後に、提供会員に共有されます。"
    };
    view! {
        {state}
        <p class="kp-note">{shared}</p>
    }
}

fn read(sheet: &SheetView, today: Date) -> impl IntoView + use<> {
    let answer = |key: &str| sheet.answers.get(key).cloned().unwrap_or_else(|| "（未入力）".to_owned());
    let own = SheetField::ALL
        .iter()
        .map(|field| {
            let text = answer(field.key());
            view! { <DataRow term=words::sheet_field(*field).0><OwnWords text /></DataRow> }
        })
        .collect_view();
    let children = sheet
        .children
        .iter()
        .map(|child| {
            let rows = ChildField::ALL
                .iter()
                .map(|field| {
                    let text = answer(&field.key_for(child.id));
                    view! {
                        <DataRow term=words::child_field(*field).0><OwnWords text /></DataRow>
                    }
                })
                .collect_view();
            let kana = child.kana.clone();
            let birth = format!(
                "{}（{}歳）",
                japanese_date(child.birth_date, today),
                age_on(child.birth_date, sheet.starts_at.date())
            );
            view! {
                <Section title=format!("{}さんのこと", child.name)>
                    <DataList>
                        <DataRow term="ふりがな">{kana}</DataRow>
                        <DataRow term="生年月日">{birth}</DataRow>
                        {rows}
                    </DataList>
                </Section>
            }
        })
        .collect_view();
    let updated = sheet.updated_at.map(|at| view! { <p class="kp-note">"更新日時 "<Moment at /></p> });
    view! {
        <Section title="連絡先とお迎え"><DataList>{own}</DataList></Section>
        {children}
        {updated}
    }
}
