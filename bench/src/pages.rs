//! The list pages, and who reads them.

use crate::city::{City, Reader};
use crate::http;
use crate::outcome::{Done, Problem};

/// A list page as somebody reads it.
#[derive(Clone, Debug)]
pub struct ListPage<'a> {
    /// Who reads it, for people.
    pub who: &'static str,
    /// Its address.
    pub path: String,
    /// The reader.
    pub reader: &'a Reader,
}

/// Every list of the product with its first page, and with its second where there is one.
///
/// # Errors
/// When a page answers another status than 200.
pub async fn lists<'a>(addr: &str, city: &'a City) -> Done<Vec<ListPage<'a>>> {
    let readers: [(&'static str, &Reader, &[&str]); 5] = [
        ("利用会員", &city.family, &["/", "/requests", "/reports", "/coupons", "/inbox"]),
        (
            "提供会員",
            &city.provider,
            &["/", "/offers", "/coordination", "/reports", "/reports/new", "/subsidies", "/claims", "/inbox"],
        ),
        ("宛先の多い会員", &city.addressee, &["/inbox"]),
        (
            "コーディネーター",
            &city.coordinator,
            &[
                "/desk",
                "/desk?group=closed",
                "/desk/members",
                "/reports",
                "/reports?status=revision_requested",
                "/reports/new",
                "/subsidies",
                "/claims",
            ],
        ),
        ("本部", &city.hq, &["/hq", "/reports", "/reports?status=revision_requested", "/subsidies", "/claims"]),
    ];
    let mut lists = Vec::new();
    for (who, reader, paths) in readers {
        for path in paths {
            let first = http::get(addr, path, &reader.cookie, "identity").await?;
            if first.status != 200 {
                return Err(Problem::new(format!("{path} of {who} answers {}.", first.status)));
            }
            lists.push(ListPage { who, path: (*path).to_owned(), reader });
            if let Some(next) = next_page(&first.text()) {
                http::page(addr, &next, &reader.cookie).await?;
                lists.push(ListPage { who, path: next, reader });
            }
        }
    }
    Ok(lists)
}

/// The address of the next page, when a page names one.
fn next_page(html: &str) -> Option<String> {
    let (before, _) = html.split_once("rel=\"next\"")?;
    let (_, href) = before.rsplit_once("href=\"")?;
    let (href, _) = href.split_once('"')?;
    Some(href.replace("&amp;", "&"))
}
