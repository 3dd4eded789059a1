//! What needs and offers have in common on their pages: owner, status, facts with their levels, reasons, verdicts, versions.

use crate::format;
use crate::parts::tag;
use crate::viewer::Viewer;
use crate::words::Lang;
use app::{EnterpriseBrief, Office, RecordStatus, Version};
use maud::{Markup, html};
use model::markets::MarketKey;
use model::matching::{Match, Outcome, Verdict};
use model::property::PropertyTable;
use model::reference::Reference;
use model::spec::{Specification, Strictness};
use model::unit::UnitTable;
use model::visibility::{Noun, Visibility};

/// Whose a record is: its name leads to its file; an invented enterprise says so.
pub fn owner(lang: Lang, enterprise: &EnterpriseBrief) -> Markup {
    html! {
        @if enterprise.name.is_empty() {
            span.soft { (lang.t("名称不公开")) }
        } @else {
            a href={ "/enterprises/" (enterprise.id) } { (enterprise.name) }
            (fictional(lang, enterprise.fictional))
        }
    }
}

/// The label that an invented enterprise must carry.
pub fn fictional(lang: Lang, is: bool) -> Markup {
    html! { @if is { " " (tag("fiction", lang.t("虚构"))) } }
}

/// A record's status where it is not simply open.
pub fn status(lang: Lang, status: RecordStatus) -> Markup {
    match status {
        RecordStatus::Open => tag("good", lang.t("有效")),
        RecordStatus::Expired => tag("warn", lang.t("已过期")),
        RecordStatus::Closed => tag("quiet", lang.t("已关闭")),
    }
}

/// One fact of a record: its word, its value, and the field that its level is asked by.
pub struct Fact {
    /// Field, as `data/visibility.csv` names it.
    pub field: &'static str,
    /// Word.
    pub word: &'static str,
    /// Value; empty where nothing is stated or it may not be seen.
    pub value: Markup,
}

/// A fact in plain words.
pub fn fact(field: &'static str, word: &'static str, value: impl Into<String>) -> Fact {
    let value: String = value.into();
    Fact { field, word, value: html! { (value) } }
}

/// Facts as a list of words and values. A field that not everybody sees carries its level; one that the viewer does not see
/// says when it would be seen. Fields without a value are left out.
pub fn facts(
    viewer: &Viewer,
    noun: Noun,
    market: &MarketKey,
    row: Visibility,
    all: bool,
    facts: &[Fact],
) -> Markup {
    let lang = viewer.lang();
    let levels = &viewer.app().reference().visibility;
    html! {
        dl.facts {
            @for fact in facts {
                @let level = levels.level_in(market, noun, fact.field, row);
                @let empty = fact.value.0.trim().is_empty();
                @if !empty {
                    div { dt { (fact.word) (level_mark(lang, level)) } dd { (fact.value) } }
                } @else if level > Visibility::Members && !all {
                    div { dt { (fact.word) (level_mark(lang, level)) } dd.soft { (closed_until(lang, level)) } }
                }
            }
        }
    }
}

/// True where nothing is hidden from the viewer by level: own records, and those of the offices that keep the market.
pub fn sees_all(viewer: &Viewer, may_edit: bool) -> bool {
    may_edit || matches!(viewer.actor().role.office(), Office::Administrator | Office::Secretariat)
}

/// Who sees a field, where that is not everybody of the alliance.
pub fn level_mark(lang: Lang, level: Visibility) -> Markup {
    html! { @if level > Visibility::Members { " " span.tag.level { (lang.t(level.zh())) } } }
}

fn closed_until(lang: Lang, level: Visibility) -> &'static str {
    match level {
        Visibility::Counterparties => lang.t("双方同意牵线后可见"),
        Visibility::Secretariat => lang.t("仅秘书处可见"),
        _ => lang.t("仅本企业可见"),
    }
}

