//! Who calls: an API token, or the session of a browser.

use super::problem::Problem;
use crate::jobs::Teller;
use crate::site::Site;
use crate::viewer::{cookie, is_csrf};
use app::{Actor, App, Code, SignedIn, Stage};
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{Uri, header};

/// Somebody who is known. The first thing that every handler asks for.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The site.
    pub site: Site,
    /// Who.
    pub signed_in: SignedIn,
    /// Secret of the session, where a browser calls.
    pub session: Option<String>,
    /// API token, where a program calls.
    pub token: Option<String>,
    /// Address of the request.
    pub uri: Uri,
    /// Address of this server as the request says it (`http://host:port`).
    pub base: String,
    /// Takes the progress, where the request is done as a job.
    pub teller: Option<Teller>,
}

impl Caller {
    /// The use cases.
    pub fn app(&self) -> &App {
        &self.site.app
    }

    /// The actor.
    pub fn actor(&self) -> &Actor {
        &self.signed_in.actor
    }

    /// Says how far the work is, where anybody asks.
    pub fn tell(&self) -> impl Fn(Stage, u64, u64) + Send + Sync + use<> {
        let teller = self.teller.clone();
        move |stage, done, total| {
            if let Some(teller) = &teller {
                teller.tell(stage, done, total);
            }
        }
    }

    /// Reads a request's head. A caller found once is kept with the request.
    pub async fn of(parts: &mut Parts, site: &Site) -> Result<Self, Problem> {
        if let Some(caller) = parts.extensions.get::<Self>() {
            return Ok(caller.clone());
        }
        let session = cookie(&parts.headers, site.cookie_name()).filter(|s| !s.is_empty());
        let token = bearer(parts)?.map(str::to_owned);
        let (signed_in, session) = match &token {
            Some(token) => (site.app.bearer(token).await?, None),
            None => match session {
                Some(session) => {
                    let signed_in = site.app.signed_in(session).await?;
                    let sent = parts.headers.get("x-csrf").and_then(|v| v.to_str().ok());
                    if !parts.method.is_safe()
                        && signed_in.is_some()
                        && !sent.is_some_and(|sent| is_csrf(session, sent))
                    {
                        return Err(app::Error::new(
                            Code::NotAllowed,
                            "the header x-csrf is missing or wrong",
                        )
                        .hint("send the value of `csrf` from GET /api/v1/me as x-csrf")
                        .into());
                    }
                    (signed_in, Some(session.to_owned()))
                }
                None => (None, None),
            },
        };
        let Some(signed_in) = signed_in else {
            return Err(app::Error::new(Code::SignIn, "nobody is signed in")
                .hint("send `Authorization: Bearer yulin_...`, or the session's cookie")
                .into());
        };
        let uri = parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.clone(), |u| u.0.clone());
        let caller = Self {
            site: site.clone(),
            signed_in,
            session,
            token,
            uri,
            base: base(parts, site),
            teller: None,
        };
        parts.extensions.insert(caller.clone());
        Ok(caller)
    }
}

impl FromRequestParts<Site> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Problem> {
        Self::of(parts, site).await
    }
}

/// The token of the header `Authorization`; another scheme is refused, not passed over.
fn bearer(parts: &Parts) -> Result<Option<&str>, Problem> {
    let Some(value) = parts.headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let token = value.to_str().ok().and_then(|v| {
        let (scheme, token) = v.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    token.map(Some).ok_or_else(|| {
        app::Error::new(Code::SignIn, "the header Authorization holds no bearer token")
            .hint("send `Authorization: Bearer yulin_...`")
            .into()
    })
}

fn base(parts: &Parts, site: &Site) -> String {
    site.options.base.clone().unwrap_or_else(|| {
        let scheme = if site.options.secure { "https" } else { "http" };
        let host = parts.headers.get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or("localhost");
        format!("{scheme}://{host}")
    })
}
