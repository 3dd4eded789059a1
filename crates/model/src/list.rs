//! The numbered matching list (供需对接清单): its content, states and hash.

use crate::allotment::Allotment;
use crate::hex::sha256_hex;
use crate::markets::MarketKey;
use crate::matching::{Allocation, GapGroup, Match};
use crate::need::Need;
use crate::offer::Offer;
use crate::period::Period;
use crate::region::Point;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Where a list stands on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListState {
    /// 草稿: computed, under review.
    Draft,
    /// 已批准: approved, not yet published.
    Approved,
    /// 已发布: numbered and frozen.
    Published,
    /// 已撤回: taken back with a reason; content and number stay.
    Withdrawn,
    /// 已作废: a draft given up before it had a number; it stays on record.
    Discarded,
}

impl ListState {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Approved => "已批准",
            Self::Published => "已发布",
            Self::Withdrawn => "已撤回",
            Self::Discarded => "已作废",
        }
    }
}

/// What the secretariat said of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "review")]
pub enum Review {
    /// Proposed by the engine, not yet looked at.
    Proposed,
    /// Confirmed.
    Confirmed,
    /// Rejected, with the reason.
    Rejected {
        /// Why.
        reason: String,
    },
    /// Added by hand.
    Added,
}

impl Review {
    /// Chinese name.
    pub fn zh(&self) -> &'static str {
        match self {
            Self::Proposed => "系统推荐",
            Self::Confirmed => "已确认",
            Self::Rejected { .. } => "已剔除",
            Self::Added => "人工添加",
        }
    }
}

/// One pair on a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListPair {
    /// The match with all its reasons.
    #[serde(rename = "match")]
    pub matched: Match,
    /// The capacity given to it, if any.
    pub allocation: Option<Allocation>,
    /// What the secretariat said.
    #[serde(flatten)]
    pub review: Review,
    /// Against the last list.
    pub change: Change,
}

/// A row against the last published list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Not on the last list.
    New,
    /// On the last list, other content.
    Changed,
    /// On the last list, the same, still open.
    Open,
}

impl Change {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::New => "新增",
            Self::Changed => "有变化",
            Self::Open => "延续",
        }
    }
}

/// An enterprise as a list names it: no protected field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListEnterprise {
    /// Natural key.
    pub key: String,
    /// Name.
    pub name: String,
    /// County or city in words.
    pub region: String,
    /// Code of the county or city; empty where unknown.
    pub region_code: String,
    /// Where it counts as standing: own coordinates, else the park's or county's seat.
    pub point: Option<Point>,
    /// Main products in words; a field of the search.
    pub products: String,
    /// True for an enterprise of the cluster, false for an outside member.
    pub inside: bool,
    /// True for an invented enterprise.
    pub fictional: bool,
}

/// How far a need is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NeedState {
    /// 已匹配: in full, or by a supplier with whom the quantity is to be agreed.
    Matched,
    /// 部分匹配: a part of the quantity; the rest is a gap.
    Part,
    /// 未满足: not at all.
    Unmet,
}

impl NeedState {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Matched => "已匹配",
            Self::Part => "部分匹配",
            Self::Unmet => "未满足",
        }
    }
}

/// A numbered need on a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListNeed {
    /// Place on the list, from 1.
    pub number: u32,
    /// The need; protected fields are blank as the list's audience may not see them.
    pub need: Need,
    /// Against the last list.
    pub change: Change,
    /// How far the allocation covers it.
    pub state: NeedState,
}

/// A numbered offer on a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListOffer {
    /// Place on the list, from 1.
    pub number: u32,
    /// The offer; protected fields are blank as the list's audience may not see them.
    pub offer: Offer,
    /// Against the last list.
    pub change: Change,
}

/// The figures of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListSummary {
    /// Open needs of the period.
    pub needs: u32,
    /// Open offers of the period.
    pub offers: u32,
    /// Enterprises named.
    pub enterprises: u32,
    /// Needs covered by the allocation in full or with unstated quantities.
    pub matched: u32,
    /// Needs covered in part.
    pub part: u32,
    /// Needs with no allocation.
    pub unmet: u32,
    /// Local supporting rate (本地配套率) in 0..=1.
    pub local_supporting_rate: f64,
    /// The formula of that rate in words, so that the figure can be opened.
    pub local_supporting_formula: String,
    /// Needs of the list compared with that are gone, as their numbers there, ascending. Not their keys: a key may hold
    /// the name of an enterprise that has closed its visibility since.
    pub gone: Vec<u32>,
}

/// The frozen content of a list. Rows are sorted by stable keys, so that the same input in another order gives
/// the same content; neither clock nor database ids enter it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListContent {
    /// Version of this layout.
    pub format: u32,
    /// Version of the engine that computed it: only the same version computes the same content again.
    pub engine: u32,
    /// Name of the cluster.
    pub cluster: String,
    /// The period.
    pub period: Period,
    /// SHA-256 of the content of the list with the number before, withdrawn or not; empty for the first.
    pub previous_sha256: String,
    /// SHA-256 of the content of the list that this one was compared with: the newest that stood published; empty
    /// for none.
    pub compared_with_sha256: String,
    /// The weights that it was scored with, where they were not the shipped ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scoring: Option<Scoring>,
    /// Fingerprint of the titles' vectors that it was matched with ([`crate::vectors::TextVectors::sha256`]); empty without any.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub vectors_sha256: String,
    /// The figures.
    pub summary: ListSummary,
    /// Enterprises, by key.
    pub enterprises: Vec<ListEnterprise>,
    /// Needs, numbered.
    pub needs: Vec<ListNeed>,
    /// Offers, numbered.
    pub offers: Vec<ListOffer>,
    /// Pairs, by need number and rank.
    pub pairs: Vec<ListPair>,
    /// Gaps, heaviest first.
    pub gaps: Vec<GapGroup>,
    /// The market that it is of.
    #[serde(default, skip_serializing_if = "MarketKey::is_parts")]
    pub market: MarketKey,
    /// The proof of the allocation and what binds each need; absent on lists of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allotment: Option<Allotment>,
}

