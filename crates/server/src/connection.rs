//! From a socket to the routes: how many connections, how slow, how big, and how they end.

use crate::metrics::Metrics;
use crate::site::{Options, Site};
use crate::tls::Tls;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use http_body_util::Limited;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, Sleep, sleep, timeout};
use tower::ServiceExt;
use tower_http::timeout::TimeoutBody;

/// Heads of requests, bytes at most.
const HEAD_MAX: usize = 64 << 10;
/// What is said to a connection for which there is no room.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 2\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Whom a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// Who sent a request; behind a trusted proxy, whom the proxy names. None where the request came through no socket.
    pub fn of(parts: &Parts, options: &Options) -> Option<Self> {
        let socket = parts.extensions.get::<Self>().copied();
        if !options.trust_proxy {
            return socket;
        }
        // Each proxy appends whom it heard from: the last entry is the trusted proxy's own, those before can be forged.
        let named = parts.headers.get_all("x-forwarded-for").iter().next_back().and_then(|v| v.to_str().ok());
        let named = named.and_then(|list| list.rsplit(',').next()?.trim().parse::<IpAddr>().ok());
        named.map(|ip| Self(ip.to_canonical())).or(socket)
    }

    /// The address as failures are counted for it: IPv6 customers own a whole /64.
    pub fn counted(self) -> String {
        match self.0 {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => {
                let [a, b, c, d, ..] = ip.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        }
    }
}

/// Serves until the future `stop` ends; then requests under way have `stop_s` seconds to end.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(
    listener: TcpListener,
    site: Site,
    tls: Option<Tls>,
    stop: impl Future<Output = ()> + Send,
) -> std::io::Result<()> {
    let options = site.options.clone();
    let server = Arc::new(Server {
        metrics: site.metrics.clone(),
        tls: tls.clone(),
        router: crate::router::router(site.clone()),
        options: options.clone(),
    });
    site.refresh().await;
    let mut chores = Chores(vec![
        tokio::spawn(crate::operations::minutely(site.clone())),
        tokio::spawn(crate::operations::often(site.clone())),
    ]);
    chores.0.extend(tls.clone().map(|tls| tokio::spawn(tls.follow())));
    let room = Arc::new(Semaphore::new(options.connections_max));
    // Each connection holds a receiver: when all are gone, all connections have ended.
    let (stopping, _) = watch::channel(false);
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(e) => {
                // Out of file handles, or the other side went away at once: neither ends the server.
                tracing::warn!(error = %e, "a connection could not be accepted");
                sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        match room.clone().try_acquire_owned() {
            Ok(place) => {
                tokio::spawn(server.clone().connection(stream, peer, place, stopping.subscribe()));
            }
            Err(_) => {
                server.metrics.refused.inc();
                tokio::spawn(refuse(stream, server.tls.is_none()));
            }
        }
    }
    drop(listener);
    drop(chores);
    let patience = Duration::from_secs(options.stop_s);
    stopping.send_replace(true);
    if timeout(patience, stopping.closed()).await.is_err() {
        tracing::warn!(seconds = options.stop_s, "requests under way were cut at the stop");
    }
    Ok(())
}

/// What the server does by itself, until it stops.
struct Chores(Vec<JoinHandle<()>>);

impl Drop for Chores {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

/// Says that there is no room, and hangs up.
async fn refuse(mut stream: TcpStream, plain: bool) {
    if plain {
        let _ = timeout(Duration::from_secs(1), async {
            stream.write_all(FULL).await?;
            stream.shutdown().await
        })
        .await;
    }
}

/// What all connections share.
struct Server {
    router: Router,
    options: Arc<Options>,
    metrics: Arc<Metrics>,
    tls: Option<Tls>,
}

impl Server {
    async fn connection(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        place: OwnedSemaphorePermit,
        stopping: watch::Receiver<bool>,
    ) {
        self.metrics.connections.inc();
        let _ = stream.set_nodelay(true);
        let stream = Patient::new(stream, Duration::from_secs(self.options.write_timeout_s));
        match &self.tls {
            None => self.requests(stream, peer, stopping).await,
            Some(tls) => {
                let patience = Duration::from_secs(self.options.header_timeout_s);
                if let Ok(Ok(stream)) = timeout(patience, tls.accept(stream)).await {
                    self.requests(stream, peer, stopping).await;
                }
            }
        }
        self.metrics.connections.dec();
        drop(place);
    }

    async fn requests<S>(&self, stream: S, peer: SocketAddr, mut stopping: watch::Receiver<bool>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let peer = Peer(peer.ip().to_canonical());
        let pause = Duration::from_secs(self.options.body_timeout_s);
        // The last resort: above the limits of the routes themselves, which can say what was too big.
        let body_max = self.options.body_max.saturating_add(1 << 20);
        let router = self.router.clone();
        let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let (parts, body) = request.into_parts();
            let body = Body::new(TimeoutBody::new(pause, Limited::new(body, body_max)));
            let mut request = Request::from_parts(parts, body);
            request.extensions_mut().insert(peer);
            router.clone().oneshot(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            // It counts from the end of the answer before, too: it is also how long a connection may be idle.
            .header_read_timeout(Duration::from_secs(self.options.header_timeout_s))
            .max_header_size(HEAD_MAX)
            .max_buf_size(4 * HEAD_MAX)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        // With upgrades: who listens to events does it over a WebSocket.
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = async { drop(stopping.wait_for(|stop| *stop).await) } => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(e) = ended {
            tracing::debug!(error = %e, "a connection ended early");
        }
    }
}

/// A stream that gives up when the other side does not take what is written for too long.
struct Patient {
    stream: TcpStream,
    patience: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    fn new(stream: TcpStream, patience: Duration) -> Self {
        Self { stream, patience, waiting: None }
    }

    fn watch<T>(&mut self, poll: Poll<std::io::Result<T>>, cx: &mut Context<'_>) -> Poll<std::io::Result<T>> {
        if poll.is_ready() {
            self.waiting = None;
            return poll;
        }
        let deadline = Instant::now() + self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        match waiting.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(std::io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch(poll, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.watch(poll, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_says_who_asks() {
        let request = |forwarded: &str| {
            let mut request = Request::new(());
            request.extensions_mut().insert(Peer("10.0.0.9".parse().unwrap()));
            request.headers_mut().insert("x-forwarded-for", forwarded.parse().unwrap());
            request.into_parts().0
        };
        let who = |forwarded: &str, trust_proxy: bool| {
            let options = Options { trust_proxy, ..Options::default() };
            Peer::of(&request(forwarded), &options).unwrap().counted()
        };
        assert_eq!(who("192.168.1.7", false), "10.0.0.9");
        assert_eq!(who("1.2.3.4, 192.168.1.7", true), "192.168.1.7");
        assert_eq!(who("rubbish", true), "10.0.0.9");
        assert_eq!(who("2001:db8:1:2:3:4:5:6", true), "2001:db8:1:2::/64");
        assert_eq!(who("::ffff:192.168.1.7", true), "192.168.1.7");
    }
}
