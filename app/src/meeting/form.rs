//! The form of the meeting's date and place, the same for family, provider and desk.

use super::api::ScheduleMeeting;
use crate::channel;
use crate::form::Kept;
use crate::post::field;
use crate::ui::{
    Actions, Button, ButtonKind, DateField, DayFor, FieldGroup, Form, Hidden, Notice, NoticeKind, TextField, TimeField,
};
use domain::number::RequestNo;
use domain::time::{Instant, hhmm, iso_date};
use leptos::prelude::*;

/// How the page learns that the meeting was saved for a day on which the branch is closed.
pub(crate) const CLOSED: &str = "closed";

/// What stands above the page after a step; on a closed day the branch cannot be asked, which is said at once.
pub(crate) fn saved_notice(how: &str, title: impl Into<String>) -> AnyView {
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
    kept: &Kept<ScheduleMeeting>,
    no: RequestNo,
    revision: i64,
    at: Option<Instant>,
    place: String,
    desk: bool,
) -> impl IntoView + use<> {
    let date = field!(kept.meeting_date).or(at.map(|at| iso_date(at.date())).unwrap_or_default());
    let time = field!(kept.meeting_time).or(at.map(|at| hhmm(at.minute_of_day())).unwrap_or_default());
    let place = field!(kept.meeting_place).or(place);
    let (revision, channel) = (kept.revision(revision), desk.then(|| channel::field_of_a_call(kept)));
    view! {
        <Form to=kept.to()>
            <Hidden name="request" value=no.to_string() />
            <Hidden name="revision" value=revision />
            <FieldGroup>
                <DateField field=date label="事前打合せ日" days=DayFor::Plan required=true />
                <TimeField field=time label="時刻" required=true />
            </FieldGroup>
            <TextField
                field=place
                label="場所"
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
