//! The first page: what waits for whoever looks, how the cluster stands, and for the bureau's leaders one page of red, amber and green.

use super::chain::{self, LinkState};
use super::lights::{Light, measure};
use super::search::groups;
use super::{needs, offers};
use crate::answer::Answer;
use crate::format;
use crate::pages::list::{figures, gaps};
use crate::parts::{empty, empty_to};
use crate::site::Site;
use crate::viewer::Viewer;
use crate::words::Lang;
use app::{Act, NeedRow, OfferRow, Office, Overview, RecordQuery};
use axum::Router;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use maud::{Markup, html};
use model::list::{MatchingList, NeedState};
use model::matching::GapGroup;
use model::period::Period;
use model::reference::Reference;

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new().route("/", get(index)).route("/lights", get(lights))
}

/// Own records shown on the first page.
const OWN_ROWS: usize = 8;

async fn index(viewer: Viewer) -> Answer {
    let (app, actor, lang) = (viewer.app(), viewer.actor(), viewer.lang());
    if !actor.may(Act::Overview) {
        // The auditor's work lies elsewhere.
        return Ok(Redirect::to("/audit").into_response());
    }
    let overview = app.overview(actor).await.map_err(|e| viewer.fail(e))?;
    let list = app.newest_list(actor, "").await.map_err(|e| viewer.fail(e))?;
    let own = match actor.role.office() {
        Office::Member | Office::Commissioner => {
            let query = RecordQuery { mine: true, per_page: OWN_ROWS, ..RecordQuery::default() };
            let needs = app.needs(actor, &query).await.map_err(|e| viewer.fail(e))?.rows;
            let offers = app.offers(actor, &query).await.map_err(|e| viewer.fail(e))?.rows;
            Some((needs, offers))
        }
        _ => None,
    };
    Ok(viewer.page(lang.t("总览"), &page(&viewer, &overview, list.as_deref(), own.as_ref())))
}

async fn lights(viewer: Viewer) -> Answer {
    let list = viewer.app().newest_list(viewer.actor(), "").await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let body = html! {
        div.headline {
            h1 { (lang.t("红黄绿一页表")) }
            nav.toolbar.screen aria-label=(lang.t("操作")) { button.quiet type="button" data-print { (lang.t("打印")) } }
        }
        @match &list {
            Some(list) => {
                (figures::fictional(lang, list))
                (lights_table(&viewer, list))
                h2 { (lang.t("最要紧的缺口")) }
                (gaps_in_short(lang, viewer.app().reference(), list))
            }
            None => { (empty(lang.t("尚未发布清单"), lang.t("秘书处发布后，清单列在这里。"))) }
        }
    };
    Ok(viewer.page(lang.t("红黄绿一页表"), &body))
}

fn page(
    viewer: &Viewer,
    overview: &Overview,
    list: Option<&MatchingList>,
    own: Option<&(Vec<NeedRow>, Vec<OfferRow>)>,
) -> Markup {
    let lang = viewer.lang();
    let office = viewer.actor().role.office();
    let keeper = matches!(office, Office::Administrator | Office::Secretariat);
    let name = if overview.cluster.is_empty() { lang.t("总览") } else { &overview.cluster };
    html! {
        h1 { (name) }
        p.soft {
            @if !overview.region.is_empty() { (overview.region) " · " }
            (lang.t("企业")) " " (overview.enterprises) " · " (lang.t("有效需求")) " " (overview.needs) " · " (lang.t("有效供给")) " " (overview.offers)
        }
        @if let Some(list) = list { (figures::fictional(lang, list)) }
        (tasks(lang, overview))
        @if keeper && list.is_none() { (first_steps(lang, overview)) }
        @if let Some((my_needs, my_offers)) = own { (own_records(viewer, overview, my_needs, my_offers)) }
        @match list {
            Some(list) => {
                h2 { a href={ "/lists/" (list.number.unwrap_or_default()) } { (figures::title(lang, &viewer.app().reference().markets, list)) } }
                (figures::figures(lang, None, &list.content.summary))
                @if office == Office::Bureau || keeper {
                    h2 { (lang.t("红黄绿")) " " a.more.screen href="/lights" { (lang.t("打印一页")) } }
                    (lights_table(viewer, list))
                }
                h2 { (lang.t("最要紧的缺口")) " " a.more.screen href="/gaps" { (lang.t("全部缺口")) } }
                (gaps_in_short(lang, viewer.app().reference(), list))
            }
            None if !keeper => { (empty(lang.t("尚未发布清单"), lang.t("秘书处发布后，清单列在这里。"))) }
            None => {}
        }
    }
}

