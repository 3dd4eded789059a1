//! Parameters of a query, as they stand in an address or in a named query, to conditions.

use super::facts::{identifier, plain};
use super::pattern::Pattern;
use super::{Bound, Comparison, Condition, Limit, Order, Query, Test};
use crate::event::vocabularies::{
    BIZ_STEP, BIZ_TRANSACTION, DISPOSITION, ERROR_REASON, MEASUREMENT, SOURCE_DESTINATION,
};
use crate::event::{Context, Vocabulary, is_uri};
use crate::time;

/// A parameter: its name and its values (one, or a list).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Name, such as `EQ_bizStep`.
    pub name: String,
    /// Values.
    pub values: Vec<String>,
}

/// A parameter that cannot be taken: the standard's `QueryParameterException`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {reason}")]
pub struct QueryError {
    /// The parameter.
    pub name: String,
    /// What is wrong with it.
    pub reason: String,
}

type Outcome<T> = Result<T, String>;

/// Longest list of values.
const VALUES_MAX: usize = 500;

/// What the values of a field are.
enum Field {
    Word(&'static Vocabulary),
    Identifier,
    Text,
    Hex,
    Boolean,
    Number,
    Time,
    Extension,
    Presence,
}

impl Query {
    /// Reads a query. The context expands prefixes of extension fields and vocabulary values.
    ///
    /// # Errors
    /// The first parameter that is unknown, or whose values do not fit it.
    pub fn read(parameters: &[Parameter], context: &Context) -> Result<Self, QueryError> {
        let mut query = Self { descending: true, ..Self::default() };
        let mut direction = None;
        for parameter in parameters {
            let fault = |reason: String| QueryError { name: parameter.name.clone(), reason };
            match parameter.name.as_str() {
                "orderBy" => query.order = order(parameter, context).map_err(fault)?,
                "orderDirection" => {
                    direction = Some(match one(parameter).map_err(fault)? {
                        "ASC" => false,
                        "DESC" => true,
                        other => return Err(fault(format!("“{other}” is neither ASC nor DESC"))),
                    });
                }
                "eventCountLimit" | "maxEventCount" => {
                    let count = one(parameter).map_err(fault)?.parse::<u64>().ok().filter(|n| *n > 0);
                    let count =
                        count.ok_or_else(|| fault("a whole number from 1 on is expected".to_owned()))?;
                    if query.limit != Limit::None {
                        return Err(fault("eventCountLimit and maxEventCount exclude each other".to_owned()));
                    }
                    query.limit = match parameter.name.as_str() {
                        "eventCountLimit" => Limit::First(count),
                        _ => Limit::AtMost(count),
                    };
                }
                name => query.conditions.extend(condition(name, parameter, context).map_err(fault)?),
            }
        }
        if matches!(query.limit, Limit::First(_)) && query.order == Order::None {
            return Err(QueryError {
                name: "eventCountLimit".to_owned(),
                reason: "which events are the first is not said: orderBy is missing".to_owned(),
            });
        }
        query.descending = query.order != Order::None && direction.unwrap_or(true);
        Ok(query)
    }

