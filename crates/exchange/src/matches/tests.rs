//! Pairs in every format.

use super::*;
use crate::sheet::{ReadOptions, read};
use model::matching::{Outcome, Reason, ReasonKind, Verdict};
use model::property::PropertyId;
use model::quantity::Quantity;
use model::reference::Reference;
use model::spec::Strictness;

fn written(format: MatchFormat) -> Vec<u8> {
    let needs = [Need::new("n1", "", "键合金丝"), Need::new("n2", "", "=1+1")];
    let offers = [
        Offer::new("o1", "", "gold bonding wire, 4N"),
        Offer::new("o2", "", "很长的名称".repeat(9).as_str()),
    ];
    let verdict = Verdict {
        property: PropertyId("wire_diameter".to_owned()),
        strictness: Strictness::Must,
        outcome: Outcome::Short { by: Quantity::new(2.0, "μm") },
        need: "18μm".to_owned(),
        offer: String::new(),
        evidence: None,
    };
    let reason = Reason { kind: ReasonKind::Text, points: 0.25, of: 0.35, words: "名称相近".to_owned() };
    let matched = |need: &str, offer: &str, rank, distance_km| Match {
        need: need.to_owned(),
        offer: offer.to_owned(),
        rank,
        score: 0.8125,
        reasons: vec![reason.clone()],
        verdicts: vec![verdict.clone()],
        distance_km,
        feasible: rank == 1,
    };
    let matches = [matched("n1", "o1", 1, Some(41.72)), matched("n2", "o2", 2, None)];
    let titles = Titles::new(&needs, &offers);
    let pairs = Pairs { matches: &matches, titles: &titles, reference: Reference::builtin() };
    let mut out = Vec::new();
    format.writer().write(&pairs, &mut out).unwrap();
    out
}

#[test]
fn text_formats() {
    let text = |format| String::from_utf8(written(format)).unwrap();
    insta::assert_snapshot!(text(MatchFormat::Table), @"
需求  需求名称  名次  供给  供给名称                                  得分  距离km  规格
────  ────────  ────  ────  ───────────────────────────────────────  ─────  ──────  ────────────
n1    键合金丝     1  o1    gold bonding wire, 4N                    0.812    41.7  不足1
n2    =1+1         2  o2    很长的名称很长的名称很长的名称很长的名…  0.812       —  不可行 不足1
");
    insta::assert_snapshot!(text(MatchFormat::Ndjson), @r#"
{"need":"n1","rank":1,"offer":"o1","score":0.8125,"distance_km":41.72,"feasible":true,"verdicts":[{"property":"wire_diameter","strictness":"must","outcome":"short","by":{"value":2.0,"unit":"μm"},"need":"18μm","offer":""}],"reasons":[{"kind":"text","points":0.25,"of":0.35,"words":"名称相近"}]}
{"need":"n2","rank":2,"offer":"o2","score":0.8125,"distance_km":null,"feasible":false,"verdicts":[{"property":"wire_diameter","strictness":"must","outcome":"short","by":{"value":2.0,"unit":"μm"},"need":"18μm","offer":""}],"reasons":[{"kind":"text","points":0.25,"of":0.35,"words":"名称相近"}]}
"#);
    let csv = text(MatchFormat::Csv);
    insta::assert_snapshot!(csv.strip_prefix('\u{feff}').unwrap(), @r#"
need,need_title,rank,offer,offer_title,score,distance_km,feasible,verdicts,reasons
n1,键合金丝,1,o1,"gold bonding wire, 4N",0.8125,41.7,1,线径：不足，差2μm（需 18μm，供 —）,名称描述 0.25/0.35：名称相近
n2,'=1+1,2,o2,很长的名称很长的名称很长的名称很长的名称很长的名称很长的名称很长的名称很长的名称很长的名称,0.8125,,0,线径：不足，差2μm（需 18μm，供 —）,名称描述 0.25/0.35：名称相近
"#);
}

#[test]
fn a_workbook_of_pairs() {
    let bytes = written(MatchFormat::Xlsx);
    let sheet = read(&bytes, "匹配.xlsx", &ReadOptions::default()).unwrap().remove(0);
    let cells: Vec<String> = (0..10).map(|c| sheet.rows[3].text(c).into_owned()).collect();
    insta::assert_snapshot!(cells.join(" | "), @"n1 | 键合金丝 | 1 | o1 | gold bonding wire, 4N | 0.8125 | 41.7 | 是 | 线径：不足，差2μm（需 18μm，供 —） | 名称描述 0.25/0.35：名称相近");
    assert_eq!(bytes, written(MatchFormat::Xlsx));
}

#[test]
fn names_of_formats() {
    for format in MatchFormat::ALL {
        assert_eq!(MatchFormat::parse(format.name()), Some(format));
    }
    assert_eq!(MatchFormat::parse("pdf"), None);
}
