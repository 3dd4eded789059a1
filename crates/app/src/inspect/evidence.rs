//! Evidence: a finished inspection proves what an offer states of a property.
//!
//! Which figure of a run proves which property is data (`data/evidence.csv`). The evidence holds the offer's words of that
//! day: where the offer says something else now, the evidence is stale and no longer counts; so it is after its last day.
//! Its summary is seen by whoever sees the offer's field `evidence`; the run behind it stays its enterprise's own.

use super::panel::PanelSummary;
use crate::records::{Market, field};
use crate::{Act, Actor, App, Code, EnterpriseBrief, Error, Result, Role};
use jiff::ToSpan;
use jiff::civil::Date;
use model::evidence::Evidence;
use model::offer::Offer;
use model::property::{Direction, PropertyId};
use model::reference::Reference;
use model::spec::{SpecValue, Specification};
use model::table::{self, TableError};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::LazyLock;
use store::{NewEvidence, StoredEvidence};
use vision::panel::CONFIDENCE;

/// Which figure of a run proves a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// Share of good beads.
    Yield,
    /// Share of bad beads.
    Defects,
    /// Largest offset that three standard deviations reach, of the worse axis.
    Offset,
}

#[derive(Deserialize)]
struct Row {
    property: String,
    figure: Figure,
    unit: String,
}

/// A property that an inspection can prove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provable {
    /// The property.
    pub property: PropertyId,
    /// The figure.
    pub figure: Figure,
    /// Unit in which the figure is told; that of the property.
    pub unit: String,
}

fn parse(text: &str) -> Result<Vec<Provable>, TableError> {
    let rows = table::rows::<Row>("evidence.csv", text)?;
    rows.into_iter()
        .map(|(line, row)| {
            let property = PropertyId(row.property);
            let known = Reference::builtin().properties.get(&property);
            if known.is_none_or(|p| p.unit.as_deref() != Some(row.unit.as_str())) {
                let message = format!("{} is no property in {}", property.0, row.unit);
                return Err(TableError::new("evidence.csv", line, message));
            }
            Ok(Provable { property, figure: row.figure, unit: row.unit })
        })
        .collect()
}

/// The properties that an inspection can prove.
pub fn provable() -> &'static [Provable] {
    static TABLE: LazyLock<Vec<Provable>> = LazyLock::new(|| {
        parse(include_str!("../../../../data/evidence.csv")).expect("the shipped tables are tested")
    });
    &TABLE
}

/// How evidence stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceState {
    /// It counts.
    Valid,
    /// Its last day has passed.
    Expired,
    /// The offer states something else than what was proved.
    Stale,
    /// Its enterprise took it back.
    Withdrawn,
}

/// Evidence in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvidenceRow {
    /// Row id.
    pub id: i64,
    /// How it stands.
    pub state: EvidenceState,
    /// The offer's enterprise.
    pub enterprise: EnterpriseBrief,
    /// Row id of the offer.
    pub offer: i64,
    /// Title of the offer.
    pub offer_title: String,
    /// Row id of the run, for those who may see it.
    pub run: Option<i64>,
    /// What the offer stated when it was attached.
    pub stated: String,
    /// What was measured.
    pub evidence: Evidence,
    /// Who attached it, for those who may see the run.
    pub by: Option<String>,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// Evidence to attach.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttachEvidence {
    /// Row id of the finished run.
    pub run: i64,
    /// Row id of the offer.
    pub offer: i64,
    /// The property.
    pub property: String,
    /// Months that it counts, 1 to 24.
    pub months: u8,
}

/// Figures of all inspections and evidence of the cluster, without names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct InspectionCounts {
    /// Enterprises with inspections on record.
    pub enterprises: u64,
    /// Finished inspections on record.
    pub finished: u64,
    /// Inspections under way.
    pub running: u64,
    /// Evidence that counts.
    pub valid: u64,
    /// Offers with evidence that counts.
    pub offers: u64,
}

/// What an offer states of a property, in words.
fn stated(offer: &Offer, property: &PropertyId) -> String {
    let own = offer.specs.iter().filter(|s| s.property == *property);
    own.map(Specification::value_words).collect::<Vec<_>>().join("；")
}

fn state(stored: &StoredEvidence, offer: Option<&Offer>, today: Date) -> EvidenceState {
    let NewEvidence { stated: then, evidence, .. } = &stored.value;
    if stored.withdrawn.is_some() {
        EvidenceState::Withdrawn
    } else if offer.is_none_or(|offer| stated(offer, &evidence.property) != *then) {
        EvidenceState::Stale
    } else if evidence.valid_until < today {
        EvidenceState::Expired
    } else {
        EvidenceState::Valid
    }
}

