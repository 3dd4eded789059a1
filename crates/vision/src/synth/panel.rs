//! Panels of beads.

use super::colour::moved;
use super::defect::{Defect, DefectRates, Severities};
use super::profile::{Profile, erf};
use super::rng::Rng;

/// What a synthetic panel is like.
#[derive(Debug, Clone, PartialEq)]
pub struct PanelRecipe {
    /// Rows of beads.
    pub rows: usize,
    /// Columns of beads.
    pub columns: usize,
    /// Nominal distance of beads in px.
    pub pitch_px: f64,
    /// Nominal diameter of a bead in px.
    pub bead_px: f64,
    /// Standard deviation of the optics' blur in px.
    pub blur_px: f64,
    /// Stretch of the bead's image in x against y.
    pub ellipticity: f64,
    /// Light of a bead above the background, in digital numbers (DN).
    pub amplitude: f64,
    /// Relative standard deviation of the light from bead to bead.
    pub amplitude_spread: f64,
    /// Background in DN.
    pub background: f64,
    /// Standard deviation of read noise in DN.
    pub read_noise: f64,
    /// DN per photo-electron; shot noise has the variance `gain * signal`. 0 for none.
    pub gain: f64,
    /// Bits a sample.
    pub bits: u8,
    /// Standard deviation of placement in px, each axis.
    pub jitter_px: f64,
    /// Change of illumination from the left to the right edge, and half as much from top to bottom, relative.
    pub gradient: f64,
    /// Light lost at the corners, relative.
    pub vignetting: f64,
    /// Rotation in degrees, clockwise on the screen.
    pub rotation_deg: f64,
    /// True scale over the nominal.
    pub scale: f64,
    /// Radial distortion: relative displacement at the corners.
    pub distortion: f64,
    /// Offset of the grid's centre from the frame's centre in px.
    pub offset_px: (f64, f64),
    /// Dark border around the grid in px.
    pub margin_px: usize,
    /// Seams of a stitched frame.
    pub seams: Vec<Seam>,
    /// Sites cut off each corner: those whose row and column distances from it sum to less than this.
    pub missing_corner: usize,
    /// Shares of defects.
    pub defects: DefectRates,
    /// How bad they are.
    pub severity: Severities,
    /// Red, green and blue of a bead over its amplitude, of the panel in colour; sRGB primaries, linear.
    pub colour: [f64; 3],
    /// Share of the lit beads with a defect that have another one too: dim, shifted or dirty.
    pub second: f64,
    /// Seed.
    pub seed: u64,
}

/// A seam: beads from `column` on are displaced.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seam {
    /// First column behind the seam.
    pub column: usize,
    /// Displacement to the right in px.
    pub dx: f64,
    /// Displacement downward in px.
    pub dy: f64,
}

/// The truth of one site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Site {
    /// Row, 0 at the top.
    pub row: usize,
    /// Column, 0 at the left.
    pub column: usize,
    /// Centre of the bead (of the site, where it is missing) in px.
    pub x: f64,
    /// Centre of the bead in px.
    pub y: f64,
    /// Centre of the site without jitter or shift, in px.
    pub site_x: f64,
    /// Centre of the site in px.
    pub site_y: f64,
    /// Light above background in DN.
    pub amplitude: f64,
    /// What is wrong.
    pub defect: Defect,
    /// What is wrong besides.
    pub also: Defect,
}

/// A panel: frame and truth.
#[derive(Debug, Clone)]
pub struct Panel {
    /// Samples, row by row, without padding; of a panel in colour red, green and blue of each pixel.
    pub samples: Vec<u16>,
    /// Width in px.
    pub width: usize,
    /// Height in px.
    pub height: usize,
    /// Sites, row by row.
    pub sites: Vec<Site>,
}

impl Default for PanelRecipe {
    /// A good 8-bit panel of 20 x 24 beads of P0.8 at 33.3 um/px: pitch 24 px, bead 9 px, signal 47 times the noise.
    fn default() -> Self {
        Self {
            rows: 20,
            columns: 24,
            pitch_px: 24.0,
            bead_px: 9.0,
            blur_px: 1.3,
            ellipticity: 0.0,
            amplitude: 150.0,
            amplitude_spread: 0.0,
            background: 20.0,
            read_noise: 150.0 / 47.0,
            gain: 0.0,
            bits: 8,
            jitter_px: 0.25,
            gradient: 0.0,
            vignetting: 0.0,
            rotation_deg: 0.0,
            scale: 1.0,
            distortion: 0.0,
            offset_px: (0.0, 0.0),
            margin_px: 16,
            seams: Vec::new(),
            missing_corner: 0,
            defects: DefectRates::default(),
            severity: Severities::default(),
            colour: [1.0; 3],
            second: 0.0,
            seed: 1,
        }
    }
}

