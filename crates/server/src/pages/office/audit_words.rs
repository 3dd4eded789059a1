//! The audit's actions, objects and details in words.

use super::visibility;
use crate::words::Lang;
use app::AuditEntry;
use serde_json::Value;

/// Every action that the platform records, as a verb; what it was done to follows.
const ACTIONS: &[(&str, &str)] = &[
    ("audit.export", "导出了审计记录"),
    ("backup", "下载了备份"),
    ("claim.add", "提出了"),
    ("claim.decide", "处理了"),
    ("contact.read", "查看了联系方式："),
    ("duplicate.decide", "决定了"),
    ("duplicate.propose", "提出了"),
    ("evidence.attach", "附上了实测证据："),
    ("evidence.withdraw", "撤回了实测证据："),
    ("export", "导出了："),
    ("hook.add", "添加了"),
    ("hook.change", "修改了"),
    ("hook.delete", "删除了"),
    ("hook.test", "测试了"),
    ("import", "完成了"),
    ("inspection.begin", "开始了检测："),
    ("inspection.finish", "完成了检测："),
    ("introduction.answer", "答复了"),
    ("introduction.ask", "请求了"),
    ("introduction.end", "结束了"),
    ("invitation.accept", "接受了"),
    ("invitation.add", "写了"),
    ("invitation.password", "生成了密码链接："),
    ("invitation.revoke", "撤销了"),
    ("learn", "学习了"),
    ("learn.use", "切换了："),
    ("ledger.capture", "采集了"),
    ("ledger.query", "保存了查询："),
    ("ledger.query_delete", "删除了查询："),
    ("ledger.site", "设置了场所归属："),
    ("ledger.subscribe", "订阅了事件："),
    ("ledger.unsubscribe", "退订了事件："),
    ("list.approve", "批准了"),
    ("list.discard", "丢弃了"),
    ("list.draft", "起草了"),
    ("list.export", "导出了"),
    ("list.publish", "发布了"),
    ("list.reopen", "退回重审了"),
    ("list.review", "审核了"),
    ("list.undo", "撤销了审核："),
    ("list.update", "更新了"),
    ("list.withdraw", "撤回了"),
    ("meeting.check_in", "签到了："),
    ("meeting.event", "保存了活动："),
    ("meeting.follow_up", "回访了："),
    ("meeting.invite", "邀请了企业："),
    ("meeting.outcome", "登记了结果："),
    ("meeting.remind", "提醒了回访："),
    ("meeting.replan", "现场调整了："),
    ("meeting.seat", "排定了时间表："),
    ("meeting.sign", "登记了签约："),
    ("meeting.sign_up", "保存了报名："),
    ("outcome.record", "登记了"),
    ("pact.publish", "发出了碳足迹："),
    ("pact.request", "收到了碳足迹请求："),
    ("password.clear", "收回了密码："),
    ("password.set", "设置了密码："),
    ("read.protected", "查看了受保护字段："),
    ("recipe.save", "保存了检测方案："),
    ("record.export", "导出了记录"),
    ("record.merge", "合并了"),
    ("record.save", "保存了"),
    ("record.split", "分开了"),
    ("record.status", "改变了状态："),
    ("session.begin", "登录"),
    ("session.end", "退出登录"),
    ("session.refuse", "登录被拒绝"),
    ("setting.set", "修改了"),
    ("stale.export", "导出了久未更新名单"),
    ("stale.remind", "提醒了久未更新的"),
    ("token.add", "新建了"),
    ("token.revoke", "撤销了"),
    ("user.add", "新建了"),
    ("user.assign", "分配了企业："),
    ("user.change", "修改了"),
];

