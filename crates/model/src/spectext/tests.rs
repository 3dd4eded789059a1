use super::*;
use crate::reference::BUILTIN;
use crate::spec::Strictness;
use proptest::prelude::*;
use std::sync::LazyLock;

static UNITS: LazyLock<UnitTable> = LazyLock::new(|| UnitTable::parse(BUILTIN.units).unwrap());
static PROPERTIES: LazyLock<PropertyTable> =
    LazyLock::new(|| PropertyTable::parse(BUILTIN.properties).unwrap());

/// `property value`, `?` behind a wish; `#` before quantities, `~` before words kept.
fn shown(parsed: &ParsedText) -> String {
    let ParsedText { specs, rest, quantities } = parsed;
    let specs = specs.iter().map(|s| {
        let wish = if s.strictness == Strictness::Prefer { "?" } else { "" };
        format!("{} {}{wish}", s.property, s.value_words())
    });
    let quantities = quantities.iter().map(|q| format!("#{q}"));
    let rest = rest.iter().map(|r| format!("~{r}"));
    specs.chain(quantities).chain(rest).collect::<Vec<_>>().join("; ")
}

fn hints(text: &str) -> Vec<PropertyId> {
    text.split(',').map(|h| PropertyId(h.trim().to_owned())).collect()
}

/// Every line of `cases.txt` is `[hints] text => expected`; all mismatches are shown at once.
#[test]
fn real_strings() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (number, line) in (1..).zip(include_str!("cases.txt").lines()) {
        if line.trim().is_empty() || line.starts_with("# ") {
            continue;
        }
        let (input, expect) = line.split_once(" => ").unwrap_or_else(|| panic!("line {number} has no =>"));
        let (given, text) = match input.strip_prefix('[').and_then(|i| i.split_once("] ")) {
            Some((given, text)) => (hints(given), text),
            None => (Vec::new(), input),
        };
        for hint in &given {
            assert!(PROPERTIES.get(hint).is_some(), "line {number}: {hint}");
        }
        let text = text.replace("\\n", "\n");
        let got = shown(&parse_specs(&text, &UNITS, &PROPERTIES, &given));
        count += 1;
        if got != expect.trim() {
            wrong.push(format!("line {number}: {input}\n  expect {}\n  got    {got}", expect.trim()));
        }
    }
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 400, "only {count} cases");
}

#[test]
fn words_are_the_original() {
    let parsed = parse_specs("板厚：１．６ｍｍ，铜厚≥２０µm；加急", &UNITS, &PROPERTIES, &[]);
    let texts: Vec<&str> = parsed.specs.iter().map(|s| s.text.as_str()).collect();
    assert_eq!(texts, ["板厚：１．６ｍｍ", "铜厚≥２０µm"]);
    assert_eq!(parsed.rest, ["加急"]);
}

#[test]
fn bounds_are_exact_decimals() {
    let parsed = parse_specs("厚度0.3±0.1mm", &UNITS, &PROPERTIES, &[]);
    let SpecValue::Interval(interval) = parsed.specs[0].value else { panic!("{parsed:?}") };
    assert_eq!((interval.low, interval.high, interval.nominal), (Some(0.2), Some(0.4), Some(0.3)));
}

#[test]
fn quantities() {
    for (text, expect) in [
        ("月产5000片", "5000片/月"),
        ("5,000 pcs/月", "5000pcs/月"),
        ("3万片/月", "3万片/月"),
        ("1.2KK/月", "1.2KKpcs/月"),
        ("５０００片", "5000片"),
        ("年产200吨", "200吨/年"),
        ("日产2万只", "2万只/天"),
        ("每月约500套", "500套/月"),
        ("500套/批", "500套/批"),
        ("月需 3000 卷", "3000卷/月"),
        ("5K/月", "5Kpcs/月"),
        ("120000m²/月", "120000m²/月"),
        ("三百台", "300台"),
        ("200t/a", "200吨/年"),
        ("5000 pcs per month", "5000pcs/月"),
        ("10000(片/月)", "10000片/月"),
        ("2000片（每月）", "2000片/月"),
        ("300-500套", "区间 300~500套"),
        ("3-5万片/月", "区间 3~5万片/月"),
        ("≥500片", "区间 ≥500片"),
        ("500片以上", "区间 ≥500片"),
        ("面议", "未写数量"),
        ("", "未写数量"),
        ("若干", "未写数量"),
        ("5000", "“5000”没有单位：请写明单位，如 5000片/月"),
        ("5000坨", "“5000坨”的单位“坨”不认识：请写如 片/月、吨/年、卷"),
        ("很多", "“很多”中没有读到数量：请写数字和单位，如 5000片/月"),
    ] {
        let got = match parse_quantity(text, &UNITS) {
            Ok(quantity) => quantity.to_string(),
            Err(QuantityError::Range(range)) => format!("区间 {range}"),
            Err(error) => error.to_string(),
        };
        assert_eq!(got, expect, "{text}");
    }
    assert_eq!(parse_quantity_or("5000", &UNITS, Some("片")).map(|q| q.to_string()), Ok("5000片".to_owned()));
}

