//! The whole server over real HTTP, on a demo city of its own.
#![allow(dead_code, reason = "every test file uses another part of the support")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

use crate::folder;
use migration::{Migrator, MigratorTrait};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect::Policy};
use sea_orm::{ConnectionTrait, EntityTrait};
use server::cli::{AddressArgs, LimitArgs};
use server::config::Address;
use server::state::AppState;
use service::Env;
use service::clock::Clock;
use service::db::{Db, PoolSize};
use service::entity::account;
use service::password::Hasher;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// A server with the demo city `small`, shared by the tests of one file.
pub struct Site {
    pub origin: String,
    pub env: Env,
}

static SITE: LazyLock<Site> = LazyLock::new(Site::start);

/// The file's server; tests that change its cases use cases of their own.
pub fn site() -> &'static Site {
    &SITE
}

impl Site {
    /// Starts a server on SQLite.
    pub fn start() -> Self {
        Self::with(|listens| address(listens, None))
    }

    /// Starts a server on SQLite with settings of its own, on a copy of the city.
    pub fn with(settings: impl FnOnce(SocketAddr) -> Address + Send + 'static) -> Self {
        let file = fresh_file();
        std::fs::copy(&*CITY, &file).unwrap();
        Self::on(format!("sqlite:{}", file.display()), settings)
    }

    /// Starts a server on SQLite that people know by another address.
    pub fn known_as(public: &str) -> Self {
        let public = public.to_owned();
        Self::with(|listens| address(listens, Some(public)))
    }

    /// Starts a server on a PostgreSQL database of its own.
    pub async fn postgres() -> (Self, Postgres) {
        #[allow(clippy::disallowed_methods, reason = "tests have no settings of their own")]
        let admin = std::env::var("KOSAPO_TEST_POSTGRES").expect(
            "KOSAPO_TEST_POSTGRES is not set: run `cargo xtask test`, or name a PostgreSQL, \
             e.g. postgres://postgres@localhost/postgres?host=/tmp/folder-of-its-socket",
        );
        let name = format!("kosapo_http_{}_{}", std::process::id(), START.fetch_add(1, Ordering::Relaxed));
        let database = Postgres { admin, name };
        database.run("DROP DATABASE IF EXISTS").await;
        database.run("CREATE DATABASE").await;
        let (head, query) = database.admin.split_once('?').unwrap_or((&database.admin, ""));
        let url = format!("{}/{}?{query}", head.rsplit_once('/').unwrap().0, database.name);
        (tokio::task::spawn_blocking(|| Self::on(url, |listens| address(listens, None))).await.unwrap(), database)
    }

    /// Starts a server on a thread of its own: it outlives the runtimes of the tests.
    fn on(url: String, settings: impl FnOnce(SocketAddr) -> Address + Send + 'static) -> Self {
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async move { serve(city(&url).await, settings, sender).await });
        });
        receiver.recv().expect("the server starts")
    }

    /// Starts a second server on the database of this one.
    pub fn beside(&self) -> Self {
        let (sender, receiver) = std::sync::mpsc::channel();
        let env = self.env.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(serve(env, |listens| address(listens, None), sender));
        });
        receiver.recv().expect("the second server starts")
    }

    /// Somebody who is not signed in.
    pub fn stranger(&self) -> Browser<'_> {
        Browser { site: self, cookie: None, client: client() }
    }

    /// Signs a demo person in.
    pub async fn browser(&self, user_id: &str) -> Browser<'_> {
        let mut browser = self.stranger();
        let answer = browser.post("/api/sessions", &[("user_id", user_id), ("password", demo::PASSWORD)]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{user_id} signs in");
        browser.cookie = Some(cookie(&answer).unwrap_or_else(|| panic!("{user_id} was sent to {}", location(&answer))));
        browser
    }
}

/// The demo city `small` in a database; one that has it already keeps it.
async fn city(url: &str) -> Env {
    let db = Db::connect(url, PoolSize { connections: 4 }).await.unwrap();
    Migrator::up(db.schema(), None).await.unwrap();
    let env = Env {
        db,
        clock: Clock::demo(demo::start()),
        hasher: Hasher::default(),
        settings: std::sync::Arc::default(),
        demo: Some(demo::SHOWN),
    };
    if account::Entity::find().one(env.db.read()).await.unwrap().is_none() {
        demo::seed(&env, demo::Size::Small, demo::start()).await.unwrap();
    }
    env
}

/// The file of a seeded city, made once and copied for each server.
static CITY: LazyLock<PathBuf> = LazyLock::new(|| {
    let file = fresh_file();
    let url = format!("sqlite:{}", file.display());
    let seeding = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { city(&url).await.db.close().await });
    });
    seeding.join().unwrap();
    file
});

async fn serve(env: Env, settings: impl FnOnce(SocketAddr) -> Address, started: std::sync::mpsc::Sender<Site>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let listens = listener.local_addr().unwrap();
    let state = AppState::new(env.clone(), settings(listens)).await.unwrap();
    started.send(Site { origin: format!("http://{listens}"), env }).unwrap();
    server::serve::serve_until(axum_server::Handle::new(), state, listener, None).await.unwrap();
}

/// How a server that listens here is reached.
pub fn address(addr: SocketAddr, origin: Option<String>) -> Address {
    // Tests are one impatient person with many hands.
    let limits = LimitArgs { writes_per_minute: 60_000, ..LimitArgs::default() };
    let args = AddressArgs { addr, tls_cert: None, tls_key: None, tls_proxy: false, origin, limits };
    server::config::address(&args).unwrap()
}

/// A PostgreSQL database of one test.
pub struct Postgres {
    admin: String,
    name: String,
}

impl Postgres {
    async fn run(&self, words: &str) {
        let connection = Db::connect(&self.admin, PoolSize { connections: 1 }).await.expect("PostgreSQL answers");
        connection.write().execute_unprepared(&format!("{words} {}", self.name)).await.unwrap();
        connection.close().await;
    }

    /// Drops it, though the server still holds it.
    pub async fn remove(mut self) {
        self.name.push_str(" WITH (FORCE)");
        self.run("DROP DATABASE").await;
    }
}

/// A name for a database file of this process.
fn fresh_file() -> PathBuf {
    folder::own().join(format!("{}.db", START.fetch_add(1, Ordering::Relaxed)))
}

static START: AtomicU32 = AtomicU32::new(0);

fn client() -> Client {
    Client::builder().redirect(Policy::none()).build().unwrap()
}

/// The value of the session cookie that an answer sets.
pub fn cookie(answer: &Response) -> Option<String> {
    let line = answer.headers().get("set-cookie")?.to_str().unwrap();
    Some(line.split(';').next().unwrap().to_owned())
}

/// One person's browser.
pub struct Browser<'a> {
    site: &'a Site,
    pub cookie: Option<String>,
    client: Client,
}

impl Browser<'_> {
    /// A request as this person's browser would send it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.client.request(method, format!("{}{path}", self.site.origin));
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        request.header("accept", "text/html,application/xhtml+xml")
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// The status and text of a page.
    pub async fn page(&self, path: &str) -> (StatusCode, String) {
        let answer = self.get(path).await;
        (answer.status(), answer.text().await.unwrap())
    }

    /// Sends a form from one of our own pages.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let body: String = fields.iter().map(|(name, value)| format!("{}={}&", encode(name), encode(value))).collect();
        self.request(Method::POST, path)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
            .send()
            .await
            .unwrap()
    }
}

fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
        encoded
    })
}

/// Where an answer leads.
pub fn location(answer: &Response) -> String {
    answer.headers().get("location").map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}
