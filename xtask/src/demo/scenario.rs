//! The reference scenario, written by hand: a screen maker in Wan'an buys a face mask from outside the province,
//! and a maker in Taihe, 41.7 km away, makes it under another name and in other units. Four further makers are
//! nearer but too coarse, farther, too small, or make another pitch, so that rank 1 is earned.

use super::amount::{Amount, Day, Per, Price};
use super::cluster::{Cluster, Design, Firm, Need, Offer, Source, Valid};
use super::names::Names;
use super::world::World;
use anyhow::{Context, Result};

/// The chain node of the part.
pub const NODE: &str = "led-mask";
/// The brands of the enterprises below.
const BRANDS: [&str; 6] = ["岫铎", "沅棣", "栩溆", "翊渌", "珩汩", "昀垄"];

/// One enterprise of the scenario.
struct Player {
    name: &'static str,
    short: &'static str,
    county: &'static str,
    source: Source,
    makes: &'static [&'static str],
    employees: i64,
    revenue_wan: i64,
}

const BUYER: Player = Player {
    name: "万安县岫铎光电显示有限公司",
    short: "岫铎光电",
    county: "360828",
    source: Source::Legacy,
    makes: &["fine-pitch-led-display", "mini-led-display"],
    employees: 260,
    revenue_wan: 18600,
};

/// A maker of masks and its one offer.
struct Maker {
    player: Player,
    title: &'static str,
    spec: &'static str,
    /// Total and free capacity a month in 万片.
    capacity: (&'static str, &'static str),
    price: (&'static str, &'static str),
    certificates: &'static [&'static str],
}

const MAKERS: [Maker; 5] = [
    // The answer: other words, other units, everything met.
    Maker {
        player: Player {
            name: "泰和沅棣精密塑胶有限公司",
            short: "沅棣精密",
            county: "360826",
            source: Source::Bureau,
            makes: &[NODE],
            employees: 180,
            revenue_wan: 9200,
        },
        title: "Mini LED小间距显示屏面罩（玻纤增强PC）",
        spec: "适用P0.8—P1.5；尺寸精度±30μm；材料：聚碳酸酯；防火等级94V-0；耐高低温-40℃～+105℃；良率99.8%以上",
        capacity: ("30", "12"),
        price: ("26", "30"),
        certificates: &["ISO9001", "RoHS"],
    },
    // Nearer, but too coarse.
    Maker {
        player: Player {
            name: "遂川县栩溆五金塑胶有限公司",
            short: "栩溆五金",
            county: "360827",
            source: Source::Alliance,
            makes: &[NODE],
            employees: 85,
            revenue_wan: 3100,
        },
        title: "LED显示模组面罩",
        spec: "适配点间距P1.25~P2.5；尺寸精度±0.1mm；材质PC；阻燃等级V-0；耐温-40~85℃",
        capacity: ("20", "10"),
        price: ("22", "26"),
        certificates: &["ISO9001"],
    },
    // Everything met, but farther.
    Maker {
        player: Player {
            name: "永丰翊渌光电有限公司",
            short: "翊渌光电",
            county: "360825",
            source: Source::Alliance,
            makes: &[NODE],
            employees: 140,
            revenue_wan: 7600,
        },
        title: "微间距LED灯罩面板",
        spec: "点间距P0.9~P1.56；尺寸公差±0.03mm；材质PC；阻燃等级V-0；耐温-40~90℃",
        capacity: ("10", "6"),
        price: ("27", "31"),
        certificates: &["ISO9001", "RoHS"],
    },
    // Everything met, but far away and small.
    Maker {
        player: Player {
            name: "新干珩汩显示技术有限公司",
            short: "珩汩显示",
            county: "360824",
            source: Source::Alliance,
            makes: &[NODE],
            employees: 46,
            revenue_wan: 1500,
        },
        title: "小间距LED灯罩面板",
        spec: "点间距P1.0~P1.9；尺寸精度±0.025mm；材质PC；阻燃等级V-0；耐温-40~85℃",
        capacity: ("2.4", "1.5"),
        price: ("30", "35"),
        certificates: &["RoHS"],
    },
    // Another pitch altogether.
    Maker {
        player: Player {
            name: "吉水昀垄照明电器有限公司",
            short: "昀垄照明",
            county: "360822",
            source: Source::Alliance,
            makes: &[NODE],
            employees: 70,
            revenue_wan: 2400,
        },
        title: "户外屏防水面罩",
        spec: "点间距P4~P10；尺寸精度±0.15mm；材质PC；阻燃等级V-1；耐温-30~80℃；防水等级IP65",
        capacity: ("40", "25"),
        price: ("3.5", "6"),
        certificates: &["ISO9001"],
    },
];

