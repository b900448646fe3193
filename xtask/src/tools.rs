//! What the steps need and install by themselves: the wasm target and the npm packages.

use std::{fs, path::Path};

use crate::step::{Done, Inputs, command, output, root, run, succeeds, unless_unchanged};

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

/// Installs the npm packages of a folder as its lock names them, unless they are there already.
///
/// # Errors
/// When npm is missing or fails.
pub fn npm_packages(folder: &str) -> Done {
    let path = root().join(folder);
    let modules = path.join("node_modules");
    let hash = Inputs::default().path(&path.join("package-lock.json"))?.hash();
    unless_unchanged(&format!("npm packages of {folder}"), &modules.join(".kosapo-lock"), &hash, &[&modules], || {
        if !succeeds(command("npm").arg("--version")) {
            return Err(crate::step::Failure::new("npm is missing: install Node.js 18 or newer with npm."));
        }
        run(command("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&path))
    })
}

/// The address of a program that npm installed in `style/`.
pub fn npm_program(name: &str) -> std::path::PathBuf {
    root().join("style/node_modules/.bin").join(name)
}

/// Removes a folder and makes it anew.
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
