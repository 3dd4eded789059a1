//! `/duplicates`: enterprises that may be one, a pair at a time.

use super::{merge, show};
use crate::answer::Answer;
use crate::format;
use crate::parts;
use crate::viewer::{Posted, Viewer};
use crate::words::Lang;
use app::{Act, DuplicateCluster, DuplicatePair, DuplicateRecord, EnterpriseCard};
use maud::{Markup, html};
use serde::Deserialize;

/// Decided pairs shown.
const DECIDED: usize = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    /// Row id of the pair put off last: the one after it comes next.
    after: String,
    /// Row id of the pair decided last.
    done: String,
    view: String,
    /// Row id of a pair that is to be shown.
    pair: String,
}

/// The pair to show: the one after the pair put off last, and from the front again after the last.
fn next(pairs: &[DuplicatePair], after: Option<i64>) -> Option<(usize, &DuplicatePair)> {
    let put_off = after.and_then(|id| pairs.iter().position(|pair| pair.id == id));
    let at = put_off.map_or(0, |at| (at + 1) % pairs.len());
    pairs.get(at).map(|pair| (at, pair))
}

/// `GET /duplicates`
pub async fn index(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let lang = viewer.lang();
    let fail = |e| viewer.fail(e);
    let open = viewer.app().duplicates(viewer.actor()).await.map_err(fail)?;
    let decided = viewer.app().decided_duplicates(viewer.actor()).await.map_err(fail)?;
    let clusters = viewer.app().duplicate_clusters(viewer.actor()).await.map_err(fail)?;
    let merges = viewer.app().merged_duplicates(viewer.actor()).await.map_err(fail)?;
    let done = ask.done.parse().ok().and_then(|id: i64| decided.iter().find(|pair| pair.id == id));
    let view = ask.view == "decided";
    let chosen =
        ask.pair.parse().ok().and_then(|id: i64| open.iter().enumerate().find(|(_, pair)| pair.id == id));
    let shown = if view { None } else { chosen.or_else(|| next(&open, ask.after.parse().ok())) };
    let cards = match shown {
        Some((_, pair)) => {
            let a = viewer.app().enterprise(viewer.actor(), pair.a_id).await.map_err(fail)?;
            let b = viewer.app().enterprise(viewer.actor(), pair.b_id).await.map_err(fail)?;
            Some((a, b))
        }
        None => None,
    };
    let body = html! {
        h1 { (lang.t("疑似重复企业")) }
        @if viewer.actor().may(Act::Twins) { p { a href="/duplicates/records" { (lang.t("疑似重复的需求和供给")) } } }
        nav.tabs aria-label=(lang.t("疑似重复企业")) {
            a href="/duplicates" aria-current=[(!view).then_some("page")] { (lang.t("待决定")) " " span.count { (open.len()) } }
            a href="/duplicates?view=decided" aria-current=[view.then_some("page")] { (lang.t("已决定")) " " span.count { (decided.len()) } }
        }
        @if let Some(pair) = done {
            div.notice.done role="status" {
                (decision(lang, pair)) " " (pair.a_name) " / " (pair.b_name) " "
                (undo(&viewer, pair))
            }
        }
        (conflicts(lang, &clusters))
        @if view {
            (decided_table(&viewer, &decided[..decided.len().min(DECIDED)]))
            (merge::table(&viewer, &merges))
        } @else if let (Some((at, pair)), Some((a, b))) = (shown, &cards) {
            (pair_view(&viewer, pair, (at, open.len()), a, b))
        } @else {
            (parts::empty_to(lang.t("没有待决定的重复"), lang.t("导入新的工作簿时，系统会比对名称、代码、地址和联系方式。"),
                "/enterprises", lang.t("看全部企业")))
        }
        @if !view { (by_hand(&viewer)) }
    };
    Ok(viewer.page(lang.t("疑似重复企业"), &body))
}

