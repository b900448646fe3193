//! `/reports/check?form=…`: everything once more, right before 登録.

use super::api::SendReport;
use super::form::Sent;
use super::sum::{People, Reader, rows};
use crate::fault::Fault;
use crate::form::{kept, sent_again, with_query};
use crate::page::{Page, page, redirect};
use crate::ui::{Actions, Button, ButtonKind, CheckAnswers, CheckRow, Form, Label, MoneyTable, PageHead, Section};
use crate::visit::{query, visit};
use crate::words::{self, fee, status};
use domain::coupon::settle;
use domain::policy::{Right, can};
use domain::report::ExpenseKind;
use domain::time::{Date, age_on, clock, japanese_date, japanese_period};
use leptos::prelude::*;
use service::report::Checked;

/// `/reports/check`
#[component]
pub fn ReportCheckPage() -> impl IntoView {
    let token = query("form").unwrap_or_default();
    page(async move {
        let visit = visit()?;
        let kept = kept::<SendReport>().await;
        if !kept.came_back() {
            return redirect("/reports");
        }
        let sent = Sent::read(kept.fields())?;
        let edit = with_query(&sent.form_path(), "form", &token);
        let no = sent.seen.map(|(no, _)| no);
        let checked = service::report::check(&visit.env, &visit.actor, no, &sent.form, sent.channel).await;
        let checked = match checked.map_err(Fault::from) {
            Ok(checked) => checked,
            Err(Fault::Invalid(_)) => return redirect(&edit),
            Err(fault) => return Err(fault),
        };
        let reader = if can(&visit.actor, Right::KeepDesk) { Reader::Other } else { Reader::Provider };
        let family = checked.request.family.family.clone();
        let people = People {
            reader,
            family: family.clone(),
            provider: String::new(),
            children: checked.content.children.iter().map(|child| (child.id, child.name.clone())).collect(),
        };
        let settlement = settle(&checked.quote, &[], checked.content.expenses_yen());
        let money = rows(&people, &checked.quote, &settlement, &checked.content.expenses);
        let on_behalf = (reader == Reader::Other).then(|| words::channel(sent.channel));
        // A new report may still be about another request; one with a number stays with its own.
        let choose = if no.is_none() { "/reports/new" } else { "" };
        let answers = answers(&checked, &edit, choose, visit.env.clock.today(), on_behalf);
        let (ask, then) = (
            format!("登録して{family}さんに確認を依頼"),
            format!("登録すると、{family}さんに承認を依頼するメールが届きます。"),
        );
        let over = no.map_or_else(|| "報告書ID：保存後に発行".to_owned(), |no| format!("報告書ID：{no}"));
        Ok(Page::new(
            "報告書の確認",
            view! {
                <PageHead
                    title="報告書の確認"
                    over
                    lead="まだ登録されていません。下のボタンを押すと登録されます。"
                    back=edit.clone()
                    back_label="入力に戻る"
                />
                <CheckAnswers rows=answers />
                <Section title="金額">
                    <MoneyTable caption="利用料と給付金" rows=money />
                    <p class="kp-note">"おためし券は、承認のときに利用会員が選びます。"</p>
                </Section>
                <Form to=kept.to()>
                    {sent_again(&kept)}
                    <Actions>
                        <Button kind=ButtonKind::Primary name="do" value="submit">
                            {ask}
                        </Button>
                        <Button name="do" value="save_draft">"一時保存"</Button>
                    </Actions>
                    <p class="kp-note">{then}</p>
                </Form>
            },
        )
        .about(no))
    })
}

fn answers(checked: &Checked, edit: &str, choose: &str, today: Date, on_behalf: Option<&'static str>) -> Vec<CheckRow> {
    let to = |field: &str| format!("{edit}#{field}");
    let content = &checked.content;
    let children: Vec<String> = content
        .children
        .iter()
        .map(|child| format!("{}（{}歳）", child.name, age_on(child.birth_date, content.start.date())))
        .collect();
    let end = if content.end.date() == content.start.date() {
        clock(content.end)
    } else {
        format!("{}{}", japanese_date(content.end.date(), today), clock(content.end))
    };
    let expenses: Vec<String> =
        content.expenses.iter().map(|(kind, yen)| format!("{} {}", status::expense(*kind), fee::yen(*yen))).collect();
    let planned = japanese_period(checked.request.start, checked.request.end, today);
    let mut rows = vec![
        CheckRow::new("依頼ID", format!("{}\n予定 {planned}", checked.request.no), choose),
        CheckRow::new("利用会員", checked.request.family.full(), String::new()),
        CheckRow::new("入力日", Label::Day { date: content.entered_on, today }, to("entered_on")),
        CheckRow::new("活動日", Label::Day { date: content.start.date(), today }, to("date")),
        CheckRow::new("活動時間", format!("{}〜{end}", clock(content.start)), to("start")),
        CheckRow::new("預かった子ども", children.join("\n"), to("children")),
        CheckRow::new("実費", expenses.join("\n"), to(ExpenseKind::Transport.key())),
        CheckRow::new("備考", content.notes.clone(), to("notes")),
    ];
    if let Some(channel) = on_behalf {
        rows.push(CheckRow::new("連絡の方法", channel, to("channel")));
    }
    rows
}
