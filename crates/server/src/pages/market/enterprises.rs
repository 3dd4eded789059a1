//! Enterprises: finding them, the file of one (一企一档) that prints as the brief before a visit, and its form.

use super::form::{self, ENTERPRISE};
use super::record::{self, Fact, fact};
use super::search;
use super::{introductions, needs, offers};
use crate::answer::Answer;
use crate::format;
use crate::parts::{crumbs, empty, empty_to, form_error, paging, scroll, tag};
use crate::site::Site;
use crate::viewer::{Posted, Viewer};
use crate::words::Lang;
use app::{
    Act, Code, EnterpriseCard, EnterpriseForm, EnterpriseQuery, EnterpriseRow, Error, Office, Page,
    RecordStatus,
};
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use maud::{Markup, html};
use model::enterprise::Enterprise;
use model::visibility::Noun;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/enterprises", get(index))
        .route("/enterprises/new", get(new).post(post_new))
        .route("/enterprises/{id}", get(detail))
        .route("/enterprises/{id}/edit", get(edit).post(change))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    q: String,
    region: String,
    group: String,
    mine: String,
    page: String,
}

async fn index(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let query = EnterpriseQuery {
        q: ask.q.trim().to_owned(),
        region: ask.region.clone(),
        group: ask.group.clone(),
        mine: !ask.mine.is_empty(),
        page: ask.page.parse().unwrap_or(1),
        per_page: 50,
    };
    let found = viewer.app().enterprises(viewer.actor(), &query).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.page(viewer.lang().t("企业"), &index_page(&viewer, &ask, &found)))
}

async fn detail(viewer: Viewer, Path(id): Path<i64>) -> Answer {
    let card = viewer.app().enterprise(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.page(&card.row.enterprise.name, &detail_page(&viewer, &card)))
}

async fn new(viewer: Viewer) -> Answer {
    may_add(&viewer)?;
    let values = form::values(&EnterpriseForm::default());
    Ok(viewer.page(viewer.lang().t("登记企业"), &form_page(&viewer, None, &values, None)))
}

/// A new enterprise is registered by the secretariat; members and commissioners change theirs.
fn may_add(viewer: &Viewer) -> Result<(), crate::answer::Failure> {
    if is_keeper(viewer) { Ok(()) } else { Err(viewer.nowhere()) }
}

fn is_keeper(viewer: &Viewer) -> bool {
    matches!(viewer.actor().role.office(), Office::Administrator | Office::Secretariat)
        && viewer.actor().may(Act::SaveEnterprise)
}

