//! What the forms of a report's steps have in common.

use crate::form::Typed;
use crate::ui::{Choice, Hidden, RadioGroup};
use crate::words;
use domain::actor::Channel;
use leptos::prelude::*;
use service::report::ReportDetails;

/// Reads the revision of the page and the channel a coordinator names.
pub fn step(revision: &str, channel: &str) -> (i64, Channel) {
    (revision.parse().unwrap_or_default(), Channel::from_key(channel).unwrap_or_default())
}

/// The hidden values of every step of a report.
pub fn seen(details: &ReportDetails) -> impl IntoView + use<> {
    view! {
        <Hidden name="report" value=details.no.to_string() />
        <Hidden name="revision" value=details.revision.to_string() />
    }
}

/// How the member's word reached the branch, asked of a coordinator only. Each form of a page has ids of its own,
/// except the one that came back, whose fields the error summary links to.
pub fn channel_field(on_behalf: bool, form: &str, typed: &Typed) -> impl IntoView + use<> {
    on_behalf.then(|| {
        let options = [Channel::Phone, Channel::Paper, Channel::Counter]
            .map(|channel| Choice::new(channel.key(), words::channel(channel)));
        let id = if typed.came_back() { "channel".to_owned() } else { format!("{form}-channel") };
        let value = typed.value("channel", String::new);
        let error = typed.error("channel");
        view! {
            <RadioGroup
                name="channel"
                label="会員からの連絡"
                options=options.to_vec()
                value
                error
                required=true
                support="会員に代わって入力します。経過に残ります。"
                id
            />
        }
    })
}