/// What waits, in the words of the person for whom it waits.
fn task_words(lang: Lang, kind: &str) -> Option<&'static str> {
    Some(match kind {
        "claims" => lang.t("企业认领待核对"),
        "duplicates" => lang.t("疑似重复企业待判断"),
        "twins" => lang.t("疑似重复的需求和供给待判断"),
        "draft" => lang.t("清单草稿待审核"),
        "stale" => lang.t("企业90天没有更新"),
        "introductions" => lang.t("牵线等我答复"),
        "messages" => lang.t("未读消息"),
        "deliveries" => lang.t("通知没有发出去"),
        "no_enterprise" => lang.t("先认领您的企业，才能发布需求和供给"),
        "no_needs" => lang.t("还没有需求"),
        "no_offers" => lang.t("还没有供给"),
        "no_list" => lang.t("还没有发布清单"),
        "no_region" => lang.t("还没有给集群命名和定地区"),
        _ => return None,
    })
}

fn tasks(lang: Lang, overview: &Overview) -> Markup {
    let known: Vec<_> = overview
        .tasks
        .iter()
        .filter_map(|(kind, count, to)| Some((kind, *count, to, task_words(lang, kind)?)))
        .collect();
    html! {
        h2 { (lang.t("等我办的")) }
        @if known.is_empty() {
            p.soft { "✓ " (lang.t("都办完了。")) }
        } @else {
            ul.tasks {
                @for (kind, count, to, words) in known {
                    li { a href=(to) { @if !kind.starts_with("no_") { strong { (count) } " " } (words) } }
                }
            }
        }
    }
}

/// The way of a new cluster to its first list.
fn first_steps(lang: Lang, overview: &Overview) -> Markup {
    let waits = |kind: &str| overview.tasks.iter().any(|(k, ..)| k == kind);
    let steps = [
        (
            !waits("no_region"),
            "/settings",
            lang.t("命名集群，定地区"),
            lang.t("清单首页写这个名称；地区决定谁算本地企业"),
        ),
        (
            overview.enterprises > 0,
            "/import",
            lang.t("导入企业名录"),
            lang.t("Excel、WPS、csv 都行，列名自动识别，错行给出位置"),
        ),
        (
            overview.needs > 0 && overview.offers > 0,
            "/import",
            lang.t("导入需求和供给"),
            lang.t("也可以请企业自己发布"),
        ),
        (
            false,
            "/people",
            lang.t("邀请会员单位和特派员"),
            lang.t("发一个链接或导入名单；企业用信用代码认领"),
        ),
        (waits("draft"), "/desk", lang.t("起草清单并审核"), lang.t("系统匹配并写明理由，您逐条确认或剔除")),
        (false, "/desk", lang.t("批准并发布第一期清单"), lang.t("编号、冻结、留指纹；缺口随之列出")),
    ];
    html! {
        h2 { (lang.t("从这里开始")) }
        ol.steps {
            @for (done, to, word, what) in steps {
                li.done[done] { a href=(to) { strong { @if done { "✓ " } (word) } } p.soft { (what) } }
            }
        }
    }
}

fn own_records(viewer: &Viewer, overview: &Overview, my_needs: &[NeedRow], my_offers: &[OfferRow]) -> Markup {
    let lang = viewer.lang();
    let (needs_count, offers_count) = overview.mine;
    let member = viewer.actor().role.office() == Office::Member;
    let has_enterprise = !member || viewer.actor().enterprise().is_some();
    html! {
        @if has_enterprise {
            h2 {
                @if member { (lang.t("我的需求")) } @else { (lang.t("我联系的企业的需求")) }
                " " span.soft { (needs_count) }
                @if needs_count > my_needs.len() { " " a.more.screen href="/needs?mine=1" { (lang.t("全部")) } }
            }
            @if my_needs.is_empty() { (empty_to(lang.t("还没有需求"), lang.t("缺什么料、哪道工序找不到人做：写下来，两分钟就发布。"), "/needs/new", lang.t("发布需求"))) }
            @else { (needs::table(viewer, my_needs, !member)) p.screen { a.button href="/needs/new" { (lang.t("发布需求")) } } }
            h2 {
                @if member { (lang.t("我的供给")) } @else { (lang.t("我联系的企业的供给")) }
                " " span.soft { (offers_count) }
                @if offers_count > my_offers.len() { " " a.more.screen href="/offers?mine=1" { (lang.t("全部")) } }
            }
            @if my_offers.is_empty() { (empty_to(lang.t("还没有供给"), lang.t("登记能做什么，需方找人时就能找到；秘书处也可以导入整张表。"), "/offers/new", lang.t("发布供给"))) }
            @else { (offers::table(viewer, my_offers, !member)) p.screen { a.button href="/offers/new" { (lang.t("发布供给")) } } }
        }
    }
}

