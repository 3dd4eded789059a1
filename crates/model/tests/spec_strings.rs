//! `spec_strings.csv`: what purchasing and sales people write, and what it says. The expected readings were written
//! before the parser had read the strings.
//!
//! The first three rounds and the developer's own (`own`, `5dev`) must be read without a fault, but for the strings of
//! [`KNOWN_WRONG`]. The fourth to the ninth round and the halves `10a` and `11a` of the tenth and the eleventh were held back
//! until they were measured on 2026-11-30 and 2026-12-01 and are for development since:
//! they were written by people who knew the table of properties and had not seen the parser. Of them the number read right is
//! kept.
//!
//! Right is: the same specifications (property, value, unit, wish) and the same quantities, in whatever order and however a unit
//! is spelled and counted. Words that are kept beside them do not count.

use model::property::PropertyId;
use model::reference::Reference;
use model::spec::Strictness;
use model::spectext::parse_specs;
use std::collections::BTreeMap;

/// Strings of the once held-back rounds, and of those that are held back, that the parser is known to read right; raise them, never
/// lower them.
const KEPT_RIGHT: [(&str, usize); 12] = [
    ("4", 240),
    ("5", 239),
    ("6", 240),
    ("7", 169),
    ("8a", 238),
    ("8b", 240),
    ("9a", 240),
    ("9b", 240),
    ("10a", 239),
    ("11a", 277),
    ("10b", 183),
    ("11b", 194),
];

/// The halves of the tenth and the eleventh round whose misses nobody who works on the parser has looked at: the test does not show
/// them. They stay measures until somebody opens them.
const HELD_BACK: [&str; 2] = ["10b", "11b"];

/// Strings of the open rounds that are not read right yet: most leave something out.
const KNOWN_WRONG: &[&str] = &[
    "容量220uF 耐压25V ±20%",
    "最小孔铜20μm，平均25μm",
    "间距2.0mm 双排 20P",
    "7寸电容屏，五点触控",
    "28AWG*1P+24AWG*2C",
    "Type-C接口，PD100W快充",
    "HB≤220",
    "硅胶硬度50度",
    "正向电流20mA",
    "尺寸公差+0.05/-0.02mm",
];

struct Case {
    round: String,
    topic: String,
    hints: Vec<PropertyId>,
    text: String,
    expect: String,
}

/// The columns `round,topic,hints,text,expect`. Hints are parted by `|`; `\n` stands for a new line; readings are parted by
/// `; `, a wish has `?` behind it, a quantity `#` before it; nothing to be read is an empty cell.
fn cases() -> Vec<Case> {
    let mut reader = csv::Reader::from_reader(include_bytes!("spec_strings.csv").as_slice());
    let row = |record: csv::StringRecord| Case {
        round: record[0].to_owned(),
        topic: record[1].to_owned(),
        hints: record[2].split('|').filter(|h| !h.is_empty()).map(|h| PropertyId(h.to_owned())).collect(),
        text: record[3].replace("\\n", "\n"),
        expect: record[4].to_owned(),
    };
    reader.records().map(|record| row(record.expect("the table is well formed"))).collect()
}

fn read(case: &Case) -> String {
    let reference = Reference::builtin();
    let parsed = parse_specs(&case.text, &reference.units, &reference.properties, &case.hints);
    let specs = parsed.specs.into_iter().map(|s| {
        let wish = if s.strictness == Strictness::Prefer { "?" } else { "" };
        format!("{} {}{wish}", s.property, s.value_words())
    });
    sorted(
        specs
            .chain(parsed.quantities.iter().map(|q| format!("#{q}")))
            .map(|part| comparable(&part))
            .collect(),
    )
}

