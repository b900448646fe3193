//! Processes under measure: which core they run on, when they are ready, how much memory they hold, how they end.

use crate::http;
use crate::outcome::{Done, Problem};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Which core a process runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Core {
    /// The server's.
    Server,
    /// The load's.
    Load,
}

/// Whether servers and load can be given a core each.
pub fn two_cores() -> bool {
    std::thread::available_parallelism().is_ok_and(|cores| cores.get() >= 2)
        && Command::new("taskset").arg("-V").stdout(Stdio::null()).status().is_ok_and(|s| s.success())
}

/// A command that runs on one core, where that can be had.
pub fn command(core: Core, program: &str) -> Command {
    let mut command = if two_cores() {
        let mut command = Command::new("taskset");
        command.args(["-c", if core == Core::Server { "0" } else { "1" }, program]);
        command
    } else {
        Command::new(program)
    };
    command.stdin(Stdio::null());
    command
}

/// A running server; dropping it kills it.
pub struct Server {
    /// Where it listens.
    pub addr: String,
    child: Child,
    /// From its start to its first good answer.
    pub ready_after: Duration,
}

impl Server {
    /// Starts a server and waits until `path` answers 200.
    ///
    /// # Errors
    /// When it ends first, or is not ready after `patience`.
    pub async fn start(mut command: Command, addr: &str, path: &str, log: &Path, patience: Duration) -> Done<Self> {
        let log_file = std::fs::File::create(log)?;
        command.stdout(log_file.try_clone()?).stderr(log_file);
        let start = Instant::now();
        let child = command.spawn()?;
        let mut server = Self { addr: addr.to_owned(), child, ready_after: Duration::ZERO };
        loop {
            if http::get(addr, path, "", "identity").await.is_ok_and(|answer| answer.status == 200) {
                server.ready_after = start.elapsed();
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait()? {
                let said = std::fs::read_to_string(log).unwrap_or_default();
                return Err(Problem::new(format!("The server ended ({status}):\n{said}")));
            }
            if start.elapsed() > patience {
                return Err(Problem::new(format!("The server is not ready after {} s.", patience.as_secs())));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Resident memory in kB.
    ///
    /// # Errors
    /// Where there is no `/proc`.
    pub fn resident(&self) -> Done<u64> {
        let id = self.child.id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().split(' ').next()?.parse().ok());
        kilobytes.ok_or_else(|| Problem::new("The system does not say the resident memory."))
    }

    /// Asks it to stop and waits until it has.
    ///
    /// # Errors
    /// When it does not.
    pub async fn stop(mut self) -> Done {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        let asked = Instant::now();
        while self.child.try_wait()?.is_none() {
            if asked.elapsed() > Duration::from_secs(40) {
                return Err(Problem::new("The server does not stop."));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already, unless a measure failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address on this machine that nobody listens on.
///
/// # Errors
/// When there is none.
pub fn free_address() -> Done<String> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}
