//! Who asks, in which version and form; and what OPTIONS says.

use super::refusal::Refusal;
use crate::api::caller::Caller;
use crate::site::Site;
use app::EpcFormat;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Prefixes that every client may use without declaring them.
const EXTENSIONS: &str = "yl=urn:yulin:ledger:";

/// Somebody who is known, with what the GS1 headers ask.
pub struct Client {
    /// Who.
    pub caller: Caller,
    /// Prefixes of extension fields.
    pub prefixes: Vec<(String, String)>,
    /// How identifiers are written.
    pub format: EpcFormat,
}

impl FromRequestParts<Site> for Client {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Refusal> {
        let caller = Caller::of(parts, site).await;
        let caller =
            caller.map_err(|problem| Refusal::of(problem.into_error(), super::refusal::On::Query))?;
        let headers = &parts.headers;
        versions(headers)?;
        accepted(headers)?;
        let format = match text(headers, "gs1-epc-format").unwrap_or("Always_GS1_Digital_Link") {
            "Always_GS1_Digital_Link" => EpcFormat::DigitalLink,
            "Always_EPC_URN" => EpcFormat::Urn,
            "Never_Translates" | "No_Preference" => EpcFormat::AsCaptured,
            other => return Err(Refusal::not_acceptable(format!("GS1-EPC-Format: “{other}” is not known"))),
        };
        let known = ["No_Preference", "Always_Web_URI", "Always_URN", "Never_Translates"];
        if let Some(other) = text(headers, "gs1-cbv-xml-format").filter(|format| !known.contains(format)) {
            return Err(Refusal::not_acceptable(format!("GS1-CBV-XML-Format: “{other}” is not known")));
        }
        let declared = format!("{EXTENSIONS},{}", text(headers, "gs1-extensions").unwrap_or_default());
        let prefixes = declared.split(',').filter_map(|pair| {
            let (prefix, namespace) = pair.trim().split_once('=')?;
            Some((prefix.trim().to_owned(), namespace.trim().to_owned()))
        });
        Ok(Self { caller, prefixes: prefixes.collect(), format })
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &'static str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Major and minor number of a version such as `2.0.0`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next().unwrap_or(Some(0))?))
}

/// This server speaks 2.0, and reads documents of 1.2.
fn versions(headers: &HeaderMap) -> Result<(), Refusal> {
    type Fits = fn((u32, u32)) -> bool;
    let rules: [(&str, Fits); 6] = [
        ("gs1-epcis-version", |v| matches!(v, (2, 0) | (1, 2))),
        ("gs1-cbv-version", |v| matches!(v, (2, 0) | (1, 2))),
        ("gs1-epcis-min", |v| v <= (2, 0)),
        ("gs1-cbv-min", |v| v <= (2, 0)),
        ("gs1-epcis-max", |v| v >= (2, 0)),
        ("gs1-cbv-max", |v| v >= (2, 0)),
    ];
    for (name, fits) in rules {
        let Some(value) = headers.get(name) else { continue };
        let value = value.to_str().unwrap_or("?");
        if !version(value).is_some_and(fits) {
            return Err(Refusal::not_acceptable(format!(
                "{name}: {value} is asked; this server answers in 2.0.0"
            )));
        }
    }
    Ok(())
}

/// Answers are JSON.
fn accepted(headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(accept) = text(headers, "accept") else { return Ok(()) };
    let takes = |one: &str| {
        let kind = one.split(';').next().unwrap_or("").trim();
        matches!(
            kind,
            "*/*" | "application/*" | "application/json" | "application/ld+json" | "application/problem+json"
        )
    };
    if accept.split(',').any(takes) {
        return Ok(());
    }
    Err(Refusal::not_acceptable(format!("answers are application/json, and {accept} is asked")))
}

/// What OPTIONS says of every path.
pub async fn options(allow: &'static str) -> Response {
    with(allow, &[])
}

/// The same with more headers.
pub fn with(allow: &'static str, more: &[(&'static str, String)]) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ALLOW, HeaderValue::from_static(allow));
    for (name, value) in [
        ("gs1-epcis-min", "2.0.0"),
        ("gs1-epcis-max", "2.0.0"),
        ("gs1-cbv-min", "2.0.0"),
        ("gs1-cbv-max", "2.0.0"),
        ("gs1-epc-format", "Always_GS1_Digital_Link"),
        ("gs1-extensions", EXTENSIONS),
        ("gs1-vendor-version", env!("CARGO_PKG_VERSION")),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    for (name, value) in more {
        headers.extend(HeaderValue::from_str(value).map(|value| (HeaderName::from_static(name), value)));
    }
    response
}
