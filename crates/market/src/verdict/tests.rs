use super::*;
use model::visibility::Noun;
use proptest::prelude::*;

fn reference() -> &'static Reference {
    Reference::builtin()
}

fn outcome_of(need: Specification, offer: &[Specification]) -> Outcome {
    compare(&need, offer, reference()).outcome
}

fn short(by: f64, unit: &str) -> Outcome {
    Outcome::Short { by: Quantity::new(by, unit) }
}

fn interval(property: &str, interval: Interval, unit: &str) -> Specification {
    Specification::interval(property, interval, unit)
}

#[test]
fn directions_and_units() {
    use Interval as I;
    let check = |property: &str, need: (Interval, &str), offer: (Interval, &str), expect: Outcome| {
        let got = outcome_of(interval(property, need.0, need.1), &[interval(property, offer.0, offer.1)]);
        assert_eq!(got, expect, "{property}: {} {} against {} {}", need.0, need.1, offer.0, offer.1);
    };
    let met = || Outcome::Met;
    // Smaller is better.
    check("tolerance", (I::at_most(0.05), "mm"), (I::at_most(30.0), "μm"), met());
    check("tolerance", (I::at_most(0.05), "mm"), (I::at_most(80.0), "μm"), short(0.03, "mm"));
    check("min_line_width", (I::point(0.1), "mm"), (I::at_least(0.075), "mm"), met());
    // Larger is better.
    check("purity", (I::at_least(99.99), "%"), (I::point(99.9), "%"), short(0.09, "%"));
    check("purity", (I::at_least(99.8), "%"), (I::at_least(99.9), "%"), met());
    check("hole_copper_thickness", (I::at_least(20.0), "μm"), (I::point(0.025), "mm"), met());
    // Cover: ranges, values, open ends.
    check("operating_temperature", (I::between(-40.0, 85.0), "℃"), (I::between(-40.0, 105.0), "℃"), met());
    check(
        "operating_temperature",
        (I::between(-40.0, 85.0), "℃"),
        (I::between(-20.0, 70.0), "℃"),
        short(20.0, "℃"),
    );
    check("pixel_pitch", (I::between(0.8, 1.5), "mm"), (I::between(0.6, 2.5), "mm"), met());
    check("layer_count", (I::point(4.0), "层"), (I::between(2.0, 8.0), "层"), met());
    check("layer_count", (I::point(12.0), "层"), (I::between(2.0, 8.0), "层"), short(4.0, "层"));
    check("board_thickness", (I::toleranced(1.6, 0.1, 0.1), "mm"), (I::point(1.6), "mm"), met());
    check("board_thickness", (I::toleranced(1.6, 0.1, 0.1), "mm"), (I::point(1.55), "mm"), met());
    check("board_thickness", (I::toleranced(1.6, 0.1, 0.1), "mm"), (I::between(0.4, 3.2), "mm"), met());
    check(
        "board_thickness",
        (I::toleranced(1.6, 0.1, 0.1), "mm"),
        (I::toleranced(1.6, 0.05, 0.05), "mm"),
        met(),
    );
    check(
        "board_thickness",
        (I::toleranced(1.6, 0.1, 0.1), "mm"),
        (I::toleranced(1.6, 0.2, 0.2), "mm"),
        short(0.1, "mm"),
    );
    check("board_thickness", (I::toleranced(1.6, 0.1, 0.1), "mm"), (I::point(1.2), "mm"), short(0.4, "mm"));
    check("board_thickness", (I::point(1.6), "mm"), (I::toleranced(1.6, 0.1, 0.1), "mm"), met());
    check("board_thickness", (I::at_most(2.0), "mm"), (I::point(1.6), "mm"), met());
    check("temperature_resistance", (I::at_least(260.0), "℃"), (I::at_most(250.0), "℃"), short(10.0, "℃"));
    check("temperature_resistance", (I::at_least(260.0), "℃"), (I::point(533.15), "K"), met());
    // Equal.
    check("impedance", (I::toleranced(50.0, 5.0, 5.0), "Ω"), (I::point(52.0), "Ω"), met());
    check("impedance", (I::toleranced(50.0, 5.0, 5.0), "Ω"), (I::point(75.0), "Ω"), short(25.0, "Ω"));
    check("resistance", (I::point(10.0), "kΩ"), (I::point(10000.0), "Ω"), met());
    // Units that do not compare: a question.
    check("wire_diameter", (I::point(0.3), "mm"), (I::point(28.0), "AWG"), Outcome::Unknown);
}