impl PanelRecipe {
    /// Frame size in px that holds the grid with its margin.
    pub fn size(&self) -> (usize, usize) {
        let (w, h) = (self.columns as f64 * self.pitch_px, self.rows as f64 * self.pitch_px);
        let (s, c) = self.rotation_deg.to_radians().sin_cos();
        let grow = self.scale * (1.0 + self.distortion.abs());
        let side = |a: f64, b: f64| ((a * c.abs() + b * s.abs()) * grow).ceil() as usize + 2 * self.margin_px;
        (side(w, h), side(h, w))
    }

    /// The lit panel.
    pub fn render(&self) -> Panel {
        self.picture(1.0, |_| false, |_| 1.0)
    }

    /// The lit panel in colour: red, green and blue of each pixel one after the other, each with its own noise. Beads have the
    /// recipe's colour, those of a wrong colour one at their distance from it.
    pub fn render_rgb(&self) -> Panel {
        let planes: [Panel; 3] = std::array::from_fn(|c| {
            self.picture(
                1.0 + c as f64 * f64::EPSILON,
                |_| false,
                |defect| match defect {
                    Defect::WrongColour { dx, dy } => moved(self.colour, (dx, dy))[c],
                    _ => self.colour[c],
                },
            )
        });
        let samples =
            (0..planes[0].samples.len()).flat_map(|i| planes.each_ref().map(|p| p.samples[i])).collect();
        let [first, ..] = planes;
        Panel { samples, ..first }
    }

    /// The same panel without current, under outside light: every bead that is there shows a third of its light, dead
    /// ones too.
    pub fn render_unlit(&self) -> Panel {
        self.picture(0.33, |defect| defect == Defect::Dead, |_| 1.0)
    }

    /// Centre of a site in px, without jitter.
    fn place(&self, row: usize, column: usize) -> (f64, f64) {
        let (width, height) = self.size();
        let u = (column as f64 - (self.columns as f64 - 1.0) / 2.0) * self.pitch_px * self.scale;
        let v = (row as f64 - (self.rows as f64 - 1.0) / 2.0) * self.pitch_px * self.scale;
        let (s, c) = self.rotation_deg.to_radians().sin_cos();
        let (mut x, mut y) = (c * u - s * v, s * u + c * v);
        let (cx, cy) = ((width as f64 - 1.0) / 2.0, (height as f64 - 1.0) / 2.0);
        let stretch = 1.0 + self.distortion * (x * x + y * y) / (cx * cx + cy * cy);
        x *= stretch;
        y *= stretch;
        for seam in self.seams.iter().filter(|seam| column >= seam.column) {
            x += seam.dx;
            y += seam.dy;
        }
        (cx + self.offset_px.0 + x, cy + self.offset_px.1 + y)
    }

    /// Illumination at a pixel, 1 in the middle.
    fn illumination(&self, x: f64, y: f64, (width, height): (usize, usize)) -> f64 {
        let u = 2.0 * x / (width as f64 - 1.0) - 1.0;
        let v = 2.0 * y / (height as f64 - 1.0) - 1.0;
        (1.0 + self.gradient * (u + 0.5 * v) / 2.0) * (1.0 - self.vignetting * (u * u + v * v) / 2.0)
    }

    fn cut_off(&self, row: usize, column: usize) -> bool {
        let (r, c) = (row.min(self.rows - 1 - row), column.min(self.columns - 1 - column));
        r + c < self.missing_corner
    }