/// One line of the comparison: the word, and what stands on either side.
type Line = (&'static str, String, String);

/// What two enterprises have, line by line; lines that are empty on both sides are left out.
fn lines(lang: Lang, a: &EnterpriseCard, b: &EnterpriseCard) -> Vec<Line> {
    let of = |word: &'static str, get: &dyn Fn(&EnterpriseCard) -> String| (lang.t(word), get(a), get(b));
    let text = |value: Option<String>| value.unwrap_or_default();
    let all: [Line; 15] = [
        of("企业名称", &|c| c.row.enterprise.name.clone()),
        of("统一社会信用代码", &|c| text(c.row.enterprise.uscc.as_ref().map(ToString::to_string))),
        of("简称", &|c| c.row.enterprise.short_name.clone()),
        of("曾用名", &|c| c.row.enterprise.other_names.join("、")),
        of("所在县区", &|c| c.row.region.clone()),
        of("所在园区", &|c| c.row.park.clone()),
        of("地址", &|c| c.row.enterprise.address.clone()),
        of("行业", &|c| c.row.industry.clone()),
        of("产业链小组", &|c| c.row.enterprise.group.clone()),
        of("主营产品", &|c| c.row.enterprise.products.clone()),
        of("联系人", &|c| c.row.enterprise.contact.name.clone()),
        of("电话", &|c| c.row.enterprise.contact.phone.clone()),
        of("需求", &|c| c.needs.len().to_string()),
        of("供给", &|c| c.offers.len().to_string()),
        of("最近更新", &|c| crate::format::day(c.row.updated_ms)),
    ];
    all.into_iter().filter(|(_, a, b)| !(a.is_empty() && b.is_empty())).collect()
}

fn pair_view(
    viewer: &Viewer,
    pair: &DuplicatePair,
    (at, of): (usize, usize),
    a: &EnterpriseCard,
    b: &EnterpriseCard,
) -> Markup {
    let lang = viewer.lang();
    html! {
        p {
            strong { (at + 1) " / " (of) } " · " (lang.t("相似度")) " " (format::score(pair.score))
        }
        @if !pair.reasons.is_empty() {
            ul.reasons aria-label=(lang.t("理由")) { @for reason in &pair.reasons { li { (reason) } } }
        }
        (parts::scroll(lang.t("对照"), &html! {
            table.compare {
                thead { tr {
                    th scope="col" { (lang.t("项目")) }
                    th scope="col" { a href={ "/enterprises/" (pair.a_id) } { (pair.a_name) } }
                    th scope="col" { a href={ "/enterprises/" (pair.b_id) } { (pair.b_name) } }
                    th scope="col" { (lang.t("比较")) }
                } }
                tbody {
                    @for (word, left, right) in lines(lang, a, b) {
                        tr {
                            th scope="row" { (word) }
                            td { (left) }
                            td { (right) }
                            td { (alike(lang, &left, &right)) }
                        }
                    }
                }
            }
        }))
        @if viewer.actor().may(Act::DecideDuplicate) {
            form.decide method="post" action="/duplicates" {
                (viewer.csrf_field())
                input type="hidden" name="a" value=(pair.a);
                input type="hidden" name="b" value=(pair.b);
                input type="hidden" name="id" value=(pair.id);
                div.actions {
                    button name="same" value="true" { (lang.t("是同一家")) }
                    button name="same" value="false" { (lang.t("是两家")) }
                    a.button.quiet href={ "/duplicates?after=" (pair.id) } { (lang.t("以后再说，看下一对")) }
                }
                p.soft { (lang.t("决定会一直记住，以后导入不再询问。决定为同一家后，可在“已决定”里预览并合并成一条记录；合并可以撤销。")) }
            }
        }
    }
}

fn alike(lang: Lang, left: &str, right: &str) -> Markup {
    let (l, r) = (model::fold::fold_key(left), model::fold::fold_key(right));
    if l.is_empty() || r.is_empty() {
        html! { span.unknown { "? " (lang.t("一边没有")) } }
    } else if l == r {
        html! { span.met { "= " (lang.t("相同")) } }
    } else {
        html! { span.short { "≠ " (lang.t("不同")) } }
    }
}

fn decision(lang: Lang, pair: &DuplicatePair) -> Markup {
    if pair.same == Some(true) {
        parts::tag("info", lang.t("同一家"))
    } else {
        parts::tag("quiet", lang.t("两家"))
    }
}

/// Decisions that do not go together: told on every view, for until one is taken back nobody knows what holds.
fn conflicts(lang: Lang, clusters: &[DuplicateCluster]) -> Markup {
    let link = |record: &DuplicateRecord| html! { a href={ "/enterprises/" (record.id) } { (record.name) } };
    html! {
        @for cluster in clusters.iter().filter(|c| !c.conflicts.is_empty()) {
            div.notice.warn role="status" {
                p {
                    strong { (lang.t("决定互相矛盾")) } " "
                    @for (place, member) in cluster.members.iter().enumerate() {
                        @if place > 0 { " = " }
                        (link(member))
                    }
                }
                ul {
                    @for (a, b) in &cluster.conflicts {
                        li { (link(a)) " ≠ " (link(b)) " " (lang.t("曾决定为两家，但经其他企业连成同一家。请撤销其中一个决定。")) }
                    }
                }
                a href="/duplicates?view=decided" { (lang.t("看全部决定")) }
            }
        }
    }
}

fn undo(viewer: &Viewer, pair: &DuplicatePair) -> Markup {
    html! {
        @if viewer.actor().may(Act::DecideDuplicate) {
            form.inline method="post" action="/duplicates/undo" {
                (viewer.csrf_field())
                input type="hidden" name="a" value=(pair.a);
                input type="hidden" name="b" value=(pair.b);
                button.quiet.small { (viewer.lang().t("撤销")) }
            }
        }
    }
}

fn decided_table(viewer: &Viewer, pairs: &[DuplicatePair]) -> Markup {
    let lang = viewer.lang();
    if pairs.is_empty() {
        return parts::empty(lang.t("还没有决定过"), lang.t("决定过的重复会列在这里，可以撤销。"));
    }
    parts::scroll(
        lang.t("已决定"),
        &html! {
            table.cards {
                thead { tr {
                    th { (lang.t("一家")) }
                    th { (lang.t("另一家")) }
                    th.n { (lang.t("相似度")) }
                    th { (lang.t("决定")) }
                    th { (lang.t("谁、何时")) }
                    th { span.visually-hidden { (lang.t("操作")) } }
                } }
                tbody {
                    @for pair in pairs {
                        tr {
                            td.t data-label=(lang.t("一家")) { a href={ "/enterprises/" (pair.a_id) } { (pair.a_name) } }
                            td.t data-label=(lang.t("另一家")) { a href={ "/enterprises/" (pair.b_id) } { (pair.b_name) } }
                            td.n data-label=(lang.t("相似度")) { (format!("{:.2}", pair.score)) }
                            td data-label=(lang.t("决定")) { (decision(lang, pair)) }
                            td data-label=(lang.t("谁、何时")) {
                                (pair.decided_by.as_deref().unwrap_or("")) " "
                                @if let Some(ms) = pair.decided_ms { (show::moment(ms)) }
                            }
                            td data-label=(lang.t("操作")) {
                                @if pair.merged {
                                    (parts::tag("info", lang.t("已合并")))
                                } @else {
                                    @if pair.same == Some(true) {
                                        a.button.small href={ "/duplicates/merge?survivor=" (pair.a_id) "&loser=" (pair.b_id) } { (lang.t("预览合并")) } " "
                                    }
                                    (undo(viewer, pair))
                                }
                            }
                        }
                    }
                }
            }
        },
    )
}

/// The form that puts two enterprises beside each other which nothing proposed.
fn by_hand(viewer: &Viewer) -> Markup {
    let lang = viewer.lang();
    html! {
        @if viewer.actor().may(Act::ProposeDuplicate) {
            details.screen {
                summary { (lang.t("系统没有提出的一对")) }
                form.card method="post" action="/duplicates/pair" {
                    (viewer.csrf_field())
                    div.row {
                        (parts::Field::text("a", lang.t("企业名称或代码")).required())
                        (parts::Field::text("b", lang.t("另一家的名称或代码")).required())
                    }
                    div.actions { button type="submit" { (lang.t("放在一起比较")) } }
                }
            }
        }
    }
}

/// Two enterprises to compare.
#[derive(Debug, Deserialize)]
pub struct ByHand {
    a: String,
    b: String,
}

/// `POST /duplicates/pair`
pub async fn propose(Posted { viewer, form, .. }: Posted<ByHand>) -> Answer {
    let id =
        viewer.app().propose_duplicate(viewer.actor(), &form.a, &form.b).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go(&format!("/duplicates?pair={id}")))
}

