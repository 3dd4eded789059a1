//! What is measured of a finding.

use serde::{Deserialize, Serialize};

/// Measures of a finding. Its own side is what it lies on: copper where copper is missing, bare ground where it is too much. By that
/// name what missing copper does to copper is what stray copper does to the ground, and a forest learns both at once.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Features {
    /// 1 where copper is too much, 0 where it is missing.
    pub extra: f32,
    /// Pixels outside the tolerance.
    pub area: f32,
    /// Pixels that are left after one erosion: its thickness.
    pub core: f32,
    /// Longer over shorter side of its box.
    pub aspect: f32,
    /// Shorter side of its box in px.
    pub short_side: f32,
    /// Longer side of its box in px.
    pub long_side: f32,
    /// Area over the area of its box.
    pub fill: f32,
    /// Mean difference between image and template over the contrast of copper and ground.
    pub contrast: f32,
    /// Stretches of the template's other side that it touches.
    pub contacts: f32,
    /// The same, 1 px nearer.
    pub contacts_near: f32,
    /// The same, 2 px farther.
    pub contacts_far: f32,
    /// Stretches of the template's own side that it touches.
    pub own_side: f32,
    /// Stretches of its own side near it in the template.
    pub own_before: f32,
    /// The same in the image.
    pub own_after: f32,
    /// Stretches of the other side near it in the template.
    pub other_before: f32,
    /// The same in the image.
    pub other_after: f32,
    /// Share of its own side near it in the template.
    pub own_share: f32,
    /// Its pixels that are outside a tolerance of 1 px more.
    pub area_deep: f32,
    /// Of 2 px more.
    pub area_deeper: f32,
    /// Px by which the tolerance was wider where it was cut out of a longer stretch of differing pixels; 0 for a whole one.
    pub depth: f32,
    /// Its box over that of the stretch that it was cut out of.
    pub parent_share: f32,
    /// Share of the pixels around it, itself apart, that differ from the template at all: of edges that do not meet.
    pub disorder: f32,
    /// Shortest straight line through its middle between edges of the template, in px: the width of a conductor or of a gap.
    pub width: f32,
    /// Px from its middle to the template's nearest edge.
    pub edge: f32,
    /// Share of 16 directions in which it goes from its middle as far as the template's edge.
    pub escapes: f32,
    /// Stretches of neighbouring such directions.
    pub sectors: f32,
    /// Lines through its middle that it takes from edge to edge.
    pub opposite: f32,
    /// Px that it leaves of the line of which it leaves the least.
    pub remaining: f32,
    /// Its own longest line through its middle, in px.
    pub ray_long: f32,
    /// Its own shortest, in px.
    pub ray_short: f32,
    /// Stretches of the template's other side that it touches and that are not one within 24 px.
    pub linked: f32,
    /// Stretches of its own side near it that the finding alone would make more.
    pub own_gain: f32,
    /// The same of the other side.
    pub other_gain: f32,
    /// Pixels of its kind that differ at all in it and within 3 px.
    pub grown: f32,
    /// Share of the pixels around it that differ in the other way.
    pub opposed: f32,
    /// Px from its box to that of the nearest other finding of its kind, 64 at most.
    pub gap: f32,
    /// Pixels of that one outside the tolerance; 0 where there is none.
    pub next_area: f32,
    /// Its largest piece over all of its kind within 24 px, itself among it.
    pub main_share: f32,
    /// Pieces that it was put together from; 1 for what hangs together.
    pub pieces: f32,
}

impl Features {
    /// Number of measures.
    pub const COUNT: usize = 38;

    /// The measures in the order in which a [`Forest`](super::Forest) numbers them: that of their definition. Whether
    /// copper is missing or too much is none of them.
    pub fn values(&self) -> [f32; Self::COUNT] {
        [
            self.area,
            self.core,
            self.aspect,
            self.short_side,
            self.long_side,
            self.fill,
            self.contrast,
            self.contacts,
            self.contacts_near,
            self.contacts_far,
            self.own_side,
            self.own_before,
            self.own_after,
            self.other_before,
            self.other_after,
            self.own_share,
            self.area_deep,
            self.area_deeper,
            self.depth,
            self.parent_share,
            self.disorder,
            self.width,
            self.edge,
            self.escapes,
            self.sectors,
            self.opposite,
            self.remaining,
            self.ray_long,
            self.ray_short,
            self.linked,
            self.own_gain,
            self.other_gain,
            self.grown,
            self.opposed,
            self.gap,
            self.next_area,
            self.main_share,
            self.pieces,
        ]
    }
}
