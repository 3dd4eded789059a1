use super::*;
use crate::{
    Allocation, BalanceQuery, Clock, Code, Direction, Indicator, IndicatorQuery, IndicatorReport, LotQuery,
    Role, SheetQuery,
};

/// The demo's day.
const DAY: Date = date(2026, 11, 22);

async fn demo() -> (App, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.db");
    let app = App::open(&path.to_string_lossy(), Clock::at_noon(DAY)).await.unwrap();
    (app, folder)
}

#[tokio::test]
async fn four_plants_are_captured_once_and_balance() {
    let (app, _folder) = demo().await;
    let actor = Actor::local();
    let events = app.capture_demo_plants(&actor).await.unwrap();
    assert!((3_000..8_000).contains(&events), "{events}");
    assert_eq!(app.capture_demo_plants(&actor).await.unwrap(), 0);
    let held = app.genealogy().await.unwrap();
    let sums = held.book.sums(&[ledger::balance::book::Window::ALL]);
    assert!(sums.closure.error() < 1e-9, "{:?}", sums.closure);
    // One lot left without a weight.
    assert_eq!(sums.closure.unknown, 1);
    drop(held);
    for prefix in [names::WIRE, names::RECOVERY, names::BOARD, names::MOULD] {
        let query = BalanceQuery {
            site: format!("urn:epc:id:sgln:{prefix}.00001.0"),
            substance: None,
            period: Some("2026-09".parse().unwrap()),
        };
        let report = app.balance(&actor, &query).await.unwrap();
        let flows = &report.flows;
        // Nothing is lost but errors of scales.
        assert!((report.process_yield.unwrap() - 1.0).abs() < 0.003, "{prefix}: {report:?}");
        assert!(flows.received_kg > 100.0 && flows.shipped_kg > 10.0, "{report:?}");
    }
    // So is no copper, month by month: all that is known of it closes.
    for month in ["2025-06", "2026-06", "2026-09"] {
        let query = BalanceQuery {
            site: format!("urn:epc:id:sgln:{}.00001.0", names::WIRE),
            substance: Some("Cu".to_owned()),
            period: month.parse().ok(),
        };
        let report = app.balance(&actor, &query).await.unwrap();
        assert!((report.process_yield.unwrap() - 1.0).abs() < 0.003, "{month}: {report:?}");
        assert!(report.without_content.is_empty() && report.negative.is_empty(), "{month}: {report:?}");
    }
    let spool = "urn:epc:class:lgtin:9526001.000105.W261103-01";
    for product in ["9526001.000105.W261103-01", "9526002.000207.K261112-01", "9526003.000303.B261102-01"] {
        let lot = format!("urn:epc:class:lgtin:{product}");
        let economic = app.footprint(&actor, &lot, Allocation::Economic).await.unwrap();
        assert!(economic.lots[0].unit_kg > 0.0, "{economic:?}");
    }
    let up = app.trace(&actor, spool, Direction::Up, None).await.unwrap();
    assert!(
        up.lots.len() > 50 && up.lots.iter().any(|l| l.lot.contains("/01/09526017")),
        "{}",
        up.lots.len()
    );
    let footprint = app.footprint(&actor, spool, Allocation::Mass).await.unwrap();
    assert!(footprint.lots[0].unit_kg > 2.0 && footprint.lots[0].recycled_content > 0.2, "{footprint:?}");
}

/// A lot of recycled cathode that the recovery plant made and that went into a lot.
async fn up_of_recovery(app: &App, actor: &Actor, lot: &str) -> String {
    let up = app.trace(actor, lot, Direction::Up, None).await.unwrap();
    up.lots.into_iter().map(|row| row.lot).find(|lot| lot.contains("/01/0952600200207")).unwrap()
}

fn indicator<'r>(
    report: &'r IndicatorReport,
    key: &str,
    site: &str,
    substance: Option<&str>,
) -> &'r Indicator {
    let of = |i: &&Indicator| {
        i.definition.key == key
            && i.site.as_ref().map_or("", |s| s.zh.as_str()).starts_with(site)
            && i.substance.as_deref() == substance
    };
    report.indicators.iter().find(of).unwrap_or_else(|| panic!("{key} {site} {substance:?}"))
}

