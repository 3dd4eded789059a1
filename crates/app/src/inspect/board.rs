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

/// The classifier that ships with the product, trained on generated boards alone (data/README.md is its card).
const SHIPPED: &str = include_str!("../../../../data/boards/generated.json");

/// What judges the findings of a board.
#[derive(Debug, Clone, Copy, Default)]
pub enum BoardModel<'a> {
    /// None: the class follows from what a finding touches. On photographed boards this was better than the shipped one.
    #[default]
    Contacts,
    /// The classifier that ships with the product.
    Shipped,
    /// A trained classifier: the name of its file for errors, and its text.
    File(&'a str, &'a str),
}

/// How boards are compared.
#[derive(Debug, Clone, Default)]
pub struct BoardRules {
    /// Tolerances.
    pub options: BoardOptions,
    forest: Option<Forest>,
}

impl BoardRules {
    /// Rules with a classifier.
    ///
    /// # Errors
    /// [`Code::BadInput`] where a file is none.
    pub fn new(options: BoardOptions, model: BoardModel<'_>) -> Result<Self> {
        let read = |name: &str, text: &str| {
            exchange::inspection::forest(text)
                .map_err(|e| Error::new(Code::BadInput, format!("{name} is no classifier of boards: {e}")))
        };
        let forest = match model {
            BoardModel::Shipped => Some(read("data/boards/generated.json", SHIPPED)?),
            BoardModel::Contacts => None,
            BoardModel::File(name, text) => Some(read(name, text)?),
        };
        Ok(Self { options, forest })
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
                .hint("give --copper-bright where copper is brighter than the ground")
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
