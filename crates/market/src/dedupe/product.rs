//! Offers, or needs, of one enterprise that may be one thing recorded twice: under two titles, from two workbooks, or after two
//! records of an enterprise were made one.
//!
//! Only records of one enterprise and one market meet: where they share the chain node, a mark of their titles, or two neighbouring
//! characters of it. What their specifications contradict, what stands at different times, and what one source numbers apart, is two
//! things whatever else is alike.

mod facts;

use super::linkage::{Field as Shipped, Levels, Scheme};
use super::{Compared, Decision, DuplicateProposal, Found, Sure};
use facts::Facts;
pub(super) use facts::alike_share;
use jiff::civil::Date;
use model::chain::NodeId;
use model::fold::{fold_key, fold_name};
use model::need::Need;
use model::offer::Offer;
use model::price::PriceRange;
use model::quantity::Quantity;
use model::reference::Reference;
use model::spec::Specification;
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};

/// Share of common character pairs from which two titles, or two descriptions, are alike.
const ALIKE_MIN: f64 = 0.5;

/// A field that is compared, by its place in [`SCHEME`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Title,
    /// Model numbers and other marks of the titles.
    Marks,
    Node,
    Specs,
    Detail,
    Quantity,
    Price,
    Period,
    /// Own number (编号): another one speaks against, but two sources number apart.
    Number,
}

/// Levels of the fields with the shipped m and u; set by hand.
pub(super) const SCHEME: Scheme = &[
    Shipped {
        words: &["名称不同", "名称相近", "名称主词相同", "名称相同"],
        m: &[0.10, 0.15, 0.30, 0.45],
        u: &[0.62, 0.26, 0.09, 0.03],
    },
    Shipped {
        words: &["名称中的型号不同", "名称中的型号相同"], m: &[0.03, 0.97], u: &[0.8, 0.2]
    },
    Shipped { words: &["产业链节点不同", "产业链节点相同"], m: &[0.06, 0.94], u: &[0.5, 0.5] },
    Shipped {
        words: &["规格有出入", "规格相容", "规格相同", "多项规格相同"],
        m: &[0.10, 0.15, 0.40, 0.35],
        u: &[0.50, 0.34, 0.12, 0.04],
    },
    Shipped {
        words: &["规格文字不同", "规格文字相近", "规格文字相同"],
        m: &[0.30, 0.30, 0.40],
        u: &[0.85, 0.12, 0.03],
    },
    Shipped { words: &["数量不同", "数量相同"], m: &[0.45, 0.55], u: &[0.9, 0.1] },
    Shipped { words: &["价格不同", "价格相符"], m: &[0.35, 0.65], u: &[0.8, 0.2] },
    Shipped { words: &["有效期不同", "有效期相同"], m: &[0.35, 0.65], u: &[0.6, 0.4] },
    Shipped { words: &["编号不同", "编号相同"], m: &[0.55, 0.45], u: &[0.92, 0.08] },
];

/// What is compared of an offer or a need.
pub struct Product<'a> {
    key: &'a str,
    /// Enterprise and market.
    scope: (&'a str, &'a str),
    title: &'a str,
    detail: &'a str,
    number: &'a str,
    node: Option<&'a NodeId>,
    specs: &'a [Specification],
    quantity: Option<&'a Quantity>,
    price: Option<&'a PriceRange>,
    /// First and last day on which it stands.
    period: (Option<Date>, Option<Date>),
    /// The day by which it must be there.
    needed_by: Option<Date>,
}

/// Offers and needs name these fields alike.
macro_rules! product {
    ($record:ident, $quantity:ident, $needed_by:expr) => {
        Product {
            key: &$record.key,
            scope: (&$record.enterprise, &$record.market.0),
            title: &$record.title,
            detail: &$record.detail,
            number: &$record.number,
            node: $record.node.as_ref(),
            specs: &$record.specs,
            quantity: $record.$quantity.as_ref(),
            price: $record.price.as_ref(),
            period: ($record.valid_from, $record.valid_until),
            needed_by: $needed_by,
        }
    };
}

impl<'a> From<&'a Offer> for Product<'a> {
    fn from(offer: &'a Offer) -> Self {
        product!(offer, capacity, None)
    }
}

impl<'a> From<&'a Need> for Product<'a> {
    fn from(need: &'a Need) -> Self {
        product!(need, quantity, need.needed_by)
    }
}

/// Proposes pairs among offers, or among needs, as [`super::propose`] does among enterprises. Those that stand are to be given: what
/// was closed or merged counts nothing twice.
pub fn propose_products<'a>(
    products: impl Iterator<Item = Product<'a>>,
    decisions: &[Decision],
    reference: &Reference,
) -> Vec<DuplicateProposal> {
    let mut scopes: HashMap<(&str, &str), Vec<Product<'_>>> = HashMap::new();
    for product in products {
        scopes.entry(product.scope).or_default().push(product);
    }
    let met: Vec<Product<'_>> = scopes.into_values().filter(|of| of.len() > 1).flatten().collect();
    let records = met.into_par_iter().map(|product| Record::new(product, reference)).collect();
    super::link(SCHEME, records, decisions, |a, b| compare(a, b, reference))
}

/// A product with what its words say.
struct Record<'a> {
    product: Product<'a>,
    facts: Facts,
}

