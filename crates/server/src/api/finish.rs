//! What is the same for every answer: problems get the request's number, reads an ETag, and a POST with a key is done once.

use super::caller::Caller;
use super::problem::Problem;
use super::read;
use super::write::{Version, WithoutSecret};
use crate::site::Site;
use app::Code;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts, OriginalUri, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use model::hex::sha256_hex;
use serde::{Deserialize, Serialize};

/// Header by which a client names a request that it may send again.
pub const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Header of an answer that was given before.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The outermost layer of the API.
pub async fn finish(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let asked = request.headers().get(header::IF_NONE_MATCH).cloned();
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let allow = response.headers_mut().remove(header::ALLOW);
        response = problem.write();
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    } else if method == Method::GET && response.status() == StatusCode::OK {
        response = tagged(response, asked.as_ref()).await;
    }
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-cache"));
    response
}

/// The answer with its ETag, or 304 where the client has it already.
async fn tagged(response: Response, asked: Option<&HeaderValue>) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return Problem::new(Code::Internal, "the answer broke off").write();
    };
    let hash = sha256_hex(&bytes);
    let tag = match parts.extensions.get::<Version>() {
        Some(Version(version)) => format!("\"{version}.{}\"", &hash[..16]),
        None => format!("\"{}\"", &hash[..32]),
    };
    if let Ok(value) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, value);
    }
    let known = asked.and_then(|v| v.to_str().ok()).is_some_and(|asked| {
        asked.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
    });
    if known {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Answers a POST with a key that was answered before as it was answered then, and does nothing again.
pub async fn once(State(site): State<Site>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key(&KEY) {
        return next.run(request).await;
    }
    // Nobody is signed in yet: there is no account to keep the answer for.
    if matches!(request.uri().path(), "/session") || request.uri().path().starts_with("/join/") {
        return next.run(request).await;
    }
    match replayed(&site, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn replayed(site: &Site, request: Request, next: Next) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let key = checked_key(&parts.headers)?;
    let caller = Caller::from_request_parts(&mut parts, site).await?;
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |u| &u.0).to_string();
    let kind = parts.headers.get(header::CONTENT_TYPE).cloned();
    let bytes = read::bytes(Request::from_parts(parts.clone(), body), site).await?;
    let digest = digest(&uri, kind.as_ref(), &bytes);
    let (app, actor) = (&site.app, caller.actor());
    if let Some(kept) = app.earlier_answer(actor, &key, &digest).await? {
        return replay(&kept);
    }
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    if !response.status().is_success() {
        // Nothing was changed: the next try is a new one.
        app.free_key(actor, &key).await?;
        return Ok(response);
    }
    let (mut parts, body) = response.into_parts();
    let (kept, body) = match parts.extensions.remove::<WithoutSecret>() {
        Some(WithoutSecret(kept)) => (kept, body),
        None => {
            let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
            (bytes.clone(), Body::from(bytes))
        }
    };
    let word =
        |name| parts.headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok()).unwrap_or("").to_owned();
    let kept = Kept { location: word(header::LOCATION), body: String::from_utf8_lossy(&kept).into_owned() };
    let answer = app::Repeated {
        status: parts.status.as_u16(),
        content_type: word(header::CONTENT_TYPE),
        body: serde_json::to_string(&kept).map_err(|e| Problem::new(Code::Internal, e.to_string()))?,
    };
    if let Err(error) = app.keep_answer(actor, &key, &answer).await {
        // What was asked for is done: saying that it failed would be wrong.
        tracing::error!(code = error.code.row().word, "an answer could not be kept for its idempotency key");
    }
    Ok(Response::from_parts(parts, body))
}

fn checked_key(headers: &HeaderMap) -> Result<String, Problem> {
    let key = headers.get(KEY).and_then(|v| v.to_str().ok()).map(str::trim).unwrap_or("");
    if key.is_empty() || key.len() > 200 || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Problem::at(
            "header",
            "Idempotency-Key",
            "1 to 200 visible ASCII characters, such as a UUID",
        ));
    }
    Ok(key.to_owned())
}

fn digest(uri: &str, kind: Option<&HeaderValue>, body: &Bytes) -> String {
    // The boundary of a multipart body differs each time it is sent; the parts are compared with it as they stand.
    let kind = kind.map_or(&b""[..], HeaderValue::as_bytes);
    sha256_hex(&[uri.as_bytes(), b"\n", kind, b"\n", body].concat())
}

/// What is kept as the body of an answer.
#[derive(Serialize, Deserialize)]
struct Kept {
    location: String,
    body: String,
}

fn replay(answer: &app::Repeated) -> Result<Response, Problem> {
    let kept: Kept = serde_json::from_str(&answer.body)
        .map_err(|_| Problem::new(Code::StorageCorrupt, "a kept answer cannot be read"))?;
    let mut response = Body::from(kept.body).into_response();
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    for (name, value) in [(header::CONTENT_TYPE, &answer.content_type), (header::LOCATION, &kept.location)] {
        if !value.is_empty()
            && let Ok(value) = HeaderValue::from_str(value)
        {
            headers.insert(name, value);
        }
    }
    Ok(response)
}
