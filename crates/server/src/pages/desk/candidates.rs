//! A need's candidates beside each other: one column a candidate, one row a specification or part of the score.

use super::review::Asked;
use crate::format;
use crate::pages::market::property;
use crate::parts::{empty, tag};
use crate::viewer::Viewer;
use crate::words::Lang;
use app::{DeskNeed, DeskPair};
use maud::{Markup, html};
use model::list::Review;
use model::matching::{Outcome, ReasonKind, Verdict};
use model::reference::Reference;

/// Candidates beside each other; the keys 1 to 9 choose one.
const COLUMNS: usize = 9;

/// Why a candidate may be rejected, to choose from.
const REASONS: [&str; 8] =
    ["规格不符", "价格不合", "产能不足", "距离过远", "供方无意", "需方已有供应商", "信息过期", "停产"];

/// A word that a button says of a pair.
pub struct Word<'a> {
    /// Number of the need.
    pub need: u32,
    /// Number of the offer.
    pub offer: u32,
    /// The word that was seen last.
    pub base: i64,
    /// `confirmed`, `added`, `proposed`.
    pub review: &'a str,
    /// True where the desk stays at this need afterwards.
    pub stay: bool,
}

/// A button that says a word of a pair.
pub fn word_button(
    viewer: &Viewer,
    draft: i64,
    asked: &Asked,
    word: Word<'_>,
    class: &str,
    text: &str,
    key: &str,
) -> Markup {
    html! {
        (word_form(viewer, draft, asked, &word, &html! {
            input type="hidden" name="review" value=(word.review);
            button class=(class) type="submit" data-word=[(!key.is_empty()).then_some(key)] { (text) }
        }))
    }
}

fn word_form(viewer: &Viewer, draft: i64, asked: &Asked, word: &Word<'_>, inner: &Markup) -> Markup {
    let to = format!("/desk/{draft}/decide");
    html! {
        form.inline method="post" action=(to) hx-post=(to) hx-target="#desk" hx-swap="outerHTML" {
            (viewer.csrf_field()) (asked.fields())
            input type="hidden" name="need" value=(word.need);
            input type="hidden" name="offer" value=(word.offer);
            input type="hidden" name="base" value=(word.base);
            @if word.stay { input type="hidden" name="stay" value="true"; }
            (inner)
        }
    }
}

/// The table of candidates.
pub fn table(viewer: &Viewer, draft: i64, asked: &Asked, card: &DeskNeed, next: Option<u32>) -> Markup {
    let lang = viewer.lang();
    if card.pairs.is_empty() {
        return empty(
            lang.t("没有候选供给"),
            lang.t("系统在草稿里没有找到能做的企业；知道谁能做就在下面人工添加，否则这条列入补链缺口。"),
        );
    }
    let reference = viewer.app().reference();
    let pairs: Vec<&DeskPair> = card.pairs.iter().take(COLUMNS).collect();
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.t("候选对照")) {
            table.candidates data-has-next[next.is_some()] {
                thead { tr {
                    th scope="col" { (lang.t("候选")) }
                    @for (index, pair) in pairs.iter().enumerate() { (column_head(lang, index, pair)) }
                } }
                tbody {
                    tr.words {
                        th scope="row" { (lang.t("意见")) }
                        @for (index, pair) in pairs.iter().enumerate() { td data-candidate=(index + 1) { (words(viewer, draft, asked, card, pair)) } }
                    }
                    (row(lang.t("得分"), &pairs, |p| html! { strong { (format::score(p.matched.score)) } }))
                    (row(lang.t("距离"), &pairs, |p| html! { (format::km(p.matched.distance_km)) }))
                    (row(lang.t("分配"), &pairs, |p| format::allocation(lang, &reference.units, p.allocation.as_ref())))
                    (row(lang.t("剩余产能"), &pairs, |p| html! { (format::quantity(p.offer.offer.spare_capacity.as_ref())) }))
                    (specifications(lang, reference, &pairs))
                    (scores(lang, &pairs))
                    (row(lang.t("供方的话"), &pairs, |p| html! { span.soft { (p.offer.offer.detail) } }))
                }
            }
        }
        @if card.pairs.len() > COLUMNS {
            p.soft { (lang.t("此处列出")) " " (COLUMNS) " / " (card.pairs.len()) }
        }
    }
}

fn column_head(lang: Lang, index: usize, pair: &DeskPair) -> Markup {
    let supplier = pair.supplier.as_ref();
    html! {
        th scope="col" tabindex="-1" data-candidate=(index + 1) aria-selected=(if index == 0 { "true" } else { "false" }) {
            kbd aria-hidden="true" { (index + 1) } " " (pair.offer.offer.title) " " span.plain.soft { "#" (pair.offer.number) }
            br; span.plain { (supplier.map_or("", |e| e.name.as_str())) " " span.soft { (supplier.map_or("", |e| e.region.as_str())) } }
            br; (standing(lang, pair))
        }
    }
}

