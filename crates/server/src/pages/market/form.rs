//! Forms of records: few fields first, the rest on demand; the fields stand in one table for each noun.

use crate::parts::{Field, wrong};
use crate::viewer::Viewer;
use crate::words::Lang;
use app::Error;
use maud::{Markup, html};
use model::markets::{FieldKind, Market, MarketKey, Names};
use model::visibility::{Noun, Visibility};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A field of a form, in the order of the page.
#[derive(Clone)]
pub struct Item {
    /// Name, as the form's type has it; `own.ID` for a field of a market's own.
    pub name: Cow<'static, str>,
    /// Its word.
    pub word: Word,
    /// Example or help.
    pub hint: Word,
    /// Field of `data/visibility.csv` whose level it has.
    pub level: &'static str,
    /// How it is typed.
    pub kind: Kind,
    /// True where it is shown at once; the others stand under 「更多」.
    pub first: bool,
}

/// A word of a form: Chinese with its English in `data/en.csv`, or both as a market's file says them.
#[derive(Clone, Copy)]
pub enum Word {
    /// Of this program.
    Ours(&'static str),
    /// Of a market.
    Named(&'static Names),
}

impl Word {
    /// The word in a language.
    pub fn of(self, lang: Lang) -> &'static str {
        match self {
            Self::Ours(word) => lang.t(word),
            Self::Named(names) => lang.of(names),
        }
    }
}

/// How a field is typed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    Line,
    /// Several lines.
    Area,
    /// A telephone number.
    Phone,
}

const fn item(name: &'static str, word: &'static str, hint: &'static str, level: &'static str) -> Item {
    let (word, hint) = (Word::Ours(word), Word::Ours(hint));
    Item { name: Cow::Borrowed(name), word, hint, level, kind: Kind::Line, first: false }
}

const fn first(mut item: Item) -> Item {
    item.first = true;
    item
}

const fn kind(mut item: Item, kind: Kind) -> Item {
    item.kind = kind;
    item
}

/// Fields of a need.
pub const NEED: &[Item] = &[
    first(item("title", "需要什么", "产品或加工服务的常用名称，如：键合金丝", "title")),
    first(kind(
        item("detail", "规格要求", "一段话写下来即可，如：线径20μm，纯度99.99%，断裂负荷≥8gf", "detail"),
        Kind::Area,
    )),
    first(item("quantity", "数量", "如：5000片/月，或 200套", "quantity")),
    first(item("delivery", "交期", "如：30天内，或 2026-12-31 前", "delivery")),
    item("price", "预算/参考价", "如：12~15元/卷", "price"),
    item("current_source", "目前供应地/供应商", "如：广东东莞", "current_source"),
    item("certificates", "认证要求", "用逗号分开，如：ISO9001，IATF16949", "certificates"),
    item("standard", "执行标准", "如：GB/T 8750-2022", "standard"),
    item("material", "材质", "如：FR-4", "material"),
    item("max_distance", "最远距离", "供方最远多少公里，如：100", "max_distance_km"),
    item("needed_by", "最迟到货日期", "过了这天就没用了，如：2026-12-31", "needed_by"),
    item("partial", "可否分批", "只要一部分也有用填“是”，必须一次给足填“否”", "partial"),
    item("payment", "付款方式", "如：月结60天", "payment"),
    item("validity", "有效期", "最后一天，或时长，如：2026-12-31、3个月", "validity"),
    item("contact_name", "联系人", "", "contact"),
    item("contact_position", "职务", "", "contact"),
    kind(item("contact_phone", "电话", "双方都同意对接后才给对方看", "contact"), Kind::Phone),
    kind(item("note", "备注", "", "note"), Kind::Area),
];

/// Fields of an offer.
pub const OFFER: &[Item] = &[
    first(item("title", "能供什么", "产品或加工服务的常用名称，如：双面沉金电路板", "title")),
    first(kind(
        item("detail", "规格能力", "一段话写下来即可，如：板厚0.4~3.2mm，2~12层，最小线宽0.1mm", "detail"),
        Kind::Area,
    )),
    first(item("capacity", "产能", "如：20000m²/月", "capacity")),
    first(item("certificates", "认证", "用逗号分开，如：ISO9001，UL", "certificates")),
    item("spare_capacity", "剩余产能", "现在还能接多少，如：5000m²/月", "spare_capacity"),
    item("price", "单价区间", "如：300~450元/m²", "price"),
    item("minimum_order", "最小起订", "如：10m²", "minimum_order"),
    item("lot", "批量", "整批出货的一批是多少，如：100片", "lot"),
    item("lead_days", "交货周期", "下单到交货的天数，如：15", "lead_days"),
    item("sample_days", "样品周期", "天数，如：7", "sample_days"),
    item("standard", "执行标准", "如：IPC-A-600", "standard"),
    item("material", "材质", "如：FR-4、铝基", "material"),
    item("supply_radius", "供货半径", "公里数，如：300", "supply_radius_km"),
    item("customers", "主要客户", "", "customers"),
    item("validity", "有效期", "最后一天，或时长，如：2026-12-31、3个月", "validity"),
    item("contact_name", "联系人", "", "contact"),
    item("contact_position", "职务", "", "contact"),
    kind(item("contact_phone", "电话", "双方都同意对接后才给对方看", "contact"), Kind::Phone),
    kind(item("note", "备注", "", "note"), Kind::Area),
];

