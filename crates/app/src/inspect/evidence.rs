//! Evidence: a finished inspection proves what an offer states of a property.
//!
//! Which figure of a run proves which property is data (`data/evidence.csv`). The evidence holds the offer's words of that
//! day: where the offer says something else now, the evidence is stale and no longer counts; so it is after its last day.
//! Its summary is seen by whoever sees the offer's field `evidence`; the run behind it stays its enterprise's own.

use super::{PanelSummary, RunFigures, RunKind};
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
use vision::capability::{Capability, Interval};
use vision::panel::CONFIDENCE;

/// Which figure of a run proves a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// Share of good beads or boards.
    Yield,
    /// Share of bad beads or boards.
    Defects,
    /// Largest offset that three standard deviations reach, of the worse axis.
    Offset,
}

#[derive(Deserialize)]
struct Row {
    property: String,
    figure: Figure,
    unit: String,
    runs: String,
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
    /// Kinds of runs that prove it.
    pub runs: Vec<RunKind>,
}

fn kinds(text: &str) -> Option<Vec<RunKind>> {
    let kind = |word: &str| match word {
        "panel" => Some(RunKind::Panel),
        "boards" => Some(RunKind::Boards),
        "placement" => Some(RunKind::Placement),
        _ => None,
    };
    text.split('|').map(kind).collect()
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
            let runs = kinds(&row.runs).ok_or_else(|| {
                TableError::new("evidence.csv", line, format!("`runs` is {}, no kinds of runs", row.runs))
            })?;
            Ok(Provable { property, figure: row.figure, unit: row.unit, runs })
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

/// Offsets along one axis: their mean, the tolerance, Cp and Cpk.
struct Axis {
    mean: f64,
    tolerance: f64,
    cp: Interval,
    cpk: f64,
}

impl Axis {
    /// How far three standard deviations reach: they are the tolerance over Cp, and Cp has the exact interval.
    fn reach(&self) -> Interval {
        let reach = |cp: f64| self.mean.abs() + self.tolerance / cp;
        Interval { value: reach(self.cp.value), low: reach(self.cp.high), high: reach(self.cp.low) }
    }
}

/// What a run of any kind may prove.
struct Proof {
    good: Option<Interval>,
    axes: Option<[Axis; 2]>,
    count: u64,
    confidence: f64,
}

impl Proof {
    fn of(figures: &RunFigures) -> Option<Self> {
        match figures.kind() {
            RunKind::Panel => figures.panel.as_ref().map(Self::of_panel),
            RunKind::Boards => figures.boards.as_ref().map(|boards| Self {
                good: boards.yield_share,
                axes: None,
                count: boards.boards,
                confidence: boards.confidence,
            }),
            RunKind::Placement => figures.placement.as_ref().map(|placed| {
                let axis = |c: Capability| Axis {
                    mean: c.mean,
                    tolerance: placed.tolerance_um,
                    cp: c.cp,
                    cpk: c.cpk.value,
                };
                let axes = placed.measured.x.zip(placed.measured.y).map(|(x, y)| [axis(x), axis(y)]);
                Self {
                    good: placed.measured.yield_share,
                    // Without fiducials a displacement that all parts share is not seen: nothing is proved of the offset.
                    axes: axes.filter(|_| placed.fiducials > 0),
                    count: placed.measured.x.map_or(0, |x| x.count),
                    confidence: placed.confidence,
                }
            }),
        }
    }

    fn of_panel(panel: &PanelSummary) -> Self {
        let between = |value: Option<f64>, low: Option<f64>, high: Option<f64>| {
            Some(Interval { value: value?, low: low?, high: high? })
        };
        let axis = |mean: f64, cp: Option<Interval>, cpk: Option<f64>| {
            Some(Axis { mean, tolerance: panel.tolerance_um, cp: cp?, cpk: cpk? })
        };
        let x = axis(panel.mean_dx_um, between(panel.cp_x, panel.cp_x_low, panel.cp_x_high), panel.cpk_x);
        let y = axis(panel.mean_dy_um, between(panel.cp_y, panel.cp_y_low, panel.cp_y_high), panel.cpk_y);
        Self {
            good: between(panel.yield_share, panel.yield_low, panel.yield_high),
            axes: x.zip(y).map(|(x, y)| [x, y]),
            count: panel.beads,
            confidence: panel.confidence,
        }
    }
}

/// What a run measured of a property.
fn measured(provable: &Provable, proof: &Proof, on: Date, until: Date, sha256: &str) -> Option<Evidence> {
    let (Interval { value, low, high }, cpk) = match provable.figure {
        Figure::Yield => (proof.good?, None),
        Figure::Defects => {
            let good = proof.good?;
            let bad = Interval { value: 1.0 - good.value, low: 1.0 - good.high, high: 1.0 - good.low };
            (bad, None)
        }
        Figure::Offset => {
            let [x, y] = proof.axes.as_ref()?;
            let (of_x, of_y) = (x.reach(), y.reach());
            (if of_x.value >= of_y.value { of_x } else { of_y }, Some(x.cpk.min(y.cpk)))
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
        count: proof.count,
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
        let figures: RunFigures = serde_json::from_str(&run.summary)
            .map_err(|e| Error::new(Code::Internal, format!("the inspection cannot be read: {e}")))?;
        if !provable.runs.contains(&figures.kind()) {
            return Err(field("property", "这一类检测不能证明这项参数"));
        }
        let proof = Proof::of(&figures).ok_or_else(|| field("run", "这次检测没有测到灯珠"))?;
        let on = crate::clock::day_of(run.changed_ms);
        let until = on.saturating_add(i32::from(new.months).months());
        let evidence = measured(provable, &proof, on, until, sha256)
            .ok_or_else(|| field("run", "这次检测算不出这项参数"))?;
        if proof.confidence < CONFIDENCE || supports(&evidence, offer) != Some(true) {
            let mut error = field("property", "测得的区间没有达到供给写明的值");
            error.message = format!("{}, measured {}", words, evidence.value_words());
            return Err(error.hint("correct what the offer states, or measure more"));
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
