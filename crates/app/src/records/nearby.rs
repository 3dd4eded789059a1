//! “Who nearby can make it” (附近谁能做).

use super::search::OfferRow;
use crate::{Actor, App, Result};
use model::matching::Match;
use model::region::Point;
use serde::Serialize;

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NearbyQuery {
    /// Product and specification in words.
    pub q: String,
    /// Region from which distances count; empty: the member's own, else the cluster's seat.
    pub from: String,
    /// Farthest distance in km; 0: any.
    pub within_km: f64,
    /// Certificates that must be held, separated by commas.
    pub certificates: String,
    /// Rows at most, 1 to 200; 0 counts as 50.
    pub limit: usize,
}

/// An offer near by.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NearbyRow {
    /// The offer.
    pub offer: OfferRow,
    /// How it fits the words, with reasons, verdicts and the distance; keys blank.
    pub matched: Match,
}

/// A county with what it has.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CountyCount {
    /// Region code.
    pub code: String,
    /// Name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// Its seat.
    pub point: Option<Point>,
    /// Distance from where is asked, km.
    pub distance_km: Option<f64>,
    /// Offers found there.
    pub offers: usize,
    /// Enterprises that offer them.
    pub enterprises: usize,
}

/// Who can make it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Nearby {
    /// Name and seat of the region from which distances count.
    pub from: Option<(String, Point)>,
    /// Best first.
    pub rows: Vec<NearbyRow>,
    /// All counties of the cluster, those without an offer too, by code; counts are of all offers found.
    pub counties: Vec<CountyCount>,
}

impl App {
    /// Offers that fit words, with distances, and how they spread over the counties. Without words: every open offer counts for the
    /// counties, and no row is given.
    ///
    /// # Errors
    /// [`crate::Code::BadInput`] for an unknown region.
    pub async fn nearby(&self, actor: &Actor, query: &NearbyQuery) -> Result<Nearby> {
        let _ = (actor, query);
        Err(crate::pending())
    }
}