/// Fields of an enterprise.
pub const ENTERPRISE: &[Item] = &[
    first(item("name", "企业名称", "登记的全称", "name")),
    first(item("uscc", "统一社会信用代码", "18位", "uscc")),
    first(item("region", "所在县区", "县区名称或代码，如：泰和县", "region")),
    first(kind(item("products", "主营产品", "用顿号分开，如：键合金丝、合金线", "products"), Kind::Area)),
    first(item("group", "产业链小组", "", "group")),
    item("short_name", "简称", "", "short_name"),
    item("park", "所在园区", "园区名称或代码", "park"),
    item("address", "地址", "", "address"),
    item("industry", "行业代码", "国民经济行业小类，如：3982", "industry"),
    item("employees", "从业人数", "", "employees"),
    item("revenue", "营业收入", "上年，如：5000万元", "revenue_fen"),
    item("contact_name", "联系人", "", "contact"),
    item("contact_position", "职务", "", "contact"),
    kind(item("contact_phone", "电话", "双方都同意对接后才给对方看", "contact"), Kind::Phone),
    kind(item("note", "备注", "", "note"), Kind::Area),
];

/// The fields of a market's records on one side, in the market's order; what every record has and the market does not name
/// stands behind them.
pub fn items_of(market: &'static Market, side: Noun) -> Vec<Item> {
    let ours = if side == Noun::Need { NEED } else { OFFER };
    let mut out: Vec<Item> = Vec::new();
    for (field, names) in market.fields_of(side) {
        let hint = Word::Named(&field.hint);
        let first = field.column || field.required.contains(&side) || field.id == "detail";
        let own = |kind| Item {
            name: Cow::Owned(format!("own.{}", field.id)),
            word: Word::Named(names),
            hint,
            level: &field.id,
            kind,
            first,
        };
        if field.own {
            let area = field.kind == FieldKind::Area;
            out.push(own(if area { Kind::Area } else { Kind::Line }));
        } else if let Some(item) = ours.iter().find(|item| item.level == field.id && item.level != "contact")
        {
            out.push(Item { word: Word::Named(names), hint, first, ..item.clone() });
        }
    }
    let always = ["detail", "validity", "contact", "note"];
    let rest = ours.iter().filter(|item| always.contains(&item.level));
    let rest: Vec<Item> = rest
        .filter(|item| out.iter().all(|known| known.name != item.name))
        .map(|item| Item { first: false, ..item.clone() })
        .collect();
    out.extend(rest);
    out
}

/// Reads a form's fields into its type: each is text, but `enterprise` is a number and `visibility` a level.
///
/// # Errors
/// None: an enterprise or level that cannot be read counts as not said.
pub fn read<F: DeserializeOwned + Default>(fields: &[(String, String)]) -> F {
    let mut map = Map::new();
    for (name, value) in fields {
        let value = match name.as_str() {
            "csrf" | "version" => continue,
            "enterprise" => value.parse::<i64>().map_or(Value::Null, Value::from),
            "visibility" => {
                Visibility::parse(value).and_then(|v| serde_json::to_value(v).ok()).unwrap_or(Value::Null)
            }
            _ => Value::String(value.trim().to_owned()),
        };
        match name.split_once('.') {
            Some((name, own)) => {
                let inner = map.entry(name).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(inner) = inner {
                    inner.insert(own.to_owned(), value);
                }
            }
            None => {
                map.insert(name.clone(), value);
            }
        }
    }
    serde_json::from_value(Value::Object(map)).unwrap_or_default()
}

