//! `/requests/CDK…/calendar.ics`: a case's days as a file for the calendar on a phone (RFC 5545).
//!
//! Calendars are shared with others and kept by strangers, so the file names nobody and no place; it leads to the page.

use crate::ui::{Actions, ButtonKind, ButtonLink, IconName};
use crate::words::calendar as words;
use domain::calendar::{CalendarEntry, entries};
use domain::number::RequestNo;
use domain::request::CoordinationStatus;
use domain::time::Instant;
use icalendar::{Calendar, Class, Component, Event, EventStatus, Property};
use leptos::prelude::*;
use service::calendar::CaseCalendar;

/// The file's text; `site` is put before the page's path.
#[must_use]
pub fn file(case: &CaseCalendar, site: &str) -> String {
    let mut calendar = Calendar::empty();
    for (name, value) in [("VERSION", "2.0"), ("PRODID", "-//kosapo//kosapo//JA"), ("CALSCALE", "GREGORIAN")] {
        calendar.append_property(Property::new(name, value));
    }
    let page = format!("{site}/requests/{}", case.no);
    for entry in &case.entries {
        calendar.push(event(case, entry, &page));
    }
    calendar.to_string()
}

fn event(case: &CaseCalendar, entry: &CalendarEntry, page: &str) -> Event {
    let status = if entry.off { EventStatus::Cancelled } else { EventStatus::Confirmed };
    let mut event = Event::new();
    event
        .uid(&format!("{}-{}@kosapo", case.no, entry.what.key()))
        .sequence(u32::try_from(case.revision).unwrap_or(u32::MAX))
        .add_property("DTSTAMP", utc(case.now))
        .add_property("DTSTART", utc(entry.start))
        .summary(&words::summary(entry.what, case.kind, case.no))
        .description(&format!("{}\n{page}", words::DESCRIPTION))
        .class(Class::Private)
        .url(page);
    if let Some(end) = entry.end {
        event.add_property("DTEND", utc(end));
    }
    event.status(status).done()
}

/// `20240330T023000Z`
fn utc(at: Instant) -> String {
    let at = at.to_tokyo().to_offset(time::UtcOffset::UTC);
    let (day, month) = (at.day(), u8::from(at.month()));
    format!("{:04}{month:02}{day:02}T{:02}{:02}{:02}Z", at.year(), at.hour(), at.minute(), at.second())
}

/// The link to the file while one of the case's days lies ahead.
pub(crate) fn link(
    no: RequestNo,
    status: CoordinationStatus,
    meeting_at: Option<Instant>,
    hours: (Instant, Instant),
    now: Instant,
) -> Option<AnyView> {
    let ahead: Vec<_> = entries(status, meeting_at, hours).into_iter().filter(|entry| entry.is_ahead(now)).collect();
    let label = words::link(ahead.first()?.off);
    let href = format!("/requests/{no}/calendar.ics");
    Some(
        view! {
            <Actions>
                <ButtonLink href kind=ButtonKind::Text icon=IconName::Calendar>{label}</ButtonLink>
            </Actions>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::request::CareKind;
    use domain::time::parse_iso_date;

    fn case(status: CoordinationStatus, kind: CareKind) -> CaseCalendar {
        let at = |day: &str, minute| Instant::at(parse_iso_date(day).unwrap(), minute);
        let hours = (at("2024-03-30", 690), at("2024-03-30", 810));
        CaseCalendar {
            no: RequestNo(36_630),
            revision: 8,
            kind,
            entries: entries(status, Some(at("2024-03-15", 540)), hours),
            now: at("2024-03-16", 600),
        }
    }

    /// The lines as they were before folding.
    fn unfolded(file: &str) -> Vec<String> {
        file.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn the_newsletters_case_is_two_entries() {
        let file = file(&case(CoordinationStatus::Established, CareKind::Care), "https://kosapo.example.jp");
        let lines = unfolded(&file);
        assert_eq!(lines.first().unwrap(), "BEGIN:VCALENDAR");
        assert_eq!(lines.last().unwrap(), "END:VCALENDAR");
        let events: Vec<Vec<&str>> = lines
            .split(|line| line == "BEGIN:VEVENT")
            .skip(1)
            .map(|event| event.iter().map(String::as_str).take_while(|line| *line != "END:VEVENT").collect())
            .collect();
        let both = [
            "CLASS:PRIVATE",
            "DESCRIPTION:くわしくは子サポの画面で確かめてください。\\nhttps://kosapo.example.jp/requests/CDK0036630",
            "DTSTAMP:20240316T010000Z",
            "SEQUENCE:8",
            "STATUS:CONFIRMED",
            "URL:https://kosapo.example.jp/requests/CDK0036630",
        ];
        let meeting =
            ["DTSTART:20240315T000000Z", "SUMMARY:子サポ 事前打合せ（CDK0036630）", "UID:CDK0036630-meeting@kosapo"];
        let activity = [
            "DTSTART:20240330T023000Z",
            "DTEND:20240330T043000Z",
            "SUMMARY:子サポ 預かり（CDK0036630）",
            "UID:CDK0036630-activity@kosapo",
        ];
        for (found, own) in events.iter().zip([meeting.as_slice(), &activity]) {
            let mut due: Vec<_> = both.iter().chain(own).copied().collect();
            let mut found = found.clone();
            due.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, due, "nothing else, and each once");
        }
        assert_eq!(events.len(), 2);
    }

    #[test]
    fn a_cancelled_activity_is_taken_out_and_the_meeting_stays_as_it_was() {
        let file = file(&case(CoordinationStatus::Cancelled, CareKind::Care), "");
        let (meeting, activity) = file.split_once("END:VEVENT").unwrap();
        assert!(meeting.contains("STATUS:CONFIRMED") && activity.contains("STATUS:CANCELLED"));
    }

    #[test]
    fn lines_are_folded_between_letters() {
        for &kind in CareKind::ALL {
            for room in 0..80 {
                let site = format!("https://{}.example.jp", "子".repeat(room));
                let file = file(&case(CoordinationStatus::Established, kind), &site);
                for line in file.split_terminator("\r\n") {
                    assert!(line.len() <= 75, "{} octets: {line}", line.len());
                    assert!(!line.contains(['\r', '\n']));
                }
                assert!(file.ends_with("\r\n") && !file.contains("\r\n\r\n"));
                let page = format!("URL:{site}/requests/CDK0036630");
                assert_eq!(unfolded(&file).iter().filter(|line| **line == page).count(), 2, "nothing is lost");
            }
        }
    }
}
