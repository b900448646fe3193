//! Writes the table of embedded assets from the folder in `KOSAPO_ASSETS`; without it the table is empty.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=KOSAPO_ASSETS");
    println!("cargo::rerun-if-changed=build.rs");
    let mut table = String::from("&[\n");
    if let Some(folder) = env::var_os("KOSAPO_ASSETS").filter(|folder| !folder.is_empty()) {
        let folder = Path::new(&folder);
        let manifest = folder.join("manifest.json");
        println!("cargo::rerun-if-changed={}", manifest.display());
        let text = fs::read_to_string(&manifest).map_err(|error| format!("{}: {error}", manifest.display()))?;
        let manifest: Value = serde_json::from_str(&text)?;
        for file in manifest["files"].as_array().ok_or("manifest.json has no `files`")? {
            table.push_str(&row(file, folder)?);
        }
    }
    table.push(']');
    let out = env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    fs::write(Path::new(&out).join("assets.rs"), table)?;
    Ok(())
}

fn row(file: &Value, folder: &Path) -> Result<String, Box<dyn Error>> {
    let text = |key: &str| file[key].as_str().ok_or_else(|| format!("manifest.json: a file has no `{key}`"));
    let flag = |key: &str| file[key].as_bool().ok_or_else(|| format!("manifest.json: a file has no `{key}`"));
    let path = text("path")?;
    let source = folder.join(path.trim_start_matches('/')).display().to_string();
    let mut row = String::new();
    write!(
        row,
        "Asset {{ path: {path:?}, logical: {:?}, content_type: {:?}, etag: {:?}, immutable: {}, raw: include_bytes!({source:?}), ",
        text("logical")?,
        text("content_type")?,
        text("etag")?,
        flag("immutable")?,
    )?;
    for (field, extension) in [("brotli", "br"), ("gzip", "gz")] {
        if flag("compressed")? {
            write!(row, "{field}: Some(include_bytes!({:?})), ", format!("{source}.{extension}"))?;
        } else {
            write!(row, "{field}: None, ")?;
        }
    }
    row.push_str("},\n");
    Ok(row)
}
