//! The statement of zero carbon of a site and a period: scopes apart, location and market based, or why nothing is stated.

use super::{days, kg, site_select, some};
use crate::answer::Answer;
use crate::parts::{crumbs, figures, tag};
use crate::site::Site;
use crate::viewer::Viewer;
use crate::words::Lang;
use app::{FlowQuery, ZeroCarbonQuery, ZeroCarbonStatement};
use axum::Router;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

/// Missing things shown: the count stands above them.
const MISSING_MAX: usize = 20;

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new().route("/footprints/zero-carbon", get(page))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    site: String,
    period: String,
    offset: String,
}

async fn page(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let lang = viewer.lang();
    let title = lang.t("零碳声明");
    let mut offsets = Vec::new();
    if let Some(text) = some(&ask.offset) {
        let amount = text.parse().map_err(|_| {
            let what = format!("{}：{}", lang.t("抵消量（kg CO2e）"), lang.t("应为数字"));
            viewer.fail(app::Error::new(app::Code::BadInput, what))
        })?;
        offsets.push((lang.t("抵消").to_owned(), amount));
    }
    let query = ZeroCarbonQuery { site: some(&ask.site), period: days(&viewer, &ask.period)?, offsets };
    let found = viewer.app().zero_carbon(viewer.actor(), &query).await.map_err(|e| viewer.fail(e))?;
    let sites =
        viewer.app().flows(viewer.actor(), &FlowQuery::default()).await.map_err(|e| viewer.fail(e))?.sites;
    let body = html! {
        (crumbs(lang, &[("/footprints", lang.t("碳足迹"))], title))
        h1 { (title) }
        form.filter method="get" action="/footprints/zero-carbon" {
            label { (lang.t("场所")) (site_select(lang, &sites, &ask.site, Some(lang.t("全部")))) }
            label { (lang.t("期间")) input.few type="text" name="period" value=(ask.period) placeholder="2026 / 2026-11"; }
            label { (lang.t("抵消量（kg CO2e）")) input.few type="text" name="offset" value=(ask.offset); }
            button type="submit" { (lang.t("查看")) }
        }
        (verdict(lang, &found))
        (figures(&[
            (lang.t("范围一"), kg(found.scope1_kg), "kg"),
            (lang.t("范围二（位置法）"), kg(found.scope2_location_kg), "kg"),
            (lang.t("范围二（市场法）"), kg(found.scope2_market_kg), "kg"),
            (lang.t("范围三"), kg(found.scope3_kg), "kg"),
            (lang.t("合计（位置法）"), kg(found.emitted_location_kg), "kg"),
            (lang.t("合计（市场法）"), kg(found.emitted_market_kg), "kg"),
            (lang.t("抵消"), kg(found.offset_kg), "kg"),
        ]))
        @if !found.missing.is_empty() {
            h2 { (lang.t("缺什么")) " (" (found.missing_count) ")" }
            ul { @for what in found.missing.iter().take(MISSING_MAX) { li { (lang.say(what)) } } }
            @if found.missing_count > MISSING_MAX { p.soft { (lang.t("只列出前面的")) " " (MISSING_MAX) } }
        }
    };
    Ok(viewer.page(title, &body))
}

fn verdict(lang: Lang, found: &ZeroCarbonStatement) -> Markup {
    html! {
        p {
            @match (found.net_location_kg, found.net_market_kg) {
                (Some(location), Some(market)) => {
                    @if found.is_net_zero { (tag("good", lang.t("净零"))) }
                    @else if found.is_net_zero_market { (tag("warn", lang.t("按市场法净零，按位置法不是"))) }
                    @else { (tag("bad", lang.t("不是净零"))) }
                    " " (lang.t("净排放（位置法）")) " " (kg(location)) " kg · "
                    (lang.t("净排放（市场法）")) " " (kg(market)) " kg"
                }
                _ => { (tag("bad", lang.t("不声明"))) " " (lang.t("有缺项，净值会偏低，所以不给出。")) }
            }
        }
    }
}
