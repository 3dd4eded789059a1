//! Whether a process is steady: control charts of a run's course, and the run rules that it breaks.

use super::gather::FrameFigures;
use super::record::{RunCard, RunKind};
use crate::{Act, Actor, App, Code, Error, Result};
use model::table::{self, TableError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::LazyLock;
use vision::board::BoardClass;
use vision::capability::Interval;
use vision::classify::Class;
use vision::panel::CONFIDENCE;
use vision::placement::{PlacementClass, PlacementSummary};
use vision::spc::{
    Chart, Difference, Ewma, Rule, Shape, XbarR, alarms, individuals, moving_sigma, shares, welch,
};

/// Points a subgroup of the charts of means and ranges.
const SUBGROUP: usize = 5;
/// Weight of the newest point of weighted means, and width of their limits in standard deviations (Roberts; NIST 6.3.2.4).
const EWMA: (f64, f64) = (0.2, 3.0);
/// Alarms that are kept, the newest.
const ALARMS_MAX: usize = 100;

/// A run rule with its name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunRule {
    /// Short name.
    pub id: String,
    /// In Chinese words.
    pub name_zh: String,
    /// The rule.
    pub rule: Rule,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    name_zh: String,
    shape: Shape,
    count: usize,
    of: usize,
    sigma: f64,
}

fn parse(text: &str) -> Result<Vec<RunRule>, TableError> {
    let rows = table::rows::<Row>("spc_rules.csv", text)?.into_iter();
    rows.map(|(line, row)| {
        if row.of == 0 || row.count > row.of || row.sigma < 0.0 {
            let message = "`of` must be 1 or more, `count` at most `of`, `sigma` not negative";
            return Err(TableError::new("spc_rules.csv", line, message));
        }
        let rule = Rule { shape: row.shape, count: row.count, of: row.of, sigma: row.sigma };
        Ok(RunRule { id: row.id, name_zh: row.name_zh, rule })
    })
    .collect()
}

/// The run rules of `data/spc_rules.csv`.
pub fn run_rules() -> &'static [RunRule] {
    static RULES: LazyLock<Vec<RunRule>> = LazyLock::new(|| {
        parse(include_str!("../../../../data/spc_rules.csv")).expect("the shipped tables are tested")
    });
    &RULES
}

/// What a chart is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Yield in per cent.
    Yield,
    /// Spread of the offsets to the right within a frame in µm. Their mean says nothing: offsets are against the grid that was
    /// fitted to the frame's own beads.
    Dx,
    /// The same downward.
    Dy,
}

/// A broken rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunAlarm {
    /// On which chart.
    pub measure: Measure,
    /// The rule's short name.
    pub rule: String,
    /// The first frame of the point that completed the run.
    pub frame: u64,
    /// When that point was complete, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// True where it is the newest point: it holds now.
    pub now: bool,
}

/// Control charts of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Control {
    /// First frame of each point.
    pub frames: Vec<u64>,
    /// Yields in per cent, with limits from the moving range.
    pub yields: Chart,
    /// Their weighted means.
    pub ewma: Ewma,
    /// Means and ranges of the spread of offsets to the right, five points a subgroup; none before the first five.
    pub dx: Option<XbarR>,
    /// The same downward.
    pub dy: Option<XbarR>,
    /// Broken rules, the newest hundred.
    pub alarms: Vec<RunAlarm>,
}

/// The charts of a course; nothing for fewer than two points.
pub(super) fn control(points: &[FrameFigures]) -> Option<Control> {
    let of = |f: fn(&FrameFigures) -> f64| -> Vec<f64> { points.iter().map(f).collect() };
    let share = of(FrameFigures::yield_percent);
    let yields = individuals(&share)?;
    let sigma = moving_sigma(&share).unwrap_or(0.0);
    let ewma = Ewma::of(&share, yields.centre, sigma, EWMA.0, EWMA.1);
    let (dx, dy) = (XbarR::of(&of(|f| f.sigma_dx_um), SUBGROUP), XbarR::of(&of(|f| f.sigma_dy_um), SUBGROUP));
    let rules: Vec<Rule> = run_rules().iter().map(|r| r.rule.clone()).collect();
    let mut broken = Vec::new();
    let mut look = |measure, chart: &Chart, per: usize| {
        let last = chart.values.len().saturating_sub(1);
        for alarm in alarms(&chart.values, chart.centre, chart.sigma(), &rules) {
            let point = &points[alarm.at * per + per - 1];
            broken.push(RunAlarm {
                measure,
                rule: run_rules()[alarm.rule].id.clone(),
                frame: points[alarm.at * per].frame,
                at_ms: point.at_ms,
                now: alarm.at == last,
            });
        }
    };
    look(Measure::Yield, &yields, 1);
    for (measure, chart) in [(Measure::Dx, &dx), (Measure::Dy, &dy)] {
        if let Some(chart) = chart {
            look(measure, &chart.means, SUBGROUP);
        }
    }
    broken.sort_by_key(|a: &RunAlarm| a.frame);
    let alarms = broken.split_off(broken.len().saturating_sub(ALARMS_MAX));
    Some(Control { frames: points.iter().map(|p| p.frame).collect(), yields, ewma, dx, dy, alarms })
}

