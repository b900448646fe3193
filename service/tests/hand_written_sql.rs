//! How much SQL is written by hand, and how many states stand in it as words: both only ever become fewer.
#![allow(clippy::unwrap_used, reason = "a test ends where it fails")]

use std::fs;
use std::path::{Path, PathBuf};

/// Hand-written statements in product code; due: 30, each in a named place with its reason.
const STATEMENTS: usize = 13;

/// Entities that product code does not use yet: its statements on these tables are written by hand. Due: none.
const UNUSED: &[&str] = &[];

/// The product's sources: not the demo's, which is a crate of its own, not tests.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn product() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "../server/src", "../app/src"] {
        sources(&root.join(folder), &mut files);
    }
    let entities = root.join("src/entity");
    files.retain(|path| !path.starts_with(&entities));
    files.retain(|path| !["src/db.rs", "src/db/raw.rs"].iter().any(|other| path.ends_with(other)));
    let code = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        let text = text.split("\n#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.collect::<Vec<_>>().join("\n")
    };
    files.iter().map(code).collect::<Vec<_>>().join("\n")
}

/// Calls of the wrappers of `db`, which take a statement as text.
fn statements(code: &str) -> usize {
    [
        "db::execute(",
        "db::rows(",
        "db::rows::<",
        "db::row(",
        "db::row::<",
        "db::scalar(",
        "db::scalar::<",
        "db::raw(",
        "from_sql_and_values(",
    ]
    .iter()
    .map(|call| code.matches(call).count())
    .sum()
}

/// Comparisons of such a column with a word in quotes: `status = 'sent'`, `kind IN ('user', …`.
fn literals(code: &str) -> usize {
    let columns = ["status", "role", "kind", "channel", "action", "method"];
    let comparisons = [" = '", " <> '", " IN ('", " NOT IN ('"];
    columns
        .iter()
        .flat_map(|column| comparisons.iter().map(move |comparison| format!("{column}{comparison}")))
        .map(|text| code.matches(text.as_str()).count())
        .sum()
}

/// Places of values by their number.
fn places(code: &str) -> usize {
    code.split('$').skip(1).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).count()
}

#[test]
fn hand_written_sql_becomes_less() {
    let code = product();
    let places = places(&code);
    let (statements, literals) = (statements(&code), literals(&code));
    println!(
        "hand-written statements: {statements} (due 30); states, roles and kinds as words in them: {literals} (due 0)"
    );
    assert!(
        statements <= STATEMENTS,
        "{statements} hand-written statements, {STATEMENTS} before: build it along relations"
    );
    println!("values by the number of their place: {places} (due 0)");
    assert_eq!(places, 0, "values by the number of their place: give them names");
    assert_eq!(literals, 0, "words of states in SQL: use the key of the enum");
}

#[test]
fn a_statement_and_a_word_are_seen() {
    let code =
        "db::rows::<Row, _>(c, \"SELECT 1 FROM offer WHERE status IN ('sent', 'seen') AND kind <> 'a'\", vec![])";
    assert_eq!((statements(code), literals(code)), (1, 2));
    assert_eq!((places("x = $1 AND y = $23"), places("{name} = :name, $x")), (2, 0));
}

/// Whether code asks for the rows of an entity, not only for the values of one.
fn uses(code: &str, entity: &str) -> bool {
    let before = |at: usize| code[..at].chars().next_back();
    ["Entity", "ActiveModel", "Column", "Relation"].iter().any(|part| {
        let used = format!("{entity}::{part}");
        // `care_request::Entity` is no use of `request`.
        code.match_indices(&used).any(|(at, _)| before(at).is_none_or(|c| !c.is_alphanumeric() && c != '_'))
    })
}

#[test]
fn every_entity_is_used_by_product_code() {
    let code = product();
    let tables = service::entity::tables();
    let unused: Vec<&str> = tables.iter().map(|table| table.name).filter(|name| !uses(&code, name)).collect();
    println!("entities without use: {} of {} (due 0)", unused.len(), tables.len());
    assert_eq!(unused, UNUSED, "take what is used now from the list; nothing new comes into it");
}

#[test]
fn a_use_is_of_the_entity_itself() {
    assert!(uses("offer::Entity::find()", "offer") && uses("entity::offer::ActiveModel {", "offer"));
    assert!(!uses("counter_offer::Entity::find()", "offer") && !uses("offer::Model", "offer"));
}