/// Evidence by the row id of its offer, in the order that it has.
pub(crate) fn by_offer(all: &[StoredEvidence]) -> HashMap<i64, Vec<&StoredEvidence>> {
    let mut out: HashMap<i64, Vec<&StoredEvidence>> = HashMap::new();
    for stored in all {
        out.entry(stored.value.offer).or_default().push(stored);
    }
    out
}

/// Of an offer's own evidence, oldest first, what counts on a day: of each property the newest.
pub(crate) fn valid_for(own: &[&StoredEvidence], offer: &Offer, today: Date) -> Vec<Evidence> {
    let mut out: Vec<Evidence> = Vec::new();
    for stored in own.iter().rev() {
        let evidence = &stored.value.evidence;
        let new = !out.iter().any(|e| e.property == evidence.property);
        if new && state(stored, Some(offer), today) == EvidenceState::Valid {
            out.push(evidence.clone());
        }
    }
    out.sort_by(|a, b| a.property.cmp(&b.property));
    out
}

/// What a run measured of a property.
fn measured(
    provable: &Provable,
    panel: &PanelSummary,
    on: Date,
    until: Date,
    sha256: &str,
) -> Option<Evidence> {
    let cpk = panel.cpk_x.zip(panel.cpk_y).map(|(x, y)| x.min(y));
    let share = |value: Option<f64>, low: Option<f64>, high: Option<f64>| Some((value?, low?, high?, None));
    let (value, low, high, cpk) = match provable.figure {
        Figure::Yield => share(panel.yield_share, panel.yield_low, panel.yield_high)?,
        Figure::Defects => {
            let bad = |share: Option<f64>| share.map(|s| 1.0 - s);
            share(bad(panel.yield_share), bad(panel.yield_high), bad(panel.yield_low))?
        }
        Figure::Offset => {
            // Three standard deviations are the tolerance over Cp; Cp has the exact interval.
            let axis = |mean: f64, cp: Option<f64>, low: Option<f64>, high: Option<f64>| {
                let reach = |cp: f64| mean.abs() + panel.tolerance_um / cp;
                Some((reach(cp?), reach(high?), reach(low?)))
            };
            let x = axis(panel.mean_dx_um, panel.cp_x, panel.cp_x_low, panel.cp_x_high)?;
            let y = axis(panel.mean_dy_um, panel.cp_y, panel.cp_y_low, panel.cp_y_high)?;
            let worse = if x.0 >= y.0 { x } else { y };
            (worse.0, worse.1, worse.2, cpk)
        }
    };
    let unit = if provable.figure == Figure::Offset { "μm" } else { "%" };
    let factor = if unit == "%" { 100.0 } else { 1.0 };
    let units = &Reference::builtin().units;
    let told = |v: f64| units.convert(v * factor, unit, &provable.unit).ok();
    Some(Evidence {
        property: provable.property.clone(),
        value: told(value)?,
        low: told(low)?,
        high: told(high)?,
        unit: provable.unit.clone(),
        cpk,
        count: panel.beads,
        measured_on: on,
        valid_until: until,
        sha256: sha256.to_owned(),
    })
}

/// True where the measured value with its whole interval is as good as everything that the offer states of the property.
fn supports(evidence: &Evidence, offer: &Offer) -> Option<bool> {
    let reference = Reference::builtin();
    let property = reference.properties.get(&evidence.property)?;
    let own = offer.specs.iter().filter(|s| s.property == evidence.property);
    let mut known = None;
    for spec in own {
        let SpecValue::Interval(interval) = &spec.value else { continue };
        let unit = spec.unit.as_deref().or(property.unit.as_deref()).unwrap_or_default();
        let told = interval.try_map(|v| reference.units.convert(v, unit, &evidence.unit)).ok()?;
        let holds = match property.direction {
            Direction::Larger => told.low.or(told.high).is_some_and(|promised| evidence.low >= promised),
            Direction::Smaller => told.high.or(told.low).is_some_and(|promised| evidence.high <= promised),
            Direction::Cover | Direction::Equal => told.contains(evidence.value),
        };
        known = Some(known.unwrap_or(true) && holds);
    }
    known
}

#[boxed::futures]
impl App {
    pub(super) async fn evidence_rows(
        &self,
        market: &Market,
        actor: &Actor,
        wanted: impl Fn(&StoredEvidence) -> bool,
    ) -> Result<Vec<EvidenceRow>> {
        let (viewer, today) = (market.viewer(actor), self.today());
        let own = |owner: i64| actor.role == Role::Administrator || viewer.own() == Some(owner);
        let mut rows = Vec::new();
        for stored in self.store.evidence().await?.into_iter().rev().filter(|e| wanted(e)) {
            let Some(held) = market.offers.get(stored.value.offer) else { continue };
            if !viewer.keeps(held.owner) || !market.knows(&viewer, held) {
                continue;
            }
            let seen = market.seen(market.sight(&viewer, held), held);
            let own = own(held.owner);
            rows.push(EvidenceRow {
                id: stored.id,
                state: state(&stored, Some(&held.value), today),
                enterprise: market.brief(&viewer, held.owner),
                offer: held.id,
                offer_title: seen.title,
                run: own.then_some(stored.value.run),
                stated: stored.value.stated,
                evidence: stored.value.evidence,
                by: own.then_some(stored.actor),
                at_ms: stored.at_ms,
            });
        }
        Ok(rows)
    }

