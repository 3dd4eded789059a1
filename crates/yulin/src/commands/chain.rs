//! `yulin gaps --nodes` and `yulin gaps --with FILE`: the chain's nodes, and what newcomers would change.

use crate::progress::Bar;
use app::{Actor, App, InputFile, RANKING_EN, RELATEDNESS_EN, Result, STANDING_EN, VALUE_EN};
use model::list::{ListIndex, MatchingList};
use std::path::Path;

/// The most urgent nodes, one a line, with the rules.
pub async fn standings(app: &App, actor: &Actor, list: &MatchingList, top: usize) -> Result<()> {
    let chain = &app.reference().chain;
    for (place, standing) in (1..).zip(app.standings(actor, list).await?.iter().take(top)) {
        let name = chain.get(&standing.node).map_or(standing.node.0.as_str(), |n| n.name_zh.as_str());
        let capacity =
            standing.capacity_ratio.map_or_else(|| "-".to_owned(), |r| format!("{:.0}%", r * 100.0));
        let value = &standing.value;
        let estimated = match value.estimated {
            0 => String::new(),
            needs => format!(
                " and about {:.0} (estimated for {needs} needs by {} offers' prices)",
                value.estimated_yuan, value.basis
            ),
        };
        say!(
            "  {place:>2}. {name}  {}  {} firms ask, {} inside and {} outside offer, capacity {capacity} of demand, \
             unmet {:.0} yuan/month{}, relatedness {:.2}",
            standing.standing.zh(),
            standing.demanders,
            standing.suppliers_inside,
            standing.suppliers_outside,
            value.yuan,
            estimated,
            standing.relatedness,
        );
    }
    for rule in [STANDING_EN, VALUE_EN, RANKING_EN, RELATEDNESS_EN] {
        say!("{rule}");
    }
    Ok(())
}

/// Gaps, rate and needs with and without the firms of a file.
pub async fn what_if(app: &App, actor: &Actor, list: &MatchingList, file: &Path, top: usize) -> Result<()> {
    let input = InputFile { name: file.display().to_string(), bytes: super::read(file)? };
    let bar = Bar::new();
    let number = list.number.unwrap_or(0);
    let found = app.what_if(actor, number, &input, &|s, d, t| bar.report(s, d, t)).await?;
    drop(bar);
    for warning in &found.warnings {
        eprintln!("warning 提醒: {warning}");
    }
    let (scenario, index) = (&found.scenario, ListIndex::new(&list.content));
    say!("if they came 若引进: {} offers 项供给", found.offers.len());
    say!("  gaps 缺口 {} -> {}", scenario.gaps.0, scenario.gaps.1);
    let rate = |rate: f64| format!("{:.1}%", rate * 100.0);
    if app.reference().markets.has_local_rate(&list.content.market) {
        let (before, after) = &scenario.local_rate;
        say!("  local supporting rate 本地配套率 {} -> {}", rate(before.rate), rate(after.rate));
    }
    for change in scenario.needs.iter().take(top) {
        let Some(need) = index.need(&change.need) else { continue };
        let by = found.offers.iter().filter(|o| change.by.contains(&o.key)).map(|o| o.title.as_str());
        say!(
            "  need {} {}  {} -> {}  {}",
            need.number,
            need.need.title,
            rate(change.covered.0),
            rate(change.covered.1),
            by.collect::<Vec<_>>().join("、"),
        );
    }
    Ok(())
}
