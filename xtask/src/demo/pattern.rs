//! Texts with placeholders: `{a|b|c}` picks one, `{lo..hi:step}` picks a number on the grid.

use super::fixed;
use super::rng::Rng;
use anyhow::{Context, Result, bail, ensure};

/// Digits after the point that a grid may have.
const DIGITS: u32 = 6;

#[derive(Debug, Clone)]
enum Piece {
    Words(String),
    Choice(Vec<String>),
    /// In millionths.
    Grid {
        low: i64,
        high: i64,
        step: i64,
    },
}

/// A text with placeholders, checked when read.
#[derive(Debug, Clone)]
pub struct Pattern(Vec<Piece>);

impl Pattern {
    /// Reads a text with placeholders.
    ///
    /// # Errors
    /// A brace without its partner, or a grid that is empty or has no step.
    pub fn parse(text: &str) -> Result<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let close = rest[open..].find('}').with_context(|| format!("no }} for {{ in {text}"))? + open;
            pieces.push(words(&rest[..open], text)?);
            pieces.push(placeholder(&rest[open + 1..close]).with_context(|| format!("in {text}"))?);
            rest = &rest[close + 1..];
        }
        pieces.push(words(rest, text)?);
        Ok(Self(pieces))
    }

    /// One of the texts that it stands for.
    pub fn expand(&self, rng: &mut Rng) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Words(words) => words.clone(),
                Piece::Choice(words) => rng.pick(words).clone(),
                Piece::Grid { low, high, step } => {
                    fixed::show(low + step * rng.within(0, (high - low) / step), DIGITS)
                }
            })
            .collect()
    }
}

/// Splits wordings at `|`, but not inside braces.
pub fn wordings(text: &str) -> Vec<&str> {
    let mut depth = 0;
    text.split(|c| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        c == '|' && depth == 0
    })
    .map(str::trim)
    .filter(|w| !w.is_empty())
    .collect()
}

fn words(part: &str, text: &str) -> Result<Piece> {
    ensure!(!part.contains('}'), "no {{ for }} in {text}");
    Ok(Piece::Words(part.to_owned()))
}

fn placeholder(inside: &str) -> Result<Piece> {
    ensure!(!inside.contains('{'), "a placeholder in a placeholder");
    let grid = inside.split_once("..").and_then(|(low, rest)| Some((low, rest.split_once(':')?)));
    let Some((low, (high, step))) = grid else {
        let words: Vec<String> = inside.split('|').map(str::to_owned).collect();
        if words.len() < 2 {
            bail!("{{{inside}}} leaves nothing to pick");
        }
        return Ok(Piece::Choice(words));
    };
    let [low, high, step] =
        [fixed::parse(low, DIGITS)?, fixed::parse(high, DIGITS)?, fixed::parse(step, DIGITS)?];
    ensure!(low <= high && step > 0, "{{{inside}}} is an empty grid");
    Ok(Piece::Grid { low, high, step })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_expand() {
        let mut rng = Rng::new(1, "pattern");
        let pattern = Pattern::parse("P{1.25|1.5}，±{0.02..0.06:0.02}mm").unwrap();
        for _ in 0..50 {
            let text = pattern.expand(&mut rng);
            let (pitch, rest) = text.split_once('，').unwrap();
            assert!(["P1.25", "P1.5"].contains(&pitch), "{text}");
            assert!(["±0.02mm", "±0.04mm", "±0.06mm"].contains(&rest), "{text}");
        }
        for faulty in ["{a", "a}", "{a}", "{1..0:1}", "{1..2:0}"] {
            assert!(Pattern::parse(faulty).is_err(), "{faulty}");
        }
        assert_eq!(wordings("a{b|c}|d"), ["a{b|c}", "d"]);
    }
}
