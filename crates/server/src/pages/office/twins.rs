//! `/duplicates/records`: needs and offers that may be recorded twice; a pair side by side with what merging makes of it; the way back.

use super::merge;
use super::person::Nothing;
use super::show;
use crate::answer::{Answer, Failure};
use crate::format;
use crate::pages::market::{opening, record};
use crate::parts;
use crate::viewer::{Posted, Viewer};
use crate::words::Lang;
use app::{Act, Code, DuplicateRecord, TwinConflict, TwinMerge, TwinMergePreview, TwinPair};
use axum::extract::Path;
use maud::{Markup, html};
use model::visibility::Noun;
use serde::Deserialize;

/// Pairs shown at most; the rest follows when these are decided.
const SHOWN: usize = 200;

const HERE: &str = "/duplicates/records";
const DECIDED: &str = "/duplicates/records?view=decided";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    view: String,
}

/// The word of a noun in paths.
fn word(noun: Noun) -> &'static str {
    if noun == Noun::Need { "need" } else { "offer" }
}

fn noun_of(viewer: &Viewer, word: &str) -> Result<Noun, Failure> {
    match word {
        "need" => Ok(Noun::Need),
        "offer" => Ok(Noun::Offer),
        _ => Err(viewer.fail(app::Error::new(Code::NotFound, "there is no such record"))),
    }
}

fn noun_zh(lang: Lang, noun: Noun) -> &'static str {
    lang.t(if noun == Noun::Need { "需求" } else { "供给" })
}

/// Where a pair stands side by side; the first is the one that would stay.
fn place(noun: Noun, a: i64, b: i64) -> String {
    format!("{HERE}/{}/{a}/{b}", word(noun))
}

fn link(noun: Noun, record: &DuplicateRecord) -> Markup {
    html! { a href={ (opening::root(noun)) "/" (record.id) } { (record.name) } }
}

/// `GET /duplicates/records`
pub async fn index(viewer: Viewer) -> Answer {
    let decided_view = viewer.query::<Ask>().view == "decided";
    let (app, actor, lang) = (viewer.app(), viewer.actor(), viewer.lang());
    let open = app.twins(actor).await.map_err(|e| viewer.fail(e))?;
    let decided = app.decided_twins(actor).await.map_err(|e| viewer.fail(e))?;
    let conflicts = app.twin_conflicts(actor).await.map_err(|e| viewer.fail(e))?;
    let merges = app.merged_twins(actor).await.map_err(|e| viewer.fail(e))?;
    let title = lang.t("疑似重复的需求和供给");
    let body = html! {
        h1 { (title) }
        @if actor.may(Act::Duplicates) { p { a href="/duplicates" { (lang.t("疑似重复企业")) } } }
        nav.tabs aria-label=(title) {
            a href=(HERE) aria-current=[(!decided_view).then_some("page")] { (lang.t("待决定")) " " span.count { (open.len()) } }
            a href=(DECIDED) aria-current=[decided_view.then_some("page")] { (lang.t("已决定")) " " span.count { (decided.len()) } }
        }
        (conflict_notices(lang, &conflicts))
        @if decided_view {
            @if decided.is_empty() {
                (parts::empty(lang.t("还没有决定过"), lang.t("决定过的重复会列在这里，可以撤销。")))
            } @else { (table(&viewer, &decided[..decided.len().min(SHOWN)])) }
            (merges_table(&viewer, &merges))
        } @else if open.is_empty() {
            (parts::empty_to(lang.t("没有待决定的重复"), lang.t("同一家企业的两条记录名称、规格和数量相符时列在这里；规格互相矛盾的不算。"),
                "/offers", lang.t("看全部供给")))
        } @else {
            p.soft { (lang.t("同一样东西记了两条，清单和配给会把产能或需求算两遍。请逐对决定。")) }
            (table(&viewer, &open[..open.len().min(SHOWN)]))
        }
    };
    Ok(viewer.page(title, &body))
}

