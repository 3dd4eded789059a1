//! Colour of beads: chromaticity, brightness and bins.
//!
//! Camera colour becomes CIE 1931 XYZ by a 3 x 3 matrix that the user calibrates against a reference (CIE 15:2018); the
//! default is the matrix of sRGB primaries (IEC 61966-2-1), right only for a camera that was made so. Samples must be
//! linear in light.

mod bins;

pub use bins::{Bin, BinError, Bins, OUTSIDE};

mod calibrate;

pub use calibrate::{Calibration, CalibrationError, Patch};

use crate::bead::{Measured, measure};
use crate::frame::PlaneBuf;
use crate::grid::Grid;
use crate::psf::Optics;
use crate::robust;
use serde::{Deserialize, Serialize};

/// Linear camera RGB to CIE XYZ, row by row.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CameraMatrix(pub [[f64; 3]; 3]);

impl Default for CameraMatrix {
    /// Primaries and white of sRGB.
    fn default() -> Self {
        Self([
            [0.412_456_4, 0.357_576_1, 0.180_437_5],
            [0.212_672_9, 0.715_152_2, 0.072_175_0],
            [0.019_333_9, 0.119_192_0, 0.950_304_1],
        ])
    }
}

/// Colour of a bead.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Chromaticity {
    /// CIE 1931 x.
    pub x: f64,
    /// CIE 1931 y.
    pub y: f64,
    /// Brightness: Y, in DN of the camera through the matrix.
    pub luminance: f64,
}

/// Why numbers are no matrix of a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MatrixError {
    /// Infinite, or no number.
    #[error("holds what is no finite number")]
    NotFinite,
    /// Its rows do not span the colours.
    #[error("is singular: two of its rows or columns say the same, so colours cannot be told apart")]
    Singular,
    /// The camera's white would be dark, or no colour.
    #[error("makes no light of equal red, green and blue; rows are X, Y and Z, columns red, green and blue")]
    White,
}

impl CameraMatrix {
    /// Checks that it maps a camera's values to colours.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), MatrixError> {
        let rows = self.0;
        if !rows.as_flattened().iter().all(|v| v.is_finite()) {
            return Err(MatrixError::NotFinite);
        }
        let length = |row: [f64; 3]| row.iter().map(|v| v * v).sum::<f64>().sqrt();
        // The volume of the rows' directions: 1 where they are at right angles, 0 where they lie in a plane.
        if determinant(&rows).abs() <= 1e-6 * rows.map(length).iter().product::<f64>() {
            return Err(MatrixError::Singular);
        }
        if rows.map(|row| row.iter().sum::<f64>()).iter().any(|v| *v <= 0.0) {
            return Err(MatrixError::White);
        }
        Ok(())
    }

    /// Colour of linear camera values; nothing for no light.
    pub fn chromaticity(&self, rgb: [f64; 3]) -> Option<Chromaticity> {
        let xyz = self.0.map(|row| row.iter().zip(rgb).map(|(m, c)| m * c).sum::<f64>());
        let sum: f64 = xyz.iter().sum();
        (sum > 0.0 && xyz[1] > 0.0).then(|| Chromaticity {
            x: xyz[0] / sum,
            y: xyz[1] / sum,
            luminance: xyz[1],
        })
    }
}

fn determinant(m: &[[f64; 3]; 3]) -> f64 {
    let minor = |a: usize, b: usize| m[1][a] * m[2][b] - m[1][b] * m[2][a];
    m[0][0] * minor(1, 2) - m[0][1] * minor(0, 2) + m[0][2] * minor(0, 1)
}

/// Colours of all sites, row by row, by fitting red, green and blue with what was learnt from the brightness; nothing
/// where there is no light to speak of.
pub fn chromaticities(
    channels: &[PlaneBuf<u16>; 3],
    grid: &Grid,
    optics: &Optics,
    matrix: &CameraMatrix,
) -> Vec<Option<Chromaticity>> {
    let measured: [Measured; 3] = std::array::from_fn(|c| measure(&channels[c].as_plane(), grid, optics));
    let floor = 8.0 * optics.amplitude_sigma();
    (0..grid.rows * grid.columns)
        .map(|site| {
            let rgb: [f64; 3] = std::array::from_fn(|c| f64::from(measured[c].fits[site].amplitude).max(0.0));
            (rgb.iter().sum::<f64>() > floor).then(|| matrix.chromaticity(rgb)).flatten()
        })
        .collect()
}

