//! Parts against their nominal places: `yulin inspect placement`.

use super::sources::Sources;
use super::text;
use crate::cli::InspectPlacement;
use app::{Code, Error, PlacementRun, Result};
use std::io::Write;

/// Measures all boards.
pub fn run(args: &InspectPlacement, on_record: bool) -> Result<PlacementRun> {
    let actor = super::super::console();
    let mut run =
        PlacementRun::new(&actor, &text(&args.recipe)?, &args.recipe.display().to_string(), on_record)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut put = |line: &serde_json::Value| match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|e| Error::new(Code::Output, format!("cannot write: {e}"))),
    };
    for packet in Sources::open(&args.frames)? {
        let packet =
            packet.map_err(|(place, fault)| Error::new(Code::BadInput, format!("{place}: {fault}")))?;
        for part in run.take(&actor, &packet)?.iter().filter(|_| !args.summary) {
            put(&serde_json::json!(part))?;
        }
    }
    let summary = serde_json::json!(run.summary());
    if args.summary {
        put(&summary)?;
    } else {
        eprintln!("{summary}");
    }
    Ok(run)
}
