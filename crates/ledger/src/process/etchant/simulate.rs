//! Simulation of bath, cell and controller over time, with mass and energy accounts.

use super::bath::{Bath, Readings, copper_mol};
use super::cell::Cell;
use super::control::{Actuators, Commands, Controller, Interlock, SetPoints};
use super::drift::{CopperBook, Drift, GravityWatch, SensorErrors};
use super::species::{CHLORINE_KG_MOL, COPPER_KG_MOL, Species};
use super::waste::baseline_spent_l_kg;
use serde::{Deserialize, Serialize};

/// What is simulated. Absent fields have the default's values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recipe {
    /// Time, h.
    pub hours: f64,
    /// Step, s.
    pub step_s: f64,
    /// A sample is kept every so many steps.
    pub sample_steps: usize,
    /// Copper etched, kg/h.
    pub etch_kg_h: f64,
    /// Volume at the start, L.
    pub volume_l: f64,
    /// Copper at the start, g/L.
    pub copper_g_l: f64,
    /// Part of that copper that is cuprous at the start, 0..1.
    pub cuprous: f64,
    /// Acid at the start, mol/L.
    pub acid_mol_l: f64,
    /// Temperature at the start, °C.
    pub temperature_c: f64,
    /// Temperature around, °C.
    pub ambient_c: f64,
    /// Heat lost for each K above the surroundings, kW/K.
    pub loss_kw_k: f64,
    /// Mass fraction of the acid that is dosed.
    pub acid_fraction: f64,
    /// Mass fraction of the peroxide that is dosed.
    pub oxidant_fraction: f64,
    /// The cell.
    pub cell: Cell,
    /// Set points.
    pub set: SetPoints,
    /// Actuators.
    pub actuators: Actuators,
    /// Drift of the specific-gravity sensor, for each hour.
    pub gravity_drift_h: f64,
    /// Seed of noise and calibration errors of sound sensors and meters; absent: none.
    pub sensor_seed: Option<u64>,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            hours: 24.0,
            step_s: 5.0,
            sample_steps: 60,
            etch_kg_h: 5.0,
            volume_l: 1000.0,
            copper_g_l: 150.0,
            cuprous: 0.01,
            acid_mol_l: 1.35,
            temperature_c: 48.0,
            ambient_c: 22.0,
            loss_kw_k: 0.15,
            acid_fraction: 0.31,
            oxidant_fraction: 0.35,
            cell: Cell {
                voltage_v: 2.0,
                current_efficiency: 0.8,
                current_max_a: 12_000.0,
                anode_transfer_l_s: 2.0,
            },
            set: SetPoints::default(),
            actuators: Actuators::default(),
            gravity_drift_h: 0.0,
            sensor_seed: None,
        }
    }
}

/// A recipe that cannot be simulated.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("配方项 {field} = {value} 超出范围：应为{expected}")]
pub struct RecipeError {
    /// The field.
    pub field: &'static str,
    /// Its value.
    pub value: f64,
    /// What is allowed.
    pub expected: &'static str,
}

/// The state at a time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sample {
    /// Hours since the start.
    pub hour: f64,
    /// True readings.
    pub bath: Readings,
    /// Copper, g/L.
    pub copper_g_l: f64,
    /// What the actuators were told.
    pub commands: Commands,
    /// Interlocks in force.
    pub interlocks: Vec<Interlock>,
    /// Drift that the balance shows.
    pub drift: Option<Drift>,
}

