//! What matching says, in words for workbooks and terminals.

use model::matching::{Change, Coverage, Match, Outcome, Reason, Remedy, Verdict};
use model::quantity::number;
use model::reference::Reference;

/// The outcome of a verdict in words.
pub(crate) fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Met => "符合".to_owned(),
        Outcome::Short { by } => format!("不足，差{by}"),
        Outcome::Unknown => "未说明".to_owned(),
        Outcome::Conflict => "冲突".to_owned(),
    }
}

/// One verdict with both sides' words.
pub(crate) fn verdict(verdict: &Verdict, reference: &Reference) -> String {
    let offer = if verdict.offer.is_empty() { "—" } else { &verdict.offer };
    // A bare figure of a market's own field is in the field's unit.
    let field = reference.markets.field(&verdict.property).map(|(_, field)| field);
    let told = |text: &str| field.map_or_else(|| text.to_owned(), |field| field.told(text).into_owned());
    format!(
        "{}：{}（需 {}，供 {}{}）",
        reference.properties.name_zh(&verdict.property),
        outcome(&verdict.outcome),
        told(&verdict.need),
        told(offer),
        verdict.evidence.as_ref().map_or_else(String::new, |e| format!("，{}", e.zh()))
    )
}

/// What would have to change at one offer for a need to be met.
pub(crate) fn remedy(remedy: &Remedy, reference: &Reference) -> String {
    let properties = &reference.properties;
    let change = |change: &Change| match change {
        Change::Property { property, by: Some(by), .. } => {
            format!("{}补足{by}", properties.name_zh(property))
        }
        Change::Property { property, by: None, need, .. } => {
            format!("{}改为{need}", properties.name_zh(property))
        }
        Change::Capacity { by } => format!("产能增加{by}"),
        Change::Order { by } => format!("多订{by}"),
        Change::Distance { by_km } => format!("供货距离放宽{}km", number((by_km * 10.0).ceil() / 10.0)),
        Change::Share { from, to } => {
            format!("单家份额上限由{}提高到{}", percent(*from), percent(*to))
        }
        Change::Partial { open } => format!("需方接受部分供应（尚缺{open}）"),
    };
    remedy.changes.iter().map(change).collect::<Vec<_>>().join("，")
}

fn percent(part: f64) -> String {
    format!("{}%", number((part * 1e4).round() / 100.0))
}

/// All verdicts of a match, one a line.
pub(crate) fn verdicts(matched: &Match, reference: &Reference) -> String {
    matched.verdicts.iter().map(|v| verdict(v, reference)).collect::<Vec<_>>().join("\n")
}

/// All reasons of a match with their points, one a line.
pub(crate) fn reasons(matched: &Match) -> String {
    let line = |r: &Reason| format!("{} {:.2}/{:.2}：{}", r.kind.zh(), r.points, r.of, r.words);
    matched.reasons.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Numbers of verdicts by outcome, such as `符合3 不足1`.
pub(crate) fn verdict_counts(matched: &Match) -> String {
    let count = |test: fn(&Outcome) -> bool| matched.verdicts.iter().filter(|v| test(&v.outcome)).count();
    let counts = [
        ("符合", count(|o| matches!(o, Outcome::Met))),
        ("不足", count(|o| matches!(o, Outcome::Short { .. }))),
        ("冲突", count(|o| matches!(o, Outcome::Conflict))),
        ("未知", count(|o| matches!(o, Outcome::Unknown))),
    ];
    let words: Vec<String> =
        counts.iter().filter(|(_, n)| *n > 0).map(|(word, n)| format!("{word}{n}")).collect();
    words.join(" ")
}

/// How much of a need an allocation covers.
pub(crate) fn coverage(coverage: Coverage) -> &'static str {
    match coverage {
        Coverage::Full => "全部满足",
        Coverage::Part => "部分满足",
        Coverage::Unstated => "数量待议",
    }
}
