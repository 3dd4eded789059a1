//! Who looks at a page, in which language, and whether a form is really theirs.

use crate::answer::{Failure, html_page};
use crate::layout;
use crate::site::Site;
use crate::words::{self, Lang};
use app::{Actor, App, Code, SignedIn};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use model::list::sha256_hex;
use serde::de::DeserializeOwned;

/// The language of a request: asked for in the address, remembered in a cookie, else Chinese.
#[derive(Debug, Clone, Copy)]
pub struct Tongue {
    /// The language.
    pub lang: Lang,
    /// True where the address asks for it: then it is remembered.
    pub asked: bool,
}

impl Tongue {
    /// Reads it from a request.
    pub fn of(parts: &Parts) -> Self {
        let asked = parts.uri.query().into_iter().flat_map(words::pairs).rfind(|(name, _)| name == "lang");
        let asked = asked.and_then(|(_, value)| Lang::parse(&value));
        let lang = asked.or_else(|| cookie(&parts.headers, "lang").and_then(Lang::parse));
        Self { lang: lang.unwrap_or(Lang::Zh), asked: asked.is_some() }
    }

    /// Remembers the language where the address asked for it.
    pub fn remember(self, response: &mut Response) {
        if self.asked {
            let cookie = match self.lang {
                Lang::Zh => "lang=zh; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
                Lang::En => "lang=en; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
            };
            response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_static(cookie));
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Tongue {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts))
    }
}

/// The value of a cookie.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .find_map(|value| value.split(';').find_map(|c| c.trim().strip_prefix(name)?.strip_prefix('=')))
}

/// The token that forms of a session carry.
pub fn csrf_of(session: &str) -> String {
    sha256_hex(format!("csrf:{session}").as_bytes())
}

/// Somebody who has signed in, on a page. Handlers of pages take it; whoever has not signed in is sent to the sign-in page.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// The site.
    pub site: Site,
    /// Who, with what the page's head shows.
    pub signed_in: SignedIn,
    /// Language.
    pub tongue: Tongue,
    /// Token for forms.
    pub csrf: String,
    /// The session's token.
    pub session: String,
    /// Path of the request.
    pub path: String,
    /// Query of the request, as it stands.
    pub query: String,
    /// True where htmx asks for a piece of a page.
    pub htmx: bool,
    /// Address of this server as the request says it (`http://host:port`).
    pub base: String,
}

impl Viewer {
    /// The use cases.
    pub fn app(&self) -> &App {
        &self.site.app
    }

    /// The actor.
    pub fn actor(&self) -> &Actor {
        &self.signed_in.actor
    }

    /// The language.
    pub fn lang(&self) -> Lang {
        self.tongue.lang
    }

    /// A whole page with its frame.
    pub fn page(&self, title: &str, body: &Markup) -> Response {
        self.page_with(title, body, &[])
    }

    /// A whole page that needs scripts of its own (files of `assets/js`).
    pub fn page_with(&self, title: &str, body: &Markup, scripts: &[&str]) -> Response {
        let mut response = html_page(layout::page(self, title, body, scripts)).into_response();
        self.tongue.remember(&mut response);
        response
    }

    /// A piece of a page, for htmx.
    pub fn piece(&self, body: Markup) -> Response {
        html_page(body).into_response()
    }

    /// On to another page, after something was done. `note` is shown there once (a Chinese key of `en.csv`).
    pub fn go(&self, path: &str) -> Response {
        if self.htmx {
            let mut response = StatusCode::NO_CONTENT.into_response();
            if let Ok(value) = HeaderValue::from_str(path) {
                response.headers_mut().insert("hx-redirect", value);
            }
            return response;
        }
        Redirect::to(path).into_response()
    }

    /// A failure in this viewer's frame.
    pub fn fail(&self, error: app::Error) -> Failure {
        Failure { viewer: Some(Box::new(self.clone())), lang: self.lang(), error }
    }

    /// “There is no such page.”
    pub fn nowhere(&self) -> Failure {
        self.fail(app::Error::new(Code::NotFound, self.lang().t("没有这一页")))
    }

