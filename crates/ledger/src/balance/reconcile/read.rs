//! Reading a problem from its JSON file.

use super::{Knowledge, Problem, ReconcileError, Variable};
use crate::balance::expression::Equation;
use crate::json::Json;
use std::collections::HashMap;

impl Problem {
    /// Reads `{"flows": {name: {"value", "sd"} | {"value", "constant": true} | {}}, "transfer_coefficients": {...},
    /// "equations": ["m1 + m2 - m3 = 0", ...]}`.
    ///
    /// # Errors
    /// The first value that does not fit, with its place.
    pub fn parse(text: &str) -> Result<Self, ReconcileError> {
        let fault = |place: &str, what: &str| ReconcileError::Format {
            place: place.to_owned(),
            what: what.to_owned(),
        };
        let json = Json::parse(text).map_err(|e| fault("", &format!("不是合法的 JSON（{e}）")))?;
        let mut problem = Self::default();
        let mut numbers = HashMap::new();
        for section in ["flows", "transfer_coefficients"] {
            let fields = match json.get(section) {
                None if section == "transfer_coefficients" => continue,
                Some(Json::Object(fields)) => fields,
                _ => return Err(fault(&format!("/{section}"), "应为对象：变量名到测量值")),
            };
            for (name, value) in fields {
                let place = format!("/{section}/{name}");
                let knowledge = read_knowledge(value).ok_or_else(|| {
                    fault(&place, "应为 {value, sd}、{value, constant: true} 或 {}，sd 大于 0")
                })?;
                if numbers.insert(name.clone().into_owned(), problem.variables.len()).is_some() {
                    return Err(fault(&place, "变量名重复"));
                }
                problem.variables.push(Variable { name: name.clone().into_owned(), knowledge });
            }
        }
        let Some(Json::List(equations)) = json.get("equations") else {
            return Err(fault("/equations", "应为方程的列表，如 \"m1 + m2 - m3 = 0\""));
        };
        for (index, equation) in equations.iter().enumerate() {
            let place = format!("/equations/{index}");
            let text =
                equation.as_text().ok_or_else(|| fault(&place, "应为文本，如 \"m1 + m2 - m3 = 0\""))?;
            problem.equations.push(Equation::parse(text, &numbers)?);
            problem.texts.push(text.to_owned());
        }
        Ok(problem)
    }
}

fn read_knowledge(json: &Json<'_>) -> Option<Knowledge> {
    let Json::Object(_) = json else { return None };
    let number = |name: &str| match json.get(name) {
        Some(Json::Number(n)) => n.as_f64(),
        _ => None,
    };
    match (json.get("value"), json.get("constant"), json.get("sd")) {
        (None, None, None) => Some(Knowledge::Unknown),
        (Some(_), Some(Json::Bool(true)), None) => Some(Knowledge::Constant(number("value")?)),
        (Some(_), None | Some(Json::Bool(false)), Some(_)) => {
            let (value, sd) = (number("value")?, number("sd")?);
            (sd > 0.0).then_some(Knowledge::Measured { value, sd })
        }
        _ => None,
    }
}
