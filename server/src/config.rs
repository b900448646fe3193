//! Checks settings before anything starts: a wrong one is one clear sentence.

use crate::cli::{AddressArgs, LimitArgs};
use service::contacts::Contacts;
use std::io::IsTerminal as _;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// Where a server listens that nobody set otherwise.
pub const DEFAULT_SITE: &str = "http://127.0.0.1:3000";

/// How people reach the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Certificate and key for HTTPS.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Whether `X-Forwarded-For` comes from our own proxy.
    pub proxy: bool,
    /// The port it listens on.
    pub port: u16,
    /// Where it listens, as a browser on this machine would write it.
    pub here: String,
    /// The address people type, where the settings say it.
    pub public: Option<String>,
    /// Origins that count as ours when a browser sends no `Sec-Fetch-Site`.
    pub origins: Vec<String>,
    /// Whether other machines reach it.
    pub open: bool,
    /// How much one address and one person may take.
    pub limits: LimitArgs,
}

impl Address {
    /// The address to put before the links that a person is shown: of the settings, else as the person came here.
    #[must_use]
    pub fn site(&self, host: Option<&str>) -> String {
        if let Some(public) = &self.public {
            return public.clone();
        }
        let Some(host) = host.filter(|host| !host.is_empty()) else { return self.here.clone() };
        let local = host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
        // Under another name plain HTTP is never spoken: browsers would drop the session cookie.
        let scheme = if local && self.tls.is_none() { "http" } else { "https" };
        format!("{scheme}://{host}")
    }

    /// The address to put before the links in mails; for other machines only the settings know it.
    #[must_use]
    pub fn site_of_mails(&self) -> Option<String> {
        self.public.clone().or_else(|| (!self.proxy && !self.open).then(|| self.here.clone()))
    }

    /// Whether an `Origin` is ours; where the settings do not name it, it is the host that the browser asked for.
    #[must_use]
    pub fn is_ours(&self, origin: &str, host: Option<&str>) -> bool {
        let asked = || self.open && self.public.is_none() && host.is_some() && self.site(host) == origin;
        self.origins.iter().any(|ours| ours == origin) || asked()
    }

    /// What is missing in the settings though the server can do without; one sentence for the log.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        (self.public.is_none() && (self.open || self.proxy)).then(|| {
            "--origin is not given: mails carry no links. Give the address people type, such as https://kosapo.example.jp."
                .to_owned()
        })
    }
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

/// Reads the file of telephones; without one nothing is known.
///
/// # Errors
/// A sentence when it cannot be read or holds something else than telephones.
pub fn contacts(file: Option<&Path>) -> Result<Contacts, String> {
    let Some(file) = file else { return Ok(Contacts::default()) };
    let wrong = |why: String| format!("--contacts {}: {why}", file.display());
    let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    Contacts::parse(&text).map_err(wrong)
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
    let public = args.origin.as_deref().map(origin).transpose()?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let port = args.addr.port();
    let here = format!("{scheme}://{}", args.addr);
    let mut origins = vec![here.clone()];
    if args.addr.ip().is_loopback() {
        origins.push(format!("{scheme}://localhost:{port}"));
    }
    origins.extend(public.clone());
    let open = !args.addr.ip().is_loopback();
    Ok(Address { tls, proxy: args.tls_proxy, port, here, public, origins, open, limits: args.limits })
}

/// Checks `--origin`, and writes it as browsers do: in small letters, without the scheme's own port.
///
/// # Errors
/// A sentence when it is not scheme and host alone.
pub fn origin(text: &str) -> Result<String, String> {
    let lower = text.trim().to_ascii_lowercase();
    let (scheme, port) = if lower.starts_with("https://") { ("https://", ":443") } else { ("http://", ":80") };
    let host = lower.strip_prefix(scheme).map(|host| host.strip_suffix(port).unwrap_or(host));
    let written =
        |host: &str| host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'));
    match host.filter(|host| !host.is_empty() && written(host)) {
        Some(host) => Ok(format!("{scheme}{host}")),
        None => Err(format!("--origin {text} is not of the form https://kosapo.example.jp")),
    }
}

