//! Material flows of a site or of the cluster, as a Sankey diagram draws them.

use super::balance::window_of;
use super::circular::Named;
use super::live::Genealogy;
use super::sight::Sight;
use crate::{Act, Actor, App, Result};
use ledger::balance::EntryKind;
use ledger::balance::book::Cell;
use model::period::Period;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Whose flows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FlowQuery {
    /// Identifier of a site; without it the cluster: flows between sites.
    pub site: Option<String>,
    /// Substance; without it whole masses.
    pub substance: Option<String>,
    /// Days; without it all time.
    pub period: Option<Period>,
}

/// What a node of the diagram is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowNodeKind {
    /// Bought, or brought by another site.
    Supply,
    /// Taken from stock.
    FromStock,
    /// A process, or a site of the cluster.
    Process,
    /// Sold, or sent to another site.
    Shipped,
    /// Waste.
    Waste,
    /// Left in stock.
    ToStock,
    /// Goes back to an earlier process: drawn as an end, so that the diagram has no loops.
    Return,
    /// What comes back, where it enters again.
    Returned,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowNode {
    /// Key, unique in the diagram.
    pub key: String,
    /// What it is.
    pub kind: FlowNodeKind,
    /// Step, site or product that it stands for.
    pub of: Named,
}

/// A flow.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowLink {
    /// Index of the node it leaves.
    pub from: usize,
    /// Index of the node it reaches.
    pub to: usize,
    /// What flows.
    pub product: Named,
    /// How much, kg.
    pub kg: f64,
}

/// The diagram.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowReport {
    /// Site; absent for the cluster.
    pub site: Option<Named>,
    /// Substance.
    pub substance: Option<String>,
    /// Nodes.
    pub nodes: Vec<FlowNode>,
    /// Flows, without loops.
    pub links: Vec<FlowLink>,
    /// Sites that can be chosen.
    pub sites: Vec<Named>,
    /// Substances that can be chosen.
    pub substances: Vec<String>,
    /// Postings left out because their mass, and because their content, is unknown.
    pub left_out: (usize, usize),
}

/// An end of a flow before it is a node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct End(FlowNodeKind, String);

type Flows = BTreeMap<(End, End, String), f64>;

#[boxed::futures]
impl App {
    /// Material flows of a site or of the cluster.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`] for a site that no event names or this actor does not see; storage errors.
    pub async fn flows(&self, actor: &Actor, query: &FlowQuery) -> Result<FlowReport> {
        actor.need(Act::Flows)?;
        let sight = self.sight(actor).await?;
        let held = self.genealogy().await?;
        let book = &held.book;
        let site = query.site.as_ref().map(|site| held.seen_site(&sight, site)).transpose()?;
        let substance = held.substance(query.substance.as_deref());
        let cells = book.cells(window_of(query.period), site, substance);
        let cells: Vec<Cell> =
            cells.into_iter().filter(|c| sight.sees_site(book.sites.word(c.place.site))).collect();
        let flows = if site.is_some() { within(&held, &cells) } else { between(&held, &cells, &sight) };
        let (nodes, links) = diagram(&held, without_loops(flows));
        let left_out = cells.iter().fold((0, 0), |n, c| (n.0 + c.without_mass, n.1 + c.without_content));
        Ok(FlowReport {
            site: site.map(|site| held.named(book.sites.word(site))),
            substance: query.substance.clone(),
            nodes,
            links,
            sites: held.sites(&sight),
            substances: book.substances.all().to_vec(),
            left_out,
        })
    }
}

