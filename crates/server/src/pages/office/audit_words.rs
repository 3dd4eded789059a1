//! The audit's actions, objects and details in words.

use crate::words::Lang;
use app::AuditEntry;
use serde_json::Value;

/// Every action that the platform records, and what it says: a verb, to which the object is added.
const ACTIONS: &[(&str, &str)] = &[
    ("audit.export", "导出了审计记录"),
    ("backup", "下载了备份"),
    ("claim.add", "提出了认领"),
    ("claim.decide", "处理了认领"),
    ("contact.read", "查看了联系方式"),
    ("duplicate.decide", "决定了疑似重复"),
    ("hook.add", "添加了通知通道"),
    ("hook.change", "修改了通知通道"),
    ("hook.delete", "删除了通知通道"),
    ("import", "导入了文件"),
    ("introduction.answer", "答复了牵线"),
    ("introduction.ask", "请求牵线"),
    ("introduction.end", "结束了牵线"),
    ("invitation.accept", "接受了邀请"),
    ("invitation.add", "发出了邀请"),
    ("invitation.password", "生成了密码链接"),
    ("invitation.revoke", "撤回了邀请"),
    ("list.approve", "批准了清单"),
    ("list.discard", "丢弃了清单草稿"),
    ("list.draft", "起草了清单"),
    ("list.export", "导出了清单"),
    ("list.publish", "发布了清单"),
    ("list.reopen", "退回清单重新审核"),
    ("list.review", "审核了清单的配对"),
    ("list.undo", "撤销了清单的审核"),
    ("list.update", "更新了清单草稿"),
    ("list.withdraw", "撤回了清单"),
    ("read.protected", "查看了受保护字段"),
    ("record.export", "导出了记录"),
    ("record.save", "保存了记录"),
    ("record.status", "改变了记录的状态"),
    ("remind", "发出了提醒"),
    ("session.begin", "登录"),
    ("session.end", "退出登录"),
    ("setting.set", "修改了设置"),
    ("stale.export", "导出了久未更新名单"),
    ("token.add", "新建了令牌"),
    ("token.revoke", "撤销了令牌"),
    ("user.add", "新建了账号"),
    ("user.assign", "分配了企业"),
    ("user.change", "修改了账号"),
];

/// Kinds of objects, with a place for which one.
const OBJECTS: &[(&str, &str)] = &[
    ("claim", "认领 {n}"),
    ("duplicate", "疑似重复 {n}"),
    ("enterprise", "企业 {n}"),
    ("hook", "通知通道 {n}"),
    ("import", "导入 {n}"),
    ("introduction", "牵线 {n}"),
    ("invitation", "邀请 {n}"),
    ("list", "清单 {n}"),
    ("need", "需求 {n}"),
    ("offer", "供给 {n}"),
    ("setting", "设置 {n}"),
    ("token", "令牌 {n}"),
    ("user", "账号 {n}"),
];

/// Names of what a detail tells.
const DETAILS: &[(&str, &str)] = &[
    ("account", "账号"),
    ("active", "开放"),
    ("approved_by", "批准人"),
    ("counts", "条数"),
    ("days", "天数"),
    ("decision", "决定"),
    ("email", "邮箱"),
    ("enterprise", "企业"),
    ("enterprises", "企业"),
    ("fields", "字段"),
    ("file", "文件"),
    ("from", "来自"),
    ("kind", "种类"),
    ("may_write", "可写"),
    ("name", "名称"),
    ("need", "需求"),
    ("number", "编号"),
    ("offer", "供给"),
    ("pairs", "配对"),
    ("password", "密码"),
    ("people", "账号数"),
    ("period", "期间"),
    ("reason", "理由"),
    ("role", "角色"),
    ("rows", "行数"),
    ("sha256", "SHA-256"),
    ("state", "状态"),
    ("status", "状态"),
    ("user", "账号"),
    ("uscc", "统一社会信用代码"),
    ("value", "值"),
    ("version", "版本"),
    ("was", "原来"),
];

/// Groups of actions to filter by: the beginning of their names, and a word.
pub const GROUPS: [(&str, &str); 12] = [
    ("read.", "查看受保护字段"),
    ("list.", "清单"),
    ("record.", "需求、供给、企业"),
    ("import", "导入"),
    ("introduction.", "牵线"),
    ("user.", "账号"),
    ("session.", "登录和退出"),
    ("invitation.", "邀请"),
    ("claim.", "认领"),
    ("token.", "令牌"),
    ("hook.", "通知通道"),
    ("setting.", "设置"),
];

