use super::*;
use crate::json::Json;
use proptest::prelude::*;

const CENCIC: &str = r#"{
  "flows": {"m1": {"value": 100, "sd": 10}, "m2": {"value": 50, "constant": true}, "m3": {"value": 300, "sd": 30},
    "m4": {}, "m5": {"value": 160, "sd": 16}, "m6": {}, "m7": {}},
  "transfer_coefficients": {"tc34": {"value": 0.5, "sd": 0.05}},
  "equations": ["m1 + m2 + m4 - m3 = 0", "m3 - m4 - m5 = 0", "m5 - m6 - m7 = 0", "m4 - m3*tc34 = 0", "m6 - m7 = 0"]
}"#;

/// The worked example of Cencic (2016), to its six printed decimals.
#[test]
fn cencic() {
    let answer = Problem::parse(CENCIC).unwrap().solve().unwrap();
    for (name, value, sd) in [
        ("m1", 102.425_960, 7.882_792),
        ("m2", 50.0, 0.0),
        ("m3", 302.416_229, 22.608_614),
        ("m4", 149.990_270, 21.213_297),
        ("m5", 152.425_960, 7.882_792),
        ("m6", 76.212_980, 3.941_396),
        ("m7", 76.212_980, 3.941_396),
        ("tc34", 0.495_973, 0.037_681),
    ] {
        let found = answer.values.iter().find(|v| v.name == name).unwrap();
        assert!((found.value.unwrap() - value).abs() < 5.1e-7, "{name}: {found:?}");
        assert!((found.sd.unwrap() - sd).abs() < 5.1e-7, "{name}: {found:?}");
    }
    assert_eq!(answer.freedom, 2);
    assert!(answer.p_value > 0.5);
}

/// The same figures from the shared file, which carries its own answer.
#[test]
fn cencic_shared() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/ledger/reconcile_cencic2016.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), "skipped: {path} is absent");
        return;
    };
    let answer = Problem::parse(&text).unwrap().solve().unwrap();
    let json = Json::parse(&text).unwrap();
    let Some(Json::Object(expected)) = json.get("expected") else { panic!("the file carries its answer") };
    for (name, pair) in expected {
        let Json::List(pair) = pair else { panic!("value and standard deviation") };
        let number =
            |i: usize| if let Json::Number(n) = &pair[i] { n.as_f64().unwrap() } else { panic!("a number") };
        let found = answer.values.iter().find(|v| v.name == *name).unwrap();
        assert!((found.value.unwrap() - number(0)).abs() < 5.1e-7, "{name}: {found:?}");
        assert!((found.sd.unwrap() - number(1)).abs() < 5.1e-7, "{name}: {found:?}");
    }
}

#[test]
fn classes_and_faults() {
    let text = r#"{"flows": {"a": {"value": 10, "sd": 1}, "b": {"value": 9, "sd": 1}, "c": {}, "d": {}, "e": {}, "f": {"value": 3, "sd": 1}},
        "equations": ["a - b = 0", "c = b + 1", "d = e"]}"#;
    let answer = Problem::parse(text).unwrap().solve().unwrap();
    let found: Vec<_> = answer.values.iter().map(|v| (v.name.as_str(), v.value, v.class)).collect();
    assert_eq!(
        found,
        [
            ("a", Some(9.5), Class::Redundant),
            ("b", Some(9.5), Class::Redundant),
            ("c", Some(10.5), Class::Observable),
            ("d", None, Class::Unobservable),
            ("e", None, Class::Unobservable),
            ("f", Some(3.0), Class::NonRedundant),
        ]
    );
    for (text, expect) in [
        ("{", "不是合法的 JSON"),
        (r#"{"flows": {"a": {"value": 1}}, "equations": []}"#, "/flows/a"),
        (r#"{"flows": {"a": {"value": 1, "sd": 0}}, "equations": []}"#, "/flows/a"),
        (r#"{"flows": {}, "equations": [1]}"#, "/equations/0"),
        (r#"{"flows": {"a": {}}, "equations": ["a = z"]}"#, "变量“z”没有定义"),
    ] {
        let error = Problem::parse(text).unwrap_err().to_string();
        assert!(error.contains(expect), "{error}");
    }
    let text = r#"{"flows": {"a": {"value": 1, "constant": true}, "b": {"value": 2, "constant": true}}, "equations": ["a = b"]}"#;
    let error = Problem::parse(text).unwrap().solve().unwrap_err();
    assert_eq!(error, ReconcileError::Contradiction { equation: "a = b".to_owned(), residual: -1.0 });
}

#[test]
fn a_gross_error_is_found_and_estimated() {
    let text = r#"{"flows": {"in": {"value": 100, "sd": 1}, "a": {"value": 60, "sd": 1}, "b": {"value": 55, "sd": 1}, "a2": {"value": 60.5, "sd": 1},
        "b2": {"value": 40.2, "sd": 1}, "out": {"value": 100.4, "sd": 1}}, "equations": ["in = a + b", "a = a2", "b = b2", "a2 + b2 = out"]}"#;
    let errors = Problem::parse(text).unwrap().gross_errors(0.05).unwrap();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].name, "b");
    assert!((errors[0].estimate.unwrap() - 40.0).abs() < 0.5, "{errors:?}");
    assert!(Problem::parse(CENCIC).unwrap().gross_errors(0.05).unwrap().is_empty());
}

