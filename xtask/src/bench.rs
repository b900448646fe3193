//! `cargo xtask bench`: builds everything and runs the measures, each beside its target and the base line of the run.

use crate::{
    build,
    step::{self, Done, cargo, command, step, target},
};

/// Builds, then measures. `--reuse` takes the cities of an earlier run, `--years 1` leaves out the one of ten.
///
/// # Errors
/// When something cannot be built or measured; a missed target is printed and no error.
pub fn run(args: &[&str]) -> Done {
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
