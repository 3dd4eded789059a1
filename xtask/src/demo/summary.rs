//! What was made, in numbers.

use super::cluster::{Cluster, Design};
use super::world::{Cause, World};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Counts by county, group and design.
pub fn text(world: &World, cluster: &Cluster) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{text}");
    };
    line(format!(
        "虚构示例集群：{} 家企业，{} 条供给，{} 条需求",
        cluster.firms.len(),
        cluster.offers.len(),
        cluster.needs.len()
    ));
    line("县区：企业/供给/需求".to_owned());
    let mut counties: BTreeMap<(&str, &str), [usize; 3]> = BTreeMap::new();
    let key = |firm: usize| (cluster.firms[firm].county.as_str(), cluster.firms[firm].county_name.as_str());
    for i in 0..cluster.firms.len() {
        counties.entry(key(i)).or_default()[0] += 1;
    }
    for offer in &cluster.offers {
        counties.entry(key(offer.firm)).or_default()[1] += 1;
    }
    for need in &cluster.needs {
        counties.entry(key(need.firm)).or_default()[2] += 1;
    }
    for ((code, name), [firms, offers, needs]) in counties {
        line(format!("  {code} {name}：{firms}/{offers}/{needs}"));
    }
    let mut nodes: BTreeMap<&str, usize> = BTreeMap::new();
    for offer in &cluster.offers {
        *nodes.entry(&offer.node).or_default() += 1;
    }
    let needed: std::collections::BTreeSet<&str> = cluster.needs.iter().map(|n| n.node.as_str()).collect();
    line(format!(
        "产业链节点：图中 {}，有模板 {}，有供给 {}，有需求 {}",
        world.chain.nodes().len(),
        world.templates.len(),
        nodes.len(),
        needed.len()
    ));
    let mut top: Vec<(usize, &str)> = nodes.into_iter().map(|(node, count)| (count, node)).collect();
    top.sort_by_key(|&(count, node)| (std::cmp::Reverse(count), node));
    let top: Vec<String> = top.iter().take(10).map(|(count, node)| format!("{node} {count}")).collect();
    line(format!("供给最多的节点：{}", top.join("，")));
    let count = |design: Design| cluster.needs.iter().filter(|n| n.design == design).count();
    line(format!("本地有厂家、有余量的需求（规格是否满足由匹配判定）：{}", count(Design::MadeHere)));
    for cause in Cause::ALL {
        line(format!("按设计为缺口（{}）：{}", cause.zh(), count(Design::Gap(cause))));
    }
    out
}
