//! Recipes as TOML.

use serde::de::DeserializeOwned;
use vision::panel::{Recipe, RecipeError};
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
    /// What is wrong with a field: at its line, or the first where the recipe does not name it.
    pub fn at(text: &str, field: &str, reason: String) -> Self {
        let line = text.lines().position(|l| l.trim_start().starts_with(field)).map_or(1, |i| i + 1);
        Self { line, reason }
    }
}

/// Reads a recipe and checks it as a whole.
///
/// # Errors
/// The first fault with its line.
pub fn recipe(text: &str) -> Result<Recipe, RecipeFault> {
    let recipe: Recipe = parsed(text)?;
    recipe.check().map_err(|e| {
        let field = match &e {
            RecipeError::NotPositive { field, .. } | RecipeError::Lines { field, .. } => field,
            RecipeError::TooWide { .. } => "bead_diameter_um",
            RecipeError::TooSmall { .. } => "um_per_px",
            RecipeError::Bins => "bins",
            RecipeError::Limits => "[limits]",
        };
        RecipeFault::at(text, field, e.to_string())
    })?;
    Ok(recipe)
}

/// Reads a recipe of places and checks it as a whole.
///
/// # Errors
/// The first fault with its line; what is wrong with the whole stands at line 1.
pub fn placement(text: &str) -> Result<PlacementRecipe, RecipeFault> {
    let recipe: PlacementRecipe = parsed(text)?;
    recipe.check().map_err(|e| RecipeFault { line: 1, reason: e.to_string() })?;
    Ok(recipe)
}

fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, RecipeFault> {
    let line_at =
        |at: usize| 1 + text.as_bytes()[..at.min(text.len())].iter().filter(|b| **b == b'\n').count();
    toml::from_str(text).map_err(|e| {
        // A field that is missing has no place but the end of its table.
        let line = e.span().map_or(text.lines().count().max(1), |span| line_at(span.start));
        RecipeFault { line, reason: e.message().replace('\n', "; ") }
    })
}