/// Distance in the CIE 1931 diagram of each site from the median of its surroundings, the sites at most `reach` rows and
/// columns away; 0 where there is no light.
///
/// # Panics
/// If there is not one entry for each site.
pub fn distances(colours: &[Option<Chromaticity>], grid: &Grid, reach: usize) -> Vec<f64> {
    assert_eq!(colours.len(), grid.rows * grid.columns, "one entry for each site");
    let near = |at: usize, n: usize| at.saturating_sub(reach)..(at + reach + 1).min(n);
    let (mut xs, mut ys) = (Vec::new(), Vec::new());
    let mut distances = Vec::with_capacity(colours.len());
    for row in 0..grid.rows {
        for column in 0..grid.columns {
            let Some(own) = colours[row * grid.columns + column] else {
                distances.push(0.0);
                continue;
            };
            xs.clear();
            ys.clear();
            for r in near(row, grid.rows) {
                for other in colours[r * grid.columns..][near(column, grid.columns)].iter().flatten() {
                    xs.push(other.x as f32);
                    ys.push(other.y as f32);
                }
            }
            let (x, y) = (f64::from(robust::median(&mut xs)), f64::from(robust::median(&mut ys)));
            distances.push((own.x - x).hypot(own.y - y));
        }
    }
    distances
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Frame, Layout, Samples};
    use crate::grid::GridSpec;
    use crate::synth::PanelRecipe;

    #[test]
    fn white_and_primaries_of_the_standard() {
        let matrix = CameraMatrix::default();
        let white = matrix.chromaticity([1.0; 3]).unwrap();
        assert!((white.x - 0.3127).abs() < 1e-4 && (white.y - 0.3290).abs() < 1e-4);
        let red = matrix.chromaticity([1.0, 0.0, 0.0]).unwrap();
        assert!((red.x - 0.64).abs() < 1e-4 && (red.y - 0.33).abs() < 1e-4);
        assert_eq!(matrix.chromaticity([0.0; 3]), None);
    }

    #[test]
    fn a_bead_of_another_colour_stands_out() {
        let recipe =
            PanelRecipe { rows: 10, columns: 12, pitch_px: 12.0, bead_px: 4.5, ..PanelRecipe::default() };
        let panel = recipe.render();
        let odd = *panel.site(4, 7, 12);
        // One colour for the panel, another in the odd bead's cell.
        let mut rgb = Vec::with_capacity(panel.samples.len() * 3);
        for (i, &s) in panel.samples.iter().enumerate() {
            let (x, y) = ((i % panel.width) as f64, (i / panel.width) as f64);
            let own = (x - odd.x).abs() < 6.0 && (y - odd.y).abs() < 6.0;
            let share = if own { [0.5, 0.6, 0.9] } else { [0.8, 0.6, 0.6] };
            rgb.extend(share.map(|c| (f64::from(s) * c) as u8));
        }
        let frame =
            Frame::new(Samples::Bytes(&rgb), Layout::Rgb, 8, (panel.width, panel.height), panel.width * 3)
                .unwrap();
        let crate::frame::Luminance::Computed(luminance) = frame.luminance() else { panic!("colour") };
        let spec = GridSpec { rows: 10, columns: 12, pitch_px: 12.0, bead_px: 4.5 };
        let grid = Grid::register(&luminance.as_plane(), &spec).unwrap();
        let optics = Optics::learn(&luminance.as_plane(), &spec, &grid).unwrap();
        let channels = frame.channels().unwrap();
        let colours = chromaticities(&channels, &grid, &optics, &CameraMatrix::default());
        let distances = distances(&colours, &grid, 4);
        for (site, distance) in distances.iter().enumerate() {
            assert_eq!(*distance > 0.04, site == 4 * 12 + 7, "{site}: {distance}");
        }
    }
}
