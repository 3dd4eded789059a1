//! Shapes that several subjects share. Text and numbers that nobody stated, or that the reader may not see, are absent.

use model::enterprise::Contact;
use model::evidence::Evidence;
use model::matching::{Match, Outcome, Reason, Verdict};
use model::price::PriceRange;
use model::quantity::{Quantity, rounded};
use model::region::Point;
use model::spec::{SpecValue, Specification, Strictness};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

/// A text, absent where it is empty.
pub fn text(text: String) -> Option<String> {
    Some(text).filter(|t| !t.is_empty())
}

/// Both ways between a body and the form of `app` that has the same fields; a field of one that the other lacks does not compile.
macro_rules! mirror {
    ($body:ident <=> $form:path { $($field:ident),* $(,)? }) => {
        impl From<$body> for $form {
            fn from($body { $($field),* }: $body) -> Self {
                Self { $($field),* }
            }
        }

        impl From<$form> for $body {
            fn from(form: $form) -> Self {
                let $form { $($field),* } = form;
                Self { $($field),* }
            }
        }
    };
}
pub(super) use mirror;

/// The schema of one of a few words that `model` or `app` define.
macro_rules! words {
    ($($name:ident: $doc:literal = [$($word:literal),* $(,)?];)*) => {$(
        #[doc = $doc]
        pub struct $name;

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .description(Some($doc))
                    .enum_values(Some([$($word),*]))
                    .into()
            }
        }

        impl ToSchema for $name {}
    )*};
}

words! {
    VisibilityWord: "Who may see it: anybody, members, the two sides of an introduction, the secretariat, the owner." =
        ["public", "members", "counterparties", "secretariat", "own"];
    NounWord: "What a record is." = ["enterprise", "need", "offer"];
    OfficeWord: "An office." = ["administrator", "secretariat", "member", "commissioner", "bureau", "auditor"];
    StatusWord: "Whether a record stands." = ["open", "expired", "closed"];
    StrictnessWord: "How binding a requirement is." = ["must", "prefer"];
    BindingWord: "What keeps a need from a better supply." = [
        "enough", "capacity", "share", "smallest_order", "lot", "whole", "distance", "lead_time", "specification", "no_supplier",
        "unstated",
    ];
    NeedStateWord: "How far a need is covered on a list." = ["matched", "part", "unmet"];
    ChangeWord: "A row against the list before." = ["new", "changed", "open"];
    ListStateWord: "Where a list stands." = ["draft", "approved", "published", "withdrawn", "discarded"];
    ReasonWord: "What a part of a score is about." =
        ["text", "node", "specification", "certificate", "distance", "capacity"];
    SideWord: "A side of a pair." = ["need", "offer", "secretariat"];
    IntroductionWord: "Where an introduction stands." = ["asked", "agreed", "declined", "ended"];
    MeetingStateWord: "Where an event stands." = ["planned", "seated", "closed", "cancelled"];
    MeetingSideWord: "On which side of the tables a firm sits: who needs, who offers." = ["host", "guest"];
    PartyStateWord: "What a firm said to its invitation." = ["invited", "attending", "declined"];
    ClaimWord: "Where a claim stands." = ["open", "approved", "rejected"];
    InvitationWord: "Where an invitation stands." = ["open", "accepted", "expired", "revoked"];
}

/// A quantity.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuantityShape {
    /// Number of units.
    #[schema(example = 5000.0)]
    pub value: f64,
    /// Unit; empty for a plain number.
    #[schema(example = "片/月")]
    pub unit: String,
    /// Both in words.
    #[schema(example = "5000片/月")]
    pub words: String,
}

impl From<Quantity> for QuantityShape {
    fn from(quantity: Quantity) -> Self {
        Self { words: quantity.to_string(), value: rounded(quantity.value), unit: quantity.unit }
    }
}

/// A price interval in yuan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PriceShape {
    /// Lowest price in yuan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low_yuan: Option<f64>,
    /// Highest price in yuan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high_yuan: Option<f64>,
    /// Per what; absent for a total.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<String>,
}

