//! What the steps need and install by themselves: the wasm target, clippy and rustfmt, the npm packages.

use std::{fs, path::Path};

use crate::step::{Done, Failure, Inputs, command, output, root, run, succeeds, unless_unchanged};

const WASM: &str = "wasm32-unknown-unknown";

/// Adds the wasm target when the toolchain lacks it.
///
/// # Errors
/// When rustup cannot add it.
pub fn wasm_target() -> Done {
    let sysroot = output(command("rustc").args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(WASM).is_dir() {
        return Ok(());
    }
    run(command("rustup").args(["target", "add", WASM]))
}

/// Adds clippy and rustfmt when the toolchain lacks them, as rustup's minimal profile does.
///
/// # Errors
/// When rustup cannot add them.
pub fn components() -> Done {
    let sysroot = output(command("rustc").args(["--print", "sysroot"]))?;
    let missing = missing_components(&Path::new(sysroot.trim()).join("bin"));
    if missing.is_empty() {
        return Ok(());
    }
    run(command("rustup").args(["component", "add"]).args(missing))
}

fn missing_components(programs: &Path) -> Vec<&'static str> {
    let all = [("clippy", "cargo-clippy"), ("rustfmt", "cargo-fmt")];
    all.into_iter().filter(|(_, program)| !programs.join(program).exists()).map(|(name, _)| name).collect()
}

/// The oldest Node.js that the bundlers and the browser suite run on.
const OLDEST_NODE: u32 = 18;

/// Makes sure of Node.js and npm before anything long begins.
///
/// # Errors
/// A sentence when one is missing or too old.
pub fn node() -> Done {
    let version = if succeeds(command("node").arg("--version")) {
        output(command("node").arg("--version"))?
    } else {
        String::new()
    };
    match major(&version) {
        Some(major) if major >= OLDEST_NODE && succeeds(command("npm").arg("--version")) => Ok(()),
        Some(major) if major >= OLDEST_NODE => Err(Failure::new("npm is missing: install it beside Node.js.")),
        Some(_) => {
            let version = version.trim();
            Err(Failure::new(format!("Node.js {version} is too old: install {OLDEST_NODE} or newer, with npm.")))
        }
        None => Err(Failure::new(format!("Node.js is missing: install {OLDEST_NODE} or newer, with npm."))),
    }
}

/// The first number of `v18.20.4`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Installs the npm packages of a folder as its lock names them, unless they are there already.
///
/// # Errors
/// When npm fails.
pub fn npm_packages(folder: &str) -> Done {
    let path = root().join(folder);
    let modules = path.join("node_modules");
    let hash = Inputs::default().path(&path.join("package-lock.json"))?.hash();
    unless_unchanged(&format!("npm packages of {folder}"), &modules.join(".kosapo-lock"), &hash, &[&modules], || {
        run(command("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&path))
    })
}

/// The address of a program that npm installed in `style/`.
pub fn npm_program(name: &str) -> std::path::PathBuf {
    root().join("style/node_modules/.bin").join(name)
}

/// Removes a folder and makes it again.
///
/// # Errors
/// When the disk says no.
pub fn fresh_folder(path: &Path) -> Done {
    use crate::step::While as _;
    if path.exists() {
        fs::remove_dir_all(path).doing(path.display())?;
    }
    fs::create_dir_all(path).doing(path.display())
}

#[cfg(test)]
mod tests {
    use super::{fresh_folder, major, missing_components};

    #[test]
    fn the_version_of_node_is_read() {
        assert_eq!([major("v18.20.4\n"), major("v9.1.0"), major(""), major("18")], [Some(18), Some(9), None, None]);
    }

    #[test]
    fn a_minimal_toolchain_lacks_clippy_and_rustfmt() {
        let folder = std::env::temp_dir().join(format!("kosapo-toolchain-{}", std::process::id()));
        fresh_folder(&folder).unwrap();
        assert_eq!(missing_components(&folder), ["clippy", "rustfmt"]);
        std::fs::write(folder.join("cargo-fmt"), "").unwrap();
        assert_eq!(missing_components(&folder), ["clippy"]);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
