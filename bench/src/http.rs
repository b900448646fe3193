//! The smallest HTTP/1.1 client that keeps its connection: what the load and the measures ask with.

use crate::outcome::{Done, Problem};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The head as it came, in lower case.
    pub head: String,
    /// The body, with its chunks put together.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.split_once(':').filter(|(key, _)| *key == name)).map(|(_, value)| value.trim())
}

/// What is sent for a page; the same bytes each time.
pub fn request(addr: &str, path: &str, cookie: &str, encoding: &str) -> Vec<u8> {
    let cookie = if cookie.is_empty() { String::new() } else { format!("cookie: {cookie}\r\n") };
    format!(
        "GET {path} HTTP/1.1\r\nhost: {addr}\r\naccept: text/html,*/*\r\naccept-encoding: {encoding}\r\n{cookie}\r\n"
    )
    .into_bytes()
}

/// What is sent for a form of one of our pages.
fn form(addr: &str, path: &str, cookie: &str, fields: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: {addr}\r\naccept: text/html\r\nsec-fetch-site: same-origin\r\ncookie: {cookie}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{fields}",
        fields.len()
    )
    .into_bytes()
}

/// A kept connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn open(addr: &str) -> Done<Self> {
        let stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(128 * 1024) })
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// When the connection breaks or the answer is no HTTP.
    pub async fn ask(&mut self, request: &[u8]) -> Done<Answer> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let end = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n", 0) {
                break end;
            }
            self.more().await?;
        };
        let head = String::from_utf8_lossy(self.buffer.get(..end).unwrap_or_default()).to_lowercase();
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or_else(|| Problem::new("The answer is no HTTP."))?;
        let start = end + 4;
        let body = match header(&head, "content-length").and_then(|length| length.parse::<usize>().ok()) {
            Some(length) => {
                while self.buffer.len() < start + length {
                    self.more().await?;
                }
                self.buffer.get(start..start + length).unwrap_or_default().to_vec()
            }
            None if header(&head, "transfer-encoding") == Some("chunked") => self.chunks(start).await?,
            None => Vec::new(),
        };
        Ok(Answer { status, head, body })
    }

    /// Sends a request for an answer that does not end, and reads until it holds `words`.
    ///
    /// # Errors
    /// As [`Self::ask`], or when the answer is another one than 200.
    pub async fn begin(&mut self, request: &[u8], words: &[u8]) -> Done {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        self.more().await?;
        if !self.buffer.starts_with(b"HTTP/1.1 200") {
            return Err(Problem::new("The stream does not open."));
        }
        self.wait_for(words).await
    }

    /// Reads on until something new holds `words`.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn hear(&mut self, words: &[u8]) -> Done {
        self.buffer.clear();
        self.wait_for(words).await
    }

    async fn wait_for(&mut self, words: &[u8]) -> Done {
        while find(&self.buffer, words, 0).is_none() {
            self.more().await?;
        }
        Ok(())
    }

    async fn chunks(&mut self, mut at: usize) -> Done<Vec<u8>> {
        let mut body = Vec::with_capacity(64 * 1024);
        loop {
            let end = loop {
                if let Some(end) = find(&self.buffer, b"\r\n", at) {
                    break end;
                }
                self.more().await?;
            };
            let size = String::from_utf8_lossy(self.buffer.get(at..end).unwrap_or_default()).into_owned();
            let size = usize::from_str_radix(size.trim(), 16)?;
            while self.buffer.len() < end + 2 + size + 2 {
                self.more().await?;
            }
            body.extend_from_slice(self.buffer.get(end + 2..end + 2 + size).unwrap_or_default());
            at = end + 2 + size + 2;
            if size == 0 {
                return Ok(body);
            }
        }
    }

    async fn more(&mut self) -> Done {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err(Problem::new("The server closed the connection."));
        }
        Ok(())
    }
}

fn find(bytes: &[u8], what: &[u8], from: usize) -> Option<usize> {
    bytes.get(from..)?.windows(what.len()).position(|window| window == what).map(|at| at + from)
}

/// Asks once on a connection of its own.
///
/// # Errors
/// As [`Connection::ask`].
pub async fn get(addr: &str, path: &str, cookie: &str, encoding: &str) -> Done<Answer> {
    Connection::open(addr).await?.ask(&request(addr, path, cookie, encoding)).await
}

/// Sends a form once on a connection of its own; `fields` are encoded already.
///
/// # Errors
/// As [`Connection::ask`].
pub async fn post(addr: &str, path: &str, cookie: &str, fields: &str) -> Done<Answer> {
    Connection::open(addr).await?.ask(&form(addr, path, cookie, fields)).await
}

/// Asks for a page that must be there.
///
/// # Errors
/// As [`get`], or when the status is another one than 200.
pub async fn page(addr: &str, path: &str, cookie: &str) -> Done<Answer> {
    let answer = get(addr, path, cookie, "identity").await?;
    if answer.status != 200 {
        return Err(Problem::new(format!("{path} answers {}.", answer.status)));
    }
    Ok(answer)
}