/// What a product is must lie in the band asked for, not cover it.
#[test]
fn characteristics_reach_into_the_band() {
    use Interval as I;
    let check = |property: &str, need: Interval, offer: Interval, unit: &str, expect: Outcome| {
        let got = outcome_of(interval(property, need, unit), &[interval(property, offer, unit)]);
        assert_eq!(got, expect, "{property}: {need} against {offer}");
    };
    let met = || Outcome::Met;
    check("hardness_hrc", I::between(58.0, 62.0), I::point(60.0), "HRC", met());
    check("hardness_hrc", I::between(58.0, 62.0), I::between(60.0, 64.0), "HRC", met());
    check("hardness_hrc", I::point(66.0), I::between(58.0, 62.0), "HRC", short(4.0, "HRC"));
    check("viscosity", I::between(2500.0, 4500.0), I::between(3000.0, 6000.0), "mPa·s", met());
    check("colour_temperature", I::between(3000.0, 6500.0), I::point(4000.0), "K", met());
    // An open end promises no more than its closed one.
    check("resistance", I::at_most(50.0), I::at_most(80.0), "Ω", short(30.0, "Ω"));
    check("haze", I::at_least(90.0), I::at_least(95.0), "%", met());
    check("haze", I::at_most(1.0), I::point(0.8), "%", met());
    // A tolerance that the offer keeps must stay within the band.
    check("wavelength", I::between(450.0, 455.0), I::toleranced(450.0, 2.0, 2.0), "nm", short(2.0, "nm"));
}

/// Which end of an offer's range is promised is the property's: what can be chosen, what spreads, what is borne.
#[test]
fn ranges_mean_what_the_property_says() {
    use Interval as I;
    let check = |property: &str, need: Interval, offer: Interval, unit: &str, expect: Outcome| {
        let got = outcome_of(interval(property, need, unit), &[interval(property, offer, unit)]);
        assert_eq!(got, expect, "{property}: {need} against {offer}");
    };
    let met = || Outcome::Met;
    check("output_current", I::at_least(120.0), I::between(5.0, 500.0), "mA", met());
    check("output_current", I::at_least(600.0), I::between(5.0, 500.0), "mA", short(100.0, "mA"));
    check("min_hole_diameter", I::point(0.02), I::between(0.015, 1.0), "mm", met());
    check("min_hole_diameter", I::point(0.1), I::between(0.2, 6.0), "mm", short(0.1, "mm"));
    check("peel_strength", I::at_least(1.2), I::between(1.0, 1.4), "N/mm", short(0.2, "N/mm"));
    check("temperature_resistance", I::point(120.0), I::point(150.0), "℃", met());
    check("temperature_resistance", I::at_least(300.0), I::at_least(260.0), "℃", short(40.0, "℃"));
    check("temperature_resistance", I::at_least(100.0), I::between(-40.0, 105.0), "℃", met());
    check("temperature_resistance", I::between(-40.0, 85.0), I::between(-40.0, 105.0), "℃", met());
    check("temperature_resistance", I::between(-40.0, 85.0), I::point(120.0), "℃", Outcome::Unknown);
    check("temperature_resistance", I::between(-40.0, 125.0), I::point(120.0), "℃", short(5.0, "℃"));
}