/// Two runs beside each other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The one.
    pub first: RunCard,
    /// The other.
    pub second: RunCard,
    /// Their differences, second less first, each where it can be tested.
    pub differences: Vec<TestedDifference>,
}

/// One tested difference of two runs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TestedDifference {
    /// What differs.
    pub what: Compared,
    /// The difference: of shares in per cent, of offsets in µm.
    pub difference: Difference,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// Yield of the frames.
    Yield,
    /// Share of a class of beads.
    Class(Class),
    /// Share of boards without a defect.
    Boards,
    /// Share of boards with a defect of a class.
    BoardClass(BoardClass),
    /// Share of a class of parts.
    PartClass(PlacementClass),
    /// Mean offset to the right of the parts of a board.
    MeanDx,
    /// Mean offset downward.
    MeanDy,
    /// Spread to the right within a frame.
    SigmaDx,
    /// Spread downward.
    SigmaDy,
}

#[boxed::futures]
impl App {
    /// Two runs with their differences. Yields and spreads are compared frame by frame (Welch), because beads of one frame are
    /// not independent; shares of classes by the beads.
    ///
    /// # Errors
    /// [`Code::NotFound`], also for others' runs; [`Code::BadInput`] for runs of different kinds.
    pub async fn compare_inspections(&self, actor: &Actor, first: i64, second: i64) -> Result<Comparison> {
        actor.need(Act::Inspections)?;
        let (first, second) = (self.inspection(actor, first).await?, self.inspection(actor, second).await?);
        if first.row.kind() != second.row.kind() {
            let what = "runs of different kinds measure different things and cannot be compared";
            return Err(Error::new(Code::BadInput, what).hint("choose two runs of one kind"));
        }
        let differences = differences(&first, &second);
        Ok(Comparison { first, second, differences })
    }
}

/// The tested difference of two shares, in per cent; nothing where none of either is there.
fn of_shares(first: (u64, u64), second: (u64, u64)) -> Option<Difference> {
    let tested = shares(first, second, CONFIDENCE).filter(|_| first.0 + second.0 > 0)?;
    let Interval { value, low, high } = tested.by;
    Some(Difference { by: Interval { value: 100.0 * value, low: 100.0 * low, high: 100.0 * high }, ..tested })
}

fn differences(first: &RunCard, second: &RunCard) -> Vec<TestedDifference> {
    let (Some(a), Some(b)) = (&first.detail, &second.detail) else { return Vec::new() };
    let (Some(of_a), Some(of_b)) = (&first.row.figures, &second.row.figures) else { return Vec::new() };
    let mut out = Vec::new();
    let mut put = |what, difference: Option<Difference>| {
        out.extend(difference.map(|difference| TestedDifference { what, difference }));
    };
    let by_frame = |f: fn(&FrameFigures) -> f64| {
        let of = |points: &[FrameFigures]| -> Vec<f64> { points.iter().map(f).collect() };
        welch(&of(a.course.whole()), &of(b.course.whole()), CONFIDENCE)
    };
    let kind = first.row.kind();
    if kind != RunKind::Boards {
        put(Compared::Yield, by_frame(FrameFigures::yield_percent));
        put(Compared::SigmaDx, by_frame(|f| f.sigma_dx_um));
        put(Compared::SigmaDy, by_frame(|f| f.sigma_dy_um));
    }
    if kind == RunKind::Placement {
        put(Compared::MeanDx, by_frame(|f| f.mean_dx_um));
        put(Compared::MeanDy, by_frame(|f| f.mean_dy_um));
    }
    if let (Some(a), Some(b)) = (&of_a.panel, &of_b.panel) {
        let count = |p: &super::PanelSummary, class| p.classes.get(&class).copied().unwrap_or(0);
        for class in Class::ALL.into_iter().filter(|c| !matches!(c, Class::Ok | Class::Unmeasured)) {
            let tested = of_shares((count(a, class), a.beads), (count(b, class), b.beads));
            put(Compared::Class(class), tested);
        }
    }
    if let (Some(a), Some(b)) = (&of_a.boards, &of_b.boards) {
        put(Compared::Boards, of_shares((a.good, a.boards), (b.good, b.boards)));
        let classes: BTreeSet<BoardClass> = a.classes.keys().chain(b.classes.keys()).copied().collect();
        for class in classes {
            let tested = of_shares((a.with(class), a.boards), (b.with(class), b.boards));
            put(Compared::BoardClass(class), tested);
        }
    }
    if let (Some(a), Some(b)) = (&of_a.placement, &of_b.placement) {
        let (a, b) = (&a.measured, &b.measured);
        let classes = a.classes.keys().chain(b.classes.keys()).copied();
        for class in classes.filter(|c| *c != PlacementClass::Ok).collect::<BTreeSet<_>>() {
            let count = |s: &PlacementSummary| s.classes.get(&class).copied().unwrap_or(0);
            put(Compared::PartClass(class), of_shares((count(a), a.parts), (count(b), b.parts)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_rules_are_read_and_faulty_ones_refused() {
        assert_eq!(run_rules().len(), 8);
        let bad = "id,name_zh,shape,count,of,sigma\nx,x,beyond,3,2,1\n";
        assert_eq!(parse(bad).unwrap_err().line, 2);
    }
}
