//! The ledger of lots: lots and their passports, trace, recall, flows, balance, footprints, circular indicators, etchant loop.

mod balance;
mod circular;
mod etchant;
mod flows;
mod footprints;
mod levels;
mod lot;
mod lots;
mod passport;
mod recall;
mod trace;
mod zero_carbon;

use crate::answer::Failure;
use crate::site::Site;
use crate::viewer::Viewer;
use crate::words::{Lang, encode};
use app::{Act, EntryKind, Named};
use axum::Router;
use maud::{Markup, html};
use model::period::Period;

/// Its routes.
pub fn routes() -> Router<Site> {
    Router::new()
        .merge(lots::routes())
        .merge(lot::routes())
        .merge(trace::routes())
        .merge(recall::routes())
        .merge(balance::routes())
        .merge(flows::routes())
        .merge(footprints::routes())
        .merge(zero_carbon::routes())
        .merge(circular::routes())
        .merge(etchant::routes())
        .merge(passport::routes())
}

/// A name in the reader's language.
fn name(lang: Lang, named: &Named) -> &str {
    match lang {
        Lang::Zh => &named.zh,
        Lang::En => &named.en,
    }
}

/// The word of a step: those of the standard are words of these pages, others come from master data.
fn step(lang: Lang, named: &Named) -> String {
    let zh = match named.id.as_str() {
        "receiving" => "收货",
        "shipping" => "发货",
        "destroying" => "处置",
        "packing" => "包装",
        "stock_taking" | "cycle_counting" => "盘点",
        "sensor_reporting" => "仪表读数",
        "commissioning" => "投产",
        _ => return name(lang, named).to_owned(),
    };
    lang.t(zh).to_owned()
}

/// The word of a kind of posting.
fn kind(lang: Lang, kind: EntryKind) -> &'static str {
    lang.t(match kind {
        EntryKind::Received => "收入",
        EntryKind::Commissioned => "建批",
        EntryKind::Shipped => "出库",
        EntryKind::Discarded => "废弃",
        EntryKind::Consumed => "投入",
        EntryKind::Produced => "产出",
        EntryKind::OpeningStock | EntryKind::ClosingStock => "盘点",
    })
}

/// A mass in kilograms; what is below a gram keeps its digits.
fn kg(value: f64) -> String {
    if value == 0.0 {
        "0".to_owned()
    } else if value.abs() < 0.01 {
        format!("{value:.6}")
    } else if value.abs() < 1000.0 {
        format!("{value:.3}")
    } else {
        format!("{value:.1}")
    }
}

/// The same, a dash where it is unknown.
fn kg_or(value: Option<f64>) -> String {
    value.map_or_else(|| "—".to_owned(), kg)
}

/// A lot's link, shown by its number.
fn lot_link(lot: &str) -> Markup {
    let number = lot.rsplit('/').next().unwrap_or(lot);
    html! { a href={ "/ledger/lot?lot=" (encode(lot)) } { (number) } }
}

/// Where the postings behind a figure are listed; nowhere for those who may see the figure but not its postings.
fn postings_of(
    viewer: &Viewer,
    site: &Named,
    of: &str,
    period: Period,
    substance: Option<&str>,
) -> Option<String> {
    viewer.actor().may(Act::IndicatorPostings).then(|| {
        format!(
            "/circular/postings?site={}&of={of}&period={period}&substance={}",
            encode(&site.id),
            encode(substance.unwrap_or(""))
        )
    })
}

/// A choice of sites.
fn site_select(lang: Lang, sites: &[Named], chosen: &str, all: Option<&str>) -> Markup {
    html! {
        select name="site" {
            @if let Some(all) = all { option value="" { (all) } }
            @for site in sites { option value=(site.id) selected[site.id == chosen] { (name(lang, site)) } }
        }
    }
}

/// A choice of substances.
fn substance_select(lang: Lang, substances: &[String], chosen: &str) -> Markup {
    html! {
        select name="substance" {
            option value="" { (lang.t("总质量")) }
            @for substance in substances { option value=(substance) selected[substance == chosen] { (substance) } }
        }
    }
}

/// A period out of a query: a year, a month or days, none where nothing is said; what is not understood is refused.
fn days(viewer: &Viewer, text: &str) -> Result<Option<Period>, Failure> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    Period::of_days(text.trim()).map(Some).map_err(|_| {
        let what = "a year (2026), a month (2026-11) or days (2026-11-01..2026-12-15) are expected";
        viewer.fail(app::Error::new(app::Code::BadInput, format!("period {}: {what}", text.trim())))
    })
}

/// The words of a text that is not empty.
fn some(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}
