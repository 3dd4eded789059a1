use super::*;
use crate::fixture::{need, offer, quantity, wanan_and_taihe};
use crate::weights::TermWeights;
use model::matching::{Coverage, GapCause, ReasonKind};
use model::quantity::Quantity;
use model::reference::Reference;

fn quiet(input: &Input<'_>) -> Outcome {
    run(input, &Options::default(), &|_| {})
}

#[test]
fn wanan_meets_taihe() {
    let cluster = wanan_and_taihe();
    let outcome = quiet(&cluster.input());
    let best = &outcome.matches[0];
    assert_eq!((best.need.as_str(), best.offer.as_str(), best.rank), ("N1", "O-good", 1));
    assert!(best.feasible);
    assert!((best.distance_km.unwrap() - 41.7).abs() < 0.3, "{:?}", best.distance_km);
    let words: Vec<&str> = best.reasons.iter().map(|r| r.words.as_str()).collect();
    assert_eq!(
        words,
        [
            "名称描述相似度 68%，共同用语“键合金丝”",
            "同属产业链节点“键合金丝”",
            "规格 2 项：2 项满足",
            "相距 41.7 km（万安县—泰和县）",
            "产能 300卷/月，可满足需求 200卷/月",
        ]
    );
    let sum: f64 = best.reasons.iter().map(|r| r.points).sum();
    assert!((sum - best.score).abs() < 1e-9);
    let of: f64 = best.reasons.iter().map(|r| r.of).sum();
    assert!((of - 1.0).abs() < 1e-5);
    // The weak wire is shown with what it lacks; the need's own offer is not.
    let weak = &outcome.matches[1];
    assert_eq!((weak.offer.as_str(), weak.feasible), ("O-weak", false));
    assert!(weak.reasons[2].words.contains("≥99.99%，差 0.09%"), "{}", weak.reasons[2].words);
    assert!(outcome.matches.iter().all(|m| m.offer != "O-own"));

    assert_eq!(outcome.allocations.len(), 1);
    let allocation = &outcome.allocations[0];
    assert_eq!((allocation.offer.as_str(), allocation.coverage), ("O-good", Coverage::Full));
    assert_eq!(allocation.quantity, quantity(200.0, "卷/月"));
    assert!(outcome.gaps.is_empty());
    assert_eq!(outcome.local_rate.rate, 1.0);
}

#[test]
fn a_rejected_pair_leaves_a_gap_and_an_added_one_fills_it() {
    let cluster = wanan_and_taihe();
    let input = cluster.input();
    let mut matches = quiet(&input).matches;
    matches.retain(|m| m.offer != "O-good");
    let weights = Weights::default();
    let settlement = settle(&input, &weights, &Limits::default(), &matches);
    assert!(settlement.allocations.is_empty());
    let GapCause::SpecificationShort { offer, verdicts } = &settlement.gaps[0].gaps[0].cause else {
        panic!("{:?}", settlement.gaps)
    };
    assert_eq!((offer.as_str(), verdicts.len()), ("O-weak", 1));

    let good = cluster.offers.iter().find(|o| o.key == "O-good").unwrap();
    let mut added = match_pair(&input, &weights, &cluster.needs[0], good);
    added.feasible = true;
    matches.push(added);
    assert_eq!(settle(&input, &weights, &Limits::default(), &matches).allocations.len(), 1);
}