    /// The hidden field that every form carries.
    pub fn csrf_field(&self) -> Markup {
        html! { input type="hidden" name="csrf" value=(self.csrf); }
    }

    /// Reads the query into a form type; what is not understood counts as not asked.
    pub fn query<T: DeserializeOwned + Default>(&self) -> T {
        axum::extract::Query::try_from_uri(
            &format!("/?{}", self.query).parse().unwrap_or_else(|_| axum::http::Uri::from_static("/")),
        )
        .map(|axum::extract::Query(value)| value)
        .unwrap_or_default()
    }
}

impl FromRequestParts<Site> for Viewer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        let tongue = Tongue::of(parts);
        let htmx = parts.headers.contains_key("hx-request");
        let path = parts.uri.path().to_owned();
        let query = parts.uri.query().unwrap_or("").to_owned();
        let session = cookie(&parts.headers, site.cookie_name()).unwrap_or("").to_owned();
        let signed_in = if session.is_empty() { Ok(None) } else { site.app.signed_in(&session).await };
        let signed_in = match signed_in {
            Ok(Some(signed_in)) => signed_in,
            Ok(None) => {
                let next = if query.is_empty() { path } else { format!("{path}?{query}") };
                let to = format!("/sign-in?next={}", words::encode(&next));
                if htmx {
                    let mut response = StatusCode::UNAUTHORIZED.into_response();
                    if let Ok(value) = HeaderValue::from_str(&to) {
                        response.headers_mut().insert("hx-redirect", value);
                    }
                    return Err(response);
                }
                return Err(Redirect::to(&to).into_response());
            }
            Err(error) => return Err(Failure { viewer: None, lang: tongue.lang, error }.into_response()),
        };
        let base = site.options.base.clone().unwrap_or_else(|| {
            let scheme = if site.options.secure { "https" } else { "http" };
            let host = parts.headers.get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or("localhost");
            format!("{scheme}://{host}")
        });
        let csrf = csrf_of(&session);
        Ok(Self { site: site.clone(), signed_in, tongue, csrf, session, path, query, htmx, base })
    }
}

/// A form that was sent by the viewer's own page: handlers of POST take it last. The token stands in the field `csrf` or in the
/// header `x-csrf`.
pub struct Posted<T> {
    /// Who.
    pub viewer: Viewer,
    /// The form.
    pub form: T,
    /// Its fields as they came, for names that stand more than once.
    pub fields: Vec<(String, String)>,
}

impl<T: DeserializeOwned> FromRequest<Site> for Posted<T> {
    type Rejection = Response;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let viewer = Viewer::from_request_parts(&mut parts, site).await?;
        let header = parts.headers.get("x-csrf").and_then(|v| v.to_str().ok()).map(str::to_owned);
        let bytes = Bytes::from_request(Request::from_parts(parts, body), site)
            .await
            .map_err(IntoResponse::into_response)?;
        let text = std::str::from_utf8(&bytes).unwrap_or("");
        let field = words::pairs(text).find(|(name, _)| name == "csrf").map(|(_, value)| value);
        if header.or(field).as_deref() != Some(viewer.csrf.as_str()) {
            return Err(viewer.stale_form().into_response());
        }
        let fields = words::pairs(text).collect();
        let request = Request::from_parts(Viewer::form_parts(), axum::body::Body::from(bytes.clone()));
        let form = axum::Form::<T>::from_request(request, site)
            .await
            .map_err(|e| viewer.bad_form(&e.body_text()).into_response())?;
        Ok(Self { viewer, form: form.0, fields })
    }
}

impl Viewer {
    /// The head of a form's request, to read the form apart from who sent it.
    fn form_parts() -> Parts {
        let request = Request::post("/").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let (parts, ()) = request.body(()).expect("the parts are constant").into_parts();
        parts
    }
}

impl Viewer {
    /// A form without the session's token.
    pub fn stale_form(&self) -> Failure {
        self.fail(
            app::Error::new(Code::NotAllowed, self.lang().t("这张表单不是本次登录打开的"))
                .hint(self.lang().t("返回上一页，刷新后再提交。")),
        )
    }

    fn bad_form(&self, why: &str) -> Failure {
        self.fail(app::Error::new(Code::BadInput, why))
    }
}