    /// Evidence that the actor may see in full, newest first: a member its own, a commissioner that of his or her enterprises,
    /// the secretariat all.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn evidence(&self, actor: &Actor) -> Result<Vec<EvidenceRow>> {
        actor.need(Act::Evidence)?;
        let market = self.market().await?;
        self.evidence_rows(&market, actor, |_| true).await
    }

    /// How much is measured in the cluster.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn inspection_counts(&self, actor: &Actor) -> Result<InspectionCounts> {
        actor.need(Act::Evidence)?;
        let (market, today) = (self.market().await?, self.today());
        let [enterprises, finished, running] = self.store.run_counts().await?;
        let mut counts = InspectionCounts { enterprises, finished, running, ..InspectionCounts::default() };
        let mut offers = Vec::new();
        for stored in self.store.evidence().await? {
            let held = market.offers.get(stored.value.offer);
            if state(&stored, held.map(|h| &h.value), today) == EvidenceState::Valid {
                counts.valid += 1;
                offers.push(stored.value.offer);
            }
        }
        offers.sort_unstable();
        offers.dedup();
        counts.offers = offers.len() as u64;
        Ok(counts)
    }

    /// Attaches a finished run to an offer of the same enterprise. The whole 95 % interval must be as good as what the offer
    /// states: nothing is proved by a measurement that may have been luck.
    ///
    /// # Errors
    /// [`Code::BadInput`] with the field; [`Code::NotFound`], also for others' runs and offers; [`Code::Conflict`] where the
    /// run is under way.
    pub async fn attach_evidence(&self, actor: &Actor, new: &AttachEvidence) -> Result<i64> {
        actor.need(Act::AttachEvidence)?;
        let market = self.market().await?;
        let run = self.seen_run(&market, actor, new.run).await?;
        let sha256 = run.sha256.as_deref().ok_or_else(|| {
            Error::new(Code::Conflict, "the inspection is still under way").hint("finish it first")
        })?;
        let viewer = market.viewer(actor);
        let held = market
            .offers
            .get(new.offer)
            .filter(|o| o.owner == market.surviving(run.enterprise) && market.knows(&viewer, o));
        let offer = &held.ok_or_else(crate::records::unknown)?.value;
        let provable = provable().iter().find(|p| p.property.0 == new.property);
        let provable = provable.ok_or_else(|| field("property", "这项参数不能用检测证明"))?;
        let words = stated(offer, &provable.property);
        if words.is_empty() {
            return Err(field("property", "这条供给没有写这项参数，请先写进规格"));
        }
        if !(1..=24).contains(&new.months) {
            return Err(field("months", "有效期为1到24个月"));
        }
        let figures: super::RunFigures = serde_json::from_str(&run.summary)
            .map_err(|e| Error::new(Code::Internal, format!("the inspection cannot be read: {e}")))?;
        let panel = figures.panel.ok_or_else(|| field("run", "这次检测没有测到灯珠"))?;
        let on = crate::clock::day_of(run.changed_ms);
        let until = on.saturating_add(i32::from(new.months).months());
        let evidence = measured(provable, &panel, on, until, sha256)
            .ok_or_else(|| field("run", "这次检测算不出这项参数"))?;
        if panel.confidence < CONFIDENCE || supports(&evidence, offer) != Some(true) {
            let mut error = field("property", "测得的区间没有达到供给写明的值");
            error.message = format!("{}, measured {}", words, evidence.value_words());
            return Err(error.hint("correct what the offer states, or measure more beads"));
        }
        let new = NewEvidence { offer: new.offer, run: run.id, stated: words, evidence };
        Ok(self.store.add_evidence(&new, &self.by(actor)).await?)
    }

    /// Takes evidence back; it stays on record as withdrawn.
    ///
    /// # Errors
    /// [`Code::NotFound`], also for others'; [`Code::Conflict`] where it was withdrawn before.
    pub async fn withdraw_evidence(&self, actor: &Actor, id: i64) -> Result<()> {
        actor.need(Act::AttachEvidence)?;
        let market = self.market().await?;
        let rows = self.evidence_rows(&market, actor, |e| e.id == id).await?;
        let own = rows.first().filter(|row| row.run.is_some());
        own.ok_or_else(crate::records::unknown)?;
        Ok(self.store.withdraw_evidence(id, &self.by(actor)).await?)
    }
}
