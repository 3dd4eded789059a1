//! The interface of PACT 3.0 under `/pact`: where tokens are, access tokens, footprints, events. Failures are the specification's own: a code, a message.

use crate::api::read;
use crate::site::Site;
use app::{Actor, Code, Error, PcfFilter};
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, OriginalUri, Path, RawQuery, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

/// Footprints a page at most, and where nothing is said.
const LIMIT_MAX: usize = 100;
/// Largest body, bytes.
const BODY_MAX: usize = 1 << 20;

/// All its routes.
pub fn routes() -> Router<Site> {
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(configuration))
        .route("/auth/token", post(token))
        .route("/3/footprints", get(footprints))
        .route("/3/footprints/{id}", get(footprint))
        .route("/3/events", post(events))
        .fallback(|| async { Failure::new(404, "NotFound", "there is nothing at this path") })
        .layer(DefaultBodyLimit::max(BODY_MAX));
    Router::new().nest("/pact", router)
}

/// A failure as PACT has it.
struct Failure {
    status: u16,
    code: &'static str,
    message: String,
}

type Answer = Result<Response, Failure>;

impl Failure {
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (status, code) = match error.code {
            Code::BadInput | Code::MediaType | Code::TooLarge => (400, "BadRequest"),
            Code::SignIn => (401, "TokenExpired"),
            Code::NotAllowed => (403, "AccessDenied"),
            Code::NotFound => (404, "NotFound"),
            _ => {
                tracing::error!(code = error.code.row().word, "{}", error.message);
                return Self::new(
                    500,
                    "InternalError",
                    "the server failed; its log has the request's number",
                );
            }
        };
        Self::new(status, code, error.message)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, axum::Json(json!({ "code": self.code, "message": self.message }))).into_response()
    }
}

/// Somebody with an access token that holds.
struct Client {
    site: Site,
    actor: Actor,
}

impl FromRequestParts<Site> for Client {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Failure> {
        let value = parts.headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
        let token = value.and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        let refused =
            || Failure::new(401, "TokenExpired", "the access token is missing, invalid or has expired");
        let signed_in = site.app.pact_bearer(token.ok_or_else(refused)?).await?.ok_or_else(refused)?;
        Ok(Self { site: site.clone(), actor: signed_in.actor })
    }
}

/// An access token for an API token: OAuth 2.0 client credentials (RFC 6749, 4.4). Client id is the number of the API token, client secret
/// the token itself.
async fn token(State(site): State<Site>, request: Request) -> Response {
    let refused = |status: StatusCode, error: &str, why: &str| {
        let mut response =
            (status, axum::Json(json!({ "error": error, "error_description": why }))).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let value = HeaderValue::from_static("Basic realm=\"yulin\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
        response
    };
    let basic =
        request.headers().get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|value| {
            let (scheme, text) = value.split_once(' ')?;
            let bytes =
                scheme.eq_ignore_ascii_case("basic").then(|| BASE64_STANDARD.decode(text.trim()).ok())??;
            let (client, secret) = std::str::from_utf8(&bytes)
                .ok()?
                .split_once(':')
                .map(|(c, s)| (c.to_owned(), s.to_owned()))?;
            Some((client, secret))
        });
    let Ok(body) = read::bytes(request, &site).await else {
        return refused(StatusCode::BAD_REQUEST, "invalid_request", "the body cannot be read");
    };
    let body = String::from_utf8_lossy(&body).into_owned();
    if !crate::words::pairs(body.trim_end())
        .any(|(name, value)| name == "grant_type" && value == "client_credentials")
    {
        let why = "grant_type=client_credentials is expected";
        return refused(StatusCode::BAD_REQUEST, "unsupported_grant_type", why);
    }
    let Some((client, secret)) = basic else {
        return refused(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "the header Authorization holds no client",
        );
    };
    match site.app.pact_token(&client, &secret).await {
        Ok((token, seconds)) => {
            let body = json!({ "access_token": token, "token_type": "Bearer", "expires_in": seconds });
            axum::Json(body).into_response()
        }
        Err(error) if error.code == Code::SignIn => {
            refused(StatusCode::UNAUTHORIZED, "invalid_client", "client authentication failed")
        }
        Err(error) => Failure::from(error).into_response(),
    }
}

