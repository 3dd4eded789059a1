use super::*;
use crate::reference::Reference;
use crate::unit::UnitTable;

/// A market with one field of its own, which the tests break.
const SOUND: &str = r#"key = "loan"
order = 9
name_zh = "借用"
name_en = "Loan"
about_zh = "试"
about_en = "Test"
properties = ["thickness"]

[need]
name_zh = "借"
name_en = "Wanted"

[offer]
name_zh = "出借"
name_en = "Lent"

[[fields]]
id = "title"
need = ["物品", "Thing"]
offer = ["物品", "Thing"]

[[fields]]
id = "days"
need = ["最长天数", "Days at most"]
offer = ["天数", "Days"]
kind = "number"
unit = "天"
rule = "smaller"
hard = true
level = "counterparties"

[weights]
text = 0.5
"#;

fn parsed(text: &str) -> Result<Reference, crate::table::TableError> {
    Reference::with_files(&[], &[("markets/loan.toml", text)], None)
}

#[test]
fn the_shipped_markets_are_nine_and_sound() {
    let reference = Reference::builtin();
    let keys: Vec<&str> = reference.markets.iter().map(|m| m.key.as_str()).collect();
    assert_eq!(
        keys,
        ["parts", "capacity", "recycled", "equipment", "research", "laboratory", "finance", "jobs", "land"]
    );
    for market in reference.markets.iter() {
        for names in [&market.name, &market.about, &market.need.name, &market.offer.name] {
            assert!(!names.zh.is_empty() && names.en.is_ascii(), "{}: {names:?}", market.key);
        }
        for side in [Noun::Need, Noun::Offer] {
            let columns = market.fields_of(side).filter(|(field, _)| field.column).count();
            assert!((2..=7).contains(&columns), "{} {side:?}: {columns} columns", market.key);
        }
    }
}

#[test]
fn a_property_of_a_market_is_found_by_its_id_and_by_no_text_of_another_market() {
    let reference = Reference::builtin();
    let amount = reference.properties.by_id("finance.amount").unwrap();
    assert_eq!((amount.name_zh.as_str(), amount.unit.as_deref()), ("融资金额", Some("万元")));
    assert!(reference.properties.by_name("融资金额").is_empty());
    let finance = reference.markets.get("finance").unwrap();
    assert_eq!(finance.properties.by_name("融资金额").len(), 1);
}

#[test]
fn the_person_behind_a_talent_is_for_counterparties() {
    let reference = Reference::builtin();
    let market = MarketKey("jobs".to_owned());
    let level = |noun, field: &str| reference.visibility.level_in(&market, noun, field, Visibility::Public);
    assert_eq!(level(Noun::Offer, "person"), Visibility::Counterparties);
    assert_eq!(level(Noun::Offer, "salary"), Visibility::Counterparties);
    assert_eq!(level(Noun::Offer, "contact"), Visibility::Counterparties);
    assert_eq!(level(Noun::Offer, "detail"), Visibility::Members);
    assert_eq!(level(Noun::Offer, "nobody_thought_of_it"), Visibility::Secretariat);
    // Parts and materials have no levels beside those of the table.
    assert!(reference.visibility.iter().all(|(_, field, _)| !field.starts_with("parts.")));
}

