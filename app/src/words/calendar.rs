//! What stands in a calendar: it may be read by others, so it names nobody.

use super::status;
use domain::calendar::Appointment;
use domain::number::RequestNo;
use domain::request::CareKind;

/// Below every entry.
pub const DESCRIPTION: &str = "くわしくは子サポの画面で確かめてください。";

/// An entry's heading: 「子サポ 預かり（CDK0036630）」.
#[must_use]
pub fn summary(what: Appointment, kind: CareKind, no: RequestNo) -> String {
    let what = match what {
        Appointment::Meeting => "事前打合せ",
        Appointment::Activity => status::care_kind(kind),
    };
    format!("子サポ {what}（{no}）")
}

/// The link to the file; `off` when what lies ahead was called off.
#[must_use]
pub const fn link(off: bool) -> &'static str {
    if off { "カレンダーの予定を取り消す" } else { "カレンダーに入れる" }
}