async fn edit(viewer: Viewer, Path(id): Path<i64>) -> Answer {
    let (version, form) =
        viewer.app().enterprise_form(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    let body = form_page(&viewer, Some((id, version)), &form::values(&form), None);
    Ok(viewer.page(viewer.lang().t("修改企业"), &body))
}

async fn post_new(posted: Posted<IgnoredAny>) -> Answer {
    save(posted, None).await
}

async fn change(Path(id): Path<i64>, posted: Posted<IgnoredAny>) -> Answer {
    save(posted, Some(id)).await
}

async fn save(Posted { viewer, fields, .. }: Posted<IgnoredAny>, id: Option<i64>) -> Answer {
    let lang = viewer.lang();
    let sent: EnterpriseForm = form::read(&fields);
    let at = id.map(|id| (id, form::version(&fields)));
    let error = match viewer.app().save_enterprise(viewer.actor(), at, &sent).await {
        Ok(saved) => return Ok(viewer.go_with(&format!("/enterprises/{}", saved.id), lang.t("已保存。"))),
        Err(error) => form::in_words(lang, error),
    };
    let values = form::values(&sent);
    match (error.code, at) {
        (Code::Conflict, Some((id, _))) => {
            let stored = viewer.app().enterprise_form(viewer.actor(), id).await;
            let (version, theirs) = stored.map_err(|e| viewer.fail(e))?;
            let to = format!("/enterprises/{id}/edit");
            let body = form::conflict(&viewer, &to, ENTERPRISE, &values, &form::values(&theirs), version);
            Ok(viewer.refused(&error, lang.t("有人先保存了"), &body))
        }
        (Code::BadInput | Code::Conflict, _) => {
            let title = if at.is_some() { lang.t("修改企业") } else { lang.t("登记企业") };
            Ok(viewer.refused(&error, title, &form_page(&viewer, at, &values, Some(&error))))
        }
        _ => Err(viewer.fail(error)),
    }
}

fn index_page(viewer: &Viewer, ask: &Ask, found: &Page<EnterpriseRow>) -> Markup {
    let lang = viewer.lang();
    let reference = viewer.app().reference();
    let has_own = matches!(viewer.actor().role.office(), Office::Member | Office::Commissioner);
    let plain = [&ask.q, &ask.region, &ask.group, &ask.mine].iter().all(|v| v.is_empty());
    html! {
        div.headline {
            h1 { (lang.t("企业")) }
            @if is_keeper(viewer) {
                nav.toolbar.screen aria-label=(lang.t("操作")) {
                    a.button href="/enterprises/new" { (lang.t("登记企业")) }
                    a.button.quiet href="/import" { (lang.t("导入")) }
                }
            }
        }
        search {
            form.filter method="get" action="/enterprises" {
                label.grow { (lang.t("查找")) input type="search" name="q" value=(ask.q) maxlength="200" placeholder=(lang.t("名称、简称、信用代码、主营产品")); }
                label { (lang.t("县区")) (search::region_select(lang, &reference.regions, "region", &ask.region, lang.t("全部"))) }
                label { (lang.t("产业链小组")) (search::group_select(lang, &reference.chain, &ask.group)) }
                @if has_own { label.tick { input type="checkbox" name="mine" value="1" checked[!ask.mine.is_empty()]; (lang.t("只看我的")) } }
                button type="submit" { (lang.t("查找")) }
                @if !plain { a href="/enterprises" { (lang.t("清空条件")) } }
            }
        }
        @if found.rows.is_empty() {
            @if plain && is_keeper(viewer) {
                (empty_to(lang.t("还没有企业"), lang.t("导入企业名录，或一家一家登记。"), "/import", lang.t("导入")))
            } @else { (empty(lang.t("没有符合条件的企业"), lang.t("换一个词，或清空条件。"))) }
        } @else {
            p.soft { (lang.t("共")) " " strong { (found.total) } " " (lang.t("家企业")) }
            (table(viewer, &found.rows))
            (paging(viewer, found.page, found.per_page, found.total))
        }
    }
}

fn table(viewer: &Viewer, rows: &[EnterpriseRow]) -> Markup {
    let lang = viewer.lang();
    let table = html! {
        table.cards.market {
            thead { tr {
                th scope="col" { (lang.t("企业名称")) }
                th scope="col" { (lang.t("县区")) }
                th scope="col" { (lang.t("产业链小组")) }
                th scope="col" { (lang.t("主营产品")) }
                th.n scope="col" { (lang.t("需求")) }
                th.n scope="col" { (lang.t("供给")) }
                th scope="col" { (lang.t("更新")) }
            } }
            tbody {
                @for row in rows {
                    tr {
                        td.t data-label=(lang.t("企业名称")) {
                            a.strong href={ "/enterprises/" (row.id) } { (needs::title(lang, &row.enterprise.name)) }
                            (record::fictional(lang, row.enterprise.fictional))
                            @if row.status != RecordStatus::Open { " " (record::status(lang, row.status)) }
                        }
                        td.d data-label=(lang.t("县区")) { (row.region) }
                        td data-label=(lang.t("产业链小组")) { (row.enterprise.group) }
                        td.w data-label=(lang.t("主营产品")) { span.clamp { (row.enterprise.products) } }
                        td.n data-label=(lang.t("需求")) { (row.needs) }
                        td.n data-label=(lang.t("供给")) { (row.offers) }
                        td.d data-label=(lang.t("更新")) { (format::day(row.updated_ms)) }
                    }
                }
            }
        }
    };
    scroll(lang.t("企业"), &table)
}

fn facts(viewer: &Viewer, row: &EnterpriseRow) -> Markup {
    let lang = viewer.lang();
    let Enterprise {
        uscc,
        short_name,
        other_names,
        address,
        group,
        products,
        employees,
        revenue_fen,
        contact,
        note,
        ..
    } = &row.enterprise;
    let list = [
        fact("uscc", lang.t("统一社会信用代码"), uscc.as_ref().map_or_else(String::new, ToString::to_string)),
        fact("short_name", lang.t("简称"), short_name.as_str()),
        fact("other_names", lang.t("曾用名"), other_names.join(format::comma(lang))),
        fact("region", lang.t("所在县区"), row.region.as_str()),
        fact("park", lang.t("所在园区"), row.park.as_str()),
        fact("address", lang.t("地址"), address.as_str()),
        fact("industry", lang.t("行业"), row.industry.as_str()),
        fact("group", lang.t("产业链小组"), group.as_str()),
        fact("products", lang.t("主营产品"), products.as_str()),
        fact("employees", lang.t("从业人数"), employees.map_or_else(String::new, |n| n.to_string())),
        fact(
            "revenue_fen",
            lang.t("营业收入"),
            revenue_fen.map_or_else(String::new, |fen| revenue(lang, fen)),
        ),
        fact("contact", lang.t("联系人"), needs::contact(contact)),
        fact("note", lang.t("备注"), note.as_str()),
    ];
    let list: Vec<Fact> = list.into_iter().collect();
    record::facts(
        viewer,
        Noun::Enterprise,
        &model::markets::MarketKey::default(),
        row.enterprise.visibility,
        record::sees_all(viewer, row.may_edit),
        &list,
    )
}

/// Revenue in 万元, as enterprises state it; in English in millions, because English has no word for ten thousand.
fn revenue(lang: Lang, fen: i64) -> String {
    #[expect(
        clippy::cast_precision_loss,
        reason = "amounts below 2^53 fen are exact, and it is shown in 万元"
    )]
    let yuan = fen as f64 / 100.0;
    match lang {
        Lang::Zh => format!("{} 万元", model::quantity::number(yuan / 1e4)),
        Lang::En => format!("{} million yuan", model::quantity::number(yuan / 1e6)),
    }
}

