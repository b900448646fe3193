//! The measures one after another, each printed beside its target as soon as it is known.

use crate::Options;
use crate::base_line;
use crate::city::{self, City, TODAY};
use crate::http;
use crate::load::{self, Loaded, Target};
use crate::outcome::{Done, Problem};
use crate::pages;
use crate::plans;
use crate::process::{Core, Server, command, free_address, two_cores};
use crate::streams;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a server may take to be ready on a database that is there.
const READY: Duration = Duration::from_secs(60);
/// Connections of the load.
const CONNECTIONS: usize = 8;
/// Rounds of product and base line in turn; the middle one counts.
const ROUNDS: usize = 5;
/// Seconds of each round.
const SECONDS: u64 = 4;
/// Reports that the measured close takes.
const CLOSE: i64 = 6_000;

/// The pages with a base line: the name of its option, the address, the least share in per cent.
const BASE_LINES: [(&str, &str, Option<f64>); 2] = [("page", "/requests", Some(45.0)), ("home", "/", None)];
/// Who reads a page: her role, its address, her cookie in a city.
type Reader = (&'static str, &'static str, fn(&City) -> &str);
/// The pages that are due to be faster than before, and who reads them.
const FASTER: [Reader; 6] = [
    ("利用会員", "/requests", |city| &city.family.cookie),
    ("コーディネーター", "/desk", |city| &city.coordinator.cookie),
    ("コーディネーター", "/reports", |city| &city.coordinator.cookie),
    ("本部", "/claims", |city| &city.hq.cookie),
    ("利用会員", "/", |city| &city.family.cookie),
    ("提供会員", "/", |city| &city.provider.cookie),
];

/// A list page and how often it asks the database.
struct Asked {
    name: String,
    path: String,
    cookie: String,
    queries: usize,
}

struct Bench {
    kosapo: String,
    folder: PathBuf,
}

/// What `--only` can choose.
const PARTS: [&str; 7] = ["first", "base", "streams", "before", "plans", "years", "close"];

/// `kosapo-bench all`
///
/// # Errors
/// When something cannot be measured at all; a missed target is printed and no error.
pub async fn all(options: &Options) -> Done {
    let bench = Bench { kosapo: options.need("kosapo")?.to_owned(), folder: options.need("folder")?.into() };
    std::fs::create_dir_all(&bench.folder)?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let placed = if two_cores() { "server on one, load on another" } else { "not pinned" };
    say("machine", &format!("{cores} cores, {placed}"), "", None);
    bench.start_up().await?;
    let mut cities = Vec::new();
    for years in options.or("years", "1,10").split(',') {
        let years: u32 = years.parse()?;
        let city = city::prepare(&bench.kosapo, &bench.folder, years, options.has("reuse")).await?;
        let limit = if years == 1 { 60.0 } else { 600.0 };
        let name = format!("city of {years} years: written");
        match city.written_in {
            Some(took) => say(&name, &seconds(took), &format!("≤ {limit} s"), Some(took.as_secs_f64() <= limit)),
            None => say(&name, "an earlier run's", "", None),
        }
        cities.push(city);
    }
    let first = cities.first().ok_or_else(|| Problem::new("--years is empty."))?;
    let only: Vec<&str> = options.or("only", "").split(',').filter(|part| !part.is_empty()).collect();
    if let Some(part) = only.iter().find(|part| !PARTS.contains(part)) {
        return Err(Problem::new(format!("`{part}` is no part; there are {}.", PARTS.join(", "))));
    }
    let wanted = |part: &str| only.is_empty() || only.contains(&part);
    if wanted("first") {
        bench.first_page(first).await?;
    }
    if wanted("base") {
        bench.base_lines(first).await?;
    }
    if wanted("streams") {
        bench.open_desks(first).await?;
    }
    if let Some(before) = options.get("before").filter(|_| wanted("before")) {
        bench.before(before, first).await?;
    }
    let sound = !wanted("plans") || bench.plans(first).await?;
    if wanted("years") {
        bench.years(&cities).await?;
    }
    if wanted("close") {
        bench.close(first).await?;
    }
    if sound { Ok(()) } else { Err(Problem::new("A list walks through a table that grows.")) }
}

impl Bench {
    fn log(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.log"))
    }

    async fn product(&self, city: &City, log: &str) -> Done<Server> {
        let addr = free_address()?;
        let server = city::server(&self.kosapo, &city.file, city.years, &addr);
        Server::start(server, &addr, "/healthz", &self.log(log), READY).await
    }

