//! “Who nearby can make it” (附近谁能做): words, a place, a distance; a map of counties and the ranked offers.

use super::map::Map;
use super::needs::title;
use super::record;
use super::search::region_select;
use crate::answer::Answer;
use crate::format;
use crate::parts::{empty, form_error};
use crate::site::Site;
use crate::viewer::Viewer;
use crate::words::encode;
use app::{Act, Code, CountyCount, Error, Nearby, NearbyQuery, NearbyRow};
use axum::Router;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new().route("/nearby", get(index))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    q: String,
    from: String,
    within: String,
    certificates: String,
    /// A county chosen on the map: rows of others are not shown.
    county: String,
}

async fn index(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let lang = viewer.lang();
    let query = NearbyQuery {
        q: ask.q.trim().to_owned(),
        from: ask.from.clone(),
        within_km: ask
            .within
            .trim()
            .parse()
            .ok()
            .filter(|km: &f64| km.is_finite() && *km > 0.0)
            .unwrap_or(0.0),
        certificates: ask.certificates.trim().to_owned(),
        limit: 100,
    };
    match viewer.app().nearby(viewer.actor(), &query).await {
        Ok(found) => Ok(viewer.page(lang.t("附近谁能做"), &page(&viewer, &ask, &query, Some(&found), None))),
        Err(error) if error.code == Code::BadInput => {
            let error = lang.said(error);
            let body = page(&viewer, &ask, &query, None, Some(&error));
            Ok(viewer.refused(&error, lang.t("附近谁能做"), &body))
        }
        Err(error) => Err(viewer.fail(error)),
    }
}

fn page(
    viewer: &Viewer,
    ask: &Ask,
    query: &NearbyQuery,
    found: Option<&Nearby>,
    error: Option<&Error>,
) -> Markup {
    let lang = viewer.lang();
    html! {
        h1 { (lang.t("附近谁能做")) }
        (form_error(lang, error))
        (form(viewer, ask))
        @if let Some(found) = found {
            div.nearby {
                (counties(viewer, ask, query, found))
                section aria-labelledby="who" {
                    h2.visually-hidden #who { (lang.t("能做的企业")) }
                    @if query.q.is_empty() {
                        (empty(lang.t("写下要做什么"), lang.t("产品或工序加上规格，如：电路板 4层 沉金。地图先显示全部供给。")))
                    } @else { (rows(viewer, ask, found)) }
                }
            }
        }
    }
}

fn form(viewer: &Viewer, ask: &Ask) -> Markup {
    let lang = viewer.lang();
    let regions = &viewer.app().reference().regions;
    html! {
        search {
            form.filter method="get" action="/nearby" {
                label.grow { (lang.t("要做什么")) input type="search" name="q" value=(ask.q) maxlength="500" placeholder=(lang.t("产品、工序、规格，如：键合金丝 20μm")); }
                label { (lang.t("从哪里算")) (region_select(lang, regions, "from", &ask.from, lang.t("本企业所在地"))) }
                label { (lang.t("多少公里内")) input.few type="number" name="within" min="1" max="5000" step="any" value=(ask.within) placeholder=(lang.t("不限")); }
                label { (lang.t("须有认证")) input type="text" name="certificates" value=(ask.certificates) maxlength="200" placeholder="ISO9001"; }
                button type="submit" { (lang.t("查找")) }
            }
        }
    }
}

/// The address of this search with a county chosen, or none.
fn with_county(ask: &Ask, county: &str) -> String {
    let pairs = [
        ("q", ask.q.as_str()),
        ("from", &ask.from),
        ("within", &ask.within),
        ("certificates", &ask.certificates),
        ("county", county),
    ];
    let pairs: Vec<String> =
        pairs.iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| format!("{n}={}", encode(v))).collect();
    if pairs.is_empty() { "/nearby".to_owned() } else { format!("/nearby?{}", pairs.join("&")) }
}

fn counties(viewer: &Viewer, ask: &Ask, query: &NearbyQuery, found: &Nearby) -> Markup {
    let lang = viewer.lang();
    // Without words there are no rows here to narrow, so a county leads to its offers.
    let link = |county: &CountyCount| {
        if query.q.is_empty() {
            format!("/offers?region={}", encode(&county.code))
        } else {
            with_county(ask, &county.code)
        }
    };
    let map = Map {
        lang,
        counties: &found.counties,
        from: found.from.as_ref(),
        within_km: query.within_km,
        link: &link,
    };
    let mut by_count: Vec<&CountyCount> = found.counties.iter().collect();
    by_count.sort_by_key(|c| (std::cmp::Reverse(c.offers), c.code.clone()));
    html! {
        section aria-label=(lang.t("各县区的供给")) {
            (map.draw())
            details {
                summary { (lang.t("县区数字")) }
                table.small {
                    thead { tr {
                        th scope="col" { (lang.t("县区")) }
                        th.n scope="col" { (lang.t("供给")) }
                        th.n scope="col" { (lang.t("企业")) }
                        th.n scope="col" { (lang.t("距离")) }
                    } }
                    tbody {
                        @for county in by_count {
                            tr {
                                td { a href=(link(county)) { (county.name) } }
                                td.n { (county.offers) }
                                td.n { (county.enterprises) }
                                td.n { (format::km(county.distance_km)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn rows(viewer: &Viewer, ask: &Ask, found: &Nearby) -> Markup {
    let lang = viewer.lang();
    let regions = &viewer.app().reference().regions;
    let shown: Vec<&NearbyRow> = found
        .rows
        .iter()
        .filter(|r| ask.county.is_empty() || regions.is_within(&r.offer.enterprise.region_code, &ask.county))
        .collect();
    let county = found.counties.iter().find(|c| c.code == ask.county);
    let all: usize = found.counties.iter().map(|c| c.offers).sum();
    html! {
        p.soft {
            (lang.t("显示")) " " strong { (shown.len()) } " / " (all.max(found.rows.len())) " " (lang.t("条供给"))
            @if let Some(county) = county { " · " (county.name) " " a href=(with_county(ask, "")) { (lang.t("看全部县区")) } }
            @if viewer.actor().may(Act::SaveNeed) {
                " · " a href={ "/needs/new?title=" (encode(&ask.q)) } { (lang.t("把它发布成需求")) }
            }
        }
        @if shown.is_empty() {
            (empty(lang.t("没有找到能做的企业"), lang.t("放宽距离、少写几个词，或把它发布成需求，让别人来找您。")))
        } @else {
            ol.matches { @for row in shown { li { (card(viewer, row)) } } }
        }
    }
}

fn card(viewer: &Viewer, row: &NearbyRow) -> Markup {
    let lang = viewer.lang();
    let offer = &row.offer;
    html! {
        article.match.infeasible[!row.matched.feasible] {
            header {
                (record::rank(lang, &row.matched))
                h3 { a href={ "/offers/" (offer.id) } { (title(lang, &offer.offer.title)) } }
                p { (record::owner(lang, &offer.enterprise)) " " span.soft { (offer.enterprise.region) } }
            }
            @if !offer.offer.detail.is_empty() { p { span.clamp { (offer.offer.detail) } } }
            @if !offer.offer.certificates.is_empty() { p.soft { (lang.t("认证")) "：" (offer.offer.certificates.join(format::comma(lang))) } }
            (record::verdicts(lang, viewer.app().reference(), &row.matched.verdicts))
            details { summary { (lang.t("得分理由")) } (record::reasons(lang, &row.matched)) }
        }
    }
}
