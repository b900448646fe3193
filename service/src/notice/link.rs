//! Where a message leads: pages of ours, by name. Nothing that somebody typed becomes a link.

use domain::number::{ClaimNo, ReportNo, RequestNo};
use std::fmt;

/// A page that a message leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// The message says it all.
    #[default]
    Nothing,
    /// A family's request.
    Request(RequestNo),
    /// The sheet and the day of the meeting.
    Meeting(RequestNo),
    /// A case as its provider sees it.
    Activity(RequestNo),
    /// A case on the branch's desk.
    Case(RequestNo),
    /// A report.
    Report(ReportNo),
    /// A report to print, with its receipt.
    Receipt(ReportNo),
    /// A claim.
    Claim(ClaimNo),
    /// A provider's offers.
    Offers,
    /// A provider's cases.
    Activities,
    /// A family's tickets.
    Coupons,
    /// The close of the months.
    Subsidies,
}

impl fmt::Display for Link {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Request(no) => write!(to, "/requests/{no}"),
            Self::Meeting(no) => write!(to, "/requests/{no}/meeting"),
            Self::Activity(no) => write!(to, "/coordination/{no}"),
            Self::Case(no) => write!(to, "/desk/requests/{no}"),
            Self::Report(no) => write!(to, "/reports/{no}"),
            Self::Receipt(no) => write!(to, "/reports/{no}/print"),
            Self::Claim(no) => write!(to, "/claims/{no}"),
            Self::Offers => to.write_str("/offers"),
            Self::Activities => to.write_str("/coordination"),
            Self::Coupons => to.write_str("/coupons"),
            Self::Subsidies => to.write_str("/subsidies"),
        }
    }
}

impl Link {
    /// Reads a stored one; what is none of ours leads nowhere.
    #[must_use]
    pub fn read(stored: &str) -> Self {
        let request = |no: &str| RequestNo::parse(no).ok();
        let report = |no: &str| ReportNo::parse(no).ok();
        let parts: Vec<&str> = stored.split('/').collect();
        let link = match parts.as_slice() {
            ["", "requests", no] => request(no).map(Self::Request),
            ["", "requests", no, "meeting"] => request(no).map(Self::Meeting),
            ["", "coordination", no] => request(no).map(Self::Activity),
            ["", "desk", "requests", no] => request(no).map(Self::Case),
            ["", "reports", no] => report(no).map(Self::Report),
            ["", "reports", no, "print"] => report(no).map(Self::Receipt),
            ["", "claims", no] => ClaimNo::parse(no).ok().map(Self::Claim),
            ["", "offers"] => Some(Self::Offers),
            ["", "coordination"] => Some(Self::Activities),
            ["", "coupons"] => Some(Self::Coupons),
            ["", "subsidies"] => Some(Self::Subsidies),
            _ => None,
        };
        link.unwrap_or_default()
    }

    /// The path, where it leads somewhere.
    #[must_use]
    pub fn path(self) -> Option<String> {
        (self != Self::Nothing).then(|| self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_is_read_back_and_nothing_else_leads_anywhere() {
        let (request, report, claim) = (RequestNo(36_630), ReportNo(3_000_561), ClaimNo(12));
        for link in [
            Link::Nothing,
            Link::Request(request),
            Link::Meeting(request),
            Link::Activity(request),
            Link::Case(request),
            Link::Report(report),
            Link::Receipt(report),
            Link::Claim(claim),
            Link::Offers,
            Link::Activities,
            Link::Coupons,
            Link::Subsidies,
        ] {
            assert_eq!(Link::read(&link.to_string()), link);
        }
        for foreign in
            ["https://example.com", "//example.com/offers", "/requests/../offers", "javascript:alert(1)", "/x"]
        {
            assert_eq!(Link::read(foreign), Link::Nothing, "{foreign}");
        }
    }
}
