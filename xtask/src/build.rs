//! `cargo xtask build`: from the sources to one self-contained executable.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use wasm_bindgen_cli_support::Bindgen;

use crate::{
    assets,
    step::{Done, Failure, Inputs, While as _, cargo, root, run, seconds, step, target, unless_unchanged},
    tools,
    trim::trim,
};

/// The features that rustc's wasm uses; wasm-opt refuses a module with others.
const WASM_FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Builds `target/dist/kosapo` and returns its path.
///
/// # Errors
/// The first step that fails.
pub fn all() -> Done<PathBuf> {
    let start = Instant::now();
    let executable = server(&site()?)?;
    eprintln!("✓ {} after {}", executable.display(), seconds(start.elapsed()));
    Ok(executable)
}

/// Builds what browsers load, as it is served, and returns its folder.
///
/// # Errors
/// The first step that fails.
pub fn site() -> Done<PathBuf> {
    tools::node()?;
    tools::wasm_target()?;
    tools::npm_packages("style")?;
    let module = wasm_module("frontend", "wasm-release", "frontend.wasm", &target().join("glue"), true)?;
    assets::bundle(&module)
}

/// Compiles the executable that the browser suite drives: of the tests' own build, so that nothing is compiled twice,
/// with the very assets of a release inside.
///
/// # Errors
/// When the compiler fails.
pub fn for_tests(packages: &[&str], site: &Path) -> Done<PathBuf> {
    step("server for the browser tests", || {
        run(cargo().arg("build").args(packages).arg("--locked").env("KOSAPO_ASSETS", site))
    })?;
    Ok(target().join("debug/kosapo"))
}

/// A wasm module for the browser with its glue.
pub struct Module {
    /// The JavaScript that loads it.
    pub glue: PathBuf,
    /// The module itself.
    pub wasm: PathBuf,
}

/// Compiles a package to wasm and binds it; `small` spends time on making it small.
///
/// # Errors
/// When a compiler fails.
pub fn wasm_module(package: &str, profile: &str, file: &str, folder: &Path, small: bool) -> Done<Module> {
    step(&format!("{package} for the browser"), || {
        run(cargo()
            .args(["build", "--locked", "--package", package, "--profile", profile])
            .args(["--target", "wasm32-unknown-unknown"]))
    })?;
    let profile_folder = if profile == "dev" { "debug" } else { profile };
    let compiled = target().join("wasm32-unknown-unknown").join(profile_folder).join(file);
    let name = format!("{package}_glue");
    let module = Module { glue: folder.join(format!("{name}.js")), wasm: folder.join(format!("{name}.wasm")) };
    let bound = folder.join(format!("{name}_bg.wasm"));

    let inputs = binding_inputs(&compiled, &root().join("style/package-lock.json"))?;
    let stamp = folder.join("stamp");
    unless_unchanged("bindings", &stamp, &inputs, &[&module.glue, &module.wasm], || {
        tools::fresh_folder(folder)?;
        let mut bindgen = Bindgen::new();
        bindgen.web(true).doing("wasm-bindgen")?;
        let bytes = fs::read(&compiled).doing(compiled.display())?;
        let bytes = if small { trim(&bytes)? } else { bytes };
        bindgen.input_bytes(&name, bytes).typescript(false).remove_producers_section(true);
        bindgen.remove_name_section(small).generate(folder).doing("wasm-bindgen")?;
        if small {
            let mut optimise = crate::step::command(tools::npm_program("wasm-opt"));
            run(optimise.arg("-Oz").args(WASM_FEATURES).arg(&bound).arg("-o").arg(&module.wasm))?;
            let [before, after] = [size(&bound)?, size(&module.wasm)?];
            eprintln!("  wasm-opt: {before} → {after} bytes");
            Ok(())
        } else {
            fs::rename(&bound, &module.wasm).doing(bound.display())
        }
    })?;
    Ok(module)
}

/// What the bindings depend on; the lock names the version of wasm-opt.
fn binding_inputs(compiled: &Path, lock: &Path) -> Done<String> {
    let inputs = Inputs::default().word(&wasm_bindgen_shared_version()).word(&WASM_FEATURES.concat());
    let inputs = inputs.word(include_str!("trim.rs"));
    Ok(inputs.path(compiled)?.path(lock)?.hash())
}

/// Compiles the server with the assets inside and puts it at `target/dist/kosapo`.
fn server(site: &Path) -> Done<PathBuf> {
    let built = target().join("release/kosapo");
    step("server with its assets", || {
        run(cargo().args(["build", "--locked", "--package", "server", "--release"]).env("KOSAPO_ASSETS", site))
    })?;
    let executable = target().join("dist/kosapo");
    let new = fs::read(&built).doing(built.display())?;
    let unchanged = fs::read(&executable).is_ok_and(|old| old == new);
    if !unchanged {
        // A running copy cannot be written to, but its name can be given to another file.
        let beside = target().join("dist/kosapo.new");
        crate::step::write(&beside, &[])?;
        fs::copy(&built, &beside).doing(beside.display())?;
        fs::rename(&beside, &executable).doing(executable.display())?;
    }
    Ok(executable)
}

/// The size of a file in bytes.
pub fn size(path: &Path) -> Done<u64> {
    Ok(fs::metadata(path).doing(path.display())?.len())
}

/// The version that the bindings are made with, so that a change of it makes them again.
fn wasm_bindgen_shared_version() -> String {
    include_str!("../Cargo.toml")
        .lines()
        .find(|line| line.starts_with("wasm-bindgen-cli-support"))
        .map_or_else(String::new, str::to_owned)
}

/// Refuses to go on without a file that another step should have left.
///
/// # Errors
/// When it is not there.
pub fn expect_file(path: &Path) -> Done {
    if path.is_file() { Ok(()) } else { Err(Failure::new(format!("{} is missing.", path.display()))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_wasm_opt_optimises_again() {
        let [wasm, lock] = ["wasm", "lock"]
            .map(|name| std::env::temp_dir().join(format!("kosapo-bindings-{}.{name}", std::process::id())));
        fs::write(&wasm, "module").unwrap();
        let inputs = |version: &str| {
            fs::write(&lock, version).unwrap();
            binding_inputs(&wasm, &lock).unwrap()
        };
        let first = inputs("binaryen 123");
        assert_eq!(first, inputs("binaryen 123"));
        assert_ne!(first, inputs("binaryen 124"));
        for file in [wasm, lock] {
            fs::remove_file(file).unwrap();
        }
    }
}
