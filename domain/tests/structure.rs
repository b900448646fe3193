//! What the browser carries: the rules, and nothing of the database.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

use std::process::Command;

/// The crates of a package's build for a target, one a line.
fn tree(package: &str, target: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--package", package, "--target", target])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn has(tree: &str, name: &str) -> bool {
    tree.lines().any(|line| line.split(' ').next() == Some(name))
}

#[test]
fn the_browser_carries_no_database() {
    let browser = tree("frontend", "wasm32-unknown-unknown");
    assert!(has(&browser, "domain"), "{browser}");
    for name in ["sea-orm", "sqlx-core", "service", "tokio"] {
        assert!(!has(&browser, name), "{name} in the browser's build");
    }
    assert!(has(&tree("service", "x86_64-unknown-linux-gnu"), "sea-orm"), "the server has it, by this very look");
}
