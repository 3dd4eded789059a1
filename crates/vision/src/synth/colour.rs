//! Colours at a distance.

/// sRGB primaries in CIE XYZ (IEC 61966-2-1), row by row, and back.
const TO_XYZ: [[f64; 3]; 3] = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]];
const TO_RGB: [[f64; 3]; 3] = [
    [3.240_625, -1.537_208, -0.498_629],
    [-0.968_931, 1.875_756, 0.041_518],
    [0.055_71, -0.204_021, 1.056_996],
];

fn times(matrix: &[[f64; 3]; 3], v: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}

/// The linear colour of the same brightness whose chromaticity lies off by (dx, dy), turned in steps of 30 degrees until no
/// channel is below 0 or above twice the brightest. A distance that no direction holds stays, with the channel at 0.
pub(super) fn moved(rgb: [f64; 3], (dx, dy): (f64, f64)) -> [f64; 3] {
    let [x, y, z] = times(&TO_XYZ, rgb);
    let sum = x + y + z;
    let most = 2.0 * rgb.into_iter().fold(0.0, f64::max);
    let at = |turn: usize| {
        let (s, c) = (turn as f64 * 30.0).to_radians().sin_cos();
        let (cx, cy) = (x / sum + c * dx - s * dy, (y / sum + s * dx + c * dy).max(0.01));
        times(&TO_RGB, [cx / cy * y, y, (1.0 - cx - cy) / cy * y])
    };
    let fits = |rgb: &[f64; 3]| rgb.iter().all(|c| (0.0..=most).contains(c));
    (0..12).map(at).find(fits).unwrap_or_else(|| at(0)).map(|c| c.clamp(0.0, most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_is_the_asked_one_and_the_brightness_stays() {
        for rgb in [[1.0, 1.0, 1.0], [0.8, 0.6, 0.3], [0.3, 0.4, 0.9]] {
            let other = moved(rgb, (0.04, -0.05));
            let [a, b] = [rgb, other].map(|c| times(&TO_XYZ, c));
            let chroma = |v: [f64; 3]| (v[0] / (v[0] + v[1] + v[2]), v[1] / (v[0] + v[1] + v[2]));
            let (p, q) = (chroma(a), chroma(b));
            assert!(((p.0 - q.0).hypot(p.1 - q.1) / 0.04f64.hypot(0.05) - 1.0).abs() < 1e-3, "{other:?}");
            assert!((a[1] / b[1] - 1.0).abs() < 1e-3);
        }
    }
}
