//! `/stale`: enterprises whose records nobody has touched for long, and reminding them.

use super::show;
use crate::answer::{Answer, Failure};
use crate::parts::{self, Field};
use crate::viewer::{Posted, Viewer};
use app::{Act, App, RecordQuery, StaleRow};
use maud::{Markup, html};
use model::visibility::Noun;
use serde::Deserialize;

/// Days after which records are old, unless said otherwise.
const DAYS: u32 = 90;
/// The choices.
const CHOICES: [u32; 5] = [30, 60, 90, 180, 365];

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Ask {
    days: String,
}

impl Ask {
    fn days(&self) -> u32 {
        self.days.parse().ok().filter(|days| (1..=3650).contains(days)).unwrap_or(DAYS)
    }
}

/// `GET /stale`
pub async fn index(viewer: Viewer) -> Answer {
    let days = viewer.query::<Ask>().days();
    let rows = viewer.app().stale(viewer.actor(), days).await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let may_remind = viewer.actor().may(Act::Remind);
    // Who keeps few enterprises goes through them record by record; the secretariat reminds.
    let records = if may_remind || rows.is_empty() { Vec::new() } else { records(&viewer, days).await? };
    let choices = CHOICES.map(|n| (n.to_string(), format!("{n} {}", lang.t("天"))));
    let body = html! {
        div.head {
            h1 { (lang.t("久未更新")) " " span.soft { (rows.len()) } }
            div.actions {
                @if !rows.is_empty() { a.button.quiet href={ "/stale.xlsx?days=" (days) } { (lang.t("导出 Excel")) } }
            }
        }
        p.soft {
            @if may_remind { (lang.t("有开放的需求或供给，但超过所选天数没有任何改动的企业。请对方看一遍：还有效的确认，无效的关闭。")) }
            @else { (lang.t("很久没有改动的需求和供给。请看一遍：还有效的点“仍然有效”，变了的改一改，不再需要的关闭。")) }
        }
        form.filter method="get" action="/stale" {
            (Field::select("days", lang.t("超过"), choices).value(days))
            button type="submit" { (lang.t("查找")) }
        }
        @if rows.is_empty() {
            (parts::empty(lang.t("没有久未更新的企业"), lang.t("所有开放的需求和供给在这段时间内都有改动。")))
        } @else if may_remind {
            form method="post" action="/stale/preview" {
                (viewer.csrf_field())
                input type="hidden" name="days" value=(days);
                (parts::scroll(lang.t("久未更新"), &table(&viewer, &rows, true)))
                div.actions {
                    button type="submit" { (lang.t("预览提醒")) }
                    span.soft { (lang.t("勾选要提醒的企业；先预览，确认后才发出。")) }
                }
            }
        } @else {
            (parts::scroll(lang.t("久未更新"), &table(&viewer, &rows, false)))
        }
        @if !records.is_empty() {
            h2 { (lang.t("逐条核对")) " " span.soft { (records.len()) } }
            (parts::scroll(lang.t("逐条核对"), &records_table(&viewer, days, &records)))
        }
    };
    Ok(viewer.page(lang.t("久未更新"), &body))
}

/// A record that has not changed for long.
struct Record {
    noun: Noun,
    id: i64,
    version: i64,
    title: String,
    enterprise: String,
    updated_ms: i64,
}

/// Pages of one's own records that are looked through, at most.
const PAGES: usize = 20;

/// One's own old records, oldest first.
async fn records(viewer: &Viewer, days: u32) -> Result<Vec<Record>, Failure> {
    let before = viewer.app().now_ms() - i64::from(days) * 86_400_000;
    let mut found = Vec::new();
    for page in 1..=PAGES {
        let query = RecordQuery { mine: true, per_page: 200, page, ..RecordQuery::default() };
        let needs = viewer.app().needs(viewer.actor(), &query).await.map_err(|e| viewer.fail(e))?;
        let offers = viewer.app().offers(viewer.actor(), &query).await.map_err(|e| viewer.fail(e))?;
        let last = needs.total.max(offers.total) <= page * query.per_page;
        found.extend(needs.rows.into_iter().filter(|row| row.may_edit).map(|row| Record {
            noun: Noun::Need,
            id: row.id,
            version: row.version,
            title: row.need.title,
            enterprise: row.enterprise.name,
            updated_ms: row.updated_ms,
        }));
        found.extend(offers.rows.into_iter().filter(|row| row.may_edit).map(|row| Record {
            noun: Noun::Offer,
            id: row.id,
            version: row.version,
            title: row.offer.title,
            enterprise: row.enterprise.name,
            updated_ms: row.updated_ms,
        }));
        if last {
            break;
        }
    }
    found.retain(|record| record.updated_ms <= before);
    found.sort_by_key(|record| (record.updated_ms, record.noun, record.id));
    Ok(found)
}

