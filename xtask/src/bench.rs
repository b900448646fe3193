//! `cargo xtask bench`: builds everything and runs the measures, each beside its target and the base line of the run.

use crate::{
    build,
    step::{self, Done, Failure, cargo, command, step, target},
};

/// Builds, then measures. `--reuse` takes the cities of an earlier run, `--years 1` leaves out the one of ten, `--before`
/// names an executable to compare with, `--only` the parts to run.
///
/// # Errors
/// When something cannot be built or measured; a missed target is printed and no error.
pub fn run(args: &[&str]) -> Done {
    check(args)?;
    let executable = build::all()?;
    // Together with the server, so that both use the same builds of their dependencies.
    let packages = ["--package", "server", "--package", "bench"];
    step("benchmark", || {
        step::run(
            cargo().args(["build", "--locked", "--release"]).args(packages).env("KOSAPO_ASSETS", target().join("site")),
        )
    })?;
    let mut bench = command(target().join("release/kosapo-bench"));
    bench.arg("all").arg("--kosapo").arg(executable).arg("--folder").arg(target().join("bench"));
    step::run(bench.args(args))
}

/// Refuses a word by name before anything long begins; the bench itself checks what the options say.
fn check(args: &[&str]) -> Done {
    let unknown = args
        .iter()
        .find(|word| word.starts_with('-') && !matches!(**word, "--reuse" | "--years" | "--before" | "--only"));
    match unknown {
        Some(word) => Err(Failure::new(format!(
            "`{word}` is no option of the benchmark: --reuse, --years 1, --before FILE, --only PART."
        ))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn an_unknown_option_is_refused_by_name_before_the_build() {
        assert!(check(&["--reuse", "--years", "1,10"]).is_ok());
        assert!(check(&["--year", "1"]).is_err_and(|failure| failure.to_string().contains("`--year`")));
    }
}