#[test]
fn prices() {
    for (text, expect) in [
        ("12~15元/卷", "12..15 卷"),
        ("￥0.035/颗", "0.035..0.035 颗"),
        ("¥0.03-0.05/颗", "0.03..0.05 颗"),
        ("面议", "-"),
        ("", "-"),
        ("价格面议", "-"),
        ("12元", "12..12 "),
        ("3.5万元/台", "35000..35000 台"),
        ("1200元/吨", "1200..1200 吨"),
        ("不高于15元/卷", "..15 卷"),
        ("≤15元/卷", "..15 卷"),
        ("50万", "500000..500000 "),
        ("含税 8.5 元每套", "8.5..8.5 套"),
        ("200元/千片", "200..200 千片"),
        ("5分钱/个", "0.05..0.05 个"),
        ("12.5", "12.5..12.5 "),
        ("USD 0.05/pcs", "“USD 0.05/pcs”的单位“usd”不是人民币：请换算成元"),
        ("5公斤", "“5公斤”的单位“kg”不是人民币：请换算成元"),
        ("市场指导", "“市场指导”中没有读到价格：请写如 12~15元/卷，或 面议"),
    ] {
        let end = |v: Option<f64>| v.map(|v| v.to_string()).unwrap_or_default();
        let got = match parse_price(text, &UNITS) {
            Ok(Some(p)) if p.low_yuan.is_none() => format!("..{} {}", end(p.high_yuan), p.per),
            Ok(Some(p)) => format!("{}..{} {}", end(p.low_yuan), end(p.high_yuan), p.per),
            Ok(None) => "-".to_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!(got, expect, "{text}");
    }
}

#[test]
fn long_clauses_are_cut() {
    let long = "铜".repeat(5000);
    let parsed = parse_specs(&format!("板厚1.6mm{long}"), &UNITS, &PROPERTIES, &[]);
    assert_eq!(parsed.specs.len(), 1);
    assert_eq!(parsed.rest.len(), 1);
    // Bounded time: this ends at once or not at all.
    parse_specs(&"1*".repeat(200_000), &UNITS, &PROPERTIES, &[]);
    parse_specs(&"1~".repeat(200_000), &UNITS, &PROPERTIES, &[]);
    parse_specs(&"板厚".repeat(200_000), &UNITS, &PROPERTIES, &[]);
}

/// Pieces of which the fuzzed texts are made: random characters alone seldom reach the grammar.
const PIECES: [&str; 48] = [
    "板厚",
    "1.6",
    "mm",
    "±",
    "0.1",
    "~",
    "-",
    "≥",
    "以上",
    "FR-4",
    "/",
    "、",
    "，",
    "；",
    " ",
    "×",
    "P",
    "℃",
    "%",
    "10^",
    "三",
    "层",
    "月产",
    "片",
    "/月",
    "(",
    ")",
    "Ω",
    "万",
    "K",
    "，",
    "1,000",
    "色温",
    "材质：",
    "：",
    "1:1",
    "HRC",
    "x",
    "优选",
    "不",
    "每",
    "·",
    "²",
    "(L)",
    "长",
    "4N",
    "百分之",
    "+0.1/-0.05",
];

proptest! {
    #[test]
    fn never_panics_on_any_text(text in "\\PC{0,60}") {
        let all: Vec<PropertyId> = PROPERTIES.rows().iter().map(|p| p.id.clone()).collect();
        let _ = parse_specs(&text, &UNITS, &PROPERTIES, &all);
        let _ = parse_quantity(&text, &UNITS);
        let _ = parse_price(&text, &UNITS);
        let _ = parse_date(&text, 2026);
    }

    #[test]
    fn never_panics_on_near_text(places in proptest::collection::vec(0usize..PIECES.len(), 0..24)) {
        let text: String = places.iter().map(|p| PIECES[*p]).collect();
        let parsed = parse_specs(&text, &UNITS, &PROPERTIES, &hints("board_thickness,purity,wire_diameter"));
        for spec in &parsed.specs {
            prop_assert!(text.contains(&spec.text), "{text}: {}", spec.text);
            if let SpecValue::Interval(interval) = spec.value {
                prop_assert!(interval.low.is_none_or(f64::is_finite) && interval.high.is_none_or(f64::is_finite));
            }
        }
        let _ = parse_quantity(&text, &UNITS);
        let _ = parse_price(&text, &UNITS);
        let _ = parse_date(&text, 2026);
    }
}