    /// `kosapo serve` on a database that is migrated: time to its first good answer, memory at rest.
    async fn start_up(&self) -> Done {
        let file = self.folder.join("empty.db");
        let mut times = Vec::new();
        let mut resident = 0;
        for round in 0..6 {
            let addr = free_address()?;
            let mut serve = command(Core::Server, &self.kosapo);
            serve.args(["serve", "--addr", &addr, "--database-url", &format!("sqlite:{}", file.display())]);
            let server = Server::start(serve, &addr, "/healthz", &self.log("serve"), READY).await?;
            // The first start migrates, perhaps.
            if round > 0 {
                times.push(server.ready_after);
            }
            if round == 5 {
                http::page(&addr, "/login", "").await?;
                tokio::time::sleep(Duration::from_secs(3)).await;
                resident = server.resident()?;
            }
            server.stop().await?;
        }
        let ready = middle(&mut times).unwrap_or_default();
        say("start to healthy", &seconds(ready), "≤ 1 s", Some(ready <= Duration::from_secs(1)));
        memory("memory at rest", resident);
        Ok(())
    }

    /// What a member's first page makes the browser load.
    async fn first_page(&self, city: &City) -> Done {
        let server = self.product(city, "first").await?;
        let page = http::page(&server.addr, "/requests", &city.family.cookie).await?.text();
        let mut wanted: Vec<String> = addresses(&page, &[".js", ".wasm"]);
        let mut total = 0;
        let mut at = 0;
        while let Some(path) = wanted.get(at).cloned() {
            let plain = http::get(&server.addr, &path, "", "identity").await?;
            let packed = http::get(&server.addr, &path, "", "br").await?;
            if plain.status == 200 {
                total += packed.body.len();
                let coding = packed.header("content-encoding").unwrap_or("as it is");
                eprintln!("    {path}: {} bytes, {coding} {}", plain.body.len(), packed.body.len());
                if path.ends_with(".js") {
                    for more in addresses(&plain.text(), &[".js", ".wasm"]) {
                        if !wanted.contains(&more) {
                            wanted.push(more);
                        }
                    }
                }
            }
            at += 1;
        }
        if total == 0 {
            return Err(Problem::new("The executable has no assets inside."));
        }
        let kilobytes = total.div_ceil(1000);
        say("wasm + js of a first page, brotli", &format!("{kilobytes} kB"), "≤ 300 kB", Some(kilobytes <= 300));
        tokio::time::sleep(Duration::from_secs(3)).await;
        memory("memory at rest, city", server.resident()?);
        server.stop().await
    }

    /// The request list and the member's home, each against its base line, in turn.
    async fn base_lines(&self, city: &City) -> Done {
        let product = self.product(city, "list").await?;
        let cookie = city.family.cookie.as_str();
        let addr = free_address()?;
        let own = std::env::current_exe()?;
        let mut serve = command(Core::Server, &own.to_string_lossy());
        serve.args(["serve", "--addr", &addr, "--today", TODAY, "--name", &city.family.name]);
        serve.arg("--database").arg(&city.file);
        for (name, path, _) in BASE_LINES {
            let file = self.folder.join(format!("{name}.html"));
            std::fs::write(&file, &http::page(&product.addr, path, cookie).await?.body)?;
            serve.arg(format!("--{name}")).arg(file);
        }
        let base = Server::start(serve, &addr, "/healthz", &self.log("base"), READY).await?;
        for (name, path, least) in BASE_LINES {
            let pages = [&product, &base].map(|server| http::page(&server.addr, path, cookie));
            let [ours, theirs] = pages;
            let (ours, theirs) = (ours.await?, theirs.await?);
            same_page(&ours.text(), &theirs.text(), path == "/requests")?;
            eprintln!("    {path}: {} bytes, base line: {} bytes", ours.body.len(), theirs.body.len());
            let [ours, theirs] = in_turn([(&product.addr, cookie), (&base.addr, cookie)], path).await?;
            say(&format!("{name} {path}"), &loaded(&ours), "", None);
            say(&format!("{name} {path}, base line"), &loaded(&theirs), "", None);
            let share = ours.per_second / theirs.per_second * 100.0;
            let target = least.map_or_else(String::new, |least| format!("≥ {least} %"));
            say(&format!("{path} / base line"), &format!("{share:.1} %"), &target, least.map(|least| share >= least));
        }
        memory("memory after load", product.resident()?);
        product.stop().await?;
        base.stop().await
    }