/// Sums over the time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Totals {
    /// Copper etched, kg.
    pub etched_kg: f64,
    /// Copper deposited, kg.
    pub deposited_kg: f64,
    /// Chlorine set free, kg.
    pub chlorine_kg: f64,
    /// Liquor bled, L and kg.
    pub bled_l: f64,
    /// Liquor bled, kg.
    pub bled_kg: f64,
    /// Liquor that the same etching would have bled without regeneration, L: all its copper leaves with liquor of the start.
    pub baseline_l: f64,
    /// What the bath's stock grew by, as liquor that has yet to be bled, L: by copper at the content of the start or by
    /// volume, whichever is more; nothing where it shrank.
    pub stock_l: f64,
    /// Reduction of spent liquor, the stock counted: `1 - (bled + stock) / baseline`; absent where nothing was etched.
    pub reduction: Option<f64>,
    /// HCl dosed, kg of pure acid.
    pub acid_kg: f64,
    /// H2O2 dosed, kg of pure peroxide.
    pub oxidant_kg: f64,
    /// Electricity of the cell, kWh.
    pub cell_kwh: f64,
    /// Heating, kWh.
    pub heating_kwh: f64,
    /// Cooling, kWh.
    pub cooling_kwh: f64,
    /// Hours in which etching was stopped.
    pub stopped_h: f64,
}

/// How well the accounts close, relative to what passed through.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Closure {
    /// Mass.
    pub mass: f64,
    /// The worst of the elements Cu, Cl, H, O.
    pub elements: f64,
    /// Energy.
    pub energy: f64,
}

/// The simulated run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Run {
    /// Samples in order of time.
    pub samples: Vec<Sample>,
    /// Sums.
    pub totals: Totals,
    /// Accounts.
    pub closure: Closure,
    /// Hour of the first drift alarm.
    pub drift_hour: Option<f64>,
}

/// What entered and left, for the accounts.
#[derive(Default)]
struct Accounts {
    entered: Species,
    left: Species,
    copper_in_mol: f64,
    copper_out_mol: f64,
    chlorine_out_mol: f64,
    energy_in_kj: f64,
    energy_out_kj: f64,
}

/// Steps of a run at most.
const STEPS_MAX: f64 = 1e7;
/// Samples of a run at most.
const SAMPLES_MAX: f64 = 200_000.0;

/// Simulates.
///
/// # Errors
/// The first field of the recipe that is out of range.
pub fn simulate(recipe: &Recipe) -> Result<Run, RecipeError> {
    check(recipe)?;
    let mut content = Species::solution(recipe.copper_g_l, recipe.acid_mol_l, recipe.volume_l);
    content.cuprous = content.cupric * recipe.cuprous;
    content.cupric -= content.cuprous;
    let start = Bath { content, temperature_c: recipe.temperature_c };
    let mut bath = start;
    let mut controller = Controller::new(recipe.set, recipe.actuators);
    let (mut accounts, mut totals) = (Accounts::default(), Totals::default());
    let mut watch = GravityWatch::new();
    let mut errors = recipe.sensor_seed.map(SensorErrors::new);
    let (mut samples, mut drift_hour, mut gas) = (Vec::new(), None, false);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be positive and at most 10^7"
    )]
    let steps = (recipe.hours * 3600.0 / recipe.step_s).round() as u32;
    for step in 0..steps {
        let hour = f64::from(step) * recipe.step_s / 3600.0;
        let truth = bath.readings();
        let mut seen = errors.as_mut().map_or(truth, |errors| errors.seen(&truth));
        seen.specific_gravity += recipe.gravity_drift_h * hour;
        let (commands, interlocks) = controller.decide(&seen, gas);
        let is_sampled = (step as usize).is_multiple_of(recipe.sample_steps);
        if is_sampled {
            let book = CopperBook::of(content.copper_kg(), &totals, accounts.left.copper_kg());
            let book = errors.as_ref().map_or(book, |errors| errors.book(&book));
            let drift = watch.take(&seen, &book);
            drift_hour = drift_hour.or(drift.map(|_| hour));
            let copper_g_l = bath.copper_g_l();
            samples.push(Sample { hour, bath: truth, copper_g_l, commands, interlocks, drift });
        }
        let chlorine = advance(recipe, &mut bath, &commands, &mut accounts, &mut totals);
        gas = chlorine > 1e-9;
    }
    totals.baseline_l = totals.etched_kg * baseline_spent_l_kg(recipe.copper_g_l);
    let grown_kg = bath.content.copper_kg() - start.content.copper_kg();
    let grown_l = bath.content.volume_l() - start.content.volume_l();
    totals.stock_l = (1000.0 * grown_kg / recipe.copper_g_l).max(grown_l).max(0.0);
    totals.reduction =
        (totals.baseline_l > 0.0).then(|| 1.0 - (totals.bled_l + totals.stock_l) / totals.baseline_l);
    let closure = accounts.closure(&start, &bath);
    Ok(Run { samples, totals, closure, drift_hour })
}