/// A decision.
#[derive(Debug, Deserialize)]
pub struct Decide {
    a: String,
    b: String,
    id: i64,
    same: bool,
}

/// `POST /duplicates`
pub async fn decide(Posted { viewer, form, .. }: Posted<Decide>) -> Answer {
    viewer
        .app()
        .decide_duplicate(viewer.actor(), &form.a, &form.b, form.same)
        .await
        .map_err(|e| viewer.fail(e))?;
    Ok(viewer.go(&format!("/duplicates?done={}", form.id)))
}

/// A decision to take back.
#[derive(Debug, Deserialize)]
pub struct Undo {
    a: String,
    b: String,
}

/// `POST /duplicates/undo`
pub async fn take_back(Posted { viewer, form, .. }: Posted<Undo>) -> Answer {
    viewer.app().reopen_duplicate(viewer.actor(), &form.a, &form.b).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go_with("/duplicates", viewer.lang().t("已撤销，这一对重新待决定")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(id: i64) -> DuplicatePair {
        let empty = String::new;
        DuplicatePair {
            id,
            a: empty(),
            a_id: 1,
            a_name: empty(),
            b: empty(),
            b_id: 2,
            b_name: empty(),
            score: 0.5,
            reasons: Vec::new(),
            same: None,
            merged: false,
            decided_by: None,
            decided_ms: None,
        }
    }

    #[test]
    fn later_shows_the_next_and_comes_round() {
        let pairs = [pair(5), pair(3), pair(9)];
        let check = |after, expect| assert_eq!(next(&pairs, after).map(|(_, p)| p.id), expect);
        check(None, Some(5));
        check(Some(5), Some(3));
        check(Some(9), Some(5));
        // The pair put off has been decided by somebody else meanwhile.
        check(Some(77), Some(5));
        assert_eq!(next(&[], Some(5)).map(|(at, _)| at), None);
    }
}