/// What a list is asked for.
struct Asked {
    filter: PcfFilter,
    limit: usize,
    offset: usize,
    /// The filter as it stood in the address.
    others: String,
}

fn asked(query: &str) -> Result<Asked, Failure> {
    let bad = |what: String| Failure::new(400, "BadRequest", what);
    let mut out = Asked { filter: PcfFilter::default(), limit: LIMIT_MAX, offset: 0, others: String::new() };
    let filter = &mut out.filter;
    for (name, value) in crate::words::pairs(query) {
        let time = || value.parse().map(Some).map_err(|_| bad(format!("{name}: “{value}” is no time")));
        let number =
            || value.parse::<usize>().map_err(|_| bad(format!("{name}: “{value}” is no whole number")));
        match name.to_ascii_lowercase().as_str() {
            "limit" => {
                out.limit = number()?.min(LIMIT_MAX);
                continue;
            }
            "offset" => {
                out.offset = number()?;
                continue;
            }
            "productid" => filter.product_id.push(value.to_string()),
            "companyid" => filter.company_id.push(value.to_string()),
            "geography" => filter.geography.push(value.to_string()),
            "classification" => filter.classification.push(value.to_string()),
            "status" => filter.status.push(value.to_string()),
            "validon" => filter.valid_on = time()?,
            "validafter" => filter.valid_after = time()?,
            "validbefore" => filter.valid_before = time()?,
            other if other.starts_with("x-") => continue,
            _ => return Err(bad(format!("{name}: there is no such parameter"))),
        }
        out.others.push_str(&format!("{}={}&", crate::words::encode(&name), crate::words::encode(&value)));
    }
    Ok(out)
}

/// Address of this server, as the request has it where the installation does not say.
fn base(site: &Site, request: &Request) -> String {
    site.options.base.clone().unwrap_or_else(|| {
        let scheme = if site.options.secure { "https" } else { "http" };
        let host = request.headers().get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or("localhost");
        format!("{scheme}://{host}")
    })
}

/// Where tokens are: what of an OpenID provider configuration (OpenID Connect Discovery 1.0) client credentials need.
async fn configuration(State(site): State<Site>, request: Request) -> Response {
    let issuer = format!("{}/pact", base(&site, &request));
    let body = json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/auth/token"),
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
    });
    axum::Json(body).into_response()
}

/// Footprints, a page of them.
async fn footprints(
    client: Client,
    OriginalUri(uri): OriginalUri,
    RawQuery(query): RawQuery,
    request: Request,
) -> Answer {
    let asked = asked(query.as_deref().unwrap_or(""))?;
    let found = client.site.app.pcfs(&client.actor, &asked.filter).await?;
    let page: Vec<&Value> = found.iter().skip(asked.offset).take(asked.limit).collect();
    let end = asked.offset.saturating_add(page.len());
    let mut response = axum::Json(json!({ "data": page })).into_response();
    if end < found.len() && asked.limit > 0 {
        let base = base(&client.site, &request);
        let link = format!(
            "<{base}{}?{}limit={}&offset={end}>; rel=\"next\"",
            uri.path(),
            asked.others,
            asked.limit
        );
        response.headers_mut().extend(HeaderValue::from_str(&link).map(|value| (header::LINK, value)));
    }
    Ok(response)
}

/// One footprint.
async fn footprint(client: Client, Path(id): Path<String>) -> Answer {
    let found = client.site.app.pcf(&client.actor, &id).await?;
    Ok(axum::Json(json!({ "data": found })).into_response())
}

/// Takes an event.
async fn events(client: Client, request: Request) -> Answer {
    let kind = read::media_type(request.headers());
    if kind != "application/cloudevents+json" && kind != "application/json" {
        return Err(Failure::new(
            400,
            "BadRequest",
            format!("the body is `{kind}`, not application/cloudevents+json"),
        ));
    }
    let site = client.site.clone();
    let bytes = read::bytes(request, &site).await.map_err(|problem| Failure::from(problem.into_error()))?;
    let event: Value =
        serde_json::from_slice(&bytes).map_err(|e| Failure::new(400, "BadRequest", e.to_string()))?;
    client.site.app.pcf_event(&client.actor, &event).await?;
    // The answer to a request goes out beside the threads that answer; where it cannot, it waits.
    tokio::spawn(async move { crate::operations::deliver(&client.site.app).await });
    Ok(StatusCode::OK.into_response())
}
