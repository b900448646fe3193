//! The files a browser asks for: bundled, named by their content, compressed, listed in a manifest.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use crate::{
    build::Module,
    step::{Done, Failure, Inputs, While as _, command, files, hash, root, run, target, unless_unchanged, write},
    tools,
};

/// The oldest browsers that the bundles are written for.
const BROWSERS: &str = "--target=es2022,chrome109,edge109,firefox115,safari16";

/// What the two pages for a lost network are drawn from. The service worker keeps them as long as its own text stays.
const KEPT_PAGES: [&str; 2] = ["app/src", "service/data/wards.toml"];

/// Bundles all assets into `target/site` and returns that folder.
///
/// # Errors
/// When a bundler fails or a source is missing.
pub fn bundle(module: &Module) -> Done<PathBuf> {
    let site = target().join("site");
    let manifest = site.join("manifest.json");
    let sources = root().join("frontend");
    let pages = content(&KEPT_PAGES.map(|path| root().join(path)))?;
    let inputs = Inputs::default()
        .word(BROWSERS)
        .word(&pages)
        .path(&root().join("style"))?
        .path(&sources)?
        .path(&root().join("xtask/src/assets.rs"))?
        .path(&module.glue)?
        .path(&module.wasm)?;
    let stamp = target().join("site.stamp");
    unless_unchanged("assets", &stamp, &inputs.hash(), &[&manifest], || {
        tools::fresh_folder(&site)?;
        let work = target().join("bundle");
        tools::fresh_folder(&work)?;
        let listing = Bundle { site: &site, work: &work, module, pages: &pages }.write()?;
        write(&manifest, serde_json::to_string_pretty(&listing).doing("manifest")?.as_bytes())
    })?;
    Ok(site)
}

struct Bundle<'a> {
    site: &'a Path,
    work: &'a Path,
    module: &'a Module,
    /// The hash of [`KEPT_PAGES`].
    pages: &'a str,
}

impl Bundle<'_> {
    fn write(&self) -> Done<Value> {
        let sources = root().join("frontend");
        let mut listed = Vec::new();

        let wasm = self.place_hashed("kosapo", "wasm", &read(&self.module.wasm)?, &mut listed)?;

        let css = self.work.join("kosapo.css");
        style_sheet(&css)?;
        let css = self.place_hashed("kosapo", "css", &read(&css)?, &mut listed)?;

        let islands = self.work.join("islands.js");
        run(esbuild(&sources.join("islands.js"), &islands)
            .arg("--format=esm")
            .arg(format!("--alias:kosapo-glue={}", self.module.glue.display()))
            .arg(format!("--define:WASM_URL={}", json!(wasm))))?;
        let islands = self.place_hashed("islands", "js", &read(&islands)?, &mut listed)?;

        let calendar = self.work.join("calendar.js");
        run(esbuild(&sources.join("calendar.js"), &calendar).arg("--format=esm"))?;
        let calendar = self.place_hashed("calendar", "js", &read(&calendar)?, &mut listed)?;

        let boot = self.work.join("kosapo.js");
        run(esbuild(&sources.join("boot.js"), &boot)
            .args(["--format=esm", "--external:/pkg/*"])
            .arg(format!("--define:ISLANDS_URL={}", json!(islands)))
            .arg(format!("--define:CALENDAR_URL={}", json!(calendar))))?;
        let js = self.place_hashed("kosapo", "js", &read(&boot)?, &mut listed)?;

        let worker = self.work.join("sw.js");
        let kept = json!([css, js]);
        run(esbuild(&sources.join("sw.js"), &worker)
            .arg("--format=iife")
            .arg(format!("--define:ASSETS={kept}"))
            .arg(format!("--define:BUILD={}", json!(build_name(&kept, self.pages)))))?;
        self.place("/sw.js", &read(&worker)?, &mut listed)?;

        let public = sources.join("public");
        for file in files(&public)? {
            let name = file.strip_prefix(&public).doing(file.display())?;
            self.place(&format!("/{}", name.display()), &read(&file)?, &mut listed)?;
        }
        Ok(json!({ "files": listed }))
    }

    /// Writes a file under a name that changes with its content, so that it may be kept for ever.
    fn place_hashed(&self, stem: &str, extension: &str, bytes: &[u8], listed: &mut Vec<Value>) -> Done<String> {
        let digest = hash(bytes);
        let path = format!("/pkg/{stem}.{}.{extension}", &digest[..12]);
        self.put(&path, &format!("{stem}.{extension}"), bytes, true, listed)?;
        Ok(path)
    }

    /// Writes a file under a name that stays, so that a browser must ask whether it changed.
    fn place(&self, path: &str, bytes: &[u8], listed: &mut Vec<Value>) -> Done {
        self.put(path, path.trim_start_matches('/'), bytes, false, listed)
    }

    fn put(&self, path: &str, logical: &str, bytes: &[u8], immutable: bool, listed: &mut Vec<Value>) -> Done {
        let file = self.site.join(path.trim_start_matches('/'));
        let (content_type, compressible) = content_type(path)?;
        write(&file, bytes)?;
        let mut sizes = format!("{} bytes", bytes.len());
        if compressible {
            let [br, gz] = [brotli(bytes)?, gzip(bytes)?];
            sizes = format!("{sizes}, br {}, gz {}", br.len(), gz.len());
            write(&beside(&file, "br"), &br)?;
            write(&beside(&file, "gz"), &gz)?;
        }
        eprintln!("  {path}: {sizes}");
        listed.push(json!({
            "path": path,
            "logical": logical,
            "content_type": content_type,
            "immutable": immutable,
            "compressed": compressible,
            "etag": hash(bytes)[..16],
        }));
        Ok(())
    }
}

