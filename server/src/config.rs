//! Checks settings before anything starts: a wrong one is one clear sentence.

use crate::cli::AddressArgs;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// How people reach the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Certificate and key for HTTPS.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Whether `X-Forwarded-For` comes from our own proxy.
    pub proxy: bool,
    /// The port it listens on.
    pub port: u16,
    /// Origins that count as ours when a browser sends no `Sec-Fetch-Site`.
    pub origins: Vec<String>,
}

/// Reads `127.0.0.1:3000`, `[::1]:3000` or `localhost:3000`; of a name's addresses the first of IPv4.
///
/// # Errors
/// A sentence when it is no address of this form.
pub fn socket_addr(text: &str) -> Result<SocketAddr, String> {
    if let Ok(addr) = text.parse() {
        return Ok(addr);
    }
    let found: Vec<SocketAddr> = text.to_socket_addrs().map(Iterator::collect).unwrap_or_default();
    let addr = found.iter().find(|addr| addr.is_ipv4()).or(found.first());
    addr.copied().ok_or_else(|| "give a host and a port, such as 127.0.0.1:3000 or localhost:3000".to_owned())
}

/// `KOSAPO_LOG`, the one setting without a flag: it is wanted before anything is read.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "settings are read here")]
pub fn log_setting() -> String {
    let wanted = std::env::var("KOSAPO_LOG").unwrap_or_default();
    if wanted.trim().is_empty() { "info,sqlx=warn".to_owned() } else { wanted }
}

/// Reads what is to be logged: a level, or levels by part of the program.
///
/// # Errors
/// A sentence when it is neither.
pub fn log_filter(wanted: &str) -> Result<EnvFilter, String> {
    let level = |text: &str| !text.trim().is_empty() && text.trim().parse::<LevelFilter>().is_ok();
    // A lone word that is no level would be taken for a part of the program and silence the rest.
    let known = wanted.split(',').all(|part| part.split_once('=').map_or_else(|| level(part), |(_, last)| level(last)));
    EnvFilter::try_new(wanted).ok().filter(|_| known).ok_or_else(|| {
        format!(
            "KOSAPO_LOG={wanted} is neither off, error, warn, info, debug or trace, \
             nor levels by part such as info,sqlx=warn"
        )
    })
}

/// Reads a setting that is on or off; empty is off.
///
/// # Errors
/// A sentence when it is neither.
pub fn yes_or_no(text: &str) -> Result<bool, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "" | "0" | "false" | "no" | "off" => Ok(false),
        _ => Err("give 1 or 0 (true or false, yes or no, on or off)".into()),
    }
}

/// Checks how the server is reached.
///
/// # Errors
/// A sentence when browsers could not keep the session cookie there.
pub fn address(args: &AddressArgs) -> Result<Address, String> {
    let tls = args.tls_cert.clone().zip(args.tls_key.clone());
    if let Some((cert, key)) = &tls {
        for file in [cert, key] {
            std::fs::metadata(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
        }
    }
    if !args.addr.ip().is_loopback() && tls.is_none() && !args.tls_proxy {
        return Err(format!(
            "--addr {} is not a loopback address: give --tls-cert and --tls-key, or declare --tls-proxy when a proxy \
             in front speaks HTTPS. Over plain HTTP browsers drop the session cookie and nobody could sign in.",
            args.addr
        ));
    }
    let scheme = if tls.is_some() { "https" } else { "http" };
    let port = args.addr.port();
    let mut origins = vec![format!("{scheme}://{}", args.addr)];
    if args.addr.ip().is_loopback() {
        origins.push(format!("{scheme}://localhost:{port}"));
    }
    if let Some(origin) = &args.origin {
        let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        if rest.is_none_or(|rest| rest.is_empty() || rest.contains('/')) {
            return Err(format!("--origin {origin} is not of the form https://kosapo.example.jp"));
        }
        origins.push(origin.clone());
    }
    Ok(Address { tls, proxy: args.tls_proxy, port, origins })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(addr: &str) -> AddressArgs {
        AddressArgs { addr: addr.parse().unwrap(), tls_cert: None, tls_key: None, tls_proxy: false, origin: None }
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        assert!(address(&args("127.0.0.1:3000")).is_ok());
        assert!(address(&args("[::1]:3000")).is_ok());
        let refused = address(&args("0.0.0.0:3000")).unwrap_err();
        assert!(refused.contains("--tls-cert"), "{refused}");
        assert!(address(&AddressArgs { tls_proxy: true, ..args("0.0.0.0:3000") }).is_ok());
    }

    #[test]
    fn a_host_name_is_an_address_too() {
        assert_eq!(socket_addr("localhost:3000").unwrap().to_string(), "127.0.0.1:3000");
        assert_eq!(socket_addr("[::1]:80").unwrap().to_string(), "[::1]:80");
        for wrong in ["localhost", "3000", ":3000", "127.0.0.1:99999", ""] {
            assert!(socket_addr(wrong).unwrap_err().contains("127.0.0.1:3000"), "{wrong}");
        }
    }

    #[test]
    fn a_log_setting_is_a_level_or_levels_by_part() {
        for good in ["info", "off", "debug,sqlx=warn", "server=trace"] {
            assert!(log_filter(good).is_ok(), "{good}");
        }
        for wrong in ["verbose", "info,sqlx=loud", "sqlx="] {
            assert!(log_filter(wrong).unwrap_err().contains("KOSAPO_LOG"), "{wrong}");
        }
    }

    #[test]
    fn an_origin_is_scheme_and_host() {
        for wrong in ["kosapo.example.jp", "https://", "https://kosapo.example.jp/"] {
            let args = AddressArgs { origin: Some(wrong.into()), ..args("127.0.0.1:3000") };
            assert!(address(&args).is_err(), "{wrong}");
        }
    }
}
