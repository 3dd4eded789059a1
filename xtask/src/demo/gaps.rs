//! Needs that stay open by design (`demo/gaps.csv`): each checked to be open for the reason it states.

use super::amount::{Amount, Per};
use super::cluster::{Cluster, Design, Need, Source};
use super::demand::{Market, beyond, need_validity};
use super::rng::Rng;
use super::world::{Cause, PlannedGap, World};
use anyhow::{Context, Result, bail, ensure};
use model::chain::NodeId;

/// Places every planned gap with a fitting buyer.
///
/// # Errors
/// A gap that is none: somebody makes the node, or a maker is near enough, or nobody could buy it.
pub fn needs(world: &World, seed: u64, cluster: &Cluster) -> Result<Vec<Need>> {
    let mut rng = Rng::new(seed, "gaps");
    let market = Market::of(cluster);
    world
        .gaps
        .iter()
        .map(|gap| {
            need(world, &mut rng, cluster, &market, gap).with_context(|| format!("planned gap {}", gap.title))
        })
        .collect()
}

fn need(
    world: &World,
    rng: &mut Rng,
    cluster: &Cluster,
    market: &Market<'_>,
    gap: &PlannedGap,
) -> Result<Need> {
    let firm = buyer(world, rng, cluster, gap)?;
    check(world, cluster, firm, gap)?;
    let quantity = match gap.cause {
        Cause::Capacity => beyond(market, &gap.node, &Amount::parse("1", &gap.unit)?)
            .context("nobody makes it: no capacity gap")?,
        _ => Amount::parse(&gap.quantity, &gap.unit)?,
    };
    let per = match gap.per.as_str() {
        "月" => Per::Month,
        "次" => Per::Once,
        other => bail!("{other} is neither 月 nor 次"),
    };
    Ok(Need {
        firm,
        number: String::new(),
        node: gap.node.clone(),
        title: gap.title.clone(),
        spec: gap.spec.clone(),
        quantity,
        per,
        price: None,
        delivery: rng.pick(world.words("delivery")?).clone(),
        certificates: Vec::new(),
        payment: rng.pick(world.words("payment")?).clone(),
        current_place: gap.current.clone(),
        current_supplier: rng.pick(world.words("current_supplier")?).clone(),
        max_km: gap.max_km,
        valid: need_validity(rng),
        visibility: "公开",
        design: Design::Gap(gap.cause),
    })
}

/// An enterprise that makes something the node feeds, in the county that the gap names.
fn buyer(world: &World, rng: &mut Rng, cluster: &Cluster, gap: &PlannedGap) -> Result<usize> {
    let nodes = world.chain.nodes();
    let node = world.chain.index(&NodeId(gap.node.clone())).context("no such node")?;
    let fed: Vec<&str> = world
        .chain
        .edges()
        .iter()
        .filter(|edge| edge.from == node)
        .map(|edge| nodes[edge.to].id.0.as_str())
        .collect();
    // How near the enterprise is to the node: what it makes is fed by it, else its group is that of something fed.
    let near = |makes: &[String], group: &str| {
        if makes.iter().any(|id| fed.contains(&id.as_str())) {
            40
        } else if edges_group(world, node, group) {
            3
        } else {
            0
        }
    };
    let weights: Vec<u64> = cluster
        .firms
        .iter()
        .map(|firm| {
            let here = gap.buyer.is_empty() || firm.county == gap.buyer;
            // The bureau's county tells its own story in one workbook; the gaps come from all others.
            let fits = here && firm.source != Source::Bureau && !firm.makes.contains(&gap.node);
            if fits { near(&firm.makes, &firm.group) } else { 0 }
        })
        .collect();
    rng.weighted(&weights).context("no enterprise would buy it")
}

fn edges_group(world: &World, node: usize, group: &str) -> bool {
    let nodes = world.chain.nodes();
    nodes[node].group == group
        || world.chain.edges().iter().any(|edge| edge.from == node && nodes[edge.to].group == group)
}

/// The gap is one for the stated reason; a specification gap is the hand-written text's own affair.
fn check(world: &World, cluster: &Cluster, buyer: usize, gap: &PlannedGap) -> Result<()> {
    let makers: Vec<_> = cluster.offers.iter().filter(|o| o.node == gap.node).collect();
    match gap.cause {
        Cause::NoSupplier => ensure!(makers.is_empty(), "{} makes it", cluster.firms[makers[0].firm].name),
        Cause::Specification | Cause::Capacity => ensure!(!makers.is_empty(), "nobody makes it"),
        Cause::Distance => {
            ensure!(!makers.is_empty(), "nobody makes it");
            let seat = world.seat(&cluster.firms[buyer].county)?;
            for maker in makers {
                let km = seat.distance_km(world.seat(&cluster.firms[maker.firm].county)?);
                let out_of_reach =
                    [maker.radius_km, gap.max_km].into_iter().flatten().any(|r| km > f64::from(r));
                ensure!(out_of_reach, "{} is only {km:.1} km away", cluster.firms[maker.firm].name);
            }
        }
    }
    Ok(())
}
