//! The demo cluster as plain rows: what all workbooks write in their own way.

use super::amount::{Amount, Day, Per, Price};
use super::world::Cause;
use model::uscc::Uscc;

/// Which workbook carries an enterprise's offers and needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The alliance's own workbook.
    Alliance,
    /// The survey of a county's bureau.
    Bureau,
    /// The export of an old system; the enterprise itself stands in the alliance's directory.
    Legacy,
}

/// A person to call; never a full name.
#[derive(Debug, Clone)]
pub struct Person {
    /// Surname and form of address.
    pub name: String,
    /// Position.
    pub position: String,
    /// A telephone number that no network has given out.
    pub phone: String,
}

/// An invented enterprise.
#[derive(Debug, Clone)]
pub struct Firm {
    /// Registered name.
    pub name: String,
    /// Short name.
    pub short_name: String,
    /// A valid code of the range that marks it as invented.
    pub uscc: Uscc,
    /// Code of the county.
    pub county: String,
    /// Name of the county.
    pub county_name: String,
    /// Name of the park, perhaps empty.
    pub park: String,
    /// Address.
    pub address: String,
    /// Chain group.
    pub group: String,
    /// GB/T 4754 class.
    pub industry: String,
    /// Ids of the chain nodes that it makes, the chief one first.
    pub makes: Vec<String>,
    /// Main products in words.
    pub products: String,
    /// Employees.
    pub employees: i64,
    /// Yearly revenue in 10,000 yuan.
    pub revenue_wan: i64,
    /// Person to call.
    pub contact: Person,
    /// Where its rows stand.
    pub source: Source,
}

impl Firm {
    /// The name as workbooks write it, with the label that importers read.
    pub fn labelled(&self) -> String {
        labelled(&self.name)
    }
}

/// A name with the label that says that nobody bears it.
pub fn labelled(name: &str) -> String {
    format!("{name}（虚构示例）")
}

/// First and last day of a row.
#[derive(Debug, Clone, Copy)]
pub struct Valid {
    /// First day.
    pub from: Day,
    /// Last day.
    pub until: Day,
}

/// What an enterprise can supply.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Index of the enterprise.
    pub firm: usize,
    /// Number in the source.
    pub number: String,
    /// Chain node.
    pub node: String,
    /// Name of the product.
    pub title: String,
    /// Specification text.
    pub spec: String,
    /// Capacity a month.
    pub capacity: Amount,
    /// Free capacity a month.
    pub spare: Amount,
    /// Price interval.
    pub price: Price,
    /// Smallest order.
    pub minimum: Option<Amount>,
    /// Days until a sample is there.
    pub sample_days: Option<i64>,
    /// Standard met.
    pub standard: String,
    /// Certificates held.
    pub certificates: Vec<String>,
    /// How far it delivers, in km.
    pub radius_km: Option<u32>,
    /// Chief customers.
    pub customers: String,
    /// Validity.
    pub valid: Valid,
}

/// What the generator meant a need to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Design {
    /// Another local enterprise makes it and has the capacity; its specification may still fall short.
    MadeHere,
    /// It stays open.
    Gap(Cause),
}

/// What an enterprise wants to buy.
#[derive(Debug, Clone)]
pub struct Need {
    /// Index of the enterprise.
    pub firm: usize,
    /// Number in the source.
    pub number: String,
    /// Chain node.
    pub node: String,
    /// Name of the product.
    pub title: String,
    /// Specification text.
    pub spec: String,
    /// How much.
    pub quantity: Amount,
    /// How often.
    pub per: Per,
    /// Budget.
    pub price: Option<Price>,
    /// Delivery wish.
    pub delivery: String,
    /// Certificates asked for.
    pub certificates: Vec<String>,
    /// Terms of payment.
    pub payment: String,
    /// Where it is bought now.
    pub current_place: String,
    /// From whom.
    pub current_supplier: String,
    /// How far the buyer looks, in km.
    pub max_km: Option<u32>,
    /// Validity.
    pub valid: Valid,
    /// Level of the row.
    pub visibility: &'static str,
    /// What it is meant to become.
    pub design: Design,
}

/// The whole cluster.
#[derive(Debug, Clone, Default)]
pub struct Cluster {
    /// Enterprises.
    pub firms: Vec<Firm>,
    /// Offers.
    pub offers: Vec<Offer>,
    /// Needs.
    pub needs: Vec<Need>,
}

impl Cluster {
    /// The offers whose enterprise's rows stand in `source`.
    pub fn offers_of(&self, source: Source) -> impl Iterator<Item = (&Offer, &Firm)> {
        self.offers.iter().map(|o| (o, &self.firms[o.firm])).filter(move |(_, f)| f.source == source)
    }

    /// The needs whose enterprise's rows stand in `source`.
    pub fn needs_of(&self, source: Source) -> impl Iterator<Item = (&Need, &Firm)> {
        self.needs.iter().map(|n| (n, &self.firms[n.firm])).filter(move |(_, f)| f.source == source)
    }
}
