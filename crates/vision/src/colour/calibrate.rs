//! A camera's matrix from patches (or LEDs) that a reference instrument measured, too.
//!
//! Each row of the matrix is the least-squares solution of its own column of the reference, all patches weighed by the inverse of
//! their own light, so that dark ones count as much as bright ones (a linear colour correction without offset: G. D. Finlayson,
//! M. Mackiewicz, A. Hurlbert: Color Correction Using Root-Polynomial Regression, IEEE TIP 24, 2015, section II, its linear case).

use super::{CameraMatrix, MatrixError, determinant};
use serde::{Deserialize, Serialize};

/// One patch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Patch {
    /// What the camera says: linear red, green, blue, without the dark level.
    pub rgb: [f64; 3],
    /// What the reference says: CIE 1931 X, Y, Z, in any unit that is the same for all patches.
    pub xyz: [f64; 3],
}

/// A matrix with how well it fits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// The matrix.
    pub matrix: CameraMatrix,
    /// Patches that it was fitted to.
    pub patches: usize,
    /// Mean distance in the CIE 1931 diagram between what the matrix says and the reference.
    pub mean_xy: f64,
    /// The largest.
    pub worst_xy: f64,
    /// Number of the patch that has it, from 0.
    pub worst: usize,
}

/// Why no matrix follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CalibrationError {
    /// Too few.
    #[error("{0} patches; at least {PATCHES_MIN} are needed, of different colours")]
    TooFew(usize),
    /// No light, or no number.
    #[error("patch {} has no light: red, green and blue, and X, Y and Z must be 0 or more, and not all 0", .0 + 1)]
    Dark(usize),
    /// All of one colour, or of two.
    #[error("the patches have too few colours: their red, green and blue lie in a plane")]
    OneColour,
    /// The fitted matrix maps nothing.
    #[error("the fitted matrix {0}")]
    Matrix(#[from] MatrixError),
}

/// Fewest patches: three fit exactly whatever is wrong with them.
const PATCHES_MIN: usize = 4;

impl Calibration {
    /// Fits a matrix.
    ///
    /// # Errors
    /// Too few patches, dark ones, or too few colours.
    pub fn fit(patches: &[Patch]) -> Result<Self, CalibrationError> {
        if patches.len() < PATCHES_MIN {
            return Err(CalibrationError::TooFew(patches.len()));
        }
        let lit = |values: &[f64; 3]| values.iter().all(|v| *v >= 0.0) && values.iter().sum::<f64>() > 0.0;
        let finite = |p: &Patch| p.rgb.iter().chain(&p.xyz).all(|v| v.is_finite());
        if let Some(at) = patches.iter().position(|p| !(finite(p) && lit(&p.rgb) && lit(&p.xyz))) {
            return Err(CalibrationError::Dark(at));
        }
        let mut normal = [[0.0; 3]; 3];
        let mut right = [[0.0; 3]; 3];
        for patch in patches {
            let weight = patch.rgb.iter().sum::<f64>().powi(-2);
            for (i, own) in patch.rgb.iter().enumerate() {
                for (j, other) in patch.rgb.iter().enumerate() {
                    normal[i][j] += weight * own * other;
                }
                for (row, xyz) in right.iter_mut().zip(patch.xyz) {
                    row[i] += weight * own * xyz;
                }
            }
        }
        let scale = (normal[0][0] + normal[1][1] + normal[2][2]) / 3.0;
        let whole = determinant(&normal);
        if whole <= 1e-9 * scale.powi(3) {
            return Err(CalibrationError::OneColour);
        }
        // Cramer's rule; the normal matrix is symmetric.
        let solve = |right: [f64; 3]| -> [f64; 3] {
            std::array::from_fn(|at| {
                let mut replaced = normal;
                for (row, value) in replaced.iter_mut().zip(right) {
                    row[at] = value;
                }
                determinant(&replaced) / whole
            })
        };
        let matrix = CameraMatrix(right.map(solve));
        matrix.check()?;
        let off = |p: &Patch| {
            let sum: f64 = p.xyz.iter().sum();
            let found = matrix.chromaticity(p.rgb);
            found.map_or(1.0, |c| (c.x - p.xyz[0] / sum).hypot(c.y - p.xyz[1] / sum))
        };
        let off: Vec<f64> = patches.iter().map(off).collect();
        let worst = (0..off.len()).max_by(|a, b| off[*a].total_cmp(&off[*b])).unwrap_or(0);
        let mean_xy = off.iter().sum::<f64>() / off.len() as f64;
        Ok(Self { matrix, patches: patches.len(), mean_xy, worst_xy: off[worst], worst })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patches(matrix: &CameraMatrix) -> Vec<Patch> {
        let colours =
            [[200.0, 20.0, 10.0], [15.0, 180.0, 30.0], [5.0, 25.0, 150.0], [90.0, 95.0, 88.0], [9.0; 3]];
        let xyz = |rgb: [f64; 3]| matrix.0.map(|row| row.iter().zip(rgb).map(|(m, c)| m * c).sum());
        colours.map(|rgb| Patch { rgb, xyz: xyz(rgb) }).to_vec()
    }

    #[test]
    fn the_matrix_that_made_the_patches_comes_back() {
        let own = CameraMatrix([[0.5, 0.3, 0.2], [0.25, 0.7, 0.05], [0.01, 0.1, 1.1]]);
        let found = Calibration::fit(&patches(&own)).unwrap();
        let pairs = found.matrix.0.as_flattened().iter().zip(own.0.as_flattened());
        assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-9), "{found:?}");
        assert!(found.worst_xy < 1e-9 && found.patches == 5);
        // A patch that the instrument read wrong is named.
        let mut wrong = patches(&own);
        wrong[3].xyz[0] *= 1.3;
        let found = Calibration::fit(&wrong).unwrap();
        assert!(found.worst == 3 && found.worst_xy > 0.01, "{found:?}");
    }

    #[test]
    fn patches_that_tell_nothing_are_refused() {
        let own = CameraMatrix::default();
        assert_eq!(Calibration::fit(&patches(&own)[..3]), Err(CalibrationError::TooFew(3)));
        let mut dark = patches(&own);
        dark[1].rgb = [0.0; 3];
        assert_eq!(Calibration::fit(&dark), Err(CalibrationError::Dark(1)));
        let grey: Vec<Patch> = (1..6).map(|k| patches(&own)[3].times(f64::from(k))).collect();
        assert_eq!(Calibration::fit(&grey), Err(CalibrationError::OneColour));
    }

    impl Patch {
        fn times(self, by: f64) -> Self {
            Self { rgb: self.rgb.map(|v| v * by), xyz: self.xyz.map(|v| v * by) }
        }
    }

    #[test]
    fn matrices_that_are_none_are_refused() {
        assert_eq!(CameraMatrix::default().check(), Ok(()));
        let of = |rows| CameraMatrix(rows).check();
        assert_eq!(of([[f64::NAN, 0.0, 0.0], [0.0; 3], [0.0; 3]]), Err(MatrixError::NotFinite));
        assert_eq!(of([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [0.0, 0.0, 1.0]]), Err(MatrixError::Singular));
        assert_eq!(of([[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]), Err(MatrixError::White));
    }
}
