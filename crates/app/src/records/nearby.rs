//! “Who nearby can make it” (附近谁能做).

use super::NeedForm;
use super::edit::field;
use super::market::{Market, Viewer};
use super::matcher::{Asked, Found, blank};
use super::row::Look;
use super::search::{OfferRow, RecordQuery};
use crate::place::place;
use crate::{Act, Actor, App, Result};
use market::{Options, Site};
use model::chain::NodeId;
use model::markets::Names;
use model::matching::{Match, ReasonKind};
use model::need::Need;
use model::region::{Point, Region, RegionLevel};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

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
    pub from: Option<(Names, Point)>,
    /// Best first.
    pub rows: Vec<NearbyRow>,
    /// All counties of the cluster, those without an offer too, by code; counts are of all offers found.
    pub counties: Vec<CountyCount>,
}

#[boxed::futures]
impl App {
    /// Offers that fit words, with distances, and how they spread over the counties. Without words: every open offer counts for the
    /// counties, and no row is given.
    ///
    /// # Errors
    /// [`crate::Code::BadInput`] for an unknown region.
    pub async fn nearby(&self, actor: &Actor, query: &NearbyQuery) -> Result<Nearby> {
        actor.need(Act::Nearby)?;
        let (market, today) = (self.market().await?, self.today());
        let viewer = market.viewer(actor);
        let regions = &market.reference.regions;
        let from = self.starting_point(&market, &viewer, query)?;
        let mut found: Vec<(i64, Option<Match>)> = Vec::new();
        if query.q.trim().is_empty() {
            let open = RecordQuery::default();
            found
                .extend(market.find(&market.offers, &viewer, &open, today).into_iter().map(|o| (o.id, None)));
        } else {
            let mut need = self.need_of_words(query);
            NOWHERE.clone_into(&mut need.enterprise);
            need.max_distance_km = (query.within_km > 0.0).then_some(query.within_km);
            let site = from.as_ref().map(|(names, point)| Site {
                point: Some(*point),
                region: names.clone(),
                ..Site::default()
            });
            let options = viewer.options(POOL, self.options(&need.market).await?);
            let options = Options { pool: POOL, ..options };
            let asked = Asked { need: &need, owner: None, from: site };
            let offers = self.offers_for(&market, &viewer, asked, &options).await?;
            let fits = |f: &Found| {
                let held = market.offers.get(f.id);
                held.is_some_and(|held| is_supply(&need, &f.matched, &options, held.value.node.as_ref()))
            };
            found.extend(offers.into_iter().filter(fits).map(|f| (f.id, Some(f.matched))));
        }
        let mut counties = self.counties(&market, from.as_ref().map(|(_, point)| *point));
        let mut firms: BTreeSet<(String, i64)> = BTreeSet::new();
        for (id, _) in &found {
            let Some(held) = market.offers.get(*id) else { continue };
            let brief = market.brief(&viewer, held.owner);
            let Some(county) = regions.county(&brief.region_code) else { continue };
            if let Some(count) = counties.get_mut(&county.code) {
                count.offers += 1;
                count.enterprises += usize::from(firms.insert((county.code.clone(), held.owner)));
            }
        }
        let limit = if query.limit == 0 { ROWS } else { query.limit.min(ROWS_MAX) };
        let rows = found.into_iter().filter_map(|(id, matched)| {
            let offer = market.offer_row(&viewer, market.offers.get(id)?, Look::Row, today);
            Some(NearbyRow { offer, matched: blank(matched?) })
        });
        Ok(Nearby { from, rows: rows.take(limit).collect(), counties: counties.into_values().collect() })
    }

    /// Where distances count from: the region asked for, else the member's own place, else the cluster's seat.
    fn starting_point(
        &self,
        market: &Market,
        viewer: &Viewer,
        query: &NearbyQuery,
    ) -> Result<Option<(Names, Point)>> {
        let regions = &market.reference.regions;
        if !query.from.trim().is_empty() {
            let region = regions.find(query.from.trim()).map_err(|e| field("from", &e.to_string()))?;
            return Ok(region.point.map(|point| (region.names(), point)));
        }
        let own = viewer.own().and_then(|id| market.enterprises.get(id)).map(|e| place(regions, &e.value));
        let here = || Names { zh: "本企业".to_owned(), en: "the enterprise's own place".to_owned() };
        let own = own.and_then(|p| Some((p.region.map_or_else(here, Region::names), p.point?)));
        let seat = || {
            let home = regions.get(market.home.as_deref()?)?;
            Some((home.names(), home.point?))
        };
        Ok(own.or_else(seat))
    }

    /// The words of a search as a need: read as a form is where that is possible, else as they stand.
    fn need_of_words(&self, query: &NearbyQuery) -> Need {
        let title: String = query.q.trim().chars().take(200).collect();
        let form = NeedForm {
            title: title.clone(),
            detail: query.q.clone(),
            certificates: query.certificates.clone(),
            ..NeedForm::default()
        };
        let read = self.read_form(&form).map(|reading| reading.value);
        let mut need = read.unwrap_or_else(|_| Need::new("", "", &title));
        // The words count once: as a title, not as a title and its description.
        need.detail.clear();
        need
    }

    /// The counties of the cluster with nothing in them, by code.
    fn counties(&self, market: &Market, from: Option<Point>) -> BTreeMap<String, CountyCount> {
        let regions = &market.reference.regions;
        let ours = |code: &str| match &market.home {
            Some(home) => regions.is_within(code, home),
            None => market.enterprises.all.iter().any(|e| e.value.region.as_deref() == Some(code)),
        };
        let counties = regions.iter().filter(|r| r.level == RegionLevel::County && ours(&r.code));
        counties
            .map(|r| {
                let count = CountyCount {
                    code: r.code.clone(),
                    name: r.name.clone(),
                    name_en: r.name_en.clone(),
                    point: r.point,
                    distance_km: from.zip(r.point).map(|(from, to)| from.distance_km(to)),
                    offers: 0,
                    enterprises: 0,
                };
                (r.code.clone(), count)
            })
            .collect()
    }
}

/// Candidates that are looked at.
const POOL: usize = 1000;
/// Rows where nothing is said, and at most.
const ROWS: usize = 50;
const ROWS_MAX: usize = 200;
/// Key of no enterprise: keys of enterprises are codes, or begin with `name:`.
const NOWHERE: &str = "here";

/// True for an offer of the product asked for, near enough, that holds all certificates asked for. A specification that is
/// short is shown, not left out.
fn is_supply(need: &Need, matched: &Match, options: &Options, node: Option<&NodeId>) -> bool {
    let of = |kind: ReasonKind| matched.reasons.iter().find(|r| r.kind == kind);
    let similarity = of(ReasonKind::Text).filter(|r| r.of > 0.0).map_or(0.0, |r| r.points / r.of);
    let relevance = &options.weights.relevance;
    let of_product = match (&need.node, node) {
        (Some(a), Some(b)) if a == b => true,
        (Some(_), Some(_)) => similarity >= relevance.other_node_similarity_min,
        _ => similarity >= relevance.similarity_min,
    };
    let near = need.max_distance_km.zip(matched.distance_km).is_none_or(|(allowed, km)| km <= allowed);
    let certified = of(ReasonKind::Certificate).is_none_or(|r| r.points >= r.of);
    of_product && near && certified
}
