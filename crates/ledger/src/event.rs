//! EPCIS 2.0 events (GS1 EPCIS Standard 2.0, sections 7.3 and 7.4; JSON-LD binding of section 10).
//!
//! [`Document::parse`] reads a capture or query document, [`Event`] is one event of it. Identifiers are absolute URIs
//! (CURIEs of the document's context are expanded), standard CBV words stay bare (`shipping`), other vocabulary values
//! are absolute URIs, and extension fields carry their namespace in Clark notation (`{namespace}local`).

mod context;
mod document;
mod extension;
mod fault;
mod fields;
mod parts;
mod reader;
mod sensor;
mod vocabulary;

pub(crate) mod vocabularies {
    //! The standard vocabularies, for those who write them out.
    pub(crate) use super::vocabulary::{
        BIZ_STEP, BIZ_TRANSACTION, COMPONENT, DISPOSITION, ERROR_REASON, MEASUREMENT, SENSOR_ALERT,
        SOURCE_DESTINATION,
    };
}

pub use context::Context;
pub use document::{Document, DocumentKind};
pub use extension::{Extension, ExtensionValue};
pub use fault::{Expected, Fault};
pub use sensor::{SensorElement, SensorMetadata, SensorReport};
pub use vocabulary::Vocabulary;

pub(crate) use reader::is_uri;

use jiff::Timestamp;
use serde::Serialize;

/// One EPCIS event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Event {
    /// Where the event stands in its document, as a JSON pointer.
    pub place: String,
    /// `eventID`, if the document gives one.
    pub id: Option<String>,
    /// When it happened.
    pub time: Timestamp,
    /// Offset of the local clock there and then, such as `+08:00`.
    pub zone_offset: String,
    /// When a repository recorded it, if the document says so.
    pub record_time: Option<Timestamp>,
    /// Certificates that bear on the event.
    pub certification_info: Vec<String>,
    /// Set where the event declares an earlier one with the same content to be wrong.
    pub error_declaration: Option<ErrorDeclaration>,
    /// What the event's type says.
    pub body: Body,
    /// Business step: a CBV word or a URI.
    pub biz_step: Option<String>,
    /// Disposition afterwards: a CBV word or a URI.
    pub disposition: Option<String>,
    /// Dispositions that persist until unset.
    pub persistent_disposition: Option<PersistentDisposition>,
    /// Where it was observed.
    pub read_point: Option<Location>,
    /// Where the objects are afterwards.
    pub biz_location: Option<Location>,
    /// Business transactions it belongs to.
    pub biz_transactions: Vec<Typed>,
    /// Where the objects come from.
    pub sources: Vec<Typed>,
    /// Where they go to.
    pub destinations: Vec<Typed>,
    /// Sensor data.
    pub sensors: Vec<SensorElement>,
    /// Instance and lot master data.
    pub ilmd: Vec<Extension>,
    /// User extensions of the event.
    pub extensions: Vec<Extension>,
    /// User extensions which the document excludes from the hash (`ignoreFields`).
    pub ignored_extensions: Vec<Extension>,
}

/// What is particular to a type of event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Body {
    /// Something happened to objects.
    Object {
        /// Made, observed or ended.
        action: Action,
        /// Instances.
        epcs: Vec<String>,
        /// Quantities of classes (lots).
        quantities: Vec<QuantityElement>,
    },
    /// Children were put into, seen in or taken out of a parent.
    Aggregation {
        /// Put in, seen or taken out.
        action: Action,
        /// The container; absent where only the children were observed.
        parent: Option<String>,
        /// Contained instances; empty with `DELETE`: all of them.
        children: Vec<String>,
        /// Contained quantities.
        child_quantities: Vec<QuantityElement>,
    },
    /// Objects were linked with business transactions.
    Transaction {
        /// Linked, seen or unlinked.
        action: Action,
        /// Parent object.
        parent: Option<String>,
        /// Instances.
        epcs: Vec<String>,
        /// Quantities of classes.
        quantities: Vec<QuantityElement>,
    },
    /// Inputs were consumed and outputs produced.
    Transformation {
        /// Links several events of one long transformation.
        transformation_id: Option<String>,
        /// Instances consumed.
        inputs: Vec<String>,
        /// Quantities consumed.
        input_quantities: Vec<QuantityElement>,
        /// Instances produced.
        outputs: Vec<String>,
        /// Quantities produced.
        output_quantities: Vec<QuantityElement>,
    },
    /// Objects were attached to a parent which keeps its identity (a sensor on a vehicle, a part in a machine).
    Association {
        /// Attached, seen or detached.
        action: Action,
        /// The object they are attached to.
        parent: String,
        /// Attached instances.
        children: Vec<String>,
        /// Attached quantities.
        child_quantities: Vec<QuantityElement>,
    },
}

/// How an event relates to the life of what it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Action {
    /// Created or added.
    Add,
    /// Neither.
    Observe,
    /// Removed or destroyed.
    Delete,
}

/// An amount of a class of objects (`epcClass`), such as 200.5 kg of a lot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuantityElement {
    /// Class of the objects: a lot (LGTIN), a product, or any URI.
    pub class: String,
    /// Amount; absent where it is unknown.
    pub quantity: Option<f64>,
    /// Unit (UN/ECE Recommendation 20, such as `KGM`); absent for a count.
    pub uom: Option<String>,
}

/// `readPoint` or `bizLocation`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Location {
    /// URI of the place.
    pub id: String,
    /// User extensions.
    pub extensions: Vec<Extension>,
}

/// An identifier with its type: business transaction, source or destination.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Typed {
    /// CBV word or URI; only a business transaction may lack it.
    pub kind: Option<String>,
    /// The identifier, a URI.
    pub id: String,
}

/// Dispositions set and unset until further notice.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PersistentDisposition {
    /// From now on.
    pub set: Vec<String>,
    /// No longer.
    pub unset: Vec<String>,
}

/// Why and when an event was declared to be wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ErrorDeclaration {
    /// When it was declared.
    pub time: Timestamp,
    /// CBV word or URI.
    pub reason: Option<String>,
    /// Events that correct it.
    pub corrective_event_ids: Vec<String>,
    /// User extensions.
    pub extensions: Vec<Extension>,
}

impl Action {
    /// The word of the standard.
    pub fn word(self) -> &'static str {
        match self {
            Self::Add => "ADD",
            Self::Observe => "OBSERVE",
            Self::Delete => "DELETE",
        }
    }
}

impl Event {
    /// The type's name, such as `ObjectEvent`.
    pub fn type_name(&self) -> &'static str {
        match self.body {
            Body::Object { .. } => "ObjectEvent",
            Body::Aggregation { .. } => "AggregationEvent",
            Body::Transaction { .. } => "TransactionEvent",
            Body::Transformation { .. } => "TransformationEvent",
            Body::Association { .. } => "AssociationEvent",
        }
    }

    /// The action, which a transformation has not.
    pub fn action(&self) -> Option<Action> {
        match self.body {
            Body::Object { action, .. }
            | Body::Aggregation { action, .. }
            | Body::Transaction { action, .. }
            | Body::Association { action, .. } => Some(action),
            Body::Transformation { .. } => None,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
