//! `cargo xtask gallery`: every component in every state, drawn in the browser alone, without a server or a database.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
};

use crate::{
    assets::{self, esbuild},
    build::{self, expect_file},
    step::{Done, Inputs, While as _, root, run, target, unless_unchanged},
    tools,
};

/// Builds the gallery into `target/gallery` and returns that folder.
///
/// # Errors
/// When a compiler or a bundler fails.
pub fn build() -> Done<PathBuf> {
    tools::node()?;
    tools::wasm_target()?;
    tools::npm_packages("style")?;
    let module = build::wasm_module("gallery", "dev", "gallery.wasm", &target().join("gallery-glue"), false)?;
    let folder = target().join("gallery");
    let source = root().join("frontend/gallery/boot.js");
    let page = folder.join("index.html");
    let shown = root().join("frontend/gallery/index.html");
    let inputs = Inputs::default()
        .path(&root().join("style"))?
        .path(&source)?
        .path(&shown)?
        .path(&module.glue)?
        .path(&module.wasm)?;
    unless_unchanged("gallery", &target().join("gallery.stamp"), &inputs.hash(), &[&page], || {
        tools::fresh_folder(&folder)?;
        assets::style_sheet(&folder.join("gallery.css"))?;
        let mut script = esbuild(&source, &folder.join("gallery.js"));
        run(script.arg("--format=esm").arg(format!("--alias:kosapo-glue={}", module.glue.display())))?;
        fs::copy(&module.wasm, folder.join("gallery.wasm")).doing(module.wasm.display())?;
        let shown = fs::read_to_string(&shown).doing(shown.display())?;
        crate::step::write(&page, page_of(&shown).as_bytes())
    })?;
    expect_file(&page)?;
    eprintln!("✓ {}; `cargo xtask gallery --serve` shows it", page.display());
    Ok(folder)
}

/// Builds the gallery and serves it until it is stopped.
///
/// # Errors
/// When the build fails or the address is taken.
pub fn serve(address: &str) -> Done {
    let folder = build()?;
    let listener = TcpListener::bind(address).doing(address)?;
    let address = listener.local_addr().doing(address)?;
    println!("The gallery is at http://{address}");
    for stream in listener.incoming() {
        // One browser at a time; a connection that breaks is the browser's business.
        let _ = stream.and_then(|stream| answer(stream, &folder));
    }
    Ok(())
}

/// The gallery's page with what this build puts in the place of trunk's own links.
fn page_of(source: &str) -> String {
    let line = |line: &str| match line.trim_start() {
        link if link.starts_with("<link data-trunk rel=\"css\"") => {
            r#"    <link rel="stylesheet" href="gallery.css">"#.to_owned()
        }
        link if link.starts_with("<link data-trunk rel=\"rust\"") => {
            r#"    <script type="module" src="gallery.js"></script>"#.to_owned()
        }
        _ => line.to_owned(),
    };
    source.lines().map(|own| line(own) + "\n").collect()
}

fn answer(mut stream: TcpStream, folder: &Path) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    let path = first.split(' ').nth(1).unwrap_or("/").split('?').next().unwrap_or("/");
    let name = if path == "/" { "index.html" } else { path.trim_start_matches('/') };
    let content_type = match name {
        "index.html" => "text/html; charset=utf-8",
        "gallery.css" => "text/css; charset=utf-8",
        "gallery.js" => "text/javascript; charset=utf-8",
        "gallery.wasm" => "application/wasm",
        _ => return stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
    };
    let bytes = fs::read(folder.join(name))?;
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        bytes.len()
    )?;
    stream.write_all(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_the_gallery_is_that_of_trunk() {
        let source = fs::read_to_string(root().join("frontend/gallery/index.html")).expect("the page");
        let page = page_of(&source);
        assert!(!page.contains("data-trunk"), "{page}");
        assert!(page.contains("href=\"gallery.css\"") && page.contains("src=\"gallery.js\""), "{page}");
        assert_eq!(page.lines().count(), source.lines().count());
    }

    /// trunk refuses to start when a path of its settings is not there.
    #[test]
    fn trunk_watches_what_is_there() {
        let settings = fs::read_to_string(root().join("Trunk.toml")).expect("Trunk.toml");
        let (_, watched) = settings.split_once("\nwatch = [").expect("what is watched");
        let (watched, rest) = watched.split_once("\n]").expect("the end of what is watched");
        let paths: Vec<&str> = watched.split('"').skip(1).step_by(2).collect();
        assert!(paths.len() > 3, "{paths:?}");
        for path in paths {
            assert!(root().join(path).exists(), "{path}");
        }
        assert!(!rest.contains("ignore"), "an ignored folder that is not there yet stops trunk");
    }
}
