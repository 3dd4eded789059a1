//! Two runs beside each other, with their differences tested.

use super::kinds;
use super::report::outcome;
use super::runs::{kind, state};
use crate::answer::Answer;
use crate::format;
use crate::pages::inspection::zh;
use crate::parts::{crumbs, empty_to, scroll, side_by_side, tag};
use crate::viewer::Viewer;
use crate::words::{Lang, pairs};
use app::{Compared, Comparison, RunCard};
use maud::{Markup, html};

/// Probability below which a difference is called one.
const SURE: f64 = 0.01;

/// `GET /inspections/compare?a=&b=`: the two that are named first.
pub async fn page(viewer: Viewer) -> Answer {
    let lang = viewer.lang();
    let ids: Vec<i64> = pairs(&viewer.query)
        .filter(|(n, _)| n == "a" || n == "b")
        .filter_map(|(_, v)| v.parse().ok())
        .collect();
    let &[a, b] = ids.as_slice() else {
        let empty = empty_to(
            lang.t("请选中两次检测"),
            lang.t("返回检测记录，勾选两行。"),
            "/inspections",
            lang.t("检测记录"),
        );
        return Ok(viewer.page(lang.t("比较两次检测"), &empty));
    };
    // The older one first: a difference is what has changed since.
    let found = viewer.app().compare_inspections(viewer.actor(), a.min(b), a.max(b)).await;
    let found = found.map_err(|e| viewer.fail(e))?;
    let body = html! {
        (crumbs(lang, &[("/inspections", lang.t("检测"))], lang.t("比较两次检测")))
        h1 { (lang.t("比较两次检测")) }
        (side_by_side(&side(lang, &found.first), &side(lang, &found.second)))
        h2 { (lang.t("差异")) }
        (differences(lang, &found))
        p.hint { (lang.t("良率、平均和离散按帧比较（Welch t 检验），类别按灯珠、元件或板比较（两比例检验）；区间为95%。p 小于 0.01 才算有差异。")) }
    };
    Ok(viewer.page(lang.t("比较两次检测"), &body))
}

fn side(lang: Lang, card: &RunCard) -> Markup {
    html! {
        h2 { a href={ "/inspections/" (card.row.id) } { (card.row.name) } " " (state(lang, &card.row)) }
        p.soft { (kind(lang, card.row.kind())) " · " (format::moment(card.row.begun_ms)) }
        @match card.row.figures.as_ref().and_then(|f| outcome(lang, f)) {
            Some(outcome) => (outcome),
            None => p.soft { (lang.t("还没有测完一帧")) },
        }
    }
}

fn differences(lang: Lang, found: &Comparison) -> Markup {
    let row = |what: Compared| match what {
        Compared::Yield => (lang.t("良率").to_owned(), "%"),
        Compared::Class(class) => (lang.t(zh(class)).to_owned(), "%"),
        Compared::Boards => (lang.t("无缺陷板的比例").to_owned(), "%"),
        Compared::BoardClass(class) => (lang.t(kinds::board_zh(class)).to_owned(), "%"),
        Compared::PartClass(class) => (lang.t(kinds::part_zh(class)).to_owned(), "%"),
        Compared::MeanDx => (lang.t("板平均偏移 dx").to_owned(), "μm"),
        Compared::MeanDy => (lang.t("板平均偏移 dy").to_owned(), "μm"),
        Compared::SigmaDx => (lang.t("帧内标准差 dx").to_owned(), "μm"),
        Compared::SigmaDy => (lang.t("帧内标准差 dy").to_owned(), "μm"),
    };
    html! {
        @if found.differences.is_empty() {
            p.soft { (lang.t("帧数太少，无法检验差异。")) }
        } @else {
            (scroll(lang.t("差异"), &html! {
                table.cards {
                    thead { tr {
                        th scope="col" { (lang.t("项目")) }
                        th.n scope="col" { (lang.t("后者减前者")) }
                        th.n scope="col" { (lang.t("95%区间")) }
                        th.n scope="col" { "p" }
                        th scope="col" { (lang.t("结论")) }
                    } }
                    tbody { @for tested in &found.differences {
                        @let (name, unit) = row(tested.what);
                        @let d = &tested.difference;
                        tr {
                            th scope="row" { (name) }
                            td.n data-label=(lang.t("后者减前者")) { (format!("{:+.3} {unit}", d.by.value)) }
                            td.n data-label=(lang.t("95%区间")) { (format!("{:+.3} … {:+.3}", d.by.low, d.by.high)) }
                            td.n data-label="p" { @if d.p < 1e-4 { "< 0.0001" } @else { (format!("{:.4}", d.p)) } }
                            td data-label=(lang.t("结论")) {
                                @if d.p < SURE { (tag("warn", lang.t("有差异"))) } @else { (tag("quiet", lang.t("看不出差异"))) }
                            }
                        }
                    } }
                }
            }))
        }
    }
}
