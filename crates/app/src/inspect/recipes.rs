//! Recipes on record: named, versioned, checked.

use super::panel::read_recipe;
use super::record::{as_unknown, named};
use crate::{Act, Actor, App, EnterpriseBrief, Error, Result};
use serde::Serialize;
use store::StoredRecipe;
use vision::panel::Recipe;

/// A version of a recipe.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecipeRow {
    /// Row id of the version.
    pub id: i64,
    /// Its enterprise.
    pub enterprise: EnterpriseBrief,
    /// Name, one of its enterprise.
    pub name: String,
    /// Version, from 1.
    pub version: i64,
    /// TOML.
    pub text: String,
    /// Its SHA-256.
    pub sha256: String,
    /// Who wrote it.
    pub by: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The recipe as read; none for one that an older program took and this one does not.
    pub recipe: Option<Recipe>,
}

/// A recipe with its versions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecipeCard {
    /// The version that was asked for.
    pub row: RecipeRow,
    /// All versions, newest first.
    pub versions: Vec<RecipeRow>,
}

/// A recipe to store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewRecipe {
    /// Row id of the enterprise; a member's own where nothing is said.
    pub enterprise: Option<i64>,
    /// Name.
    pub name: String,
    /// TOML.
    pub text: String,
    /// The version that its writer saw; 0 for a new recipe.
    pub base: i64,
}

/// Reads a recipe's text and says what is wrong with it, and in which line.
///
/// # Errors
/// [`crate::Code::BadInput`] with the line.
pub fn check_recipe(actor: &Actor, text: &str) -> Result<Recipe> {
    actor.need(Act::Recipes)?;
    read_recipe(text, "the recipe")
}

#[boxed::futures]
impl App {
    /// The newest version of each recipe that the actor may see.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn recipes(&self, actor: &Actor) -> Result<Vec<RecipeRow>> {
        actor.need(Act::Recipes)?;
        let market = self.market().await?;
        let viewer = market.viewer(actor);
        let recipes = self.store.recipes(self.sees_runs(&market, actor).as_deref()).await?;
        let mut rows: Vec<RecipeRow> =
            recipes.into_iter().map(|r| row(r, |id| market.brief(&viewer, market.surviving(id)))).collect();
        rows.sort_by(|a, b| a.name.cmp(&b.name).then(a.id.cmp(&b.id)));
        Ok(rows)
    }

    /// A version of a recipe by its row id, with all versions.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`], also for others' recipes.
    pub async fn recipe(&self, actor: &Actor, id: i64) -> Result<RecipeCard> {
        actor.need(Act::Recipes)?;
        let market = self.market().await?;
        let viewer = market.viewer(actor);
        let stored = self.store.recipe(id).await.map_err(as_unknown)?;
        if self.sees_runs(&market, actor).is_some_and(|firms| !firms.contains(&stored.enterprise)) {
            return Err(crate::records::unknown());
        }
        let versions = self.store.recipe_versions(stored.enterprise, &stored.name).await?;
        let brief = |id| market.brief(&viewer, market.surviving(id));
        Ok(RecipeCard {
            row: row(stored, brief),
            versions: versions.into_iter().map(|r| row(r, brief)).collect(),
        })
    }

    /// Stores the next version of a recipe; its row id and version.
    ///
    /// # Errors
    /// [`crate::Code::BadInput`] with the field, and of the text with its line; [`crate::Code::Conflict`] where somebody
    /// stored another version meanwhile.
    pub async fn save_recipe(&self, actor: &Actor, new: &NewRecipe) -> Result<(i64, i64)> {
        actor.need(Act::SaveRecipe)?;
        let market = self.market().await?;
        let enterprise = self.inspected(&market, actor, new.enterprise)?;
        let name = named(&new.name, "name")?;
        read_recipe(&new.text, "recipe").map_err(|error| {
            let fields = vec![("text".to_owned(), error.message.clone())];
            Error { fields, ..error }
        })?;
        let stored = self.store.save_recipe(enterprise, &name, &new.text, new.base, &self.by(actor)).await?;
        Ok((stored.id, stored.version))
    }
}

fn row(recipe: StoredRecipe, brief: impl Fn(i64) -> EnterpriseBrief) -> RecipeRow {
    RecipeRow {
        id: recipe.id,
        enterprise: brief(recipe.enterprise),
        name: recipe.name,
        version: recipe.version,
        recipe: exchange::inspection::recipe(&recipe.content).ok(),
        text: recipe.content,
        sha256: recipe.sha256,
        by: recipe.actor,
        at_ms: recipe.at_ms,
    }
}