#[test]
fn nothing_but_titles_is_ranked_by_text() {
    let titles = ["键合金丝", "金丝", "镀金键合铜丝", "蚀刻液", "键合金丝 高纯", "bonding wire"];
    let needs: Vec<Need> =
        ["键合金丝", "Bonding wires", "完全无关", "蚀刻"].map(|t| Need::new(t, "", t)).to_vec();
    let offers: Vec<Offer> = titles.iter().map(|t| Offer::new(t, "", t)).collect();
    let sites = HashMap::new();
    let input = Input {
        needs: &needs,
        offers: &offers,
        sites: &sites,
        period: None,
        reference: Reference::builtin(),
    };
    let mut sorted = titles;
    sorted.sort_unstable();
    let documents: Vec<Document<'_>> = sorted.iter().map(|&text| vec![Field { weight: 1.0, text }]).collect();
    let index = Index::build(&TermWeights::default(), &documents);
    for need in &needs {
        let found: Vec<String> =
            quiet(&input).matches.into_iter().filter(|m| m.need == need.key).map(|m| m.offer).collect();
        let hits = index.searcher().search(&[Field { weight: 1.0, text: &need.title }], 10);
        let expect: Vec<&str> = hits.iter().map(|h| sorted[h.document as usize]).collect();
        assert_eq!(found, expect, "{}", need.title);
    }
    let first =
        quiet(&input).matches.into_iter().find(|m| m.offer == "键合金丝" && m.need == "键合金丝").unwrap();
    assert_eq!((first.score, first.reasons.len()), (1.0, 1));
    assert_eq!(first.reasons[0].kind, ReasonKind::Text);
}

/// A larger cluster with ties everywhere.
fn many() -> crate::fixture::Cluster {
    let mut cluster = wanan_and_taihe();
    let titles =
        ["键合金丝", "LED灯珠", "酸性蚀刻液", "FR-4覆铜板", "线路板钻孔", "注塑模具", "Type-C连接器"];
    for i in 0..60 {
        let title = titles[i % titles.len()];
        let mut n = need(&format!("n{i:02}"), &format!("e{}", i % 11), title);
        n.quantity = quantity(10.0 + (i % 4) as f64, if i % 5 == 0 { "kg/月" } else { "卷/月" });
        cluster.needs.push(n);
        let mut o = offer(&format!("o{i:02}"), &format!("e{}", (i + 3) % 11), title);
        o.capacity = (i % titles.len() > 0).then(|| Quantity::new(8.0, "卷/月"));
        cluster.offers.push(o);
    }
    cluster
}

#[test]
fn order_and_threads_do_not_matter() {
    let mut cluster = many();
    let expect = quiet(&cluster.input());
    assert!(
        !expect.gaps.is_empty() && expect.allocations.len() > 20,
        "{} {}",
        expect.gaps.len(),
        expect.allocations.len()
    );
    cluster.needs.reverse();
    cluster.offers.rotate_left(17);
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(pool.install(|| quiet(&cluster.input())), expect);
    }
}

#[test]
fn capacity_beyond_the_top_counts_before_a_gap() {
    let mut cluster = wanan_and_taihe();
    cluster.needs.clear();
    cluster.offers.clear();
    for i in 0..6 {
        let mut n = need(&format!("n{i}"), "wanan-screen", "键合金丝");
        n.quantity = quantity(10.0, "卷/月");
        cluster.needs.push(n);
        let mut o = offer(&format!("o{i}"), "taihe-wire", "键合金丝");
        o.capacity = quantity(10.0, "卷/月");
        cluster.offers.push(o);
    }
    for (spread, unmet) in [(false, 4), (true, 0)] {
        let options = Options { top: 2, spread, ..Options::default() };
        let outcome = run(&cluster.input(), &options, &|_| {});
        assert_eq!(outcome.gaps.iter().map(|g| g.gaps.len()).sum::<usize>(), unmet);
        assert_eq!(outcome.matches.iter().filter(|m| m.rank <= 2).count(), 12);
        assert_eq!(outcome.matches.len(), if spread { 16 } else { 12 });
    }
}

#[test]
fn distance_and_validity_stop_a_pair() {
    let mut cluster = wanan_and_taihe();
    cluster.needs[0].max_distance_km = Some(40.0);
    let outcome = quiet(&cluster.input());
    assert!(outcome.matches.iter().all(|m| !m.feasible));
    // The Taihe offer has nothing else against it: it is the nearest.
    let GapCause::TooFar { offer, distance_km, allowed_km } = &outcome.gaps[0].gaps[0].cause else {
        panic!("{:?}", outcome.gaps)
    };
    assert_eq!((offer.as_str(), *allowed_km), ("O-good", 40.0));
    assert!((distance_km - 41.7).abs() < 0.3);

    let mut cluster = wanan_and_taihe();
    cluster.offers.retain(|o| o.key == "O-good");
    cluster.offers[0].valid_until = Some("2026-10-31".parse().unwrap());
    let outcome = quiet(&cluster.input());
    assert!(!outcome.matches[0].feasible);
    assert_eq!(outcome.gaps[0].gaps[0].cause, GapCause::NoSupplier);
}

