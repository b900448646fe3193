//! Listens, serves, and stops without losing what is under way.

use crate::config::Address;
use crate::limits::{Bounded, bound};
use crate::router::router;
use crate::state::AppState;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use service::live::Feed;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Takes the address, before anything is written: of two servers at one address the second changes nothing.
///
/// # Errors
/// A sentence when the address is taken.
pub fn listen(addr: SocketAddr) -> Result<TcpListener, String> {
    let listener = TcpListener::bind(addr).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => {
            format!("{addr} is in use, perhaps by another kosapo. Stop that one or give another address with --addr.")
        }
        _ => format!("cannot listen on {addr}: {error}. Give another address with --addr."),
    })?;
    listener.set_nonblocking(true).map_err(|error| error.to_string())?;
    Ok(listener)
}

/// Reads the certificate and its key, where the settings name them.
///
/// # Errors
/// A sentence when they cannot be used.
pub async fn certificate(address: &Address) -> Result<Option<RustlsConfig>, String> {
    let Some((cert, key)) = &address.tls else { return Ok(None) };
    // Fails only when a provider is already there, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let tls = RustlsConfig::from_pem_file(cert, key).await.map_err(|error| {
        format!("{} and {} are no usable certificate and key: {error}", cert.display(), key.display())
    })?;
    Ok(Some(tls))
}

/// Serves until SIGTERM or Ctrl-C, then lets requests finish for up to 30 seconds.
///
/// # Errors
/// A sentence when the network fails.
pub async fn serve(
    state: AppState,
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    stop: Stop,
) -> Result<(), String> {
    // Said once nothing is refused any more.
    if let Some(warning) = state.address.warning() {
        tracing::warn!("{warning}");
    }
    let handle = Handle::new();
    tokio::spawn(stop_on_signal(stop, handle.clone(), state.live.clone()));
    serve_until(handle, state, listener, tls).await
}

/// Serves until the handle says otherwise, within the bounds of the settings.
///
/// # Errors
/// A sentence when the network fails.
pub async fn serve_until(
    handle: Handle<SocketAddr>,
    state: AppState,
    listener: TcpListener,
    tls: Option<RustlsConfig>,
) -> Result<(), String> {
    let bounded = Bounded(state.limits.clone());
    let service = router(state).into_make_service_with_connect_info::<SocketAddr>();
    match tls {
        None => {
            let server = axum_server::from_tcp(listener).map_err(|error| error.to_string())?;
            bound(server.handle(handle).acceptor(bounded), false).serve(service).await
        }
        Some(tls) => {
            let server = axum_server::from_tcp_rustls(listener, tls).map_err(|error| error.to_string())?;
            bound(server.handle(handle).map(|tls| tls.acceptor(bounded)), true).serve(service).await
        }
    }
    .map_err(|error| format!("the server stopped: {error}"))
}

/// SIGTERM and Ctrl-C, heard from when this was made: before that they end the process as it stands.
#[derive(Debug)]
pub struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    /// Begins to listen.
    ///
    /// # Errors
    /// A sentence when the system does not let us.
    pub fn listen() -> Result<Self, String> {
        let listen = |kind| signal(kind).map_err(|error| format!("signals cannot be heard: {error}"));
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }
}

async fn stop_on_signal(mut stop: Stop, handle: Handle<SocketAddr>, live: Feed) {
    tokio::select! {
        _ = stop.interrupt.recv() => {}
        _ = stop.terminate.recv() => {}
    }
    live.close();
    handle.graceful_shutdown(Some(Duration::from_secs(30)));
}
