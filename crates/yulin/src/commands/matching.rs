//! Match two files without a database.

use crate::cli::{Format, Match};
use crate::progress::Bar;
use app::{Clock, Code, Error, InputFile, MatchForm, MatchOptions, Result, match_files, write_matches};
use model::reference::Reference;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

/// Cells that could not be read, shown one by one.
const WARNINGS_SHOWN: usize = 10;

pub fn run(args: &Match, reference: &'static Reference) -> Result<ExitCode> {
    let file = |path: &Path| -> Result<InputFile> {
        Ok(InputFile { name: path.display().to_string(), bytes: super::read(path)? })
    };
    if let Some(out) = &args.out {
        super::keep_off(out, [args.needs.as_path(), args.offers.as_path()])?;
    }
    let options =
        MatchOptions { top: args.top, maps: args.maps.clone(), delimiter: args.delimiter, reference };
    let bar = Bar::new();
    let matches = match_files(
        &super::console(),
        &file(&args.needs)?,
        &file(&args.offers)?,
        &options,
        &Clock::china(),
        &|s, d, t| bar.report(s, d, t),
    )?;
    let form = match args.format {
        Format::Table => MatchForm::Table,
        Format::Csv => MatchForm::Csv,
        Format::Ndjson => MatchForm::Ndjson,
        Format::Xlsx => MatchForm::Xlsx,
    };
    let bytes = write_matches(&matches, form, reference)?;
    drop(bar);
    for warning in matches.warnings.iter().take(WARNINGS_SHOWN) {
        eprintln!("warning 提醒: {warning}");
    }
    if matches.warnings.len() > WARNINGS_SHOWN {
        eprintln!(
            "... {} more cells that could not be read 另有未能读取的单元格",
            matches.warnings.len() - WARNINGS_SHOWN
        );
    }
    match &args.out {
        Some(path) => super::write(path, &bytes)?,
        None if args.format == Format::Xlsx && std::io::stdout().is_terminal() => {
            return Err(Error::new(Code::BadInput, "a workbook cannot be shown on a terminal")
                .hint("add --out FILE.xlsx"));
        }
        None => match std::io::stdout().lock().write_all(&bytes) {
            // `| head` closes the pipe early: that is the reader's choice, not a failure.
            Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
                return Err(Error::new(Code::File, format!("cannot write to standard output: {e}")));
            }
            _ => {}
        },
    }
    Ok(ExitCode::SUCCESS)
}