/// From the texts to the outcome, for words that once read as a no.
#[test]
fn texts_to_outcomes() {
    let r = reference();
    let specs = |text: &str| model::spectext::parse_specs(text, &r.units, &r.properties, &[]).specs;
    for (need, offer, expect) in [
        ("封装0805", "封装0201~1206", Outcome::Met),
        ("封装0201", "封装0402-1206", Outcome::Conflict),
        ("颜色银色", "颜色：黑/银/蓝", Outcome::Met),
        ("颜色金色", "颜色：黑/银/蓝", Outcome::Conflict),
        ("材质PC/ABS", "材质ABS", Outcome::Conflict),
        ("接口SPI", "接口RGB", Outcome::Unknown),
        ("安装方式壁挂", "安装方式吊装", Outcome::Unknown),
        // Tolerance classes, with one another and with millimetres.
        ("外径Φ10h7", "外径Φ10h6", Outcome::Met),
        ("外径Φ10h6", "外径Φ10h7", short(0.006, "mm")),
        ("外径10±0.02mm", "外径Φ10js7", Outcome::Met),
        ("直径φ16g6", "直径16mm（-0.008/-0.015）", Outcome::Met),
        ("未注公差GB/T 1804-m", "未注公差ISO 2768-f", Outcome::Met),
        ("未注公差ISO 2768-m", "一般公差ISO 2768-c", short(1.0, "级")),
        ("公差等级IT7", "公差等级IT6", Outcome::Met),
        ("公差等级IT6", "公差等级IT8", short(2.0, "级")),
        ("未注公差ISO 2768-m", "公差±0.05mm", Outcome::Met),
        ("未注公差ISO 2768-m", "公差±0.5mm", Outcome::Unknown),
        ("未注公差ISO 2768-m", "公差±3mm", short(1.0, "mm")),
        ("公差±0.05mm", "公差等级IT7", Outcome::Met),
        ("公差±0.02mm", "公差等级IT7", Outcome::Unknown),
        ("公差±2丝", "公差等级IT14", short(10.5, "丝")),
        ("公差±0.05mm", "材质ABS", Outcome::Unknown),
        // Grades and certificates.
        ("IPC-A-610 2级", "IPC class 3", Outcome::Met),
        ("IPC 3级", "IPC二级", short(1.0, "级")),
        ("良品率≥99%", "良率98.5%", short(0.5, "%")),
        ("防护等级IP67", "IP65", short(2.0, "级")),
        ("认证：ISO9001、UL", "认证：ISO9001", Outcome::Unknown),
        ("认证：ISO9001或IATF16949", "认证：ISO9001", Outcome::Met),
        // Several words that are asked for: alternatives of what one part has one of, all of what must be there together.
        ("基材：铝基或FR-4", "基材：FR-4", Outcome::Met),
        ("材质不锈钢/碳钢", "材质碳钢", Outcome::Met),
        ("材质：铜、铝", "材质碳钢", Outcome::Conflict),
        ("表面处理：沉金或OSP", "表面处理OSP", Outcome::Met),
        ("表面处理喷砂+阳极氧化", "表面处理喷砂", Outcome::Unknown),
        ("接口：RS485、CAN", "接口RS485", Outcome::Unknown),
        ("工艺：SMT+DIP", "工艺SMT", Outcome::Unknown),
        ("安装方式：壁挂或吊装", "安装方式吊装", Outcome::Met),
        ("最小起订量≤500米", "起订量1km", short(500.0, "m")),
        ("起订量≤500米", "起订量100卷", Outcome::Unknown),
    ] {
        let (need, offer) = (specs(need), specs(offer));
        assert_eq!(outcome_of(need[0].clone(), &offer), expect, "{need:?} against {offer:?}");
    }
}

