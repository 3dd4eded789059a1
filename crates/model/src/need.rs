//! Needs: what an enterprise wants to buy, have done or solve.

use crate::chain::NodeId;
use crate::enterprise::Contact;
use crate::markets::MarketKey;
use crate::price::PriceRange;
use crate::quantity::Quantity;
use crate::spec::Specification;
use crate::visibility::Visibility;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One need as the cluster knows it (columns of standards.md 2.16).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Need {
    /// Stable natural key, unique among needs: enterprise, then its own number, or its title and, where several share it, a digest of its first specification.
    pub key: String,
    /// Key of the enterprise that needs it.
    pub enterprise: String,
    /// Number in the source (编号), if it has one.
    pub number: String,
    /// Name of the product or service needed.
    pub title: String,
    /// Specification text as given (规格参数).
    pub detail: String,
    /// Chain node, where recognised.
    pub node: Option<NodeId>,
    /// Requirements read out of the text.
    pub specs: Vec<Specification>,
    /// Clauses of the text that hold no recognised requirement.
    pub unread: Vec<String>,
    /// How much: per time (`5000 片/月`) or once (`5000 片`).
    pub quantity: Option<Quantity>,
    /// Budget or reference price.
    pub price: Option<PriceRange>,
    /// Delivery wish in words (交期).
    pub delivery: String,
    /// Standard to be met (执行标准).
    pub standard: String,
    /// Material (材质).
    pub material: String,
    /// Certificates asked for.
    pub certificates: Vec<String>,
    /// Terms of payment.
    pub payment: String,
    /// Where it is bought now, and from whom (目前供应地/供应商); protected.
    pub current_source: String,
    /// Farthest acceptable supplier in km, if stated.
    pub max_distance_km: Option<f64>,
    /// First day on which the need stands, if stated.
    pub valid_from: Option<Date>,
    /// Last day on which the need stands, if stated.
    pub valid_until: Option<Date>,
    /// Person to call; protected.
    pub contact: Contact,
    /// Free words.
    pub note: String,
    /// The row's own level (公开级别).
    pub visibility: Visibility,
    /// The day by which it must be there, if one is stated; offers that take longer do not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed_by: Option<Date>,
    /// Whether a part of the quantity helps (分批/部分供应); where nothing is said, it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<bool>,
    /// The market that it belongs to.
    #[serde(default, skip_serializing_if = "MarketKey::is_parts")]
    pub market: MarketKey,
    /// Values of the market's own fields, as written, by their ids.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub own: BTreeMap<String, String>,
    /// Key of the need that it was made one with and that stands in its place; none while it stands itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<String>,
}

impl Need {
    /// A need of which only key, enterprise and title are known.
    pub fn new(key: &str, enterprise: &str, title: &str) -> Self {
        Self {
            key: key.to_owned(),
            enterprise: enterprise.to_owned(),
            number: String::new(),
            title: title.trim().to_owned(),
            detail: String::new(),
            node: None,
            specs: Vec::new(),
            unread: Vec::new(),
            quantity: None,
            price: None,
            delivery: String::new(),
            standard: String::new(),
            material: String::new(),
            certificates: Vec::new(),
            payment: String::new(),
            current_source: String::new(),
            max_distance_km: None,
            valid_from: None,
            valid_until: None,
            contact: Contact::default(),
            note: String::new(),
            visibility: Visibility::Public,
            needed_by: None,
            partial: None,
            market: MarketKey::default(),
            own: BTreeMap::new(),
            merged_into: None,
        }
    }
}