/// Keeps the names that are written out here.
pub fn reserve(names: &mut Names<'_>) {
    for brand in BRANDS {
        names.reserve(brand);
    }
}

/// Adds enterprises, offers and the need to the front of an empty cluster.
///
/// # Errors
/// When the chain graph or the region table lacks what the scenario stands on.
pub fn add(world: &World, names: &mut Names<'_>, cluster: &mut Cluster) -> Result<()> {
    let valid = Valid { from: Day::new(2026, 11, 1), until: Day::new(2027, 10, 31) };
    let buyer = add_player(world, names, cluster, &BUYER)?;
    for maker in MAKERS {
        let firm = add_player(world, names, cluster, &maker.player)?;
        cluster.offers.push(Offer {
            firm,
            number: String::new(),
            node: NODE.to_owned(),
            title: maker.title.to_owned(),
            spec: maker.spec.to_owned(),
            capacity: Amount::parse(maker.capacity.0, "万片")?,
            spare: Amount::parse(maker.capacity.1, "万片")?,
            price: Price::parse(maker.price.0, maker.price.1, "片")?,
            minimum: Some(Amount::parse("500", "片")?),
            sample_days: Some(7),
            standard: "企业标准".to_owned(),
            certificates: maker.certificates.iter().map(|&c| c.to_owned()).collect(),
            radius_km: None,
            customers: "示例客户甲".to_owned(),
            valid,
        });
    }
    cluster.needs.push(Need {
        firm: buyer,
        number: String::new(),
        node: NODE.to_owned(),
        title: "Mini LED显示模组面罩（高精度）".to_owned(),
        spec: "适配点间距P1.25；尺寸精度±0.03mm；材质PC；阻燃等级UL94V-0；耐温-40~85℃".to_owned(),
        quantity: Amount::parse("5", "万片")?,
        per: Per::Month,
        price: Some(Price::parse("27", "32", "片")?),
        delivery: "15天".to_owned(),
        certificates: vec!["RoHS".to_owned()],
        payment: "月结30天".to_owned(),
        current_place: "外省".to_owned(),
        current_supplier: "外省示例供应商（不公开）".to_owned(),
        max_km: None,
        valid,
        visibility: "公开",
        design: Design::MadeHere,
    });
    Ok(())
}

fn add_player(world: &World, names: &mut Names<'_>, cluster: &mut Cluster, player: &Player) -> Result<usize> {
    let region = world.regions.get(player.county).with_context(|| format!("no county {}", player.county))?;
    let chief = world.node(player.makes[0])?;
    let products: Result<Vec<&str>> =
        player.makes.iter().map(|id| Ok(world.node(id)?.name_zh.as_str())).collect();
    let uscc = names.uscc()?;
    cluster.firms.push(Firm {
        name: player.name.to_owned(),
        short_name: player.short.to_owned(),
        uscc,
        county: region.code.clone(),
        county_name: region.name.clone(),
        // No park: the distance is the one between the county seats.
        park: String::new(),
        address: format!("{}示例大道1号", region.name),
        group: chief.group.clone(),
        industry: chief.industry.clone(),
        makes: player.makes.iter().map(|&id| id.to_owned()).collect(),
        products: products?.join("、"),
        employees: player.employees,
        revenue_wan: player.revenue_wan,
        contact: names.person()?,
        source: player.source,
    });
    Ok(cluster.firms.len() - 1)
}