/// A requirement of one property against an offer that speaks of another kind of it: who asks for the material of a board is
/// answered with its base material.
#[test]
fn kin_answer_for_each_other() {
    let r = reference();
    let specs = |text: &str| model::spectext::parse_specs(text, &r.units, &r.properties, &[]).specs;
    let unknown = Outcome::Unknown;
    for (need, offer, expect, words) in [
        ("材质FR-4/铝基/CEM-3", "材质 CEM-1", Outcome::Conflict, "材质 CEM-1（按“基材”比较）"),
        ("材质FR-4/铝基/CEM-3", "基材：铝基板", Outcome::Met, "基材：铝基板（按“基材”比较）"),
        ("材质FR-4", "材质 CEM-1", Outcome::Conflict, "材质 CEM-1（按“基材”比较）"),
        ("材质：铝基", "基材：铝基板", Outcome::Met, "基材：铝基板（按“基材”比较）"),
        ("基材：聚四氟乙烯", "材质：铁氟龙", Outcome::Met, "材质：铁氟龙（按“材质”比较）"),
        // Steel and aluminium are no base materials: they may be another part.
        ("基材：FR-4", "材质：SUS304", unknown.clone(), "材质：SUS304（按“材质”比较）"),
        ("材质：铝合金", "基材：FR-4", unknown.clone(), "基材：FR-4（按“基材”比较）"),
        ("厚度1.6mm", "板厚1600μm", Outcome::Met, "板厚1600μm（按“板厚”比较）"),
        ("板厚1.6mm", "厚度1.2mm", short(0.4, "mm"), "厚度1.2mm（按“厚度”比较）"),
        ("直径0.2mm", "线径0.2mm", Outcome::Met, "线径0.2mm（按“线径”比较）"),
        // Which of the two diameters is asked for is a question.
        (
            "直径0.5mm",
            "线径0.2mm，外径0.4mm",
            unknown.clone(),
            "外径0.4mm（按“外径”比较）；线径0.2mm（按“线径”比较）",
        ),
        ("直径0.4mm", "线径0.2mm，外径0.4mm", Outcome::Met, "外径0.4mm（按“外径”比较）"),
        ("颜色绿色", "阻焊绿油", Outcome::Met, "阻焊绿油（按“阻焊颜色”比较）"),
        ("颜色绿色", "阻焊黑油", Outcome::Conflict, "阻焊黑油（按“阻焊颜色”比较）"),
        // What the offer says of the property itself comes first; two special ones are no kin.
        ("直径0.5mm", "直径0.5mm，线径0.2mm", Outcome::Met, "直径0.5mm"),
        ("线径0.5mm", "外径0.5mm", unknown.clone(), ""),
    ] {
        let Some(asked) = specs(need).into_iter().next() else { panic!("{need} asks for nothing") };
        let verdict = compare(&asked, &specs(offer), r);
        assert_eq!((verdict.outcome, verdict.offer.as_str()), (expect, words), "{need} against {offer}");
    }
}

/// A size with a tolerance against an offer that names its tolerance and no size.
#[test]
fn the_tolerance_of_a_size() {
    let r = reference();
    let specs = |text: &str| model::spectext::parse_specs(text, &r.units, &r.properties, &[]).specs;
    for (need, offer, expect, words) in [
        ("Φ10h7", "IT6", Outcome::Unknown, "IT6（公差带宽0.009mm≤要求的0.015mm，尺寸未说明）"),
        ("Φ10h7", "IT7", Outcome::Unknown, "IT7（公差带宽0.015mm≤要求的0.015mm，尺寸未说明）"),
        ("Φ10h7", "IT8", short(0.007, "mm"), "IT8（公差带宽0.022mm>要求的0.015mm）"),
        ("Φ10h7", "加工精度±0.01mm", short(0.005, "mm"), "加工精度±0.01mm（公差带宽0.02mm>要求的0.015mm）"),
        (
            "Φ10h7",
            "加工精度±5μm",
            Outcome::Unknown,
            "加工精度±5μm（公差带宽0.01mm≤要求的0.015mm，尺寸未说明）",
        ),
        // The finer of two counts.
        (
            "Φ10h7",
            "IT8，公差±0.002mm",
            Outcome::Unknown,
            "公差±0.002mm（公差带宽0.004mm≤要求的0.015mm，尺寸未说明）",
        ),
        (
            "长度50±0.5mm",
            "未注公差ISO 2768-m",
            Outcome::Unknown,
            "未注公差ISO 2768-m（公差带宽0.6mm≤要求的1mm，尺寸未说明）",
        ),
        ("直径10mm", "IT6", Outcome::Unknown, ""),
        ("Φ10h7", "外径10mm", Outcome::Met, "外径10mm（按“外径”比较）"),
        ("板厚1.6±0.1mm", "公差±0.2mm", Outcome::Unknown, ""),
    ] {
        let verdict = compare(&specs(need)[0], &specs(offer), r);
        assert_eq!((verdict.outcome, verdict.offer.as_str()), (expect, words), "{need} against {offer}");
    }
}

