//! A throw-away PostgreSQL: a cluster of its own in a temporary folder, reachable by a socket only.

use std::{
    fs,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::step::{Done, Failure, While as _, command, output, run, succeeds};

/// How long the server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(60);

/// Keeps the server until its standard input closes, which happens however the parent ends; then removes everything.
const KEEPER: &str = r#"
folder=$1; shift
"$@" & server=$!
cat >/dev/null
kill -QUIT "$server"
wait "$server"
rm -rf "$folder"
"#;

/// A running cluster; dropping it, or the end of this process in any way, stops and removes it.
pub struct Cluster {
    folder: PathBuf,
    keeper: Child,
}

impl Cluster {
    /// Makes a cluster and starts it, as user `postgres` when this is root, because PostgreSQL refuses to be root.
    ///
    /// # Errors
    /// When PostgreSQL is missing or does not start.
    pub fn start() -> Done<Self> {
        let programs = programs()?;
        let folder = PathBuf::from(output(command("mktemp").args(["-d", "/tmp/kosapo-postgres-XXXXXX"]))?.trim());
        let root = is_root()?;
        let setup = (|| {
            if root {
                run(command("chown").arg("postgres").arg(&folder))?;
            }
            run(command("chmod").arg("755").arg(&folder))?;
            run(as_postgres(root, &programs.join("initdb"))
                .arg("-D")
                .arg(folder.join("data"))
                .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
                .stdout(Stdio::null()))
        })();
        let started = setup.and_then(|()| {
            let server = as_postgres(root, &programs.join("postgres"));
            let log = fs::File::create(folder.join("log")).doing("PostgreSQL's log")?;
            Command::new("sh")
                .args(["-c", KEEPER, "sh"])
                .arg(&folder)
                .arg(server.get_program())
                .args(server.get_args())
                .arg("-D")
                .arg(folder.join("data"))
                .args(settings(&folder))
                .current_dir("/")
                .stdin(Stdio::piped())
                .stdout(log.try_clone().doing("PostgreSQL's log")?)
                .stderr(log)
                // Ctrl-C at the terminal ends the parent; the keeper must outlive it to clean up.
                .process_group(0)
                .spawn()
                .doing("PostgreSQL does not start")
        });
        let keeper = started.inspect_err(|_| {
            let _ = fs::remove_dir_all(&folder);
        })?;
        let mut cluster = Self { folder, keeper };
        cluster.wait_until_ready(&programs)?;
        Ok(cluster)
    }

    /// The address of the administrator's database, as `KOSAPO_TEST_POSTGRES` wants it.
    pub fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.folder.display())
    }

    fn wait_until_ready(&mut self, programs: &Path) -> Done {
        let start = Instant::now();
        let mut ready = command(programs.join("pg_isready"));
        ready.arg("-q").arg("-U").arg("postgres").arg("-h").arg(&self.folder);
        while !succeeds(&mut ready) {
            let ended = self.keeper.try_wait().doing("PostgreSQL")?.is_some();
            if ended || start.elapsed() > PATIENCE {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                return Err(Failure::new(format!("The throw-away PostgreSQL does not answer:\n{log}")));
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// A socket instead of TCP, and no care for the data: nothing here survives the run.
fn settings(folder: &Path) -> Vec<String> {
    let options = [
        "listen_addresses=".to_owned(),
        format!("unix_socket_directories={}", folder.display()),
        "fsync=off".to_owned(),
        "synchronous_commit=off".to_owned(),
        "full_page_writes=off".to_owned(),
        "max_connections=300".to_owned(),
    ];
    options.into_iter().flat_map(|option| ["-c".to_owned(), option]).collect()
}

/// The folder with PostgreSQL's programs: the newest that Debian installed, else that of the `postgres` on the PATH.
fn programs() -> Done<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = debian
        .filter_map(|entry| entry.file_name().to_string_lossy().parse::<u32>().ok())
        .filter(|version| bin(*version).join("initdb").is_file())
        .max();
    if let Some(version) = newest {
        return Ok(bin(version));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .ok_or_else(|| Failure::new("PostgreSQL is missing: apt-get install postgresql"))
}

fn bin(version: u32) -> PathBuf {
    PathBuf::from(format!("/usr/lib/postgresql/{version}/bin"))
}

/// Whether PostgreSQL is installed.
pub fn is_installed() -> bool {
    programs().is_ok()
}

/// Whether this runs as root.
///
/// # Errors
/// When `id` does not run.
pub fn is_root() -> Done<bool> {
    Ok(output(command("id").arg("-u"))?.trim() == "0")
}

fn as_postgres(root: bool, program: &Path) -> Command {
    let mut command = if root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_answers_by_its_socket_and_leaves_nothing_behind() {
        let cluster = Cluster::start().unwrap();
        let folder = cluster.folder.clone();
        let said = output(
            Command::new(programs().unwrap().join("psql")).arg(cluster.url()).args(["-Atc", "show listen_addresses"]),
        );
        assert_eq!(said.unwrap(), "\n", "no TCP");
        assert!(folder.is_dir());
        drop(cluster);
        assert!(!folder.exists());
    }
}
