//! The web server.

use crate::cli::Serve;
use app::{Act, Actor, App, Code, Error, Result};
use server::{Options, Site, Tls};
use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Serves as the administrator asks.
pub async fn run(app: Arc<App>, actor: &Actor, args: &Serve) -> Result<ExitCode> {
    actor.need(Act::Serve)?;
    let far = !args.host.is_loopback();
    if (far || args.trust_proxy) && !args.demo_beyond_this_machine && !app.demo_accounts().await?.is_empty() {
        return Err(Error::new(
            Code::BadInput,
            "this is the demo cluster, where everybody may sign in with one click",
        )
        .hint(
            "leave --host and --trust-proxy out, or add --demo-beyond-this-machine where nobody can do harm by it",
        ));
    }
    let base = args.base.as_deref().map(base).transpose()?;
    let tls = match (&args.tls_cert, &args.tls_key) {
        (Some(cert), Some(key)) => Some(Tls::from_files(cert, key).map_err(|e| {
            Error::new(Code::File, e).hint("a certificate with those above it, and its key, both PEM")
        })?),
        _ => None,
    };
    // Behind a proxy that speaks TLS to the browsers, the base says so.
    let secure = tls.is_some() || base.as_ref().is_some_and(|b| b.starts_with("https://"));
    if far && !secure {
        eprintln!(
            "warning: {} is reached from other machines without TLS; passwords travel in the clear. \
             Give --tls-cert and --tls-key, or put a TLS proxy in front (--trust-proxy --base https://...)",
            args.host
        );
    }
    let options = Options {
        secure,
        trust_proxy: args.trust_proxy,
        base,
        body_max: usize::try_from(args.body_mb_max).unwrap_or(usize::MAX).saturating_mul(1 << 20),
        timeout_s: args.timeout_s,
        header_timeout_s: args.header_timeout_s,
        body_timeout_s: args.body_timeout_s,
        stop_s: args.stop_s,
        connections_max: args.connections_max as usize,
        ..Options::default()
    };
    serve(app, args.host, args.port, options, tls).await
}

/// The address of this server as people reach it, without a slash at its end.
fn base(text: &str) -> Result<String> {
    let text = text.trim_end_matches('/');
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    if host.is_some_and(|h| !h.is_empty() && !h.contains(['/', '?', '#', ' '])) {
        return Ok(text.to_owned());
    }
    Err(Error::new(Code::BadInput, format!("`{text}` is no address of a server"))
        .hint("such as https://yulin.example.cn or http://10.0.0.5:8080, without a path"))
}

/// Serves until Ctrl-C or SIGTERM.
pub async fn serve(
    app: Arc<App>,
    host: IpAddr,
    port: u16,
    options: Options,
    tls: Option<Tls>,
) -> Result<ExitCode> {
    let address = SocketAddr::new(host, port);
    let listener = TcpListener::bind(address).await.map_err(|e| {
        Error::new(Code::File, format!("cannot listen on {address}: {e}")).hint("choose another --port")
    })?;
    let address = listener.local_addr().unwrap_or(address);
    let scheme = if tls.is_some() { "https" } else { "http" };
    say!("web 网页: {scheme}://{address}/  (Ctrl-C to stop 停止)");
    server::serve(listener, Site::new(app, options), tls, stop())
        .await
        .map_err(|e| Error::new(Code::Internal, format!("the server ended: {e}")))?;
    Ok(ExitCode::SUCCESS)
}

async fn stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}
