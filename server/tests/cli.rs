//! The executable as it is started at a terminal: its words, its exit status, what it refuses.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

const KOSAPO: &str = env!("CARGO_BIN_EXE_kosapo");
const TLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tls");

/// An empty folder, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("kosapo-cli-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn database(&self) -> String {
        format!("sqlite:{}", self.0.join("test.db").display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The executable, without the settings of whoever runs the tests.
fn command(folder: &Path) -> Command {
    let mut command = Command::new(KOSAPO);
    command.current_dir(folder).env_clear().env("TMPDIR", folder).stdin(Stdio::null());
    command
}

fn run(folder: &Folder, words: &[&str]) -> Output {
    command(&folder.0).args(words).output().unwrap()
}

/// What a command says that refuses: exit status 2, nothing on stdout, one line on stderr.
fn refused(output: &Output) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(output.stdout.is_empty());
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    said
}

/// A server that is running; killed at the end.
struct Running {
    child: Child,
    /// Where it says that it serves.
    origin: String,
    /// Open, so that it can go on saying.
    _said: BufReader<ChildStdout>,
}

impl Running {
    fn start(folder: &Folder, words: &[&str]) -> Self {
        let mut child = command(&folder.0)
            .args(words)
            .args(["--addr", "127.0.0.1:0"])
            .env("KOSAPO_LOG", "off")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        let origin = line.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        assert!(origin.starts_with("http"), "{line}");
        Self { child, origin, _said: said }
    }

