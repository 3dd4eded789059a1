//! Pictures: the frame with its defects marked, and heat maps of a panel.

use crate::frame::FrameBuf;
use crate::write::WriteError;
use vision::board::BoardClass;
use vision::classify::{Bead, Class};
use vision::placement::PlacementClass;

/// A picture of three bytes a pixel.
#[derive(Debug, Clone)]
pub struct Picture {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

type Rgb = [u8; 3];

/// Colour of a class: Okabe and Ito's palette and its neighbours, told apart without red and green.
pub fn class_colour(class: Class) -> Rgb {
    match class {
        Class::Ok => [225, 232, 228],
        Class::Missing => [0, 0, 0],
        Class::Dead => [90, 90, 90],
        Class::MissingOrDead => [55, 55, 70],
        Class::Dim => [0, 114, 178],
        Class::Bright => [240, 228, 66],
        Class::Shifted => [213, 94, 0],
        Class::Double => [204, 121, 167],
        Class::Bridge => [230, 159, 0],
        Class::Dirty => [0, 158, 115],
        Class::WrongColour => [120, 60, 200],
        Class::Unmeasured => [255, 255, 255],
    }
}

impl Picture {
    fn new(width: usize, height: usize, ground: Rgb) -> Self {
        Self { width, height, rgb: ground.repeat(width * height) }
    }

    fn set(&mut self, x: usize, y: usize, colour: Rgb) {
        if x < self.width && y < self.height {
            let at = 3 * (y * self.width + x);
            self.rgb[at..at + 3].copy_from_slice(&colour);
        }
    }

    fn fill(&mut self, (left, top): (usize, usize), (width, height): (usize, usize), colour: Rgb) {
        for y in top..top + height {
            for x in left..left + width {
                self.set(x, y, colour);
            }
        }
    }

