//! `cargo xtask demo`: builds, then serves the demo city in the foreground.

use crate::{
    build,
    step::{self, Done, command},
};

/// Builds and runs `kosapo demo` with the given arguments until it is stopped.
///
/// # Errors
/// When the build or the demo fails.
pub fn run(args: &[&str]) -> Done {
    let executable = build::all()?;
    step::run(command(executable).arg("demo").args(args))
}
