//! Recipes as TOML.

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};
use vision::panel::Recipe;
use vision::placement::PlacementRecipe;

/// What is wrong with a recipe, and where.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct RecipeFault {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong and what was expected.
    pub reason: String,
}

impl RecipeFault {
    /// What is wrong with a field, given with the tables and numbers before it, as `limits.dim_below` or `parts.3.width_um`: at
    /// its line, or that of the nearest table above it that the recipe names, or the first.
    pub fn at(text: &str, path: &str, reason: String) -> Self {
        Self { line: line_of(text, path).unwrap_or(1), reason }
    }
}

/// The line of a field.
fn line_of(text: &str, path: &str) -> Option<usize> {
    let document = DeTable::parse(text).ok()?;
    let mut steps = path.split('.');
    let (key, mut value) = document.get_ref().get_key_value(steps.next()?)?;
    let mut at = key.span().start;
    for step in steps {
        match value.get_ref() {
            DeValue::Table(table) => {
                let Some((key, next)) = table.get_key_value(step) else { break };
                (at, value) = (key.span().start, next);
            }
            DeValue::Array(values) => {
                let Some(next) = step.parse().ok().and_then(|i: usize| values.get(i)) else { break };
                (at, value) = (next.span().start, next);
            }
            _ => break,
        }
    }
    Some(line_at(text, at))
}

fn line_at(text: &str, at: usize) -> usize {
    1 + text.as_bytes()[..at.min(text.len())].iter().filter(|b| **b == b'\n').count()
}

/// Reads a recipe and checks it as a whole.
///
/// # Errors
/// The first fault with its line.
pub fn recipe(text: &str) -> Result<Recipe, RecipeFault> {
    let recipe: Recipe = parsed(text)?;
    recipe.check().map_err(|e| RecipeFault::at(text, e.path(), e.to_string()))?;
    Ok(recipe)
}

/// Reads a recipe of places and checks it as a whole.
///
/// # Errors
/// The first fault with its line.
pub fn placement(text: &str) -> Result<PlacementRecipe, RecipeFault> {
    let recipe: PlacementRecipe = parsed(text)?;
    recipe.check().map_err(|e| RecipeFault::at(text, &e.path(), e.to_string()))?;
    Ok(recipe)
}

fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, RecipeFault> {
    toml::from_str(text).map_err(|e| {
        // A field that is missing has no place but the end of its table.
        let line = e.span().map_or(text.lines().count().max(1), |span| line_at(text, span.start));
        RecipeFault { line, reason: e.message().replace('\n', "; ") }
    })
}