/// How one chain group, or the whole cluster, stands on a list.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
struct Standing {
    needs: u32,
    matched: u32,
    part: u32,
    unmet: u32,
    missing: u32,
    weak: u32,
}

impl Standing {
    fn covered(&self) -> f64 {
        f64::from(self.matched) / f64::from(self.needs.max(1))
    }

    fn light(&self) -> Light {
        let lights = [
            measure("coverage").light(self.covered()),
            measure("missing_links").light(f64::from(self.missing)),
            measure("weak_links").light(f64::from(self.weak)),
        ];
        lights.into_iter().max().unwrap_or(Light::Green)
    }
}

/// The standing of each group that has needs, in the order of the chain's table, then of needs without a node.
fn standings<'a>(viewer: &'a Viewer, list: &MatchingList) -> Vec<(&'a str, Standing)> {
    let chain = &viewer.app().reference().chain;
    let mut rows: Vec<(&str, Standing)> =
        groups(chain).into_iter().chain([""]).map(|g| (g, Standing::default())).collect();
    let mut of = |group: &str, change: &dyn Fn(&mut Standing)| {
        if let Some((_, standing)) = rows.iter_mut().find(|(g, _)| *g == group) {
            change(standing);
        }
    };
    for row in &list.content.needs {
        let group = row.need.node.as_ref().and_then(|id| chain.get(id)).map_or("", |n| n.group.as_str());
        of(group, &|s| {
            s.needs += 1;
            match row.state {
                NeedState::Matched => s.matched += 1,
                NeedState::Part => s.part += 1,
                NeedState::Unmet => s.unmet += 1,
            }
        });
    }
    for (id, link) in chain::links(&list.content) {
        let group = chain.get(id).map_or("", |n| n.group.as_str());
        of(group, &|s| match link.state {
            LinkState::Missing => s.missing += 1,
            LinkState::Weak => s.weak += 1,
            LinkState::Outside | LinkState::Strong | LinkState::Idle => {}
        });
    }
    rows.retain(|(_, s)| s.needs > 0);
    rows
}

/// Months from a list's period to this one.
fn months_since(then: Period, now: Period) -> i32 {
    let months = |p: Period| i32::from(p.last().year()) * 12 + i32::from(p.last().month());
    (months(now) - months(then)).max(0)
}

fn lights_table(viewer: &Viewer, list: &MatchingList) -> Markup {
    let lang = viewer.lang();
    let summary = &list.content.summary;
    let rows = standings(viewer, list);
    let months = months_since(list.period, viewer.app().this_month());
    let covered = f64::from(summary.matched) / f64::from(summary.needs.max(1));
    let whole = [
        ("coverage", format::percent(covered), covered, true),
        ("local_rate", format::percent(summary.local_supporting_rate), summary.local_supporting_rate, true),
        ("list_months", months.to_string(), f64::from(months), false),
    ];
    html! {
        section.lights {
            div.scroll tabindex="0" role="region" aria-label=(lang.t("指标")) {
                table.small.cards {
                    caption { (figures::title(lang, &viewer.app().reference().markets, list)) " · " (list.content.cluster) }
                    thead { tr {
                        th scope="col" { (lang.t("指标")) }
                        th.n scope="col" { (lang.t("数值")) }
                        th scope="col" { (lang.t("灯")) }
                        th scope="col" { (lang.t("绿 / 黄的界限")) }
                        th scope="col" { (lang.t("公式")) }
                    } }
                    tbody {
                        @for (name, figure, value, percent) in whole {
                            @let row = measure(name);
                            tr {
                                th scope="row" data-label=(lang.t("指标")) { (row.name(lang)) }
                                td.n data-label=(lang.t("数值")) { strong { (figure) } }
                                td data-label=(lang.t("灯")) { (row.light(value).show(lang)) }
                                td data-label=(lang.t("绿 / 黄的界限")) { (row.bounds(percent)) }
                                td.soft data-label=(lang.t("公式")) { (row.formula(lang)) }
                            }
                        }
                    }
                }
            }
            div.scroll tabindex="0" role="region" aria-label=(lang.t("各产业链小组")) {
                table.cards {
                    thead { tr {
                        th scope="col" { (lang.t("产业链小组")) }
                        th scope="col" { (lang.t("灯")) }
                        th.n scope="col" { (lang.t("需求")) }
                        th.n scope="col" { (lang.t("已匹配")) }
                        th.n scope="col" { (lang.t("部分匹配")) }
                        th.n scope="col" { (lang.t("未满足")) }
                        th.n scope="col" { (measure("coverage").name(lang)) }
                        th.n scope="col" { (measure("missing_links").name(lang)) }
                        th.n scope="col" { (measure("weak_links").name(lang)) }
                    } }
                    tbody {
                        @for (group, standing) in &rows {
                            tr {
                                td.t data-label=(lang.t("产业链小组")) {
                                    @if group.is_empty() { (lang.t("未识别节点")) }
                                    @else { a href={ "/gaps?group=" (crate::words::encode(group)) } { (group) } }
                                }
                                td data-label=(lang.t("灯")) { (standing.light().show(lang)) }
                                td.n data-label=(lang.t("需求")) { (standing.needs) }
                                td.n data-label=(lang.t("已匹配")) { (standing.matched) }
                                td.n data-label=(lang.t("部分匹配")) { (standing.part) }
                                td.n data-label=(lang.t("未满足")) { (standing.unmet) }
                                td.n data-label=(measure("coverage").name(lang)) { (format::percent(standing.covered())) }
                                td.n data-label=(measure("missing_links").name(lang)) { (standing.missing) }
                                td.n data-label=(measure("weak_links").name(lang)) { (standing.weak) }
                            }
                        }
                    }
                }
            }
            p.soft { (lang.t("小组的灯取需求满足率、缺链、弱链三者中最差的一个；界限见 data/lights.csv。")) " "
                (measure("missing_links").name(lang)) " " (measure("missing_links").bounds(false)) "，"
                (measure("weak_links").name(lang)) " " (measure("weak_links").bounds(false)) }
        }
    }
}

