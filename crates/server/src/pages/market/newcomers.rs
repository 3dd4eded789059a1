//! What would change if firms came (引进测算): a file of their offers, and the newest list settled with them and without them.

use crate::answer::{Answer, Failure};
use crate::form::Uploaded;
use crate::format::{self, percent};
use crate::jobs::Done;
use crate::layout::Link;
use crate::pages::desk::job;
use crate::pages::list::figures;
use crate::parts::{crumbs, empty, form_error, scroll};
use crate::site::Site;
use crate::uploads::Waits;
use crate::viewer::Viewer;
use crate::words::Lang;
use app::{Act, Code, Error, InputFile, WhatIf};
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use maud::{Markup, html};
use model::list::{ListIndex, MatchingList};
use std::sync::Arc;

/// Changed needs shown.
const CHANGES_MAX: usize = 200;

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new().route("/gaps/newcomers", get(index).post(ask)).route("/gaps/newcomers/{id}", get(page))
}

/// A scenario that was computed.
#[derive(Debug)]
pub struct Assumed {
    /// Name of the file.
    file: String,
    /// Number of the list.
    list: u32,
    found: WhatIf,
}

impl Waits for Assumed {
    fn bytes(&self) -> usize {
        // An offer with its specifications, generously.
        4096 * (1 + self.found.offers.len()) + 128 * self.found.scenario.needs.len()
    }
}

async fn newest(viewer: &Viewer) -> Result<Option<(u32, Arc<MatchingList>)>, Failure> {
    let list = viewer.app().newest_list(viewer.actor(), "").await.map_err(|e| viewer.fail(e))?;
    Ok(list.and_then(|list| Some((list.number?, list))))
}

async fn index(viewer: Viewer) -> Answer {
    viewer.actor().need(Act::WhatIf).map_err(|e| viewer.fail(e))?;
    let body = body(&viewer, None).await?;
    Ok(viewer.page(viewer.lang().t("引进测算"), &body))
}

async fn body(viewer: &Viewer, error: Option<&Error>) -> Result<Markup, Failure> {
    let lang = viewer.lang();
    let title = lang.t("引进测算");
    let Some((_, list)) = newest(viewer).await? else {
        let next = lang.t("缺口由需求算出：发布清单后这里列出缺链和弱链。");
        return Ok(html! { h1 { (title) } (empty(lang.t("尚未发布清单"), next)) });
    };
    let earlier = viewer.site.scenarios.of(viewer.actor());
    Ok(html! {
        (crumbs(lang, &[("/gaps", lang.t("补链缺口")), ("/gaps/nodes", lang.t("节点强弱"))], title))
        h1 { (title) }
        p { a href={ "/lists/" (list.number.unwrap_or_default()) } { (figures::title(lang, &viewer.app().reference().markets, &list)) } }
        p { (lang.t("如果某家企业来了，哪些需求能补上？上传它能供应的产品，按最新清单的需求重新匹配和分配一遍，不写入任何数据。")) }
        (form_error(lang, error))
        form.card method="post" action="/gaps/newcomers" enctype="multipart/form-data" {
            (viewer.csrf_field())
            div.field {
                label for="f-file" { (lang.t("文件")) span.must aria-hidden="true" { " *" } }
                input #f-file type="file" name="file" required accept=".xlsx,.xlsm,.xls,.csv,.txt" aria-describedby="f-file-hint";
                p.hint #f-file-hint {
                    (lang.t("一行一种产品，列如：企业名称、产品名称、规格参数、月产能、所在地；与供给工作簿相同。"))
                }
            }
            div.actions { button type="submit" { (lang.t("测算")) } }
        }
        @if !earlier.is_empty() {
            h2 { (lang.t("刚才的测算")) }
            ul.plain {
                @for (id, assumed) in &earlier {
                    li { a href={ "/gaps/newcomers/" (id) } { (assumed.file) } }
                }
            }
            p.soft { (lang.t("测算结果保留一小时。")) }
        }
    })
}

/// `POST /gaps/newcomers`.
async fn ask(form: Uploaded) -> Answer {
    let Uploaded { viewer, files, .. } = form;
    viewer.actor().need(Act::WhatIf).map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let (Some(file), 1) = (files.first(), files.len()) else {
        let error = Error::new(Code::BadInput, lang.t("请选择一个文件"));
        let body = body(&viewer, Some(&error)).await?;
        return Ok(viewer.refused(&error, lang.t("引进测算"), &body));
    };
    let Some((list, _)) = newest(&viewer).await? else { return Err(viewer.nowhere()) };
    let input = InputFile { name: file.name.clone(), bytes: file.bytes.to_vec() };
    let (app, actor, scenarios) =
        (viewer.site.app.clone(), viewer.actor().clone(), viewer.site.scenarios.clone());
    job::begin(&viewer, Act::WhatIf, "引进测算", "/gaps/newcomers", move |teller| async move {
        let found = app.what_if(&actor, list, &input, &|s, d, t| teller.tell(s, d, t)).await?;
        let id = scenarios.put(&actor, None, Assumed { file: input.name, list, found });
        Ok(Done { path: format!("/gaps/newcomers/{id}"), note: String::new() })
    })
    .await
}

