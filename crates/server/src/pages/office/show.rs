//! Pieces that several pages of the office share.

use crate::format;
use crate::viewer::Viewer;
use crate::words::Lang;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use jiff::{Timestamp, tz::TimeZone};
use maud::{Markup, html};
use std::fmt::Write;

/// A moment by the clocks of China, to the minute.
pub fn moment(ms: i64) -> Markup {
    stamp(ms, &format::moment(ms))
}

/// A moment's day by the clocks of China.
pub fn day(ms: i64) -> Markup {
    stamp(ms, &format::day(ms))
}

fn stamp(ms: i64, shown: &str) -> Markup {
    let exact = Timestamp::from_millisecond(ms).unwrap_or_default();
    html! { time.when datetime=(exact) { (shown) } }
}

/// The first moment of a day in China (`2026-11-22`), `later` days on.
pub fn day_ms(text: &str, later: i8) -> Option<i64> {
    let day: jiff::civil::Date = text.trim().parse().ok()?;
    let day = day.checked_add(jiff::Span::new().days(later)).ok()?;
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    Some(day.to_zoned(zone).ok()?.timestamp().as_millisecond())
}

/// A page that holds a secret: nobody keeps a copy.
pub fn secret(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A file to keep, under a plain name.
pub fn file(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// Content type of a table of text.
pub const CSV: &str = "text/csv; charset=utf-8";

/// Content type of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Facts in two columns.
pub fn facts(rows: &[(&str, Markup)]) -> Markup {
    html! { dl.facts { @for (word, what) in rows { dt { (word) } dd { (what) } } } }
}

/// A QR code as a picture that any size prints well.
pub fn qr(text: &str, label: &str) -> Markup {
    let Ok(code) = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium) else {
        return html! {};
    };
    let mut path = String::new();
    for y in 0..code.size() {
        for x in 0..code.size() {
            if code.get_module(x, y) {
                // Writing to a string does not fail.
                let _ = write!(path, "M{x} {y}h1v1h-1z");
            }
        }
    }
    // Readers expect four light modules around the code.
    let size = code.size() + 8;
    html! {
        svg.qr role="img" aria-label=(label) viewBox={ "-4 -4 " (size) " " (size) } shape-rendering="crispEdges" {
            rect x="-4" y="-4" width=(size) height=(size) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    }
}

/// A link that lets somebody in, shown once: as text, as a QR code, and as words to paste into a chat.
pub fn way_in(lang: Lang, link: &str, message: &str) -> Markup {
    html! {
        div.notice role="status" { (lang.t("这个链接只显示这一次。离开本页后无法再查看，只能重新生成。")) }
        div.way-in {
            div {
                div.field {
                    label for="link" { (lang.t("链接")) }
                    input #link type="text" readonly value=(link);
                    button.small.quiet type="button" data-copy=(link) { (lang.t("复制链接")) }
                }
                div.field {
                    label for="message" { (lang.t("发到微信的文字")) }
                    textarea #message rows="5" readonly { (message) }
                    button.small.quiet type="button" data-copy=(message) { (lang.t("复制文字")) }
                }
            }
            figure { (qr(link, lang.t("链接的二维码"))) figcaption.soft { (lang.t("或当面扫码")) } }
        }
        p.soft { (lang.t("拿到链接的人就能使用它：只发给本人，不要发到群里。")) }
    }
}

/// Address of a path on this server, as others reach it.
pub fn address(viewer: &Viewer, path: &str) -> String {
    format!("{}{path}", viewer.base.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_china() {
        assert_eq!(day_ms("2026-11-22", 0), Some(1_795_276_800_000));
        assert_eq!(day_ms("2026-11-22", 1), Some(1_795_276_800_000 + 86_400_000));
        assert_eq!(day_ms("22.11.2026", 0), None);
        assert_eq!(format::day(1_795_276_800_000), "2026-11-22");
        assert_eq!(format::day(1_795_276_799_999), "2026-11-21");
    }

    #[test]
    fn a_code_is_drawn_with_its_quiet_zone() {
        let drawn = qr("https://a.example/join/x", "码").into_string();
        assert!(drawn.contains("viewBox=\"-4 -4 33 33\"") && drawn.contains("M0 0h1v1h-1z"), "{drawn}");
        assert!(!drawn.contains("style="));
    }
}
