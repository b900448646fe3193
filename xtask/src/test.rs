//! `cargo xtask test`: everything that must hold, in the order of its cost. What is missing is a failure.

use std::{path::Path, process::Command, time::Instant};

use crate::{
    build, gallery,
    postgres::{self, Cluster},
    step::{Done, Failure, cargo, command, root, run, seconds, step, succeeds},
    tools,
};

/// `frontend` and the gallery choose other features of `app` than the server does.
const NATIVE: &[&str] = &["--workspace", "--exclude", "frontend", "--exclude", "gallery"];

/// The browser without its window. Opening a tab costs the one with a window, which nobody sees, three times as much.
const SHELL: &str = "/usr/bin/chromium-headless-shell";
/// The browser with a window, which will do as well: the config of the browser suite takes what is there.
const CHROMIUM: &str = "/usr/bin/chromium";
const BROWSER: &[&str] = &["chromium-headless-shell", "chromium-sandbox"];

/// A part of the tests that can be run by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Format and clippy, natively and for wasm.
    Lint,
    /// Values and use cases, on both databases.
    Unit,
    /// The server's own tests, over HTTP.
    Http,
    /// The browser suite.
    Browser,
}

impl Part {
    /// All parts.
    pub const ALL: &[Self] = &[Self::Lint, Self::Unit, Self::Http, Self::Browser];

    /// The part with a name.
    ///
    /// # Errors
    /// When there is none.
    pub fn named(name: &str) -> Done<Self> {
        match name {
            "lint" => Ok(Self::Lint),
            "unit" => Ok(Self::Unit),
            "http" => Ok(Self::Http),
            "browser" => Ok(Self::Browser),
            _ => Err(Failure::new(format!("`{name}` is no part of the tests: lint, unit, http or browser."))),
        }
    }
}

/// Runs the given parts and stops at the first fault.
///
/// # Errors
/// The first step that fails.
pub fn run_parts(parts: &[Part]) -> Done {
    let start = Instant::now();
    let wanted = |part| parts.contains(&part);
    step("tools", || install_tools(parts))?;
    // With the browser's assets from the start, the server is compiled once for all that follows.
    let site = if wanted(Part::Browser) { Some(build::site()?) } else { None };
    let assets = site.as_deref();
    if wanted(Part::Lint) {
        lint(assets)?;
    }
    let cluster = if parts == [Part::Lint] { None } else { Some(step("throw-away PostgreSQL", Cluster::start)?) };
    if let Some(cluster) = &cluster {
        let database = cluster.url();
        match (wanted(Part::Unit), wanted(Part::Http)) {
            // One build for both: another choice of packages would compile the dependencies again.
            (true, true) => cargo_test("unit, use case and HTTP tests", NATIVE, &database, assets)?,
            (true, false) => {
                // The server chooses the pages' features; without it they are chosen here.
                let pages = ["--exclude", "server", "--features", "app/ssr"];
                cargo_test("unit and use case tests", &[NATIVE, &pages].concat(), &database, assets)?;
            }
            (false, true) => cargo_test("HTTP tests", &["--package", "server"], &database, assets)?,
            (false, false) => {}
        }
        if let Some(site) = assets {
            browser(&database, site)?;
        }
    }
    drop(cluster);
    eprintln!("✓ all green after {}", seconds(start.elapsed()));
    Ok(())
}

fn lint(assets: Option<&Path>) -> Done {
    tools::components()?;
    step("format", || run(cargo().args(["fmt", "--all", "--check"])))?;
    let clippy = |heading: &str, packages: &[&str]| {
        let rest = ["--locked", "--", "-D", "warnings"];
        step(heading, || run(with(assets, cargo().arg("clippy").args(packages).args(rest))))
    };
    clippy("clippy", &[NATIVE, &["--all-targets"]].concat())?;
    tools::wasm_target()?;
    for package in ["frontend", "gallery"] {
        clippy(&format!("clippy for wasm: {package}"), &["--package", package, "--target", "wasm32-unknown-unknown"])?;
    }
    Ok(())
}

fn cargo_test(heading: &str, packages: &[&str], database: &str, assets: Option<&Path>) -> Done {
    // One run names every test that fails.
    let all = ["--locked", "--no-fail-fast"];
    step(heading, || {
        let mut tests = cargo();
        tests.arg("test").args(packages).args(all).env("KOSAPO_TEST_POSTGRES", database);
        run(with(assets, tests.env("RUST_TEST_THREADS", threads())))
    })
}

/// Half of its time a test waits: for PostgreSQL, or for a limit of the server to pass.
fn threads() -> String {
    (2 * std::thread::available_parallelism().map_or(1, usize::from)).to_string()
}

/// Every call of cargo says the same of the assets; else the server would be compiled again from call to call.
fn with<'a>(assets: Option<&Path>, cargo: &'a mut Command) -> &'a mut Command {
    match assets {
        Some(site) => cargo.env("KOSAPO_ASSETS", site),
        None => cargo,
    }
}

fn browser(database: &str, site: &Path) -> Done {
    let executable = build::for_tests(NATIVE, site)?;
    let gallery = gallery::build()?;
    tools::npm_packages("end2end")?;
    let folder = root().join("end2end");
    step("browser tests", || {
        run(command(folder.join("node_modules/.bin/playwright"))
            .arg("test")
            .current_dir(&folder)
            .env("KOSAPO_BIN", &executable)
            .env("KOSAPO_GALLERY", &gallery)
            .env("KOSAPO_TEST_POSTGRES", database))
    })
}

/// Makes sure that what the parts need is installed; installs it with root's rights where that needs no password.
fn install_tools(parts: &[Part]) -> Done {
    let database = parts != [Part::Lint];
    let browser = parts.contains(&Part::Browser);
    if browser {
        tools::node()?;
    }
    let mut missing = Vec::new();
    if database && !postgres::is_installed() {
        missing.push("postgresql");
    }
    if browser && !Path::new(SHELL).exists() {
        // Whoever is not root needs its sandbox, which it only recommends.
        missing.extend(BROWSER);
    }
    if browser && !Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists() {
        missing.push("fonts-noto-cjk");
    }
    if missing.is_empty() {
        return Ok(());
    }
    match install(&missing) {
        Err(_) if missing == BROWSER && Path::new(CHROMIUM).exists() => {
            eprintln!("  the browser is {CHROMIUM}; with {SHELL} the suite needs half the time");
            Ok(())
        }
        done => done,
    }
}

/// Installs packages of Debian with root's rights, where that needs no password.
fn install(missing: &[&str]) -> Done {
    let rights: &[&str] = if postgres::is_root()? {
        &[]
    } else if succeeds(command("sudo").args(["-n", "true"])) {
        &["sudo", "-n"]
    } else {
        return Err(Failure::new(format!(
            "{} is missing. As root:\n\n  apt-get update && apt-get install -y {}",
            missing.join(", "),
            missing.join(" ")
        )));
    };
    eprintln!("  installing {}", missing.join(", "));
    let apt_get = |words: &[&str]| {
        let mut line = rights.to_vec();
        line.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        line.extend(words);
        run(command(line[0]).args(&line[1..]))
    };
    apt_get(&["update"])?;
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(missing);
    apt_get(&install)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_a_name_and_an_unknown_name_is_refused() {
        for (name, part) in ["lint", "unit", "http", "browser"].into_iter().zip(Part::ALL) {
            assert!(Part::named(name).is_ok_and(|found| found == *part));
        }
        assert!(Part::named("everything").is_err());
    }
}
