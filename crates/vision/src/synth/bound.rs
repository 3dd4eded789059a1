//! The Cramér-Rao bound: no unbiased measurement of a bead's position can be better.

use super::panel::PanelRecipe;
use super::profile::Profile;

/// Smallest standard deviation, in px for one axis, of any unbiased estimate of the position of one good bead whose
/// amplitude and background are unknown too; the mean over the positions within a pixel.
///
/// Fisher information of independent pixels of variance `v`: `F_ij = sum dm/da_i dm/da_j / v`, with
/// `v = read² + gain m + 1/12` (the last term is quantisation); the bound is `sqrt((F^-1)_xx)`. The pixels are those of
/// the bead's own cell of the grid. (S. M. Kay, Fundamentals of Statistical Signal Processing I, chapter 3; the small
/// information in the variance itself is left out.)
pub fn position_bound(recipe: &PanelRecipe) -> f64 {
    let profile = Profile::new(recipe.bead_px * recipe.scale, recipe.blur_px, recipe.ellipticity);
    let half = (recipe.pitch_px * recipe.scale / 2.0).floor() as i32;
    let phases = 6;
    let mut sum = 0.0;
    for py in 0..phases {
        for px in 0..phases {
            let at = |p: i32| (f64::from(p) + 0.5) / f64::from(phases) - 0.5;
            sum += variance(recipe, &profile, half, at(px), at(py));
        }
    }
    (sum / f64::from(phases * phases)).sqrt()
}

fn variance(recipe: &PanelRecipe, profile: &Profile, half: i32, cx: f64, cy: f64) -> f64 {
    let step = 1e-3;
    let mut fisher = [[0.0; 4]; 4];
    for y in -half..=half {
        for x in -half..=half {
            let (x, y) = (f64::from(x) - cx, f64::from(y) - cy);
            let p = profile.pixel(x, y);
            let px = (profile.pixel(x + step, y) - profile.pixel(x - step, y)) / (2.0 * step);
            let py = (profile.pixel(x, y + step) - profile.pixel(x, y - step)) / (2.0 * step);
            let mean = recipe.background + recipe.amplitude * p;
            let v = recipe.read_noise.powi(2) + recipe.gain * mean + 1.0 / 12.0;
            let d = [recipe.amplitude * px, recipe.amplitude * py, p, 1.0];
            for i in 0..4 {
                for (j, slope) in d.iter().enumerate() {
                    fisher[i][j] += d[i] * slope / v;
                }
            }
        }
    }
    inverse_corner(fisher)
}

/// Element (0, 0) of the inverse of a symmetric positive matrix, by eliminating the other rows.
fn inverse_corner(mut m: [[f64; 4]; 4]) -> f64 {
    for pivot in (1..4).rev() {
        for i in 0..pivot {
            let f = m[i][pivot] / m[pivot][pivot];
            let row = m[pivot];
            for (value, eliminated) in m[i].iter_mut().zip(row) {
                *value -= f * eliminated;
            }
        }
    }
    1.0 / m[0][0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gaussian_spot_has_the_closed_form() {
        // A Gaussian of unit height and constant noise s: sigma_x = s / A sqrt(2 / pi), whatever its width.
        let recipe = PanelRecipe {
            pitch_px: 40.0,
            bead_px: 0.5,
            blur_px: 3.0,
            read_noise: 2.0,
            gain: 0.0,
            amplitude: 100.0,
            ..PanelRecipe::default()
        };
        let height = Profile::new(0.5, 3.0, 0.0).at(0.0, 0.0);
        let s = (4.0f64 + 1.0 / 12.0).sqrt();
        let expected = s / (100.0 * height) * (2.0 / std::f64::consts::PI).sqrt();
        let bound = position_bound(&recipe);
        assert!((bound / expected - 1.0).abs() < 0.03, "{bound} {expected}");
    }
}