    /// Adds that an event is of a type, for the paths below `/eventTypes` and the like: `key` is one of the fields `eventType`,
    /// `bizStep`, `bizLocation`, `readPoint`, `disposition`, or `anyEPC` for `/epcs`.
    ///
    /// # Errors
    /// Where the value does not fit the field.
    pub fn and(mut self, key: &str, value: &str, context: &Context) -> Result<Self, QueryError> {
        let name = match key {
            "eventType" => key.to_owned(),
            "anyEPC" => format!("MATCH_{key}"),
            _ => format!("EQ_{key}"),
        };
        let parameter = Parameter { name: name.clone(), values: vec![value.to_owned()] };
        let added = condition(&name, &parameter, context);
        self.conditions.extend(added.map_err(|reason| QueryError { name, reason })?);
        Ok(self)
    }
}

fn condition(name: &str, parameter: &Parameter, context: &Context) -> Outcome<Option<Condition>> {
    if parameter.values.len() > VALUES_MAX {
        return Err(format!("at most {VALUES_MAX} values"));
    }
    if name == "eventType" {
        const TYPES: [&str; 5] = [
            "ObjectEvent",
            "AggregationEvent",
            "TransactionEvent",
            "TransformationEvent",
            "AssociationEvent",
        ];
        let types: Vec<String> =
            parameter.values.iter().map(|v| v.strip_prefix("epcis:").unwrap_or(v).to_owned()).collect();
        if let Some(word) = types.iter().find(|word| !TYPES.contains(&word.as_str())) {
            return Err(format!("“{word}” is no type of events: {}", TYPES.join(", ")));
        }
        return Ok(Some(Condition { key: name.to_owned(), test: Test::OneOf(types) }));
    }
    let (operation, field) = name.split_once('_').ok_or_else(unknown)?;
    let values = &parameter.values;
    let found = |key: String, test: Test| Ok(Some(Condition { key, test }));
    match operation {
        "MATCH" => {
            const OBJECTS: [&str; 9] = [
                "epc",
                "parentID",
                "inputEPC",
                "outputEPC",
                "anyEPC",
                "epcClass",
                "inputEPCClass",
                "outputEPCClass",
                "anyEPCClass",
            ];
            let field = OBJECTS.iter().find(|known| **known == field).ok_or_else(unknown)?;
            let read = |value: &String| Pattern::read(&context.expand(value));
            found((*field).to_owned(), Test::Match(values.iter().map(read).collect::<Outcome<_>>()?))
        }
        "WD" if matches!(field, "readPoint" | "bizLocation") => {
            let places: Outcome<Vec<_>> = values.iter().map(|v| uri(v, context)).collect();
            found(field.to_owned(), Test::Within(places?))
        }
        "EXISTS" => {
            let (key, field) = self::field(field, context)?;
            if !matches!(field, Field::Extension | Field::Presence) {
                return Err(unknown());
            }
            match values.first().map_or("", String::as_str) {
                "false" | "0" => Ok(None),
                "" | "true" | "1" | "null" => found(key, Test::Exists),
                other => Err(format!("“{other}” is neither true nor false")),
            }
        }
        // No master data, no attributes.
        "HASATTR" | "EQATTR" => found(field.to_owned(), Test::Nothing),
        "EQ" if field.starts_with("ATTR_") => found(field.to_owned(), Test::Nothing),
        "EQ" => {
            let (key, field) = self::field(field, context)?;
            let test = match field {
                Field::Word(vocabulary) => {
                    Test::OneOf(values.iter().map(|v| word(vocabulary, v, context)).collect::<Outcome<_>>()?)
                }
                Field::Identifier => {
                    Test::OneOf(values.iter().map(|v| uri(v, context)).collect::<Outcome<_>>()?)
                }
                Field::Number => Test::Numbers(values.iter().map(|v| number(v)).collect::<Outcome<_>>()?),
                Field::Text if key == "action" => {
                    if let Some(bad) =
                        values.iter().find(|v| !["ADD", "OBSERVE", "DELETE"].contains(&v.as_str()))
                    {
                        return Err(format!("“{bad}” is no action: ADD, OBSERVE or DELETE"));
                    }
                    Test::OneOf(values.clone())
                }
                Field::Text => Test::OneOf(values.clone()),
                Field::Hex => Test::OneOf(values.iter().map(|v| v.to_ascii_uppercase()).collect()),
                Field::Boolean => match values.as_slice() {
                    [one] if one == "true" || one == "false" => Test::OneOf(values.clone()),
                    _ => return Err("true or false is expected".to_owned()),
                },
                Field::Extension => {
                    Test::OneOf(values.iter().map(|v| plain(&context.expand(v)).into_owned()).collect())
                }
                Field::Time | Field::Presence => return Err(unknown()),
            };
            if values.is_empty() {
                return Err("a value is missing".to_owned());
            }
            found(key, test)
        }
        "GT" | "GE" | "LT" | "LE" => {
            let comparison = match operation {
                "GT" => Comparison::Greater,
                "GE" => Comparison::GreaterOrEqual,
                "LT" => Comparison::Less,
                _ => Comparison::LessOrEqual,
            };
            let (key, field) = self::field(field, context)?;
            let value = one(parameter)?;
            let time = || time::parse(value).map(Bound::Time);
            let bound = match field {
                Field::Time => time().ok_or_else(|| not_a_time(value))?,
                Field::Number => Bound::Number(number(value)?),
                Field::Extension => match time() {
                    Some(time) => time,
                    None => Bound::Number(number(value)?),
                },
                _ => return Err(unknown()),
            };
            found(key, Test::Bound(comparison, bound))
        }
        _ => Err(unknown()),
    }
}

fn unknown() -> String {
    "there is no such parameter".to_owned()
}

fn not_a_time(value: &str) -> String {
    format!("“{value}” is no time with seconds and zone, such as 2026-11-29T08:00:00+08:00")
}

/// The key of the facts that a parameter's field means, and what its values are.
fn field(name: &str, context: &Context) -> Outcome<(String, Field)> {
    let field = match name {
        "action" | "stringValue" => Field::Text,
        "bizStep" => Field::Word(&BIZ_STEP),
        "disposition" | "persistentDisposition_set" | "persistentDisposition_unset" => {
            Field::Word(&DISPOSITION)
        }
        "errorReason" => Field::Word(&ERROR_REASON),
        "type" => Field::Word(&MEASUREMENT),
        "readPoint"
        | "bizLocation"
        | "transformationID"
        | "eventID"
        | "correctiveEventID"
        | "deviceID"
        | "dataProcessingMethod"
        | "microorganism"
        | "chemicalSubstance"
        | "bizRules"
        | "uriValue" => Field::Identifier,
        "hexBinaryValue" => Field::Hex,
        "booleanValue" => Field::Boolean,
        "eventTime" | "recordTime" | "errorDeclarationTime" | "time" | "startTime" | "endTime" => Field::Time,
        // The schema of named queries spells it so.
        "errorDeclaration_Time" => return Ok(("errorDeclarationTime".to_owned(), Field::Time)),
        "errorDeclaration" | "sensorElementList" => Field::Presence,
        _ => return qualified(name, context),
    };
    Ok((name.to_owned(), field))
}

/// Fields whose names have a unit, a type or a namespace.
fn qualified(name: &str, context: &Context) -> Outcome<(String, Field)> {
    const NUMBERS: [&str; 8] =
        ["quantity", "value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"];
    let (head, tail) = name.split_once('_').unwrap_or((name, ""));
    if NUMBERS.contains(&head) {
        let is_unit = tail.is_empty()
            || (2..=4).contains(&tail.len())
                && tail.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        return if is_unit { Ok((name.to_owned(), Field::Number)) } else { Err(unknown()) };
    }
    let kind = match head {
        "bizTransaction" => Some(&BIZ_TRANSACTION),
        "source" | "destination" => Some(&SOURCE_DESTINATION),
        _ => None,
    };
    if let Some(vocabulary) = kind {
        return Ok((format!("{head}_{}", word(vocabulary, tail, context)?), Field::Identifier));
    }
    const QUALIFIERS: [&str; 8] = [
        "INNER_",
        "ILMD_",
        "ERROR_DECLARATION_",
        "SENSORELEMENT_",
        "SENSORMETADATA_",
        "SENSORREPORT_",
        "readPoint_",
        "bizLocation_",
    ];
    let mut rest = name;
    while let Some(qualifier) = QUALIFIERS.iter().find(|qualifier| rest.starts_with(**qualifier)) {
        rest = &rest[qualifier.len()..];
    }
    let clark = context.clark(rest);
    if !clark.starts_with('{') {
        let prefix = rest.split(':').next().unwrap_or(rest);
        return Err(match rest.contains(':') {
            true => {
                format!("the prefix “{prefix}” is not declared: name it in GS1-Extensions or in @context")
            }
            false => unknown(),
        });
    }
    Ok((format!("{}{clark}", &name[..name.len() - rest.len()]), Field::Extension))
}

fn order(parameter: &Parameter, context: &Context) -> Outcome<Order> {
    Ok(match one(parameter)? {
        "eventTime" => Order::EventTime,
        "recordTime" => Order::RecordTime,
        other => match field(other, context)? {
            (key, Field::Extension) => Order::Field(key),
            _ => return Err("eventTime, recordTime or an extension field is expected".to_owned()),
        },
    })
}

fn one(parameter: &Parameter) -> Outcome<&str> {
    match parameter.values.as_slice() {
        [one] => Ok(one),
        _ => Err("one value is expected".to_owned()),
    }
}

fn number(text: &str) -> Outcome<f64> {
    let number: Option<f64> = text.trim().parse().ok();
    number.filter(|n| n.is_finite()).ok_or_else(|| format!("“{text}” is no number"))
}

fn uri(text: &str, context: &Context) -> Outcome<String> {
    let expanded = context.expand(text.trim());
    if !is_uri(&expanded) {
        return Err(format!("“{text}” is no URI"));
    }
    Ok(identifier(&expanded).into_owned())
}

/// A word of a vocabulary in any of its spellings.
fn word(vocabulary: &Vocabulary, text: &str, context: &Context) -> Outcome<String> {
    let expanded = context.expand(text.trim());
    let urn = Some(vocabulary.urn_prefix).filter(|prefix| !prefix.is_empty());
    let bare = urn.and_then(|prefix| expanded.strip_prefix(prefix)).unwrap_or(&expanded);
    vocabulary.keep(bare).ok_or_else(|| format!("“{text}” is no {} of CBV and no URI", vocabulary.name))
}