fn check(recipe: &Recipe) -> Result<(), RecipeError> {
    let (cell, set, act) = (&recipe.cell, &recipe.set, &recipe.actuators);
    let positive = |v: f64| v > 0.0 && v.is_finite();
    let from_zero = |v: f64| v >= 0.0 && v.is_finite();
    let part = |v: f64| (0.0..=1.0).contains(&v);
    let temperature = |v: f64| (0.0..=90.0).contains(&v);
    // What the controller takes for a reading that can be.
    let orp = |v: f64| (0.0..1200.0).contains(&v);
    for (field, value, is_allowed, expected) in [
        ("hours", recipe.hours, positive(recipe.hours) && recipe.hours <= 10_000.0, "0 到 10000"),
        ("step_s", recipe.step_s, (0.1..=60.0).contains(&recipe.step_s), "0.1 到 60"),
        ("etch_kg_h", recipe.etch_kg_h, (0.0..=1000.0).contains(&recipe.etch_kg_h), "0 到 1000"),
        ("volume_l", recipe.volume_l, positive(recipe.volume_l), "大于 0"),
        ("copper_g_l", recipe.copper_g_l, (1.0..=300.0).contains(&recipe.copper_g_l), "1 到 300"),
        ("cuprous", recipe.cuprous, part(recipe.cuprous), "0 到 1"),
        ("acid_mol_l", recipe.acid_mol_l, (0.0..=6.0).contains(&recipe.acid_mol_l), "0 到 6"),
        ("temperature_c", recipe.temperature_c, temperature(recipe.temperature_c), "0 到 90"),
        ("ambient_c", recipe.ambient_c, (-50.0..=60.0).contains(&recipe.ambient_c), "-50 到 60"),
        ("loss_kw_k", recipe.loss_kw_k, from_zero(recipe.loss_kw_k), "不小于 0"),
        (
            "acid_fraction",
            recipe.acid_fraction,
            positive(recipe.acid_fraction) && recipe.acid_fraction <= 0.4,
            "大于 0 至 0.4",
        ),
        (
            "oxidant_fraction",
            recipe.oxidant_fraction,
            positive(recipe.oxidant_fraction) && recipe.oxidant_fraction <= 0.7,
            "大于 0 至 0.7",
        ),
        ("gravity_drift_h", recipe.gravity_drift_h, recipe.gravity_drift_h.abs() <= 1.0, "-1 到 1"),
        ("cell.voltage_v", cell.voltage_v, positive(cell.voltage_v), "大于 0"),
        (
            "cell.current_efficiency",
            cell.current_efficiency,
            positive(cell.current_efficiency) && part(cell.current_efficiency),
            "大于 0 至 1",
        ),
        ("cell.current_max_a", cell.current_max_a, from_zero(cell.current_max_a), "不小于 0"),
        ("cell.anode_transfer_l_s", cell.anode_transfer_l_s, from_zero(cell.anode_transfer_l_s), "不小于 0"),
        (
            "set.specific_gravity",
            set.specific_gravity,
            (0.9..1.6).contains(&set.specific_gravity),
            "0.9 到 1.6",
        ),
        ("set.orp_mv", set.orp_mv, orp(set.orp_mv), "0 到 1200"),
        ("set.acid_mol_l", set.acid_mol_l, (0.0..=6.0).contains(&set.acid_mol_l), "0 到 6"),
        ("set.temperature_c", set.temperature_c, temperature(set.temperature_c), "0 到 90"),
        ("set.chlorine_trip_mv", set.chlorine_trip_mv, orp(set.chlorine_trip_mv), "0 到 1200"),
        (
            "set.chlorine_reset_mv",
            set.chlorine_reset_mv,
            orp(set.chlorine_reset_mv) && set.chlorine_reset_mv <= set.chlorine_trip_mv,
            "0 至 chlorine_trip_mv",
        ),
        ("set.temperature_trip_c", set.temperature_trip_c, temperature(set.temperature_trip_c), "0 到 90"),
        (
            "set.temperature_reset_c",
            set.temperature_reset_c,
            temperature(set.temperature_reset_c) && set.temperature_reset_c <= set.temperature_trip_c,
            "0 至 temperature_trip_c",
        ),
        ("set.level_high_l", set.level_high_l, positive(set.level_high_l), "大于 0"),
        (
            "set.level_low_l",
            set.level_low_l,
            from_zero(set.level_low_l) && set.level_low_l < set.level_high_l,
            "0 至低于 level_high_l",
        ),
        ("actuators.current_gain_a", act.current_gain_a, from_zero(act.current_gain_a), "不小于 0"),
        ("actuators.current_base_a", act.current_base_a, from_zero(act.current_base_a), "不小于 0"),
        ("actuators.current_max_a", act.current_max_a, from_zero(act.current_max_a), "不小于 0"),
        (
            "actuators.oxidant_gain_mol_s",
            act.oxidant_gain_mol_s,
            from_zero(act.oxidant_gain_mol_s),
            "不小于 0",
        ),
        ("actuators.oxidant_max_mol_s", act.oxidant_max_mol_s, from_zero(act.oxidant_max_mol_s), "不小于 0"),
        ("actuators.acid_gain_mol_s", act.acid_gain_mol_s, from_zero(act.acid_gain_mol_s), "不小于 0"),
        ("actuators.acid_max_mol_s", act.acid_max_mol_s, from_zero(act.acid_max_mol_s), "不小于 0"),
        ("actuators.water_gain_mol_s", act.water_gain_mol_s, from_zero(act.water_gain_mol_s), "不小于 0"),
        ("actuators.water_max_mol_s", act.water_max_mol_s, from_zero(act.water_max_mol_s), "不小于 0"),
        ("actuators.bleed_gain_per_s", act.bleed_gain_per_s, from_zero(act.bleed_gain_per_s), "不小于 0"),
        ("actuators.heat_gain_kw", act.heat_gain_kw, from_zero(act.heat_gain_kw), "不小于 0"),
        ("actuators.heat_max_kw", act.heat_max_kw, from_zero(act.heat_max_kw), "不小于 0"),
    ] {
        if !is_allowed {
            return Err(RecipeError { field, value, expected });
        }
    }
    if recipe.sample_steps == 0 {
        return Err(RecipeError { field: "sample_steps", value: 0.0, expected: "至少 1" });
    }
    let steps = recipe.hours * 3600.0 / recipe.step_s;
    if steps > STEPS_MAX {
        return Err(RecipeError {
            field: "hours",
            value: recipe.hours,
            expected: "不超过 1000 万步（每步 step_s 秒）",
        });
    }
    let every = u32::try_from(recipe.sample_steps).map_or(STEPS_MAX, f64::from);
    if steps / every > SAMPLES_MAX {
        return Err(RecipeError {
            field: "sample_steps",
            value: every,
            expected: "更大：样本不超过 20 万个",
        });
    }
    Ok(())
}

