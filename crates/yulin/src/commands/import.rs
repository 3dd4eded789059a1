//! Import workbooks.

use crate::cli::{Import, Kind};
use crate::progress::Bar;
use app::{Actor, App, Code, Error, ImportOptions, ImportReport, InputFile, Result};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Refusals shown on the terminal; all of them are in the workbook of refused rows and in `--json`.
const ERRORS_SHOWN: usize = 50;

pub async fn run(app: &App, actor: &Actor, args: &Import) -> Result<ExitCode> {
    let files = args
        .files
        .iter()
        .map(|path| {
            let name = path
                .file_name()
                .map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
            Ok(InputFile { name, bytes: super::read(path)? })
        })
        .collect::<Result<Vec<_>>>()?;
    let options = ImportOptions {
        dry_run: args.dry_run,
        accept_valid: args.accept_valid,
        maps: args.maps.clone(),
        kind: args.kind.map(|kind| {
            match kind {
                Kind::Enterprises => "enterprises",
                Kind::Offers => "offers",
                Kind::Needs => "needs",
            }
            .to_owned()
        }),
        market: args.market.clone(),
        delimiter: args.delimiter,
    };
    let inputs = args.files.iter().map(PathBuf::as_path);
    if let Some(path) = &args.rejects {
        super::keep_off(path, inputs.chain(super::database_files(app).iter().map(PathBuf::as_path)))?;
    }
    let bar = Bar::new();
    let report = app.import(actor, files, &options, &|s, d, t| bar.report(s, d, t)).await?;
    drop(bar);
    if args.json {
        let text =
            serde_json::to_string_pretty(&report).map_err(|e| Error::new(Code::Internal, e.to_string()))?;
        say!("{text}");
    } else {
        show(&report, ERRORS_SHOWN);
    }
    if let Some(rejects) = &report.rejects
        && !args.dry_run
    {
        let path = args.rejects.clone().unwrap_or_else(|| rejects_path(&args.files[0]));
        super::write(&path, rejects)?;
        eprintln!("refused rows 退回行: {}", path.display());
    }
    Ok(if report.errors.is_empty() || report.stored {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(Code::BadInput.row().exit)
    })
}

/// Beside the first file, under a name that is free: an earlier one may be half corrected by hand.
fn rejects_path(first: &Path) -> PathBuf {
    let stem = first.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    (1..)
        .map(|n| if n == 1 { format!("{stem}_退回.xlsx") } else { format!("{stem}_退回{n}.xlsx") })
        .map(|name| first.with_file_name(name))
        .find(|path| !path.exists())
        .expect("some number is free")
}

/// What was understood, refused and stored.
pub fn show(report: &ImportReport, errors_shown: usize) {
    for sheet in &report.sheets {
        say!(
            "{} [{}] {}{} ({:.0}%): rows 行 {}, accepted 接收 {}, refused 退回 {}, passed over 略过 {}",
            sheet.file,
            sheet.sheet,
            sheet.kind,
            if sheet.market == model::markets::PARTS { String::new() } else { format!(" {}", sheet.market) },
            sheet.kind_confidence * 100.0,
            sheet.rows,
            sheet.accepted,
            sheet.rejected,
            sheet.skipped,
        );
        let words: Vec<String> = sheet
            .columns
            .iter()
            .map(|c| match c.field {
                Some(field) => format!("{} → {field} {:.0}%", c.heading, c.confidence * 100.0),
                None => format!("{} → (left out 未用)", c.heading),
            })
            .collect();
        say!("  {}", words.join("; "));
    }
    for warning in report.warnings.iter().take(errors_shown) {
        say!("warning 提醒: {warning}");
    }
    for error in report.errors.iter().take(errors_shown) {
        say!("refused 退回: {error}");
    }
    if report.errors.len() > errors_shown {
        say!("... {} more refusals 另有退回", report.errors.len() - errors_shown);
    }
    if let Some(reason) = &report.rejects_failed {
        say!("the workbook of refused rows could not be made 退回工作簿未能写出: {reason}");
    }
    if report.repeated > 0 {
        say!("repeated rows, taken once 重复行只收一次: {}", report.repeated);
    }
    for pair in report.duplicates.iter().take(errors_shown) {
        say!(
            "likely duplicate 疑似重复 {:.2}: {} / {} ({})",
            pair.score,
            pair.a,
            pair.b,
            pair.reasons.join("；")
        );
    }
    if report.stored {
        for (word, count) in [
            ("enterprises 企业", report.counts.enterprises),
            ("needs 需求", report.counts.needs),
            ("offers 供给", report.counts.offers),
        ] {
            say!(
                "{word}: new 新增 {}, changed 变更 {}, unchanged 不变 {}",
                count.new,
                count.changed,
                count.unchanged
            );
        }
    } else if report.errors.is_empty() {
        say!("dry run: nothing stored 试运行，未入库");
    } else {
        say!(
            "nothing stored 未入库: {} refused cells 处退回; correct them, or use --accept-valid",
            report.errors.len()
        );
    }
}