#[test]
fn words_sets_and_grades() {
    let material = |words: &[&str]| Specification::set("base_material", words.iter().copied());
    assert_eq!(outcome_of(material(&["FR4"]), &[material(&["CEM-3", "FR-4"])]), Outcome::Met);
    assert_eq!(outcome_of(material(&["铝基板"]), &[material(&["FR-4"])]), Outcome::Conflict);
    assert_eq!(outcome_of(material(&["FR-4", "铝基"]), &[material(&["FR-4"])]), Outcome::Met);
    assert_eq!(outcome_of(material(&["FR-4", "铝基"]), &[material(&["CEM-1"])]), Outcome::Conflict);
    let both = Specification { text: "FR-4和铝基".to_owned(), ..material(&["FR-4", "铝基"]) };
    assert_eq!(outcome_of(both.clone(), &[material(&["FR-4"])]), Outcome::Unknown);
    assert_eq!(outcome_of(both, &[material(&["FR-4"]), material(&["铝基"])]), Outcome::Met);
    let certificate = |words: &[&str]| Specification::set("certification", words.iter().copied());
    assert_eq!(outcome_of(certificate(&["UL"]), &[certificate(&["ISO9001"])]), Outcome::Unknown);
    let fire = |word: &str| Specification::set("flammability", [word]);
    assert_eq!(outcome_of(fire("V-1"), &[fire("94V-0")]), Outcome::Met);
    assert_eq!(outcome_of(fire("V-0"), &[fire("HB")]), short(3.0, "级"));
    let model = |word: &str| Specification::text("model_number", word);
    assert_eq!(outcome_of(model("WS2812B"), &[model("ws-2812b")]), Outcome::Met);
    assert_eq!(outcome_of(model("WS2812B"), &[model("SK6812")]), Outcome::Unknown);
    assert_eq!(outcome_of(model("WS2812B"), &[]), Outcome::Unknown);
}

/// The words of a market's own field: kinds of a plant are alternatives, accreditations of a laboratory are not.
#[test]
fn choices_of_markets() {
    let r = reference();
    let read = |market: &str, field: &str, text: &str, side| {
        r.markets.get(market).unwrap().read_own(field, text, side, &r.units).unwrap().unwrap()
    };
    for (market, field, need, offer, expect) in [
        ("land", "use", "标准厂房、定制厂房", "标准厂房", Outcome::Met),
        ("land", "use", "标准厂房、定制厂房", "仓库", Outcome::Conflict),
        ("land", "sewage", "工业废水处理、危废暂存", "危废暂存", Outcome::Unknown),
        ("laboratory", "accreditation", "CNAS、CMA", "CNAS", Outcome::Unknown),
        ("laboratory", "accreditation", "CNAS、CMA", "CMA、CNAS、CAL", Outcome::Met),
    ] {
        let (need, offer) = (read(market, field, need, Noun::Need), read(market, field, offer, Noun::Offer));
        assert_eq!(outcome_of(need.clone(), &[offer]), expect, "{market}.{field}: {}", need.text);
    }
}

#[test]
fn dimensions_and_alternatives() {
    let size = |sides: &[f64]| Specification {
        value: SpecValue::Dimensions(sides.iter().map(|&s| Interval::point(s)).collect()),
        ..Specification::interval("size", Interval::default(), "mm")
    };
    assert_eq!(outcome_of(size(&[500.0, 600.0]), &[size(&[600.0, 500.0])]), Outcome::Met);
    assert_eq!(outcome_of(size(&[500.0, 600.0]), &[size(&[500.0, 580.0])]), short(20.0, "mm"));
    assert_eq!(outcome_of(size(&[500.0, 600.0]), &[size(&[500.0, 1.0, 600.0])]), Outcome::Met);
    assert_eq!(outcome_of(size(&[500.0, 600.0]), &[size(&[500.0, 580.0, 1.0])]), short(20.0, "mm"));
    assert_eq!(outcome_of(size(&[500.0, 600.0, 1.0]), &[size(&[500.0, 600.0])]), Outcome::Unknown);
    assert_eq!(outcome_of(size(&[500.0, 600.0, 1.0]), &[size(&[500.0, 580.0])]), short(20.0, "mm"));
    let thick = |t: f64| interval("board_thickness", Interval::point(t), "mm");
    let need = interval("board_thickness", Interval::between(0.8, 1.6), "mm");
    assert_eq!(outcome_of(need.clone(), &[thick(0.8), thick(1.0), thick(1.6)]), Outcome::Met);
    assert_eq!(outcome_of(need, &[thick(0.8), thick(1.0)]), short(0.6, "mm"));
    assert_eq!(outcome_of(thick(1.2), &[thick(0.8), thick(1.6)]), short(0.4, "mm"));
}

