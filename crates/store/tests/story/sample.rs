//! Values to store.

use model::enterprise::Enterprise;
use model::list::{Change, ListContent, ListNeed, ListOffer, ListPair, ListSummary, NeedState, Review};
use model::matching::{Match, Reason, ReasonKind};
use model::need::Need;
use model::offer::Offer;
use model::quantity::Quantity;
use serde_json::json;
use store::{By, ColumnMap, DuplicateProposal, ImportBatch};

pub const SCREEN: &str = "name:万安显示科技有限公司";
pub const FRAME: &str = "name:泰和精密五金有限公司";

pub fn by(actor: &str) -> By {
    By::new(actor, 1_795_000_000_000)
}

pub fn need() -> Need {
    let mut need = Need::new("N-1", SCREEN, "背光铁框");
    need.quantity = Some(Quantity { value: 0.1 + 0.2, unit: "万片/月".to_owned() });
    need.valid_until = Some("2026-12-31".parse().unwrap());
    need
}

pub fn offer() -> Offer {
    let mut offer = Offer::new("O-1", FRAME, "不锈钢背光铁框");
    offer.detail = "厚度0.15±0.01mm；“镀镍” 'a' ? $1 \\ \u{1f600}".to_owned();
    offer
}

/// Two enterprises, one need, two offers, a column map, a proposed duplicate.
pub fn batch() -> ImportBatch {
    ImportBatch {
        file: "需求征集表.xlsx".to_owned(),
        source: "联盟秘书处".to_owned(),
        sha256: "0".repeat(64),
        by: by("li"),
        enterprises: vec![
            Enterprise::new(None, "万安显示科技有限公司"),
            Enterprise::new(None, "泰和精密五金有限公司"),
        ],
        needs: vec![need()],
        offers: vec![offer(), Offer::new("O-2", FRAME, "端子")],
        column_maps: vec![ColumnMap {
            fingerprint: "f-1".to_owned(),
            mapping: json!({ "产品名称": "title" }),
        }],
        duplicates: vec![DuplicateProposal {
            a: FRAME.to_owned(),
            b: SCREEN.to_owned(),
            score: 0.1 + 0.2,
            reasons: json!(["同一电话"]),
        }],
        base: None,
    }
}

/// A batch of `offers` offers of one enterprise, with keys from `prefix`.
pub fn many(prefix: &str, offers: usize) -> ImportBatch {
    ImportBatch {
        file: format!("{prefix}.csv"),
        needs: Vec::new(),
        offers: (0..offers)
            .map(|n| Offer::new(&format!("{prefix}-{n}"), FRAME, &format!("端子 {n}")))
            .collect(),
        column_maps: Vec::new(),
        duplicates: Vec::new(),
        ..batch()
    }
}

pub fn content(titles: &[&str]) -> ListContent {
    let score = 0.1 + 0.2;
    ListContent {
        format: 1,
        engine: 1,
        cluster: "吉安电子信息".to_owned(),
        market: Default::default(),
        period: "2026-11".parse().unwrap(),
        previous_sha256: String::new(),
        compared_with_sha256: String::new(),
        scoring: None,
        vectors_sha256: String::new(),
        allotment: None,
        summary: ListSummary {
            needs: 1,
            offers: titles.len() as u32,
            enterprises: 2,
            matched: 1,
            part: 0,
            unmet: 0,
            local_supporting_rate: 2.0 / 3.0,
            local_supporting_formula: "2 ÷ 3".to_owned(),
            gone: Vec::new(),
        },
        enterprises: Vec::new(),
        needs: vec![ListNeed { number: 1, need: need(), change: Change::New, state: NeedState::Matched }],
        offers: titles
            .iter()
            .enumerate()
            .map(|(n, title)| ListOffer {
                number: n as u32 + 1,
                offer: Offer::new(&format!("O-{n}"), FRAME, title),
                change: Change::New,
            })
            .collect(),
        pairs: vec![ListPair {
            matched: Match {
                need: "N-1".to_owned(),
                offer: "O-1".to_owned(),
                rank: 1,
                score,
                reasons: vec![Reason {
                    kind: ReasonKind::Text,
                    points: score,
                    of: 0.5,
                    words: "名称相近".to_owned(),
                }],
                verdicts: Vec::new(),
                distance_km: Some(41.7),
                feasible: true,
            },
            allocation: None,
            review: Review::Proposed,
            change: Change::New,
        }],
        gaps: Vec::new(),
    }
}

/// Chains the content, as `app` does when it publishes.
pub fn chained(_: u32, previous: &str, mut content: ListContent) -> ListContent {
    content.previous_sha256 = previous.to_owned();
    content
}