fn records_table(viewer: &Viewer, days: u32, records: &[Record]) -> Markup {
    let lang = viewer.lang();
    html! {
        table.cards {
            thead { tr {
                th { (lang.t("种类")) }
                th { (lang.t("名称")) }
                th { (lang.t("企业")) }
                th { (lang.t("最近更新")) }
                th { span.visually-hidden { (lang.t("操作")) } }
            } }
            tbody {
                @for record in records {
                    @let (kind, word) = if record.noun == Noun::Need { ("needs", lang.t("需求")) } else { ("offers", lang.t("供给")) };
                    tr {
                        td data-label=(lang.t("种类")) { (word) }
                        td.t data-label=(lang.t("名称")) { a href={ "/" (kind) "/" (record.id) } { (record.title) } }
                        td.t data-label=(lang.t("企业")) { (record.enterprise) }
                        td data-label=(lang.t("最近更新")) { (show::day(record.updated_ms)) }
                        td data-label=(lang.t("操作")) {
                            @if viewer.actor().may(Act::SetStatus) {
                                form.inline method="post" action="/stale/status" {
                                    (viewer.csrf_field())
                                    input type="hidden" name="kind" value=(kind);
                                    input type="hidden" name="id" value=(record.id);
                                    input type="hidden" name="version" value=(record.version);
                                    input type="hidden" name="days" value=(days);
                                    button.small name="open" value="true" { (lang.t("仍然有效")) } " "
                                    button.small.quiet name="open" value="false" { (lang.t("关闭")) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// One record that still holds, or does not.
#[derive(Debug, Deserialize)]
pub struct Status {
    kind: String,
    id: i64,
    version: i64,
    open: bool,
    #[serde(default)]
    days: String,
}

/// `POST /stale/status`
pub async fn status(Posted { viewer, form, .. }: Posted<Status>) -> Answer {
    let lang = viewer.lang();
    let noun = if form.kind == "needs" { Noun::Need } else { Noun::Offer };
    viewer
        .app()
        .set_open(viewer.actor(), noun, form.id, form.version, form.open)
        .await
        .map_err(|e| viewer.fail(e))?;
    let note = if form.open {
        lang.t("已确认仍然有效")
    } else {
        lang.t("已关闭，可以在它的页面上重新开放")
    };
    Ok(viewer.go_with(&format!("/stale?days={}", Ask { days: form.days }.days()), note))
}

fn table(viewer: &Viewer, rows: &[StaleRow], choose: bool) -> Markup {
    let lang = viewer.lang();
    html! {
        table.cards {
            thead { tr {
                @if choose { th { span.visually-hidden { (lang.t("选择")) } } }
                th { (lang.t("企业")) }
                th { (lang.t("县区")) }
                th.n { (lang.t("需求")) }
                th.n { (lang.t("供给")) }
                th.n { (lang.t("未更新天数")) }
                th.n { (lang.t("联系账号")) }
                th { (lang.t("上次提醒")) }
            } }
            tbody {
                @for row in rows {
                    @let enterprise = &row.enterprise;
                    tr {
                        @if choose {
                            td data-label=(lang.t("选择")) {
                                // Nobody would hear of it where there is no account: those are called by phone.
                                @if row.people > 0 {
                                    input type="checkbox" name="enterprise" value=(enterprise.id) checked[row.reminded_ms.is_none()]
                                        aria-label=(enterprise.name);
                                }
                            }
                        }
                        td.t data-label=(lang.t("企业")) {
                            a href={ "/enterprises/" (enterprise.id) } { (enterprise.name) }
                            @if enterprise.fictional { " " (parts::tag("fiction", lang.t("虚构"))) }
                        }
                        td data-label=(lang.t("县区")) { (enterprise.region) }
                        td.n data-label=(lang.t("需求")) { (row.needs) }
                        td.n data-label=(lang.t("供给")) { (row.offers) }
                        td.n data-label=(lang.t("未更新天数")) { (row.days) }
                        td.n data-label=(lang.t("联系账号")) {
                            @if row.people == 0 { (parts::tag("warn", lang.t("无账号，请电话联系"))) } @else { (row.people) }
                        }
                        td data-label=(lang.t("上次提醒")) { @if let Some(ms) = row.reminded_ms { (show::day(ms)) } }
                    }
                }
            }
        }
    }
}

/// Row ids of the enterprises ticked.
fn ticked(fields: &[(String, String)]) -> Vec<i64> {
    fields
        .iter()
        .filter(|(name, _)| name == "enterprise")
        .filter_map(|(_, value)| value.parse().ok())
        .collect()
}

/// `POST /stale/preview`: who would hear what. Nothing is sent yet.
pub async fn preview(Posted { viewer, form, fields }: Posted<Ask>) -> Answer {
    let lang = viewer.lang();
    viewer.actor().need(Act::Remind).map_err(|e| viewer.fail(e))?;
    let (days, ids) = (form.days(), ticked(&fields));
    let rows = viewer.app().stale(viewer.actor(), days).await.map_err(|e| viewer.fail(e))?;
    let rows: Vec<StaleRow> =
        rows.into_iter().filter(|row| row.people > 0 && ids.contains(&row.enterprise.id)).collect();
    let back = format!("/stale?days={days}");
    let people: usize = rows.iter().map(|row| row.people).sum();
    let count = lang
        .t("还没有发出。将提醒 {n} 家企业的 {m} 个账号。")
        .replace("{n}", &rows.len().to_string())
        .replace("{m}", &people.to_string());
    let body = html! {
            (parts::crumbs(lang, &[(&back, lang.t("久未更新"))], lang.t("预览提醒")))
            h1 { (lang.t("预览提醒")) }
            @if rows.is_empty() {
                (parts::empty_to(lang.t("没有选择企业"), lang.t("返回上一页，勾选要提醒的企业。"), &back, lang.t("返回")))
            } @else {
                p { strong { (count) } " " (lang.t("他们会在收件箱收到；填了邮箱并配置了邮件的，也会收到邮件。")) }
                (parts::scroll(lang.t("预览提醒"), &html! {
                    table.cards {
                        thead { tr { th { (lang.t("企业")) } th.n { (lang.t("联系账号")) } th { (lang.t("提醒的内容")) } } }
                        tbody {
                            @for row in &rows {
                                tr {
                                    td.t data-label=(lang.t("企业")) { (row.enterprise.name) }
                                    td.n data-label=(lang.t("联系账号")) { (row.people) }
                                    td.w data-label=(lang.t("提醒的内容")) {
                                        (words_of(&row.enterprise.name))
    }
                                }
                            }
                        }
                    }
                }))
                form method="post" action="/stale/remind" {
                    (viewer.csrf_field())
                    input type="hidden" name="days" value=(days);
                    @for row in &rows { input type="hidden" name="enterprise" value=(row.enterprise.id); }
                    div.actions {
                        button type="submit" { (lang.t("发出提醒")) }
                        a.button.quiet href=(back) { (lang.t("不发，返回")) }
                    }
                }
            }
        };
    Ok(viewer.page(lang.t("预览提醒"), &body))
}

/// What an enterprise's people read.
fn words_of(enterprise: &str) -> Markup {
    let (title, body) = App::reminder(enterprise);
    html! { strong { (title) } br; (body) }
}

/// `POST /stale/remind`
pub async fn remind(Posted { viewer, form, fields }: Posted<Ask>) -> Answer {
    let told = viewer.app().remind(viewer.actor(), &ticked(&fields)).await.map_err(|e| viewer.fail(e))?;
    let note = viewer.lang().t("已提醒 {n} 个账号").replace("{n}", &told.to_string());
    Ok(viewer.go_with(&format!("/stale?days={}", form.days()), &note))
}

/// `GET /stale.xlsx`
pub async fn workbook(viewer: Viewer) -> Answer {
    let days = viewer.query::<Ask>().days();
    let bytes = viewer.app().stale_sheet(viewer.actor(), days).await.map_err(|e| viewer.fail(e))?;
    Ok(show::file(&format!("yulin-stale-{days}d.xlsx"), show::XLSX, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_out_of_reach_count_as_ninety() {
        let check = |text: &str, expect| assert_eq!(Ask { days: text.to_owned() }.days(), expect);
        check("30", 30);
        check("", 90);
        check("0", 90);
        check("-3", 90);
        check("99999999999", 90);
    }
}