/// One step; gives the chlorine set free, mol.
fn advance(
    recipe: &Recipe,
    bath: &mut Bath,
    commands: &Commands,
    accounts: &mut Accounts,
    totals: &mut Totals,
) -> f64 {
    let dt = recipe.step_s;
    let mut enthalpy = bath.enthalpy_kj();
    let mut n = bath.content;

    // Bleed takes liquor as it is.
    let volume = n.volume_l();
    let part = (commands.bleed_l_s * dt / volume).min(0.5);
    let bled = n * part;
    enthalpy -= enthalpy * part;
    accounts.energy_out_kj += bath.enthalpy_kj() * part;
    accounts.left += bled;
    n = n - bled;
    totals.bled_l += volume * part;
    totals.bled_kg += bled.mass_kg();

    // Dosing, at the reference temperature.
    let acid = Species::hydrochloric_acid(commands.acid_mol_s * dt, recipe.acid_fraction);
    let oxidant = Species::hydrogen_peroxide(commands.oxidant_mol_s * dt, recipe.oxidant_fraction);
    let dosed = acid + oxidant + Species { water: commands.water_mol_s * dt, ..Species::default() };
    n += dosed;
    enthalpy += dosed.enthalpy_kj();
    accounts.entered += dosed;
    accounts.energy_in_kj += dosed.enthalpy_kj();
    totals.acid_kg += Species { acid: acid.acid, ..Species::default() }.mass_kg();
    totals.oxidant_kg += Species { peroxide: oxidant.peroxide, ..Species::default() }.mass_kg();

    // Etching: metal enters with no enthalpy of formation.
    let wanted = if commands.may_etch { copper_mol(recipe.etch_kg_h * dt / 3600.0) } else { 0.0 };
    let etched = wanted.min(0.5 * n.cupric);
    n.cupric -= etched;
    n.cuprous += 2.0 * etched;
    accounts.copper_in_mol += etched;
    totals.etched_kg += etched * COPPER_KG_MOL;
    totals.stopped_h += if commands.may_etch { 0.0 } else { dt / 3600.0 };

    // Peroxide oxidises at once, as far as cuprous and acid go.
    let oxidised = n.peroxide.min(n.cuprous / 2.0).min(n.acid / 2.0).max(0.0);
    n.peroxide -= oxidised;
    n.cuprous -= 2.0 * oxidised;
    n.acid -= 2.0 * oxidised;
    n.cupric += 2.0 * oxidised;
    n.water += 2.0 * oxidised;

    // The cell.
    let work = recipe.cell.run(commands.current_a, dt, n.cuprous / n.volume_l(), n.cuprous);
    n.cuprous -= 2.0 * work.regenerated_mol;
    n.cupric += work.regenerated_mol;
    let chlorine = work.chlorine_mol.min(0.5 * n.cupric);
    n.cupric -= chlorine;
    let deposited = work.regenerated_mol + chlorine;
    accounts.copper_out_mol += deposited;
    accounts.chlorine_out_mol += chlorine;
    totals.deposited_kg += deposited * COPPER_KG_MOL;
    totals.chlorine_kg += chlorine * CHLORINE_KG_MOL;
    totals.cell_kwh += work.energy_kj / 3600.0;

    // Heat.
    let loss = recipe.loss_kw_k * (bath.temperature_c - recipe.ambient_c) * dt;
    let (heating, cooling) = (commands.heat_kw.max(0.0) * dt, (-commands.heat_kw).max(0.0) * dt);
    enthalpy += work.energy_kj + heating - cooling - loss;
    accounts.energy_in_kj += work.energy_kj + heating;
    accounts.energy_out_kj += cooling + loss;
    totals.heating_kwh += heating / 3600.0;
    totals.cooling_kwh += cooling / 3600.0;

    *bath = Bath::of_enthalpy(n, enthalpy);
    chlorine
}