/// A word on fields that the viewer sees by office: reading them was recorded.
pub fn protected(viewer: &Viewer, noun: Noun, fields: &[String]) -> Markup {
    let lang = viewer.lang();
    html! {
        @if !fields.is_empty() {
            p.notice.screen {
                (lang.t("您因职务或牵线看到受保护的字段，查看已记入审计")) "："
                @for (place, field) in fields.iter().enumerate() {
                    @if place > 0 { (format::comma(lang)) }
                    (field_word(viewer, noun, field))
                }
            }
        }
    }
}

/// The word for a field of `data/visibility.csv`; a word that is none stays as it is.
pub fn field_word(viewer: &Viewer, noun: Noun, field: &str) -> String {
    let lang = viewer.lang();
    if let Some((market, own)) = field.split_once('.') {
        let market = viewer.app().reference().markets.get(market);
        let names = market.and_then(|m| m.own(own)?.name(noun));
        return names.map_or(own, |names| lang.of(names)).to_owned();
    }
    let words = match (noun, field) {
        (_, "contact") => lang.t("联系人"),
        (_, "note") => lang.t("备注"),
        (_, "detail") => lang.t("规格参数"),
        (_, "specs") => lang.t("规格"),
        (_, "delivery") => lang.t("交期"),
        (_, "standard") => lang.t("执行标准"),
        (_, "material") => lang.t("材质"),
        (_, "payment") => lang.t("付款方式"),
        (_, "quantity") => lang.t("数量"),
        (_, "current_source") => lang.t("目前供应地/供应商"),
        (_, "max_distance_km") => lang.t("最远距离"),
        (_, "capacity") => lang.t("产能"),
        (_, "spare_capacity") => lang.t("剩余产能"),
        (_, "minimum_order") => lang.t("最小起订"),
        (_, "sample_days") => lang.t("样品周期"),
        (_, "supply_radius_km") => lang.t("供货半径"),
        (_, "customers") => lang.t("主要客户"),
        (_, "needed_by") => lang.t("最迟到货日期"),
        (_, "partial") => lang.t("可否分批"),
        (_, "lead_days") => lang.t("交货周期"),
        (_, "lot") => lang.t("批量"),
        (_, "employees") => lang.t("从业人数"),
        (_, "revenue_fen") => lang.t("营业收入"),
        (_, "address") => lang.t("地址"),
        (_, "point") => lang.t("坐标"),
        (Noun::Need, "price") => lang.t("预算/参考价"),
        (_, "price") => lang.t("单价区间"),
        (Noun::Need, "certificates") => lang.t("认证要求"),
        (_, "certificates") => lang.t("认证"),
        (_, "title") => lang.t("名称"),
        (_, other) => return other.to_owned(),
    };
    words.to_owned()
}

/// What was read out of a specification's text, and the words that were not.
pub fn specs(lang: Lang, reference: &Reference, specs: &[Specification], unread: &[String]) -> Markup {
    html! {
        @if !specs.is_empty() {
            ul.specs {
                @for spec in specs {
                    li {
                        span.soft { (property(lang, &reference.properties, &spec.property)) } " "
                        strong { (spec.value_told(&reference.units, lang.language())) }
                        @if spec.strictness == Strictness::Prefer { " " (tag("quiet", lang.t("优选"))) }
                    }
                }
            }
        }
        @if !unread.is_empty() {
            p.unread { (lang.t("未识别为参数（按文字匹配）")) (format::colon(lang)) (unread.join(lang.pick("；", "; "))) }
        }
    }
}

/// A property's name in the page's language.
pub fn property(lang: Lang, properties: &PropertyTable, id: &model::property::PropertyId) -> String {
    match lang {
        Lang::Zh => properties.name_zh(id).to_owned(),
        Lang::En => properties.get(id).map_or_else(|| id.to_string(), |p| p.name_en.clone()),
    }
}

