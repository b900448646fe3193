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
mod streams;

use outcome::{Done, Problem};
use std::collections::HashMap;
use std::process::ExitCode;

const HELP: &str = "\
kosapo-bench all   --kosapo FILE --folder FOLDER [--years 1,10] [--reuse] [--before FILE] [--only PART,…]
kosapo-bench serve --addr A --database FILE --page FILE --home FILE --name N --today DATE
kosapo-bench load  --addr A --path P --cookie C --seconds N --connections N
";

/// That of the product, so that the base line is none the slower for it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    match command.as_str() {
        "all" => measures::all(&Options::read(rest, &["kosapo", "folder", "years", "reuse", "before", "only"])?).await,
        "serve" => {
            base_line::serve(&Options::read(rest, &["addr", "database", "page", "home", "name", "today"])?).await
        }
        "load" => load::print(&Options::read(rest, &["addr", "path", "cookie", "seconds", "connections"])?).await,
        _ => Err(Problem::new(format!("`{command}` is not a command.\n\n{HELP}"))),
    }
}

/// `--name value` pairs; a name without a value is a switch.
pub struct Options(HashMap<String, String>);

impl Options {
    /// Reads the options of a command; one it does not know is refused by name.
    fn read(words: &[String], known: &[&str]) -> Done<Self> {
        let mut options = HashMap::new();
        let mut words = words.iter().peekable();
        while let Some(word) = words.next() {
            let name = word.strip_prefix("--").ok_or_else(|| Problem::new(format!("`{word}` is no option.")))?;
            if !known.contains(&name) {
                return Err(Problem::new(format!("`{word}` is no option; there are --{}.", known.join(", --"))));
            }
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
        self.get(name).unwrap_or(other)
    }

    /// The value of an option, when it is there.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether a switch was given.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

#[cfg(test)]
mod tests {
    use super::Options;

    #[test]
    fn an_unknown_option_is_refused_by_name() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let known = ["years", "reuse"];
        assert_eq!(Options::read(&words("--reuse --years 1"), &known).unwrap().or("years", "1,10"), "1");
        let refused = Options::read(&words("--year 1"), &known).err().unwrap();
        assert!(refused.to_string().contains("`--year`"), "{refused}");
        assert!(Options::read(&words("year"), &known).is_err());
    }
}
