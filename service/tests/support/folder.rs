//! A folder for what the tests of one process write.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

static FOLDER: LazyLock<(PathBuf, Child)> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("kosapo-tests-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    // Its input ends with this process, however that ends; Ctrl-C at the terminal must not end it before.
    let keeper = Command::new("sh")
        .args(["-c", r#"cat >/dev/null; rm -rf "$1""#, "sh"])
        .arg(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap();
    (folder, keeper)
});

/// The folder of this process; it is removed when the process has ended.
pub fn own() -> &'static Path {
    &FOLDER.0
}
