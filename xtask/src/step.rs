//! A step of a build: its heading, its commands, and the mark that lets an unchanged one be skipped.

use std::{
    ffi::OsStr,
    fmt::{self, Write as _},
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};

/// What a step ends with.
pub type Done<T = ()> = Result<T, Failure>;

/// Why a step failed, as one sentence for the person at the terminal.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// Says why.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<std::fmt::Error> for Failure {
    fn from(error: std::fmt::Error) -> Self {
        Self(error.to_string())
    }
}

/// Adds to an error what was being done.
pub trait While<T> {
    /// Turns an error into a failure that begins with `what`.
    ///
    /// # Errors
    /// The error itself, as a sentence.
    fn doing(self, what: impl fmt::Display) -> Done<T>;
}

impl<T, E: fmt::Display> While<T> for Result<T, E> {
    fn doing(self, what: impl fmt::Display) -> Done<T> {
        self.map_err(|error| Failure(format!("{what}: {error:#}")))
    }
}

/// The folder of the workspace.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The folder cargo builds into.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// Runs a step under a heading and prints how long it took.
///
/// # Errors
/// What the step fails with.
pub fn step<T>(heading: &str, work: impl FnOnce() -> Done<T>) -> Done<T> {
    eprintln!("▶ {heading}");
    let start = Instant::now();
    let done = work()?;
    eprintln!("  {heading}: {}", seconds(start.elapsed()));
    Ok(done)
}

/// Writes a duration for a person: `0.4 s`, `3 min 12 s`.
pub fn seconds(duration: Duration) -> String {
    let whole = duration.as_secs();
    if whole < 60 { format!("{:.1} s", duration.as_secs_f64()) } else { format!("{} min {} s", whole / 60, whole % 60) }
}

/// A command that starts in the workspace folder.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// The cargo that runs this.
pub fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a command with its output on the terminal.
///
/// # Errors
/// When it cannot start or ends with a fault.
pub fn run(command: &mut Command) -> Done {
    let shown = shown(command);
    let status = command.status().doing(format!("`{shown}` does not start"))?;
    if status.success() { Ok(()) } else { Err(Failure(format!("`{shown}` failed ({status})."))) }
}

/// Runs a command and returns what it prints.
///
/// # Errors
/// When it cannot start or ends with a fault.
pub fn output(command: &mut Command) -> Done<String> {
    let shown = shown(command);
    let output = command.stderr(Stdio::inherit()).output().doing(format!("`{shown}` does not start"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(Failure(format!("`{shown}` failed ({}).", output.status)))
    }
}

/// Whether a command can be run and ends well; its output is not shown.
pub fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}

fn shown(command: &Command) -> String {
    let mut shown = command.get_program().to_string_lossy().into_owned();
    for word in command.get_args() {
        shown.push(' ');
        shown.push_str(&word.to_string_lossy());
    }
    shown
}

/// The SHA-256 of everything a step depends on.
#[derive(Default)]
pub struct Inputs(Sha256);

impl Inputs {
    /// Adds a word, such as an option.
    pub fn word(mut self, word: &str) -> Self {
        self.add(word.as_bytes());
        self
    }

    /// Adds a file, or all files below a folder in the order of their names; a missing one counts as missing.
    ///
    /// # Errors
    /// When something that is there cannot be read.
    pub fn path(mut self, path: &Path) -> Done<Self> {
        for file in files(path)? {
            self.add(file.to_string_lossy().as_bytes());
            let bytes = fs::read(&file).doing(file.display())?;
            self.add(&bytes);
        }
        Ok(self)
    }

    /// The hash in hexadecimal digits.
    pub fn hash(self) -> String {
        hex(&self.0.finalize())
    }

    fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes.len().to_le_bytes());
        self.0.update(bytes);
    }
}

/// The SHA-256 of bytes in hexadecimal digits.
pub fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// All files below a path, sorted; packages of npm and files of editors are left out.
///
/// # Errors
/// When a folder cannot be read.
pub fn files(path: &Path) -> Done<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    if !path.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path).doing(path.display())? {
        let entry = entry.doing(path.display())?;
        if entry.file_name() != "node_modules" && !entry.file_name().to_string_lossy().starts_with('.') {
            found.extend(files(&entry.path())?);
        }
    }
    found.sort();
    Ok(found)
}

/// Runs `work` unless the file `stamp` already holds `hash` and every one of `outputs` is there.
///
/// # Errors
/// What the work fails with; the stamp is written only after success.
pub fn unless_unchanged(
    heading: &str,
    stamp: &Path,
    hash: &str,
    outputs: &[&Path],
    work: impl FnOnce() -> Done,
) -> Done {
    let unchanged = fs::read_to_string(stamp).is_ok_and(|old| old == hash) && outputs.iter().all(|path| path.exists());
    if unchanged {
        eprintln!("· {heading}: unchanged");
        return Ok(());
    }
    step(heading, work)?;
    write(stamp, hash.as_bytes())
}

/// Writes a file and the folders above it.
///
/// # Errors
/// When the disk says no.
pub fn write(path: &Path, bytes: &[u8]) -> Done {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).doing(folder.display())?;
    }
    fs::write(path, bytes).doing(path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = target().join("xtask-tests").join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_step_runs_again_only_when_its_inputs_changed_or_its_output_is_gone() {
        let folder = folder("stamp");
        let [stamp, out] = [folder.join("stamp"), folder.join("out")];
        let mut runs = 0;
        let mut go = |hash: &str| {
            unless_unchanged("step", &stamp, hash, &[&out], || {
                runs += 1;
                write(&out, b"made")
            })
            .unwrap();
            runs
        };
        assert_eq!([go("a"), go("a"), go("b"), go("b")], [1, 1, 2, 2]);
        fs::remove_file(&out).unwrap();
        assert_eq!(go("b"), 3);
    }

    #[test]
    fn a_failed_step_is_not_taken_for_done() {
        let stamp = folder("failed").join("stamp");
        assert!(unless_unchanged("step", &stamp, "a", &[], || Err(Failure::new("no"))).is_err());
        assert!(!stamp.exists());
    }

    #[test]
    fn the_hash_of_a_folder_sees_names_and_contents_but_not_npm_packages() {
        let folder = folder("hash");
        let hash = || Inputs::default().path(&folder).unwrap().hash();
        write(&folder.join("a/one.css"), b"x").unwrap();
        let before = hash();
        write(&folder.join("node_modules/p/index.js"), b"y").unwrap();
        assert_eq!(hash(), before);
        write(&folder.join("a/one.css"), b"z").unwrap();
        assert_ne!(hash(), before);
        write(&folder.join("a/one.css"), b"x").unwrap();
        fs::rename(folder.join("a/one.css"), folder.join("a/two.css")).unwrap();
        assert_ne!(hash(), before);
    }
}
