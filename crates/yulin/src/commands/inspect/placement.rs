//! Parts against their nominal places: `yulin inspect placement`.

use super::sources::Sources;
use super::text;
use crate::cli::InspectPlacement;
use app::{Code, Error, Result};
use std::io::Write;
use std::process::ExitCode;
use vision::placement::PlacementTally;

pub fn run(args: &InspectPlacement) -> Result<ExitCode> {
    let actor = super::super::console();
    let recipe = app::read_placement(&actor, &text(&args.recipe)?, &args.recipe.display().to_string())?;
    let mut tally = PlacementTally::default();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut put = |line: &serde_json::Value| match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|e| Error::new(Code::Output, format!("cannot write: {e}"))),
    };
    for packet in Sources::open(&args.frames)? {
        let packet =
            packet.map_err(|(place, fault)| Error::new(Code::BadInput, format!("{place}: {fault}")))?;
        let report = app::inspect_placement(&actor, &packet, &recipe)?;
        if !args.summary {
            for part in &report.parts {
                let mut line = serde_json::json!(part);
                line["image"] = packet.name.as_str().into();
                put(&line)?;
            }
        }
        tally = tally.merged(report.tally);
    }
    let summary = serde_json::json!(tally.summary(&recipe));
    if args.summary {
        put(&summary)?;
    } else {
        eprintln!("{summary}");
    }
    Ok(ExitCode::SUCCESS)
}
