//! Where an enterprise counts as standing.

use model::enterprise::Enterprise;
use model::region::{Point, Region, RegionTable};

/// The region that an enterprise belongs to, and its point on the map.
pub struct Place<'a> {
    /// County or city; the park where only that is known.
    pub region: Option<&'a Region>,
    /// Own coordinates, else the park's, else the region's seat.
    pub point: Option<Point>,
}

/// Looks an enterprise's place up.
pub fn place<'a>(regions: &'a RegionTable, enterprise: &Enterprise) -> Place<'a> {
    let of = |code: &Option<String>| code.as_deref().and_then(|code| regions.get(code));
    let (region, park) = (of(&enterprise.region), of(&enterprise.park));
    let point = enterprise.point.or(park.and_then(|p| p.point)).or(region.and_then(|r| r.point));
    Place { region: region.or(park), point }
}