#[test]
fn readings_of_one_equation_are_suspect_together() {
    let text = r#"{"flows": {"in": {"value": 836, "sd": 2}, "stock": {"value": 100, "sd": 1}, "used": {"value": 519, "sd": 1}, "left": {"value": 200, "sd": 1},
        "other": {"value": 50, "sd": 1}, "same": {"value": 50.5, "sd": 1}}, "equations": ["in + stock - used - left = 0", "other = same"]}"#;
    let errors = Problem::parse(text).unwrap().gross_errors(0.05).unwrap();
    assert_eq!(errors.len(), 1, "{errors:?}");
    let told =
        |name: &str, estimate: Option<f64>| (name.to_owned(), estimate.map(|kg| (kg * 1e6).round() / 1e6));
    let mut found: Vec<_> = errors[0].alternatives.iter().map(|s| told(&s.name, s.estimate)).collect();
    found.push(told(&errors[0].name, errors[0].estimate));
    found.sort_by(|a, b| a.0.cmp(&b.0));
    let expect = [("in", 619.0), ("left", 417.0), ("stock", -117.0), ("used", 736.0)];
    assert_eq!(found, expect.map(|(name, kg)| (name.to_owned(), Some(kg))));
}

/// A chain of processes with side flows, measured with noise from a fixed pattern.
fn chain(processes: usize) -> Problem {
    let mut problem = Problem::default();
    let mut flow = |value: f64| {
        let name = format!("f{}", problem.variables.len());
        problem.variables.push(Variable { name, knowledge: Knowledge::Measured { value, sd: 0.02 * value } });
        problem.variables.len() - 1
    };
    let mut main = flow(100.0);
    let mut ends = Vec::new();
    for index in 0..processes {
        let wobble = f64::from(u32::try_from(index * 7919 % 13).unwrap()) / 13.0 - 0.5;
        let (side_in, side_out, next) =
            (flow(10.0 + wobble), flow(10.0 - wobble), flow(100.0 + 2.0 * wobble));
        ends.push((main, side_in, side_out, next));
        main = next;
    }
    for (main, side_in, side_out, next) in ends {
        let mut equation = Equation::default();
        [(1.0, main), (1.0, side_in), (-1.0, side_out), (-1.0, next)]
            .iter()
            .for_each(|(coefficient, variable)| equation.add(*coefficient, &[*variable]));
        problem.equations.push(equation);
    }
    problem
}

#[test]
fn the_large_way_agrees_with_the_small_one() {
    let (small, large) = (chain(150), chain(400));
    assert!(Solver::new(&small).is_small() && !Solver::new(&large).is_small());
    let solver = Solver::new(&small);
    let reduced = solver.reduce(&solver.measured).unwrap();
    let normal = normal(&reduced.rows, &solver.variance);
    let b = reduced.constants.clone();
    let (direct, iterated) =
        (Cholesky::new(dense(&normal, b.len())).solve(&b), conjugate_gradients(&normal, &b, 1e-14).unwrap());
    assert!(direct.iter().zip(&iterated).all(|(x, y)| (x - y).abs() < 1e-9));
    let answer = large.solve().unwrap();
    let values: Vec<f64> = answer.values.iter().map(|v| v.value.unwrap()).collect();
    assert!(large.equations.iter().all(|e| e.value(&values).abs() < 1e-9));
}

proptest! {
    /// Sound measurements are left alone, and a reconciled answer is sound.
    #[test]
    fn reconciling_twice_changes_nothing(readings in prop::collection::vec(50.0_f64..150.0, 4)) {
        let with = |v: &[f64]| {
            let flow = |i: usize| format!(r#"{{"value": {}, "sd": 5}}"#, v[i]);
            let text = format!(
                r#"{{"flows": {{"a": {}, "b": {}, "c": {}, "d": {}, "u": {{}}}}, "equations": ["a + b = c + u", "u = d"]}}"#,
                flow(0), flow(1), flow(2), flow(3)
            );
            Problem::parse(&text).unwrap().solve().unwrap()
        };
        let once: Vec<f64> = with(&readings).values.iter().map(|v| v.value.unwrap()).collect();
        prop_assert!((once[0] + once[1] - once[2] - once[3]).abs() < 1e-9);
        let twice = with(&once[..4]);
        prop_assert!(twice.chi_square < 1e-18);
    }
}
