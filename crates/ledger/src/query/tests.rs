//! Every parameter of the standard over a few events of every type, and that terms never lose a match.

use super::*;
use crate::event::{Context, Document};
use proptest::prelude::*;

const EVENTS: &str = r#"{"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"ex": "https://ns.example.com/epcis/"}],
"type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00Z", "epcisBody": {"eventList": [
{"type": "ObjectEvent", "eventID": "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8", "action": "OBSERVE", "eventTime": "2026-01-01T08:00:00+08:00", "eventTimeZoneOffset": "+08:00",
 "bizStep": "shipping", "disposition": "in_transit", "epcList": ["urn:epc:id:sgtin:4012345.011111.1", "urn:epc:id:sscc:4012345.3111111111"],
 "readPoint": {"id": "urn:epc:id:sgln:4012345.00005.dock", "ex:gate": "G7"}, "bizLocation": {"id": "urn:epc:id:sgln:4012345.00005.0"},
 "bizTransactionList": [{"type": "po", "bizTransaction": "urn:x:po:7"}], "sourceList": [{"type": "owning_party", "source": "urn:epc:id:pgln:4012345.00005"}],
 "destinationList": [{"type": "owning_party", "destination": "urn:epc:id:pgln:4098765.00001"}], "ex:temper": "H14", "ex:mass": 12.5, "ex:made": "2026-01-01T00:00:00Z",
 "ex:box": {"ex:colour": "red", "ex:count": 3}},
{"type": "AggregationEvent", "action": "ADD", "eventTime": "2026-01-02T00:00:00Z", "eventTimeZoneOffset": "+00:00", "bizStep": "packing",
 "parentID": "urn:epc:id:sscc:4012345.3111111111", "childEPCs": ["https://id.gs1.org/01/04012345111118/21/1"],
 "childQuantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.012345.L1", "quantity": 10, "uom": "KGM"}]},
{"type": "TransformationEvent", "transformationID": "urn:x:melt:1", "eventTime": "2026-01-03T00:00:00Z", "eventTimeZoneOffset": "+00:00",
 "inputQuantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.012345.L1", "quantity": 4, "uom": "KGM"}], "outputEPCList": ["urn:epc:id:grai:4012345.00022.33"],
 "persistentDisposition": {"set": ["completeness_verified"], "unset": ["completeness_inferred"]},
 "ilmd": {"ex:lotNumber": "L9", "ex:assay": {"ex:copper": 0.9993}}, "bizLocation": {"id": "https://plant.example/hall/3"}},
{"type": "TransactionEvent", "action": "DELETE", "eventTime": "2026-01-04T00:00:00Z", "eventTimeZoneOffset": "+00:00", "bizTransactionList": [{"bizTransaction": "urn:x:inv:1"}],
 "epcList": ["urn:epc:id:sgtin:4098765.066666.5"], "errorDeclaration": {"declarationTime": "2026-02-01T00:00:00Z", "reason": "incorrect_data", "correctiveEventIDs": ["urn:x:event:2"], "ex:who": "QA"}},
{"type": "AssociationEvent", "action": "OBSERVE", "eventTime": "2026-01-05T00:00:00Z", "eventTimeZoneOffset": "+00:00", "parentID": "urn:epc:id:grai:4012345.00022.33",
 "childEPCs": ["urn:epc:id:giai:4012345.S1"], "sensorElementList": [{"ex:batch": 2, "sensorMetadata": {"startTime": "2026-01-05T00:00:00Z", "endTime": "2026-01-05T01:00:00Z",
 "deviceID": "urn:epc:id:giai:4012345.D1", "dataProcessingMethod": "https://example.org/253/4012345000054987", "bizRules": "urn:x:rule:1", "ex:loop": "A"},
 "sensorReport": [{"type": "Temperature", "value": 26.0, "minValue": 20, "maxValue": 30, "meanValue": 25.5, "sDev": 0.5, "uom": "CEL", "ex:grade": "first"},
 {"type": "gs1:RelativeHumidity", "percRank": 50, "percValue": 12.1, "uom": "A93", "stringValue": "wet", "booleanValue": true, "hexBinaryValue": "f0f0", "uriValue": "https://example.org/x",
 "microorganism": "https://www.ncbi.nlm.nih.gov/taxonomy/1126011", "chemicalSubstance": "https://identifiers.org/inchikey:CZMRCDWAGMRECN-UGDNZRGBSA-N", "time": "2026-01-05T00:30:00Z"}]}]}
]}}"#;

fn context() -> Context {
    let mut context = Context::default();
    context.declare("ex", "https://ns.example.com/epcis/");
    context
}