impl From<PriceRange> for PriceShape {
    fn from(price: PriceRange) -> Self {
        Self { low_yuan: price.low_yuan, high_yuan: price.high_yuan, per: text(price.per) }
    }
}

/// A point on the earth.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct PointShape {
    /// Longitude, degrees east.
    pub lon: f64,
    /// Latitude, degrees north.
    pub lat: f64,
}

impl From<Point> for PointShape {
    fn from(point: Point) -> Self {
        Self { lon: point.lon, lat: point.lat }
    }
}

/// A person to call.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContactShape {
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Position.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    /// Telephone as given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// A contact, absent where nothing of it may be seen.
pub fn contact(contact: Contact) -> Option<ContactShape> {
    (contact != Contact::default()).then(|| ContactShape {
        name: text(contact.name),
        position: text(contact.position),
        phone: text(contact.phone),
    })
}

/// A range of numbers, with one end or both.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IntervalShape {
    /// Lower end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Upper end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// True where the lower end itself is excluded.
    pub low_open: bool,
    /// True where the upper end itself is excluded.
    pub high_open: bool,
    /// The 1.6 of 1.6±0.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nominal: Option<f64>,
}

/// One requirement or capability, as it was read out of the text.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SpecificationShape {
    /// Property, such as `thickness`.
    pub property: String,
    /// How binding it is.
    #[schema(value_type = StrictnessWord)]
    pub strictness: Strictness,
    /// Unit of the numbers; absent for words and plain numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The numbers: one range, or one a side of dimensions; empty for words.
    pub intervals: Vec<IntervalShape>,
    /// The words; empty for numbers.
    pub words: Vec<String>,
    /// The value in words, such as `1.6±0.1mm`.
    pub text: String,
}

impl From<Specification> for SpecificationShape {
    fn from(spec: Specification) -> Self {
        let text = spec.value_words();
        let interval = |i: &model::spec::Interval| IntervalShape {
            low: i.low,
            high: i.high,
            low_open: i.low_open,
            high_open: i.high_open,
            nominal: i.nominal,
        };
        let (intervals, words) = match &spec.value {
            SpecValue::Interval(one) => (vec![interval(one)], Vec::new()),
            SpecValue::Dimensions(sides) => (sides.iter().map(interval).collect(), Vec::new()),
            SpecValue::Set(words) => (Vec::new(), words.clone()),
            SpecValue::Text(words) => (Vec::new(), vec![words.clone()]),
        };
        Self {
            property: spec.property.0,
            strictness: spec.strictness,
            unit: spec.unit,
            intervals,
            words,
            text,
        }
    }
}

/// Part of a score.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReasonShape {
    /// What it is about.
    #[schema(value_type = ReasonWord)]
    pub kind: model::matching::ReasonKind,
    /// Points given.
    pub points: f64,
    /// Points that could be given.
    pub of: f64,
    /// Why, in one Chinese sentence.
    pub words: String,
}

impl From<Reason> for ReasonShape {
    fn from(reason: Reason) -> Self {
        Self { kind: reason.kind, points: reason.points, of: reason.of, words: reason.words }
    }
}

/// One requirement against what the offer states.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VerdictShape {
    /// Property.
    pub property: String,
    /// How binding the requirement is.
    #[schema(value_type = StrictnessWord)]
    pub strictness: Strictness,
    /// What came out.
    pub outcome: OutcomeWord,
    /// The shortfall in the need's unit, where it is short.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_by: Option<QuantityShape>,
    /// The need's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need: Option<String>,
    /// The offer's words; absent where it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<String>,
    /// What was measured of it; absent where the offer only declares it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceShape>,
}

/// A measured value behind a stated one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EvidenceShape {
    /// Property.
    pub property: String,
    /// What was measured.
    pub value: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Unit of the three.
    pub unit: String,
    /// Capability of the process, the lesser of the two axes; absent for a share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpk: Option<f64>,
    /// Pieces that were measured.
    pub count: u64,
    /// Day on which the inspection ended.
    #[schema(value_type = String, format = Date)]
    pub measured_on: jiff::civil::Date,
    /// Last day on which it counts.
    #[schema(value_type = String, format = Date)]
    pub valid_until: jiff::civil::Date,
    /// SHA-256 of the frozen inspection.
    pub sha256: String,
}

