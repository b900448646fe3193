//! コーディネート結果: the matched provider's list and page of a case, and the steps of a case for everybody.

pub mod api;

pub mod activity;

#[cfg(feature = "ssr")]
mod case;
#[cfg(feature = "ssr")]
mod list;

#[cfg(feature = "ssr")]
pub use case::ProviderCasePage;
#[cfg(feature = "ssr")]
pub use list::CoordinationPage;

#[cfg(feature = "ssr")]
use crate::fault::Fault;
#[cfg(feature = "ssr")]
use domain::number::RequestNo;

/// Reads the number in a page's path or form; anything else is no page.
#[cfg(feature = "ssr")]
pub(crate) fn number(text: &str) -> Result<RequestNo, Fault> {
    RequestNo::parse(text).map_err(|_| Fault::NotFound)
}

/// Where a person reads a case: her desk, the provider's or the family's page.
#[cfg(feature = "ssr")]
pub(crate) async fn case_path(no: RequestNo) -> String {
    use service::request::Viewer;
    let Ok(visit) = crate::visit::visit() else { return format!("/requests/{no}") };
    match service::request::viewer(&visit.env, &visit.actor, no).await {
        Ok(Viewer::Coordinator) => format!("/desk/requests/{no}"),
        Ok(Viewer::Provider) => format!("/coordination/{no}"),
        Ok(Viewer::Headquarters) => format!("/requests/{no}/history"),
        Ok(Viewer::Family) | Err(_) => format!("/requests/{no}"),
    }
}

/// What a page asked for: the revision it showed, and the channel.
#[cfg(feature = "ssr")]
pub(crate) fn asked(revision: &str, channel: &str) -> service::coordination::Asked {
    service::coordination::Asked { seen: revision.parse().ok(), channel: crate::channel::read(channel) }
}
