//! Outcomes of pairs, and the weights that were learned from them.

use crate::databases::{Place, on_both};
use crate::sample::by;
use model::markets::MarketKey;
use model::outcome::{OutcomeResult, OutcomeSource};
use serde_json::json;
use store::{Error, NewOutcome, Store};

fn outcome(result: OutcomeResult) -> NewOutcome {
    NewOutcome {
        need: "N-1".to_owned(),
        offer: "O-1".to_owned(),
        source: OutcomeSource::Meeting,
        reference: "meeting/2".to_owned(),
        result,
        amount_fen: (result == OutcomeResult::Contract).then_some(12_345_678_900),
        reason: if result == OutcomeResult::None { "price".to_owned() } else { String::new() },
        note: "“样品” 'a' ?".to_owned(),
        day: jiff::civil::date(2026, 11, 20),
    }
}

#[test]
fn outcomes_and_weights_are_kept() {
    on_both(2, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        assert_eq!(store.outcomes().await.unwrap(), []);
        let told = [OutcomeResult::None, OutcomeResult::Contract, OutcomeResult::Retracted].map(outcome);
        for (id, outcome) in (1..).zip(&told) {
            assert_eq!(store.record_outcome(outcome, &by("li")).await.unwrap(), id);
        }
        let stored = store.outcomes().await.unwrap();
        assert_eq!(stored.iter().map(|s| s.outcome.clone()).collect::<Vec<_>>(), told);
        assert_eq!((stored[2].id, stored[2].actor.as_str(), stored[2].at_ms), (3, "li", by("li").at_ms));
        // Neither amount nor words stand in the audit.
        let audit = format!("{:?}", store.audit(1, 100).await.unwrap());
        assert!(
            audit.contains("outcome.record") && !audit.contains("12345678900") && !audit.contains("样品")
        );

        let parts = MarketKey::default();
        let jobs = MarketKey("jobs".to_owned());
        assert_eq!(
            (store.learned(&parts).await.unwrap(), store.weights_in_use(&parts).await.unwrap()),
            ((vec![], 0), 0)
        );
        let (weights, report) = (json!({ "shares.text": 0.1 + 0.2 }), json!({ "outcomes": 3 }));
        assert_eq!(store.add_learned(&parts, &weights, &report, false, &by("li")).await.unwrap(), 1);
        assert_eq!(store.weights_in_use(&parts).await.unwrap(), 0);
        assert_eq!(store.add_learned(&parts, &json!({}), &report, true, &by("wang")).await.unwrap(), 2);
        assert_eq!(store.weights_in_use(&parts).await.unwrap(), 2);
        store.use_learned(&parts, 1, &by("li")).await.unwrap();
        let missing = store.use_learned(&parts, 3, &by("li")).await.unwrap_err();
        assert!(matches!(missing, Error::NotFound { .. }), "{missing}");
        let (versions, in_use) = store.learned(&parts).await.unwrap();
        assert_eq!((versions.len(), in_use, &versions[0].weights), (2, 1, &weights));

        // Another market has versions of its own, and what is in use of its own.
        assert_eq!(store.add_learned(&jobs, &weights, &report, true, &by("li")).await.unwrap(), 3);
        assert_eq!(store.weights_in_use(&jobs).await.unwrap(), 3);
        for (market, version) in [(&parts, 3), (&jobs, 1)] {
            let wrong = store.use_learned(market, version, &by("li")).await.unwrap_err();
            assert!(matches!(wrong, Error::NotFound { .. }), "{wrong}");
        }
        assert_eq!(store.learned(&parts).await.unwrap(), (versions.clone(), 1));
        let of_jobs = store.learned(&jobs).await.unwrap();
        assert_eq!((of_jobs.0.len(), of_jobs.0[0].version, of_jobs.1), (1, 3, 3));

        // All of it goes through a backup.
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.yulin");
        store.backup(&path, |_, _| ()).await.unwrap();
        let other = Store::open(&places[1].url).await.unwrap();
        other.restore(&path, false, |_, _| ()).await.unwrap();
        assert_eq!(other.outcomes().await.unwrap(), stored);
        assert_eq!(other.learned(&parts).await.unwrap(), (versions, 1));
        assert_eq!(other.learned(&jobs).await.unwrap(), of_jobs);
        assert!(other.check().await.unwrap().is_sound());
        other.use_learned(&parts, 0, &by("li")).await.unwrap();
        assert_eq!(other.weights_in_use(&parts).await.unwrap(), 0);
        assert_eq!(other.weights_in_use(&jobs).await.unwrap(), 3);
    });
}
