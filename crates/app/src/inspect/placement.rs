//! Rectangular parts against their nominal places: `yulin inspect placement`.

use super::{at_frame, not_a_frame};
use crate::{Act, Actor, Code, Error, Result};
use exchange::frame::Packet;
use vision::placement::{PlacementRecipe, PlacementReport};

/// Reads a recipe of places; the name is what errors call it.
///
/// # Errors
/// [`Code::BadInput`] with the line.
pub fn read_placement(actor: &Actor, text: &str, name: &str) -> Result<PlacementRecipe> {
    actor.need(Act::InspectPlacement)?;
    exchange::inspection::placement(text).map_err(|e| {
        Error::new(Code::BadInput, format!("{name}, {e}")).hint("docs/inspection.md shows a recipe of places")
    })
}

/// Measures the parts of a frame. Whoever holds the frame may see what is in it.
///
/// # Errors
/// [`Code::BadInput`] with the frame and what is wrong with it.
pub fn inspect_placement(
    actor: &Actor,
    packet: &Packet,
    recipe: &PlacementRecipe,
) -> Result<PlacementReport> {
    actor.need(Act::InspectPlacement)?;
    let frame = packet.decode().map_err(|e| not_a_frame(&packet.name, &e))?;
    vision::placement::inspect_placement(&frame.as_frame(), recipe).map_err(|e| at_frame(&packet.name, &e))
}
