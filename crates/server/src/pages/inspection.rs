//! The report of an inspection as one file: figures, Pareto, histograms, control charts, maps. Chinese and English side by
//! side, since it travels between both; charts are drawn here, so the page needs neither script nor network.

mod chart;

use crate::layout;
use crate::words::Lang;
use app::{BeadClass as Class, PanelRun, PanelSummary, Systematic, SystematicKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chart::{Line, bars, histogram, trend};
use maud::{Markup, html};

/// Largest picture that is put into the page, in bytes; larger ones are named.
const PICTURE_MAX: usize = 8 << 20;

/// Chinese name of a class.
pub fn zh(class: Class) -> &'static str {
    match class {
        Class::Ok => "良品",
        Class::Missing => "缺灯",
        Class::Dead => "死灯",
        Class::MissingOrDead => "缺灯或死灯",
        Class::Dim => "偏暗",
        Class::Bright => "偏亮",
        Class::Shifted => "偏移",
        Class::Double => "叠灯",
        Class::Bridge => "连桥",
        Class::Dirty => "脏污",
        Class::WrongColour => "色差",
        Class::Unmeasured => "未测",
    }
}

/// Classes that are defects, the most frequent first.
pub fn defects(s: &PanelSummary) -> Vec<(Class, u64)> {
    let found = s.classes.iter().map(|(c, n)| (*c, *n));
    let mut found: Vec<(Class, u64)> =
        found.filter(|(c, n)| !matches!(c, Class::Ok | Class::Unmeasured) && *n > 0).collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    found
}

/// What the rings' colours stand for, of the classes that occur. Drawn, since a page's styles stand in its style sheets alone.
pub fn legend(lang: Lang, s: &PanelSummary, both: bool) -> Markup {
    html! {
        p {
            @for (class, _) in defects(s) {
                @let [r, g, b] = app::ring_colour(class);
                svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" {
                    circle cx="8" cy="8" r="6" fill="none" stroke=(format!("rgb({r},{g},{b})")) stroke-width="3" {}
                }
                " " (lang.t(zh(class))) @if both { " " (class.word()) } " \u{3000}"
            }
        }
    }
}

/// The report of a run.
pub fn file(run: &PanelRun) -> String {
    let s = &run.summary;
    let title = format!("检测报告 Inspection report: {}", s.lot);
    let content = html! {
        h1 { (title) }
        p { (s.at) " · 方案 recipe " (s.recipe) " · " (s.frames) " 帧 frames · " (s.beads) " 颗灯珠 beads" }
        @if s.refused > 0 {
            p.notice { (s.refused) " 帧被拒绝 frames refused" }
            ul { @for reason in &run.refusals { li { (reason) } } }
        }
        section.sheet { h2 { "一、结果 Results" } (figures(s)) }
        section.sheet {
            h2 { "二、缺陷 Defects" }
            @if s.overexposed_frames > 0 {
                p { strong { "曝光过度的帧 overexposed frames: " (s.overexposed_frames) } }
            }
            (pareto(s))
            (patterns(s))
            @if !s.bins.is_empty() {
                h3 { "亮度与颜色分档 Bins of brightness and colour" }
                (bars(&s.bins.iter().map(|(bin, n)| (bin.clone(), *n)).collect::<Vec<_>>()))
            }
        }
        section.sheet {
            h2 { "三、位置 Placement" }
            p { "灰区为公差 grey: the tolerance, ±" (s.tolerance_um) " μm" }
            (histogram("dx, μm", &run.dx, s.tolerance_um))
            (histogram("dy, μm", &run.dy, s.tolerance_um))
        }
        @if run.course.points.len() > 1 { section.sheet { h2 { "四、趋势 Trends" } (trends(run)) } }
        section.sheet {
            h2 { "五、图 Maps" }
            p { "左上 dx，右上 dy，左下亮度，右下类别 · top left dx, top right dy, bottom left light, bottom right class" }
            (picture("map.png", &run.map_png))
            @if let Some(worst) = &run.worst {
                p { "缺陷最多的一帧 the frame with the most defects: " (worst.name) " (" (worst.defects) ")" }
                (legend(Lang::Zh, s, true))
                (picture("overlay.png", &run.overlay_png))
            }
        }
        p { "方案指纹 recipe SHA-256 " span.hash { (s.recipe_sha256) } }
        p { "画面指纹 frames SHA-256 " span.hash { (s.frames_sha256) } }
    };
    layout::document(Lang::Zh, &title, &content).into_string()
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "—".to_owned(), |v| format!("{v:.digits$}"))
}

