//! Who learns what of the value that stays unmet.

use crate::testing::{opened, quiet};
use crate::{Actor, Clock, PublishOptions, Role, UnmetValue};
use model::enterprise::Enterprise;
use model::need::Need;
use model::offer::Offer;
use model::price::PriceRange;
use model::quantity::Quantity;
use model::reference::Reference;
use store::{By, ImportBatch};

const BUYER: &str = "name:万安显示科技有限公司";
const OTHER: &str = "name:吉水照明电器有限公司";
const SELLER: &str = "name:泰和精密五金有限公司";

fn price(yuan: f64, per: &str) -> Option<PriceRange> {
    Some(PriceRange { low_yuan: Some(yuan), high_yuan: Some(yuan), per: per.to_owned() })
}

fn need(key: &str, enterprise: &str, title: &str, quantity: (f64, &str)) -> Need {
    Need {
        node: Reference::builtin().chain.by_name(title).map(|node| node.id.clone()),
        quantity: Some(Quantity::new(quantity.0, quantity.1)),
        ..Need::new(key, enterprise, title)
    }
}

#[tokio::test]
async fn values_are_of_prices_that_the_actor_may_see() {
    let (app, _folder) = opened(Clock::china()).await;
    let wire = |key: &str, enterprise: &str, rolls: f64| need(key, enterprise, "键合金丝", (rolls, "卷/月"));
    let needs = vec![
        Need { price: price(10.0, "卷"), ..wire("N-1", BUYER, 100.0) },
        wire("N-2", OTHER, 50.0),
        Need { price: price(5.0, "kg"), ..need("N-3", OTHER, "锡膏", (20.0, "kg/月")) },
    ];
    let offer = Offer {
        node: needs[0].node.clone(),
        spare_capacity: Some(Quantity::new(0.0, "卷/月")),
        price: price(8.0, "卷"),
        ..Offer::new("O-1", SELLER, "键合金丝")
    };
    let (wire, solder) = (needs[0].node.clone().unwrap(), needs[2].node.clone().unwrap());
    let batch = ImportBatch {
        file: "a.xlsx".to_owned(),
        source: "秘书处".to_owned(),
        sha256: "0".repeat(64),
        by: By::new("li", 1),
        enterprises: [BUYER, OTHER, SELLER]
            .map(|key| Enterprise {
                key: key.to_owned(),
                ..Enterprise::new(None, key.trim_start_matches("name:"))
            })
            .into(),
        needs,
        offers: vec![offer],
        column_maps: Vec::new(),
        duplicates: Vec::new(),
        base: None,
    };
    app.store.import(&batch, |_, _| ()).await.unwrap();
    let me = Actor::local();
    let list = app.publish_period(&me, app.this_month(), PublishOptions::default(), &quiet).await.unwrap();
    // The list itself is frozen without prices, whoever publishes it.
    assert!(list.content.needs.iter().all(|need| need.need.price.is_none()));

    let member = |name: &str, key: &str| Actor::new(name, Role::Member { enterprise: Some(key.to_owned()) });
    let (office, bureau) = (Actor::new("mishu", Role::Secretariat), Actor::new("ju", Role::Bureau));
    let (buyer, other, seller) = (member("a", BUYER), member("b", OTHER), member("c", SELLER));
    let values = async |actor: &Actor| {
        let all = app.standings(actor, &list).await.unwrap();
        [&wire, &solder].map(|node| all.iter().find(|s| s.node == *node).unwrap().value)
    };
    let known = |open, priced, yuan| UnmetValue { open, priced, yuan, ..UnmetValue::default() };
    let estimated = |value: UnmetValue, needs, yuan| UnmetValue {
        estimated: needs,
        estimated_yuan: yuan,
        basis: 1,
        ..value
    };
    // What needs say, and what they do not say by the one price that is offered.
    assert_eq!(values(&office).await, [estimated(known(2, 1, 1000.0), 1, 400.0), known(1, 1, 100.0)]);
    assert_eq!(values(&me).await, values(&office).await);
    // Prices are for counterparties: the bureau sees none, and a node of one priced need adds nothing.
    assert_eq!(values(&bureau).await, [known(2, 0, 0.0), known(1, 0, 0.0)]);
    // A member sees its own price, on whichever side it stands, and no other's.
    assert_eq!(values(&buyer).await, [known(2, 1, 1000.0), known(1, 0, 0.0)]);
    assert_eq!(values(&other).await, [known(2, 0, 0.0), known(1, 1, 100.0)]);
    assert_eq!(values(&seller).await, [estimated(known(2, 0, 0.0), 2, 1200.0), known(1, 0, 0.0)]);

    // Once both agreed to an introduction each sees the other's price, and that pair's alone.
    let need_id = app.store.needs().await.unwrap().into_iter().find(|n| n.value.key == "N-1").unwrap().id;
    let offer_id = app.store.offers().await.unwrap()[0].id;
    let id = app.ask_introduction(&buyer, need_id, offer_id, "").await.unwrap();
    app.answer_introduction(&seller, id, 1, true, "").await.unwrap();
    assert_eq!(values(&seller).await, [estimated(known(2, 1, 1000.0), 1, 400.0), known(1, 0, 0.0)]);

    // Whoever saw prices by office or introduction is on record with how many; one's own are not.
    let reads = app.store.audit(1, 10_000).await.unwrap().into_iter();
    let reads: Vec<_> = reads
        .filter(|e| e.action == "read.protected" && e.object == format!("list/{}", list.id))
        .map(|e| (e.actor, serde_json::from_str::<serde_json::Value>(&e.detail).unwrap()))
        .collect();
    let counts = |name: &str| {
        let of = reads.iter().find(|(actor, _)| actor == name);
        of.map(|(_, detail)| (detail["needs"].as_u64().unwrap(), detail["offers"].as_u64().unwrap()))
    };
    assert_eq!((counts("mishu"), counts("c")), (Some((2, 1)), Some((1, 0))));
    assert_eq!((counts("ju"), counts("a"), counts("b")), (None, None, None));
    assert!(app.verify(&me, 1).await.unwrap().is_sound());
}