impl Accounts {
    fn closure(&self, start: &Bath, end: &Bath) -> Closure {
        let solid_in = self.copper_in_mol * COPPER_KG_MOL;
        let gone = self.copper_out_mol * COPPER_KG_MOL + self.chlorine_out_mol * CHLORINE_KG_MOL;
        let mass_in = start.content.mass_kg() + self.entered.mass_kg() + solid_in;
        let mass_out = end.content.mass_kg() + self.left.mass_kg() + gone;
        let mut had = (start.content + self.entered).elements();
        let mut has = (end.content + self.left).elements();
        had[0] += self.copper_in_mol;
        has[0] += self.copper_out_mol;
        has[1] += 2.0 * self.chlorine_out_mol;
        let worst = had.iter().zip(has).map(|(a, b)| (a - b).abs() / a.abs().max(1e-12)).fold(0.0, f64::max);
        let energy = start.enthalpy_kj() + self.energy_in_kj - self.energy_out_kj - end.enthalpy_kj();
        let passed = start.enthalpy_kj().abs() + self.energy_in_kj.abs() + self.energy_out_kj.abs();
        Closure { mass: (mass_in - mass_out).abs() / mass_in, elements: worst, energy: energy.abs() / passed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_day_holds_its_set_points_and_saves_waste() {
        let run = simulate(&Recipe::default()).unwrap();
        let last = run.samples.last().unwrap();
        let totals = &run.totals;
        assert!((last.bath.temperature_c - 50.0).abs() < 2.0, "{last:?}");
        assert!((last.bath.specific_gravity - 1.28).abs() < 0.02, "{last:?}");
        assert!((last.bath.acid_mol_l - 1.35).abs() < 0.1, "{last:?}");
        assert!((480.0..600.0).contains(&last.bath.orp_mv), "{last:?}");
        assert!((totals.etched_kg - 120.0).abs() < 0.1 && totals.deposited_kg > 100.0, "{totals:?}");
        assert!((totals.cell_kwh / totals.deposited_kg - 2.11).abs() < 0.01, "{totals:?}");
        assert!((0.6..0.99).contains(&totals.reduction.unwrap()), "{totals:?}");
        assert_eq!((totals.chlorine_kg, run.drift_hour), (0.0, None));
    }

    /// Copper that is still in the bath has been saved from nothing.
    #[test]
    fn waste_in_the_bath_is_no_reduction() {
        let totals = simulate(&Recipe { copper_g_l: 120.0, ..Recipe::default() }).unwrap().totals;
        assert!(totals.stock_l > 300.0, "{totals:?}");
        // 19 of 120 kg were deposited; the rest of what is gained is that richer liquor is bled than at the start.
        assert!((0.1..0.3).contains(&totals.reduction.unwrap()), "{totals:?}");
        // A bath that is drawn down gives no credit either.
        let totals = simulate(&Recipe { copper_g_l: 180.0, hours: 6.0, ..Recipe::default() }).unwrap().totals;
        assert!(totals.reduction.unwrap() <= 1.0, "{totals:?}");
        assert_eq!(simulate(&Recipe { etch_kg_h: 0.0, ..Recipe::default() }).unwrap().totals.reduction, None);
    }

    #[test]
    fn a_drifting_sensor_is_found_by_the_balance() {
        for (drift, sensor_seed) in [(0.001, None), (0.001, Some(7)), (-0.001, None), (-0.001, Some(8))] {
            let run = simulate(&Recipe { gravity_drift_h: drift, sensor_seed, ..Recipe::default() }).unwrap();
            let hour = run.drift_hour.unwrap();
            assert!((1.0..12.0).contains(&hour), "{drift} {sensor_seed:?}: {hour}");
            let way = if drift > 0.0 { Drift::High } else { Drift::Low };
            assert_eq!(run.samples.iter().find_map(|s| s.drift), Some(way));
        }
    }

    /// Whatever is etched in whatever bath: sound sensors with their noise and calibration errors raise no alarm.
    #[test]
    fn sound_sensors_raise_no_alarm() {
        let mut seed = 0;
        for etch_kg_h in [0.0, 2.0, 5.0, 8.0, 10.0, 12.0, 15.0, 30.0, 60.0] {
            for copper_g_l in [100.0, 120.0, 150.0, 180.0] {
                for cuprous in [0.0, 0.01, 0.05, 0.1] {
                    seed += 1;
                    for sensor_seed in [None, Some(seed)] {
                        let recipe = Recipe {
                            etch_kg_h,
                            copper_g_l,
                            cuprous,
                            sensor_seed,
                            step_s: 15.0,
                            sample_steps: 20,
                            ..Recipe::default()
                        };
                        let run = simulate(&recipe).unwrap();
                        assert_eq!(
                            run.drift_hour, None,
                            "{etch_kg_h} {copper_g_l} {cuprous} {sensor_seed:?}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_starved_anode_trips_the_chlorine_interlock() {
        let run =
            simulate(&Recipe { etch_kg_h: 0.0, copper_g_l: 180.0, hours: 2.0, ..Recipe::default() }).unwrap();
        assert!(run.samples.iter().any(|s| s.interlocks.contains(&Interlock::Chlorine)));
        assert!(run.closure.mass < 1e-9 && run.closure.elements < 1e-9);
    }

    #[test]
    fn faulty_recipes_are_named() {
        let error = simulate(&Recipe { step_s: 0.0, ..Recipe::default() }).unwrap_err().to_string();
        assert_eq!(error, "配方项 step_s = 0 超出范围：应为0.1 到 60");
        for (hours, step_s, sample_steps, field) in
            [(10_000.0, 0.1, 1_000_000, "hours"), (1_000.0, 1.0, 1, "sample_steps")]
        {
            let recipe = Recipe { hours, step_s, sample_steps, ..Recipe::default() };
            assert_eq!(simulate(&recipe).unwrap_err().field, field);
        }
        for (json, field) in [
            (
                r#"{"cell": {"voltage_v": 2, "current_efficiency": 0.8, "current_max_a": 12000, "anode_transfer_l_s": -2}}"#,
                "cell.anode_transfer_l_s",
            ),
            (
                r#"{"cell": {"voltage_v": 2, "current_efficiency": 0.8, "current_max_a": -1, "anode_transfer_l_s": 2}}"#,
                "cell.current_max_a",
            ),
            (r#"{"set": {"specific_gravity": 12.8}}"#, "set.specific_gravity"),
            (r#"{"set": {"orp_mv": -5}}"#, "set.orp_mv"),
            (r#"{"set": {"chlorine_reset_mv": 700}}"#, "set.chlorine_reset_mv"),
            (r#"{"set": {"level_low_l": 1200}}"#, "set.level_low_l"),
            (r#"{"actuators": {"oxidant_max_mol_s": -0.1}}"#, "actuators.oxidant_max_mol_s"),
            (r#"{"actuators": {"heat_max_kw": -60}}"#, "actuators.heat_max_kw"),
            (r#"{"ambient_c": 1e9}"#, "ambient_c"),
            (r#"{"gravity_drift_h": 2}"#, "gravity_drift_h"),
        ] {
            let recipe: Recipe = serde_json::from_str(json).unwrap();
            assert_eq!(simulate(&recipe).unwrap_err().field, field, "{json}");
        }
        let recipe: Recipe = serde_json::from_str(r#"{"hours": 1, "set": {"orp_mv": 510}}"#).unwrap();
        assert_eq!((recipe.hours, recipe.set.orp_mv, recipe.etch_kg_h), (1.0, 510.0, 5.0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn mass_and_energy_close(
            etch_kg_h in 0.0_f64..30.0,
            copper_g_l in 60.0_f64..200.0,
            cuprous in 0.0_f64..0.3,
            acid_mol_l in 0.2_f64..3.0,
            temperature_c in 20.0_f64..60.0,
            level_high_l in 900.0_f64..1200.0,
        ) {
            let set = SetPoints { level_high_l, ..SetPoints::default() };
            let recipe = Recipe { hours: 3.0, etch_kg_h, copper_g_l, cuprous, acid_mol_l, temperature_c, set, ..Recipe::default() };
            let run = simulate(&recipe).unwrap();
            prop_assert!(run.closure.mass < 1e-9, "{:?}", run.closure);
            prop_assert!(run.closure.elements < 1e-9, "{:?}", run.closure);
            prop_assert!(run.closure.energy < 1e-9, "{:?}", run.closure);
        }
    }
}
