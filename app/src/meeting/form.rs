//! The form of the meeting's date and place, the same for family, provider and desk.

use crate::channel;
use crate::form::Typed;
use crate::ui::{
    Actions, Button, ButtonKind, DateField, FieldGroup, Form, Hidden, Notice, NoticeKind, TextField, TimeField,
};
use domain::number::RequestNo;
use domain::time::{Instant, hhmm, iso_date};
use leptos::prelude::*;

/// How the page is told that the meeting was saved for a day on which the branch is closed.
pub(crate) const CLOSED: &str = "closed";

/// What stands above the page after a step; on a closed day the branch cannot be asked, which is said at once.
pub(crate) fn saved_notice(how: &str, title: &'static str) -> AnyView {
    let closed = (how == CLOSED).then(|| {
        view! {
            <Notice kind=NoticeKind::Warning title="事前打合せ日は、支部の休みの日です" announce=true>
                <p>"この日のままでよいかを確かめてください。当日は支部に電話がつながりません。"</p>
            </Notice>
        }
    });
    view! {
        <Notice kind=NoticeKind::Success title announce=true />
        {closed}
    }
    .into_any()
}

/// Date, time and place; `desk` asks the coordinator how it reached her.
pub(crate) fn meeting_form(
    typed: &Typed,
    no: RequestNo,
    revision: i64,
    at: Option<Instant>,
    place: String,
    desk: bool,
) -> impl IntoView + use<> {
    // Whoever was told of a newer case goes on from there; a mended field keeps the revision it was typed on.
    let told = typed.error("").is_some();
    let revision = if told { revision.to_string() } else { typed.value("revision", || revision.to_string()) };
    let date = typed.value("meeting_date", || at.map(|at| iso_date(at.date())).unwrap_or_default());
    let time = typed.value("meeting_time", || at.map(|at| hhmm(at.minute_of_day())).unwrap_or_default());
    let place = typed.value("meeting_place", || place);
    let (date_error, time_error) = (typed.error("meeting_date"), typed.error("meeting_time"));
    let place_error = typed.error("meeting_place");
    let channel = desk.then(|| channel::field_of_a_call("meetings", typed));
    view! {
        <Form action="/api/meetings">
            <Hidden name="request" value=no.to_string() />
            <Hidden name="revision" value=revision />
            <FieldGroup>
                <DateField name="meeting_date" label="事前打合せ日" value=date error=date_error required=true />
                <TimeField name="meeting_time" label="時刻" value=time error=time_error required=true />
            </FieldGroup>
            <TextField
                name="meeting_place"
                label="場所"
                value=place
                error=place_error
                required=true
                support="例：いっぽ（地域子育て支援拠点）"
                autocomplete="off"
            />
            {channel}
            <Actions>
                <Button kind=ButtonKind::Primary>"事前打合せの日時を保存する"</Button>
            </Actions>
        </Form>
    }
}