    fn host(&self) -> &str {
        self.origin.rsplit('/').next().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks for a path over an open connection.
fn get(mut stream: impl Read + Write, host: &str, path: &str) -> String {
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn connect(host: &str) -> TcpStream {
    for _ in 0..100 {
        if let Ok(stream) = TcpStream::connect(host) {
            return stream;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("nobody listens at {host}");
}

#[test]
fn the_newsletters_activity_costs_what_the_readme_says() {
    let folder = Folder::new("fee");
    let words = "fee --date 2024-03-30 --from 11:30 --to 13:30 --children 1 --coupons 1 --expenses 300";
    let output = run(&folder, &words.split(' ').collect::<Vec<_>>());
    assert!(output.status.success() && output.stderr.is_empty());
    let line = |from, to| {
        json!({ "from": from, "to": to, "band": "out_of_hours", "reason": "saturday",
            "children": [{ "fee": 600, "benefit": 500 }] })
    };
    let expected = json!({
        "fee": 1200, "coupons_used": 1, "coupon_yen": 500, "expenses": 300, "user_pays": 1000,
        "benefit": 1000, "provider_receives": 2500, "lines": [line("11:30", "12:30"), line("12:30", "13:30")],
    });
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), expected);
}

#[test]
fn whatever_is_wrong_with_a_fee_is_one_json_naming_the_field() {
    let folder = Folder::new("fee-refused");
    let good = ["--date", "2024-03-29", "--from", "10:00", "--to", "11:00", "--children", "1"];
    let with = |more: &[&str]| {
        let words: Vec<_> = ["fee"].iter().chain(&good).chain(more).copied().collect();
        run(&folder, &words)
    };
    let field = |output: &Output| {
        let said: Value = serde_json::from_str(&refused(output)).unwrap();
        assert!(said["error"].as_str().is_some_and(|error| !error.is_empty()), "{said}");
        assert_eq!(said.as_object().unwrap().len(), 2, "{said}");
        said["field"].as_str().unwrap().to_owned()
    };
    for (more, expected) in [
        (&["--expenses", "-1"][..], "expenses"),
        (&["--coupons", "99"], "coupons"),
        (&["--coupon-child"], "coupon_child"),
        (&["--to", "12:00"], "to"),
        (&["--color", "red"], "color"),
        (&["--tariff", "nowhere.toml"], "tariff"),
        (&["--tariff"], "tariff"),
    ] {
        assert_eq!(field(&with(more)), expected, "{more:?}");
    }
    for (words, expected) in [
        (&["fee"][..], "date"),
        (&["fee", "--date"], "date"),
        (&["fee", "--date", "2024-03-29", "--from", "11:00", "--to", "10:00", "--children", "1"], "to"),
    ] {
        assert_eq!(field(&run(&folder, words)), expected, "{words:?}");
    }
    let wild = command(&folder.0).args(["fee", "--from"]).arg(OsStr::from_bytes(b"\xff\xfe")).output().unwrap();
    assert_eq!(field(&wild), "from");
    let stray = with(&["today"]);
    refused(&stray);
    for words in [&["fee", "--help"][..], &["--help"], &["--version"]] {
        assert!(run(&folder, words).status.success(), "{words:?}");
    }
}

#[test]
fn an_unknown_key_of_a_tariff_is_refused_by_its_name() {
    let folder = Folder::new("tariff");
    let tariff = include_str!("../../tariffs/nagoya.toml").replacen("straddle = ", "surcharge = 1\nstraddle = ", 1);
    std::fs::write(folder.0.join("city.toml"), tariff).unwrap();
    let words = "fee --date 2024-03-29 --from 10:00 --to 11:00 --children 1 --tariff city.toml";
    let said = refused(&run(&folder, &words.split(' ').collect::<Vec<_>>()));
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["field"], "tariff");
    assert!(said["error"].as_str().unwrap().contains("`surcharge`"), "{said}");
}

#[test]
fn help_names_the_commands_and_their_settings() {
    let folder = Folder::new("help");
    let help = String::from_utf8(run(&folder, &["--help"]).stdout).unwrap();
    for word in [
        "serve",
        "demo",
        "migrate",
        "close-month",
        "fee",
        "create-staff",
        "--addr",
        "KOSAPO_ADDR",
        "DATABASE_URL",
        "KOSAPO_TLS_PROXY",
        "KOSAPO_SMTP_URL",
        "KOSAPO_LOG",
        "--now",
    ] {
        assert!(help.contains(word), "{word} is not in:\n{help}");
    }
    let secret = "postgres://kosapo:secret@db/kosapo";
    let output = command(&folder.0).args(["serve", "--help"]).env("DATABASE_URL", secret).output().unwrap();
    assert!(!String::from_utf8(output.stdout).unwrap().contains("secret"));
}

/// `kosapo fee … | true`: a reader that has gone ends a command quietly.
#[test]
fn a_reader_that_has_gone_is_no_fault() {
    let folder = Folder::new("pipe");
    let database = folder.database();
    for (words, code) in [
        (&["fee", "--date", "2024-03-30", "--from", "11:30", "--to", "13:30", "--children", "1"][..], 0),
        (&["fee", "--date", "nonsense"], 2),
        (&["migrate", "--database-url", &database], 0),
        (&["create-staff", "--user", "tanaka", "--name", "田中", "--role", "hq", "--database-url", &database], 0),
        (&["close-month", "--month", "2024-04", "--dry-run", "--database-url", &database], 0),
        (&["close-month", "--month", "2024-13", "--database-url", &database], 2),
        (&["--help"], 0),
    ] {
        let gone = || {
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            writer
        };
        let output = command(&folder.0).args(words).stdout(gone()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{words:?}: {said}");
        assert!(!said.contains("panicked"), "{words:?}: {said}");
        let status = command(&folder.0).args(words).stdout(gone()).stderr(gone()).status().unwrap();
        assert!(matches!(status.code(), Some(0 | 2)), "{words:?} with nobody at stderr: {status}");
    }
}

#[test]
fn telephones_are_named_by_a_file_and_missed_at_the_start() {
    let folder = Folder::new("contacts");
    let file = folder.0.join("contacts.toml");
    std::fs::write(&file, "headquarters = '045-000-0001'\n[branches]\ntsurumi = '０４５－０００－０００２'\n").unwrap();
    let server = Running::start(&folder, &["serve", "--contacts", file.to_str().unwrap()]);
    let page = get(connect(server.host()), server.host(), "/contacts");
    assert!(page.contains("045-000-0001") && page.contains("045-000-0002"), "{page}");
    drop(server);
    std::fs::write(&file, "[branches]\ntsurumi = 'soon'\n").unwrap();
    let said = refused(&run(&folder, &["serve", "--contacts", file.to_str().unwrap()]));
    assert!(said.contains("tsurumi"), "{said}");
    std::fs::write(&file, "[branches]\nnowhere = '045-000-0002'\n").unwrap();
    let output = run(&folder, &["serve", "--addr", "127.0.0.1:0", "--contacts", file.to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("nowhere"), "{output:?}");
}

#[test]
fn a_wrong_setting_is_one_sentence() {
    let folder = Folder::new("settings");
    let database = folder.database();
    for (words, part) in [
        (&["serve", "--addr", "0.0.0.0:3000"][..], "--tls-cert"),
        (&["demo", "--addr", "0.0.0.0:3000"], "--tls-cert"),
        (&["serve", "--addr", "nonsense"], "localhost:3000"),
        (&["serve", "--tls-cert", "cert.pem"], "--tls-key"),
        (&["serve", "--colour", "red"], "--colour"),
        (&["demo", "--size", "big"], "small, city"),
        (&["demo", "--now", "2024-01-01T00:00:00+09:00"], "2024-03-16 10:00"),
        (&["demo", "--now", "2030-01-01T00:00:00+09:00"], "2027-12-31"),
        (&["demo", "--now", "tomorrow"], "--now"),
        (&["serve", "--database-url", "sqlite::memory:"], "sqlite:FILE"),
        (&["serve", "--database-url", "mysql://db"], "--database-url"),
        (&["serve", "--mail-from", "nobody"], "--mail-from"),
        (&["demo", "--mail-from", "nobody"], "--mail-from"),
        (&["serve", "--origin", "kosapo.example.jp"], "--origin"),
        (
            &["create-staff", "--user", "tanaka", "--name", "田中", "--role", "hq", "--origin", "kosapo.example.jp"],
            "--origin",
        ),
        (&["demo", "--years", "2"], "--size city"),
        (&["close-month", "--month", "2024-13"], "--month"),
        (&["create-staff", "--user", "x", "--name", "田中", "--role", "hq", "--database-url", &database], "--user"),
    ] {
        let said = refused(&run(&folder, words));
        assert!(said.contains(part) && !said.contains("broken"), "{words:?}: {said}");
    }
    let output =
        command(&folder.0).args(["serve", "--addr", "127.0.0.1:0"]).env("KOSAPO_LOG", "verbose").output().unwrap();
    assert!(refused(&output).contains("KOSAPO_LOG=verbose"));
    let output = command(&folder.0)
        .args(["serve", "--addr", "0.0.0.0:3000", "--database-url", "sqlite::memory:"])
        .env("KOSAPO_TLS_PROXY", "1")
        .output()
        .unwrap();
    let said = refused(&output);
    assert!(!said.contains("--tls-cert"), "KOSAPO_TLS_PROXY=1 declares the proxy: {said}");
    assert!(said.contains("sqlite:FILE"), "nothing is wrong with the address: {said}");
    let output =
        command(&folder.0).args(["serve", "--addr", "0.0.0.0:3000"]).env("KOSAPO_TLS_PROXY", "maybe").output().unwrap();
    let said = refused(&output);
    assert!(said.contains("maybe") && said.contains("--tls-proxy"), "{said}");
}

#[test]
fn a_month_is_closed_in_a_database_that_is_there() {
    let folder = Folder::new("mistyped");
    let said = refused(&run(&folder, &["close-month", "--month", "2024-04", "--database-url", "sqlite:mistyped.db"]));
    assert!(said.contains("mistyped.db"), "{said}");
    assert!(!folder.0.join("mistyped.db").exists(), "nothing was made");
    std::fs::write(folder.0.join("empty.db"), "").unwrap();
    let said = refused(&run(&folder, &["close-month", "--month", "2024-04", "--database-url", "sqlite:empty.db"]));
    assert!(said.contains("no tables"), "{said}");
}

#[test]
fn a_database_that_was_served_is_no_empty_one_for_the_demo() {
    let folder = Folder::new("served");
    let database = folder.database();
    drop(Running::start(&folder, &["serve", "--database-url", &database]));
    // The server's first round of jobs closes the month; at midnight it waits for five minutes.
    let month = ["close-month", "--month", "2024-04", "--database-url", &database];
    assert!(run(&folder, &month).status.success());
    let said = refused(&run(&folder, &["demo", "--addr", "127.0.0.1:0", "--database-url", &database]));
    assert!(said.contains("not empty"), "{said}");
}

#[test]
fn a_demos_own_file_ends_with_the_demo() {
    let folder = Folder::new("demo-file");
    let mut demo = Running::start(&folder, &["demo"]);
    let files = || std::fs::read_dir(&folder.0).unwrap().count();
    assert!(files() > 0, "it has a file where temporary files are");
    let asked = Command::new("kill").arg(demo.child.id().to_string()).status().unwrap();
    assert!(asked.success() && demo.child.wait().unwrap().success());
    assert_eq!(files(), 0);
}

#[test]
fn a_demo_started_again_goes_on_from_the_clock_it_had() {
    let folder = Folder::new("again");
    let database = folder.database();
    let start = |now: &[&str]| Running::start(&folder, &[&["demo", "--database-url", &database][..], now].concat());
    let month = || {
        let answer = run(&folder, &["close-month", "--month", "2024-04", "--dry-run", "--database-url", &database]);
        serde_json::from_slice::<Value>(&answer.stdout).unwrap()["preliminary"].clone()
    };
    drop(start(&["--now", "2024-03-20T10:00:00+09:00"]));
    // The same arguments go on, and a later moment moves the clock there, with all that is due on the way.
    drop(start(&["--now", "2024-03-20T10:00:00+09:00"]));
    assert_eq!(month(), true);
    drop(start(&["--now", "2024-04-06T10:00:00+09:00"]));
    assert_eq!(month(), false);
    drop(start(&[]));
    assert_eq!(month(), false, "it is still April");
    let earlier = ["demo", "--addr", "127.0.0.1:0", "--database-url", &database, "--now", "2024-03-25T10:00:00+09:00"];
    let said = refused(&run(&folder, &earlier));
    assert!(said.contains("2024-04-06") && said.contains("--now"), "{said}");
    drop(start(&["--now", "2024-03-20T10:00:00+09:00"]));
    assert_eq!(month(), false);
}

#[test]
fn the_executable_alone_in_an_empty_folder_serves() {
    let folder = Folder::new("alone");
    let server = Running::start(&folder, &["serve"]);
    let answer = get(connect(server.host()), server.host(), "/healthz");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"status\":\"ok\""), "{answer}");
    assert!(folder.0.join("kosapo.db").is_file());
    let link = run(
        &folder,
        &["create-staff", "--user", "tanaka", "--name", "田中", "--role", "coordinator", "--ward", "midori"],
    );
    let link = String::from_utf8(link.stdout).unwrap();
    let path = link.trim().strip_prefix(&format!("http://{}", server.host())).expect("the address that is served");
    let token = path.strip_prefix("/invitations/").unwrap();
    assert_eq!(token.len(), 43);
    let page = get(connect(server.host()), server.host(), path);
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("田中"), "{page}");
    assert!(page.to_lowercase().contains("referrer-policy: no-referrer"));
}

#[test]
fn a_demos_database_is_the_demos_alone_and_has_its_time() {
    let folder = Folder::new("demo");
    let database = folder.database();
    let demo = Running::start(&folder, &["demo", "--database-url", &database, "--now", "2024-03-20T10:00:00+09:00"]);
    let said = refused(&run(&folder, &["serve", "--addr", "127.0.0.1:0", "--database-url", &database]));
    assert!(said.contains("demo mark"), "{said}");
    let staff = ["create-staff", "--user", "tanaka", "--name", "田中", "--role", "hq", "--database-url", &database];
    assert!(refused(&run(&folder, &staff)).contains("demo mark"));

    let close = |month: &str, more: &[&str]| {
        run(&folder, &[&["close-month", "--month", month, "--database-url", &database][..], more].concat())
    };
    let dry = close("2024-04", &["--dry-run"]);
    let answer: Value = serde_json::from_slice(&dry.stdout).unwrap();
    assert_eq!(answer["month"], "2024-04");
    assert_eq!(answer["cutoff"], "2024-04-06T00:00:00+09:00");
    assert_eq!(answer["preliminary"], true, "it is March in the demo");
    let claims = answer["claims"].as_array().unwrap();
    assert!(!claims.is_empty());
    let sum = |lines: &Value, key: &str| {
        lines.as_array().unwrap().iter().map(|line| line[key].as_i64().unwrap()).sum::<i64>()
    };
    assert_eq!(sum(&answer["claims"], "total"), answer["total"].as_i64().unwrap());
    for claim in claims {
        assert!(claim["provider"].as_str().unwrap().starts_with("MEM"));
        assert_eq!(sum(&claim["lines"], "yen"), claim["total"].as_i64().unwrap());
    }
    let said = refused(&close("2024-04", &[]));
    assert!(said.contains("2024-04-06"), "before the cutoff: {said}");
    let march: Value = serde_json::from_slice(&close("2024-03", &[]).stdout).unwrap();
    assert!(march["preliminary"].is_null() || march["preliminary"] == false);

    drop(demo);
    let other =
        refused(&run(&folder, &["demo", "--size", "city", "--addr", "127.0.0.1:0", "--database-url", &database]));
    assert!(other.contains("small"), "{other}");
}

#[test]
fn a_second_demo_at_the_same_address_harms_nothing() {
    let folder = Folder::new("second");
    let demo = Running::start(&folder, &["demo"]);
    let said = refused(&run(&folder, &["demo", "--addr", demo.host()]));
    assert!(said.contains("is in use"), "{said}");
    let answer = get(connect(demo.host()), demo.host(), "/healthz");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let page = get(connect(demo.host()), demo.host(), "/contacts");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("緑区"), "the first demo still has its database");
}