    /// Every list page, and how often it asks the database, beside those of an executable of before; the pages that
    /// are due to be faster under load.
    async fn before(&self, before: &str, city: &City) -> Done {
        let old = Self { kosapo: before.to_owned(), folder: self.folder.join("before") };
        std::fs::create_dir_all(&old.folder)?;
        let old_city = city::prepare(&old.kosapo, &old.folder, city.years, true).await?;
        let (was, is) = (old.asked(&old_city).await?, self.asked(city).await?);
        let (old_server, server) = (old.product(&old_city, "before").await?, self.product(city, "after").await?);
        for (name, path, pick) in FASTER {
            let pages = [(&old_server.addr, pick(&old_city)), (&server.addr, pick(city))];
            let [was, is] = in_turn(pages, path).await?;
            let factor = is.per_second / was.per_second;
            let figure = format!("{:.0} → {:.0} pages/s ({factor:.2}×)", was.per_second, is.per_second);
            say(&format!("{name} {path}"), &figure, "≥ 1.8×", Some(factor >= 1.8));
        }
        for page in &is {
            let Some(other) = was.iter().find(|other| other.name == page.name) else { continue };
            let mut times: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
            for _ in 0..3 {
                let pages = [(&old_server, other), (&server, page)];
                for ((server, page), times) in pages.into_iter().zip(&mut times) {
                    let target = Target { addr: &server.addr, path: &page.path, cookie: &page.cookie };
                    times.push(load::from_its_own_core(&target, 1, 1).await?.p50);
                }
            }
            let [was, is] = times.map(|mut times| {
                times.sort_by(f64::total_cmp);
                times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
            });
            let figure =
                format!("{} → {} queries, {was:.2} → {is:.2} ms ({:.2}×)", other.queries, page.queries, is / was);
            // Machines waver.
            say(&page.name, &figure, "no more", Some(page.queries <= other.queries && is <= was * 1.1));
        }
        old_server.stop().await?;
        server.stop().await
    }

    /// How often each list page asks the database.
    async fn asked(&self, city: &City) -> Done<Vec<Asked>> {
        let addr = free_address()?;
        let log = self.log("asked");
        let mut server = city::server(&self.kosapo, &city.file, city.years, &addr);
        server.env("KOSAPO_LOG", "info,sqlx=debug");
        let server = Server::start(server, &addr, "/healthz", &log, READY).await?;
        let started = std::fs::read_to_string(&log)?.len();
        // What the server asks while nobody does is no page's.
        tokio::time::sleep(Duration::from_secs(2)).await;
        let alone = plans::logged_selects(std::fs::read_to_string(&log)?.get(started..).unwrap_or_default());
        let mut asked = Vec::new();
        for list in pages::lists(&server.addr, city).await? {
            let before = std::fs::read_to_string(&log)?.len();
            http::page(&server.addr, &list.path, &list.reader.cookie).await?;
            let said = std::fs::read_to_string(&log)?;
            let selects = plans::logged_in_turn(said.get(before..).unwrap_or_default());
            let queries = selects.filter(|select| !alone.contains(select)).count();
            let path = list.path.split("after=").next().unwrap_or_default();
            let second = if path.len() < list.path.len() { "…" } else { "" };
            let name = format!("{} {path}{second}", list.who);
            asked.push(Asked { name, path: list.path, cookie: list.reader.cookie.clone(), queries });
        }
        server.stop().await?;
        Ok(asked)
    }

    /// Desks that stay open: what their streams hold, and how soon all of them hear of a step.
    async fn open_desks(&self, city: &City) -> Done {
        let addr = free_address()?;
        let mut server = city::server(&self.kosapo, &city.file, city.years, &addr);
        server.args(["--http-connections-per-address", streams::CONNECTIONS]);
        let server = Server::start(server, &addr, "/healthz", &self.log("streams"), READY).await?;
        let open = streams::open(&server, city).await?;
        server.stop().await?;
        let megabytes = open.kilobytes.div_ceil(1024);
        let name = format!("{} open streams: memory", streams::STREAMS);
        say(&name, &format!("{megabytes} MB"), "≤ 50 MB", Some(megabytes <= 50));
        let soon = open.heard_after <= Duration::from_secs(1);
        say("a step heard by all of them", &seconds(open.heard_after), "≤ 1 s", Some(soon));
        Ok(())
    }

