//! `cargo xtask`: builds, serves and tests kosapo by plain steps, each of them visible.

mod assets;
mod bench;
mod build;
mod demo;
mod gallery;
mod postgres;
mod step;
mod test;
mod tools;
mod trim;

use std::process::ExitCode;

use step::{Done, Failure, While as _};

const HELP: &str = "\
cargo xtask <command>

  demo [args]    build, then serve the demo city at http://127.0.0.1:3000; args go to `kosapo demo`
  build          build the one executable, target/dist/kosapo
  test           run everything: format, lint, unit, use cases, HTTP, browser
  test --only P  run one part: lint, unit, http or browser
  bench [--reuse] [--years 1]
                 measure size, speed and memory beside a base line
  gallery        build the component gallery into target/gallery
  gallery --serve [--addr A]
                 ... and serve it, by default at http://127.0.0.1:3100
  style <file>   bundle the style sheet, and add what a build for the browser needs; `trunk serve` begins with it
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\n✗ {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Done {
    match words {
        ["build"] => build::all().map(drop),
        ["demo", rest @ ..] => demo::run(rest),
        ["bench", rest @ ..] => bench::run(rest),
        ["gallery"] => gallery::build().map(drop),
        ["gallery", "--serve"] => gallery::serve("127.0.0.1:3100"),
        ["gallery", "--serve", "--addr", address] => gallery::serve(address),
        ["test"] => test::run_parts(test::Part::ALL),
        ["test", "--only", part] => test::run_parts(&[test::Part::named(part)?]),
        ["style", out] => {
            tools::node()?;
            tools::wasm_target()?;
            tools::npm_packages("style")?;
            assets::style_sheet(&std::path::absolute(out).doing(out)?)
        }
        [] | ["help" | "--help" | "-h", ..] => {
            print!("{HELP}");
            Ok(())
        }
        _ => Err(Failure::new(format!("`cargo xtask {}` is not a command.\n\n{HELP}", words.join(" ")))),
    }
}