    /// As a PNG file.
    ///
    /// # Errors
    /// The encoder's.
    pub fn png(&self) -> Result<Vec<u8>, WriteError> {
        let fault = |e: png::EncodingError| WriteError::Picture(e.to_string());
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().map_err(fault)?;
        writer.write_image_data(&self.rgb).map_err(fault)?;
        writer.finish().map_err(fault)?;
        Ok(out)
    }
}

/// Most pixels of an overlay; larger frames are shown at a half, a third and so on.
const OVERLAY_MAX: usize = 12_000_000;

/// Colour of the ring around a bead of a class: dark classes would not be seen on a dark ground.
pub fn ring_colour(class: Class) -> Rgb {
    match class {
        Class::Missing | Class::Dead | Class::MissingOrDead => [86, 180, 233],
        class => class_colour(class),
    }
}

/// Colour of the frame around a finding of a class.
pub fn board_colour(class: BoardClass) -> Rgb {
    match class {
        BoardClass::Open => [86, 180, 233],
        BoardClass::Short => [213, 94, 0],
        BoardClass::Mousebite => [204, 121, 167],
        BoardClass::Spur => [230, 159, 0],
        BoardClass::Copper => [240, 228, 66],
        BoardClass::PinHole => [0, 158, 115],
    }
}

/// Colour of the outline of a part of a class.
pub fn part_colour(class: PlacementClass) -> Rgb {
    match class {
        PlacementClass::Ok => [0, 158, 115],
        PlacementClass::Missing => [86, 180, 233],
        PlacementClass::WrongSize => [204, 121, 167],
        PlacementClass::Shifted => [213, 94, 0],
        PlacementClass::Rotated => [230, 159, 0],
    }
}

/// The frame in grey, and by how much it is smaller: one pixel for so many.
fn ground(frame: &FrameBuf) -> (Picture, usize) {
    let (width, height) = frame.size();
    let mut part = 1;
    while width.div_ceil(part) * height.div_ceil(part) > OVERLAY_MAX {
        part += 1;
    }
    let mut picture = Picture::new(width.div_ceil(part), height.div_ceil(part), [0; 3]);
    for y in 0..picture.height {
        for x in 0..picture.width {
            let tone = frame.tone(x * part, y * part);
            picture.set(x, y, [tone; 3]);
        }
    }
    (picture, part)
}

/// Corners in px of the frame, in order, and the colour of the line around them.
pub type Outline = ([(f64, f64); 4], Rgb);

/// The frame with outlines.
pub fn outlined(frame: &FrameBuf, outlines: &[Outline]) -> Picture {
    let (mut picture, part) = ground(frame);
    let scale = part as f64;
    for (corners, colour) in outlines {
        for k in 0..4 {
            let ((x0, y0), (x1, y1)) = (corners[k], corners[(k + 1) % 4]);
            let steps = ((x1 - x0).abs().max((y1 - y0).abs()) / scale).ceil().max(1.0);
            for step in 0..=steps as usize {
                let t = step as f64 / steps;
                let (x, y) = ((x0 + t * (x1 - x0)) / scale, (y0 + t * (y1 - y0)) / scale);
                if x >= 0.0 && y >= 0.0 {
                    picture.fill((x.round() as usize, y.round() as usize), (2, 2), *colour);
                }
            }
        }
    }
    picture
}

/// The frame with a ring around each bead that is not good, in the colour of its class. `bead_px` is the bead's diameter.
pub fn overlay(frame: &FrameBuf, beads: &[Bead], bead_px: f64) -> Picture {
    let (mut picture, part) = ground(frame);
    for bead in beads.iter().filter(super::is_defect) {
        let colour = ring_colour(bead.class);
        let scale = part as f64;
        let (cx, cy, r) = (bead.x_px / scale, bead.y_px / scale, (0.8 * bead_px / scale).max(3.0));
        let steps = (8.0 * r) as usize + 8;
        for k in 0..steps {
            let angle = k as f64 / steps as f64 * std::f64::consts::TAU;
            for r in [r, r + 0.7] {
                let (x, y) = (cx + r * angle.cos(), cy + r * angle.sin());
                if x >= 0.0 && y >= 0.0 {
                    picture.set(x.round() as usize, y.round() as usize, colour);
                }
            }
        }
    }
    picture
}

/// What the maps show of each site, row by row.
#[derive(Debug, Clone)]
pub struct Maps {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// Mean offset to the right in micrometres; not a number where there is none.
    pub dx_um: Vec<f32>,
    /// Mean offset downward in micrometres.
    pub dy_um: Vec<f32>,
    /// Mean light in DN.
    pub amplitude: Vec<f32>,
    /// The worst class seen.
    pub class: Vec<Class>,
    /// Offset at which the colours end, in micrometres.
    pub tolerance_um: f64,
}

/// Longest side of one map in px.
const MAP_MAX: usize = 900;
/// Width between maps in px.
const GAP: usize = 12;
/// Height of the bar that shows the colours from the lowest to the highest value, in px.
const BAR: usize = 10;

/// Four maps: dx and dy (blue to the left and up, red to the right and down, white none), light (dark to bright, from the
/// 1st to the 99th of a hundred), class; a bar of the colours below each.
pub fn heat_maps(maps: &Maps) -> Picture {
    let longest = maps.rows.max(maps.columns);
    // Few beads as large squares, many as one pixel for several.
    let (cell, skip) = ((MAP_MAX / longest).clamp(1, 24), longest.div_ceil(MAP_MAX));
    let (w, h) = (maps.columns.div_ceil(skip) * cell, maps.rows.div_ceil(skip) * cell);
    let step = (w + GAP, h + GAP + BAR + 4);
    let mut picture = Picture::new(2 * step.0 + GAP, 2 * step.1 + GAP, [255; 3]);
    let tolerance = maps.tolerance_um as f32;
    let range = amplitude_range(&maps.amplitude);
    let offset = |v: f32| diverging(v / tolerance);
    let light = |v: f32| bright((v - range.0) / (range.1 - range.0).max(f32::MIN_POSITIVE));
    let colour = |map: usize, site: usize| match map {
        0 => offset(maps.dx_um[site]),
        1 => offset(maps.dy_um[site]),
        2 => light(maps.amplitude[site]),
        _ => class_colour(maps.class[site]),
    };
    for map in 0..4 {
        let (left, top) = (GAP + (map % 2) * step.0, GAP + (map / 2) * step.1);
        for (j, row) in (0..maps.rows).step_by(skip).enumerate() {
            for (i, column) in (0..maps.columns).step_by(skip).enumerate() {
                // Of the sites that share a pixel the worst is shown, so that no defect is lost.
                let mut site = row * maps.columns + column;
                if skip > 1 {
                    let near = (row..(row + skip).min(maps.rows)).flat_map(|r| {
                        (column..(column + skip).min(maps.columns)).map(move |c| r * maps.columns + c)
                    });
                    site = near.max_by_key(|&s| maps.class[s] != Class::Ok).unwrap_or(site);
                }
                picture.fill((left + i * cell, top + j * cell), (cell, cell), colour(map, site));
            }
        }
        for x in 0..w {
            let share = x as f32 / w.max(2) as f32;
            let colour = match map {
                0 | 1 => diverging(2.0 * share - 1.0),
                2 => bright(share),
                _ => class_colour(Class::ALL[(share * Class::ALL.len() as f32) as usize]),
            };
            picture.fill((left + x, top + h + 4), (1, BAR), colour);
        }
    }
    picture
}

/// The 1st and the 99th of a hundred parts of the values.
fn amplitude_range(values: &[f32]) -> (f32, f32) {
    let mut sorted: Vec<f32> = values.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_by(f32::total_cmp);
    match sorted.len() {
        0 => (0.0, 1.0),
        n => (sorted[n / 100], sorted[n - 1 - n / 100]),
    }
}

/// Blue, white, red for -1..=1; grey for what is not a number.
fn diverging(v: f32) -> Rgb {
    if !v.is_finite() {
        return [190; 3];
    }
    let v = v.clamp(-1.0, 1.0);
    let end = if v < 0.0 { [33.0, 102.0, 172.0] } else { [178.0, 24.0, 43.0] };
    end.map(|e: f32| (255.0 + (e - 255.0) * v.abs()) as u8)
}

/// Dark blue through green to yellow for 0..=1; grey for what is not a number.
fn bright(v: f32) -> Rgb {
    const KNOTS: [[f32; 3]; 5] = [
        [68.0, 1.0, 84.0],
        [59.0, 82.0, 139.0],
        [33.0, 145.0, 140.0],
        [94.0, 201.0, 98.0],
        [253.0, 231.0, 37.0],
    ];
    if !v.is_finite() {
        return [190; 3];
    }
    let at = v.clamp(0.0, 1.0) * 4.0;
    let (i, f) = ((at as usize).min(3), at - (at as usize).min(3) as f32);
    std::array::from_fn(|c| (KNOTS[i][c] + f * (KNOTS[i + 1][c] - KNOTS[i][c])) as u8)
}
