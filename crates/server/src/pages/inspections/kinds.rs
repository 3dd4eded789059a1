//! What runs of boards and of placement show: figures, legend, tables of findings and parts.

use super::runs::{number, percent};
use crate::parts::{figures, scroll};
use crate::words::Lang;
use app::{
    BoardClass, BoardsSummary, Capability, Estimate as Interval, PlacedSummary, PlacementClass, RunCard,
    board_colour, part_colour,
};
use maud::{Markup, html};

/// Chinese name of a class of findings.
pub fn board_zh(class: BoardClass) -> &'static str {
    match class {
        BoardClass::Open => "开路",
        BoardClass::Short => "短路",
        BoardClass::Mousebite => "鼠咬",
        BoardClass::Spur => "毛刺",
        BoardClass::Copper => "余铜",
        BoardClass::PinHole => "针孔",
    }
}

/// Chinese name of a class of parts.
pub fn part_zh(class: PlacementClass) -> &'static str {
    match class {
        PlacementClass::Ok => "良品",
        PlacementClass::Missing => "缺件",
        PlacementClass::WrongSize => "尺寸不符",
        PlacementClass::Shifted => "偏移",
        PlacementClass::Rotated => "偏转",
    }
}

fn share(of: Option<Interval>) -> (String, String) {
    let (low, high) = (of.map(|s| s.low), of.map(|s| s.high));
    (percent(of.map(|s| s.value), 2), format!("95%: {} … {}", percent(low, 2), percent(high, 2)))
}

/// Figures of a run of boards.
pub fn boards(lang: Lang, s: &BoardsSummary) -> Markup {
    let (good, between) = share(s.yield_share);
    let found: u64 = s.classes.values().map(|c| c.findings).sum();
    html! {
        (figures(&[
            (lang.t("无缺陷板的比例"), good, &between),
            (lang.t("板数"), s.boards.to_string(), ""),
            (lang.t("无缺陷的板"), s.good.to_string(), ""),
            (lang.t("缺陷"), found.to_string(), ""),
        ]))
        @if !s.classes.is_empty() {
            (scroll(lang.t("缺陷分类"), &html! {
                table {
                    thead { tr {
                        th scope="col" { (lang.t("类别")) }
                        th.n scope="col" { (lang.t("数量")) }
                        th.n scope="col" { (lang.t("有此缺陷的板")) }
                    } }
                    tbody { @for (class, count) in &s.classes {
                        tr {
                            th scope="row" { (lang.t(board_zh(*class))) }
                            td.n { (count.findings) }
                            td.n { (count.boards) }
                        }
                    } }
                }
            }))
        }
    }
}

/// Figures of a run of placement.
pub fn placement(lang: Lang, s: &PlacedSummary) -> Markup {
    let (good, between) = share(s.measured.yield_share);
    let axes = [
        ("x", "μm", s.tolerance_um, s.measured.x),
        ("y", "μm", s.tolerance_um, s.measured.y),
        ("θ", "°", s.tolerance_deg, s.measured.theta),
    ];
    let ends = |i: Interval| format!("{:.2} ({:.2} … {:.2})", i.value, i.low, i.high);
    let index = |c: Option<Capability>, of: fn(&Capability) -> Interval| {
        c.as_ref().map_or_else(|| "—".to_owned(), |c| ends(of(c)))
    };
    html! {
        (figures(&[
            (lang.t("良率"), good, &between),
            (lang.t("板数"), s.boards.to_string(), ""),
            (lang.t("元件"), s.measured.parts.to_string(), ""),
        ]))
        @if s.fiducials == 0 {
            p.notice { (lang.t("没有基准点：所有元件共同的偏移看不出来，不能作为贴装精度的证据。")) }
        }
        (scroll(lang.t("贴装偏差"), &html! {
            table.cards {
                thead { tr {
                    th scope="col" { (lang.t("方向")) }
                    th.n scope="col" { (lang.t("平均")) }
                    th.n scope="col" { (lang.t("标准差")) }
                    th.n scope="col" { (lang.t("公差")) }
                    th.n scope="col" { "Cp (95%)" }
                    th.n scope="col" { "Cpk (95%)" }
                    th.n scope="col" { (lang.t("量具占公差")) }
                } }
                tbody { @for (axis, unit, tolerance, c) in axes {
                    tr {
                        th scope="row" { (axis) }
                        td.n data-label=(lang.t("平均")) { (number(c.map(|c| c.mean), 3)) " " (unit) }
                        td.n data-label=(lang.t("标准差")) { (number(c.map(|c| c.sigma), 3)) " " (unit) }
                        td.n data-label=(lang.t("公差")) { "±" (tolerance) " " (unit) }
                        td.n data-label="Cp (95%)" { (index(c, |c| c.cp)) }
                        td.n data-label="Cpk (95%)" { (index(c, |c| c.cpk)) }
                        td.n data-label=(lang.t("量具占公差")) { (percent(c.map(|c| c.gauge_share), 1)) }
                    }
                } }
            }
        }))
        @if s.measured.good < s.measured.parts {
            ul.plain { @for (class, count) in s.measured.classes.iter().filter(|(c, _)| **c != PlacementClass::Ok) {
                li { (lang.t(part_zh(*class))) " " (count) }
            } }
        }
    }
}

