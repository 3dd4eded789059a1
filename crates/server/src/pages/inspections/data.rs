//! What the charts of a run draw, as JSON with words in the reader's language.

use crate::pages::inspection::{defects, zh};
use crate::viewer::Viewer;
use crate::words::Lang;
use app::{Chart, Control, Measure, RunCard, XbarR, run_rules};
use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// `GET /inspections/{id}/data.json`
pub async fn serve(viewer: Viewer, Path(id): Path<i64>) -> Result<Response, crate::answer::Failure> {
    let card = viewer.app().inspection(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    Ok(Json(of(viewer.lang(), &card)).into_response())
}

/// The charts of a run.
pub fn of(lang: Lang, card: &RunCard) -> Value {
    let panel = card.row.figures.as_ref().and_then(|f| f.panel.as_ref());
    let pareto: Vec<Value> = panel
        .map(defects)
        .unwrap_or_default()
        .into_iter()
        .map(|(class, count)| json!({ "name": lang.t(zh(class)), "count": count }))
        .collect();
    json!({
        "running": card.row.running,
        "pareto": pareto,
        "spots": card.detail.as_ref().map(|d| &d.spots),
        "charts": card.control.as_ref().map(|c| charts(lang, c)),
        "words": {
            "defects": lang.t("缺陷"), "share": lang.t("累计占比"), "row": lang.t("行"), "column": lang.t("列"),
            "centre": lang.t("中心线"), "limit": lang.t("控制限"), "frame": lang.t("帧"),
        },
    })
}

fn charts(lang: Lang, control: &Control) -> Vec<Value> {
    let marks = |measure: Measure| -> Vec<Value> {
        let own = control.alarms.iter().filter(|a| a.measure == measure);
        own.map(|a| json!({ "frame": a.frame, "rule": rule(lang, &a.rule) })).collect()
    };
    let chart = |part: &str, name: String, frames: &[u64], chart: &Chart, marks: Vec<Value>| {
        let half = chart.high - chart.centre;
        json!({
            "part": part, "name": name, "frames": frames, "values": chart.values, "centre": chart.centre,
            "high": vec![chart.high; chart.values.len()],
            "low": vec![chart.low; chart.values.len()], "half": half, "marks": marks,
        })
    };
    let frames = &control.frames;
    let ewma = &control.ewma;
    let bound = |sign: f64| -> Vec<f64> { ewma.half.iter().map(|h| ewma.centre + sign * h).collect() };
    let mut out = vec![
        chart("yield", format!("{} %", lang.t("良率")), frames, &control.yields, marks(Measure::Yield)),
        json!({
            "part": "ewma", "name": format!("EWMA {} %, λ = {}", lang.t("良率"), ewma.weight), "frames": frames,
            "values": ewma.values, "centre": ewma.centre, "high": bound(1.0), "low": bound(-1.0), "marks": [],
        }),
    ];
    for (axis, measure, found) in [("dx", Measure::Dx, &control.dx), ("dy", Measure::Dy, &control.dy)] {
        let Some(XbarR { n, means, ranges }) = found else { continue };
        let first: Vec<u64> = frames.chunks_exact(*n).map(|c| c[0]).collect();
        out.push(chart(
            &format!("x{axis}"),
            format!("X̄ σ({axis}) μm, n = {n}"),
            &first,
            means,
            marks(measure),
        ));
        out.push(chart(&format!("r{axis}"), format!("R σ({axis}) μm, n = {n}"), &first, ranges, Vec::new()));
    }
    out
}

/// A run rule in words.
pub fn rule(lang: Lang, id: &str) -> &'static str {
    run_rules().iter().find(|r| r.id == id).map_or("", |r| lang.t(&r.name_zh))
}