/// Learned weights of the score, frozen with what they scored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scoring {
    /// Their version, from 1.
    pub version: u32,
    /// What was learned, by name; everything else is as shipped.
    pub weights: BTreeMap<String, f64>,
}

/// A list with its place in the series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MatchingList {
    /// Row id in the store.
    pub id: i64,
    /// Number, given at publication, counted over all periods from 1.
    pub number: Option<u32>,
    /// State.
    pub state: ListState,
    /// The period.
    pub period: Period,
    /// SHA-256 of the canonical content, given at publication.
    pub sha256: Option<String>,
    /// Who drafted it.
    pub drafted_by: String,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// When it was published, milliseconds since 1970 UTC.
    pub published_ms: Option<i64>,
    /// Why it was withdrawn.
    pub withdrawn_reason: Option<String>,
    /// The content.
    pub content: ListContent,
}

impl ListContent {
    /// The canonical text: JSON with keys in the order of the fields, no white space, shortest
    /// round-trip numbers.
    pub fn canonical(&self) -> String {
        serde_json::to_string(self).expect("plain values always serialise")
    }

    /// SHA-256 of [`Self::canonical`], lower-case hexadecimal.
    pub fn sha256(&self) -> String {
        sha256_hex(self.canonical().as_bytes())
    }
}

/// Look-ups by key over a list's content, built once a use.
#[derive(Debug)]
pub struct ListIndex<'a> {
    /// The content.
    pub content: &'a ListContent,
    enterprises: HashMap<&'a str, &'a ListEnterprise>,
    needs: HashMap<&'a str, &'a ListNeed>,
    offers: HashMap<&'a str, &'a ListOffer>,
    pairs: HashMap<&'a str, Vec<&'a ListPair>>,
}

impl<'a> ListIndex<'a> {
    /// Indexes a content; linear in its rows.
    pub fn new(content: &'a ListContent) -> Self {
        let mut pairs: HashMap<&str, Vec<&ListPair>> = HashMap::new();
        for pair in &content.pairs {
            pairs.entry(pair.matched.need.as_str()).or_default().push(pair);
        }
        Self {
            content,
            enterprises: content.enterprises.iter().map(|e| (e.key.as_str(), e)).collect(),
            needs: content.needs.iter().map(|n| (n.need.key.as_str(), n)).collect(),
            offers: content.offers.iter().map(|o| (o.offer.key.as_str(), o)).collect(),
            pairs,
        }
    }

    /// Indexes what a content says of one need alone: the need, its pairs, and the offers of these and of what binds it, with the
    /// enterprises of all. Looks through the rows, but keeps only these few.
    pub fn about(content: &'a ListContent, need: &str) -> Self {
        let own: Vec<&ListPair> = content.pairs.iter().filter(|pair| pair.matched.need == need).collect();
        let bound = content.allotment.iter().filter_map(|a| a.need(need)).flat_map(|bound| &bound.offers);
        let keys: HashSet<&str> =
            own.iter().map(|pair| pair.matched.offer.as_str()).chain(bound.map(String::as_str)).collect();
        let offers: HashMap<&str, &ListOffer> = (content.offers.iter())
            .filter(|listed| keys.contains(listed.offer.key.as_str()))
            .map(|listed| (listed.offer.key.as_str(), listed))
            .collect();
        let listed = content.needs.iter().find(|listed| listed.need.key == need);
        let suppliers = offers.values().map(|listed| listed.offer.enterprise.as_str());
        let firms: HashSet<&str> =
            suppliers.chain(listed.map(|listed| listed.need.enterprise.as_str())).collect();
        let enterprises = content.enterprises.iter().filter(|e| firms.contains(e.key.as_str()));
        Self {
            content,
            enterprises: enterprises.map(|e| (e.key.as_str(), e)).collect(),
            needs: listed.map(|listed| (listed.need.key.as_str(), listed)).into_iter().collect(),
            offers,
            pairs: listed.map(|listed| (listed.need.key.as_str(), own)).into_iter().collect(),
        }
    }

    /// The enterprise with this key.
    pub fn enterprise(&self, key: &str) -> Option<&'a ListEnterprise> {
        self.enterprises.get(key).copied()
    }

    /// The need with this key.
    pub fn need(&self, key: &str) -> Option<&'a ListNeed> {
        self.needs.get(key).copied()
    }

    /// The offer with this key.
    pub fn offer(&self, key: &str) -> Option<&'a ListOffer> {
        self.offers.get(key).copied()
    }

    /// The enterprise that offers the offer with this key.
    pub fn supplier(&self, offer: &str) -> Option<&'a ListEnterprise> {
        self.offer(offer).and_then(|o| self.enterprise(&o.offer.enterprise))
    }

    /// The pairs of a need, best first.
    pub fn pairs_of(&self, need: &str) -> &[&'a ListPair] {
        self.pairs.get(need).map_or(&[], Vec::as_slice)
    }
}
