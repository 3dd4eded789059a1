//! `yulin learn`: weights of the score, learned from what came of pairs.

use crate::cli::Learn;
use crate::progress::Bar;
use app::{Actor, App, KNOBS, LearningReport, Measured, Result, Take};
use std::process::ExitCode;

/// Learns, lists the versions, or switches.
pub async fn run(app: &App, actor: &Actor, args: &Learn) -> Result<ExitCode> {
    if args.list {
        return list(app, actor).await;
    }
    if let Some(version) = args.back {
        app.use_weights(actor, version).await?;
        say!("weights in use 现用权重: version 版本 {version}");
        return Ok(ExitCode::SUCCESS);
    }
    let bar = Bar::new();
    let tell = |s, d, t| bar.report(s, d, t);
    if args.dry_run {
        let report = app.preview_learning(actor, &tell).await?;
        drop(bar);
        show(&report);
        say!("dry run: nothing stored 试运行，未保存");
        return Ok(ExitCode::SUCCESS);
    }
    let learning = app.learn(actor, if args.take { Take::Always } else { Take::IfItGains }, &tell).await?;
    drop(bar);
    show(&learning.report);
    if learning.taken {
        say!(
            "version 版本 {} is in use 已采用; yulin learn --back 0 for the shipped weights",
            learning.version
        );
    } else {
        say!(
            "version 版本 {} is kept, not in use 未采用: no certain gain on held-back outcomes; yulin learn --back {} takes it",
            learning.version,
            learning.version
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// All versions, newest first.
async fn list(app: &App, actor: &Actor) -> Result<ExitCode> {
    let info = app.weights(actor).await?;
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
        say!("held back 留出检验: too few needs have good and bad outcomes 结果太少");
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