impl<'a> Record<'a> {
    fn new(product: Product<'a>, reference: &Reference) -> Self {
        let hints = product.node.and_then(|id| reference.chain.get(id)).map_or(&[][..], |n| &n.properties);
        let facts = Facts::read(product.title, product.specs, hints, reference);
        Self { product, facts }
    }
}

impl Compared for Record<'_> {
    fn key(&self) -> &str {
        self.product.key
    }

    fn blocks(&self) -> BTreeSet<String> {
        let (enterprise, market) = self.product.scope;
        let node = self.product.node.map(|node| format!("n{node}"));
        let marks = self.facts.marks.iter().map(|mark| format!("m{mark}"));
        let pairs = facts::pairs(&self.facts.words).map(|(x, y)| format!("t{x}{y}"));
        let keys = node.into_iter().chain(marks).chain(pairs);
        keys.map(|key| format!("{enterprise}\u{1}{market}\u{1}{key}")).collect()
    }
}

/// Compares two records of one enterprise. A field that one of them does not have says nothing.
fn compare(a: &Record<'_>, b: &Record<'_>, reference: &Reference) -> Found {
    let (x, y) = (&a.product, &b.product);
    let agreement = a.facts.agree(&b.facts, reference);
    let mut levels = Levels::default();
    let mut put = |field: Field, level: Option<u8>| levels[field as usize] = level;
    put(Field::Title, Some(title_level(a, b)));
    let marks = (!a.facts.marks.is_empty() && !b.facts.marks.is_empty())
        .then(|| u8::from(!a.facts.marks.is_disjoint(&b.facts.marks)));
    put(Field::Marks, marks);
    put(Field::Node, x.node.zip(y.node).map(|(a, b)| u8::from(a == b)));
    put(Field::Specs, agreement.level());
    put(Field::Detail, detail_level(x.detail, y.detail).filter(|&l| l == 2 || agreement.level().is_none()));
    put(Field::Quantity, x.quantity.zip(y.quantity).and_then(|(a, b)| quantity_level(a, b, reference)));
    put(Field::Price, x.price.zip(y.price).and_then(|(a, b)| price_level(a, b)));
    put(Field::Period, period_level(x.period, y.period));
    let numbers = (fold_key(x.number), fold_key(y.number));
    put(Field::Number, both(&numbers.0, &numbers.1).then(|| u8::from(numbers.0 == numbers.1)));
    let two = agreement.contradicts
        || apart(x.period, y.period)
        || batches(x.needed_by, y.needed_by)
        || numbered_apart(&numbers.0, &numbers.1);
    Found { levels, sure: two.then_some(Sure::Two), detail: (Field::Specs as usize, agreement.words()) }
}

fn both(a: &str, b: &str) -> bool {
    !a.is_empty() && !b.is_empty()
}

fn title_level(a: &Record<'_>, b: &Record<'_>) -> u8 {
    let (x, y) = (&a.facts.words, &b.facts.words);
    let within = |long: &str, short: &str| short.chars().count() >= 2 && long.contains(short);
    if fold_name(a.product.title) == fold_name(b.product.title) {
        3
    } else if within(x, y) || within(y, x) {
        2
    } else {
        u8::from(alike_share(x, y) >= ALIKE_MIN)
    }
}

fn detail_level(a: &str, b: &str) -> Option<u8> {
    let (a, b) = (fold_name(a), fold_name(b));
    both(&a, &b).then(|| if a == b { 2 } else { u8::from(alike_share(&a, &b) >= ALIKE_MIN) })
}

/// Quantities that measure different things (a rate, an amount) say nothing.
fn quantity_level(a: &Quantity, b: &Quantity, reference: &Reference) -> Option<u8> {
    let other = b.value_in(&a.unit, &reference.units).ok()?;
    Some(u8::from(facts::near(a.value, other)))
}

/// Prices per different things say nothing.
fn price_level(a: &PriceRange, b: &PriceRange) -> Option<u8> {
    let ends = |p: &PriceRange| (p.low_yuan.unwrap_or(0.0), p.high_yuan.unwrap_or(f64::INFINITY));
    let ((a_low, a_high), (b_low, b_high)) = (ends(a), ends(b));
    (a.per == b.per).then(|| u8::from(a_low <= b_high && b_low <= a_high))
}

type Period = (Option<Date>, Option<Date>);

/// Periods of which one side states nothing say nothing.
fn period_level(a: Period, b: Period) -> Option<u8> {
    (a != (None, None) && b != (None, None)).then(|| u8::from(a == b))
}

/// True where the one has ended before the other begins: two batches.
fn apart(a: Period, b: Period) -> bool {
    let ended = |until: Option<Date>, from: Option<Date>| until.zip(from).is_some_and(|(u, f)| u < f);
    ended(a.1, b.0) || ended(b.1, a.0)
}

/// True for two numbers of one series (`GY-0277`, `GY-0278`): whoever gave them knew two things. Bare digits are of any series.
fn numbered_apart(a: &str, b: &str) -> bool {
    let series = |number: &str| number.replace(|c: char| c.is_ascii_digit(), "0");
    a != b && series(a) == series(b) && a.chars().any(char::is_alphabetic)
}

/// True for two days of delivery: two batches.
fn batches(a: Option<Date>, b: Option<Date>) -> bool {
    a.zip(b).is_some_and(|(a, b)| a != b)
}

#[cfg(test)]
mod tests;