fn events() -> Vec<Event> {
    Document::parse(EVENTS).unwrap().events
}

/// `name=a|b&name=c`, as it stands in an address.
fn read(text: &str) -> Result<Query, QueryError> {
    let parameters: Vec<Parameter> = text
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, values) = part.split_once('=').unwrap();
            Parameter { name: name.to_owned(), values: values.split('|').map(str::to_owned).collect() }
        })
        .collect();
    Query::read(&parameters, &context())
}

fn recorded(index: usize) -> (Timestamp, String) {
    (
        Timestamp::new(1_780_000_000 + index as i64, 0).unwrap(),
        format!("ni:///sha-256;{index:064}?ver=CBV2.0"),
    )
}

/// Numbers of the events that match, each also by its terms.
fn found(query: &Query) -> Vec<usize> {
    let mut out = Vec::new();
    for (index, event) in events().iter().enumerate() {
        let (time, id) = recorded(index);
        let recorded = Recorded { time, id: &id };
        if query.matches(event, recorded) {
            let has = terms(event, recorded);
            for asked in query.terms() {
                assert!(asked.iter().any(|term| has.contains(term)), "{query:?}: a term is lost at {index}");
            }
            out.push(index);
        }
    }
    out
}

/// One parameter or more, and the events (0 object, 1 aggregation, 2 transformation, 3 transaction, 4 association) that it finds.
const CASES: &[(&str, &[usize])] = &[
    ("", &[0, 1, 2, 3, 4]),
    ("eventType=ObjectEvent|AssociationEvent", &[0, 4]),
    ("GE_eventTime=2026-01-02T08:00:00+08:00", &[1, 2, 3, 4]),
    ("GE_eventTime=2026-01-02T00:00:00Z&LT_eventTime=2026-01-04T00:00:00Z", &[1, 2]),
    ("GE_recordTime=2026-05-28T20:26:42Z", &[2, 3, 4]),
    ("LT_recordTime=2026-05-28T20:26:42Z", &[0, 1]),
    ("EQ_action=ADD|DELETE", &[1, 3]),
    ("EQ_bizStep=shipping", &[0]),
    ("EQ_bizStep=https://ref.gs1.org/cbv/BizStep-shipping", &[0]),
    ("EQ_bizStep=cbv:BizStep-packing|urn:epcglobal:cbv:bizstep:shipping", &[0, 1]),
    ("EQ_disposition=in_transit", &[0]),
    ("EQ_persistentDisposition_set=completeness_verified", &[2]),
    ("EQ_persistentDisposition_unset=completeness_verified", &[]),
    ("EQ_persistentDisposition_unset=completeness_inferred", &[2]),
    ("EQ_readPoint=urn:epc:id:sgln:4012345.00005.dock", &[0]),
    ("EQ_readPoint=https://id.gs1.org/414/4012345000054/254/dock", &[0]),
    ("EQ_readPoint=urn:epc:id:sgln:4012345.00005.0", &[]),
    ("WD_readPoint=urn:epc:id:sgln:4012345.00005.0", &[0]),
    ("EQ_bizLocation=https://other.example/gln/4012345000054", &[0]),
    ("WD_bizLocation=https://plant.example/hall", &[2]),
    ("WD_bizLocation=https://plant.example/ha", &[]),
    ("EQ_transformationID=urn:x:melt:1", &[2]),
    ("MATCH_epc=urn:epc:id:sgtin:4012345.011111.1", &[0, 1]),
    ("MATCH_epc=https://example.com/gtin/04012345111118/21/1", &[0, 1]),
    ("MATCH_epc=urn:epc:idpat:sgtin:4012345.011111.*", &[0, 1]),
    ("MATCH_epc=https://id.gs1.org/01/04012345111118/21/*", &[0, 1]),
    ("MATCH_epc=urn:epc:idpat:sgtin:4012345.*.*", &[0, 1]),
    ("MATCH_epc=urn:epc:idpat:sgtin:*.*.*", &[0, 1, 3]),
    ("MATCH_epc=urn:epc:idpat:sscc:4012345.*", &[0]),
    ("MATCH_epc=urn:epc:idpat:sgtin:4098765.066666.*|urn:epc:idpat:giai:4012345.*", &[3, 4]),
    ("MATCH_parentID=urn:epc:id:sscc:4012345.3111111111", &[1]),
    ("MATCH_parentID=urn:epc:idpat:grai:4012345.00022.*", &[4]),
    ("MATCH_inputEPC=urn:epc:id:sgtin:4012345.011111.1", &[]),
    ("MATCH_outputEPC=urn:epc:id:grai:4012345.00022.33", &[2]),
    ("MATCH_anyEPC=urn:epc:id:grai:4012345.00022.33", &[2, 4]),
    ("MATCH_anyEPC=urn:epc:id:sscc:4012345.3111111111", &[0, 1]),
    ("MATCH_epcClass=urn:epc:class:lgtin:4012345.012345.L1", &[1]),
    ("MATCH_epcClass=urn:epc:class:lgtin:4012345.012345.*", &[1]),
    ("MATCH_inputEPCClass=https://id.gs1.org/01/04012345123456/10/L1", &[2]),
    ("MATCH_outputEPCClass=urn:epc:class:lgtin:4012345.012345.L1", &[]),
    ("MATCH_anyEPCClass=urn:epc:idpat:lgtin:4012345.*.*", &[1, 2]),
    ("EQ_quantity=10|11", &[1]),
    ("GT_quantity=4", &[1]),
    ("GE_quantity=4", &[1, 2]),
    ("LT_quantity=10", &[2]),
    ("LE_quantity=10", &[1, 2]),
    ("GE_quantity_KGM=5", &[1]),
    ("EQ_quantity_LTR=10", &[]),
    ("EQ_eventID=urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8", &[0]),
    (
        "EQ_eventID=ni:///sha-256;0000000000000000000000000000000000000000000000000000000000000003?ver=CBV2.0",
        &[3],
    ),
    ("EXISTS_errorDeclaration=true", &[3]),
    ("EXISTS_errorDeclaration=false", &[0, 1, 2, 3, 4]),
    ("GE_errorDeclarationTime=2026-02-01T00:00:00Z", &[3]),
    ("LT_errorDeclaration_Time=2026-02-01T00:00:00Z", &[]),
    ("EQ_errorReason=incorrect_data", &[3]),
    ("EQ_correctiveEventID=urn:x:event:2", &[3]),
    ("EQ_ERROR_DECLARATION_ex:who=QA", &[3]),
    ("EXISTS_ERROR_DECLARATION_ex:who=", &[3]),
    ("EQ_bizTransaction_po=urn:x:po:7", &[0]),
    ("EQ_bizTransaction_inv=urn:x:po:7", &[]),
    ("EQ_source_owning_party=https://id.gs1.org/417/4012345000054", &[0]),
    ("EQ_destination_owning_party=urn:epc:id:pgln:4098765.00001", &[0]),
    ("EXISTS_sensorElementList=", &[4]),
    ("GE_startTime=2026-01-05T00:00:00Z&LT_endTime=2026-01-06T00:00:00Z", &[4]),
    ("LT_startTime=2026-01-05T00:00:00Z", &[]),
    ("GE_endTime=2026-01-05T02:00:00Z", &[]),
    ("GE_time=2026-01-05T00:30:00Z", &[4]),
    ("EQ_type=Temperature", &[4]),
    ("EQ_type=gs1:RelativeHumidity", &[4]),
    ("EQ_deviceID=urn:epc:id:giai:4012345.D1", &[4]),
    ("EQ_dataProcessingMethod=https://id.gs1.org/253/4012345000054987", &[4]),
    ("EQ_microorganism=https://www.ncbi.nlm.nih.gov/taxonomy/1126011", &[4]),
    ("EQ_chemicalSubstance=https://identifiers.org/inchikey:CZMRCDWAGMRECN-UGDNZRGBSA-N", &[4]),
    ("EQ_bizRules=urn:x:rule:1", &[4]),
    ("EQ_stringValue=wet", &[4]),
    ("EQ_hexBinaryValue=F0F0", &[4]),
    ("EQ_uriValue=https://example.org/x", &[4]),
    ("EQ_booleanValue=true", &[4]),
    ("EQ_booleanValue=false", &[]),
    ("EQ_value_CEL=26", &[4]),
    ("GE_value_CEL=26.5", &[]),
    ("LE_minValue_CEL=20", &[4]),
    ("GT_maxValue_CEL=29", &[4]),
    ("LT_meanValue_CEL=25.5", &[]),
    ("GE_sDev_CEL=0.5", &[4]),
    ("GE_percRank=50", &[4]),
    ("LE_percValue_A93=12.1", &[4]),
    ("EQ_ex:temper=H14", &[0]),
    ("EQ_https://ns.example.com/epcis/temper=H14", &[0]),
    ("EQ_ex:mass=12.50", &[0]),
    ("GT_ex:mass=12&LE_ex:mass=12.5", &[0]),
    ("GE_ex:made=2026-01-01T08:00:00+08:00", &[0]),
    ("EQ_ex:made=2026-01-01T08:00:00+08:00", &[0]),
    ("EXISTS_ex:box=", &[0]),
    ("EQ_INNER_ex:colour=red", &[0]),
    ("EQ_ex:colour=red", &[]),
    ("GE_INNER_ex:count=4", &[]),
    ("EQ_ILMD_ex:lotNumber=L9", &[2]),
    ("EQ_ex:lotNumber=L9", &[]),
    ("GE_INNER_ILMD_ex:copper=0.9", &[2]),
    ("EXISTS_INNER_ILMD_ex:copper=", &[2]),
    ("EQ_readPoint_ex:gate=G7", &[0]),
    ("EQ_SENSORELEMENT_ex:batch=2", &[4]),
    ("EQ_SENSORMETADATA_ex:loop=A", &[4]),
    ("EQ_SENSORREPORT_ex:grade=first", &[4]),
    ("EXISTS_SENSORREPORT_ex:other=", &[]),
    ("HASATTR_bizLocation=urn:epcglobal:cbv:mda:name", &[]),
    ("EQATTR_bizLocation_name=x", &[]),
    ("EQ_action=OBSERVE&EQ_bizStep=shipping", &[0]),
    ("EQ_action=ADD&EQ_bizStep=shipping", &[]),
];

