//! Hazardous waste of etching: baseline against actual, and the yearly case of a plant or a cluster.

use super::cell::Cell;
use super::simulate::RecipeError;
use serde::{Deserialize, Serialize};

/// Spent liquor for a kilogram of etched copper where nothing is regenerated, L/kg: all copper leaves with the liquor
/// (8.3 L/kg at 120 g/L).
pub fn baseline_spent_l_kg(liquor_copper_g_l: f64) -> f64 {
    1000.0 / liquor_copper_g_l
}

/// A year of a plant or a cluster, from what is etched and what its cells deposit. The cell is that of the run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseInput {
    /// Copper etched, t/a.
    pub etched_t: f64,
    /// Copper in spent liquor, g/L.
    pub spent_copper_g_l: f64,
    /// Specific gravity of spent liquor.
    pub spent_gravity: f64,
    /// Cells.
    pub cells: f64,
    /// Current of a cell, A.
    pub cell_current_a: f64,
    /// Hours a year under that current.
    pub cell_hours: f64,
    /// What the copper in the baths grew by in the year, t (less than 0 where it shrank): it has yet to be bled.
    pub stock_growth_t: f64,
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
    /// Spent liquor without regeneration: all copper etched leaves with it, t/a.
    pub baseline_waste_t: f64,
    /// Waste avoided, t/a.
    pub avoided_waste_t: f64,
    /// Waste left: bled and, as growth of the baths' stock, yet to be bled, t/a.
    pub remaining_waste_t: f64,
    /// `1 - remaining / baseline`.
    pub reduction: f64,
    /// Copper recovered at the cathodes, t/a.
    pub copper_t: f64,
    /// Electricity of the cells, kWh/a.
    pub power_kwh: f64,
    /// Gain a year, yuan.
    pub gain_yuan: f64,
    /// Years until the gain has paid the investment; `None` where there is no gain.
    pub payback_years: Option<f64>,
}

