//! Offers: what an enterprise can supply.

use crate::chain::NodeId;
use crate::enterprise::Contact;
use crate::evidence::Evidence;
use crate::markets::MarketKey;
use crate::price::PriceRange;
use crate::quantity::Quantity;
use crate::spec::Specification;
use crate::visibility::Visibility;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One offer as the cluster knows it (columns of standards.md 2.16).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// Stable natural key, unique among offers: enterprise, then its own number, or its title and, where several share it, a digest of its first specification.
    pub key: String,
    /// Key of the enterprise that offers it.
    pub enterprise: String,
    /// Number in the source (编号), if it has one.
    pub number: String,
    /// Name of the product or service.
    pub title: String,
    /// Specification text as given (规格参数).
    pub detail: String,
    /// Chain node, where recognised.
    pub node: Option<NodeId>,
    /// Capabilities read out of the text.
    pub specs: Vec<Specification>,
    /// Clauses of the text that hold no recognised capability.
    pub unread: Vec<String>,
    /// Total capacity per time (`200 万片/月`).
    pub capacity: Option<Quantity>,
    /// Capacity that is free now; where absent, the total counts.
    pub spare_capacity: Option<Quantity>,
    /// Price interval; protected.
    pub price: Option<PriceRange>,
    /// Smallest order (最小起订).
    pub minimum_order: Option<Quantity>,
    /// Days until a sample is there.
    pub sample_days: Option<u32>,
    /// Standard met (执行标准).
    pub standard: String,
    /// Material (材质).
    pub material: String,
    /// Certificates held.
    pub certificates: Vec<String>,
    /// Farthest delivery in km (供货半径), if stated.
    pub supply_radius_km: Option<f64>,
    /// Chief customers; protected.
    pub customers: String,
    /// First day on which the offer stands, if stated.
    pub valid_from: Option<Date>,
    /// Last day on which the offer stands, if stated.
    pub valid_until: Option<Date>,
    /// Person to call; protected.
    pub contact: Contact,
    /// What was measured of the capabilities; not part of the stored record, but put to it where it is read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// Free words.
    pub note: String,
    /// The row's own level (公开级别).
    pub visibility: Visibility,
    /// Days from an order to its delivery (交货周期), if stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_days: Option<u32>,
    /// What it is sold in whole multiples of (批量), if stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<Quantity>,
    /// The market that it belongs to.
    #[serde(default, skip_serializing_if = "MarketKey::is_parts")]
    pub market: MarketKey,
    /// Values of the market's own fields, as written, by their ids.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub own: BTreeMap<String, String>,
    /// Key of the offer that it was made one with and that stands in its place; none while it stands itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<String>,
}

impl Offer {
    /// An offer of which only key, enterprise and title are known.
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
            capacity: None,
            spare_capacity: None,
            price: None,
            minimum_order: None,
            sample_days: None,
            standard: String::new(),
            material: String::new(),
            certificates: Vec::new(),
            supply_radius_km: None,
            customers: String::new(),
            valid_from: None,
            valid_until: None,
            contact: Contact::default(),
            evidence: Vec::new(),
            note: String::new(),
            visibility: Visibility::Public,
            lead_days: None,
            lot: None,
            market: MarketKey::default(),
            own: BTreeMap::new(),
            merged_into: None,
        }
    }
}