/// Text before and after, and the error with its line and key.
#[test]
fn a_broken_file_is_placed() {
    assert!(parsed(SOUND).is_ok());
    for (from, to, expect) in [
        ("order = 9", "order = nine", "markets/loan.toml line 2: "),
        ("about_en = \"Test\"", "about = \"Test\"", "markets/loan.toml line 6: unknown field `about`"),
        ("key = \"loan\"", "key = \"Loan\"", "markets/loan.toml line 1: key: Loan is not lower-case"),
        ("\"thickness\"", "\"thikness\"", "markets/loan.toml line 7: properties: thikness does not stand"),
        ("id = \"title\"", "id = \"head\"", "markets/loan.toml line 17: fields.head.kind: one of text"),
        (
            "id = \"days\"",
            "id = \"title\"",
            "markets/loan.toml line 22: fields.title.id: the field stands twice",
        ),
        ("unit = \"天\"", "unit = \"妙\"", "markets/loan.toml line 22: fields.days.unit: 妙 does not stand"),
        ("kind = \"number\"", "kind = \"numbr\"", "markets/loan.toml line 26: unknown variant `numbr`"),
        (
            "kind = \"number\"",
            "kind = \"choice\"",
            "markets/loan.toml line 22: fields.days.unit: only a number",
        ),
        (
            "offer = [\"天数\", \"Days\"]\n",
            "",
            "markets/loan.toml line 22: fields.days.rule: what is compared",
        ),
        ("rule = \"smaller\"\n", "", "markets/loan.toml line 22: fields.days.hard: only a rule can be hard"),
        ("rule = \"smaller\"", "rule = \"less\"", "markets/loan.toml line 28: unknown variant `less`"),
        ("[\"最长天数\", \"Days at most\"]", "[\"最长天数\"]", "markets/loan.toml line 24: invalid length 1"),
        (
            "[\"天数\", \"Days\"]",
            "[\"天数\", \" \"]",
            "markets/loan.toml line 22: fields.days: a name is empty",
        ),
        (
            "name_en = \"Lent\"",
            "name_en = \"\"",
            "markets/loan.toml line 1: offer.name_en: a name is missing",
        ),
        (
            "hard = true",
            "hard = true\nrequired = [\"enterprise\"]",
            "fields.days.required: the side has no such",
        ),
        ("name_en = \"Lent\"", "name_en = \"Lent\"\none = \"妙\"", "offer.one: 妙 does not stand"),
        ("hard = true", "hard = true\namount = [\"enterprise\"]", "fields.days.amount: the side has no such"),
        (
            "hard = true",
            "hard = true\namount = [\"need\"]\n[[fields]]\nid = \"more\"\nneed = [\"又\", \"More\"]\nkind = \"number\"\nunit = \"天\"\namount = [\"need\"]\n",
            "fields.more.amount: a side has one amount",
        ),
        ("text = 0.5", "text = -0.5", "markets/loan.toml line 32: weights.text: a number from 0 on"),
        ("text = 0.5", "words = 0.5", "unknown field `words`"),
    ] {
        assert!(SOUND.contains(from), "{from}");
        let error = parsed(&SOUND.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(expect), "{to}\n{error}\nexpected {expect}");
    }
    // A mark of UTF-8 before the text moves no line.
    let marked = format!("\u{feff}{}", SOUND.replacen("about_en", "about", 1));
    let error = parsed(&marked).unwrap_err().to_string();
    assert!(error.contains("line 6: unknown field `about`"), "{error}");
    let twice = [("a.toml", SOUND), ("b.toml", SOUND)];
    let error = Reference::with_files(&[], &twice, None).unwrap_err().to_string();
    assert!(error.starts_with("b.toml line 1: key: the market loan stands in two files"), "{error}");
}

#[test]
fn a_file_of_ones_own_takes_the_place_of_the_shipped_one() {
    let text = SOUND.replace("key = \"loan\"", "key = \"land\"");
    let reference = parsed(&text).unwrap();
    assert_eq!(reference.markets.get("land").unwrap().name.zh, "借用");
    assert_eq!(reference.markets.iter().count(), 9);
}

#[test]
fn values_of_a_markets_own_fields_are_read() {
    let reference = Reference::builtin();
    let units: &UnitTable = &reference.units;
    let read = |market: &str, field: &str, side: Noun, text: &str| {
        let market = reference.markets.get(market).unwrap();
        match market.read_own(field, text, side, units) {
            Ok(Some(spec)) => format!("{} {:?}", spec.value_words(), spec.strictness),
            Ok(None) => "-".to_owned(),
            Err(error) => format!("! {error}"),
        }
    };
    for (market, field, side, text, expect) in [
        ("finance", "amount", Noun::Need, "500万元", "500万元 Must"),
        ("finance", "amount", Noun::Need, "500", "500万元 Must"),
        ("finance", "amount", Noun::Offer, "10~1000万元", "10~1000万元 Must"),
        ("finance", "rate", Noun::Need, "4.2%", "4.2% Prefer"),
        ("finance", "rate", Noun::Offer, "3.45%~4.0%", "3.45~4% Must"),
        ("finance", "term", Noun::Need, "24个月", "24月 Must"),
        ("finance", "guarantee", Noun::Need, "抵押、信用", "抵押/信用 Must"),
        ("finance", "guarantee", Noun::Need, "房产抵押", "抵押 Must"),
        ("finance", "guarantee", Noun::Need, "口头", "! 信用、抵押、质押、保证之一"),
        ("finance", "amount", Noun::Need, "很多", "! 数值或范围（万元），如 500万元"),
        ("finance", "turnover", Noun::Need, "3000万元", "-"),
        ("jobs", "education", Noun::Need, "本科", "本科 Must"),
        ("jobs", "education", Noun::Offer, "研究生", "硕士 Must"),
        ("jobs", "education", Noun::Offer, "本科、硕士", "! 初中、高中、大专、本科、硕士、博士之一"),
        ("jobs", "salary", Noun::Need, "6000~9000元/月", "6000~9000元/月 Prefer"),
        ("jobs", "experience", Noun::Need, "3年", "3年 Prefer"),
        ("jobs", "from", Noun::Offer, "2026-12-01", "-"),
        ("jobs", "from", Noun::Offer, "改天", "! 日期，如 2026-12-31"),
        ("land", "area", Noun::Need, "20亩", "20亩 Must"),
        ("land", "rent", Noun::Offer, "9.5", "9.5元/(m²·月) Must"),
        ("land", "power", Noun::Need, "1250kVA", "1250kVA Prefer"),
        ("equipment", "hours", Noun::Need, "40", "40h/月 Must"),
        ("equipment", "rate", Noun::Offer, "120元/h", "120元/h Must"),
        ("capacity", "turnaround", Noun::Need, "7天", "7天 Must"),
        ("capacity", "shift", Noun::Offer, "24小时", "三班 Must"),
        ("recycled", "hazard", Noun::Offer, "HW22", "HW22 Must"),
        ("recycled", "content", Noun::Need, "95", "95% Must"),
        ("laboratory", "fee", Noun::Offer, "600元", "600元 Must"),
        ("research", "term", Noun::Need, "12个月", "12月 Prefer"),
        (
            "research",
            "domain",
            Noun::Need,
            "机器视觉、柔性电子",
            "! 新材料、焊接与封装、光学与显示、机器视觉、电镀与表面处理、热管理、环保与回收、自动化之一",
        ),
    ] {
        assert_eq!(read(market, field, side, text), expect, "{market}.{field} {text}");
    }
}