#[test]
fn a_taken_address_leaves_the_database_as_it_was() {
    let folder = Folder::new("taken");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let said = refused(&run(&folder, &["serve", "--addr", &addr]));
    assert!(said.contains(&addr) && said.contains("--addr"), "{said}");
    assert!(!folder.0.join("kosapo.db").exists());
}

#[test]
fn what_is_refused_is_left_without_our_tables() {
    let folder = Folder::new("foreign");
    // A database of another program: SQLite's own header and one table, written by hand with the library at hand.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let database = folder.database();
    runtime.block_on(async {
        use sea_orm::ConnectionTrait;
        let db = sea_orm::Database::connect(format!("{database}?mode=rwc")).await.unwrap();
        db.execute_unprepared("CREATE TABLE invoice (id INTEGER)").await.unwrap();
        db.close().await.unwrap();
    });
    for command in ["serve", "demo"] {
        let said = refused(&run(&folder, &[command, "--addr", "127.0.0.1:0", "--database-url", &database]));
        assert!(said.contains("another program"), "{said}");
    }
    let tables = runtime.block_on(async {
        let db = service::db::Db::connect(&database, service::db::PoolSize { connections: 1 }).await.unwrap();
        let tables = db.tables().await.unwrap();
        db.close().await;
        tables
    });
    assert_eq!(tables, ["invoice"]);
}

