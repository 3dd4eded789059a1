//! `/stale`: enterprises whose records nobody has touched for long, and reminding them.

use super::show;
use crate::answer::Answer;
use crate::parts::{self, Field};
use crate::viewer::{Posted, Viewer};
use crate::words::Lang;
use app::{Act, StaleRow};
use maud::{Markup, html};
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
    let choices = CHOICES.map(|n| (n.to_string(), format!("{n} {}", lang.t("天"))));
    let body = html! {
        div.head {
            h1 { (lang.t("久未更新")) " " span.soft { (rows.len()) } }
            div.actions {
                @if !rows.is_empty() { a.button.quiet href={ "/stale.xlsx?days=" (days) } { (lang.t("导出 Excel")) } }
            }
        }
        p.soft { (lang.t("有开放的需求或供给，但超过所选天数没有任何改动的企业。请对方看一遍：还有效的确认，无效的关闭。")) }
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
    };
    Ok(viewer.page(lang.t("久未更新"), &body))
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
                                        (told(lang, row))
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

/// What an enterprise's people are told, in one line.
fn told(lang: Lang, row: &StaleRow) -> String {
    lang.t("{n} 条需求、{m} 条供给已有 {d} 天没有更新，请确认或关闭。")
        .replace("{n}", &row.needs.to_string())
        .replace("{m}", &row.offers.to_string())
        .replace("{d}", &row.days.to_string())
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
