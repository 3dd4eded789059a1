//! A map of the cluster's counties, drawn by the server: true places, circles whose area is what was found, distance rings.

use crate::words::Lang;
use app::CountyCount;
use maud::{Markup, html};
use model::markets::Names;
use model::region::Point;

/// Width of the drawing in its own units; the page scales it.
const WIDTH: f64 = 720.0;
/// Tallest drawing.
const HEIGHT_MAX: f64 = 640.0;
/// Room around the outermost seats for circles and names.
const MARGIN: f64 = 62.0;
/// Radius of the largest circle.
const RADIUS_MAX: f64 = 34.0;
/// Radius of a county where nothing was found.
const RADIUS_NONE: f64 = 3.5;
/// Mean length of a degree of latitude, km.
const KM_A_DEGREE: f64 = 111.195;
/// Height of a name, and the mean width of its characters.
const NAME_HEIGHT: f64 = 15.0;

/// The equirectangular projection at the mean latitude of its points: distances are true to a percent over a prefecture.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Projection {
    west: f64,
    north: f64,
    /// Length of a degree of longitude against one of latitude.
    narrowing: f64,
    /// Units a degree of latitude.
    scale: f64,
    left: f64,
    height: f64,
}

impl Projection {
    /// Fits points into the drawing; none where there is no point.
    fn fit(points: &[Point]) -> Option<Self> {
        let edge = |pick: fn(&Point) -> f64, take: fn(f64, f64) -> f64| points.iter().map(pick).reduce(take);
        let (west, east) = (edge(|p| p.lon, f64::min)?, edge(|p| p.lon, f64::max)?);
        let (south, north) = (edge(|p| p.lat, f64::min)?, edge(|p| p.lat, f64::max)?);
        let narrowing = f64::midpoint(south, north).to_radians().cos();
        let (wide, tall) = (((east - west) * narrowing).max(0.05), (north - south).max(0.05));
        let scale = ((WIDTH - 2.0 * MARGIN) / wide).min((HEIGHT_MAX - 2.0 * MARGIN) / tall);
        let left = (WIDTH - (east - west) * narrowing * scale) / 2.0;
        Some(Self { west, north, narrowing, scale, left, height: (north - south) * scale + 2.0 * MARGIN })
    }

    /// A point of the earth on the drawing.
    fn at(&self, point: Point) -> (f64, f64) {
        let x = (point.lon - self.west) * self.narrowing * self.scale + self.left;
        (x, (self.north - point.lat) * self.scale + MARGIN)
    }

    /// Kilometres in units of the drawing.
    fn km(&self, km: f64) -> f64 {
        km / KM_A_DEGREE * self.scale
    }
}

/// Radius of a circle whose area is the share of the largest count.
fn radius(count: usize, most: usize) -> f64 {
    if count == 0 || most == 0 {
        return RADIUS_NONE;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of offers are far below 2^53")]
    let share = count as f64 / most as f64;
    (RADIUS_MAX * share.sqrt()).max(RADIUS_NONE + 1.0)
}

/// A name's box on the drawing: left, top, right, bottom.
type Frame = (f64, f64, f64, f64);

fn overlap(a: Frame, b: Frame) -> f64 {
    let wide = (a.2.min(b.2) - a.0.max(b.0)).max(0.0);
    let tall = (a.3.min(b.3) - a.1.max(b.1)).max(0.0);
    wide * tall
}

/// Width of a word: a Chinese character is as wide as it is tall.
fn width(word: &str) -> f64 {
    word.chars().map(|c| if c.is_ascii() { 7.2 } else { 13.5 }).sum()
}

/// Where a name stands: right, left, below or above its circle, wherever it covers least of what stands already.
fn place((x, y): (f64, f64), r: f64, wide: f64, height: f64, taken: &[Frame]) -> Frame {
    let half = NAME_HEIGHT / 2.0;
    let spots = [
        (x + r + 4.0, y - half),
        (x - r - 4.0 - wide, y - half),
        (x - wide / 2.0, y + r + 3.0),
        (x - wide / 2.0, y - r - 3.0 - NAME_HEIGHT),
        (x + r * 0.7 + 3.0, y + r * 0.7),
        (x + r * 0.7 + 3.0, y - r * 0.7 - NAME_HEIGHT),
        (x - r * 0.7 - 3.0 - wide, y + r * 0.7),
        (x - r * 0.7 - 3.0 - wide, y - r * 0.7 - NAME_HEIGHT),
    ];
    let cost = |&(left, top): &(f64, f64)| {
        let frame = (left, top, left + wide, top + NAME_HEIGHT);
        let covered: f64 = taken.iter().map(|t| overlap(*t, frame)).sum();
        let outside = (-left).max(0.0)
            + (left + wide - WIDTH).max(0.0)
            + (-top).max(0.0)
            + (top + NAME_HEIGHT - height).max(0.0);
        covered + outside * 50.0
    };
    let best = spots.iter().min_by(|a, b| cost(a).total_cmp(&cost(b))).copied().unwrap_or((x, y));
    (best.0, best.1, best.0 + wide, best.1 + NAME_HEIGHT)
}

/// What the map shows.
pub struct Map<'a> {
    /// Language.
    pub lang: Lang,
    /// Counties with what was found.
    pub counties: &'a [CountyCount],
    /// From where distances count.
    pub from: Option<&'a (Names, Point)>,
    /// Farthest distance that was asked for, km; 0 for any.
    pub within_km: f64,
    /// Where a county leads.
    pub link: &'a dyn Fn(&CountyCount) -> String,
}