#[test]
fn it_speaks_https_with_a_certificate_and_key() {
    /// The test's certificate is good at this moment, whatever the machine's clock says.
    #[derive(Debug)]
    struct Then;
    impl rustls::time_provider::TimeProvider for Then {
        fn current_time(&self) -> Option<UnixTime> {
            Some(UnixTime::since_unix_epoch(Duration::from_secs(2_000_000_000)))
        }
    }
    let folder = Folder::new("tls");
    let (cert, key) = (format!("{TLS}/cert.pem"), format!("{TLS}/key.pem"));
    let server = Running::start(&folder, &["serve", "--tls-cert", &cert, "--tls-key", &key]);
    assert!(server.origin.starts_with("https://127.0.0.1:"), "{}", server.origin);
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&cert).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = rustls::ClientConfig::builder_with_details(provider, Arc::new(Then))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let tls = rustls::ClientConnection::new(Arc::new(client), name).unwrap();
    let answer = get(rustls::StreamOwned::new(tls, connect(server.host())), server.host(), "/healthz");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"status\":\"ok\""), "{answer}");

    let words = ["serve", "--addr", "127.0.0.1:0", "--tls-cert", &key, "--tls-key", &cert];
    assert!(refused(&run(&folder, &words)).contains("no usable certificate"));
    assert!(refused(&run(&folder, &["serve", "--tls-cert", "none.pem", "--tls-key", &key])).contains("none.pem"));
}
