//! A closed loop of kept connections: each asks again as soon as it has its answer.

use crate::http::{Connection, request};
use crate::outcome::{Done, Problem};
use crate::process::{Core, command};
use crate::{Options, http};
use serde_json::json;
use std::time::{Duration, Instant};

/// Seconds of load before anything is counted.
const WARM_UP: Duration = Duration::from_secs(1);

/// What came of a load.
#[derive(Clone, Copy, Debug)]
pub struct Loaded {
    /// Answers per second.
    pub per_second: f64,
    /// Half of the answers took no longer, in milliseconds.
    pub p50: f64,
    /// 99 of 100 answers took no longer, in milliseconds.
    pub p99: f64,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Target<'a> {
    /// `127.0.0.1:3000`
    pub addr: &'a str,
    /// The page.
    pub path: &'a str,
    /// `name=value`, or empty.
    pub cookie: &'a str,
}

/// Puts load on a server from a process of its own on the load's core.
///
/// # Errors
/// When an answer is another than 200.
pub async fn from_its_own_core(target: &Target<'_>, seconds: u64, connections: usize) -> Done<Loaded> {
    let own = std::env::current_exe()?;
    let mut load = command(Core::Load, &own.to_string_lossy());
    load.args(["load", "--addr", target.addr, "--path", target.path, "--cookie", target.cookie]);
    load.args(["--seconds", &seconds.to_string(), "--connections", &connections.to_string()]);
    let output = load.stderr(std::process::Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(Problem::new(format!("The load on {} ended with a fault.", target.path)));
    }
    let value: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let number = |name: &str| value.get(name).and_then(serde_json::Value::as_f64).unwrap_or(f64::NAN);
    Ok(Loaded { per_second: number("per_second"), p50: number("p50"), p99: number("p99") })
}

/// `kosapo-bench load`: prints JSON.
///
/// # Errors
/// As [`from_its_own_core`].
pub async fn print(options: &Options) -> Done {
    let target = Target { addr: options.need("addr")?, path: options.need("path")?, cookie: options.or("cookie", "") };
    let seconds = Duration::from_secs(options.need("seconds")?.parse()?);
    let connections: usize = options.need("connections")?.parse()?;
    http::page(target.addr, target.path, target.cookie).await?;
    let start = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let addr = target.addr.to_owned();
        let request = request(&addr, target.path, target.cookie, "identity");
        tasks.push(tokio::spawn(async move { one(&addr, &request, start, seconds).await }));
    }
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    times.sort_unstable();
    let part = |hundredths: usize| {
        let at = (times.len() * hundredths / 100).min(times.len().saturating_sub(1));
        times.get(at).map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    };
    let count = f64::from(u32::try_from(times.len())?);
    println!("{}", json!({ "per_second": count / seconds.as_secs_f64(), "p50": part(50), "p99": part(99) }));
    Ok(())
}

/// One connection; the times of its answers in microseconds.
async fn one(addr: &str, request: &[u8], start: Instant, seconds: Duration) -> Done<Vec<u32>> {
    let mut connection = Connection::open(addr).await?;
    let mut times = Vec::new();
    loop {
        let asked = Instant::now();
        if asked - start > WARM_UP + seconds {
            return Ok(times);
        }
        let answer = connection.ask(request).await?;
        if answer.status != 200 || answer.body.is_empty() {
            return Err(Problem::new(format!("An answer under load was {}.", answer.status)));
        }
        if asked - start > WARM_UP {
            times.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
    }
}
