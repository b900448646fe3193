//! How much SQL is written by hand, and how many states stand in it as words: both only ever become fewer.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

use std::fs;
use std::path::{Path, PathBuf};

/// Hand-written statements in product code and the demo's; due: 30, each in a named place with its reason.
const STATEMENTS: usize = 22;

/// The product's sources; the demo, which writes its rows by itself, is none of them.
const PRODUCT: &[&str] = &["src", "../server/src", "../app/src"];

/// Entities that product code does not use yet: its statements on these tables are written by hand. Due: none.
const UNUSED: &[&str] = &[];

/// The sources of a folder.
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

/// The code of these folders without its tests and comments.
fn code_of(folders: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in folders {
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

/// Texts that begin as a statement does, whoever is called with them.
fn statements(code: &str) -> usize {
    let verbs = ["\"SELECT ", "\"INSERT ", "\"UPDATE ", "\"DELETE ", "\"WITH "];
    verbs.iter().map(|verb| code.matches(verb).count()).sum()
}

/// Comparisons of such a column with a word in quotes: `status = 'sent'`, `kind IN ('user', …`; and words in quotes that
/// a SELECT hands on: `SELECT c.id, 'activity', …`.
fn literals(code: &str) -> usize {
    let columns = ["status", "role", "kind", "channel", "action", "method"];
    let comparisons = [" = '", " <> '", " IN ('", " NOT IN ('"];
    let compared: usize = columns
        .iter()
        .flat_map(|column| comparisons.iter().map(move |comparison| format!("{column}{comparison}")))
        .map(|text| code.matches(text.as_str()).count())
        .sum();
    // Only what is SQL has lists of columns: each is read to its FROM, or to the end of its text.
    let lists = code.split("SELECT ").skip(1).map(|rest| rest.split(" FROM ").next().unwrap_or_default());
    let lists = lists.map(|list| list.split_once('"').map_or(list, |(list, _)| list));
    compared + lists.map(words).sum::<usize>()
}

/// Words in quotes that are written as keys are: `'activity'`.
fn words(sql: &str) -> usize {
    let key = |text: &&str| text.len() > 1 && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    sql.split('\'').skip(1).step_by(2).filter(key).count()
}

/// Places of values by their number.
fn places(code: &str) -> usize {
    code.split('$').skip(1).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).count()
}

#[test]
fn hand_written_sql_becomes_less() {
    let literals = literals(&code_of(PRODUCT));
    let code = code_of(&[PRODUCT, &["../demo/src"]].concat());
    let (statements, places) = (statements(&code), places(&code));
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
    let handed_on =
        "db::raw(\"INSERT INTO line (id, kind) SELECT c.id, 'activity', '{\\\"yen\\\":', :applied FROM c\")";
    assert_eq!((statements(handed_on), literals(handed_on)), (1, 1));
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
    let code = code_of(PRODUCT);
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
