//! Regions: administrative divisions and parks with coordinates.

use crate::fold::fold_key;
use crate::markets::Names;
use crate::table::{self, TableError};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A point on the earth in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Longitude, degrees east.
    pub lon: f64,
    /// Latitude, degrees north.
    pub lat: f64,
}

/// Mean earth radius in km (IUGG).
const EARTH_RADIUS_KM: f64 = 6371.0088;

impl Point {
    /// Great-circle distance in km by the haversine formula. The datum shift between GCJ-02 and CGCS2000
    /// (below 0.7 km, and much the same for both ends) is neglected.
    pub fn distance_km(self, other: Self) -> f64 {
        let (a, b) = (self.lat.to_radians(), other.lat.to_radians());
        let half_lat = ((b - a) / 2.0).sin();
        let half_lon = ((other.lon - self.lon).to_radians() / 2.0).sin();
        let h = half_lat * half_lat + a.cos() * b.cos() * half_lon * half_lon;
        2.0 * EARTH_RADIUS_KM * h.sqrt().min(1.0).asin()
    }
}

/// What a region is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionLevel {
    /// 省
    Province,
    /// 市
    City,
    /// 县, 区, 县级市
    County,
    /// 园区, 开发区: a managing zone within a county or city
    Park,
}

/// One region. `code` is the 6-digit division code (GB/T 2260) or a park's 6- or 9-digit code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// Division or park code.
    pub code: String,
    /// Registered name.
    pub name: String,
    /// Name in English (pinyin).
    pub name_en: String,
    /// What it is.
    pub level: RegionLevel,
    /// Code of the region above; empty for the top.
    pub parent: String,
    /// Seat or centre; parks without own coordinates take their county's.
    pub point: Option<Point>,
    /// Further spellings.
    pub aliases: Vec<String>,
}

impl Region {
    /// The name in both languages.
    pub fn names(&self) -> Names {
        Names { zh: self.name.clone(), en: self.name_en.clone() }
    }
}

#[derive(Deserialize)]
struct Row {
    code: String,
    name: String,
    name_en: String,
    level: RegionLevel,
    parent: String,
    lon: Option<f64>,
    lat: Option<f64>,
    aliases: String,
}

/// The regions of one or more cities.
#[derive(Debug, Clone, Default)]
pub struct RegionTable {
    regions: Vec<Region>,
    by_code: HashMap<String, usize>,
    by_name: HashMap<String, Vec<usize>>,
}

/// Why a text names no region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// Not in the table.
    #[error("“{0}”不是已知的县区或园区")]
    Unknown(String),
    /// A short name that fits several regions.
    #[error("“{0}”可指多个地区：{1}；请写全称或代码")]
    Ambiguous(String, String),
}

impl RegionTable {
    /// Reads `code,name,name_en,level,parent,lon,lat,aliases` rows; a file a city.
    ///
    /// # Errors
    /// The first faulty line.
    pub fn parse(table: &str, text: &str) -> Result<Self, TableError> {
        let mut out = Self::default();
        out.extend(table, text)?;
        Ok(out)
    }

    /// Adds the rows of another file.
    ///
    /// # Errors
    /// The first faulty line: a code that stands twice, a parent that is not there.
    pub fn extend(&mut self, table: &str, text: &str) -> Result<(), TableError> {
        for (line, row) in table::rows::<Row>(table, text)? {
            if self.by_code.contains_key(&row.code) {
                return Err(TableError::new(table, line, format!("code {} stands twice", row.code)));
            }
            if !row.parent.is_empty() && !self.by_code.contains_key(&row.parent) {
                return Err(TableError::new(table, line, format!("parent {} must stand above", row.parent)));
            }
            let point = match (row.lon, row.lat) {
                (Some(lon), Some(lat)) => Some(Point { lon, lat }),
                (None, None) => self.get(&row.parent).and_then(|p| p.point),
                _ => return Err(TableError::new(table, line, "lon and lat go together")),
            };
            let index = self.regions.len();
            let aliases = table::words(&row.aliases);
            self.by_code.insert(row.code.clone(), index);
            let mut names = vec![row.name.clone(), row.name_en.clone()];
            names.extend(aliases.iter().cloned());
            names.extend(short_name(&row.name, row.level));
            names.sort();
            names.dedup();
            for name in names {
                let at = self.by_name.entry(fold_key(&name)).or_default();
                if !at.contains(&index) {
                    at.push(index);
                }
            }
            self.regions.push(Region {
                code: row.code,
                name: row.name,
                name_en: row.name_en,
                level: row.level,
                parent: row.parent,
                point,
                aliases,
            });
        }
        Ok(())
    }

