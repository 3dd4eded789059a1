//! Inspections: recipes with versions, runs that are frozen, files, evidence.

use crate::databases::{Place, on_both};
use crate::sample::{batch, by};
use crate::tampering::disarm;
use model::evidence::Evidence;
use model::property::PropertyId;
use store::{Error, FinishedRun, NewEvidence, NewRun, RunFile, RunProgress, RunState, Store};

fn progress(n: u32) -> RunProgress {
    RunProgress { summary: format!(r#"{{"帧":{n}}}"#), detail: format!(r#"{{"n":{n}}}"#) }
}

fn evidence(offer: i64, run: i64, sha256: &str) -> NewEvidence {
    NewEvidence {
        offer,
        run,
        stated: "≥99.8%".to_owned(),
        evidence: Evidence {
            property: PropertyId("yield_rate".to_owned()),
            value: 99.93,
            low: 99.9,
            high: 99.95,
            unit: "%".to_owned(),
            cpk: Some(0.1 + 0.2),
            count: 1000,
            measured_on: "2026-11-22".parse().unwrap(),
            valid_until: "2027-05-22".parse().unwrap(),
            sha256: sha256.to_owned(),
        },
    }
}

/// A finished run with files and evidence, and one under way.
pub async fn recorded(store: &Store) -> (i64, i64) {
    let offer = store.offers().await.unwrap().remove(0);
    let enterprise = store.enterprise(&offer.value.enterprise).await.unwrap().id;
    let recipe = store.save_recipe(enterprise, "P0.8", "pitch_um = 800\n", 0, &by("li")).await.unwrap();
    let new = |name: &str| NewRun { enterprise, name: name.to_owned(), recipe: Some(recipe.id) };
    let run = store.begin_run(&new("L7"), &by("li")).await.unwrap();
    let files = vec![
        // More than one part.
        RunFile { name: "overlay.png".to_owned(), bytes: (0..2_000_000).map(|i| (i % 251) as u8).collect() },
        RunFile { name: "empty.txt".to_owned(), bytes: Vec::new() },
    ];
    let end = FinishedRun { progress: progress(9), files };
    let sha256 = store.finish_run(run, &end, &by("li")).await.unwrap();
    store.add_evidence(&evidence(offer.id, run, &sha256), &by("li")).await.unwrap();
    let open = store.begin_run(&new("L8"), &by("li")).await.unwrap();
    store.push_run(open, &progress(1), 5).await.unwrap();
    (run, open)
}

#[test]
fn recipes_have_versions_and_runs_are_frozen() {
    on_both(1, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        store.import(&batch(), |_, _| ()).await.unwrap();
        let (run, open) = recorded(&store).await;
        let firm = store.run(run).await.unwrap().enterprise;
        // The next version, and no other in its place.
        let second = store.save_recipe(firm, "P0.8", "pitch_um = 900\n", 1, &by("wang")).await.unwrap();
        assert_eq!((second.version, store.recipes(Some(&[firm])).await.unwrap()), (2, vec![second.clone()]));
        assert_eq!(store.recipe_versions(firm, "P0.8").await.unwrap().len(), 2);
        assert_eq!(
            store.save_recipe(firm, "P0.8", "pitch_um = 900\n", 2, &by("wang")).await.unwrap(),
            second
        );
        let stale = store.save_recipe(firm, "P0.8", "x", 1, &by("li")).await;
        assert!(matches!(stale, Err(Error::Conflict { expected: 1, found: 2, .. })), "{stale:?}");
        assert!(matches!(
            store.save_recipe(firm, "P0.8", "x", 0, &by("li")).await,
            Err(Error::Exists { .. })
        ));
        // A run under way is gone on with; a finished one is not.
        let again =
            NewRun { enterprise: firm, name: "L8".to_owned(), recipe: store.run(open).await.unwrap().recipe };
        assert_eq!(store.begin_run(&again, &by("li")).await.unwrap(), open);
        let finished = NewRun { name: "L7".to_owned(), ..again };
        assert!(matches!(store.begin_run(&finished, &by("li")).await, Err(Error::Frozen { .. })));
        assert!(matches!(store.push_run(run, &progress(2), 6).await, Err(Error::Frozen { .. })));
        store.push_run(open, &progress(2), 6).await.unwrap();
        let now = store.run(open).await.unwrap();
        assert_eq!((now.state, now.summary, now.changed_ms), (RunState::Running, progress(2).summary, 6));
        // Files come back as they went in.
        let overlay = store.run_file(run, "overlay.png").await.unwrap().unwrap();
        assert!(overlay.len() == 2_000_000 && overlay.iter().enumerate().all(|(i, b)| *b == (i % 251) as u8));
        assert_eq!(store.run_file(run, "empty.txt").await.unwrap(), Some(Vec::new()));
        assert_eq!(store.run_file(run, "none").await.unwrap(), None);
        assert_eq!(store.runs(None, 10).await.unwrap().iter().map(|r| r.id).collect::<Vec<_>>(), [open, run]);
        assert_eq!(store.runs(Some(&[firm + 1]), 10).await.unwrap(), []);
        // Evidence is withdrawn once, and stays on record.
        let known = store.evidence().await.unwrap();
        assert_eq!((known.len(), known[0].withdrawn.clone()), (1, None));
        assert_eq!(known[0].value.evidence.cpk, Some(0.1 + 0.2));
        store.withdraw_evidence(known[0].id, &by("li")).await.unwrap();
        assert!(store.withdraw_evidence(known[0].id, &by("li")).await.is_err());
        assert_eq!(store.evidence().await.unwrap()[0].withdrawn.as_ref().map(|w| w.0.as_str()), Some("li"));
        assert!(store.check().await.unwrap().is_sound());
    });
}

#[test]
fn the_database_refuses_what_the_check_would_find() {
    on_both(1, async |places: &[Place]| {
        let place = &places[0];
        let store = Store::open(&place.url).await.unwrap();
        store.import(&batch(), |_, _| ()).await.unwrap();
        recorded(&store).await;
        let refused = [
            "update inspection_run set summary = '{}' where state = 'finished'",
            "update inspection_run set state = 'running', sha256 = null where state = 'finished'",
            "delete from inspection_run where state = 'finished'",
            "update inspection_file set content = 'AAAA'",
            "delete from inspection_file",
            "insert into inspection_file values (1, 9, 0, 'more.png', 'AAAA')",
            "update inspection_recipe set content = ''",
            "delete from inspection_recipe",
            "update evidence set content = '{}'",
            "update evidence set content = '{}', withdrawn_by = 'x', withdrawn_ms = 1",
            "delete from evidence",
        ];
        // SQLite's `or replace` deletes without asking the triggers on delete.
        let replacing = [
            "insert or replace into evidence select id, offer_id, run_id, '{}', actor, at_ms, null, null from evidence",
            "replace into inspection_recipe select 99, enterprise_id, name, version, '', sha256, actor, at_ms from inspection_recipe",
            "replace into inspection_run select 99, enterprise_id, name, recipe_id, state, 0, 0, '', '', sha256, actor \
             from inspection_run where state = 'finished'",
            "update or replace inspection_run set id = 1 where state = 'running'",
            "replace into inspection_file select run_id, place, part, name, 'AAAA' from inspection_file",
        ];
        let replacing = replacing.iter().filter(|_| place.is_sqlite());
        for sql in refused.iter().chain(replacing) {
            let sql = if place.is_sqlite() {
                format!("pragma foreign_keys = off; {sql}")
            } else {
                (*sql).to_owned()
            };
            let error = place.tamper(&sql).await.expect_err(&sql).to_string();
            assert!(error.contains("frozen"), "{sql}: {error}");
        }
        assert!(store.check().await.unwrap().is_sound());
        // What no trigger sees, the check does: a file more, and a run that was never frozen by the program.
        disarm(place, "inspection_file").await;
        place.tamper("insert into inspection_file values (1, 9, 0, 'more.png', 'AAAA')").await.unwrap();
        let report = store.check().await.unwrap();
        assert_eq!(report.faults[0].object, "inspection/1", "{report:#?}");
        place
            .tamper("update inspection_run set state = 'finished', sha256 = 'x' where state = 'running'")
            .await
            .unwrap();
        assert_eq!(store.check().await.unwrap().faults_total, 2);
        // A finished run that is none any more.
        disarm(place, "inspection_run").await;
        place
            .tamper("update inspection_run set state = 'running', sha256 = null where id = 1")
            .await
            .unwrap();
        let report = store.check().await.unwrap();
        let is_missed =
            |f: &store::Fault| f.object == "inspection/1" && f.message.contains("the audit records its end");
        assert!(report.faults.iter().any(is_missed), "{report:#?}");
        // Evidence that says something else than what was attached.
        disarm(place, "evidence").await;
        place.tamper("update evidence set content = replace(content, '99.93', '99.99')").await.unwrap();
        let report = store.check().await.unwrap();
        assert!(report.faults.iter().any(|f| f.object == "evidence/1"), "{report:#?}");
    });
}