#[test]
fn every_parameter() {
    for (parameters, expect) in CASES {
        let query = read(parameters).unwrap_or_else(|error| panic!("{parameters}: {error}"));
        assert_eq!(found(&query), *expect, "{parameters}");
    }
}

#[test]
fn refused() {
    for (parameters, name) in [
        ("EQ_bizstep=shipping", "EQ_bizstep"),
        ("EQ_bizStep=shiping", "EQ_bizStep"),
        ("EQ_action=SEE", "EQ_action"),
        ("GE_eventTime=2026-01-01", "GE_eventTime"),
        ("GE_quantity=many", "GE_quantity"),
        ("MATCH_epc=not a uri", "MATCH_epc"),
        ("MATCH_epc=urn:epc:idpat:sgtin:*.011111.1", "MATCH_epc"),
        ("EQ_other:field=1", "EQ_other:field"),
        ("EQ_eventTime=2026-01-01T00:00:00Z", "EQ_eventTime"),
        ("EXISTS_bizStep=", "EXISTS_bizStep"),
        ("WD_disposition=urn:x:y", "WD_disposition"),
        ("EQ_booleanValue=yes", "EQ_booleanValue"),
        ("EQ_value_celsius=1", "EQ_value_celsius"),
        ("orderBy=bizStep", "orderBy"),
        ("orderBy=eventTime&orderDirection=UP", "orderDirection"),
        ("eventCountLimit=5", "eventCountLimit"),
        ("orderBy=eventTime&eventCountLimit=5&maxEventCount=5", "maxEventCount"),
        ("maxEventCount=0", "maxEventCount"),
        ("whatever=1", "whatever"),
        ("EQ_=1", "EQ_"),
    ] {
        assert_eq!(read(parameters).unwrap_err().name, name, "{parameters}");
    }
}

