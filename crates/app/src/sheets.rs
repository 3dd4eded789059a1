//! The office's tables as files: the audit log, stale records, words that were not read, the form for many invitations.

use crate::{Act, Actor, App, AuditFilter, Code, Error, Result};
use exchange::plain::PlainTable;
use serde_json::json;

/// Entries of one file of the audit log; the query's `before` leads on to the next file.
pub const AUDIT_SHEET_ROWS: u32 = 100_000;

/// Columns of the form for many invitations, in the order of `invite_workbook`, with an invented row that shows them.
const INVITATION_COLUMNS: [(&str, &str); 4] = [
    ("企业名称", "示例电子有限公司（虚构，填写前删去本行）"),
    ("统一社会信用代码", ""),
    ("联系人", "王某"),
    ("邮箱", "wang@example.com"),
];

#[boxed::futures]
impl App {
    /// Entries of the audit log that fit a query, newest first, as csv. The limit of the query is not asked for; that the log
    /// was taken out is itself recorded.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn audit_sheet(&self, actor: &Actor, query: &AuditFilter) -> Result<Vec<u8>> {
        actor.need(Act::Audit)?;
        let mut table = PlainTable { title: "审计".to_owned(), ..PlainTable::default() };
        table.headings = words(&["序号", "时间", "账号", "动作", "对象", "详情", "前一条哈希", "本条哈希"]);
        let mut query = AuditFilter { limit: 1000, ..query.clone() };
        while table.rows.len() < AUDIT_SHEET_ROWS as usize {
            let entries = self.audit(actor, &query).await?;
            query.before = entries.last().map(|e| e.seq);
            let full = entries.len() == query.limit as usize;
            table.rows.extend(entries.into_iter().map(|e| {
                let at = jiff::Timestamp::from_millisecond(e.at_ms).unwrap_or_default();
                vec![
                    e.seq.to_string(),
                    at.to_string(),
                    e.actor,
                    e.action,
                    e.object,
                    e.detail,
                    e.prev_hash,
                    e.hash,
                ]
            }));
            if !full {
                break;
            }
        }
        let detail = json!({ "rows": table.rows.len() });
        self.store.audit_append(&self.by(actor), "audit.export", "audit", &detail).await?;
        table.csv().map_err(|e| unwritten(&e))
    }

    /// The enterprises with stale records, as [`App::stale`] gives them, as a workbook.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn stale_sheet(&self, actor: &Actor, days: u32) -> Result<Vec<u8>> {
        actor.need(Act::Stale)?;
        let rows = self.stale(actor, days).await?;
        let detail = json!({ "rows": rows.len(), "days": days });
        let table = PlainTable {
            title: format!("{days}天未更新"),
            headings: words(&["企业", "所在县区", "需求", "供给", "未更新天数", "联系账号", "上次提醒"]),
            rows: rows
                .into_iter()
                .map(|row| {
                    vec![
                        row.enterprise.name,
                        row.enterprise.region,
                        row.needs.to_string(),
                        row.offers.to_string(),
                        row.days.to_string(),
                        row.people.to_string(),
                        row.reminded_ms.map_or_else(String::new, |ms| crate::clock::day_of(ms).to_string()),
                    ]
                })
                .collect(),
        };
        self.store.audit_append(&self.by(actor), "stale.export", "stale", &detail).await?;
        table.xlsx().map_err(|e| unwritten(&e))
    }

    /// [`App::unread_words`] as a csv to be filled in: `word,property,value,records,clause,title`, with property and value empty.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn unread_words_sheet(&self, actor: &Actor) -> Result<Vec<u8>> {
        actor.need(Act::UnreadWords)?;
        let row = |w: crate::UnreadWord| {
            vec![w.word, String::new(), String::new(), w.records.to_string(), w.clause, w.title]
        };
        let table = PlainTable {
            title: "words".to_owned(),
            headings: words(&["word", "property", "value", "records", "clause", "title"]),
            rows: self.unread_words(actor).await?.into_iter().map(row).collect(),
        };
        table.csv().map_err(|e| unwritten(&e))
    }

    /// The empty form for many invitations, as a workbook.
    ///
    /// # Errors
    /// [`Code::Output`].
    pub fn invitation_template(&self, actor: &Actor) -> Result<Vec<u8>> {
        actor.need(Act::InviteWorkbook)?;
        let table = PlainTable {
            title: "邀请".to_owned(),
            headings: INVITATION_COLUMNS.iter().map(|c| c.0.to_owned()).collect(),
            rows: vec![INVITATION_COLUMNS.iter().map(|c| c.1.to_owned()).collect()],
        };
        table.xlsx().map_err(|e| unwritten(&e))
    }
}

fn words(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|&cell| cell.to_owned()).collect()
}

fn unwritten(error: &exchange::WriteError) -> Error {
    Error::new(Code::Output, error.to_string())
}