#[test]
fn garbage_is_no_supply() {
    let mut cluster = wanan_and_taihe();
    cluster.needs.push(need("N2", "wanan-screen", "高速贴片机"));
    cluster.needs.push(Need::new("N3", "wanan-screen", "从未见过的东西液"));
    let outcome = quiet(&cluster.input());
    for key in ["N2", "N3"] {
        assert!(outcome.matches.iter().filter(|m| m.need == key).all(|m| !m.feasible), "{key}");
        let gap = outcome.gaps.iter().flat_map(|g| &g.gaps).find(|g| g.need == key).unwrap();
        assert_eq!(gap.cause, GapCause::NoSupplier);
    }
}

#[test]
fn empty_input_is_fine() {
    let cluster = crate::fixture::Cluster { needs: Vec::new(), offers: Vec::new(), sites: HashMap::new() };
    assert_eq!(quiet(&cluster.input()), Outcome::default());
    let mut cluster = wanan_and_taihe();
    cluster.offers.clear();
    assert_eq!(quiet(&cluster.input()).gaps.len(), 1);
}

#[test]
fn progress_reaches_its_end() {
    let cluster = wanan_and_taihe();
    let seen = std::sync::Mutex::new(Vec::new());
    run(&cluster.input(), &Options::default(), &|p| seen.lock().unwrap().push(p));
    for (stage, total) in [(Stage::Index, 4), (Stage::Match, 1), (Stage::Settle, 1)] {
        assert!(seen.lock().unwrap().contains(&Progress { stage, done: total, total }));
    }
}

#[test]
fn vectors_of_titles_rank_what_shares_no_word_and_the_score_stays_the_sum_of_its_reasons() {
    use model::vectors::TextVectors;
    // Two offers share one word each with the need; the vectors say which of them is meant.
    let needs = [Need::new("n", "", "导热垫片")];
    let offers = [Offer::new("gasket", "", "密封垫片"), Offer::new("paste", "", "导热硅脂")];
    let sites = HashMap::new();
    let vectors = |paste: f32, gasket: f32| {
        let at = |likeness: f32| [likeness, (1.0 - likeness * likeness).sqrt()];
        let values = [[1.0, 0.0], at(paste), at(gasket)].concat();
        TextVectors::new(&["导热垫片", "导热硅脂", "密封垫片"], &values).unwrap()
    };
    let first = |vectors: TextVectors| {
        let reference = Reference { vectors, ..Reference::builtin().clone() };
        let input =
            Input { needs: &needs, offers: &offers, sites: &sites, period: None, reference: &reference };
        let matches = match_needs(&input, &Options::default(), &|_| {});
        for matched in &matches {
            let sum: f64 = matched.reasons.iter().map(|r| r.points).sum();
            assert!((sum - matched.score).abs() < 1e-9);
            let by_vectors = matched.reasons[0].words.contains("其中含义向量占 30%");
            assert_ne!(by_vectors, reference.vectors.is_empty(), "{}", matched.reasons[0].words);
        }
        let candidates: Vec<(&Offer, f64)> = {
            let catalogue = crate::Catalogue::of_offers(
                offers.iter().map(|o| (o, "")),
                &Weights::default(),
                input.reference,
            );
            let near = catalogue.near_need(&needs[0], 10, input.reference);
            near.iter().map(|(key, s)| (offers.iter().find(|o| o.key == *key).unwrap(), *s)).collect()
        };
        assert_eq!(crate::rank_offers(&input, &Options::default(), &needs[0], &candidates), matches);
        (matches[0].offer.clone(), matches[0].score)
    };
    let (plain, score) = first(TextVectors::default());
    let (up, higher) = first(vectors(0.9, 0.1));
    let (other, _) = first(vectors(0.1, 0.9));
    assert_eq!((up.as_str(), other.as_str()), ("paste", "gasket"));
    assert!(higher > score, "{plain} {score}, {higher}");
}