impl Map<'_> {
    /// The drawing with its legend; nothing where no county has a place.
    pub fn draw(&self) -> Markup {
        let lang = self.lang;
        let mut counties: Vec<(&CountyCount, Point)> =
            self.counties.iter().filter_map(|c| Some((c, c.point?))).collect();
        let Some(projection) = Projection::fit(&counties.iter().map(|(_, p)| *p).collect::<Vec<_>>()) else {
            return html! {};
        };
        // Large circles first, so that small ones stay visible and their names find room last.
        counties.sort_by_key(|(c, _)| (std::cmp::Reverse(c.offers), c.code.clone()));
        let most = counties.first().map_or(0, |(c, _)| c.offers);
        let circles: Vec<_> =
            counties.iter().map(|(c, p)| (*c, projection.at(*p), radius(c.offers, most))).collect();
        let mut taken: Vec<Frame> =
            circles.iter().map(|(_, (x, y), r)| (x - r, y - r, x + r, y + r)).collect();
        let names: Vec<(String, Frame)> = circles
            .iter()
            .map(|(county, at, r)| {
                let name = self.name(county);
                let words = if county.offers == 0 { name } else { format!("{name} {}", county.offers) };
                let frame = place(*at, *r, width(&words), projection.height, &taken);
                taken.push(frame);
                (words, frame)
            })
            .collect();
        let found: usize = self.counties.iter().map(|c| c.offers).sum();
        html! {
            figure.map {
                svg viewBox={ "0 0 " (WIDTH) " " (format!("{:.0}", projection.height)) } role="group" aria-labelledby="map-title map-text" {
                    title #map-title { (lang.t("各县区的供给")) }
                    desc #map-text { (self.summary()) }
                    (self.rings(&projection))
                    @for ((county, (x, y), r), (words, frame)) in circles.iter().zip(&names) {
                        a href=((self.link)(county)) aria-label=(self.label(county)) {
                            circle.found[county.offers > 0].none[county.offers == 0] cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r=(format!("{r:.1}")) {
                                title { (self.label(county)) }
                            }
                            text x=(format!("{:.1}", frame.0)) y=(format!("{:.1}", frame.3 - 3.5)) { (words) }
                        }
                    }
                    @if let Some((_, point)) = self.from {
                        @let (x, y) = projection.at(*point);
                        path.from d=(format!("M{:.1} {y:.1}h12M{x:.1} {:.1}v12", x - 6.0, y - 6.0)) {}
                    }
                }
                figcaption {
                    span { (lang.t("圆面积按供给数")) " · " (lang.t("共")) " " (found) }
                    @if let Some((names, _)) = self.from { " · " span { "＋ " (lang.t("起点")) (crate::format::colon(lang)) (lang.of(names)) } }
                    " · " span { (lang.t("虚线为直线距离")) }
                    " · " span { (lang.t("点县区可筛选")) }
                }
            }
        }
    }

    fn name(&self, county: &CountyCount) -> String {
        match self.lang {
            Lang::En if !county.name_en.is_empty() => county.name_en.clone(),
            _ => county.name.clone(),
        }
    }

    fn label(&self, county: &CountyCount) -> String {
        let lang = self.lang;
        let far = county.distance_km.map_or_else(String::new, |km| format!(", {km:.0} km"));
        let (offers, enterprises) = (lang.t("条供给"), lang.t("家企业"));
        format!(
            "{}: {} {offers}, {} {enterprises}{far}",
            self.name(county),
            county.offers,
            county.enterprises
        )
    }

    fn summary(&self) -> String {
        let mut counties: Vec<&CountyCount> = self.counties.iter().filter(|c| c.offers > 0).collect();
        counties.sort_by_key(|c| std::cmp::Reverse(c.offers));
        counties.iter().map(|c| self.label(c)).collect::<Vec<_>>().join("; ")
    }

    /// Rings around the place from which distances count; the one that was asked for is drawn stronger.
    fn rings(&self, projection: &Projection) -> Markup {
        let Some((_, point)) = self.from else { return html! {} };
        let (x, y) = projection.at(*point);
        let mut rings = vec![25.0, 50.0, 100.0, 150.0];
        if self.within_km > 0.0 {
            rings.retain(|km: &f64| (km - self.within_km).abs() > 12.0);
            rings.push(self.within_km);
        }
        html! {
            @for km in rings {
                @let r = projection.km(km);
                @if r < WIDTH {
                    circle.ring.asked[km == self.within_km] cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r=(format!("{r:.1}")) {}
                    @if y - r > 8.0 { text.km x=(format!("{x:.1}")) y=(format!("{:.1}", y - r - 3.0)) text-anchor="middle" { (format!("{km:.0} km")) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JIZHOU: Point = Point { lon: 114.994_763, lat: 27.143_801 };
    const SUICHUAN: Point = Point { lon: 114.516_901, lat: 26.323_705 };
    const YONGXIN: Point = Point { lon: 114.242_534, lat: 26.944_721 };

    #[test]
    fn distances_on_the_map_are_those_of_the_earth() {
        let projection = Projection::fit(&[JIZHOU, SUICHUAN, YONGXIN]).unwrap();
        for (a, b) in [(JIZHOU, SUICHUAN), (JIZHOU, YONGXIN), (SUICHUAN, YONGXIN)] {
            let ((ax, ay), (bx, by)) = (projection.at(a), projection.at(b));
            let drawn = (ax - bx).hypot(ay - by) / projection.km(1.0);
            let true_km = a.distance_km(b);
            assert!((drawn / true_km - 1.0).abs() < 0.01, "{drawn} km drawn for {true_km} km");
        }
    }

    #[test]
    fn every_seat_is_within_the_drawing() {
        for points in [vec![JIZHOU], vec![JIZHOU, JIZHOU], vec![JIZHOU, SUICHUAN, YONGXIN]] {
            let projection = Projection::fit(&points).unwrap();
            for point in points {
                let (x, y) = projection.at(point);
                assert!((0.0..=WIDTH).contains(&x) && (0.0..=projection.height).contains(&y), "{x} {y}");
                assert!(projection.height <= HEIGHT_MAX + 0.01);
            }
        }
        assert_eq!(Projection::fit(&[]), None);
    }

    #[test]
    fn areas_go_with_counts() {
        let areas = [1, 4, 100].map(|n| radius(n, 100).powi(2));
        assert!((areas[2] / RADIUS_MAX.powi(2) - 1.0).abs() < 1e-9);
        assert!((radius(25, 100) * 2.0 - radius(100, 100)).abs() < 1e-9);
        assert_eq!(radius(0, 100), RADIUS_NONE);
        assert!(areas[0] > RADIUS_NONE.powi(2));
    }

    #[test]
    fn names_of_neighbours_do_not_cover_each_other() {
        let mut taken = vec![(90.0, 90.0, 110.0, 110.0), (95.0, 105.0, 115.0, 125.0)];
        let first = place((100.0, 100.0), 10.0, 54.0, 600.0, &taken);
        taken.push(first);
        let second = place((105.0, 115.0), 10.0, 54.0, 600.0, &taken);
        assert_eq!(overlap(first, second), 0.0);
    }

    #[test]
    fn imported_names_are_escaped() {
        let county = CountyCount {
            code: "1".into(),
            name: "<script>".into(),
            name_en: String::new(),
            point: Some(JIZHOU),
            distance_km: None,
            offers: 1,
            enterprises: 1,
        };
        let map = Map {
            lang: Lang::Zh,
            counties: &[county],
            from: None,
            within_km: 0.0,
            link: &|_| "/offers?q=\"".into(),
        };
        let drawn = map.draw().into_string();
        assert!(
            !drawn.contains("<script>") && drawn.contains("&lt;script&gt; 1") && drawn.contains("q=&quot;")
        );
    }
}
