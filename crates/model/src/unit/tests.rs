use super::*;
use crate::reference::BUILTIN;
use proptest::prelude::*;
use std::sync::LazyLock;

static UNITS: LazyLock<UnitTable> = LazyLock::new(|| UnitTable::parse(BUILTIN.units).unwrap());

#[test]
fn canonical_symbols() {
    for (text, expect) in [
        ("毫米", "mm"),
        ("ＭＭ", "mm"),
        ("um", "μm"),
        ("㎜", "mm"),
        ("KG", "kg"),
        ("Pcs", "pcs"),
        ("万片/月", "万片/月"),
        ("片每月", "片/月"),
        ("pcs per month", "pcs/月"),
        ("t/a", "吨/年"),
        ("万t/a", "万吨/年"),
        ("KK/月", "KKpcs/月"),
        ("W/m·K", "W/(m·K)"),
        ("w/mk", "W/(m·K)"),
        ("g/cm3", "g/cm³"),
        ("cm^2", "cm²"),
        ("元/千只", "元/千只"),
        ("Ω/sq", "Ω/□"),
        ("欧姆/方", "Ω/□"),
        ("mpa.s", "mPa·s"),
        ("百万元", "百万元"),
        ("kg/(m²·s)", "kg/(m²·s)"),
        ("℃", "℃"),
        ("MW", "MW"),
        ("mW", "mW"),
    ] {
        let unit = UNITS.unit(text).map(|u| u.symbol).unwrap_or_else(|e| e.to_string());
        assert_eq!(unit, expect, "{text}");
    }
}

#[test]
fn unknown_units_are_named() {
    let error = UNITS.unit("平方毫迷").unwrap_err();
    assert_eq!(error.to_string(), "不认识的单位“平方毫迷”，是否为“平方毫米”？");
    assert_eq!(UNITS.unit("◇◇").unwrap_err().to_string(), "不认识的单位“◇◇”");
    assert!(UNITS.unit("").is_err());
    assert!(UNITS.unit("万").is_err(), "a multiplier is no unit");
}

#[test]
fn exact_conversions() {
    for (value, from, to, expect) in [
        (0.3, "mm", "μm", 300.0),
        (25.0, "μm", "mm", 0.025),
        (1.0, "inch", "mm", 25.4),
        (37.0, "℃", "℉", 98.6),
        (-40.0, "℉", "℃", -40.0),
        (1.2, "KK/月", "万片/月", 120.0),
        (200.0, "吨/年", "吨/月", 200.0 / 12.0),
        (99.99, "%", "ppm", 999_900.0),
        (1.0, "亩", "m²", 2000.0 / 3.0),
        (1.0, "psi", "Pa", 6_894.757_293_168_362),
        (1.0, "tce", "kWh", 8141.0),
        (10.0, "gf", "cN", 9.80665),
        (3.0, "g", "gf", 3.0),
        (5000.0, "度", "kWh", 5000.0),
        (0.2, "元/片", "元/千片", 200.0),
    ] {
        assert_eq!(UNITS.convert(value, from, to), Ok(expect), "{value} {from} -> {to}");
    }
    assert_eq!(UNITS.convert(1.0, "卷", "片").unwrap_err().to_string(), "单位“卷”与“片”量纲不同，不能换算");
}

#[test]
fn faulty_rows_are_placed() {
    for (row, expect) in [
        ("mm,,,unit,m,0,,", "units.csv line 2: mm: factor must be a positive decimal or a fraction a/b"),
        (
            "mm,,,unit,m^x,1,,",
            "units.csv line 2: mm: dimension must be 1 or base symbols with exponents, such as kg m^-1 s^-2",
        ),
        ("mm,,,unit,m,1,abc,", "units.csv line 2: mm: offset must be a decimal or a fraction a/b"),
        ("mm,,,unit,m,1,,\nmm,,,unit,m,1,,", "units.csv line 3: mm: the symbol is already on line 2"),
    ] {
        let text = format!("symbol,name_zh,name_en,kind,dimension,factor,offset,aliases\n{row}\n");
        assert_eq!(UnitTable::parse(&text).unwrap_err().to_string(), expect);
    }
}

#[test]
fn every_spelling_reads_back() {
    for atom in UNITS.atoms() {
        assert_eq!(UNITS.unit(&atom.unit.symbol).as_ref(), Ok(&atom.unit), "{}", atom.unit.symbol);
        for alias in &atom.aliases {
            assert!(UNITS.readings(alias).contains(&atom.unit), "{alias} -> {}", atom.unit.symbol);
        }
    }
}

proptest! {
    #[test]
    fn conversions_return(value in -1.0e12..1.0e12f64, a in 0usize..400, b in 0usize..400) {
        let atoms = UNITS.atoms();
        let from = &atoms[a % atoms.len()].unit;
        let alike: Vec<&Unit> = atoms.iter().map(|t| &t.unit).filter(|u| u.dimension == from.dimension).collect();
        let to = alike[b % alike.len()];
        let there = convert(value, from, to).unwrap();
        let back = convert(there, to, from).unwrap();
        // One rounding each way; an offset loses what lies below its own last digit.
        let slack = 4.0 * f64::EPSILON * (value.abs() + from.offset.to_f64().abs() / from.factor.to_f64());
        prop_assert!((back - value).abs() <= slack, "{value} {} -> {there} {} -> {back}", from.symbol, to.symbol);
    }

    #[test]
    fn any_text_is_no_panic(text in "\\PC{0,24}") {
        let _ = UNITS.unit(&text);
        let _ = UNITS.readings(&text);
    }
}