fn find(table: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    table.iter().find(|(key, _)| *key == word).map(|(_, zh)| *zh)
}

/// What was done; an action that has no words stands as it is.
pub fn action(lang: Lang, action: &str) -> String {
    find(ACTIONS, action).map_or_else(|| action.to_owned(), |zh| lang.t(zh).to_owned())
}

/// What it was done to: the kind in words and which one. Nothing where the action says it all.
pub fn object(lang: Lang, entry: &AuditEntry) -> String {
    let Some((kind, which)) = entry.object.split_once('/') else { return String::new() };
    let kind = kind.strip_suffix('s').unwrap_or(kind);
    match find(OBJECTS, kind) {
        Some(zh) => lang.t(zh).replace("{n}", which),
        None => entry.object.clone(),
    }
}

/// The page of an object, where there is one.
pub fn link(entry: &AuditEntry) -> Option<String> {
    let (kind, id) = entry.object.split_once('/')?;
    let row = !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
    match kind {
        "need" | "offer" | "enterprise" if row => Some(format!("/{kind}s/{id}")),
        _ => None,
    }
}

/// Further facts: names and values. What is no JSON object stands as it is.
pub fn details(lang: Lang, detail: &str) -> Vec<(String, String)> {
    match serde_json::from_str(detail) {
        Ok(Value::Object(facts)) => facts
            .into_iter()
            .map(|(name, value)| {
                let name = find(DETAILS, &name).map_or(name, |zh| lang.t(zh).to_owned());
                (name, words(lang, &value))
            })
            .collect(),
        Ok(Value::Null) => Vec::new(),
        _ => vec![(String::new(), detail.to_owned())],
    }
}

fn words(lang: Lang, value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::Bool(true) => lang.t("是").to_owned(),
        Value::Bool(false) => lang.t("否").to_owned(),
        Value::String(text) => {
            app::Office::parse(text).map_or_else(|| text.clone(), |o| lang.t(o.zh()).to_owned())
        }
        Value::Array(values) => values.iter().map(|v| words(lang, v)).collect::<Vec<_>>().join("、"),
        Value::Object(facts) => facts
            .iter()
            .map(|(name, value)| {
                let name = find(DETAILS, name).map_or(name.as_str(), |zh| lang.t(zh));
                format!("{name} {}", words(lang, value))
            })
            .collect::<Vec<_>>()
            .join("，"),
        Value::Number(number) => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every action that the store and the use cases write has words here: a new one is found by this test.
    #[test]
    fn every_recorded_action_has_words() {
        let mut missing = Vec::new();
        for folder in ["/../store/src", "/../app/src"] {
            let mut dirs = vec![std::path::PathBuf::from(format!("{}{folder}", env!("CARGO_MANIFEST_DIR")))];
            while let Some(dir) = dirs.pop() {
                for entry in std::fs::read_dir(dir).unwrap().flatten() {
                    if entry.path().is_dir() {
                        dirs.push(entry.path());
                        continue;
                    }
                    let text = std::fs::read_to_string(entry.path()).unwrap();
                    let calls =
                        text.split("audit::append(").skip(1).chain(text.split("audit_append(").skip(1));
                    for call in calls {
                        let Some(action) = call.split('"').nth(1) else { continue };
                        let plain = action.bytes().all(|b| b.is_ascii_lowercase() || b == b'.' || b == b'_');
                        if plain && find(ACTIONS, action).is_none() {
                            missing.push(action.to_owned());
                        }
                    }
                }
            }
        }
        assert!(missing.is_empty(), "no words for: {missing:?}");
    }

    #[test]
    fn every_word_has_its_english() {
        let words = ACTIONS.iter().chain(OBJECTS).chain(DETAILS).chain(&GROUPS).map(|(_, zh)| *zh);
        let missing: Vec<&str> = words.filter(|zh| !zh.is_ascii() && Lang::En.t(zh) == *zh).collect();
        assert!(missing.is_empty(), "data/en.csv lacks: {missing:?}");
    }

    #[test]
    fn details_read_as_words() {
        let check = |detail: &str, expect: &[(&str, &str)]| {
            let read = details(Lang::Zh, detail);
            let read: Vec<_> = read.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            assert_eq!(read, expect);
        };
        check("{}", &[]);
        check("null", &[]);
        check(r#"{"role":"member","was":null}"#, &[("角色", "会员企业"), ("原来", "—")]);
        check(r#"{"fields":["price","contact"]}"#, &[("字段", "price、contact")]);
        check(r#"{"unheard_of":true}"#, &[("unheard_of", "是")]);
        check("not json", &[("", "not json")]);
    }
}