/// Kinds of objects, with a place for which one.
const OBJECTS: &[(&str, &str)] = &[
    ("capture", "溯源事件 {n}"),
    ("claim", "认领 {n}"),
    ("duplicate", "疑似重复 {n}"),
    ("enterprise", "企业 {n}"),
    ("hook", "通知通道 {n}"),
    ("import", "导入 {n}"),
    ("introduction", "牵线 {n}"),
    ("invitation", "邀请 {n}"),
    ("list", "清单 {n}"),
    ("meeting", "洽谈 {n}"),
    ("meeting_event", "活动 {n}"),
    ("need", "需求 {n}"),
    ("offer", "供给 {n}"),
    ("outcome", "对接结果 {n}"),
    ("setting", "设置 {n}"),
    ("signing", "签约 {n}"),
    ("token", "令牌 {n}"),
    ("user", "账号 {n}"),
    ("weights", "权重版本 {n}"),
];

/// Names of what a detail tells.
const DETAILS: &[(&str, &str)] = &[
    ("account", "账号"),
    ("active", "开放"),
    ("approved_by", "批准人"),
    ("counts", "条数"),
    ("days", "天数"),
    ("changed", "变更"),
    ("column_maps", "列对应"),
    ("decision", "决定"),
    ("duplicates", "疑似重复"),
    ("email", "邮箱"),
    ("enterprise", "企业"),
    ("enterprises", "企业"),
    ("fields", "字段"),
    ("file", "文件"),
    ("from", "来自"),
    ("import_id", "导入"),
    ("kind", "种类"),
    ("introductions", "牵线"),
    ("list_sha256", "清单哈希"),
    ("locked", "已锁定"),
    ("may_write", "可写"),
    ("name", "名称"),
    ("need", "需求"),
    ("needs", "需求"),
    ("new", "新增"),
    ("number", "编号"),
    ("offer", "供给"),
    ("offers", "供给"),
    ("pairs", "配对"),
    ("password", "密码"),
    ("people", "账号数"),
    ("period", "期间"),
    ("previous_sha256", "上一期哈希"),
    ("protected", "含受保护字段"),
    ("reason", "理由"),
    ("role", "角色"),
    ("rows", "行数"),
    ("sent", "已送出"),
    ("sha256", "SHA-256"),
    ("side", "哪一方"),
    ("source", "来源"),
    ("state", "状态"),
    ("status", "状态"),
    ("told", "告诉了几个账号"),
    ("unchanged", "未变"),
    ("user", "账号"),
    ("uscc", "统一社会信用代码"),
    ("value", "值"),
    ("version", "版本"),
    ("was", "原来"),
];

/// Words that stand as values.
const VALUES: &[(&str, &str)] = &[
    ("approved", "已批准"),
    ("closed", "已关闭"),
    ("confirm", "确认"),
    ("confirmed", "同一家"),
    ("open", "开放"),
    ("reject", "驳回"),
    ("rejected", "不是"),
    ("need", "需方"),
    ("offer", "供方"),
];

