//! Enterprises and what they offer.

use super::amount::{Amount, Day, Price};
use super::cluster::{Firm, Offer, Source, Valid};
use super::fixed;
use super::names::Names;
use super::profile::Profiles;
use super::rng::Rng;
use super::scenario;
use super::world::{Cause, Place, Template, World};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeSet;

/// The county whose bureau sends a workbook of its own.
pub const BUREAU_COUNTY: &str = "360826";
/// Share of the other enterprises whose rows come from the old system, in percent.
const LEGACY_PERCENT: usize = 32;

/// Invents the enterprises of all places.
///
/// # Errors
/// A list of words that is missing or too short.
pub fn firms(world: &World, seed: u64, names: &mut Names<'_>) -> Result<Vec<Firm>> {
    let mut profiles = Profiles::new(world, seed)?;
    let mut rng = Rng::new(seed, "firms");
    let mut firms = Vec::new();
    for place in &world.places {
        for _ in 0..place.firms {
            let weights: Vec<u64> = place.groups.iter().map(|(_, w)| *w).collect();
            let at = rng.weighted(&weights).with_context(|| format!("no group in {}", place.county_name))?;
            let makes = profiles.choose(&place.groups[at].0)?;
            firms.push(firm(world, &mut rng, names, place, makes)?);
        }
    }
    for gap in world.gaps.iter().filter(|gap| gap.cause == Cause::Distance) {
        let group = &world.node(&gap.node)?.group;
        let at = firms
            .iter()
            .position(|f| f.county == gap.maker && &f.group == group && !f.makes.contains(&gap.node))
            .or_else(|| firms.iter().position(|f| f.county == gap.maker))
            .with_context(|| format!("gap {}: nobody in {}", gap.title, gap.maker))?;
        firms[at].makes.push(gap.node.clone());
    }
    for firm in &mut firms {
        let products: Result<Vec<&str>> =
            firm.makes.iter().map(|id| Ok(world.node(id)?.name_zh.as_str())).collect();
        firm.products = products?.join("、");
    }
    Ok(firms)
}

fn firm(
    world: &World,
    rng: &mut Rng,
    names: &mut Names<'_>,
    place: &Place,
    makes: Vec<String>,
) -> Result<Firm> {
    let chief = world.node(&makes[0])?;
    let name = names.name(place, &chief.group)?;
    let employees = fixed::leading(rng.within(12, 90) * rng.within(1, 9), 2);
    let source = match () {
        () if place.county == BUREAU_COUNTY => Source::Bureau,
        () if rng.chance(LEGACY_PERCENT) => Source::Legacy,
        () => Source::Alliance,
    };
    Ok(Firm {
        name: name.full,
        short_name: name.short,
        uscc: names.uscc()?,
        county: place.county.clone(),
        county_name: place.county_name.clone(),
        park: place.park.clone().unwrap_or_default(),
        address: names.address(place)?,
        group: chief.group.clone(),
        industry: chief.industry.clone(),
        makes,
        products: String::new(),
        employees,
        revenue_wan: employees * rng.within(25, 140),
        contact: names.person()?,
        source,
    })
}

/// Invents the offers of all enterprises, but for the part whose offers are written by hand.
///
/// # Errors
/// A node without a template.
pub fn offers(world: &World, seed: u64, firms: &[Firm]) -> Result<Vec<Offer>> {
    let mut rng = Rng::new(seed, "offers");
    let mut offers = Vec::new();
    for (index, firm) in firms.iter().enumerate() {
        for node in firm.makes.iter().filter(|node| *node != scenario::NODE) {
            let templates = world.templates.get(node).with_context(|| format!("no template for {node}"))?;
            let gap = world.gaps.iter().find(|g| g.cause == Cause::Distance && &g.node == node);
            let rows = 1 + rng.weighted(&[2, 4, 4, 1]).unwrap_or(0);
            let mut seen = BTreeSet::new();
            for _ in 0..rows {
                let mut offer = offer(world, &mut rng, index, node, in_turn(templates, offers.len()))?;
                if let Some(gap) = gap {
                    offer.radius_km = gap.radius_km;
                }
                // The same words twice would be one product entered twice.
                if seen.insert((offer.title.clone(), offer.spec.clone())) {
                    offers.push(offer);
                }
            }
        }
    }
    ensure!(!offers.is_empty(), "no offers");
    Ok(offers)
}