/// Logs as `KOSAPO_LOG` says.
///
/// # Errors
/// A sentence when it cannot be read.
pub fn log_to_stderr() -> Result<(), String> {
    let filter = log_filter(&log_setting())?;
    // A later call, as in tests, keeps the first.
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Colours are for a terminal; in a file they are dirt.
    let _ = lines.with_ansi(std::io::stderr().is_terminal()).try_init();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(addr: &str) -> AddressArgs {
        AddressArgs {
            addr: addr.parse().unwrap(),
            tls_cert: None,
            tls_key: None,
            tls_proxy: false,
            origin: None,
            limits: LimitArgs::default(),
        }
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
    fn without_an_origin_the_host_asked_for_is_ours_and_mails_carry_no_link() {
        let open = address(&AddressArgs { tls_proxy: true, ..args("0.0.0.0:3000") }).unwrap();
        let host = Some("kosapo.example.jp");
        assert!(open.is_ours("https://kosapo.example.jp", host));
        assert!(!open.is_ours("https://elsewhere.example.jp", host));
        assert!(!open.is_ours("http://kosapo.example.jp", host), "never over plain HTTP");
        assert!(!open.is_ours("https://kosapo.example.jp", None));
        assert_eq!(open.site_of_mails(), None);
        assert!(open.warning().unwrap().contains("--origin"));
        let origin = Some("https://kosapo.example.jp".to_owned());
        let named = address(&AddressArgs { tls_proxy: true, origin, ..args("0.0.0.0:3000") }).unwrap();
        assert!(named.is_ours("https://kosapo.example.jp", None));
        assert!(
            !named.is_ours("https://elsewhere.example.jp", Some("elsewhere.example.jp")),
            "the settings know better"
        );
        assert_eq!(named.warning(), None);
        let here = address(&args("127.0.0.1:3000")).unwrap();
        assert!(!here.is_ours("https://elsewhere.example.jp", Some("elsewhere.example.jp")));
        assert_eq!(here.warning(), None);
    }

    #[test]
    fn links_begin_with_the_address_people_type() {
        let plain = address(&args("127.0.0.1:3000")).unwrap();
        assert_eq!(plain.site(Some("localhost:3000")), "http://localhost:3000");
        assert_eq!(plain.site(Some("kosapo.example.jp")), "https://kosapo.example.jp");
        assert_eq!(plain.site(None), "http://127.0.0.1:3000");
        assert_eq!(plain.site_of_mails().unwrap(), "http://127.0.0.1:3000");
        let tls = Address { tls: Some((PathBuf::new(), PathBuf::new())), ..plain };
        assert_eq!(tls.site(Some("localhost:3000")), "https://localhost:3000");
        let proxy = address(&AddressArgs { tls_proxy: true, ..args("127.0.0.1:3000") }).unwrap();
        assert_eq!(proxy.site_of_mails(), None, "no mail leads to the address behind the proxy");
        let origin = Some("https://kosapo.example.jp".to_owned());
        let known = address(&AddressArgs { tls_proxy: true, origin, ..args("127.0.0.1:3000") }).unwrap();
        assert_eq!(known.site(Some("127.0.0.1:3000")), "https://kosapo.example.jp");
        assert_eq!(known.site_of_mails().unwrap(), "https://kosapo.example.jp");
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
        for wrong in [
            "kosapo.example.jp",
            "https://",
            "https://kosapo.example.jp/",
            "https://kosapo.example.jp?x",
            "https://tanaka@kosapo.example.jp",
            "ftp://kosapo.example.jp",
        ] {
            let args = AddressArgs { origin: Some(wrong.into()), ..args("127.0.0.1:3000") };
            assert!(address(&args).is_err(), "{wrong}");
        }
        assert_eq!(origin("https://Kosapo.Example.jp:443").unwrap(), "https://kosapo.example.jp");
        assert_eq!(origin("http://[::1]:3000").unwrap(), "http://[::1]:3000");
    }
}
