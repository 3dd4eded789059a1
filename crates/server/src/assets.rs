//! Scripts and style sheets: in the program, under `/assets/`, compressed once, named by their content so that browsers keep them.

use crate::layout::CSS;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::{Compression, write::GzEncoder};
use model::hex::sha256_hex;
use rust_embed::RustEmbed;
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "assets"]
struct Files;

/// One file as it is served.
struct Asset {
    bytes: Cow<'static, [u8]>,
    gzip: Vec<u8>,
    kind: &'static str,
    /// The first 16 digits of its SHA-256.
    hash: String,
}

/// Every file by its path below `/assets/`. The one style sheet is made of several files.
static ASSETS: LazyLock<HashMap<String, Asset>> = LazyLock::new(|| {
    let mut assets = HashMap::new();
    for name in Files::iter() {
        if let (Some(kind), Some(file)) = (kind(&name), Files::get(&name)) {
            assets.insert(name.into_owned(), Asset::new(file.data, kind));
        }
    }
    assets.insert("yulin.css".to_owned(), Asset::new(CSS.as_bytes().into(), "text/css; charset=utf-8"));
    assets
});

impl Asset {
    fn new(bytes: Cow<'static, [u8]>, kind: &'static str) -> Self {
        let mut hash = sha256_hex(&bytes);
        hash.truncate(16);
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        // Writing into memory does not fail; were it to, the file would be served as it is.
        let gzip = encoder.write_all(&bytes).and_then(|()| encoder.finish()).unwrap_or_default();
        Self { bytes, gzip, kind, hash }
    }
}

/// What a file is, by its name; licences and notes beside the scripts are not served.
fn kind(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "json" => "application/json",
        _ => return None,
    })
}

/// Reads and compresses all of them.
pub fn prepare() {
    LazyLock::force(&ASSETS);
}

/// The address of an asset, with its content's hash: a browser may keep it for a year.
pub fn url(name: &str) -> String {
    match ASSETS.get(name) {
        Some(asset) => format!("/assets/{name}?v={}", asset.hash),
        None => format!("/assets/{name}"),
    }
}

/// The address of a script: a file of `assets/js`, or `vendor/...`.
pub fn script_url(name: &str) -> String {
    let own = format!("js/{name}");
    if ASSETS.contains_key(&own) { url(&own) } else { url(name) }
}

/// Serves one. A name is looked up, never joined to a path.
pub async fn serve(Path(name): Path<String>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.get(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let named = query.is_some_and(|q| q == format!("v={}", asset.hash));
    let cache = if named { "public, max-age=31536000, immutable" } else { "public, max-age=600" };
    let etag = format!("\"{}\"", asset.hash);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|k| k.trim().trim_start_matches("W/") == etag)) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag), (header::CACHE_CONTROL, cache.into())])
            .into_response();
    }
    let head = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, cache),
        (header::ETAG, etag.as_str()),
        (header::VARY, "accept-encoding"),
    ];
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or("");
    let smaller = !asset.gzip.is_empty() && asset.gzip.len() < asset.bytes.len();
    if smaller && accepts.split(',').any(|a| a.trim().split(';').next() == Some("gzip")) {
        return (head, [(header::CONTENT_ENCODING, "gzip")], asset.gzip.as_slice()).into_response();
    }
    (head, asset.bytes.as_ref()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vendored_script_is_the_one_that_is_written_down() {
        let notes =
            std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/vendor/README.md")).unwrap();
        for (name, asset) in ASSETS.iter().filter(|(name, _)| name.starts_with("vendor/")) {
            assert!(notes.contains(&sha256_hex(&asset.bytes)), "{name} is not the file of vendor/README.md");
        }
    }

    #[test]
    fn scripts_are_found_by_their_short_names() {
        assert!(script_url("yulin.js").starts_with("/assets/js/yulin.js?v="));
        assert!(script_url("vendor/htmx.js").starts_with("/assets/vendor/htmx.js?v="));
        assert!(!ASSETS.contains_key("vendor/htmx.LICENSE"));
    }
}