/// Flows of one site: what makes a product is shared among what takes it, in proportion.
fn within(held: &Genealogy, cells: &[Cell]) -> Flows {
    type Ends = Vec<(End, f64)>;
    let mut products: BTreeMap<u16, (Ends, Ends)> = BTreeMap::new();
    for cell in cells.iter().filter(|c| c.kg > 0.0) {
        let step = || End(FlowNodeKind::Process, held.book.steps.word(cell.place.step).to_owned());
        let product = held.book.products.word(cell.place.product).to_owned();
        let (sources, sinks) = products.entry(cell.place.product).or_default();
        match cell.place.kind {
            EntryKind::Received | EntryKind::Commissioned => {
                sources.push((End(FlowNodeKind::Supply, product), cell.kg));
            }
            EntryKind::Produced => sources.push((step(), cell.kg)),
            EntryKind::Consumed => sinks.push((step(), cell.kg)),
            EntryKind::Shipped => sinks.push((End(FlowNodeKind::Shipped, product), cell.kg)),
            EntryKind::Discarded => sinks.push((End(FlowNodeKind::Waste, product), cell.kg)),
            EntryKind::OpeningStock | EntryKind::ClosingStock => {}
        }
    }
    let mut out = Flows::new();
    for (number, (mut sources, mut sinks)) in products {
        let product = held.book.products.word(number).to_owned();
        let sum = |side: &[(End, f64)]| side.iter().map(|(_, kg)| kg).sum::<f64>();
        let change = sum(&sources) - sum(&sinks);
        if change > 0.0 {
            sinks.push((End(FlowNodeKind::ToStock, product.clone()), change));
        } else if change < 0.0 {
            sources.push((End(FlowNodeKind::FromStock, product.clone()), -change));
        }
        let total = sum(&sources);
        for (from, made) in &sources {
            for (to, taken) in &sinks {
                let kg = made * taken / total;
                *out.entry((from.clone(), to.clone(), product.clone())).or_insert(0.0) += kg;
            }
        }
    }
    out
}

/// Flows between sites, from outside and to outside.
fn between(held: &Genealogy, cells: &[Cell], sight: &Sight) -> Flows {
    let mut out = Flows::new();
    let node = |site: u16| End(FlowNodeKind::Process, held.book.sites.word(site).to_owned());
    // What a site shipped and another of the cluster received did not go outside.
    let mut inside: BTreeMap<(u16, u16), f64> = BTreeMap::new();
    let is_input = |c: &&Cell| matches!(c.place.kind, EntryKind::Received | EntryKind::Commissioned);
    for cell in cells.iter().filter(is_input).filter(|c| c.kg > 0.0) {
        let place = cell.place;
        let product = held.book.products.word(place.product).to_owned();
        let is_inside = place.made_at != u16::MAX && place.made_at != place.site;
        let from = if is_inside && sight.sees_site(held.book.sites.word(place.made_at)) {
            *inside.entry((place.made_at, place.product)).or_insert(0.0) += cell.kg;
            node(place.made_at)
        } else {
            End(FlowNodeKind::Supply, product.clone())
        };
        *out.entry((from, node(place.site), product)).or_insert(0.0) += cell.kg;
    }
    for cell in cells.iter().filter(|c| c.kg > 0.0) {
        let place = cell.place;
        let product = held.book.products.word(place.product).to_owned();
        let (kind, kg) = match place.kind {
            EntryKind::Shipped => {
                let kept = inside.get_mut(&(place.site, place.product));
                let taken = kept.map_or(0.0, |left| {
                    let taken = left.min(cell.kg);
                    *left -= taken;
                    taken
                });
                (FlowNodeKind::Shipped, cell.kg - taken)
            }
            EntryKind::Discarded => (FlowNodeKind::Waste, cell.kg),
            _ => continue,
        };
        // Two scales never say quite the same.
        if kg > 0.01 * cell.kg {
            *out.entry((node(place.site), End(kind, product.clone()), product)).or_insert(0.0) += kg;
        }
    }
    out
}

/// Turns flows that close a loop, the smallest first, into ends and beginnings.
fn without_loops(mut flows: Flows) -> Flows {
    loop {
        let Some(edge) = smallest_of_a_loop(&flows) else { return flows };
        let Some(kg) = flows.remove(&edge) else { return flows };
        let (from, to, product) = edge;
        let back = End(FlowNodeKind::Return, product.clone());
        let again = End(FlowNodeKind::Returned, product.clone());
        *flows.entry((from, back, product.clone())).or_insert(0.0) += kg;
        *flows.entry((again, to, product)).or_insert(0.0) += kg;
    }
}