/// Computes a case by the copper's balance: `bled = etched - deposited - stock growth`, deposited by Faraday's law
/// ([`Cell::copper_g_ah`]), spent liquor `copper · 1000 / (g/L) · gravity` with and without regeneration.
///
/// A shrinking stock lets the cells deposit more than was etched; it is no reduction, so growth below 0 counts as 0.
///
/// # Errors
/// The first input that is out of range, and more copper deposited than was etched and taken from the baths.
pub fn case(input: &CaseInput, cell: &Cell) -> Result<Case, RecipeError> {
    let from_zero = |v: f64| v >= 0.0 && v.is_finite();
    let deposited_t =
        input.cells * input.cell_current_a * input.cell_hours * cell.copper_g_ah() / 1_000_000.0;
    let available_t = input.etched_t - input.stock_growth_t;
    for (field, value, is_allowed, expected) in [
        ("etched_t", input.etched_t, input.etched_t > 0.0 && input.etched_t.is_finite(), "大于 0"),
        (
            "spent_copper_g_l",
            input.spent_copper_g_l,
            (1.0..=300.0).contains(&input.spent_copper_g_l),
            "1 到 300",
        ),
        ("spent_gravity", input.spent_gravity, (0.9..1.6).contains(&input.spent_gravity), "0.9 到 1.6"),
        ("cells", input.cells, from_zero(input.cells), "不小于 0"),
        (
            "cell_current_a",
            input.cell_current_a,
            (0.0..=cell.current_max_a).contains(&input.cell_current_a),
            "0 至 current_max_a",
        ),
        ("cell_hours", input.cell_hours, (0.0..=8784.0).contains(&input.cell_hours), "0 到 8784"),
        ("stock_growth_t", input.stock_growth_t, input.stock_growth_t.is_finite(), "数"),
        ("investment_yuan", input.investment_yuan, from_zero(input.investment_yuan), "不小于 0"),
        ("copper_yuan_t", input.copper_yuan_t, from_zero(input.copper_yuan_t), "不小于 0"),
        ("power_yuan_kwh", input.power_yuan_kwh, from_zero(input.power_yuan_kwh), "不小于 0"),
        ("disposal_yuan_t", input.disposal_yuan_t, input.disposal_yuan_t.is_finite(), "数"),
        ("other_cost_yuan", input.other_cost_yuan, from_zero(input.other_cost_yuan), "不小于 0"),
        (
            "cell_hours",
            input.cell_hours,
            deposited_t <= available_t,
            "更少：电解铜不能多于蚀铜加槽液减少的铜",
        ),
    ] {
        if !is_allowed {
            return Err(RecipeError { field, value, expected });
        }
    }
    let spent_t =
        |copper_t: f64| copper_t * baseline_spent_l_kg(input.spent_copper_g_l) * input.spent_gravity;
    let baseline_waste_t = spent_t(input.etched_t);
    let bled_t = available_t - deposited_t;
    let remaining_waste_t = spent_t((bled_t + input.stock_growth_t.max(0.0)).min(input.etched_t));
    let avoided_waste_t = baseline_waste_t - remaining_waste_t;
    let power_kwh = deposited_t * 1000.0 * cell.energy_kwh_kg();
    let gain_yuan = deposited_t * input.copper_yuan_t + avoided_waste_t * input.disposal_yuan_t
        - power_kwh * input.power_yuan_kwh
        - input.other_cost_yuan;
    Ok(Case {
        baseline_waste_t,
        avoided_waste_t,
        remaining_waste_t,
        reduction: avoided_waste_t / baseline_waste_t,
        copper_t: deposited_t,
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

    const CELL: Cell =
        Cell { voltage_v: 2.0, current_efficiency: 0.8, current_max_a: 12_000.0, anode_transfer_l_s: 2.0 };
    /// 2343.75 t of copper at 120 g/L are 25,000 t of spent liquor; 20 cells at 10 kA deposit 1406 t of it in 7414 h.
    const CLUSTER: CaseInput = CaseInput {
        etched_t: 2343.75,
        spent_copper_g_l: 120.0,
        spent_gravity: 1.28,
        cells: 20.0,
        cell_current_a: 10_000.0,
        cell_hours: 7414.0,
        stock_growth_t: 0.0,
        investment_yuan: 1.2e8,
        copper_yuan_t: 70_000.0,
        power_yuan_kwh: 0.7,
        disposal_yuan_t: 0.0,
        other_cost_yuan: 3e7,
    };

    #[test]
    fn the_cluster_case() {
        let found = case(&CLUSTER, &CELL).unwrap();
        assert!((found.baseline_waste_t - 25_000.0).abs() < 1e-6);
        assert!((found.avoided_waste_t - 15_000.0).abs() < 5.0, "{found:?}");
        assert!((found.reduction - 0.6).abs() < 2e-4, "{found:?}");
        assert!((found.copper_t - 1406.25).abs() < 0.5);
        assert!((found.power_kwh / 1e6 - 2.966).abs() < 0.01, "{found:?}");
        assert!(found.payback_years.unwrap() < 2.0);
    }

    #[test]
    fn the_case_follows_its_inputs() {
        let reduction = |input: &CaseInput| case(input, &CELL).unwrap().reduction;
        assert!((reduction(&CaseInput { cells: 10.0, ..CLUSTER }) - 0.3).abs() < 1e-4);
        assert_eq!(reduction(&CaseInput { cells: 0.0, ..CLUSTER }), 0.0);
        // What grows in the baths is not avoided; what is drawn from them is no reduction.
        assert!((reduction(&CaseInput { stock_growth_t: 100.0, ..CLUSTER }) - 0.6).abs() < 2e-4);
        let drawn = CaseInput { etched_t: 1400.0, stock_growth_t: -100.0, ..CLUSTER };
        assert!(reduction(&drawn) < 1.0);
        let weaker = case(&CLUSTER, &Cell { current_efficiency: 0.4, ..CELL }).unwrap();
        assert!((weaker.reduction - 0.3).abs() < 1e-4);
        for (input, field) in [
            (CaseInput { cell_current_a: 20_000.0, ..CLUSTER }, "cell_current_a"),
            (CaseInput { etched_t: 1000.0, ..CLUSTER }, "cell_hours"),
            (CaseInput { power_yuan_kwh: f64::NAN, ..CLUSTER }, "power_yuan_kwh"),
        ] {
            assert_eq!(case(&input, &CELL).unwrap_err().field, field);
        }
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