/// The words of a form by the names of its fields.
pub fn values<F: Serialize>(form: &F) -> BTreeMap<String, String> {
    let Ok(Value::Object(map)) = serde_json::to_value(form) else { return BTreeMap::new() };
    let word = |value: Value| match value {
        Value::String(word) => word,
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let mut out = BTreeMap::new();
    for (name, value) in map {
        match value {
            Value::Object(inner) => {
                out.extend(inner.into_iter().map(|(own, value)| (format!("{name}.{own}"), word(value))));
            }
            value => {
                out.insert(name, word(value));
            }
        }
    }
    out
}

/// The version that a form was opened with.
pub fn version(fields: &[(String, String)]) -> i64 {
    fields.iter().find(|(name, _)| name == "version").and_then(|(_, v)| v.parse().ok()).unwrap_or_default()
}

/// The inputs of a form: the first ones, then the rest under 「更多」, open where something of it is filled or wrong.
pub fn inputs(
    viewer: &Viewer,
    noun: Noun,
    items: &[Item],
    values: &BTreeMap<String, String>,
    error: Option<&Error>,
    must: &str,
) -> Markup {
    let lang = viewer.lang();
    let open = items.iter().any(|item| !item.first && wrong(error, &item.name).is_some());
    let market =
        values.get("market").filter(|key| !key.is_empty()).cloned().map(MarketKey).unwrap_or_default();
    let row = values.get("visibility").and_then(|v| Visibility::parse(v)).unwrap_or(Visibility::Public);
    let level = |item: &Item| viewer.app().reference().visibility.level_in(&market, noun, item.level, row);
    fn input<'i>(
        lang: Lang,
        item: &'i Item,
        values: &BTreeMap<String, String>,
        error: Option<&'i Error>,
        must: &str,
    ) -> Field<'i> {
        let (word, name) = (item.word.of(lang), item.name.as_ref());
        let field = match item.kind {
            Kind::Line => Field::text(name, word),
            Kind::Area => Field::area(name, word, if item.first { 4 } else { 2 }),
            Kind::Phone => Field::typed("tel", name, word),
        };
        let field = field.value(values.get(name).map_or("", String::as_str)).max(5000).error_of(error);
        let hint = item.hint.of(lang);
        let field = if hint.is_empty() { field } else { field.hint(hint) };
        if name == must { field.required() } else { field }
    }
    html! {
        div.fields { @for item in items.iter().filter(|i| i.first) { (input(lang, item, values, error, must)) } }
        details.more open[open] {
            summary { (lang.t("更多（都可以不填）")) }
            div.fields.two {
                @for item in items.iter().filter(|i| !i.first) {
                    div { (input(lang, item, values, error, must)) (who(lang, level(item))) }
                }
            }
        }
    }
}

/// Who sees a field, where that is not every member.
fn who(lang: Lang, level: Visibility) -> Markup {
    let word = match level {
        Visibility::Public | Visibility::Members => return html! {},
        Visibility::Counterparties => lang.t("双方同意牵线后对方才看到"),
        Visibility::Secretariat => lang.t("只有秘书处看到"),
        Visibility::Own => lang.t("只有本企业看到"),
    };
    html! { p.who { (word) } }
}

/// Who may see the whole record, in plain words.
pub fn visibility(lang: Lang, now: &str) -> Markup {
    let now = Visibility::parse(now).unwrap_or(Visibility::Public);
    let choices = [
        (
            Visibility::Public,
            "public",
            lang.t("公开（推荐）"),
            lang.t("名称公开；规格、数量给联盟成员看；价格、现供应商、联系人要双方同意对接后才互相看到"),
        ),
        (Visibility::Members, "members", lang.t("仅联盟成员"), lang.t("整条只给联盟成员看，其余规则同上")),
        (
            Visibility::Counterparties,
            "counterparties",
            lang.t("仅对接双方"),
            lang.t("别的成员看不到；秘书处先牵线，双方同意后对方才看到"),
        ),
        (Visibility::Secretariat, "secretariat", lang.t("仅秘书处"), lang.t("请秘书处私下物色，不上清单")),
        (Visibility::Own, "own", lang.t("仅本企业"), lang.t("先存着，不参加匹配")),
    ];
    html! {
        fieldset.choices {
            legend { (lang.t("谁能看到这一条")) }
            @for (level, value, word, what) in choices {
                label { input type="radio" name="visibility" value=(value) checked[level == now]; span { strong { (word) } " " span.soft { (what) } } }
            }
        }
    }
}

