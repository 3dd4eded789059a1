//! Hazardous waste of etching: baseline against actual, and the yearly case of a plant or a cluster.

use super::cell::Cell;
use super::simulate::RecipeError;
use serde::{Deserialize, Serialize};

/// Spent liquor for a kilogram of etched copper where nothing is regenerated, L/kg: all copper leaves with the liquor
/// (8.3 L/kg at 120 g/L).
pub fn baseline_spent_l_kg(liquor_copper_g_l: f64) -> f64 {
    1000.0 / liquor_copper_g_l
}

/// What a yearly case is computed from; every figure is an input that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseInput {
    /// Spent liquor a year before, t.
    pub baseline_waste_t: f64,
    /// Part of it that is regenerated in the plant, 0..1.
    pub regenerated: f64,
    /// Specific gravity of the liquor.
    pub specific_gravity: f64,
    /// Copper in the liquor, g/L.
    pub copper_g_l: f64,
    /// The cell.
    pub cell: Cell,
    /// Investment, yuan.
    pub investment_yuan: f64,
    /// Price of cathode copper, yuan/t.
    pub copper_yuan_t: f64,
    /// Price of electricity, yuan/kWh.
    pub power_yuan_kwh: f64,
    /// What the disposal of a ton of spent liquor costs (negative: what is paid for it), yuan/t.
    pub disposal_yuan_t: f64,
    /// Other yearly cost of the system: labour, maintenance, membranes, yuan.
    pub other_cost_yuan: f64,
}

/// The yearly case.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Case {
    /// Waste avoided, t/a.
    pub avoided_waste_t: f64,
    /// Waste left, t/a.
    pub remaining_waste_t: f64,
    /// Reduction, 0..1.
    pub reduction: f64,
    /// Copper recovered, t/a.
    pub copper_t: f64,
    /// Electricity of the cells, kWh/a.
    pub power_kwh: f64,
    /// Gain a year, yuan.
    pub gain_yuan: f64,
    /// Years until the gain has paid the investment; `None` where there is no gain.
    pub payback_years: Option<f64>,
}

/// Computes a case: `avoided = baseline · regenerated`, copper and electricity by the liquor and the cell.
///
/// # Errors
/// The first input that is out of range.
pub fn case(input: &CaseInput) -> Result<Case, RecipeError> {
    let from_zero = |v: f64| v >= 0.0 && v.is_finite();
    let positive = |v: f64| v > 0.0 && v.is_finite();
    let (cell, part) = (&input.cell, (0.0..=1.0).contains(&input.regenerated));
    let efficiency = cell.current_efficiency;
    for (field, value, is_allowed, expected) in [
        ("baseline_waste_t", input.baseline_waste_t, from_zero(input.baseline_waste_t), "不小于 0"),
        ("regenerated", input.regenerated, part, "0 到 1"),
        (
            "specific_gravity",
            input.specific_gravity,
            (0.9..1.6).contains(&input.specific_gravity),
            "0.9 到 1.6",
        ),
        ("copper_g_l", input.copper_g_l, (1.0..=300.0).contains(&input.copper_g_l), "1 到 300"),
        ("voltage_v", cell.voltage_v, positive(cell.voltage_v), "大于 0"),
        ("current_efficiency", efficiency, efficiency > 0.0 && efficiency <= 1.0, "大于 0 至 1"),
        ("investment_yuan", input.investment_yuan, from_zero(input.investment_yuan), "不小于 0"),
    ] {
        if !is_allowed {
            return Err(RecipeError { field, value, expected });
        }
    }
    let avoided_waste_t = input.baseline_waste_t * input.regenerated;
    let volume_m3 = avoided_waste_t / input.specific_gravity;
    let copper_t = volume_m3 * input.copper_g_l / 1000.0;
    let power_kwh = copper_t * 1000.0 * input.cell.energy_kwh_kg();
    let gain_yuan = copper_t * input.copper_yuan_t + avoided_waste_t * input.disposal_yuan_t
        - power_kwh * input.power_yuan_kwh
        - input.other_cost_yuan;
    Ok(Case {
        avoided_waste_t,
        remaining_waste_t: input.baseline_waste_t - avoided_waste_t,
        reduction: input.regenerated,
        copper_t,
        power_kwh,
        gain_yuan,
        payback_years: (gain_yuan > 0.0).then(|| input.investment_yuan / gain_yuan),
    })
}