#[test]
fn an_amount_is_the_least_that_is_asked_for_and_the_most_that_is_offered() {
    let reference = Reference::builtin();
    let quantity = |market: &str, side, own: &[(&str, &str)]| {
        let market = reference.markets.get(market).unwrap();
        let own = own.iter().map(|(id, text)| ((*id).to_owned(), (*text).to_owned())).collect();
        let amount = match side {
            Noun::Need => {
                let mut need = Need { own, ..Need::new("n", "e", "t") };
                market.fill_need(&mut need, &reference.units);
                need.quantity
            }
            _ => {
                let mut offer = Offer { own, ..Offer::new("o", "e", "t") };
                market.fill_offer(&mut offer, &reference.units);
                offer.capacity
            }
        };
        amount.map_or_else(|| "-".to_owned(), |amount| amount.to_string())
    };
    for (market, side, field, text, expect) in [
        ("land", Noun::Need, "area", "5000", "5000m²"),
        ("land", Noun::Need, "area", "20~30亩", "20亩"),
        ("land", Noun::Offer, "area", "3000~12000m²", "12000m²"),
        ("land", Noun::Offer, "rent", "12", "-"),
        ("equipment", Noun::Offer, "hours", "60", "60h/月"),
        ("finance", Noun::Need, "amount", "500万元", "500万元"),
        // What one borrower may have is not what there is in all.
        ("finance", Noun::Offer, "amount", "100~500万元", "-"),
        ("finance", Noun::Offer, "total", "3000", "3000万元"),
        ("jobs", Noun::Offer, "salary", "8000元/月", "1人"),
        ("jobs", Noun::Need, "salary", "8000元/月", "-"),
        ("research", Noun::Offer, "team", "12", "-"),
    ] {
        assert_eq!(quantity(market, side, &[(field, text)]), expect, "{market}.{field} {text}");
    }
    // What a record states as its quantity stands.
    let jobs = reference.markets.get("jobs").unwrap();
    let mut need = Need { quantity: Some(Quantity::new(3.0, "人")), ..Need::new("n", "e", "t") };
    jobs.fill_need(&mut need, &reference.units);
    assert_eq!(need.quantity, Some(Quantity::new(3.0, "人")));
}

#[test]
fn a_bare_number_is_told_in_its_unit() {
    let reference = Reference::builtin();
    for (property, text, expect) in [
        ("equipment.hours", "40", "40h/月"),
        ("equipment.hours", "40h/月", "40h/月"),
        ("land.sewage", "危废暂存", "危废暂存"),
    ] {
        let (_, field) = reference.markets.field(&PropertyId(property.to_owned())).unwrap();
        assert_eq!(field.told(text), expect);
    }
    assert!(reference.markets.field(&PropertyId("thickness".to_owned())).is_none());
    let rated: Vec<&str> =
        reference.markets.iter().filter(|m| !m.local_rate).map(|m| m.key.as_str()).collect();
    assert_eq!(rated, ["finance", "jobs", "land"]);
}