/// The heaviest gaps, a line each, for one sheet of paper.
fn gaps_in_short(lang: Lang, reference: &Reference, list: &MatchingList) -> Markup {
    html! {
        @if list.content.gaps.is_empty() {
            (empty(lang.t("没有缺口"), lang.t("本期需求都有本地供应。")))
        } @else {
            div.scroll tabindex="0" role="region" aria-label=(lang.t("最要紧的缺口")) {
                table.short-gaps.cards {
                    thead { tr {
                        th.n scope="col" { (lang.t("名次")) }
                        th scope="col" { (lang.t("产业链节点")) }
                        th scope="col" { (lang.t("产业链小组")) }
                        th.n scope="col" { (lang.t("需求企业数")) }
                        th.n scope="col" { (lang.t("缺口数量")) }
                        th scope="col" { (lang.t("缺因")) }
                    } }
                    tbody {
                        @for (place, group) in list.content.gaps.iter().take(8).enumerate() {
                            tr {
                                td.n data-label=(lang.t("名次")) { (place + 1) }
                                td.t data-label=(lang.t("产业链节点")) {
                                    @match &group.node {
                                        Some(node) => { a href={ "/gaps?node=" (crate::words::encode(&node.0)) "#drill" } { (gaps::group_name(lang, reference, group)) } }
                                        None => { (group.name) }
                                    }
                                }
                                td data-label=(lang.t("产业链小组")) { (group.group) }
                                td.n data-label=(lang.t("需求企业数")) { (group.demanders) }
                                td.n data-label=(lang.t("缺口数量")) { (group.quantities.iter().map(|q| format::told_quantity(lang, &reference.units, q)).collect::<Vec<_>>().join(format::comma(lang))) }
                                td data-label=(lang.t("缺因")) { (causes(lang, group)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The causes of a group's gaps with how often each stands, most frequent first.
fn causes(lang: Lang, group: &GapGroup) -> String {
    let mut counts: Vec<(&'static str, usize)> = Vec::new();
    for gap in &group.gaps {
        let word = gap.cause.zh();
        match counts.iter_mut().find(|(w, _)| *w == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
        .iter()
        .map(|(word, count)| format!("{} {count}", lang.t(word)))
        .collect::<Vec<_>>()
        .join(format::comma(lang))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_light_counts() {
        let good = Standing { needs: 10, matched: 9, part: 1, ..Standing::default() };
        assert_eq!(good.light(), Light::Green);
        assert_eq!(Standing { missing: 1, ..good }.light(), Light::Amber);
        assert_eq!(Standing { matched: 4, ..good }.light(), Light::Red);
    }

    #[test]
    fn a_list_grows_old_by_months() {
        let month = |text: &str| text.parse::<Period>().unwrap();
        assert_eq!(months_since(month("2026-11"), month("2026-11")), 0);
        assert_eq!(months_since(month("2025-12"), month("2026-01")), 1);
        assert_eq!(months_since(month("2026-12"), month("2026-11")), 0);
    }
}