fn decision(lang: Lang, same: bool) -> Markup {
    if same { parts::tag("info", lang.t("同一项")) } else { parts::tag("quiet", lang.t("两项")) }
}

/// Pairs, open or decided.
fn table(viewer: &Viewer, pairs: &[TwinPair]) -> Markup {
    let lang = viewer.lang();
    let decided = pairs.iter().any(|pair| pair.same.is_some());
    parts::scroll(
        lang.t("疑似重复的需求和供给"),
        &html! {
            table.cards {
                thead { tr {
                    th scope="col" { (lang.t("企业")) } th scope="col" { (lang.t("种类")) }
                    th scope="col" { (lang.t("一项")) } th scope="col" { (lang.t("另一项")) }
                    th.n scope="col" { (lang.t("相似度")) } th scope="col" { (lang.t("理由")) }
                    @if decided { th scope="col" { (lang.t("决定")) } th scope="col" { (lang.t("谁、何时")) } }
                    th scope="col" { span.visually-hidden { (lang.t("操作")) } }
                } }
                tbody {
                    @for pair in pairs {
                        tr {
                            td.t data-label=(lang.t("企业")) { (record::owner(lang, &pair.enterprise)) }
                            td data-label=(lang.t("种类")) { (noun_zh(lang, pair.noun)) }
                            td.t data-label=(lang.t("一项")) { (link(pair.noun, &pair.a)) }
                            td.t data-label=(lang.t("另一项")) { (link(pair.noun, &pair.b)) }
                            td.n data-label=(lang.t("相似度")) { @if pair.score > 0.0 { (format::score(pair.score)) } }
                            td.w data-label=(lang.t("理由")) { (pair.reasons.join(format::comma(lang))) }
                            @if decided {
                                td data-label=(lang.t("决定")) { @if let Some(same) = pair.same { (decision(lang, same)) } }
                                td data-label=(lang.t("谁、何时")) {
                                    (pair.decided_by.as_deref().unwrap_or("")) " "
                                    @if let Some(ms) = pair.decided_ms { (show::moment(ms)) }
                                }
                            }
                            td data-label=(lang.t("操作")) {
                                @if pair.merged { (parts::tag("info", lang.t("已合并"))) }
                                @else { a.button.small href=(place(pair.noun, pair.a.id, pair.b.id)) { (lang.t("对照")) } }
                            }
                        }
                    }
                }
            }
        },
    )
}

/// Decisions that do not go together, told on every view.
fn conflict_notices(lang: Lang, conflicts: &[TwinConflict]) -> Markup {
    html! {
        @for conflict in conflicts {
            div.notice.warn role="status" {
                p {
                    strong { (lang.t("决定互相矛盾")) } " "
                    @for (place, member) in conflict.members.iter().enumerate() {
                        @if place > 0 { " = " }
                        (link(conflict.noun, member))
                    }
                }
                ul {
                    @for (a, b) in &conflict.pairs {
                        li { (link(conflict.noun, a)) " ≠ " (link(conflict.noun, b)) " "
                            (lang.t("曾决定为两项，但经其他记录连成同一项。请撤销其中一个决定。")) }
                    }
                }
                a href=(DECIDED) { (lang.t("看全部决定")) }
            }
        }
    }
}

