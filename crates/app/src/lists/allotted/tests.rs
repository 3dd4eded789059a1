//! What lists say of their allocation, over a real database file.

use super::Allotted;
use crate::testing::opened;
use crate::{Actor, App, Clock, Code, PublishOptions};
use model::allotment::Binding;
use model::enterprise::Enterprise;
use model::list::{ListIndex, MatchingList};
use model::need::Need;
use model::offer::Offer;
use model::quantity::Quantity;
use std::sync::Arc;
use store::{By, ImportBatch};

const FIRMS: [&str; 3] = ["万安显示科技有限公司", "泰和精密五金有限公司", "吉州铜业有限公司"];

fn key(at: usize) -> String {
    format!("name:{}", FIRMS[at])
}

fn need(name: &str, pieces: f64) -> Need {
    let quantity = Some(Quantity::new(pieces, "片/月"));
    Need { quantity, ..Need::new(name, &key(0), "电解铜箔") }
}

fn offer(name: &str, firm: usize, pieces: f64) -> Offer {
    let spare_capacity = Some(Quantity::new(pieces, "片/月"));
    Offer { spare_capacity, ..Offer::new(name, &key(firm), "电解铜箔") }
}

struct Place {
    app: App,
    me: Actor,
    _folder: tempfile::TempDir,
}

impl Place {
    async fn with(needs: Vec<Need>, offers: Vec<Offer>) -> Self {
        let (app, _folder) = opened(Clock::china()).await;
        let batch = ImportBatch {
            file: "a.xlsx".to_owned(),
            source: "秘书处".to_owned(),
            sha256: "0".repeat(64),
            by: By::new("li", 1),
            enterprises: FIRMS.iter().map(|name| Enterprise::new(None, name)).collect(),
            needs,
            offers,
            column_maps: Vec::new(),
            duplicates: Vec::new(),
            base: None,
        };
        app.store.import(&batch, |_, _| ()).await.unwrap();
        Self { app, me: Actor::local(), _folder }
    }

    async fn publish(&self) -> Arc<MatchingList> {
        let options = PublishOptions { again: true, ..PublishOptions::default() };
        let period = "2026-11".parse().unwrap();
        self.app.publish_period(&self.me, period, options, &|_, _, _| ()).await.unwrap()
    }
}

fn binding(list: &MatchingList, need: &str) -> Binding {
    list.content.allotment.as_ref().unwrap().need(need).unwrap().binding
}

#[tokio::test]
async fn lots_lead_times_and_whole_needs_are_kept_and_said() {
    let late = Need { needed_by: Some("2026-11-08".parse().unwrap()), ..need("N-late", 50.0) };
    let whole = Need { partial: Some(false), ..need("N-whole", 500_000.0) };
    let lots =
        Offer {
            lot: Some(Quantity::new(4000.0, "片")), lead_days: Some(30), ..offer("O-lots", 1, 20_000.0)
        };
    let place = Place::with(vec![late, need("N-lots", 10_000.0), whole], vec![lots]).await;
    let list = place.publish().await;
    let given = list.content.pairs.iter().filter_map(|p| p.allocation.as_ref()).collect::<Vec<_>>();
    let [given] = &given[..] else { panic!("{given:?}") };
    assert_eq!((given.need.as_str(), given.quantity.as_ref().unwrap().value), ("N-lots", 10_000.0));
    assert_eq!(given.delivered, Some(Quantity::new(12_000.0, "片/月")));
    assert_eq!(binding(&list, "N-lots"), Binding::Enough);
    assert_eq!(binding(&list, "N-late"), Binding::LeadTime);
    assert_eq!(binding(&list, "N-whole"), Binding::Whole);
    assert!(list.content.allotment.as_ref().unwrap().optima.iter().all(|o| o.is_proved));
    assert!(place.app.verify(&place.me, list.number.unwrap()).await.unwrap().is_sound());

    // What is looked up of one need alone is what the whole list has of it.
    let whole = ListIndex::new(&list.content);
    for listed in &list.content.needs {
        let (key, about) = (&listed.need.key, ListIndex::about(&list.content, &listed.need.key));
        assert_eq!(Allotted::of(&list, &about, key), Allotted::of(&list, &whole, key));
        assert_eq!(about.pairs_of(key), whole.pairs_of(key));
        assert_eq!(about.enterprise(&listed.need.enterprise), whole.enterprise(&listed.need.enterprise));
    }

    // The need's own page says the same as the list.
    let needs = place.app.needs(&place.me, &crate::RecordQuery::default()).await.unwrap().rows;
    let id = needs.iter().find(|n| n.need.quantity.as_ref().is_some_and(|q| q.value == 10_000.0));
    let card = place.app.need(&place.me, id.unwrap().id).await.unwrap();
    let allotted = card.allotted.unwrap();
    assert_eq!((allotted.list, allotted.binding()), (1, Some(Binding::Enough)));
    assert_eq!(allotted.supplies[0].0.enterprise, FIRMS[1]);
    assert!(allotted.supplies[0].1.need.is_empty());
}

#[tokio::test]
async fn one_firm_gets_no_more_than_its_share() {
    // The second is like what is asked for, not the same.
    let second = Offer { title: "电解铜箔卷料".to_owned(), ..offer("O-2", 2, 900.0) };
    let place = Place::with(vec![need("N-1", 1000.0)], vec![offer("O-1", 1, 900.0), second]).await;
    assert_eq!(place.app.share_limit(&place.me).await.unwrap(), None);
    for wrong in [0.0, 1.5, f64::NAN] {
        let error = place.app.set_share_limit(&place.me, Some(wrong)).await.unwrap_err();
        assert_eq!(error.code, Code::BadInput);
    }
    let most = |list: &MatchingList| {
        let given = list.content.pairs.iter().filter_map(|p| p.allocation.as_ref()?.quantity.clone());
        given.map(|q| q.value).fold(0.0, f64::max)
    };
    let free = place.publish().await;
    assert_eq!(most(&free), 900.0);
    place.app.set_share_limit(&place.me, Some(0.6)).await.unwrap();
    let list = place.publish().await;
    assert_eq!(most(&list), 600.0);
    assert_eq!(list.content.allotment.as_ref().unwrap().share_max, Some(0.6));
    assert_eq!(binding(&list, "N-1"), Binding::Share);
    // The list keeps its rule when the setting changes.
    place.app.set_share_limit(&place.me, None).await.unwrap();
    assert!(place.app.verify(&place.me, list.number.unwrap()).await.unwrap().is_sound());
}