#[tokio::test]
async fn indicators_tell_what_the_plants_do_and_the_sheet_finds_the_wrong_weight() {
    let (app, _folder) = demo().await;
    let actor = Actor::local();
    app.capture_demo_plants(&actor).await.unwrap();
    let report = app.indicators(&actor, &IndicatorQuery::default()).await.unwrap();
    assert!(report.closure < 1e-9, "{}", report.closure);
    for substance in ["Cu", "Au"] {
        let recovery = indicator(&report, "recovery_rate", "祎铎", Some(substance));
        let (value, sd) = (recovery.value.unwrap(), recovery.sd.unwrap());
        // Three stages of 99.5 % for copper, three for gold: 98.5 %, within what scales and assays can tell.
        assert!((value - 0.985).abs() < 4.0 * sd && sd < 0.01, "{substance}: {value} ± {sd}");
    }
    // Three fifths of the spent etchant come back, and the copper won from it is a product too: a little more than 60 % less for a
    // kilogram of product.
    let waste = indicator(&report, "hazardous_waste_reduction", "庑舟", None).value.unwrap();
    assert!((0.6..0.67).contains(&waste), "{waste}");
    // The manifests of the same year say the same of what left, and none left without one.
    let manifests = app.waste_manifests(&actor, &IndicatorQuery::default()).await.unwrap();
    let line = manifests.lines.iter().find(|line| line.site.zh.contains("庑舟")).unwrap();
    assert!(line.now.manifests > 10 && line.base.manifests > 10 && line.now.without_kg == 0.0, "{line:?}");
    assert!((0.55..0.7).contains(&line.reduction.unwrap()), "{line:?}");
    assert_eq!(indicator(&report, "linkage_degree", "", None).value, Some(0.5));
    let energy = indicator(&report, "energy_intensity", "滃驰", None);
    assert!((energy.change.unwrap() + 0.1).abs() < 0.03, "{energy:?}");
    let circular = indicator(&report, "mci", "滃驰", None).value.unwrap();
    assert!((0.3..1.0).contains(&circular), "{circular}");

    let site = format!("urn:epc:id:sgln:{}.00001.0", names::WIRE);
    let sheet =
        |period: &str| SheetQuery { site: site.clone(), substance: None, period: period.parse().ok() };
    let june = app.balance_sheet(&actor, &sheet("2026-06")).await.unwrap();
    // Receipt, use and counts stand in one equation, so each of them may be the one to blame, and all are named.
    let blamed = june.gross_errors.first().unwrap();
    let suspects: Vec<&str> =
        blamed.alternatives.iter().map(|s| s.name.as_str()).chain([blamed.name.as_str()]).collect();
    assert!(suspects.contains(&"阴极铜 收入") && suspects.len() > 2, "{:?}", june.gross_errors);
    assert!(june.p_value < 1e-6);
    let sound = app.balance_sheet(&actor, &sheet("2026-09")).await.unwrap();
    assert!(
        sound.gross_errors.is_empty() && sound.freedom > 5,
        "{:?} {:?}",
        sound.gross_errors,
        sound.products
    );
}