#[test]
fn order_and_limit() {
    let query = read("orderBy=eventTime&eventCountLimit=5").unwrap();
    assert_eq!((query.order, query.descending, query.limit), (Order::EventTime, true, Limit::First(5)));
    let query = read("orderBy=ex:mass&orderDirection=ASC").unwrap();
    assert_eq!(query.order, Order::Field("{https://ns.example.com/epcis/}mass".to_owned()));
    assert!(!query.descending && !query.order_value(&events()[0]).is_empty());
    let numbers = [-2.5, -1.0, -0.0, 0.5, 3.0, 1e9].map(|n| Fact::Number(n).sortable());
    assert!(numbers.is_sorted(), "{numbers:?}");
}

#[test]
fn owners_and_sites_are_told_apart() {
    assert_eq!(
        site_term("urn:epc:id:sgln:4012345.00005.0"),
        site_term("https://id.gs1.org/414/4012345000054")
    );
    assert_ne!(owner_term("x"), site_term("x"));
}

proptest! {
    /// Any conjunction finds the events that each of its parameters finds alone, and its terms find them all.
    #[test]
    fn a_conjunction_is_an_intersection(picks in prop::collection::vec(0..CASES.len(), 1..4)) {
        let text = picks.iter().map(|at| CASES[*at].0).filter(|t| !t.is_empty()).collect::<Vec<_>>().join("&");
        let together = found(&read(&text).unwrap());
        let apart: Vec<usize> = (0..5).filter(|event| picks.iter().all(|at| CASES[*at].1.contains(event))).collect();
        prop_assert_eq!(together, apart);
    }
}