impl From<Evidence> for EvidenceShape {
    fn from(e: Evidence) -> Self {
        let Evidence { property, value, low, high, unit, cpk, count, measured_on, valid_until, sha256 } = e;
        let property = property.0;
        Self { property, value, low, high, unit, cpk, count, measured_on, valid_until, sha256 }
    }
}

/// Outcome of a comparison; `unknown` is a question to the offerer, not a no.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeWord {
    Met,
    Short,
    Unknown,
    Conflict,
}

impl From<Verdict> for VerdictShape {
    fn from(verdict: Verdict) -> Self {
        let (outcome, short_by) = match verdict.outcome {
            Outcome::Met => (OutcomeWord::Met, None),
            Outcome::Short { by } => (OutcomeWord::Short, Some(by.into())),
            Outcome::Unknown => (OutcomeWord::Unknown, None),
            Outcome::Conflict => (OutcomeWord::Conflict, None),
        };
        Self {
            property: verdict.property.0,
            strictness: verdict.strictness,
            outcome,
            short_by,
            need: text(verdict.need),
            offer: text(verdict.offer),
            evidence: verdict.evidence.map(Into::into),
        }
    }
}

/// How a need and an offer fit, with every reason.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MatchShape {
    /// Place among the candidates, from 1.
    pub rank: u32,
    /// 0 to 1; the sum of the reasons' points.
    pub score: f64,
    /// False where a must is short or in conflict, or the two are too far apart.
    pub feasible: bool,
    /// Great-circle distance in km, where both places are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_km: Option<f64>,
    /// Why.
    pub reasons: Vec<ReasonShape>,
    /// One a requirement.
    pub verdicts: Vec<VerdictShape>,
}

impl From<Match> for MatchShape {
    fn from(matched: Match) -> Self {
        Self {
            rank: matched.rank,
            score: matched.score,
            feasible: matched.feasible,
            distance_km: matched.distance_km,
            reasons: matched.reasons.into_iter().map(Into::into).collect(),
            verdicts: matched.verdicts.into_iter().map(Into::into).collect(),
        }
    }
}

/// An enterprise in few words.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EnterpriseBrief {
    /// Row id.
    pub id: i64,
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// County or city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region_code: Option<String>,
    /// True for an enterprise of the cluster, false for an outside member.
    pub inside: bool,
    /// True for an invented enterprise of the demo.
    pub fictional: bool,
}

impl From<app::EnterpriseBrief> for EnterpriseBrief {
    fn from(brief: app::EnterpriseBrief) -> Self {
        Self {
            id: brief.id,
            name: text(brief.name),
            region: text(brief.region),
            region_code: text(brief.region_code),
            inside: brief.inside,
            fictional: brief.fictional,
        }
    }
}

/// An enterprise by id and name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EnterpriseName {
    /// Row id.
    pub id: i64,
    /// Name.
    pub name: String,
}

impl From<(i64, String)> for EnterpriseName {
    fn from((id, name): (i64, String)) -> Self {
        Self { id, name }
    }
}

/// An earlier version of a record.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VersionShape {
    /// Version, from 1.
    pub version: i64,
    /// Who made it.
    pub by: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// What differs from the version before.
    pub changes: Vec<FieldChange>,
}

/// A field that changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldChange {
    /// Field, in Chinese.
    pub field: String,
    /// Words before.
    pub old: String,
    /// Words after.
    pub new: String,
}

impl From<app::Version> for VersionShape {
    fn from(version: app::Version) -> Self {
        let changes = version.changes.into_iter().map(|(field, old, new)| FieldChange { field, old, new });
        Self { version: version.version, by: version.by, at_ms: version.at_ms, changes: changes.collect() }
    }
}

/// Whether a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenOrClosed {
    /// True to open it again, false to close it.
    pub open: bool,
}