/// Templates of a node take turns.
fn in_turn(templates: &[Template], turn: usize) -> &Template {
    &templates[turn % templates.len()]
}

fn offer(world: &World, rng: &mut Rng, firm: usize, node: &str, template: &Template) -> Result<Offer> {
    let title = rng.pick(&template.titles).expand(rng);
    let capacity = capacity(rng, template);
    let spare = share(&capacity, rng.within(20, 90));
    let minimum = share(&capacity, 1);
    let mut certificates: Vec<String> =
        template.certificates.iter().filter(|_| rng.chance(75)).cloned().collect();
    if rng.chance(60) && !certificates.iter().any(|c| c == "ISO9001") {
        certificates.push("ISO9001".to_owned());
    }
    Ok(Offer {
        firm,
        number: String::new(),
        node: node.to_owned(),
        title,
        spec: template.offer_spec.expand(rng),
        price: price(rng, &template.price),
        minimum: (minimum.milli < capacity.milli / 20 && rng.chance(60)).then_some(minimum),
        capacity,
        spare,
        sample_days: rng.chance(70).then(|| rng.within(2, 20)),
        standard: rng.pick(world.words("standard")?).clone(),
        certificates,
        radius_km: *rng.pick(&[None, None, None, Some(500), Some(800), Some(300), Some(1000)]),
        customers: rng.pick(world.words("customer")?).clone(),
        valid: offer_validity(rng),
    })
}

/// A capacity of two leading figures within the template's interval, small ones more often.
fn capacity(rng: &mut Rng, template: &Template) -> Amount {
    let (low, high) = (&template.capacity.0, &template.capacity.1);
    let k = rng.within(0, 20);
    let milli = low.milli + (high.milli - low.milli) * k * k / 400;
    Amount { milli: whole(fixed::leading(milli, 2), low).max(low.milli), unit: low.unit.clone() }
}

/// So many per cent of an amount, in two leading figures and at least one of the smallest countable step.
pub fn share(of: &Amount, percent: i64) -> Amount {
    let base = fixed::leading(of.base_milli() * percent / 100, 2);
    let base = match of.base_milli() % 1000 {
        0 => (base / 1000 * 1000).max(1000),
        _ => base.max(1),
    };
    Amount::from_base(base, &of.unit)
}

/// Counted things come whole unless the template itself counts in parts.
fn whole(milli: i64, like: &Amount) -> i64 {
    match like.unit.factor == 1 && like.milli % 1000 == 0 {
        true => milli / 1000 * 1000,
        false => milli,
    }
}

/// A price interval within the template's.
pub fn price(rng: &mut Rng, template: &Price) -> Price {
    let span = template.high - template.low;
    let low = fixed::leading(template.low + span * rng.within(0, 12) / 20, 3).max(1);
    let high = fixed::leading(low + span * rng.within(0, 8) / 20, 3).max(low);
    Price { low, high, per: template.per.clone() }
}

fn offer_validity(rng: &mut Rng) -> Valid {
    // One offer in fifty has run out: a list of November may not use it.
    if rng.chance(2) {
        return Valid { from: Day::new(2026, 3, 1), until: Day::new(2026, 9, 30) };
    }
    let from = Day::new(2026, rng.within(7, 11) as u8, 1);
    let until = *rng.pick(&[
        Day::new(2026, 12, 31),
        Day::new(2027, 3, 31),
        Day::new(2027, 6, 30),
        Day::new(2027, 10, 31),
    ]);
    Valid { from, until }
}