fn figures(s: &PanelSummary) -> Markup {
    let percent = |v: Option<f64>| v.map_or_else(|| "—".to_owned(), |v| format!("{:.4}%", 100.0 * v));
    let between = |low: Option<f64>, high: Option<f64>| format!("{} … {}", number(low, 3), number(high, 3));
    let rows = [
        (
            "良率",
            "Yield",
            percent(s.yield_share),
            format!("{} … {}", percent(s.yield_low), percent(s.yield_high)),
        ),
        ("Cp x", "Cp x", number(s.cp_x, 3), between(s.cp_x_low, s.cp_x_high)),
        ("Cpk x", "Cpk x", number(s.cpk_x, 3), between(s.cpk_x_low, s.cpk_x_high)),
        ("Cp y", "Cp y", number(s.cp_y, 3), between(s.cp_y_low, s.cp_y_high)),
        ("Cpk y", "Cpk y", number(s.cpk_y, 3), between(s.cpk_y_low, s.cpk_y_high)),
        (
            "平均偏移 x, y",
            "Mean offset x, y",
            format!("{:.3}, {:.3} μm", s.mean_dx_um, s.mean_dy_um),
            String::new(),
        ),
        (
            "量具占公差",
            "Gauge share of the tolerance",
            percent(Some(s.gauge_share)),
            format!("6 × {:.4} μm / {} μm", s.gauge_um, 2.0 * s.tolerance_um),
        ),
        ("亮度均匀度", "Uniformity of light", percent(s.uniformity), String::new()),
    ];
    html! {
        div.scroll { table {
            thead { tr { th { "项目 Figure" } th { "值 Value" } th { (format!("{:.0}% 置信区间 interval", 100.0 * s.confidence)) } } }
            tbody { @for (zh, en, value, interval) in rows {
                tr { td { (zh) " " (if zh == en { "" } else { en }) } td.number { (value) } td.number { (interval) } }
            } }
        } }
    }
}

fn pareto(s: &PanelSummary) -> Markup {
    let found = defects(s);
    if found.is_empty() {
        return html! { p { "未发现缺陷 No defects." } };
    }
    let word = |class: Class| format!("{} {}", zh(class), class.word().replace('_', " "));
    let rows: Vec<(String, u64)> = found.iter().map(|(class, n)| (word(*class), *n)).collect();
    html! {
        (bars(&rows))
        p { "良品被误判的上限 false calls by noise, at most: " (s.false_calls_per_million) " / 10⁶" }
    }
}

/// What fails again and again over the run, and what the worst frame shows.
fn patterns(s: &PanelSummary) -> Markup {
    html! {
        @if s.uneven_frames > 0 {
            p { "网格与 " (s.uneven_frames) " 帧不符：拼接的图块错位或转动，或贴装在板面上漂移；Cp、Cpk 把它算作位置分散。" }
            @for warning in &s.warnings { p { (warning) } }
        }
        @if !s.patterns.systematic.is_empty() {
            p { "系统性失效：位置、行、列、周期 systematic, over all frames:" }
            ul { @for found in s.patterns.systematic.iter().take(20) { li { (systematic(found)) } } }
        }
        (worst_frame(s))
    }
}

fn systematic(s: &Systematic) -> String {
    let (row, column) = (s.row.unwrap_or_default(), s.column.unwrap_or_default());
    let every = s.every.unwrap_or_default();
    let (place, unit) = match s.kind {
        SystematicKind::Site => (format!("行 row {row}, 列 column {column}"), "帧 frames"),
        SystematicKind::Row => (format!("行 row {row}"), "点 beads"),
        SystematicKind::Column => (format!("列 column {column}"), "点 beads"),
        SystematicKind::RowPeriod => {
            (format!("每 {every} 行，自行 every {every} rows from row {row}"), "点 beads")
        }
        SystematicKind::ColumnPeriod => {
            (format!("每 {every} 列，自列 every {every} columns from column {column}"), "点 beads")
        }
    };
    format!("{place}: {} / {} {unit}, p = {:.1e}", s.defects, s.of, s.p)
}

fn worst_frame(s: &PanelSummary) -> Markup {
    if s.patterns.clusters.is_empty() && s.patterns.lines.is_empty() {
        return html! {};
    }
    html! {
        p { "缺陷最多的一帧中的成团与成线 clusters and lines of the worst frame:" }
        ul {
            @for cluster in s.patterns.clusters.iter().take(20) {
                li { (cluster.sites.len()) " 处 sites, 行 rows " (cluster.rows.0) "–" (cluster.rows.1) ", 列 columns " (cluster.columns.0) "–" (cluster.columns.1) }
            }
            @for line in s.patterns.lines.iter().take(20) {
                li { (format!("{:?} {}: {} / {}, p = {:.1e}", line.kind, line.index, line.defects, line.sites, line.chance)) }
            }
        }
    }
}

fn trends(run: &PanelRun) -> Markup {
    let of = |f: fn(&app::FrameFigures) -> f64| -> Vec<f64> { run.course.points.iter().map(f).collect() };
    let share = of(app::FrameFigures::yield_percent);
    let mean = Line::individuals;
    html! {
        p { "单值图：中心线 ± 2.66 倍平均移动极差；EWMA：λ = 0.2，± 3σ。individuals charts: centre ± 2.66 mean moving ranges; EWMA: λ = 0.2, ± 3 sigma" }
        (trend("良率 yield, %", &mean(&share)))
        (trend("良率 EWMA yield, %", &Line::ewma(&share)))
        (trend("dx 平均 mean, μm", &mean(&of(|f| f.mean_dx_um))))
        (trend("dx 标准差 sigma, μm", &mean(&of(|f| f.sigma_dx_um))))
        (trend("dy 平均 mean, μm", &mean(&of(|f| f.mean_dy_um))))
        (trend("dy 标准差 sigma, μm", &mean(&of(|f| f.sigma_dy_um))))
    }
}

fn picture(name: &str, png: &[u8]) -> Markup {
    if png.is_empty() || png.len() > PICTURE_MAX {
        return html! { p { (name) } };
    }
    html! { img alt=(name) style="max-width:100%;image-rendering:pixelated" src=(format!("data:image/png;base64,{}", STANDARD.encode(png))); }
}
