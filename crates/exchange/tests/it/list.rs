//! A large matching list for measurements.

use model::list::{Change, ListContent, ListEnterprise, ListOffer, ListState, ListSummary, MatchingList};
use model::offer::Offer;
use model::quantity::Quantity;

/// A draft with this many offers.
pub fn large(offers: u32) -> MatchingList {
    let enterprise = ListEnterprise {
        key: "e1".to_owned(),
        name: "泰和某某材料有限公司".to_owned(),
        region: "泰和县".to_owned(),
        region_code: "360826".to_owned(),
        point: None,
        products: String::new(),
        inside: true,
        fictional: true,
    };
    let offer = |number: u32| {
        let mut offer = Offer::new(&format!("o{number}"), "e1", "键合金丝");
        offer.detail = format!("线径{}μm；纯度≥99.99%；断裂负荷≥8cN；编号{number}", 15 + number % 30);
        offer.capacity = Some(Quantity::new(f64::from(number), "万片/月"));
        offer.certificates = vec!["ISO9001".to_owned(), "RoHS".to_owned()];
        ListOffer { number, offer, change: Change::New }
    };
    let content = ListContent {
        format: 1,
        engine: 1,
        cluster: "吉安市电子信息产业集群".to_owned(),
        market: Default::default(),
        period: "2026-11".parse().unwrap(),
        previous_sha256: String::new(),
        compared_with_sha256: String::new(),
        scoring: None,
        vectors_sha256: String::new(),
        allotment: None,
        summary: ListSummary {
            needs: 0,
            offers,
            enterprises: 1,
            matched: 0,
            part: 0,
            unmet: 0,
            local_supporting_rate: 0.0,
            local_supporting_formula: String::new(),
            gone: vec![],
        },
        enterprises: vec![enterprise],
        needs: vec![],
        offers: (1..=offers).map(offer).collect(),
        pairs: vec![],
        gaps: vec![],
    };
    MatchingList {
        id: 1,
        number: None,
        state: ListState::Draft,
        period: content.period,
        sha256: None,
        drafted_by: "甲".to_owned(),
        approved_by: None,
        published_ms: None,
        withdrawn_reason: None,
        content,
    }
}
