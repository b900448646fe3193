//! Measures the built `kosapo` beside a base line of the same run; nothing here is a timed test.
//!
//! `cargo xtask bench` builds everything and runs `kosapo-bench all`. The other two commands are the processes it
//! starts for itself, each on a core of its own: `serve` is the base line, `load` is the load.

mod base_line;
mod city;
mod http;
mod load;
mod measures;
mod outcome;
mod pages;
mod plans;
mod process;

use outcome::{Done, Problem};
use std::collections::HashMap;
use std::process::ExitCode;

const HELP: &str = "\
kosapo-bench all   --kosapo FILE --folder FOLDER [--years 1,10] [--reuse]
kosapo-bench serve --addr A --database FILE --page FILE
kosapo-bench load  --addr A --path P --cookie C --seconds N --connections N
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let done = runtime.map_err(Problem::from).and_then(|runtime| runtime.block_on(run(&words)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("✗ {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run(words: &[String]) -> Done {
    let Some((command, rest)) = words.split_first() else {
        print!("{HELP}");
        return Ok(());
    };
    let options = Options::read(rest)?;
    match command.as_str() {
        "all" => measures::all(&options).await,
        "serve" => base_line::serve(&options).await,
        "load" => load::print(&options).await,
        _ => Err(Problem::new(format!("`{command}` is not a command.\n\n{HELP}"))),
    }
}

/// `--name value` pairs; a name without a value is a switch.
pub struct Options(HashMap<String, String>);

impl Options {
    fn read(words: &[String]) -> Done<Self> {
        let mut options = HashMap::new();
        let mut words = words.iter().peekable();
        while let Some(word) = words.next() {
            let name = word.strip_prefix("--").ok_or_else(|| Problem::new(format!("`{word}` is no option.")))?;
            let value = words.next_if(|next| !next.starts_with("--")).cloned().unwrap_or_default();
            options.insert(name.to_owned(), value);
        }
        Ok(Self(options))
    }

    /// The value of an option that must be there.
    ///
    /// # Errors
    /// When it is missing.
    pub fn need(&self, name: &str) -> Done<&str> {
        let value = self.0.get(name).map(String::as_str).filter(|value| !value.is_empty());
        value.ok_or_else(|| Problem::new(format!("--{name} is missing.")))
    }

    /// The value of an option, or another one when it is missing.
    pub fn or<'a>(&'a self, name: &str, other: &'a str) -> &'a str {
        self.0.get(name).map_or(other, String::as_str)
    }

    /// Whether a switch was given.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}