    /// The plans of every select of the lists.
    async fn plans(&self, city: &City) -> Done<bool> {
        let addr = free_address()?;
        let log = self.log("plans");
        let mut server = city::server(&self.kosapo, &city.file, city.years, &addr);
        server.env("KOSAPO_LOG", "info,sqlx=debug");
        let server = Server::start(server, &addr, "/healthz", &log, READY).await?;
        // What a start asks once is no list.
        let started = std::fs::read_to_string(&log)?.len();
        let lists = pages::lists(&server.addr, city).await?;
        server.stop().await?;
        let said = std::fs::read_to_string(&log)?;
        let selects = plans::logged_selects(said.get(started..).unwrap_or_default());
        for sql in base_line::STATEMENTS {
            if !selects.contains(sql) {
                return Err(Problem::new(format!("The base line asks what the product no longer asks: {sql}")));
            }
        }
        let pool = city::open(&city.file).await?;
        let walks = plans::walks(&pool, &selects).await?;
        pool.close().await;
        for walk in &walks {
            eprintln!("    {}: {}", walk.step, walk.sql);
        }
        let walking = format!("{} of {} selects of {} pages walk", walks.len(), selects.len(), lists.len());
        say("list queries without an index", &walking, "none", Some(walks.is_empty()));
        Ok(walks.is_empty())
    }

    /// The list pages at every age of the city, one connection each.
    async fn years(&self, cities: &[City]) -> Done {
        let mut columns: Vec<Vec<(String, f64, f64)>> = Vec::new();
        for city in cities {
            let server = self.product(city, "years").await?;
            let mut column = Vec::new();
            for list in pages::lists(&server.addr, city).await? {
                let target = Target { addr: &server.addr, path: &list.path, cookie: &list.reader.cookie };
                let loaded = load::from_its_own_core(&target, 1, 1).await?;
                let bytes = http::page(&server.addr, &list.path, &list.reader.cookie).await?.body.len();
                let path = list.path.split("after=").next().unwrap_or_default();
                let second = if path.len() < list.path.len() { "…" } else { "" };
                column.push((format!("{} {path}{second}", list.who), loaded.p50, bytes as f64 / 1000.0));
            }
            server.stop().await?;
            columns.push(column);
        }
        let [young, .., old] = columns.as_slice() else { return Ok(()) };
        for (name, before, small) in young {
            let Some((_, after, large)) = old.iter().find(|(other, ..)| other == name) else { continue };
            let times = after / before;
            let figure = format!("{before:.2} ms → {after:.2} ms ({times:.2}×), {small:.0} kB → {large:.0} kB");
            // Machines waver; a walk through ten times the rows would be far above. A longer page explains more time.
            say(name, &figure, "the same", Some(times <= 1.5));
        }
        Ok(())
    }

    /// A close of 6,000 reports on a copy of the city.
    async fn close(&self, city: &City) -> Done {
        let file = self.folder.join("close.db");
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
        }
        std::fs::copy(&city.file, &file)?;
        let month = unclaim(&file).await?;
        let start = Instant::now();
        let mut close = command(Core::Server, &self.kosapo);
        close.args(["close-month", "--month", &month, "--database-url", &format!("sqlite:{}", file.display())]);
        let output = close.stderr(std::process::Stdio::inherit()).output()?;
        let took = start.elapsed();
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let claims = answer.get("claims").and_then(serde_json::Value::as_array);
        let lines = claims.into_iter().flatten().filter_map(|claim| claim.get("lines")?.as_array()).map(Vec::len);
        let lines: usize = lines.sum();
        let name = format!("month close of {lines} reports");
        let enough = i64::try_from(lines)? >= CLOSE;
        say(&name, &seconds(took), "6,000 in ≤ 5 s", Some(enough && took <= Duration::from_secs(5)));
        Ok(())
    }
}