/// A line of the manifest: hazardous waste that left a site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ManifestLine {
    /// Number of the transfer manifest (转移联单).
    pub manifest: String,
    /// Code of the waste, such as `398-004-22` (HW22, spent etchant of circuit boards).
    pub waste_code: String,
    /// Mass, kg.
    pub mass_kg: f64,
}

/// Baseline against actual.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct WasteLedger {
    /// Waste that etching so much copper would have made without regeneration, kg.
    pub baseline_kg: f64,
    /// Waste by the manifests, kg.
    pub actual_kg: f64,
    /// `1 - actual / baseline`; `None` where nothing was etched.
    pub reduction: Option<f64>,
}

/// Compares the manifests of one waste code with the baseline for the copper that was etched.
pub fn waste_ledger(
    lines: &[ManifestLine],
    waste_code: &str,
    etched_copper_kg: f64,
    liquor_copper_g_l: f64,
    specific_gravity: f64,
) -> WasteLedger {
    let baseline_kg = etched_copper_kg * baseline_spent_l_kg(liquor_copper_g_l) * specific_gravity;
    let actual_kg = lines.iter().filter(|l| l.waste_code == waste_code).map(|l| l.mass_kg).sum::<f64>();
    WasteLedger {
        baseline_kg,
        actual_kg,
        reduction: (baseline_kg > 0.0).then(|| 1.0 - actual_kg / baseline_kg),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sixty percent of 25,000 t a year is 15,000 t; the system costs 120 million yuan.
    #[test]
    fn the_cluster_case() {
        let cell =
            Cell { voltage_v: 2.0, current_efficiency: 0.8, current_max_a: 1e4, anode_transfer_l_s: 1.0 };
        let input = CaseInput {
            baseline_waste_t: 25_000.0,
            regenerated: 0.6,
            specific_gravity: 1.28,
            copper_g_l: 120.0,
            cell,
            investment_yuan: 1.2e8,
            copper_yuan_t: 70_000.0,
            power_yuan_kwh: 0.7,
            disposal_yuan_t: 0.0,
            other_cost_yuan: 3e7,
        };
        let found = case(&input).unwrap();
        assert_eq!(case(&CaseInput { regenerated: 1.1, ..input }).unwrap_err().field, "regenerated");
        assert!((found.avoided_waste_t - 15_000.0).abs() < 1e-9 && (found.reduction - 0.6).abs() < 1e-12);
        assert!((found.copper_t - 1406.25).abs() < 1e-9);
        assert!((found.power_kwh / 1e6 - 2.966).abs() < 0.01, "{found:?}");
        assert!(found.payback_years.unwrap() < 2.0);
    }

    #[test]
    fn manifests_against_the_baseline() {
        assert!((baseline_spent_l_kg(120.0) - 8.333).abs() < 1e-3);
        let line = |code: &str, mass_kg| ManifestLine {
            manifest: "1".to_owned(),
            waste_code: code.to_owned(),
            mass_kg,
        };
        let lines =
            [line("398-004-22", 4000.0), line("398-004-22", 266.0 + 2.0 / 3.0), line("900-300-34", 9.0)];
        let found = waste_ledger(&lines, "398-004-22", 1000.0, 120.0, 1.28);
        assert!((found.baseline_kg - 10_666.666_667).abs() < 1e-5);
        assert!((found.reduction.unwrap() - 0.6).abs() < 1e-9);
        assert_eq!(waste_ledger(&[], "x", 0.0, 120.0, 1.28).reduction, None);
    }
}