/// `GET /gaps/newcomers/{id}`.
async fn page(viewer: Viewer, Path(id): Path<u64>) -> Answer {
    viewer.actor().need(Act::WhatIf).map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let Some(assumed) = viewer.site.scenarios.get(viewer.actor(), id) else {
        return Err(viewer.fail(
            Error::new(Code::NotFound, lang.t("这次测算已经不在了"))
                .hint(lang.t("测算结果保留一小时，服务器重启也会清除；请重新上传。")),
        ));
    };
    let list = viewer.app().list_by_number(viewer.actor(), assumed.list).await.map_err(|e| viewer.fail(e))?;
    let title = lang.t("引进测算");
    let body = html! {
        (crumbs(lang, &[("/gaps", lang.t("补链缺口")), ("/gaps/newcomers", title)], &assumed.file))
        div.headline {
            h1 { (title) "：" (assumed.file) }
            nav.toolbar.screen aria-label=(lang.t("操作")) { button.quiet type="button" data-print { (lang.t("打印")) } }
        }
        p { a href={ "/lists/" (assumed.list) } { (figures::title(lang, &viewer.app().reference().markets, &list)) } }
        (figures::fictional(lang, &list))
        (before_and_after(lang, &assumed.found))
        (changes(lang, &list, &assumed.found))
        p.soft { (lang.t("假设的企业与现有企业一起参加匹配与分配；其余需求、供给和审核结论不变。没有写入任何数据。")) }
    };
    Ok(viewer.page(title, &body))
}

fn before_and_after(lang: Lang, found: &WhatIf) -> Markup {
    let scenario = &found.scenario;
    let (without, with) = &scenario.local_rate;
    let rows = [
        (lang.t("有缺口的需求"), scenario.gaps.0.to_string(), scenario.gaps.1.to_string()),
        (lang.t("本地配套率"), percent(without.rate), percent(with.rate)),
    ];
    html! {
        @for warning in &found.warnings { p.notice { (lang.say(warning)) } }
        (scroll(lang.t("引进前后"), &html! {
            table {
                thead { tr { th { (lang.t("指标")) } th.n { (lang.t("引进前")) } th.n { (lang.t("引进后")) } } }
                tbody {
                    @for (name, before, after) in rows {
                        tr { td { (name) } td.n { (before) } td.n { strong { (after) } } }
                    }
                }
            }
        }))
        p.soft { (lang.t("假设引进的供给")) " " (found.offers.len()) }
    }
}

fn changes(lang: Lang, list: &MatchingList, found: &WhatIf) -> Markup {
    let index = ListIndex::new(&list.content);
    let needs = &found.scenario.needs;
    if needs.is_empty() {
        let next = lang.t("它的产品没有补上任何需求：核对产品名称、规格和月产能，或另换一家。");
        return empty(lang.t("没有需求因此改变"), next);
    }
    html! {
        h2 { (lang.t("改变的需求")) " " span.soft { (needs.len()) } }
        (scroll(lang.t("改变的需求"), &html! {
            table.cards {
                thead { tr {
                    th { (lang.t("需求")) } th { (lang.t("企业")) } th.n { (lang.t("引进前满足")) } th.n { (lang.t("引进后满足")) } th { (lang.t("由谁补上")) }
                } }
                tbody {
                    @for change in needs.iter().take(CHANGES_MAX) {
                        @if let Some(need) = index.need(&change.need) {
                            tr {
                                td.t data-label=(lang.t("需求")) {
                                    (Link::to(list).need(need.number, &format!("{} {}", need.number, need.need.title)))
                                }
                                td data-label=(lang.t("企业")) { (index.enterprise(&need.need.enterprise).map_or("", |e| e.name.as_str())) }
                                td.n data-label=(lang.t("引进前满足")) { (percent(change.covered.0)) }
                                td.n data-label=(lang.t("引进后满足")) { strong { (percent(change.covered.1)) } }
                                td data-label=(lang.t("由谁补上")) { (titles(lang, found, &change.by)) }
                            }
                        }
                    }
                }
            }
        }))
        @if needs.len() > CHANGES_MAX { p.soft { (lang.t("只列出变化最大的")) " " (CHANGES_MAX) } }
    }
}

/// Titles of the newcomers' offers with these keys.
fn titles(lang: Lang, found: &WhatIf, keys: &[String]) -> String {
    let titles: Vec<&str> = found
        .offers
        .iter()
        .filter(|offer| keys.contains(&offer.key))
        .map(|offer| offer.title.as_str())
        .collect();
    titles.join(format::comma(lang))
}
