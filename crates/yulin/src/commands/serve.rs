//! The web server.

use crate::cli::Serve;
use app::{Act, Actor, App, Code, Error, Result};
use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Serves as the administrator asks.
pub async fn run(app: Arc<App>, actor: &Actor, args: &Serve) -> Result<ExitCode> {
    actor.need(Act::Serve)?;
    if !args.host.is_loopback() && !args.without_sign_in {
        return Err(Error::new(
            Code::BadInput,
            format!("{} is reached from other machines, and pages have no sign-in yet", args.host),
        )
        .hint("leave --host out, or add --without-sign-in where every reader may see what members see"));
    }
    serve(app, args.host, args.port).await
}

/// Serves until Ctrl-C or SIGTERM.
pub async fn serve(app: Arc<App>, host: IpAddr, port: u16) -> Result<ExitCode> {
    let address = SocketAddr::new(host, port);
    let listener = TcpListener::bind(address).await.map_err(|e| {
        Error::new(Code::File, format!("cannot listen on {address}: {e}")).hint("choose another --port")
    })?;
    let address = listener.local_addr().unwrap_or(address);
    say!("web 网页: http://{address}/  (Ctrl-C to stop 停止)");
    let site = server::Site::new(app, server::Options::default());
    server::serve(listener, server::router(site), stop())
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