/// What stands on a pair, and who said it.
fn standing(lang: Lang, pair: &DeskPair) -> Markup {
    let class = match pair.review {
        Review::Proposed => "quiet",
        Review::Confirmed | Review::Added => "good",
        Review::Rejected { .. } => "bad",
    };
    let spoken = pair.review != Review::Proposed;
    html! {
        @if spoken || pair.on_draft { (tag(class, lang.t(pair.review.zh()))) } @else { (tag("info", lang.t("备选"))) }
        @if spoken {
            @if let Some(by) = &pair.by { " " span.plain.soft { (by) " " (pair.at_ms.map(format::moment).unwrap_or_default()) } }
        }
        @if let Review::Rejected { reason } = &pair.review { br; span.plain { (reason) } }
        @if !pair.matched.feasible { " " (tag("warn", lang.t("系统认为不可行"))) }
    }
}

/// What can be said of a pair now.
fn words(viewer: &Viewer, draft: i64, asked: &Asked, card: &DeskNeed, pair: &DeskPair) -> Markup {
    let lang = viewer.lang();
    let word = |review: &'static str, stay: bool| Word {
        need: card.need.number,
        offer: pair.offer.number,
        base: pair.base,
        review,
        stay,
    };
    let yes = if pair.on_draft || pair.review != Review::Proposed { "confirmed" } else { "added" };
    let yes_word = if yes == "added" { lang.t("添加") } else { lang.t("确认") };
    let positive = matches!(pair.review, Review::Confirmed | Review::Added);
    let other = format!("why-{}", pair.offer.number);
    html! {
        div.desk-words {
            @if !positive { (word_button(viewer, draft, asked, word(yes, false), "small", yes_word, "c")) }
            @if !matches!(pair.review, Review::Rejected { .. }) {
                details.reject {
                    summary.button.small.quiet.danger data-word="x" { (lang.t("剔除")) }
                    (word_form(viewer, draft, asked, &word("rejected", true), &html! {
                        input type="hidden" name="review" value="rejected";
                        label { (lang.t("原因"))
                            select name="pick" {
                                @for reason in REASONS { option value=(reason) { (lang.t(reason)) } }
                                option value="" { (lang.t("其他（写在下面）")) }
                            }
                        }
                        label for=(other) { (lang.t("补充")) }
                        input id=(other) name="reason" maxlength="200";
                        button.small.danger type="submit" { (lang.t("剔除")) }
                    }))
                }
            }
            @if pair.review != Review::Proposed {
                (word_button(viewer, draft, asked, word("proposed", true), "small quiet", lang.t("收回意见"), "z"))
            }
        }
    }
}

fn row(word: &str, pairs: &[&DeskPair], cell: impl Fn(&DeskPair) -> Markup) -> Markup {
    html! {
        tr {
            th scope="row" { (word) }
            @for (index, pair) in pairs.iter().enumerate() { td data-candidate=(index + 1) { (cell(pair)) } }
        }
    }
}

/// One row for each thing that the need asks for.
fn specifications(lang: Lang, reference: &Reference, pairs: &[&DeskPair]) -> Markup {
    let mut asked: Vec<&Verdict> = Vec::new();
    for verdict in pairs.iter().flat_map(|p| &p.matched.verdicts) {
        if !asked.iter().any(|known| same(known, verdict)) {
            asked.push(verdict);
        }
    }
    html! {
        @for want in asked {
            tr {
                th scope="row" { (property(lang, &reference.properties, &want.property)) br; span.plain.soft { (want.need) } }
                @for (index, pair) in pairs.iter().enumerate() {
                    td data-candidate=(index + 1) {
                        @if let Some(verdict) = pair.matched.verdicts.iter().find(|v| same(v, want)) { (outcome(lang, reference, verdict)) }
                    }
                }
            }
        }
    }
}

fn same(a: &Verdict, b: &Verdict) -> bool {
    (&a.property, &a.need) == (&b.property, &b.need)
}

fn outcome(lang: Lang, reference: &Reference, verdict: &Verdict) -> Markup {
    let (class, mark, word) = match &verdict.outcome {
        Outcome::Met => ("met", "✓", lang.t("满足")),
        Outcome::Short { .. } => ("short", "✗", lang.t("差")),
        Outcome::Unknown => ("unknown", "?", lang.t("待询")),
        Outcome::Conflict => ("conflict", "✗", lang.t("不符")),
    };
    html! {
        span class=(class) { (mark) " " (word) @if let Outcome::Short { by } = &verdict.outcome { " " (format::shortfall(lang, &reference.units, by)) } }
        @if !verdict.offer.is_empty() { br; span.soft { (verdict.offer) } }
        @if let Some(evidence) = &verdict.evidence { br; (format::measured(lang, evidence)) }
    }
}

/// One row for each part of the score.
fn scores(lang: Lang, pairs: &[&DeskPair]) -> Markup {
    let mut kinds: Vec<ReasonKind> =
        pairs.iter().flat_map(|p| p.matched.reasons.iter().map(|r| r.kind)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    html! {
        @for kind in kinds {
            (row(lang.t(kind.zh()), pairs, |pair| html! {
                @for reason in pair.matched.reasons.iter().filter(|r| r.kind == kind) {
                    (format!("{:.3}/{:.3}", reason.points, reason.of)) " " span.soft { (reason.words) }
                }
            }))
        }
    }
}
