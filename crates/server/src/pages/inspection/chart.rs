//! Charts as drawings in the page.

use app::Histogram;
use maud::{Markup, PreEscaped, html};
use std::fmt::Write as _;

const WIDTH: f64 = 680.0;
const INK: &str = "#1f3b4d";
const ALARM: &str = "#b2182b";

/// Appends formatted text to a string, which cannot fail.
macro_rules! put {
    ($out:expr, $($words:tt)*) => { let _ = write!($out, $($words)*); };
}

fn drawing(title: &str, height: f64, inner: &str) -> Markup {
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(title) style="max-width:100%;break-inside:avoid" {
            (PreEscaped(inner))
        }
    }
}

fn text(out: &mut String, x: f64, y: f64, anchor: &str, words: &str) {
    let words = html! { (words) }.into_string();
    put!(out, r#"<text x="{x:.1}" y="{y:.1}" font-size="12" text-anchor="{anchor}">{words}</text>"#);
}

/// Bars of counts, the longest first, each with the share of all up to it (V. Pareto, J. M. Juran).
pub(super) fn bars(rows: &[(String, u64)]) -> Markup {
    let total: u64 = rows.iter().map(|r| r.1).sum();
    let most = rows.iter().map(|r| r.1).max().unwrap_or(1).max(1);
    let (mut out, mut sum) = (String::new(), 0);
    for (i, (name, count)) in rows.iter().enumerate() {
        let y = 6.0 + 24.0 * i as f64;
        let length = 330.0 * *count as f64 / most as f64;
        sum += count;
        text(&mut out, 190.0, y + 14.0, "end", name);
        put!(out, r#"<rect x="196" y="{y}" width="{length:.1}" height="18" fill="{INK}"/>"#);
        let share = 100.0 * sum as f64 / total.max(1) as f64;
        text(&mut out, 204.0 + length, y + 14.0, "start", &format!("{count}  (Σ {share:.1}%)"));
    }
    drawing("Pareto", 12.0 + 24.0 * rows.len() as f64, &out)
}

/// Counts of offsets with the tolerance behind them.
pub(super) fn histogram(title: &str, histogram: &Histogram, tolerance: f64) -> Markup {
    let (left, right, top, floor) = (40.0, WIDTH - 10.0, 20.0, 150.0);
    let most = histogram.counts.iter().copied().max().unwrap_or(0).max(1) as f64;
    let x = |um: f64| left + (um - histogram.from_um) / (-2.0 * histogram.from_um) * (right - left);
    let step = (right - left) / histogram.counts.len() as f64;
    let mut out = String::new();
    put!(
        out,
        r##"<rect x="{:.1}" y="{top}" width="{:.1}" height="{:.1}" fill="#e8ecee"/>"##,
        x(-tolerance),
        x(tolerance) - x(-tolerance),
        floor - top
    );
    for (i, count) in histogram.counts.iter().enumerate().filter(|(_, n)| **n > 0) {
        // A single bead must be seen.
        let height = ((floor - top) * *count as f64 / most).max(1.0);
        put!(
            out,
            r#"<rect x="{:.1}" y="{:.1}" width="{:.1}" height="{height:.1}" fill="{INK}"/>"#,
            left + step * i as f64,
            floor - height,
            step * 0.9
        );
    }
    put!(out, r#"<path d="M{left} {floor}H{right}" stroke="{INK}"/>"#);
    for um in [-tolerance, 0.0, tolerance] {
        text(&mut out, x(um), floor + 16.0, "middle", &format!("{um}"));
    }
    text(&mut out, left, 14.0, "start", title);
    drawing(title, floor + 24.0, &out)
}

/// Values with their centre and control limits.
pub(super) struct Line {
    values: Vec<f64>,
    centre: f64,
    low: f64,
    high: f64,
}

impl Line {
    /// Individuals with limits from the mean moving range: centre ± 2.66 of it (ISO 7870-2).
    pub fn individuals(values: &[f64]) -> Self {
        let (centre, range) = (mean(values), moving_range(values));
        Self { values: values.to_vec(), centre, low: centre - 2.66 * range, high: centre + 2.66 * range }
    }

    /// Exponentially weighted means, weight 0.2, with their limits at the end (ISO 7870-6).
    pub fn ewma(values: &[f64]) -> Self {
        const WEIGHT: f64 = 0.2;
        let centre = mean(values);
        // The moving range over d2 = 1.128 estimates the standard deviation.
        let half = 3.0 * moving_range(values) / 1.128 * (WEIGHT / (2.0 - WEIGHT)).sqrt();
        let mut z = centre;
        let smooth = values.iter().map(|v| {
            z += WEIGHT * (v - z);
            z
        });
        Self { values: smooth.collect(), centre, low: centre - half, high: centre + half }
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn moving_range(values: &[f64]) -> f64 {
    mean(&values.windows(2).map(|w| (w[1] - w[0]).abs()).collect::<Vec<_>>())
}

/// A control chart; what lies beyond a limit is marked.
pub(super) fn trend(title: &str, line: &Line) -> Markup {
    let (left, right, top, floor) = (70.0, WIDTH - 10.0, 20.0, 110.0);
    let bounds = line.values.iter().copied().chain([line.low, line.high]);
    let (least, most) = bounds.fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(v), b.max(v)));
    let room = ((most - least) * 0.05).max(1e-9);
    let (least, most) = (least - room, most + room);
    let y = |v: f64| floor - (v - least) / (most - least) * (floor - top);
    let x = |i: usize| left + (right - left) * i as f64 / (line.values.len() - 1).max(1) as f64;
    let mut out = String::new();
    for (value, dash) in [(line.centre, "none"), (line.low, "4 3"), (line.high, "4 3")] {
        let at = y(value);
        put!(out, r##"<path d="M{left} {at:.1}H{right}" stroke="#7a8b95" stroke-dasharray="{dash}"/>"##);
        text(&mut out, left - 4.0, at + 4.0, "end", &format!("{value:.3}"));
    }
    let path: Vec<String> =
        line.values.iter().enumerate().map(|(i, &v)| format!("{:.1} {:.1}", x(i), y(v))).collect();
    put!(out, r#"<path d="M{}" fill="none" stroke="{INK}"/>"#, path.join("L"));
    for (i, &v) in line.values.iter().enumerate() {
        let beyond = v < line.low || v > line.high;
        let (r, colour) = if beyond { (4.0, ALARM) } else { (1.8, INK) };
        put!(out, r#"<circle cx="{:.1}" cy="{:.1}" r="{r}" fill="{colour}"/>"#, x(i), y(v));
    }
    text(&mut out, left, 14.0, "start", title);
    drawing(title, floor + 8.0, &out)
}