/// Two people have changed one record: both words of each field that differs, to choose from; what is alike goes along unseen.
/// The choice is sent as the ordinary form, against the version that is stored now.
pub fn conflict(
    viewer: &Viewer,
    action: &str,
    items: &[Item],
    mine: &BTreeMap<String, String>,
    theirs: &BTreeMap<String, String>,
    version: i64,
) -> Markup {
    let lang = viewer.lang();
    let of = |side: &BTreeMap<String, String>, name: &str| side.get(name).cloned().unwrap_or_default();
    let word = |name: &str| {
        items.iter().find(|i| i.name == name).map_or(lang.t("谁能看到这一条"), |i| i.word.of(lang))
    };
    let names: Vec<&String> = theirs.keys().filter(|n| *n != "enterprise").collect();
    let (differ, alike): (Vec<&String>, Vec<&String>) =
        names.into_iter().partition(|name| of(mine, name) != of(theirs, name));
    html! {
        h1 { (lang.t("有人先保存了")) }
        p { (lang.t("您打开以后，另一位同事保存了这条记录。您填的还在：逐项选留哪一个，再保存。什么都没有丢。")) }
        form.choose method="post" action=(action) {
            (viewer.csrf_field())
            input type="hidden" name="version" value=(version);
            input type="hidden" name="enterprise" value=(of(theirs, "enterprise"));
            @for name in alike { input type="hidden" name=(name) value=(of(theirs, name)); }
            @if differ.is_empty() { p.notice.done { (lang.t("两边填的一样，不用再保存。")) } }
            @for name in differ {
                fieldset.choose {
                    legend { (word(name)) }
                    div.sides {
                        label { input type="radio" name=(name) value=(of(mine, name)) checked; span { span.soft { (lang.t("我填的")) } (said(lang, name, &of(mine, name))) } }
                        label { input type="radio" name=(name) value=(of(theirs, name)); span { span.soft { (lang.t("已保存的")) } (said(lang, name, &of(theirs, name))) } }
                    }
                }
            }
            div.actions { button type="submit" { (lang.t("按选择保存")) } a href=(action.trim_end_matches("/edit")) { (lang.t("放弃我的修改")) } }
        }
    }
}

fn said(lang: Lang, name: &str, words: &str) -> Markup {
    let level = if name == "visibility" { Visibility::parse(words) } else { None };
    html! {
        @if let Some(level) = level { span.words { (lang.t(level.zh())) } }
        @else if words.is_empty() { em.soft { (lang.t("（空）")) } }
        @else { span.words { (words) } }
    }
}

/// The error of a form in the page's language: the faults themselves stand at the fields.
pub fn in_words(lang: Lang, error: Error) -> Error {
    let error = lang.said(error);
    if error.fields.is_empty() {
        return error;
    }
    Error { message: lang.t("有填得不对的地方").to_owned(), ..error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::{EnterpriseForm, NeedForm, OfferForm};

    /// Every field of a form's type has its input, and the other way round.
    fn check<F: Serialize + Default>(items: &[Item], others: &[&str]) {
        let form = values(&F::default());
        let mut names: Vec<&str> =
            items.iter().map(|i| i.name.as_ref()).chain(others.iter().copied()).collect();
        names.sort_unstable();
        assert_eq!(form.keys().map(String::as_str).collect::<Vec<_>>(), names);
    }

    #[test]
    fn no_field_is_forgotten() {
        check::<NeedForm>(NEED, &["enterprise", "market", "visibility"]);
        check::<OfferForm>(OFFER, &["enterprise", "market", "visibility"]);
        check::<EnterpriseForm>(ENTERPRISE, &[]);
    }

    #[test]
    fn every_field_has_its_english() {
        for item in NEED.iter().chain(OFFER).chain(ENTERPRISE) {
            for word in [item.word, item.hint] {
                let Word::Ours(word) = word else { continue };
                assert!(word.is_ascii() || Lang::En.t(word) != word, "data/en.csv lacks {word}");
            }
        }
    }

    #[test]
    fn a_form_comes_back_as_it_was_sent() {
        let form = NeedForm {
            enterprise: Some(7),
            title: "面罩 <b>".into(),
            detail: "线径20μm\n纯度≥99.99%".into(),
            visibility: Some(Visibility::Counterparties),
            market: "finance".into(),
            own: [("amount".to_owned(), "500万元".to_owned())].into(),
            ..NeedForm::default()
        };
        let mut sent: Vec<(String, String)> = values(&form).into_iter().collect();
        sent.push(("csrf".into(), "x".into()));
        sent.push(("version".into(), "3".into()));
        assert_eq!(read::<NeedForm>(&sent), form);
        assert_eq!(version(&sent), 3);
    }

    #[test]
    fn what_is_not_understood_is_not_said() {
        let sent = [("enterprise", "seven"), ("visibility", "?"), ("title", " 面罩 "), ("unknown", "x")];
        let sent = sent.map(|(n, v)| (n.to_owned(), v.to_owned()));
        let form = read::<NeedForm>(&sent);
        assert_eq!((form.enterprise, form.visibility, form.title.as_str()), (None, None, "面罩"));
    }
}