/// Takes the latest received reports out of their claims; returns the month that will claim them.
async fn unclaim(file: &Path) -> Done<String> {
    let pool = city::open(file).await?;
    for sql in [
        // Without the demo's mark the copy has the real time, in which every month can be closed.
        "DELETE FROM setting WHERE key IN ('demo', 'demo_clock')",
        "CREATE TEMP TABLE chosen AS SELECT id FROM activity_report \
         WHERE status = 'approved' AND reward_status = 'received' ORDER BY id DESC LIMIT 6000",
        "DELETE FROM subsidy_line WHERE report_id IN (SELECT id FROM chosen)",
        "UPDATE activity_report SET claim_id = NULL WHERE id IN (SELECT id FROM chosen)",
        "UPDATE activity_report SET approved_at = m.at, received_at = m.at FROM \
         (SELECT max(received_at) AS at FROM activity_report) m WHERE id IN (SELECT id FROM chosen)",
    ] {
        sqlx::query(sql).execute(&pool).await?;
    }
    // The month after the last close, or that of the city's day.
    let last: Option<String> = sqlx::query_scalar("SELECT max(month) FROM close_run").fetch_one(&pool).await?;
    let (year, month) = last.as_deref().and_then(|last| last.split_once('-')).unwrap_or(("2024", "02"));
    let (year, month): (u32, u32) = (year.parse()?, month.parse()?);
    let next = if month == 12 { format!("{}-01", year + 1) } else { format!("{year}-{:02}", month + 1) };
    pool.close().await;
    Ok(next)
}

/// Product and base line, or before and after, under load in turn; the middle round of each.
async fn in_turn(servers: [(&String, &str); 2], path: &str) -> Done<[Loaded; 2]> {
    let mut loads: [Vec<Loaded>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for ((addr, cookie), loads) in servers.into_iter().zip(&mut loads) {
            let target = Target { addr, path, cookie };
            loads.push(load::from_its_own_core(&target, SECONDS, CONNECTIONS).await?);
        }
    }
    let [first, second] = loads.map(|mut loads| {
        loads.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
        loads.get(loads.len() / 2).copied()
    });
    first.zip(second).map(|(first, second)| [first, second]).ok_or_else(|| Problem::new("Nothing was measured."))
}

/// The base line must draw the same requests in a page of the same size; the home puts what is due first, which costs nothing
/// that is measured here.
fn same_page(product: &str, base: &str, full: bool) -> Done {
    let numbers = |page: &str| -> Vec<String> {
        page.split("CDK").skip(1).map(|rest| rest.chars().take_while(char::is_ascii_digit).collect()).collect()
    };
    let (mut ours, mut theirs) = (numbers(product), numbers(base));
    if !full {
        ours.sort_unstable();
        theirs.sort_unstable();
    }
    if ours != theirs || ours.is_empty() || full && ours.len() < 50 {
        return Err(Problem::new(format!(
            "The base line draws other requests: {} against {} of the product.",
            theirs.len(),
            ours.len()
        )));
    }
    let cards = |page| Ok::<_, Problem>(base_line::cut(page)?.iter().skip(1).step_by(2).map(|cards| cards.len()).sum());
    let (ours, theirs): (usize, usize) = (cards(product)?, cards(base)?);
    if ours.abs_diff(theirs) * 10 > ours {
        return Err(Problem::new(format!("The base line's cards have {theirs} bytes, the product's {ours}.")));
    }
    Ok(())
}

/// Addresses of this server in a text that end as given.
fn addresses(text: &str, ends: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for word in text.split(['"', '\'', '`', '(', ')', ' ', '\n']) {
        let path = if word.starts_with("./") { word.replacen("./", "/pkg/", 1) } else { word.to_owned() };
        let known = path.starts_with("/pkg/") || path == "/sw.js";
        if known && ends.iter().any(|end| path.ends_with(end)) && !found.contains(&path) {
            found.push(path);
        }
    }
    found
}

fn middle(times: &mut [Duration]) -> Option<Duration> {
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 10.0 { format!("{seconds:.2} s") } else { format!("{seconds:.0} s") }
}

fn loaded(loaded: &Loaded) -> String {
    format!("{:.0} pages/s, p50 {:.1} ms, p99 {:.1} ms", loaded.per_second, loaded.p50, loaded.p99)
}

fn memory(name: &str, kilobytes: u64) {
    let megabytes = kilobytes.div_ceil(1024);
    say(name, &format!("{megabytes} MB"), "≤ 80 MB", Some(megabytes <= 80));
}

/// Prints one measure.
fn say(name: &str, value: &str, target: &str, met: Option<bool>) {
    let mark = match met {
        None => "·",
        Some(true) => "✓",
        Some(false) => "✗",
    };
    println!(
        "{mark} {name}: {value}{}",
        if target.is_empty() { String::new() } else { format!("  (target {target})") }
    );
}