fn detail_page(viewer: &Viewer, card: &EnterpriseCard) -> Markup {
    let lang = viewer.lang();
    let row = &card.row;
    let actor = viewer.actor();
    html! {
        (crumbs(lang, &[("/enterprises", lang.t("企业"))], needs::title(lang, &row.enterprise.name)))
        div.headline {
            h1 { (needs::title(lang, &row.enterprise.name)) (record::fictional(lang, row.enterprise.fictional)) }
            nav.toolbar.screen aria-label=(lang.t("操作")) {
                @if row.may_edit {
                    a.button href={ "/enterprises/" (row.id) "/edit" } { (lang.t("修改")) }
                    @if actor.may(Act::SaveNeed) { a.button.quiet href={ "/needs/new?enterprise=" (row.id) } { (lang.t("发布需求")) } }
                    @if actor.may(Act::SaveOffer) { a.button.quiet href={ "/offers/new?enterprise=" (row.id) } { (lang.t("发布供给")) } }
                }
                button.quiet type="button" data-print { (lang.t("打印")) }
            }
        }
        p.soft {
            (lang.t("一企一档")) " · " (row.region)
            @if row.status != RecordStatus::Open { " · " (record::status(lang, row.status)) }
            " · " (lang.t("更新")) " " (format::day(row.updated_ms))
        }
        (record::protected(viewer, Noun::Enterprise, &card.protected))
        (facts(viewer, row))
        section.file {
            h2 { (lang.t("需求")) " " span.soft { (card.needs.len()) } }
            @if card.needs.is_empty() { (empty(lang.t("没有有效的需求"), lang.t("走访时问一问：在外地买什么，哪一道工序找不到人做。"))) }
            @else { (needs::table(viewer, &card.needs, false)) }
            h2 { (lang.t("供给")) " " span.soft { (card.offers.len()) } }
            @if card.offers.is_empty() { (empty(lang.t("没有有效的供给"), lang.t("登记能做什么，需方才找得到。"))) }
            @else { (offers::table(viewer, &card.offers, false)) }
        }
        (introductions::around(viewer, &card.introductions))
        @if !card.lists.is_empty() {
            h2 { (lang.t("上过的清单")) }
            ul.inline {
                @for (number, needs, offers) in &card.lists {
                    li {
                        a href={ "/lists/" (number) } { (lang.t("清单号")) " " (number) }
                        " " span.soft { (lang.t("需求")) " " (needs) " · " (lang.t("供给")) " " (offers) }
                    }
                }
            }
        }
        @if !card.people.is_empty() {
            h2 { (lang.t("登录人员")) }
            p { @for name in &card.people { (tag("quiet", name)) " " } }
        }
        (record::versions(lang, &card.versions))
    }
}

fn form_page(
    viewer: &Viewer,
    at: Option<(i64, i64)>,
    values: &BTreeMap<String, String>,
    error: Option<&Error>,
) -> Markup {
    let lang = viewer.lang();
    let (heading, action, back) = match at {
        Some((id, _)) => {
            (lang.t("修改企业"), format!("/enterprises/{id}/edit"), format!("/enterprises/{id}"))
        }
        None => (lang.t("登记企业"), "/enterprises/new".to_owned(), "/enterprises".to_owned()),
    };
    html! {
        (crumbs(lang, &[("/enterprises", lang.t("企业"))], heading))
        h1 { (heading) }
        form.record method="post" action=(action) data-autosave=(action) data-guard {
            (viewer.csrf_field())
            @if let Some((_, version)) = at { input type="hidden" name="version" value=(version); }
            (form_error(lang, error))
            (form::inputs(viewer, Noun::Enterprise, ENTERPRISE, values, error, "name"))
            div.actions { button type="submit" { (lang.t("保存")) } a href=(back) { (lang.t("取消")) } }
        }
    }
}