    /// All regions in the order of the files.
    pub fn iter(&self) -> impl Iterator<Item = &Region> {
        self.regions.iter()
    }

    /// The region with this code.
    pub fn get(&self, code: &str) -> Option<&Region> {
        self.by_code.get(code).map(|&i| &self.regions[i])
    }

    /// Reads a region from a code, a name (`泰和县`, `泰和`, `井开区`) or an address that begins with names
    /// (`江西省吉安市泰和县工业园`): the most specific region named wins.
    ///
    /// # Errors
    /// [`RegionError`] says what was read.
    pub fn find(&self, text: &str) -> Result<&Region, RegionError> {
        let key = fold_key(text);
        if let Some(region) = self.get(&key) {
            return Ok(region);
        }
        if let Some(found) = self.by_name.get(&key) {
            return self.one(text, found);
        }
        // A longer text: take the longest region name in it, the most specific level first.
        let best = self
            .by_name
            .iter()
            .filter(|(name, _)| name.chars().count() >= 2 && key.contains(name.as_str()))
            .map(|(name, found)| {
                // A name that may mean the city or the county counts as the city's.
                let level = found.iter().map(|&i| self.regions[i].level as u8).min().unwrap_or(0);
                ((level, name.chars().count(), name), found)
            })
            .max_by(|a, b| a.0.cmp(&b.0));
        match best {
            Some((_, found)) => self.one(text, found),
            None => Err(RegionError::Unknown(text.trim().to_owned())),
        }
    }

    fn one(&self, text: &str, found: &[usize]) -> Result<&Region, RegionError> {
        match found {
            [one] => Ok(&self.regions[*one]),
            many => Err(RegionError::Ambiguous(
                text.trim().to_owned(),
                many.iter().map(|&i| self.regions[i].name.as_str()).collect::<Vec<_>>().join("、"),
            )),
        }
    }

    /// True where `code` is the region `within` or lies in it.
    pub fn is_within(&self, code: &str, within: &str) -> bool {
        code == within
            || self
                .get(code)
                .is_some_and(|region| !region.parent.is_empty() && self.is_within(&region.parent, within))
    }

    /// The county of a region: itself, or for a park the county above it; `None` for a city.
    pub fn county(&self, code: &str) -> Option<&Region> {
        let region = self.get(code)?;
        match region.level {
            RegionLevel::County => Some(region),
            RegionLevel::Park => self.county(&region.parent),
            RegionLevel::City | RegionLevel::Province => None,
        }
    }
}

/// `泰和县` is also called `泰和`; a two-character name keeps its last character out of the index
/// only where more than one character is left.
fn short_name(name: &str, level: RegionLevel) -> Option<String> {
    let suffixes: &[&str] = match level {
        RegionLevel::Province => &["省", "自治区"],
        RegionLevel::City => &["市"],
        RegionLevel::County => &["县", "区", "市"],
        RegionLevel::Park => &[],
    };
    suffixes
        .iter()
        .find_map(|s| name.strip_suffix(s))
        .filter(|short| short.chars().count() >= 2)
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use crate::reference::Reference;

    #[test]
    fn reads_codes_names_and_addresses() {
        let regions = &Reference::builtin().regions;
        for (text, code) in [
            ("360826", "360826"),
            ("泰和", "360826"),
            ("泰和县", "360826"),
            ("江西省吉安市万安县五丰镇", "360828"),
            ("吉安县", "360821"),
            ("吉安市", "360800"),
            ("井冈山经济技术开发区", "360891"),
            ("井开区", "360891"),
            ("井冈山市", "360881"),
            ("Wan'an", "360828"),
        ] {
            assert_eq!(regions.find(text).map(|r| r.code.as_str()), Ok(code), "{text}");
        }
        assert_eq!(regions.find("深圳").map(|r| r.code.as_str()), Ok("440300"));
        assert!(regions.find("不存在市").is_err());
        assert!(regions.is_within("360891", "360800") && !regions.is_within("440300", "360800"));
        assert!(regions.find("吉安").is_err(), "吉安 alone is the city or the county");
        assert_eq!(regions.county("360891").map(|r| r.code.as_str()), Some("360821"));
    }

    #[test]
    fn wanan_to_taihe() {
        let regions = &Reference::builtin().regions;
        let point = |code| regions.get(code).and_then(|r| r.point).unwrap();
        let km = point("360828").distance_km(point("360826"));
        assert!((km - 41.7).abs() < 0.3, "{km}");
    }
}
