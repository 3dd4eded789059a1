//! A small cluster for tests: a screen maker in Wan'an, makers of bonding wire in Taihe and elsewhere.

use crate::node::Recogniser;
use crate::{Input, Site};
use model::chain::NodeId;
use model::need::Need;
use model::offer::Offer;
use model::quantity::Quantity;
use model::reference::Reference;
use model::spec::{Interval, Specification};
use std::collections::HashMap;
use std::sync::LazyLock;

pub(crate) struct Cluster {
    pub needs: Vec<Need>,
    pub offers: Vec<Offer>,
    pub sites: HashMap<String, Site>,
}

impl Cluster {
    pub fn input(&self) -> Input<'_> {
        Input {
            needs: &self.needs,
            offers: &self.offers,
            sites: &self.sites,
            period: Some("2026-11".parse().unwrap()),
            reference: Reference::builtin(),
        }
    }
}

pub(crate) fn quantity(value: f64, unit: &str) -> Option<Quantity> {
    Some(Quantity::new(value, unit))
}

fn site(county: &str, inside: bool) -> Site {
    let region = Reference::builtin().regions.find(county).unwrap();
    Site { point: region.point, region: region.names(), products: String::new(), inside }
}

pub(crate) fn need(key: &str, enterprise: &str, title: &str) -> Need {
    Need { node: node(title), ..Need::new(key, enterprise, title) }
}

pub(crate) fn offer(key: &str, enterprise: &str, title: &str) -> Offer {
    Offer { node: node(title), ..Offer::new(key, enterprise, title) }
}

fn node(title: &str) -> Option<NodeId> {
    static RECOGNISER: LazyLock<Recogniser> = LazyLock::new(|| Recogniser::new(&Reference::builtin().chain));
    RECOGNISER.recognise(title, "").map(|(node, _)| node)
}

pub(crate) fn purity(percent: f64) -> Specification {
    Specification::interval("purity", Interval::at_least(percent), "%")
}

pub(crate) fn wire(from: f64, to: f64) -> Specification {
    Specification::interval("wire_diameter", Interval::between(from, to), "μm")
}

/// The reference scenario: the need of Wan'an, the offer of Taihe that meets it, one that is short, one that is of the
/// need's own enterprise, and other things.
pub(crate) fn wanan_and_taihe() -> Cluster {
    let mut screen = need("N1", "wanan-screen", "LED灯珠用键合金丝");
    screen.specs = vec![purity(99.99), wire(20.0, 20.0)];
    screen.quantity = quantity(200.0, "卷/月");
    let mut good = offer("O-good", "taihe-wire", "键合金丝");
    good.specs = vec![purity(99.999), wire(15.0, 50.0)];
    good.spare_capacity = quantity(300.0, "卷/月");
    let mut weak = offer("O-weak", "jizhou-wire", "LED灯珠用键合金丝");
    weak.specs = vec![purity(99.9), wire(18.0, 25.0)];
    weak.capacity = quantity(1000.0, "卷/月");
    let own = offer("O-own", "wanan-screen", "键合金丝");
    let other = offer("O-other", "taihe-wire", "酸性蚀刻液");
    Cluster {
        needs: vec![screen],
        offers: vec![other, own, weak, good],
        sites: HashMap::from([
            ("wanan-screen".to_owned(), site("万安县", true)),
            ("taihe-wire".to_owned(), site("泰和县", true)),
            ("jizhou-wire".to_owned(), site("吉州区", true)),
        ]),
    }
}
