//! Who looks at a page, in which language, and whether a form is really theirs.

use crate::answer::{Failure, html_page};
use crate::layout;
use crate::site::Site;
use crate::words::{self, Lang};
use app::{Actor, App, Code, SignedIn};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use model::hex::sha256_hex;
use serde::de::DeserializeOwned;

pub use crate::form::{Posted, Uploaded};

/// The language of a request: asked for in the address, remembered in a cookie, else the cluster's.
#[derive(Debug, Clone, Copy)]
pub struct Tongue {
    /// The language.
    pub lang: Lang,
    /// True where the address asks for it: then it is remembered.
    pub asked: bool,
}

impl Tongue {
    /// Reads it from a request's address and headers.
    pub fn of(uri: &Uri, headers: &HeaderMap, site: &Site) -> Self {
        let asked = uri.query().into_iter().flat_map(words::pairs).rfind(|(name, _)| name == "lang");
        let asked = asked.and_then(|(_, value)| Lang::parse(&value));
        let lang = asked.or_else(|| cookie(headers, "lang").and_then(Lang::parse));
        Self { lang: lang.unwrap_or_else(|| site.lang()), asked: asked.is_some() }
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

impl FromRequestParts<Site> for Tongue {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.uri, &parts.headers, site))
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
fn csrf_of(session: &str) -> String {
    sha256_hex(format!("csrf:{session}").as_bytes())
}

/// The token of a session as it is shown, for a form or a header.
pub fn csrf_shown(session: &str) -> String {
    masked(&csrf_of(session))
}

/// True for a token that was shown to this session.
pub fn is_csrf(session: &str, token: &str) -> bool {
    let expect = csrf_of(session);
    let read = token.split_at_checked(expect.len()).map(|(mask, rest)| xor(mask, rest)).unwrap_or_default();
    // Every digit is compared, so that time does not tell how many were right.
    read.len() == expect.len() && read.bytes().zip(expect.bytes()).fold(0, |d, (a, b)| d | (a ^ b)) == 0
}

/// The token as a page shows it: each time under another mask, so that nobody learns it from the sizes of compressed pages.
fn masked(token: &str) -> String {
    let mask = sha256_hex(crate::log::random().as_bytes());
    format!("{mask}{}", xor(&mask, token))
}

/// Two hexadecimal texts, digit by digit.
fn xor(a: &str, b: &str) -> String {
    let digit = |c: char| c.to_digit(16).unwrap_or(0);
    a.chars().zip(b.chars()).filter_map(|(a, b)| char::from_digit(digit(a) ^ digit(b), 16)).collect()
}

/// A note as its cookie holds it: only this session can have written it.
fn signed_note(session: &str, text: &str) -> String {
    let text = words::encode(text);
    let mut seal = sha256_hex(format!("note:{session}:{}", sha256_hex(text.as_bytes())).as_bytes());
    seal.truncate(32);
    format!("{seal}.{text}")
}

/// The note in a cookie, where this session wrote it.
fn note_of(session: &str, cookie: &str) -> Option<String> {
    let text = words::decoded(cookie.split_once('.')?.1);
    (!text.is_empty() && signed_note(session, &text) == cookie).then_some(text)
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
    /// True for the large text.
    pub large: bool,
    /// What the page before left to be said, once.
    pub note: Option<String>,
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
        self.remember(&mut response);
        response
    }

    /// A form's page that comes back because of an error, with the error's status.
    pub fn refused(&self, error: &app::Error, title: &str, body: &Markup) -> Response {
        let mut response = self.page(title, body);
        *response.status_mut() =
            StatusCode::from_u16(error.code.row().status).unwrap_or(StatusCode::BAD_REQUEST);
        response
    }

    /// What the address asked for stays in cookies; a note that was shown goes.
    pub fn remember(&self, response: &mut Response) {
        self.tongue.remember(response);
        if let Some((_, size)) = words::pairs(&self.query).rfind(|(name, _)| name == "text") {
            let age = if size == "large" { 31_536_000 } else { 0 };
            self.set_cookie(response, "text", "large", age);
        }
        if self.note.is_some() {
            self.set_cookie(response, "note", "", 0);
        }
    }

    fn set_cookie(&self, response: &mut Response, name: &str, value: &str, age_s: u32) {
        let secure = if self.site.options.secure { "; Secure" } else { "" };
        let cookie = format!("{name}={value}; Path=/; Max-Age={age_s}; SameSite=Lax; HttpOnly{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }

    /// This page's address with one pair of the query changed; a changed filter or order goes back to the first page.
    pub fn with_query(&self, name: &str, value: &str) -> String {
        let mut query = String::new();
        for (n, v) in words::pairs(&self.query) {
            let dropped =
                n == name || ["lang", "text"].contains(&n.as_str()) || (n == "page" && name == "sort");
            if !dropped {
                query += &format!("{}={}&", words::encode(&n), words::encode(&v));
            }
        }
        format!("{}?{query}{}={}", self.path, words::encode(name), words::encode(value))
    }

    /// Path and query of the request.
    pub fn path_and_query(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// A piece of a page, for htmx.
    pub fn piece(&self, body: Markup) -> Response {
        html_page(body).into_response()
    }

    /// On to another page of this server, which shows `note` once.
    pub fn go_with(&self, path: &str, note: &str) -> Response {
        let mut response = self.go(path);
        let text: String = note.chars().take(200).collect();
        self.set_cookie(&mut response, "note", &signed_note(&self.session, &text), 60);
        response
    }

    /// On to another page of this server, after something was done.
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

    /// True for a token that a page of this session showed.
    pub fn is_csrf(&self, token: &str) -> bool {
        is_csrf(&self.session, token)
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
        let tongue = Tongue::of(&parts.uri, &parts.headers, site);
        let htmx = parts.headers.contains_key("hx-request");
        let path = parts.uri.path().to_owned();
        let query = parts.uri.query().unwrap_or("").to_owned();
        let session = cookie(&parts.headers, site.cookie_name()).unwrap_or("").to_owned();
        let signed_in = if session.is_empty() { Ok(None) } else { site.app.signed_in(&session).await };
        let signed_in = match signed_in {
            Ok(Some(mut signed_in)) => {
                signed_in.actor = signed_in.actor.speaking(tongue.lang.language());
                signed_in
            }
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
        let csrf = csrf_shown(&session);
        let asked = words::pairs(&query).rfind(|(name, _)| name == "text").map(|(_, size)| size);
        let large = match asked {
            Some(size) => size == "large",
            None => cookie(&parts.headers, "text") == Some("large"),
        };
        let note = cookie(&parts.headers, "note").and_then(|value| note_of(&session, value));
        Ok(Self {
            site: site.clone(),
            signed_in,
            tongue,
            csrf,
            session,
            path,
            query,
            htmx,
            base,
            large,
            note,
        })
    }
}
