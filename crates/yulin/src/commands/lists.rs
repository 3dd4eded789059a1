//! Draft, review, approve, publish, withdraw and show lists and gaps.

use super::chain;
use crate::cli;
use crate::progress::Bar;
use app::{Actor, App, Code, Error, PublishOptions, Result};
use model::list::{ListIndex, MatchingList, Review};
use model::markets::MarketKey;
use model::matching::{GapCause, Verdict};
use model::quantity::rounded;
use serde_json::ser::{Formatter, PrettyFormatter};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub async fn draft(app: &App, actor: &Actor, args: &cli::Draft) -> Result<ExitCode> {
    let period = args.period.unwrap_or_else(|| app.this_month());
    let bar = Bar::new();
    let list = app.draft(actor, &args.market, period, &|s, d, t| bar.report(s, d, t)).await?;
    drop(bar);
    say!("draft 草稿 {} for {period}", list.id);
    figures(app, &list);
    say!("review it: yulin lists --draft {0}; approve it: yulin approve {0}", list.id);
    Ok(ExitCode::SUCCESS)
}

pub async fn markets(app: &App, actor: &Actor) -> Result<ExitCode> {
    for info in app.markets(actor).await? {
        let name = app.reference().markets.get(&info.key).map_or("", |m| m.name.zh.as_str());
        say!("{}\t{name}\tneeds 需求 {}\toffers 供给 {}", info.key, info.needs, info.offers);
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn review(app: &App, actor: &Actor, args: &cli::Review) -> Result<ExitCode> {
    let review = match args.verdict {
        cli::ReviewWord::Confirm => Review::Confirmed,
        cli::ReviewWord::Add => Review::Added,
        cli::ReviewWord::Reject => Review::Rejected {
            reason: args.reason.clone().filter(|r| !r.trim().is_empty()).ok_or_else(|| {
                Error::new(Code::BadInput, "a rejected pair needs its reason").hint("add --reason 原因")
            })?,
        },
    };
    let word = review.zh();
    app.review(actor, args.draft, args.need, args.offer, review).await?;
    say!("need {} x offer {}: {word}", args.need, args.offer);
    Ok(ExitCode::SUCCESS)
}

pub async fn approve(app: &App, actor: &Actor, draft: i64) -> Result<ExitCode> {
    let bar = Bar::new();
    let list = app.approve(actor, draft, &|s, d, t| bar.report(s, d, t)).await?;
    drop(bar);
    say!("approved 已批准: {} ({})", list.id, list.period);
    figures(app, &list);
    Ok(ExitCode::SUCCESS)
}

pub async fn publish(app: &App, actor: &Actor, args: &cli::Publish) -> Result<ExitCode> {
    let period = args.period.unwrap_or_else(|| app.this_month());
    super::writable(&args.out)?;
    let options =
        PublishOptions { market: args.market.clone(), again: args.again, keep_draft: args.keep_draft };
    let bar = Bar::new();
    let list = app.publish_period(actor, period, options, &|s, d, t| bar.report(s, d, t)).await?;
    drop(bar);
    summary(app, &list);
    let files = write_files(app, actor, &list, &args.out).map_err(|error| {
        let number = list.number.unwrap_or(0);
        error.hint(format!(
            "list No. {number} is published all the same; write its files with yulin lists --write {number} --out DIR"
        ))
    })?;
    show_files(&files);
    Ok(ExitCode::SUCCESS)
}

pub async fn reopen(app: &App, actor: &Actor, id: i64) -> Result<ExitCode> {
    app.reopen(actor, id).await?;
    say!("draft again 重新打开: {id}");
    Ok(ExitCode::SUCCESS)
}

pub async fn discard(app: &App, actor: &Actor, id: i64) -> Result<ExitCode> {
    app.discard(actor, id).await?;
    say!("discarded 已废弃: {id}");
    Ok(ExitCode::SUCCESS)
}

pub async fn withdraw(app: &App, actor: &Actor, number: u32, reason: &str) -> Result<ExitCode> {
    app.withdraw(actor, number, reason).await?;
    say!("withdrawn 已撤回: 第{number}号");
    Ok(ExitCode::SUCCESS)
}

pub async fn lists(app: &App, actor: &Actor, args: &cli::Lists) -> Result<ExitCode> {
    if let Some(number) = args.verify {
        let verification = app.verify(actor, number).await?;
        say!("published  {}", verification.published);
        say!("content    {}", verification.content);
        match &verification.recomputed {
            Some(recomputed) => say!("recomputed {recomputed}"),
            None if verification.other_vectors => {
                say!("recomputed - (matched with other vectors of titles than --data holds)");
            }
            None => say!("recomputed - (made by engine {}, not by this program's)", verification.engine),
        }
        let same = verification.is_sound();
        say!("{}", if same { "same 一致" } else { "DIFFERENT 不一致" });
        return Ok(if same { ExitCode::SUCCESS } else { ExitCode::from(6) });
    }
    if let Some(number) = args.write {
        let list = app.list_by_number(actor, number).await?;
        show_files(&write_files(app, actor, &list, &args.out)?);
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(id) = args.draft {
        return show_draft(&app.draft_by_id(actor, id).await?, args.json);
    }
    let lists = app.lists(actor).await?;
    if args.json {
        say!("{}", json(&lists)?);
        return Ok(ExitCode::SUCCESS);
    }
    if lists.is_empty() {
        say!("no list yet 尚无清单: yulin import FILE..., then yulin publish");
    }
    for list in lists {
        let number = list.number.map_or_else(|| "-".to_owned(), |n| n.to_string());
        say!(
            "id {}\tNo. {number}\t{}\t{}\t{}\tdrafted {}\tapproved {}\t{}{}",
            list.id,
            market_name(app, &list.market),
            list.period,
            list.state.zh(),
            list.drafted_by,
            list.approved_by.as_deref().unwrap_or("-"),
            list.sha256.as_deref().unwrap_or("-"),
            list.withdrawn_reason.map_or_else(String::new, |r| format!("\t{r}")),
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn show_draft(list: &MatchingList, as_json: bool) -> Result<ExitCode> {
    if as_json {
        say!("{}", json(&list.content)?);
        return Ok(ExitCode::SUCCESS);
    }
    let index = ListIndex::new(&list.content);
    for row in &list.content.needs {
        say!("need {} {}", row.number, row.need.title);
        for pair in index.pairs_of(&row.need.key) {
            let offer = index.offer(&pair.matched.offer);
            let supplier = index.supplier(&pair.matched.offer);
            say!(
                "  offer {}\t{:.3}\t{}\t{}\t{}",
                offer.map_or(0, |o| o.number),
                pair.matched.score,
                pair.review.zh(),
                offer.map_or("", |o| o.offer.title.as_str()),
                supplier.map_or("", |e| e.name.as_str()),
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn gaps(app: &App, actor: &Actor, args: &cli::Gaps) -> Result<ExitCode> {
    let Some(list) = app.newest_list(actor, &args.market).await? else {
        return Err(Error::new(Code::NothingToDo, "no list has been published yet").hint("yulin publish"));
    };
    if args.json {
        say!("{}", json(&list.content.gaps)?);
        return Ok(ExitCode::SUCCESS);
    }
    match &args.with {
        Some(file) => chain::what_if(app, actor, &list, file, args.top).await?,
        None if args.nodes => chain::standings(app, actor, &list, args.top).await?,
        None => gap_lines(app, &list, args.top),
    }
    Ok(ExitCode::SUCCESS)
}

/// The heaviest gap groups, one a line, each with the causes of its needs counted.
pub fn gap_lines(app: &App, list: &MatchingList, top: usize) {
    for (place, group) in list.content.gaps.iter().take(top).enumerate() {
        let mut causes: Vec<(&str, usize)> = Vec::new();
        for gap in &group.gaps {
            let word = gap.cause.zh();
            match causes.iter_mut().find(|(w, _)| *w == word) {
                Some((_, count)) => *count += 1,
                None => causes.push((word, 1)),
            }
        }
        let causes: Vec<String> = causes.iter().map(|(word, count)| format!("{word} {count}")).collect();
        let quantities: Vec<String> = group.quantities.iter().map(ToString::to_string).collect();
        let nearest = group
            .gaps
            .iter()
            .find_map(|gap| match &gap.cause {
                GapCause::SpecificationShort { verdicts, .. } => {
                    verdicts.first().map(|v| nearest_words(app, v))
                }
                _ => None,
            })
            .unwrap_or_default();
        // Where titles are no places on the chain, a group is of no chain group.
        let of = if group.group.is_empty() { String::new() } else { format!(" ({})", group.group) };
        say!(
            "  {:>2}. {}{of}  {:.2}  {} firms, {}  {}{nearest}",
            place + 1,
            group.name,
            group.weight,
            group.demanders,
            quantities.join(" + "),
            causes.join(", "),
        );
    }
}

/// What the nearest offer lacks; a value of a market's own field with the field's name and unit.
fn nearest_words(app: &App, verdict: &Verdict) -> String {
    let (need, offer) = (verdict.need.as_str(), verdict.offer.as_str());
    match app.reference().markets.field(&verdict.property) {
        Some((_, field)) => {
            let name = field.need.as_ref().map_or("", |names| names.zh.as_str());
            format!("; {name} {} ← {}", field.told(need), field.told(offer))
        }
        None => format!("; {need} ← {offer}"),
    }
}

/// The name of a market; its key where the tables no longer know it.
fn market_name<'a>(app: &App, key: &'a MarketKey) -> &'a str {
    app.reference().markets.get(&key.0).map_or(key.0.as_str(), |market| market.name.zh.as_str())
}

/// JSON to be read: amounts as they are shown, without the noise of binary sums. What a list froze is written by
/// [`model::list::ListContent::canonical`] instead.
fn json(value: &impl serde::Serialize) -> Result<String> {
    let fault = |what: String| Error::new(Code::Internal, what);
    let mut out = Vec::new();
    let mut writer = serde_json::Serializer::with_formatter(&mut out, Shown(PrettyFormatter::new()));
    value.serialize(&mut writer).map_err(|e| fault(e.to_string()))?;
    String::from_utf8(out).map_err(|e| fault(e.to_string()))
}

/// Pretty JSON whose numbers have the digits that are shown.
struct Shown(PrettyFormatter<'static>);

impl Formatter for Shown {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> std::io::Result<()> {
        self.0.write_f64(writer, rounded(value))
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> std::io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> std::io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.0.end_object_value(writer)
    }
}

/// Number, figures and heaviest gaps of a published list.
pub fn summary(app: &App, list: &MatchingList) {
    say!();
    say!(
        "list 供需对接清单 第{}号  market 市场：{}  {}  sha256 {}",
        list.number.unwrap_or(0),
        market_name(app, &list.content.market),
        list.period.zh(),
        list.sha256.as_deref().unwrap_or(""),
    );
    figures(app, list);
    say!("top gaps 最要紧的缺口:");
    gap_lines(app, list, 5);
}

fn figures(app: &App, list: &MatchingList) {
    let summary = &list.content.summary;
    say!(
        "  needs 需求 {}   offers 供给 {}   enterprises 企业 {}",
        summary.needs,
        summary.offers,
        summary.enterprises
    );
    say!(
        "  matched 已匹配 {}   in part 部分匹配 {}   unmet 未满足 {}",
        summary.matched,
        summary.part,
        summary.unmet
    );
    if !app.reference().markets.has_local_rate(&list.content.market) {
        return;
    }
    say!(
        "  local supporting rate 本地配套率 {:.1}%  = {}",
        summary.local_supporting_rate * 100.0,
        summary.local_supporting_formula
    );
}

/// Writes the workbook, the page and the JSON of a list.
pub fn write_files(app: &App, actor: &Actor, list: &MatchingList, out: &Path) -> Result<Vec<PathBuf>> {
    let stem = format!("供需对接清单_第{}号_{}", list.number.unwrap_or(0), list.period);
    let mut written = Vec::new();
    let page = server::pages::list::file(server::Lang::Zh, app.reference(), list).into_bytes();
    for (extension, bytes) in [
        ("xlsx", app.list_workbook(actor, list)?),
        ("html", page),
        ("json", list.content.canonical().into_bytes()),
    ] {
        let path = out.join(format!("{stem}.{extension}"));
        super::write(&path, &bytes)?;
        written.push(path);
    }
    Ok(written)
}

/// Says where the files lie.
pub fn show_files(files: &[PathBuf]) {
    say!("files 文件:");
    for file in files {
        say!("  {}", file.display());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::quantity::Quantity;

    #[test]
    fn json_shows_amounts_as_people_read_them() {
        let gaps = [("short", vec![Quantity::new(30.000_000_000_000_004, "片/月")]), ("none", Vec::new())];
        let text = json(&gaps).unwrap();
        assert!(text.contains("\"value\": 30.0,"), "{text}");
        // The form is that of pretty JSON.
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json(&value).unwrap()).unwrap(), value);
        assert_eq!(json(&value).unwrap(), serde_json::to_string_pretty(&value).unwrap());
    }
}