    fn truth(&self, rng: &mut Rng) -> Vec<Site> {
        let mut sites = Vec::with_capacity(self.rows * self.columns);
        for row in 0..self.rows {
            for column in 0..self.columns {
                let (site_x, site_y) = self.place(row, column);
                let (jx, jy) = (self.jitter_px * rng.normal(), self.jitter_px * rng.normal());
                let spread = 1.0 + self.amplitude_spread * rng.normal();
                let mut defect = self.defects.draw(rng, self.bead_px, &self.severity);
                if self.cut_off(row, column) {
                    defect = Defect::Missing;
                }
                let (mut x, mut y, mut amplitude) = (site_x + jx, site_y + jy, self.amplitude * spread);
                let lit = !matches!(defect, Defect::None | Defect::Missing | Defect::Dead);
                let second = lit && self.second > 0.0 && rng.uniform() < self.second;
                let also = if second {
                    Defect::besides(defect, rng, self.bead_px, &self.severity)
                } else {
                    Defect::None
                };
                for defect in [defect, also] {
                    match defect {
                        Defect::Missing | Defect::Dead => amplitude = 0.0,
                        Defect::Dim { factor } | Defect::Bright { factor } => amplitude *= factor,
                        Defect::Shifted { dx, dy } => {
                            x += dx;
                            y += dy;
                        }
                        _ => {}
                    }
                }
                sites.push(Site { row, column, x, y, site_x, site_y, amplitude, defect, also });
            }
        }
        sites
    }

    /// One plane: at a level of the light, with the beads that are shown though they give none, and with a share of each
    /// bead's light.
    fn picture(
        &self,
        level: f64,
        shown_though_dark: impl Fn(Defect) -> bool,
        share: impl Fn(Defect) -> f64,
    ) -> Panel {
        let mut rng = Rng::new(self.seed);
        let (width, height) = self.size();
        let sites = self.truth(&mut rng);
        let profile = Profile::new(self.bead_px * self.scale, self.blur_px, self.ellipticity);
        let mut light = vec![0.0f32; width * height];
        let mut canvas = Canvas { light: &mut light, width, height };
        for site in &sites {
            let own = if shown_though_dark(site.defect) { self.amplitude } else { site.amplitude };
            let own = share(site.defect) * own;
            let reach = profile.reach;
            canvas.add(site.x, site.y, reach, |x, y| level * own * profile.pixel(x, y));
            match site.defect {
                Defect::Double { dx, dy } => {
                    canvas.add(site.x + dx, site.y + dy, reach, |x, y| level * own * profile.pixel(x, y));
                }
                Defect::Bridge { down, level: strength } => {
                    self.bridge(&mut canvas, site, down, level * strength * own);
                }
                _ => {}
            }
        }
        for (site, defect) in sites.iter().flat_map(|site| [(site, site.defect), (site, site.also)]) {
            if let Defect::Dirty { dx, dy, radius, opacity } = defect {
                let stain = Profile::new(2.0 * radius, self.blur_px, 0.0);
                canvas.multiply(site.x + dx, site.y + dy, stain.reach, |x, y| {
                    1.0 - opacity * stain.pixel(x, y)
                });
            }
        }
        // Noise has its own sequence: a lit and an unlit frame of one panel, and its colours, differ in it.
        let mut noise = Rng::new(self.seed ^ level.to_bits() ^ 0x006e_6f69_7365);
        let samples = self.digitise(&light, (width, height), &mut noise);
        Panel { samples, width, height, sites }
    }

    /// A soft bar from this bead's middle to its neighbour's, 0.35 beads wide; it starts at the beads' edges.
    fn bridge(&self, canvas: &mut Canvas<'_>, site: &Site, down: bool, strength: f64) {
        let (pitch, bead) = (self.pitch_px * self.scale, self.bead_px * self.scale);
        let (half_length, half_width) = ((pitch - bead) / 2.0, 0.175 * bead);
        let soft = |t: f64, half: f64| {
            let s = std::f64::consts::SQRT_2 * self.blur_px;
            0.5 * (erf((t + half) / s) - erf((t - half) / s))
        };
        let (mx, my) = if down { (site.x, site.y + pitch / 2.0) } else { (site.x + pitch / 2.0, site.y) };
        canvas.add(mx, my, pitch / 2.0, |x, y| {
            let (along, across) = if down { (y, x) } else { (x, y) };
            strength * soft(along, half_length) * soft(across, half_width)
        });
    }

    fn digitise(&self, light: &[f32], size: (usize, usize), rng: &mut Rng) -> Vec<u16> {
        let full = f64::from(u16::MAX >> (16 - u32::from(self.bits)));
        let mut samples = Vec::with_capacity(light.len());
        for (i, &l) in light.iter().enumerate() {
            let lamp = self.illumination((i % size.0) as f64, (i / size.0) as f64, size);
            let mean = (self.background + f64::from(l)) * lamp;
            let shot =
                if self.gain > 0.0 { self.gain * rng.poisson(mean.max(0.0) / self.gain) } else { mean };
            let value = shot + self.read_noise * rng.normal();
            samples.push(value.round().clamp(0.0, full) as u16);
        }
        samples
    }
}

