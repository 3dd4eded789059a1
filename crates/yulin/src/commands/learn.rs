//! `yulin learn`: weights of the score, learned from what came of pairs.

use crate::cli::Learn;
use crate::progress::Bar;
use app::{Actor, App, KNOBS, LearningReport, Measured, NEEDS_MIN, Result, Take};
use std::process::ExitCode;

/// Learns, lists the versions, or switches.
pub async fn run(app: &App, actor: &Actor, args: &Learn) -> Result<ExitCode> {
    let market = args.market.as_str();
    // Commands that are told to go on name the market too.
    let named = if market.is_empty() { String::new() } else { format!(" --market {market}") };
    if args.list {
        return list(app, actor, market).await;
    }
    if let Some(version) = args.back {
        app.use_weights(actor, market, version).await?;
        say!("weights in use 现用权重: version 版本 {version}");
        return Ok(ExitCode::SUCCESS);
    }
    let bar = Bar::new();
    let tell = |s, d, t| bar.report(s, d, t);
    if args.dry_run {
        let report = app.preview_learning(actor, market, &tell).await?;
        drop(bar);
        show(&report);
        say!("dry run: nothing stored 试运行，未保存");
        return Ok(ExitCode::SUCCESS);
    }
    let learning =
        app.learn(actor, market, if args.take { Take::Always } else { Take::IfItGains }, &tell).await?;
    drop(bar);
    show(&learning.report);
    if learning.taken {
        say!(
            "version 版本 {} is in use 已采用; yulin learn{named} --back 0 for the shipped weights",
            learning.version
        );
    } else {
        say!(
            "version 版本 {} is kept, not in use 未采用: no certain gain on held-back outcomes; yulin learn{named} --back {} takes it",
            learning.version,
            learning.version
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// All versions, newest first.
async fn list(app: &App, actor: &Actor, market: &str) -> Result<ExitCode> {
    let info = app.weights(actor, market).await?;
    let known = info.known;
    say!(
        "{}: outcomes of {} pairs 对结果, {} good 促成, of {} needs 条需求; a gain is measured from {NEEDS_MIN} needs on 至少 {NEEDS_MIN} 条需求才检验收益",
        info.market,
        known.outcomes,
        known.good,
        known.needs
    );
    let mark = |version| if info.in_use == version { "  in use 使用中" } else { "" };
    for version in &info.versions {
        let gain = version
            .report
            .gain
            .as_ref()
            .map_or_else(|| "-".to_owned(), |g| format!("{:+.4}", g.log_loss.gain));
        say!(
            "{}  {} outcomes 条结果  log loss gain 损失收益 {gain}  {}{}",
            version.version,
            version.report.outcomes,
            version.by,
            mark(version.version)
        );
    }
    say!("0  shipped weights 出厂权重{}", mark(0));
    Ok(ExitCode::SUCCESS)
}

fn show(report: &LearningReport) {
    say!("{} outcomes 条结果, {} good 促成, of {} needs 条需求", report.outcomes, report.good, report.needs);
    for (change, (_, zh, en)) in report.changes.iter().zip(KNOBS) {
        say!("  {:>5.1} -> {:>5.1}  {en} {zh}", change.before * 100.0, change.after * 100.0);
    }
    let Some(gain) = &report.gain else {
        say!(
            "held back 留出检验: {} needs have outcomes, {} of {} pairs good; at least {NEEDS_MIN} needs with good and bad ones are needed 至少要 {NEEDS_MIN} 条需求，且有促成也有未成的",
            report.needs,
            report.good,
            report.outcomes
        );
        return;
    };
    let line = |word: &str, m: &Measured| {
        say!(
            "  {word} {:.4} -> {:.4}, gain 收益 {:+.4} (95% {:+.4} to {:+.4}, of {})",
            m.before,
            m.after,
            m.gain,
            m.low,
            m.high,
            m.of
        );
    };
    say!("on held-back outcomes 在留出的结果上:");
    line("log loss 对数损失", &gain.log_loss);
    gain.pairs.iter().for_each(|m| line("pairs in order 两两排序", m));
    gain.ndcg.iter().for_each(|m| line("nDCG", m));
}
