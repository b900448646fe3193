//! Checks settings before anything starts: a wrong one is one clear sentence.

use crate::cli::AddressArgs;
use std::path::PathBuf;

/// How people reach the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Certificate and key for HTTPS.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Whether `X-Forwarded-For` comes from our own proxy.
    pub proxy: bool,
    /// Origins that count as ours when a browser sends no `Sec-Fetch-Site`.
    pub origins: Vec<String>,
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
    Ok(Address { tls, proxy: args.tls_proxy, origins })
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
    fn an_origin_is_scheme_and_host() {
        for wrong in ["kosapo.example.jp", "https://", "https://kosapo.example.jp/"] {
            let args = AddressArgs { origin: Some(wrong.into()), ..args("127.0.0.1:3000") };
            assert!(address(&args).is_err(), "{wrong}");
        }
    }
}
