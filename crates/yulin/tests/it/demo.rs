//! The demo end to end: the Wan'an need meets the Taihe offer.

use crate::common::ok;
use calamine::{Reader, Xlsx, open_workbook};
use model::list::{ListContent, ListIndex};
use model::matching::Outcome;
use std::path::{Path, PathBuf};

fn file(out: &Path, extension: &str) -> PathBuf {
    std::fs::read_dir(out)
        .unwrap()
        .flatten()
        .map(|e| e.path())
        .find(|p| p.extension().is_some_and(|e| e == extension) && p.to_string_lossy().contains("清单"))
        .unwrap_or_else(|| panic!("no {extension} in {}", out.display()))
}

#[test]
fn the_reference_scenario_holds() {
    let dir = tempfile::tempdir().unwrap();
    let said = ok(dir.path(), &["demo", "--no-serve", "--out", "out"]);
    for word in ["第1号", "needs 需求", "local supporting rate", "top gaps", ".xlsx", ".html"] {
        assert!(said.contains(word), "the summary lacks {word}:\n{said}");
    }
    let out = dir.path().join("out");
    let content: ListContent =
        serde_json::from_str(&std::fs::read_to_string(file(&out, "json")).unwrap()).unwrap();
    assert!(
        content.enterprises.len() >= 300 && content.offers.len() >= 1_500 && content.needs.len() >= 400,
        "{:?}",
        content.summary
    );
    assert!(content.enterprises.iter().all(|e| e.fictional), "every demo enterprise is labelled fictional");
    let mut counties: Vec<&str> = content.enterprises.iter().map(|e| &e.region_code[..6]).collect();
    counties.sort_unstable();
    counties.dedup();
    assert!(counties.len() >= 13, "{counties:?}");

    let index = ListIndex::new(&content);
    let scenario = content
        .needs
        .iter()
        .filter(|n| index.enterprise(&n.need.enterprise).is_some_and(|e| e.region_code == "360828"))
        .find(|n| {
            index.pairs_of(&n.need.key).first().is_some_and(|p| {
                index.supplier(&p.matched.offer).is_some_and(|e| e.region_code == "360826")
                    && p.matched.verdicts.len() >= 3
            }) && n.need.title.contains("面罩")
        })
        .expect("the Wan'an need has the Taihe offer first");
    let pair = index.pairs_of(&scenario.need.key)[0];
    assert_eq!(pair.matched.rank, 1);
    let km = pair.matched.distance_km.unwrap();
    assert!((km - 41.7).abs() <= 0.3, "{km}");
    assert!(pair.matched.verdicts.iter().all(|v| v.outcome == Outcome::Met), "{:#?}", pair.matched.verdicts);
    assert!(pair.allocation.is_some(), "it is in the allocation");
    assert!(
        content.gaps.iter().flat_map(|g| &g.gaps).all(|g| g.need != scenario.need.key),
        "and not in the gaps"
    );
    let sum: f64 = pair.matched.reasons.iter().map(|r| r.points).sum();
    assert!((sum - pair.matched.score).abs() < 1e-9, "the score is the sum of its reasons");
    // What is protected is nowhere in the files.
    assert!(content.needs.iter().all(|n| n.need.current_source.is_empty()
        && n.need.contact.phone.is_empty()
        && n.need.price.is_none()));

    let workbook: Xlsx<_> = open_workbook(file(&out, "xlsx")).unwrap();
    assert!(workbook.sheet_names().len() >= 5, "{:?}", workbook.sheet_names());
    let page = std::fs::read_to_string(file(&out, "html")).unwrap();
    assert!(page.contains("虚构") && page.contains(&scenario.need.title));

    // Publishing the same frozen input again gives the same hash; the list can be computed from itself.
    let database = ["--db", "out/demo.db"];
    // An account an office, and both sides of the pair.
    let accounts = ok(dir.path(), &[&["users", "--json"][..], &database].concat());
    let accounts: Vec<serde_json::Value> = serde_json::from_str(&accounts).unwrap();
    let offices: std::collections::BTreeSet<&str> =
        accounts.iter().filter_map(|account| account["office"].as_str()).collect();
    assert_eq!(offices.len(), 6, "{accounts:#?}");
    let enterprises: Vec<&str> = accounts.iter().filter_map(|a| a["enterprise"][1].as_str()).collect();
    let name = |key: &str| index.enterprise(key).unwrap().name.clone();
    let supplier = &index.supplier(&pair.matched.offer).unwrap().key;
    // Beside them, who inspects at a display maker.
    assert_eq!(enterprises.len(), 3, "{enterprises:?}");
    for side in [name(&scenario.need.enterprise), name(supplier)] {
        assert!(enterprises.contains(&side.as_str()), "{side}: {enterprises:?}");
    }
    let commissioner = accounts.iter().find(|account| account["office"] == "commissioner").unwrap();
    assert_eq!(commissioner["assigned"].as_array().unwrap().len(), 3);
    assert!(said.contains("demo-forest-2026"), "{said}");

    let verified = ok(dir.path(), &[&["lists", "--verify", "1"][..], &database].concat());
    assert!(verified.contains("same 一致"), "{verified}");
    let again = ok(dir.path(), &["demo", "--no-serve", "--out", "again"]);
    let hash = |said: &str| said.split("sha256 ").nth(1).map(|s| s[..64].to_owned());
    assert_eq!(hash(&said), hash(&again));
}
