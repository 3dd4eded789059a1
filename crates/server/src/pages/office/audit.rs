//! `/audit`: who saw, changed, published and exported what; and the proof that nothing was taken out.

use super::audit_words::{self, GROUPS};
use super::show;
use crate::answer::Answer;
use crate::parts::{self, Field};
use crate::viewer::Viewer;
use crate::words::{Lang, encode};
use app::{Act, AuditChain, AuditEntry, AuditFilter};
use maud::{Markup, html};
use serde::Deserialize;

/// Entries a page.
const ROWS: u32 = 100;

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    actor: String,
    action: String,
    object: String,
    from: String,
    until: String,
    before: String,
}

impl Ask {
    fn query(&self, limit: u32) -> AuditFilter {
        AuditFilter {
            before: self.before.parse().ok(),
            actor: self.actor.trim().to_owned(),
            action: self.action.trim().to_owned(),
            object: self.object.trim().to_owned(),
            from_ms: show::day_ms(&self.from, 0),
            // The day itself counts.
            until_ms: show::day_ms(&self.until, 1),
            limit,
        }
    }

    /// The filters as a query, without the page.
    fn address(&self) -> String {
        [
            ("actor", &self.actor),
            ("action", &self.action),
            ("object", &self.object),
            ("from", &self.from),
            ("until", &self.until),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect::<Vec<_>>()
        .join("&")
    }
}

/// `GET /audit`
pub async fn index(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let mut entries =
        viewer.app().audit(viewer.actor(), &ask.query(ROWS + 1)).await.map_err(|e| viewer.fail(e))?;
    let older = entries.len() > ROWS as usize;
    entries.truncate(ROWS as usize);
    let lang = viewer.lang();
    let filters = ask.address();
    let groups =
        std::iter::once(("", lang.t("全部"))).chain(GROUPS.iter().map(|(word, zh)| (*word, lang.t(zh))));
    let to = |before: Option<i64>| match before {
        Some(seq) => format!("/audit?{filters}&before={seq}"),
        None => format!("/audit?{filters}"),
    };
    let body = html! {
        div.head {
            h1 { (lang.t("审计")) }
            div.actions {
                a.button.quiet href={ "/audit.csv?" (filters) } { (lang.t("导出 CSV")) }
                @if viewer.actor().may(Act::VerifyAudit) { a.button href="/audit/verify" { (lang.t("验证完整性")) } }
            }
        }
        p.soft { (lang.t("谁看过受保护的字段，谁改了、发布了、导出了什么。只能追加，每条都用哈希与前一条相连。")) }
        form.filter method="get" action="/audit" {
            (Field::text("actor", lang.t("账号")).value(&ask.actor).autocomplete("off"))
            (Field::select("action", lang.t("动作"), groups).value(&ask.action))
            (Field::text("object", lang.t("对象（如 need/12）")).value(&ask.object).autocomplete("off"))
            (Field::typed("date", "from", lang.t("从")).value(&ask.from))
            (Field::typed("date", "until", lang.t("到")).value(&ask.until))
            button type="submit" { (lang.t("查找")) }
        }
        @if entries.is_empty() {
            (parts::empty(lang.t("没有符合条件的记录"), lang.t("换一个条件，或清空条件。")))
        } @else {
            (parts::scroll(lang.t("审计"), &table(lang, &entries, opens(&viewer))))
            @if !ask.before.is_empty() || older {
                nav.pages aria-label=(lang.t("翻页")) {
                    @if !ask.before.is_empty() { a.button.quiet href=(to(None)) { (lang.t("最新")) } }
                    @if let (true, Some(last)) = (older, entries.last()) {
                        a.button.quiet href=(to(Some(last.seq))) rel="next" { (lang.t("更早")) }
                    }
                }
            }
        }
    };
    Ok(viewer.page(lang.t("审计"), &body))
}

/// Whether the viewer may open the records that entries name: the auditor reads the log alone.
fn opens(viewer: &Viewer) -> bool {
    [Act::Need, Act::Offer, Act::Enterprise].into_iter().all(|act| viewer.actor().may(act))
}

/// The entries; their objects lead to the records where the reader `opens` them.
fn table(lang: Lang, entries: &[AuditEntry], opens: bool) -> Markup {
    html! {
        table.cards.audit {
            thead { tr {
                th.n { (lang.t("序号")) }
                th { (lang.t("时间")) }
                th { (lang.t("谁")) }
                th { (lang.t("做了什么")) }
                th { (lang.t("详情")) }
            } }
            tbody { @for entry in entries { (row(lang, entry, opens)) } }
        }
    }
}

fn row(lang: Lang, entry: &AuditEntry, opens: bool) -> Markup {
    let object = audit_words::object(lang, entry);
    let details = audit_words::details(lang, entry);
    html! {
        tr {
            td.n data-label=(lang.t("序号")) { (entry.seq) }
            td data-label=(lang.t("时间")) { (show::moment(entry.at_ms)) }
            td data-label=(lang.t("谁")) { a href={ "/audit?actor=" (encode(&entry.actor)) } { (entry.actor) } }
            td.t data-label=(lang.t("做了什么")) {
                (audit_words::action(lang, &entry.action))
                @if !object.is_empty() {
                    @if let Some(to) = audit_words::link(entry).filter(|_| opens) { a href=(to) { (object) } } @else { (object) }
                }
            }
            td.w data-label=(lang.t("详情")) {
                details {
                    summary {
                        @if details.is_empty() { (lang.t("哈希")) }
                        @else {
                            @for (at, (name, value)) in details.iter().take(2).enumerate() {
                                @if at > 0 { "；" }
                                @if !name.is_empty() { (name) "：" } (short(value))
                            }
                            @if details.len() > 2 { " …" }
                        }
                    }
                    dl.facts {
                        @for (name, value) in &details { dt { (name) } dd { (value) } }
                        dt { (lang.t("动作")) } dd { code { (entry.action) } " " code { (entry.object) } }
                        dt { (lang.t("本条哈希")) } dd.hash { (entry.hash) }
                        dt { (lang.t("前一条哈希")) } dd.hash { @if entry.prev_hash.is_empty() { "—" } @else { (entry.prev_hash) } }
                    }
                }
            }
        }
    }
}

/// The beginning of a long value.
fn short(value: &str) -> String {
    let mut chars = value.chars();
    let head: String = chars.by_ref().take(40).collect();
    if chars.next().is_some() { head + "…" } else { head }
}

/// `GET /audit/verify`
pub async fn verify(viewer: Viewer) -> Answer {
    let found = viewer.app().verify_audit(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    Ok(viewer.page(lang.t("验证完整性"), &verified(lang, &found)))
}

fn verified(lang: Lang, found: &AuditChain) -> Markup {
    html! {
        (parts::crumbs(lang, &[("/audit", lang.t("审计"))], lang.t("验证完整性")))
        h1 { (lang.t("验证完整性")) }
        @match &found.broken {
            None => {
                div.notice.done role="status" { "✓ " (lang.t("完整：每一条都与前一条相连，没有被改过、插入或抽走的记录。")) }
            }
            Some((seq, why)) => {
                div.failure role="alert" {
                    p { strong { "✗ " (lang.t("链条在这里断了：序号")) " " (seq) } }
                    p { (why) }
                    p { (lang.t("这一条或它前面的记录在平台之外被改动过。请保留数据库文件，停用可疑账号，用更早的备份核对。")) }
                }
            }
        }
        (show::facts(&[
            (lang.t("核对了"), html! { (found.entries) " " (lang.t("条")) }),
            (lang.t("末条哈希"), html! { span.hash { (found.head) } " " button.quiet.small type="button" data-copy=(found.head) { (lang.t("复制")) } }),
        ]))
        p.soft { (lang.t("把末条哈希和条数抄到平台之外（如每月的纸质纪要）：以后就能证明末尾没有被截掉。命令行 yulin audit verify 得到同样的结果。")) }
        p { a.button.quiet href="/audit" { (lang.t("返回审计")) } }
    }
}

/// `GET /audit.csv`
pub async fn csv(viewer: Viewer) -> Answer {
    let ask: Ask = viewer.query();
    let bytes = viewer.app().audit_sheet(viewer.actor(), &ask.query(0)).await.map_err(|e| viewer.fail(e))?;
    Ok(show::file("yulin-audit.csv", show::CSV, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_counts() {
        let ask = Ask { from: "2026-11-01".to_owned(), until: "2026-11-01".to_owned(), ..Ask::default() };
        let query = ask.query(5);
        assert_eq!(query.until_ms.unwrap() - query.from_ms.unwrap(), 86_400_000);
        assert_eq!(ask.address(), "from=2026-11-01&until=2026-11-01");
    }

    #[test]
    fn an_entry_is_text_and_says_what_happened() {
        let entry = AuditEntry {
            seq: 7,
            at_ms: 0,
            actor: "<b>王".to_owned(),
            action: "read.protected".to_owned(),
            object: "need/12".to_owned(),
            detail: r#"{"fields":["<script>"]}"#.to_owned(),
            prev_hash: String::new(),
            hash: "ab".to_owned(),
        };
        let drawn = row(Lang::Zh, &entry, true).into_string();
        assert!(drawn.contains("查看了受保护字段：<a href=\"/needs/12\">需求 12</a>"), "{drawn}");
        assert!(!drawn.contains("<script>") && !drawn.contains("<b>"), "{drawn}");
        let english = row(Lang::En, &entry, true).into_string();
        assert!(english.contains("saw protected fields of <a href=\"/needs/12\">need 12</a>"), "{english}");
        assert!(!row(Lang::En, &entry, false).into_string().contains("/needs/12"));
    }
}