#[test]
fn both_sides_words_are_kept() {
    let mut need = interval("purity", Interval::at_least(99.99), "%");
    need.text = "金纯度≥99.99%".to_owned();
    let verdict = compare(&need, &[interval("purity", Interval::at_least(99.9), "%")], reference());
    assert_eq!((verdict.need.as_str(), verdict.offer.as_str()), ("金纯度≥99.99%", "≥99.9%"));
}

fn any_interval() -> impl Strategy<Value = Interval> {
    let value = 0.0..1000.0f64;
    prop_oneof![
        value.clone().prop_map(Interval::point),
        (value.clone(), value.clone()).prop_map(|(a, b)| Interval::between(a, b)),
        value.clone().prop_map(Interval::at_least),
        value.clone().prop_map(Interval::at_most),
        (value, 0.001..10.0f64).prop_map(|(a, t)| Interval::toleranced(a, t, t)),
    ]
}

/// Properties of each direction, with a unit and a second unit that is `factor` times as large.
const CASES: [(&str, Direction, &str, &str, f64); 6] = [
    ("tolerance", Direction::Smaller, "mm", "m", 1000.0),
    ("breaking_load", Direction::Larger, "N", "kN", 1000.0),
    ("width", Direction::Cover, "mm", "m", 1000.0),
    ("capacitance", Direction::Equal, "μF", "mF", 1000.0),
    ("line_speed", Direction::Larger, "m/min", "km/min", 1000.0),
    ("min_line_width", Direction::Smaller, "mm", "m", 1000.0),
];

proptest! {
    /// The unit in which an offer is stated does not matter, nor does the need's but for the unit of the shortfall.
    #[test]
    fn units_do_not_matter(need in any_interval(), offer in any_interval(), case in 0..CASES.len()) {
        let (property, _, unit, other, factor) = CASES[case];
        let scaled = |i: &Interval| i.try_map(|v| Ok::<_, ()>(v / factor)).unwrap();
        let plain = outcome_of(interval(property, need, unit), &[interval(property, offer, unit)]);
        let offer_scaled = outcome_of(interval(property, need, unit), &[interval(property, scaled(&offer), other)]);
        let need_scaled = outcome_of(interval(property, scaled(&need), other), &[interval(property, offer, unit)]);
        match (&plain, &offer_scaled, &need_scaled) {
            (Outcome::Short { by: a }, Outcome::Short { by: b }, Outcome::Short { by: c }) => {
                prop_assert!((a.value - b.value).abs() <= 1e-6);
                prop_assert!((a.value - c.value * factor).abs() <= 1e-6);
                prop_assert_eq!(c.unit.as_str(), other);
            }
            (a, b, c) => {
                prop_assert_eq!(a, b);
                prop_assert_eq!(a, c);
            }
        }
    }

    /// A better offer never has a worse outcome: less where smaller is better, more where larger is, a wider range
    /// where ranges cover, and one more statement anywhere.
    #[test]
    fn a_better_offer_never_worsens(
        need in any_interval(), low in 1.0..900.0f64, width in 0.0..90.0f64, gain in 0.0..50.0f64,
        other in any_interval(), case in 0..CASES.len(),
    ) {
        let (property, direction, unit, ..) = CASES[case];
        let offer = Interval::between(low, low + width);
        let better = match direction {
            Direction::Smaller => Interval::between(low - gain, low + width - gain),
            Direction::Larger => Interval::between(low + gain, low + width + gain),
            Direction::Cover => Interval::between(low - gain, low + width + gain),
            Direction::Equal => offer,
        };
        let need = interval(property, need, unit);
        let before = outcome_of(need.clone(), &[interval(property, offer, unit)]);
        let after = outcome_of(need.clone(), &[interval(property, better, unit)]);
        prop_assert!(order(&after, &before).is_le(), "{:?} after {:?}", after, before);
        let more = outcome_of(need, &[interval(property, offer, unit), interval(property, other, unit)]);
        prop_assert!(order(&more, &before).is_le(), "{:?} after {:?}", more, before);
    }

    /// Whoever offers exactly what is asked for meets it.
    #[test]
    fn what_is_asked_for_suffices(need in any_interval(), case in 0..CASES.len()) {
        let (property, _, unit, ..) = CASES[case];
        let spec = interval(property, need, unit);
        prop_assert_eq!(outcome_of(spec.clone(), &[spec]), Outcome::Met);
    }
}