/// A reading with its unit as the table of units spells it (`300t/d` is `300吨/天`) and counted in ones (`50万次` is `500000次`,
/// `60Kpcs/年` is `60000pcs/年`).
fn comparable(part: &str) -> String {
    let (part, wish) = part.strip_suffix('?').map_or((part, ""), |p| (p, "?"));
    let Some(at) = part.rfind(|c: char| c.is_ascii_digit()).map(|at| at + 1) else {
        return format!("{part}{wish}");
    };
    let (value, unit) = part.split_at(at);
    let Ok(unit) = Reference::builtin().units.unit(unit) else { return format!("{part}{wish}") };
    let scales = [("万", 1e4, ""), ("KKpcs", 1e6, "pcs"), ("Kpcs", 1e3, "pcs"), ("K套", 1e3, "套")];
    let scaled = scales
        .iter()
        .find_map(|(lead, scale, ones)| Some((scale, format!("{ones}{}", unit.symbol.strip_prefix(lead)?))));
    let Some((scale, unit)) = scaled else { return format!("{value}{}{wish}", unit.symbol) };
    // The id of a property may have digits, but no number of its own.
    let from = value.find(' ').unwrap_or(0);
    let mut out = value[..from].to_owned();
    let mut rest = &value[from..];
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let digits = rest[start..]
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .map_or(rest.len(), |end| start + end);
        let number: f64 = rest[start..digits].parse().expect("digits and a point");
        out.push_str(&rest[..start]);
        out.push_str(&(number * scale).to_string());
        rest = &rest[digits..];
    }
    format!("{out}{rest}{unit}{wish}")
}

fn sorted(mut parts: Vec<String>) -> String {
    parts.sort();
    parts.join("; ")
}

fn settled(expect: &str) -> String {
    sorted(expect.split("; ").filter(|p| !p.is_empty()).map(comparable).collect())
}

#[test]
fn the_open_rounds_are_read_right() {
    let kept = |c: &Case| KEPT_RIGHT.iter().any(|(round, _)| *round == c.round);
    let cases: Vec<Case> = cases().into_iter().filter(|c| !kept(c)).collect();
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let (expect, got) = (settled(&case.expect), read(case));
            let known = KNOWN_WRONG.contains(&case.text.as_str());
            ((got != expect) != known).then(|| format!("{}\n  expect {expect}\n  got    {got}", case.text))
        })
        .collect();
    assert!(cases.len() >= 400, "only {} strings", cases.len());
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn the_kept_rounds_are_read_no_worse() {
    let mut fewer = Vec::new();
    for (round, least) in KEPT_RIGHT {
        let mut of_topic: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for case in cases().iter().filter(|c| c.round == round) {
            let (expect, got) = (settled(&case.expect), read(case));
            if got != expect && !HELD_BACK.contains(&round) {
                eprintln!("{}\n  expect {expect}\n  got    {got}", case.text);
            }
            let count = of_topic.entry(case.topic.clone()).or_default();
            count.0 += usize::from(got == expect);
            count.1 += 1;
        }
        let (right, all) = of_topic.values().fold((0, 0), |sum, n| (sum.0 + n.0, sum.1 + n.1));
        for (topic, (right, all)) in &of_topic {
            eprintln!("{topic}: {right} of {all}");
        }
        eprintln!("round {round}: {right} of {all} right, {:.1} %", 100.0 * right as f64 / all as f64);
        assert!(all >= 200, "only {all} strings");
        fewer.extend((right < least).then(|| format!("round {round}: {right} right, {least} before")));
    }
    assert!(fewer.is_empty(), "{}", fewer.join("; "));
}

#[test]
fn the_table_names_known_properties_once() {
    let properties = &Reference::builtin().properties;
    let mut seen = std::collections::HashSet::new();
    for case in cases() {
        assert!(seen.insert(case.text.clone()), "{} stands twice", case.text);
        let named = case.expect.split("; ").filter(|p| !p.is_empty() && !p.starts_with('#'));
        let named = named.filter_map(|p| p.split(' ').next()).map(|id| PropertyId(id.to_owned()));
        for id in named.chain(case.hints) {
            assert!(properties.get(&id).is_some(), "{}: no property {id}", case.text);
        }
    }
}
