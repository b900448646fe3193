//! What no compiler checks: habits of the tree, each with its reason.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file below a folder with one of these endings, with its path from the root and its text.
fn files(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "node_modules" && name != "target" && !name.starts_with('.') {
                folders.push(path);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(root()).unwrap().display().to_string(), text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} has no such files");
    found
}

/// The lines with a word, outside comments and outside the files that may have it.
fn offenders(files: &[(String, String)], word: &str, allowed: &[&str]) -> Vec<String> {
    let mut lines = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| !allowed.iter().any(|allowed| path.starts_with(allowed))) {
        for (number, line) in text.lines().enumerate() {
            if line.contains(word) && !line.trim_start().starts_with("//") {
                lines.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    lines
}

fn none(files: &[(String, String)], word: &str, allowed: &[&str], reason: &str) {
    let lines = offenders(files, word, allowed);
    assert!(lines.is_empty(), "{word:?}: {reason}\n{}", lines.join("\n"));
}

#[test]
fn only_one_component_draws_a_textarea() {
    let app = files("app/src", &[".rs"]);
    none(&app, "<textarea", &["app/src/ui/text_area.rs"], "the server does not escape its text; use ui::TextArea");
}

#[test]
fn forms_leave_checking_to_the_server() {
    let app = files("app/src", &[".rs"]);
    none(&app, "placeholder=", &[], "it vanishes while one types; use the support text");
    none(&app, " disabled=", &[], "a grey button does not say why; answer with the error summary");
    none(&app, "type=\"date\"", &[], "it takes no 令和 date");
    none(&app, " style=", &["app/src/ui/tests.rs"], "the policy forbids inline styles");
    none(&app, "inner_html", &["app/src/ui/text_area.rs", "app/src/ui/icon.rs"], "raw HTML is a way in for scripts");
}

#[test]
fn every_server_function_has_an_address_of_its_own() {
    let mut seen = std::collections::BTreeMap::new();
    for (path, text) in files("app/src", &[".rs"]) {
        let heads = text.lines().map(str::trim_start).filter(|line| line.starts_with("#[server("));
        for line in heads.filter(|line| !line.starts_with("#[server(default)]")) {
            let Some(endpoint) = line.split("endpoint = \"").nth(1).and_then(|rest| rest.split('"').next()) else {
                panic!("{path}: {line} has no endpoint of its own");
            };
            if let Some(other) = seen.insert(endpoint.to_owned(), path.clone()) {
                panic!("/api/{endpoint} stands in {other} and in {path}: the later one silently wins");
            }
        }
    }
    assert!(seen.len() > 20);
}

#[test]
fn the_crates_keep_their_distance() {
    for (folder, words) in [
        ("domain/src", &["leptos::", "sea_orm", "axum::", "tokio::", "async fn", "std::fs", "std::env"][..]),
        ("service/src", &["leptos::", "use axum", "axum::"][..]),
        ("demo/src", &["leptos::", "axum::"][..]),
        ("app/src", &["sea_orm", "env.db", "SELECT ", "INSERT INTO", "UPDATE "][..]),
        ("migration/src", &["domain::", "service::"][..]),
    ] {
        let files = files(folder, &[".rs"]);
        for word in words {
            // What lets rows hold the domain's values stands behind the feature `stored`, which the browser never has.
            let allowed = if *word == "sea_orm" { &["domain/src/stored", "domain/src/id.rs"][..] } else { &[] };
            none(&files, word, allowed, "see the table of crates in docs/ARCHITECTURE.md");
        }
    }
}

#[test]
fn faults_are_logged_as_the_settings_say() {
    let app = files("app/src", &[".rs"]);
    none(&app, "leptos::logging", &[], "it writes past KOSAPO_LOG; use Fault::ours, which logs by tracing");
}

#[test]
fn no_sentence_blames() {
    let app = files("app/src", &[".rs"]);
    for word in ["不正な", "無効な", "無効です", "エラーが発生しました", "必須項目です", "恐れ入りますが"]
    {
        none(&app, word, &[], "say where and how to fix it");
    }
}

/// Words that nobody uses every day, and what is said instead.
const EVERYDAY: [(&str, &str); 3] = [("mend", "fix"), ("anew", "again"), ("reckon", "calculate")];
/// Keys of events that stand in databases as they are.
const STORED: [&str; 2] = ["\"charge_anew\"", "\"report_anew\""];

/// The words of a line in lower case, those of a name too: `report_anew`, `ReportAnew`.
fn words(line: &str) -> Vec<String> {
    let line = STORED.iter().fold(line.to_owned(), |line, key| line.replace(key, ""));
    let mut words = vec![String::new()];
    for letter in line.chars() {
        if !letter.is_ascii_alphabetic() || letter.is_ascii_uppercase() {
            words.push(String::new());
        }
        if letter.is_ascii_alphabetic() {
            words.last_mut().unwrap().push(letter.to_ascii_lowercase());
        }
    }
    words
}

fn better(line: &str) -> Option<&'static str> {
    let found = |word: &String| EVERYDAY.iter().find(|(odd, _)| word.starts_with(odd)).map(|(_, better)| *better);
    words(line).iter().find_map(found)
}

#[test]
fn the_words_are_everyday_ones() {
    let endings = [".rs", ".ts", ".js", ".css", ".md", ".toml"];
    let folders = ["app", "bench", "demo", "docs", "domain", "frontend", "server", "service", "style", "xtask/src"];
    let mut texts: Vec<_> = folders.iter().flat_map(|folder| files(folder, &endings)).collect();
    texts.extend(["end2end/tests", "end2end/support"].iter().flat_map(|folder| files(folder, &endings)));
    texts.push(("README.md".into(), fs::read_to_string(root().join("README.md")).unwrap()));
    let mut odd = Vec::new();
    for (path, text) in &texts {
        for (number, line) in text.lines().enumerate() {
            odd.extend(better(line).map(|better| format!("{path}:{}: say {better}: {}", number + 1, line.trim())));
        }
    }
    assert!(odd.is_empty(), "{}", odd.join("\n"));
}

#[test]
fn a_word_is_seen_in_a_name_and_in_a_sentence() {
    for (line, said) in [
        ("/// Fields to mend, all at once.", Some("fix")),
        ("fn every_field_to_mend_is_named() {", Some("fix")),
        ("Event::ReportAnew => charge_anew(),", Some("again")),
        ("let reckoned = Memo::new", Some("calculate")),
        ("we recommend to amend it", None),
        ("#[serde(rename = \"charge_anew\")]", None),
    ] {
        assert_eq!(better(line), said, "{line}");
    }
}

#[test]
fn tests_ask_for_events_by_their_type() {
    for (path, text) in ["service/tests", "server/tests"].iter().flat_map(|folder| files(folder, &[".rs"])) {
        for (number, line) in text.lines().enumerate() {
            let key = line.split("action = '").nth(1).is_some_and(|rest| rest.starts_with(|c: char| c.is_alphabetic()));
            assert!(!key, "{path}:{}: of a key that no event has there are always none; use `Action`", number + 1);
        }
    }
}

#[test]
fn what_every_function_may_fail_with_is_said_once() {
    for (path, text) in ["service/src", "demo/src"].iter().flat_map(|folder| files(folder, &[".rs"])) {
        for (number, line) in text.lines().enumerate() {
            let again = line.to_lowercase().contains("those of the database.");
            assert!(!again, "{path}:{}: `service::error` says it of all", number + 1);
        }
    }
}

#[test]
fn sizes_of_letters_follow_the_reader() {
    for (path, text) in files("style", &[".css"]) {
        for (number, line) in text.lines().enumerate() {
            let size = line.trim().strip_prefix("font-size:");
            assert!(size.is_none_or(|size| !size.contains("px")), "{path}:{}: letters are sized in rem", number + 1);
            assert!(!line.contains("http://") && !line.contains("https://"), "{path}:{}: another origin", number + 1);
        }
    }
}

#[test]
fn the_repository_speaks_of_the_product_alone() {
    let root = root();
    let mut texts = files("docs", &[".md"]);
    texts.push(("README.md".into(), fs::read_to_string(root.join("README.md")).unwrap()));
    for word in ["/work/", "/root/", "/home/"] {
        none(&texts, word, &[], "no paths of one machine");
    }
    let locks = [("style", "package-lock.json"), ("end2end", "package-lock.json")];
    for (folder, name) in locks {
        let text = fs::read_to_string(root.join(folder).join(name)).unwrap();
        assert!(!text.contains("\"resolved\""), "{folder}/{name} names addresses of registries");
    }
}