/// `GET /duplicates/records/{noun}/{a}/{b}`
pub async fn pair(viewer: Viewer, Path((noun, a, b)): Path<(String, i64, i64)>) -> Answer {
    let noun = noun_of(&viewer, &noun)?;
    let (app, actor, lang) = (viewer.app(), viewer.actor(), viewer.lang());
    let preview = app.twin_merge_preview(actor, noun, (a, b)).await.map_err(|e| viewer.fail(e))?;
    let known = app.twin_pair(actor, noun, (a, b)).await.map_err(|e| viewer.fail(e))?;
    let same = known.as_ref().and_then(|pair| pair.same);
    let body = html! {
        (parts::crumbs(lang, &[(HERE, lang.t("疑似重复的需求和供给"))], noun_zh(lang, noun)))
        h1 { (preview.survivor.0.name) " / " (preview.loser.0.name) }
        @if let Some(pair) = &known {
            p { (record::owner(lang, &pair.enterprise)) @if pair.score > 0.0 { " · " (lang.t("相似度")) " " (format::score(pair.score)) }
                @if let Some(same) = same { " · " (decision(lang, same)) } }
            @if !pair.reasons.is_empty() {
                ul.reasons aria-label=(lang.t("理由")) { @for reason in &pair.reasons { li { (reason) } } }
            }
        }
        p { (lang.t("保留")) " " strong { (link(noun, &preview.survivor.0)) } " · " (lang.t("并入其中")) " " strong { (link(noun, &preview.loser.0)) }
            " " a.button.quiet.small href=(place(noun, b, a)) { (lang.t("交换：保留另一条")) } }
        (merge::fields(&viewer, (&preview.survivor.0, &preview.loser.0), &preview.fields))
        (stays(lang, &preview))
        (decide_form(&viewer, &preview, same))
    };
    Ok(viewer.page(lang.t("疑似重复的需求和供给"), &body))
}

/// What does not come over.
fn stays(lang: Lang, preview: &TwinMergePreview) -> Markup {
    html! {
        @if preview.introductions > 0 || preview.evidence > 0 {
            div.notice.warn {
                (lang.t("并入的一条有牵线或实测证据，合并后留在原记录上，从保留的一条可以打开；要让它们继续有效，请交换。"))
                " " (lang.t("牵线")) " " (preview.introductions) " · " (lang.t("实测证据")) " " (preview.evidence)
            }
        }
    }
}

fn decide_form(viewer: &Viewer, preview: &TwinMergePreview, same: Option<bool>) -> Markup {
    let lang = viewer.lang();
    let (survivor, loser) = (&preview.survivor, &preview.loser);
    let to = place(preview.noun, survivor.0.id, loser.0.id);
    let choice = |value: &str, class: &str, word: &str| {
        html! { button class=(class) name="same" value=(value) { (word) } }
    };
    html! {
        @if same == Some(true) && viewer.actor().may(Act::MergeTwins) {
            p.soft { (lang.t("并入的一条会关闭，它的版本、牵线和结果留着；已发布的清单不变；以后导入到它的行不会再成为一条记录。合并随时可以撤销。")) }
            form method="post" action={ (to) "/merge" } {
                (viewer.csrf_field())
                input type="hidden" name="survivor_version" value=(survivor.1);
                input type="hidden" name="loser_version" value=(loser.1);
                div.actions { button type="submit" { (lang.t("合并")) } }
            }
        }
        @if viewer.actor().may(Act::DecideTwins) {
            form.decide method="post" action={ (to) "/decision" } {
                (viewer.csrf_field())
                div.actions {
                    @if same.is_none() {
                        (choice("true", "", lang.t("是同一项")))
                        (choice("false", "", lang.t("是两项")))
                    } @else { (choice("", "quiet", lang.t("撤销决定"))) }
                    a.button.quiet href=(HERE) { (lang.t("以后再说")) }
                }
                @if same.is_none() { p.soft { (lang.t("决定会一直记住，以后导入不再询问。决定为同一项后再确认合并；合并可以撤销。")) } }
            }
        }
    }
}

/// A decision; empty where it is taken back.
#[derive(Debug, Deserialize)]
pub struct Decide {
    same: String,
}

/// `POST /duplicates/records/{noun}/{a}/{b}/decision`
pub async fn decide(
    Path((noun, a, b)): Path<(String, i64, i64)>,
    Posted { viewer, form, .. }: Posted<Decide>,
) -> Answer {
    let noun = noun_of(&viewer, &noun)?;
    let same = form.same.parse().ok();
    viewer.app().decide_twins(viewer.actor(), noun, (a, b), same).await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    match same {
        Some(true) => Ok(viewer.go(&place(noun, a, b))),
        Some(false) => Ok(viewer.go_with(HERE, lang.t("已记住是两项，以后不再询问；可在“已决定”里撤销。"))),
        None => Ok(viewer.go_with(HERE, lang.t("已撤销，这一对重新待决定"))),
    }
}

