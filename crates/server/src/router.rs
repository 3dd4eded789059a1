//! Every route, and the headers around them.

use crate::answer::Failure;
use crate::assets;
use crate::site::Site;
use crate::viewer::Viewer;
use crate::{api, pages};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::{Router, routing::get};
use tokio::net::TcpListener;

/// All pages and the API.
pub fn router(site: Site) -> Router {
    Router::new()
        .merge(pages::routes())
        .merge(api::routes())
        .route("/assets/{*name}", get(assets::serve))
        .route("/health", get(|| async { "ok" }))
        .fallback(missing)
        .layer(middleware::from_fn(security_headers))
        .with_state(site)
}

/// Serves until the future `stop` ends; requests under way are finished.
///
/// # Errors
/// When the address cannot be taken.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router).with_graceful_shutdown(stop).await
}

async fn missing(viewer: Viewer) -> Failure {
    viewer.nowhere()
}

/// A strict policy: own style sheets and scripts only, no inline script, no frame, nothing from elsewhere.
async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (
            "content-security-policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}
