use super::*;
use proptest::prelude::*;

fn plain(text: &str) -> Document<'_> {
    vec![Field { weight: 1.0, text }]
}

fn index(documents: &[Document<'_>]) -> Index {
    Index::build(&TermWeights::default(), documents)
}

fn titles(index: &Index, texts: &[&str], query: &str) -> Vec<String> {
    index.searcher().search(&plain(query), 3).iter().map(|h| texts[h.document as usize].to_owned()).collect()
}

#[test]
fn finds_the_product() {
    let texts =
        ["键合金丝 0.8mil", "PCB钻孔加工", "酸性蚀刻液", "LED显示模组 P1.25", "FR-4覆铜板", "bonding wire"];
    let documents: Vec<_> = texts.iter().map(|t| plain(t)).collect();
    let index = index(&documents);
    for (query, expect) in [
        ("LED灯珠用键合丝", "键合金丝 0.8mil"),
        ("FR4 覆铜板", "FR-4覆铜板"),
        ("ＬＥＤ显示屏模组p1.25", "LED显示模组 P1.25"),
        ("Bonding Wires", "bonding wire"),
    ] {
        assert_eq!(titles(&index, &texts, query)[0], expect, "{query}");
    }
    assert!(titles(&index, &texts, "牛奶").is_empty());
    assert!(index.searcher().search(&plain("金丝"), 0).is_empty());
}

#[test]
fn a_text_is_like_itself_and_fields_weigh() {
    let documents = vec![
        vec![Field { weight: 1.0, text: "连接器" }, Field { weight: 0.3, text: "镀金端子" }],
        vec![Field { weight: 1.0, text: "镀金端子" }, Field { weight: 0.3, text: "连接器" }],
    ];
    let index = index(&documents);
    let hits = index.searcher().search(&documents[0], 2);
    assert_eq!(hits[0].similarity, 1.0);
    let hits = index.searcher().search(&plain("连接器"), 2);
    assert_eq!(hits[0].document, 0);
    assert!(hits[0].similarity > 2.0 * hits[1].similarity);
}

/// Every document there with its similarity, one by one: what no pruning can have touched.
fn exhaustive(index: &Index, query: &Document<'_>, documents: u32) -> Vec<Hit> {
    let mut all: Vec<(u32, u32)> = (0..documents)
        .map(|document| (index.sum(query, document), document))
        .filter(|(sum, _)| *sum > 0)
        .collect();
    all.sort_by_key(|&(sum, document)| (std::cmp::Reverse(sum), document));
    all.into_iter()
        .map(|(sum, document)| Hit { document, similarity: index.knowledge.similarity(sum) })
        .collect()
}

proptest! {
    /// Top-k is the head of the full ranking, the order of documents changes no similarity, and a text outside the index is
    /// as like as one within.
    #[test]
    fn exact_and_independent_of_order(
        texts in prop::collection::vec("[金丝线板胶abc12 -]{0,12}", 1..60),
        query in "[金丝线板胶abc12 -]{1,12}",
        k in 0usize..12,
    ) {
        let documents: Vec<_> = texts.iter().map(|t| plain(t)).collect();
        let query = plain(&query);
        let index = index(&documents);
        let all = exhaustive(&index, &query, texts.len() as u32);
        let some = index.searcher().search(&query, k);
        prop_assert_eq!(&some[..], &all[..k.min(all.len())]);
        for hit in &all {
            prop_assert_eq!(index.compare(&query, &documents[hit.document as usize]), hit.similarity);
        }
        let reversed: Vec<_> = documents.iter().rev().cloned().collect();
        let mirrored = self::index(&reversed);
        let mut mirrored = mirrored.search_all(std::slice::from_ref(&query), texts.len()).remove(0);
        for hit in &mut mirrored {
            hit.document = texts.len() as u32 - 1 - hit.document;
        }
        let sorted = |mut hits: Vec<Hit>| {
            hits.sort_by_key(|hit| hit.document);
            hits
        };
        prop_assert_eq!(sorted(mirrored), sorted(all));
    }

    /// Whatever was added and removed, and in whatever order: what is there is found, with the similarity it would have had
    /// under the same knowledge from the beginning.
    #[test]
    fn changes_leave_no_trace(
        texts in prop::collection::vec("[金丝线板胶abc12 -]{0,12}", 1..40),
        added in prop::collection::vec("[金丝线板胶abcd12 -]{0,12}", 0..20),
        removed in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        query in "[金丝线板胶abcd12 -]{1,12}",
        k in 1usize..12,
    ) {
        let documents: Vec<_> = texts.iter().map(|t| plain(t)).collect();
        let query = plain(&query);
        let mut index = index(&documents);
        let total = texts.len() + added.len();
        let (early, late) = removed.split_at(removed.len() / 2);
        for at in early {
            index.remove(at.index(texts.len()) as u32);
        }
        for (at, text) in added.iter().enumerate() {
            prop_assert_eq!(index.add(&plain(text)) as usize, texts.len() + at);
        }
        for at in late {
            let document = at.index(total) as u32;
            let there = !index.gone.holds(document);
            prop_assert_eq!(index.remove(document), there);
        }
        let all = exhaustive(&index, &query, total as u32);
        let found = index.searcher().search(&query, k);
        prop_assert_eq!(&found[..], &all[..k.min(all.len())]);
        for hit in &all {
            let at = hit.document as usize;
            let text = texts.get(at).unwrap_or_else(|| &added[at - texts.len()]);
            prop_assert_eq!(index.compare(&query, &plain(text)), hit.similarity);
        }
        let gone: std::collections::HashSet<u32> = (0..total as u32).filter(|&d| index.gone.holds(d)).collect();
        prop_assert_eq!(index.len(), total - gone.len());
    }
}

/// Several chunks, and lists long enough for every way through them.
#[test]
fn exact_over_many_chunks() {
    let words: Vec<char> = "金丝线板胶铜箔电镀灯珠模组连接器".chars().collect();
    let mut state = 7u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let texts: Vec<String> = (0..40_000)
        .map(|_| {
            let length = 2 + next(6);
            // Squares make some characters much commoner than others.
            (0..length).map(|_| words[next(words.len()) * next(words.len()) / words.len()]).collect()
        })
        .collect();
    let documents: Vec<_> = texts.iter().map(|t| plain(t)).collect();
    let mut index = index(&documents);
    for document in (0..40_000).step_by(7) {
        index.remove(document);
    }
    let mut searcher = index.searcher();
    for query in texts.iter().step_by(3_001) {
        let query = plain(query);
        let all = exhaustive(&index, &query, 40_000);
        for k in [1, 10, 500] {
            assert_eq!(searcher.search(&query, k)[..], all[..k.min(all.len())]);
        }
    }
}