/// The smallest flow of some loop; none where there is no loop.
fn smallest_of_a_loop(flows: &Flows) -> Option<(End, End, String)> {
    // What nothing enters any more cannot be in a loop: take such nodes away until what is left goes round, or from one loop to
    // another.
    let mut left: BTreeSet<&(End, End, String)> = flows.keys().collect();
    loop {
        let entered: BTreeSet<&End> = left.iter().map(|e| &e.1).collect();
        let leaving: BTreeSet<&End> = left.iter().map(|e| &e.0).collect();
        let before = left.len();
        left.retain(|edge| entered.contains(&edge.0) && leaving.contains(&edge.1));
        if left.len() == before {
            break;
        }
    }
    let mut smallest: Vec<&(End, End, String)> = left.iter().copied().collect();
    smallest.sort_by(|a, b| flows[*a].total_cmp(&flows[*b]));
    smallest.into_iter().find(|edge| leads(&left, &edge.1, &edge.0)).cloned()
}

/// True where flows lead from one node to another.
fn leads(flows: &BTreeSet<&(End, End, String)>, from: &End, to: &End) -> bool {
    let mut reached = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(node) = open.pop() {
        if node == to {
            return true;
        }
        open.extend(
            flows
                .iter()
                .filter(|flow| flow.0 == *node)
                .map(|flow| &flow.1)
                .filter(|next| reached.insert(*next)),
        );
    }
    false
}

fn diagram(held: &Genealogy, flows: Flows) -> (Vec<FlowNode>, Vec<FlowLink>) {
    let mut numbers: BTreeMap<End, usize> = BTreeMap::new();
    let mut nodes = Vec::new();
    let mut links = Vec::new();
    for ((from, to, product), kg) in flows {
        let [from, to] = [from, to].map(|end| {
            *numbers.entry(end.clone()).or_insert_with(|| {
                nodes.push(FlowNode {
                    key: format!("{:?}:{}", end.0, end.1),
                    kind: end.0,
                    of: held.named(&end.1),
                });
                nodes.len() - 1
            })
        });
        links.push(FlowLink { from, to, product: held.named(&product), kg });
    }
    links.sort_by(|a, b| b.kg.total_cmp(&a.kg));
    (nodes, links)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_are_opened_at_their_smallest_flow() {
        let end = |name: &str| End(FlowNodeKind::Process, name.to_owned());
        let mut flows = Flows::new();
        for (from, to, kg) in
            [("melt", "draw", 100.0), ("draw", "pack", 90.0), ("draw", "melt", 10.0), ("pack", "melt", 5.0)]
        {
            flows.insert((end(from), end(to), "p".to_owned()), kg);
        }
        let opened = without_loops(flows);
        assert!(smallest_of_a_loop(&opened).is_none());
        let back = End(FlowNodeKind::Return, "p".to_owned());
        let returned: f64 = opened.iter().filter(|((_, to, _), _)| *to == back).map(|(_, kg)| kg).sum();
        assert_eq!(returned, 15.0);
        assert_eq!(opened[&(end("melt"), end("draw"), "p".to_owned())], 100.0);
    }

    #[test]
    fn what_leads_from_one_loop_to_another_is_left() {
        let end = |name: &str| End(FlowNodeKind::Process, name.to_owned());
        let edges = [("a", "b", 50.0), ("b", "a", 20.0), ("b", "c", 1.0), ("c", "d", 40.0), ("d", "c", 30.0)];
        let flow = |from: &str, to: &str| (end(from), end(to), "p".to_owned());
        let opened = without_loops(edges.map(|(from, to, kg)| (flow(from, to), kg)).into_iter().collect());
        assert!(smallest_of_a_loop(&opened).is_none());
        for (from, to, kg) in edges {
            let is_cut = kg == 20.0 || kg == 30.0;
            assert_eq!(opened.get(&flow(from, to)), (!is_cut).then_some(&kg), "{from} to {to}");
        }
    }
}