/// The score's parts: points of how many, with a bar and the sentence.
pub fn reasons(lang: Lang, matched: &Match) -> Markup {
    html! {
        table.reasons {
            caption { (lang.t("理由（各项得分之和即总分）")) }
            tbody {
                @for reason in &matched.reasons {
                    tr {
                        th scope="row" { (lang.t(reason.kind.zh())) }
                        td.n { (format!("{:.3}", reason.points)) span.soft { " / " (format!("{:.3}", reason.of)) } }
                        td.bar { meter min="0" max=(format!("{:.3}", reason.of.max(0.001))) value=(format!("{:.3}", reason.points)) aria-hidden="true" {} }
                        td { (reason.words) }
                    }
                }
            }
        }
    }
}

/// Every requirement with both sides' words beside each other.
pub fn verdicts(lang: Lang, reference: &Reference, verdicts: &[Verdict]) -> Markup {
    html! {
        @if !verdicts.is_empty() {
            table.verdicts {
                caption.visually-hidden { (lang.t("规格逐项对照")) }
                thead { tr {
                    th scope="col" { (lang.t("参数")) }
                    th scope="col" { (lang.t("需方要求")) }
                    th scope="col" { (lang.t("供方说明")) }
                    th scope="col" { (lang.t("判定")) }
                } }
                tbody {
                    @for verdict in verdicts {
                        tr {
                            td {
                                (property(lang, &reference.properties, &verdict.property))
                                @if verdict.strictness == Strictness::Prefer { " " (tag("quiet", lang.t("优选"))) }
                            }
                            td { (verdict.need) }
                            td {
                                @if verdict.offer.is_empty() { span.soft { (lang.t("未说明")) } } @else { (verdict.offer) }
                                @if let Some(evidence) = &verdict.evidence { br; (format::measured(lang, evidence)) }
                                @else if !verdict.offer.is_empty() { " " (format::declared(lang)) }
                            }
                            td { (outcome(lang, &reference.units, &verdict.outcome)) }
                        }
                    }
                }
            }
        }
    }
}

fn outcome(lang: Lang, units: &UnitTable, outcome: &Outcome) -> Markup {
    match outcome {
        Outcome::Met => html! { span.met { "✓ " (lang.t("满足")) } },
        Outcome::Short { by } => {
            html! { span.short { "✗ " (lang.t("差")) " " (format::shortfall(lang, units, by)) } }
        }
        Outcome::Unknown => html! { span.unknown { "? " (lang.t("待询")) } },
        Outcome::Conflict => html! { span.conflict { "✗ " (lang.t("不符")) } },
    }
}

/// Why a match cannot be had: a requirement is not met, or, where all that must be is, the way is too far.
fn obstacle(lang: Lang, matched: &Match) -> &'static str {
    let short = |v: &Verdict| {
        v.strictness == Strictness::Must && matches!(v.outcome, Outcome::Short { .. } | Outcome::Conflict)
    };
    if matched.verdicts.iter().any(short) { lang.t("有硬性不符") } else { lang.t("超出距离") }
}

/// The head of a match: rank, score, and whether it can be had at all.
pub fn rank(lang: Lang, matched: &Match) -> Markup {
    html! {
        span.rank { (matched.rank) }
        span.score { (format::score(matched.score)) }
        @if !matched.feasible { (tag("bad", obstacle(lang, matched))) }
        @if let Some(km) = matched.distance_km { span.soft { (format!("{km:.1} km")) } }
    }
}

/// What changed from version to version, newest first.
pub fn versions(lang: Lang, versions: &[Version]) -> Markup {
    html! {
        @if !versions.is_empty() {
            details.versions {
                summary { (lang.t("历次修改")) " (" (versions.len()) ")" }
                ol reversed {
                    @for version in versions {
                        li value=(version.version) {
                            strong { (format::moment(version.at_ms)) } " " (version.by)
                            @if !version.changes.is_empty() {
                                table.diff {
                                    thead { tr {
                                        th scope="col" { (lang.t("字段")) }
                                        th scope="col" { (lang.t("原来")) }
                                        th scope="col" { (lang.t("改为")) }
                                    } }
                                    tbody { @for (field, old, new) in &version.changes {
                                        tr { th scope="row" { (field) } td { del { (old) } } td { ins { (new) } } }
                                    } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
