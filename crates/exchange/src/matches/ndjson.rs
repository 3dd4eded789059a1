//! One JSON object a line and pair: keys, rank, score, distance, verdicts and reasons in full.

use super::{MatchWriter, Pairs};
use crate::write::WriteError;
use model::matching::{Match, Reason, Verdict};
use serde::Serialize;
use std::io::Write;

pub(super) struct NdjsonWriter;

#[derive(Serialize)]
struct Line<'a> {
    need: &'a str,
    rank: u32,
    offer: &'a str,
    score: f64,
    distance_km: Option<f64>,
    feasible: bool,
    verdicts: &'a [Verdict],
    reasons: &'a [Reason],
}

impl<'a> From<&'a Match> for Line<'a> {
    fn from(m: &'a Match) -> Self {
        // Taken apart so that a new field of a match cannot be forgotten here.
        let Match { need, offer, rank, score, reasons, verdicts, distance_km, feasible } = m;
        Self {
            need,
            rank: *rank,
            offer,
            score: *score,
            distance_km: *distance_km,
            feasible: *feasible,
            verdicts,
            reasons,
        }
    }
}

impl MatchWriter for NdjsonWriter {
    fn write(&self, pairs: &Pairs<'_>, out: &mut dyn Write) -> Result<(), WriteError> {
        for matched in pairs.matches {
            serde_json::to_writer(&mut *out, &Line::from(matched))?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}
