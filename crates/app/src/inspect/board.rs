//! Boards against their template: `yulin inspect board`.

use super::not_a_frame;
use crate::{Act, Actor, Code, Error, Result};
use exchange::frame::{FrameBuf, Packet};
use vision::board::{BoardOptions, Comparison, Forest, compare};
use vision::frame::PlaneBuf;

/// A template and an image of the same board.
#[derive(Debug, Clone)]
pub struct BoardPair {
    /// What it should look like.
    pub template: Packet,
    /// What it looks like.
    pub image: Packet,
}

/// How boards are compared.
#[derive(Debug, Clone, Default)]
pub struct BoardRules {
    /// Tolerances.
    pub options: BoardOptions,
    /// A trained classifier; without one the class follows from what a finding touches.
    forest: Option<Forest>,
}

impl BoardRules {
    /// Rules with a classifier's file, where one is given: its name for errors, and its text.
    ///
    /// # Errors
    /// [`Code::BadInput`].
    pub fn new(options: BoardOptions, model: Option<(&str, &str)>) -> Result<Self> {
        let read = |(name, text): (&str, &str)| {
            exchange::inspection::forest(text)
                .map_err(|e| Error::new(Code::BadInput, format!("{name} is no classifier of boards: {e}")))
        };
        Ok(Self { options, forest: model.map(read).transpose()? })
    }
}

/// Compares an image with its template. Whoever holds the images may see what is in them.
///
/// # Errors
/// [`Code::BadInput`] with the image and what is wrong with it.
pub fn inspect_board(actor: &Actor, pair: &BoardPair, rules: &BoardRules) -> Result<Comparison> {
    actor.need(Act::InspectBoard)?;
    let decode = |packet: &Packet| packet.decode().map_err(|e| not_a_frame(&packet.name, &e));
    let (template, image) = (decode(&pair.template)?, decode(&pair.image)?);
    let found = compare(&Tones::of(&template).0.as_plane(), &Tones::of(&image).0.as_plane(), &rules.options)
        .map_err(|e| {
            Error::new(Code::BadInput, format!("{} against {}: {e}", pair.image.name, pair.template.name))
        })?;
    Ok(match &rules.forest {
        Some(forest) => found.judged_by(forest, template.size()),
        None => found.with_margins(template.size()),
    })
}

/// Brightness of 8 bits: a template and an image may have been stored in different depths.
struct Tones(PlaneBuf<u8>);

impl Tones {
    fn of(frame: &FrameBuf) -> Self {
        let (width, height) = frame.size();
        Self(PlaneBuf::from_fn(width, height, |x, y| frame.tone(x, y)))
    }
}