/// What the colours of the overlay stand for; drawn, since a page's styles stand in its style sheets alone.
pub fn legend(lang: Lang, card: &RunCard) -> Markup {
    let Some(of) = &card.row.figures else { return html! {} };
    let found = of.boards.iter().flat_map(|s| s.classes.keys());
    let placed = of.placement.iter().flat_map(|s| s.measured.classes.keys());
    let found = found.map(|c| (board_zh(*c), board_colour(*c)));
    let marks: Vec<_> = found.chain(placed.map(|c| (part_zh(*c), part_colour(*c)))).collect();
    html! {
        @if !marks.is_empty() {
            p { @for (word, [r, g, b]) in marks {
                svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" {
                    rect x="2" y="2" width="12" height="12" fill="none" stroke=(format!("rgb({r},{g},{b})")) stroke-width="3" {}
                }
                " " (lang.t(word)) " \u{3000}"
            } }
        }
    }
}

/// Findings of a run of boards, parts of a run of placement.
pub fn table(lang: Lang, card: &RunCard) -> Markup {
    let Some(detail) = &card.detail else { return html! {} };
    html! {
        @if !detail.findings.is_empty() {
            h2 { (lang.t("缺陷")) }
            (scroll(lang.t("缺陷"), &html! {
                table.cards {
                    thead { tr {
                        th scope="col" { (lang.t("图像")) }
                        th scope="col" { (lang.t("类别")) }
                        th.n scope="col" { "x, px" }
                        th.n scope="col" { "y, px" }
                        th.n scope="col" { (lang.t("分数")) }
                    } }
                    tbody { @for f in &detail.findings {
                        tr {
                            td.t data-label=(lang.t("图像")) { (f.image) }
                            td data-label=(lang.t("类别")) { (lang.t(board_zh(f.class))) }
                            td.n data-label="x, px" { (f.x1) " … " (f.x2) }
                            td.n data-label="y, px" { (f.y1) " … " (f.y2) }
                            td.n data-label=(lang.t("分数")) { (format!("{:.2}", f.score)) }
                        }
                    } }
                }
            }))
        }
        @if !detail.parts.is_empty() {
            h2 { (lang.t("元件")) }
            (scroll(lang.t("元件"), &html! {
                table.cards {
                    thead { tr {
                        th scope="col" { (lang.t("图像")) }
                        th scope="col" { (lang.t("元件")) }
                        th scope="col" { (lang.t("类别")) }
                        th.n scope="col" { "dx, μm" }
                        th.n scope="col" { "dy, μm" }
                        th.n scope="col" { "dθ, °" }
                    } }
                    tbody { @for p in &detail.parts {
                        tr {
                            td.t data-label=(lang.t("图像")) { (p.image) }
                            td data-label=(lang.t("元件")) { (p.part.name) }
                            td data-label=(lang.t("类别")) { (lang.t(part_zh(p.part.class))) }
                            td.n data-label="dx, μm" { (format!("{:+.2}", p.part.dx_um)) }
                            td.n data-label="dy, μm" { (format!("{:+.2}", p.part.dy_um)) }
                            td.n data-label="dθ, °" { (format!("{:+.3}", p.part.dtheta_deg)) }
                        }
                    } }
                }
            }))
        }
    }
}