/// The name of this build's cache in a browser: another one when an asset or a kept page is another one.
fn build_name(kept: &Value, pages: &str) -> String {
    hash(format!("{kept} {pages}").as_bytes())[..12].to_owned()
}

/// The hash of what files hold, wherever they lie.
fn content(paths: &[PathBuf]) -> Done<String> {
    let mut hashes = String::new();
    for path in paths {
        for file in files(path)? {
            hashes.push_str(&hash(&read(&file)?));
        }
    }
    Ok(hash(hashes.as_bytes()))
}

/// Bundles the style sheet with the design tokens it imports.
///
/// # Errors
/// When a source is missing or is not CSS.
pub fn style_sheet(out: &Path) -> Done {
    let source = root().join("style/main.css");
    crate::build::expect_file(&source)?;
    run(&mut esbuild(&source, out))
}

/// A run of esbuild from one entry to one file.
pub fn esbuild(entry: &Path, out: &Path) -> std::process::Command {
    let mut esbuild = command(tools::npm_program("esbuild"));
    esbuild.arg(entry).arg(format!("--outfile={}", out.display()));
    esbuild.args(["--bundle", "--minify", "--charset=utf8", "--legal-comments=none", "--log-level=warning", BROWSERS]);
    esbuild
}

/// What a browser gets to know about a file, and whether compressing it is worth the while.
fn content_type(path: &str) -> Done<(&'static str, bool)> {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => Ok(("text/css; charset=utf-8", true)),
        Some("js") => Ok(("text/javascript; charset=utf-8", true)),
        Some("wasm") => Ok(("application/wasm", true)),
        Some("svg") => Ok(("image/svg+xml", true)),
        Some("webmanifest") => Ok(("application/manifest+json", true)),
        Some("txt") => Ok(("text/plain; charset=utf-8", true)),
        Some("png") => Ok(("image/png", false)),
        Some("ico") => Ok(("image/x-icon", false)),
        Some("woff2") => Ok(("font/woff2", false)),
        _ => Err(Failure::new(format!("{path}: xtask/src/assets.rs does not know the content type."))),
    }
}

fn brotli(bytes: &[u8]) -> Done<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &params).doing("brotli")?;
    Ok(compressed)
}

fn gzip(bytes: &[u8]) -> Done<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).doing("gzip")?;
    encoder.finish().doing("gzip")
}

/// The path of a compressed form: the file's name and one more extension.
fn beside(file: &Path, extension: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}

fn read(path: &Path) -> Done<Vec<u8>> {
    fs::read(path).doing(path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_telephone_is_another_build_for_the_service_worker() {
        assert!(KEPT_PAGES.iter().all(|path| root().join(path).exists()));
        let file = std::env::temp_dir().join(format!("kosapo-wards-{}.toml", std::process::id()));
        let name = |telephone: &str| {
            fs::write(&file, telephone).unwrap();
            build_name(&json!(["/pkg/kosapo.css"]), &content(std::slice::from_ref(&file)).unwrap())
        };
        let first = name("045-000-0001");
        assert_eq!(first, name("045-000-0001"));
        assert_ne!(first, name("045-000-0002"));
        fs::remove_file(&file).unwrap();
    }
}
