//! What desks that stay open cost: 500 streams of `/desk/live`, the memory they hold, and how soon all of them hear.

use crate::city::City;
use crate::http::{self, Connection, request};
use crate::outcome::{Done, Problem};
use crate::process::Server;
use std::time::{Duration, Instant};

/// Streams that are open at a time.
pub const STREAMS: usize = 500;
/// How many connections the measured server allows to one address: the streams, and the pages beside them.
pub const CONNECTIONS: &str = "600";
/// What every message holds.
const MESSAGE: &[u8] = b"event: reached";

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Open {
    /// Kilobytes of resident memory that came with the streams.
    pub kilobytes: u64,
    /// From a step's answer until the last stream has heard of it.
    pub heard_after: Duration,
}

/// Opens the streams, lets them rest and takes a step that all of them hear.
///
/// # Errors
/// When a stream does not open, or one hears nothing.
pub async fn open(server: &Server, city: &City) -> Done<Open> {
    let cookie = city.coordinator.cookie.as_str();
    let desk = http::page(&server.addr, "/desk", cookie).await?.text();
    let case = case(&desk).ok_or_else(|| Problem::new("The desk's queue is empty."))?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let before = server.resident()?;
    let live = request(&server.addr, "/desk/live", cookie, "identity");
    let mut streams = Vec::with_capacity(STREAMS);
    for _ in 0..STREAMS {
        let mut stream = Connection::open(&server.addr).await?;
        stream.begin(&live, MESSAGE).await?;
        streams.push(stream);
    }
    // Long enough for each to have asked for its session and to have said that it is there.
    tokio::time::sleep(Duration::from_secs(20)).await;
    let kilobytes = server.resident()?.saturating_sub(before);
    let fields = format!("request={case}&note=bench");
    let answer = http::post(&server.addr, "/api/notes", cookie, &fields).await?;
    if answer.status != 303 {
        return Err(Problem::new(format!("The step is answered {}.", answer.status)));
    }
    let taken = Instant::now();
    for stream in &mut streams {
        stream.hear(MESSAGE).await?;
    }
    Ok(Open { kilobytes, heard_after: taken.elapsed() })
}

/// The first case that the desk names.
fn case(desk: &str) -> Option<&str> {
    let (_, rest) = desk.split_once("href=\"/desk/requests/CDK")?;
    let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
    let start = desk.len() - rest.len() - "CDK".len();
    desk.get(start..start + "CDK".len() + digits)
}

#[cfg(test)]
mod tests {
    use super::case;

    #[test]
    fn the_first_case_is_found_in_its_link() {
        assert_eq!(case("<a href=\"/desk/requests/CDK0036630?mine=1\">"), Some("CDK0036630"));
        assert_eq!(case("<a href=\"/desk/requests/new\">"), None);
    }
}