/// Groups of actions to filter by: the beginning of their names, and a word.
pub const GROUPS: [(&str, &str); 13] = [
    ("read.", "查看受保护字段"),
    ("list.", "清单"),
    ("record.", "需求、供给、企业"),
    ("import", "导入"),
    ("introduction.", "牵线"),
    ("ledger.", "溯源台账"),
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

/// What was done; an action that has no words stands as it is. In English a space leads on to the object.
pub fn action(lang: Lang, action: &str) -> String {
    match (find(ACTIONS, action), lang) {
        (Some(zh), Lang::Zh) => zh.to_owned(),
        (Some(zh), Lang::En) => format!("{} ", lang.t(zh)),
        (None, _) => format!("{action} "),
    }
}

/// What it was done to: the kind in words and which one. Nothing where the action says it all.
pub fn object(lang: Lang, entry: &AuditEntry) -> String {
    // Who signs in is the one who acts.
    if entry.action.starts_with("session.") {
        return String::new();
    }
    match entry.object.as_str() {
        "setting/cluster.name" => return lang.t("集群名称").to_owned(),
        "setting/cluster.region" => return lang.t("所在地区").to_owned(),
        "setting/cluster.lang" => return lang.t("语言").to_owned(),
        "setting/cluster.demo" => return lang.t("示例标记").to_owned(),
        _ => {}
    }
    let Some((kind, which)) = entry.object.split_once('/') else {
        let all = find(OBJECTS, &entry.object).map(|zh| lang.t(zh).replace("{n}", ""));
        return all.unwrap_or_default().trim().to_owned();
    };
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

/// Further facts: names and values, empty ones left out. What is no JSON object stands as it is.
pub fn details(lang: Lang, entry: &AuditEntry) -> Vec<(String, String)> {
    match serde_json::from_str(&entry.detail) {
        Ok(Value::Object(facts)) => facts
            .into_iter()
            .filter(|(_, value)| !value.is_null() && value.as_str() != Some(""))
            .map(|(name, value)| {
                let said = match &value {
                    Value::Array(fields) if name == "fields" => named(lang, &entry.object, fields),
                    value => words(lang, value),
                };
                (find(DETAILS, &name).map_or(name, |zh| lang.t(zh).to_owned()), said)
            })
            .collect(),
        Ok(Value::Null) => Vec::new(),
        _ => vec![(String::new(), entry.detail.clone())],
    }
}

/// Fields of a record by the names that its form has.
fn named(lang: Lang, object: &str, fields: &[Value]) -> String {
    let noun = object.split_once('/').map_or("", |(noun, _)| noun);
    let name = |field: &Value| match field {
        Value::String(field) => visibility::name(lang, noun, field).to_owned(),
        other => words(lang, other),
    };
    fields.iter().map(name).collect::<Vec<_>>().join("、")
}

fn words(lang: Lang, value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::Bool(true) => lang.t("是").to_owned(),
        Value::Bool(false) => lang.t("否").to_owned(),
        Value::String(text) => {
            let known = app::Office::parse(text).map(app::Office::zh).or_else(|| find(VALUES, text));
            known.map_or_else(|| text.clone(), |zh| lang.t(zh).to_owned())
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
        for text in ["../store/src", "../app/src"].into_iter().flat_map(crate::words::sources) {
            let calls = text.split("audit::append(").skip(1).chain(text.split("audit_append(").skip(1));
            for call in calls {
                let Some(action) = call.split('"').nth(1) else { continue };
                let plain = action.bytes().all(|b| b.is_ascii_lowercase() || b == b'.' || b == b'_');
                if plain && find(ACTIONS, action).is_none() {
                    missing.push(action.to_owned());
                }
            }
        }
        assert!(missing.is_empty(), "no words for: {missing:?}");
    }

    #[test]
    fn every_word_has_its_english() {
        let words =
            ACTIONS.iter().chain(OBJECTS).chain(DETAILS).chain(VALUES).chain(&GROUPS).map(|(_, zh)| *zh);
        let missing: Vec<&str> = words.filter(|zh| !zh.is_ascii() && Lang::En.t(zh) == *zh).collect();
        assert!(missing.is_empty(), "data/en.csv lacks: {missing:?}");
    }

    #[test]
    fn details_read_as_words() {
        let check = |detail: &str, expect: &[(&str, &str)]| {
            let entry = AuditEntry {
                seq: 1,
                at_ms: 0,
                actor: String::new(),
                action: String::new(),
                object: "need/1".to_owned(),
                detail: detail.to_owned(),
                prev_hash: String::new(),
                hash: String::new(),
            };
            let read = details(Lang::Zh, &entry);
            let read: Vec<_> = read.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            assert_eq!(read, expect);
        };
        check("{}", &[]);
        check("null", &[]);
        check(r#"{"role":"member","was":null}"#, &[("角色", "会员企业")]);
        check(r#"{"fields":["price","contact","x"]}"#, &[("字段", "预算/参考价、联系人、x")]);
        check(r#"{"unheard_of":true}"#, &[("unheard_of", "是")]);
        check("not json", &[("", "not json")]);
    }
}