impl Panel {
    /// The samples as bytes.
    ///
    /// # Panics
    /// If the recipe asked for more than 8 bits.
    pub fn bytes(&self) -> Vec<u8> {
        self.samples.iter().map(|&s| u8::try_from(s).expect("an 8-bit recipe")).collect()
    }

    /// The site at a row and column of a grid of so many columns.
    pub fn site(&self, row: usize, column: usize, columns: usize) -> &Site {
        &self.sites[row * columns + column]
    }
}

struct Canvas<'a> {
    light: &'a mut [f32],
    width: usize,
    height: usize,
}

impl Canvas<'_> {
    fn add(&mut self, cx: f64, cy: f64, reach: f64, f: impl Fn(f64, f64) -> f64) {
        self.each(cx, cy, reach, |pixel, x, y| *pixel += f(x, y) as f32);
    }

    fn multiply(&mut self, cx: f64, cy: f64, reach: f64, f: impl Fn(f64, f64) -> f64) {
        self.each(cx, cy, reach, |pixel, x, y| *pixel *= f(x, y) as f32);
    }

    fn each(&mut self, cx: f64, cy: f64, reach: f64, mut f: impl FnMut(&mut f32, f64, f64)) {
        let span = |c: f64, n: usize| {
            let low = (c - reach).ceil().max(0.0) as usize;
            let high = ((c + reach).floor() + 1.0).clamp(0.0, n as f64) as usize;
            low..high
        };
        for y in span(cy, self.height) {
            for x in span(cx, self.width) {
                f(&mut self.light[y * self.width + x], x as f64 - cx, y as f64 - cy);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> PanelRecipe {
        PanelRecipe { rows: 5, columns: 6, ..PanelRecipe::default() }
    }

    #[test]
    fn one_seed_one_panel() {
        assert_eq!(small().render().samples, small().render().samples);
        let other = PanelRecipe { seed: 2, ..small() };
        assert_ne!(small().render().samples, other.render().samples);
    }

    #[test]
    fn beads_are_where_the_truth_says() {
        let recipe = PanelRecipe { read_noise: 0.0, rotation_deg: 2.0, scale: 1.01, bits: 12, ..small() };
        let panel = recipe.render();
        for site in &panel.sites {
            let (mut sx, mut sy, mut s) = (0.0, 0.0, 0.0);
            for y in site.y as usize - 9..site.y as usize + 11 {
                for x in site.x as usize - 9..site.x as usize + 11 {
                    let v = f64::from(panel.samples[y * panel.width + x]) - 20.0;
                    sx += v * x as f64;
                    sy += v * y as f64;
                    s += v;
                }
            }
            assert!((sx / s - site.x).abs() < 0.01 && (sy / s - site.y).abs() < 0.01);
        }
    }

    #[test]
    fn a_panel_in_colour_has_three_planes_with_their_own_noise() {
        let colour = [0.9, 0.6, 0.3];
        let panel = PanelRecipe { colour, ..small() }.render_rgb();
        let mono = small().render();
        assert_eq!((panel.samples.len(), panel.width), (3 * mono.samples.len(), mono.width));
        let site = panel.sites[8];
        let at = (site.y.round() as usize * panel.width + site.x.round() as usize) * 3;
        for (c, share) in colour.into_iter().enumerate() {
            let light = f64::from(panel.samples[at + c]) - 20.0;
            assert!((light / (150.0 * share) - 1.0).abs() < 0.2, "{c}: {light}");
        }
        let border = |c: usize| panel.samples[c..600].iter().step_by(3).copied().collect::<Vec<_>>();
        assert_ne!(border(0), border(1));
        assert_ne!(border(1), border(2));
    }

    #[test]
    fn noise_has_the_stated_variance() {
        let recipe = PanelRecipe { gain: 0.5, read_noise: 2.0, background: 100.0, margin_px: 60, ..small() };
        let panel = recipe.render();
        let border: Vec<f64> = panel.samples[..panel.width * 40].iter().map(|&s| f64::from(s)).collect();
        let mean = border.iter().sum::<f64>() / border.len() as f64;
        let variance = border.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / border.len() as f64;
        assert!((mean - 100.0).abs() < 0.5 && (variance / 54.1 - 1.0).abs() < 0.06, "{mean} {variance}");
    }
}