/// A merge to be made.
#[derive(Debug, Deserialize)]
pub struct Merge {
    survivor_version: i64,
    loser_version: i64,
}

/// `POST /duplicates/records/{noun}/{a}/{b}/merge`
pub async fn make(
    Path((noun, a, b)): Path<(String, i64, i64)>,
    Posted { viewer, form, .. }: Posted<Merge>,
) -> Answer {
    let noun = noun_of(&viewer, &noun)?;
    let (survivor, loser) = ((a, form.survivor_version), (b, form.loser_version));
    viewer.app().merge_twins(viewer.actor(), noun, survivor, loser).await.map_err(|e| viewer.fail(e))?;
    let note = viewer.lang().t("已合并成一条记录；可在“已决定”下面撤销。");
    Ok(viewer.go_with(&format!("{}/{a}", opening::root(noun)), note))
}

/// `POST /duplicates/records/merges/{noun}/{id}/split`
pub async fn split(Path((noun, id)): Path<(String, i64)>, Posted { viewer, .. }: Posted<Nothing>) -> Answer {
    let noun = noun_of(&viewer, &noun)?;
    let restored = viewer.app().split_twins(viewer.actor(), noun, id).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go_with(DECIDED, merge::parted(viewer.lang(), restored)))
}

/// The merges, newest first.
fn merges_table(viewer: &Viewer, merges: &[TwinMerge]) -> Markup {
    let lang = viewer.lang();
    if merges.is_empty() {
        return html! {};
    }
    html! {
        h2 { (lang.t("合并记录")) }
        (parts::scroll(lang.t("合并记录"), &html! {
            table.cards {
                thead { tr {
                    th scope="col" { (lang.t("种类")) } th scope="col" { (lang.t("保留")) } th scope="col" { (lang.t("并入其中")) }
                    th scope="col" { (lang.t("谁、何时")) } th scope="col" { span.visually-hidden { (lang.t("操作")) } }
                } }
                tbody {
                    @for row in merges {
                        tr {
                            td data-label=(lang.t("种类")) { (noun_zh(lang, row.noun)) }
                            td.t data-label=(lang.t("保留")) { (link(row.noun, &row.survivor)) }
                            td.t data-label=(lang.t("并入其中")) { (link(row.noun, &row.loser)) }
                            td data-label=(lang.t("谁、何时")) { (row.by) " " (show::moment(row.at_ms)) }
                            td data-label=(lang.t("操作")) {
                                (merge::way_back(viewer, row.split.as_ref(), Act::SplitTwins,
                                    &format!("{HERE}/merges/{}/{}/split", word(row.noun), row.id),
                                    lang.t("让并入的一条重新成为单独的记录？")))
                            }
                        }
                    }
                }
            }
        }))
    }
}

/// Below the head of a need's or an offer's page: what it has to do with others that say the same.
pub fn of_record(viewer: &Viewer, noun: Noun, id: i64, twins: &app::Twins) -> Markup {
    let lang = viewer.lang();
    html! {
        @if let Some(survivor) = &twins.merged_into {
            p.notice { (lang.t("已并入")) " " (link(noun, survivor)) " · " (lang.t("本条不再计入清单；有变化请修改保留的那一条。")) }
        }
        @if !twins.merged.is_empty() {
            p.soft { (lang.t("并入其中")) "：" @for (at, record) in twins.merged.iter().enumerate() { @if at > 0 { "、" } (link(noun, record)) } }
        }
        @for other in &twins.likely {
            p.notice.warn.screen { (lang.t("可能与另一条是同一项")) "：" (link(noun, other)) " "
                a.button.quiet.small href=(place(noun, id, other.id)) { (lang.t("对照")) } }
        }
    }
}
