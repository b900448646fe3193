//! What the forms of a report's steps have in common.

use crate::ui::Hidden;
use domain::actor::Channel;
use leptos::prelude::*;
use service::report::ReportDetails;

/// Reads the revision of the page and the channel a coordinator names.
pub fn step(revision: &str, channel: &str) -> (i64, Channel) {
    (revision.parse().unwrap_or_default(), crate::channel::read(channel))
}

/// The hidden values of every step of a report.
pub fn seen(details: &ReportDetails) -> impl IntoView + use<> {
    view! {
        <Hidden name="report" value=details.no.to_string() />
        <Hidden name="revision" value=details.revision.to_string() />
    }
}