#[tokio::test]
async fn a_member_sees_its_own_lots_and_the_bureau_sums() {
    let (app, _folder) = demo().await;
    let secretariat = Actor::local();
    app.capture_demo_plants(&secretariat).await.unwrap();
    let wire = Actor::new("wire", Role::Member { enterprise: Some("91360899XUGU03178C".to_owned()) });
    let bureau = Actor::new("bureau", Role::Bureau);
    let spool = "urn:epc:class:lgtin:9526001.000105.W261103-01";
    let board = "urn:epc:class:lgtin:9526003.000303.B261102-01";

    let all = app.ledger_lots(&secretariat, &LotQuery::default()).await.unwrap();
    let own = app.ledger_lots(&wire, &LotQuery::default()).await.unwrap();
    let idle = LotQuery { idle_waste: true, ..LotQuery::default() };
    let idle = app.ledger_lots(&secretariat, &idle).await.unwrap();
    assert!(idle.total > 0 && idle.total < all.total, "{} of {}", idle.total, all.total);
    assert!(idle.rows.iter().all(|row| row.is_waste && row.place == crate::LotPlace::InStock));
    assert!(own.total > 100 && own.total < all.total && own.sites.len() == 1, "{} {}", own.total, all.total);
    assert!(app.ledger_lot(&wire, spool).await.is_ok());
    for refused in [app.ledger_lot(&wire, board).await.map(drop), app.recall(&wire, board).await.map(drop)] {
        assert_eq!(refused.unwrap_err().code, Code::NotFound);
    }
    // The spool went out in a carton: of that its content is posted, and its maker is told of the customer all the same.
    let told = app.recall(&wire, spool).await.unwrap();
    assert!(!told.customers.is_empty());
    assert_eq!(told.customers, app.recall(&secretariat, spool).await.unwrap().customers);
    // What else a customer got of another's lots is not the supplier's to know.
    let cathode = up_of_recovery(&app, &secretariat, spool).await;
    let recovery = Actor::new("recovery", Role::Member { enterprise: Some("91360899XUGU018420".to_owned()) });
    let told = app.recall(&recovery, &cathode).await.unwrap();
    let whole = app.recall(&secretariat, &cathode).await.unwrap();
    assert!(
        told.customers.len() < whole.customers.len(),
        "{} {}",
        told.customers.len(),
        whole.customers.len()
    );
    let lots = told.customers.iter().flat_map(|customer| &customer.lots);
    // Slag of the wire plant comes back to it: that it sees, the spools it does not.
    let (slag, wire_plant) = ("/01/09526001001071", "/01/09526001");
    let is_known = |lot: &str| !lot.contains(wire_plant) || lot.contains(slag);
    assert!(lots.into_iter().all(|(lot, _)| is_known(lot)), "{:?}", told.customers);
    // Upstream of the own lots lie those of the recovery plant: they are counted, not named.
    let up = app.trace(&wire, spool, Direction::Up, None).await.unwrap();
    let whole = app.trace(&secretariat, spool, Direction::Up, None).await.unwrap();
    assert_eq!(up.lots.len() + up.hidden, whole.lots.len());
    assert!(up.hidden > 0 && !up.lots.iter().any(|l| l.lot.contains("/01/09526017")), "{}", up.hidden);
    let other =
        SheetQuery { site: "urn:epc:id:sgln:9526003.00001.0".to_owned(), substance: None, period: None };
    assert_eq!(app.balance_sheet(&wire, &other).await.unwrap_err().code, Code::NotFound);

    assert!(app.balance_sheet(&bureau, &other).await.is_ok());
    assert!(app.indicators(&bureau, &IndicatorQuery::default()).await.unwrap().indicators.len() > 10);
    assert_eq!(app.ledger_lots(&bureau, &LotQuery::default()).await.unwrap_err().code, Code::NotAllowed);
    assert_eq!(
        app.footprint_breakdown(&bureau, spool, Allocation::Mass).await.unwrap_err().code,
        Code::NotFound
    );
    assert!(
        app.footprint_breakdown(&bureau, "https://id.gs1.org/01/09526001001057", Allocation::Mass)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_passport_shows_each_reader_what_is_theirs() {
    let (app, _folder) = demo().await;
    app.capture_demo_plants(&Actor::local()).await.unwrap();
    let spool = "(01)09526001001057(10)W261103-01";
    let wire = Actor::new("wire", Role::Member { enterprise: Some("91360899XUGU03178C".to_owned()) });
    let other = Actor::new("other", Role::Member { enterprise: Some("x".to_owned()) });
    let closed = async |actor: Option<&Actor>| {
        let passport = app.passport(actor, spool).await.unwrap();
        assert!(passport.footprint_kg.unwrap() > 1.0 && passport.recycled_content.unwrap() > 0.1);
        passport.fields.iter().filter(|f| f.value.is_empty()).map(|f| f.key.clone()).collect::<Vec<_>>()
    };
    assert_eq!(closed(None).await, ["furnace", "die_set"]);
    assert_eq!(closed(Some(&other)).await, ["die_set"]);
    assert!(closed(Some(&wire)).await.is_empty());
    // A lot whose maker gave it none has none, and nobody learns that it is there.
    assert_eq!(
        app.passport(None, "urn:epc:class:lgtin:9526003.000303.B261102-01").await.unwrap_err().code,
        Code::NotFound
    );
}

#[test]
fn no_lot_holds_more_of_a_substance_than_itself() {
    for file in documents(DAY) {
        let text = String::from_utf8(file.bytes).unwrap();
        let events: Value = serde_json::from_str(&text).unwrap();
        let events = events["epcisBody"]["eventList"].as_array().unwrap();
        let lots = events.iter().filter_map(|event| event["ilmd"]["yl:lots"].as_array()).flatten();
        for lot in lots {
            for (substance, part) in lot["yl:content"].as_object().into_iter().flatten() {
                let part = part.as_f64().unwrap();
                assert!((0.0..=1.0).contains(&part), "{}: {} {substance} {part}", file.name, lot["yl:lot"]);
            }
        }
    }
}
