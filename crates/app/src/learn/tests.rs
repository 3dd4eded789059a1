//! From outcomes to weights, over a real database file.

use crate::testing::{opened, quiet};
use crate::{Actor, App, Clock, Code, PublishOptions, Take};
use jiff::civil::date;
use model::enterprise::Enterprise;
use model::list::Review;
use model::markets::MarketKey;
use model::need::Need;
use model::offer::Offer;
use model::outcome::{OutcomeResult, OutcomeSource};
use store::{By, ImportBatch, NewOutcome, Side};

const COUNTIES: [&str; 3] = ["360826", "360828", "360822"];

/// Twelve firms that need a mask and twelve that make one, in three counties.
async fn place() -> (App, Actor, tempfile::TempDir) {
    let (app, folder) = opened(Clock::at_noon(date(2026, 11, 22))).await;
    let enterprises: Vec<Enterprise> = (0..24)
        .map(|i| {
            let mut enterprise = Enterprise::new(None, &format!("虚构{i}号有限公司"));
            enterprise.region = Some(COUNTIES[i % 3].to_owned());
            enterprise
        })
        .collect();
    let needs = (0..12).map(|i| Need::new(&format!("n{i}"), &enterprises[i].key, "显示屏面罩"));
    let offers = (0..12).map(|i| Offer::new(&format!("o{i}"), &enterprises[12 + i].key, "显示屏面罩"));
    let batch = ImportBatch {
        file: "a.xlsx".to_owned(),
        source: "秘书处".to_owned(),
        sha256: "0".repeat(64),
        by: By::new("li", 1),
        needs: needs.collect(),
        offers: offers.collect(),
        enterprises,
        column_maps: Vec::new(),
        duplicates: Vec::new(),
        base: None,
    };
    app.store.import(&batch, |_, _| ()).await.unwrap();
    (app, Actor::local(), folder)
}

fn outcome(need: usize, offer: usize, result: OutcomeResult) -> NewOutcome {
    NewOutcome {
        need: format!("n{need}"),
        offer: format!("o{offer}"),
        source: OutcomeSource::Meeting,
        reference: "meeting/1".to_owned(),
        result,
        amount_fen: None,
        reason: if result == OutcomeResult::None { "distance" } else { "" }.to_owned(),
        note: String::new(),
        day: date(2026, 11, 21),
    }
}

/// Only what is in the own county is taken: distance gains weight, and what it is worth is measured.
#[tokio::test(flavor = "multi_thread")]
async fn outcomes_teach_and_lists_keep_what_they_were_scored_with() {
    let (app, me, _folder) = place().await;
    let empty = app.learn(&me, "", Take::Always, &quiet).await.unwrap_err();
    assert_eq!(empty.code, Code::NothingToDo);
    let first = app.publish_period(&me, app.this_month(), PublishOptions::default(), &quiet).await.unwrap();
    assert_eq!(first.content.scoring, None);
    for need in 0..12 {
        for offer in 0..12 {
            let near = need % 3 == offer % 3;
            let result = if near { OutcomeResult::Contract } else { OutcomeResult::None };
            app.keep_outcome(&app.by(&me), &outcome(need, offer, result)).await.unwrap();
        }
    }
    let preview = app.preview_learning(&me, "", &quiet).await.unwrap();
    let learning = app.learn(&me, "", Take::IfItGains, &quiet).await.unwrap();
    assert_eq!((&preview, learning.version, learning.taken), (&learning.report, 1, true), "{learning:?}");
    let distance = learning.report.changes.iter().find(|c| c.name == "shares.distance").unwrap();
    assert!(distance.after > distance.before + 0.05, "{distance:?}");
    let again = app.learn(&me, "", Take::IfItGains, &quiet).await.unwrap_err();
    assert_eq!(again.code, Code::NothingToDo);

    // New lists are scored with them and say so; both can be computed again, whatever is in use by then.
    let options = PublishOptions { again: true, ..PublishOptions::default() };
    let second = app.publish_period(&me, app.this_month(), options, &quiet).await.unwrap();
    let scoring = second.content.scoring.clone().unwrap();
    assert_eq!((scoring.version, scoring.weights["shares.distance"]), (1, distance.after));
    for pair in &second.content.pairs {
        let sum: f64 = pair.matched.reasons.iter().map(|r| r.points).sum();
        assert!((sum - pair.matched.score).abs() < 1e-6, "the score is the sum of its reasons");
    }
    app.use_weights(&me, "", 0).await.unwrap();
    let missing = app.use_weights(&me, "", 7).await.unwrap_err();
    assert_eq!(missing.code, Code::NotFound);
    for number in [1, 2] {
        let verified = app.verify(&me, number).await.unwrap();
        assert!(verified.is_sound() && verified.recomputed.is_some(), "{number}: {verified:?}");
    }
    let info = app.weights(&me, "").await.unwrap();
    assert_eq!((info.in_use, info.versions.len(), &info.weights), (0, 1, &info.shipped));
}

/// The desk teaches too, as a pair stood on its list; what was taken back teaches nothing, and talks outweigh the desk.
#[tokio::test(flavor = "multi_thread")]
async fn the_last_word_of_the_farthest_stage_counts() {
    let (app, me, _folder) = place().await;
    let draft = app.draft(&me, "", app.this_month(), &quiet).await.unwrap();
    let pair = &draft.content.pairs[0].matched;
    let number = |need: &str| draft.content.needs.iter().find(|n| n.need.key == need).unwrap().number;
    let of_offer = |offer: &str| draft.content.offers.iter().find(|o| o.offer.key == offer).unwrap().number;
    let (need, offer) = (number(&pair.need), of_offer(&pair.offer));
    let reject = Review::Rejected { reason: "停产".to_owned() };
    app.review(&me, draft.id, need, offer, reject).await.unwrap();
    let counts = async || {
        let report = app.preview_learning(&me, "", &quiet).await.unwrap();
        (report.outcomes, report.good, report.gain.is_some())
    };
    assert_eq!(counts().await, (1, 0, false));
    let mut talked = outcome(0, 0, OutcomeResult::Intent);
    (talked.need, talked.offer) = (pair.need.clone(), pair.offer.clone());
    app.keep_outcome(&app.by(&me), &talked).await.unwrap();
    assert_eq!(counts().await, (1, 1, false));
    app.keep_outcome(&app.by(&me), &NewOutcome { result: OutcomeResult::Retracted, ..talked }).await.unwrap();
    assert_eq!(counts().await, (1, 0, false));

    // What is said on a list of another market teaches that market, and nothing of parts.
    let jobs = || MarketKey("jobs".to_owned());
    let enterprise = |i: usize| Enterprise::new(None, &format!("虚构{i}号有限公司")).key;
    let mut need = Need::new("jn", &enterprise(0), "SMT工艺工程师");
    let mut offer = Offer::new("jo", &enterprise(12), "SMT工艺工程师");
    (need.market, offer.market) = (jobs(), jobs());
    let batch = ImportBatch {
        file: "b.xlsx".to_owned(),
        source: "秘书处".to_owned(),
        sha256: "1".repeat(64),
        by: By::new("li", 2),
        needs: vec![need],
        offers: vec![offer],
        enterprises: Vec::new(),
        column_maps: Vec::new(),
        duplicates: Vec::new(),
        base: None,
    };
    app.store.import(&batch, |_, _| ()).await.unwrap();
    let draft = app.draft(&me, "jobs", app.this_month(), &quiet).await.unwrap();
    let (need, offer) = (draft.content.needs[0].number, draft.content.offers[0].number);
    app.review(&me, draft.id, need, offer, Review::Confirmed).await.unwrap();
    assert_eq!(counts().await, (1, 0, false));
    let jobs = app.preview_learning(&me, "jobs", &quiet).await.unwrap();
    assert_eq!((jobs.outcomes, jobs.good, jobs.gain.is_some()), (1, 1, false));
}

/// Each market learns from its own outcomes, from its own shipped weights on, and is switched back alone.
#[tokio::test(flavor = "multi_thread")]
async fn every_market_learns_for_itself() {
    let (app, me, _folder) = place().await;
    let equipment = || MarketKey("equipment".to_owned());
    let enterprise = |i: usize| Enterprise::new(None, &format!("虚构{i}号有限公司")).key;
    let needs = (0..12).map(|i| Need {
        market: equipment(),
        ..Need::new(&format!("en{i}"), &enterprise(i), "三坐标测量机")
    });
    let offers = (0..12).map(|i| Offer {
        market: equipment(),
        ..Offer::new(&format!("eo{i}"), &enterprise(12 + i), "三坐标测量机")
    });
    let batch = ImportBatch {
        file: "e.xlsx".to_owned(),
        source: "秘书处".to_owned(),
        sha256: "2".repeat(64),
        by: By::new("li", 2),
        needs: needs.collect(),
        offers: offers.collect(),
        enterprises: Vec::new(),
        column_maps: Vec::new(),
        duplicates: Vec::new(),
        base: None,
    };
    app.store.import(&batch, |_, _| ()).await.unwrap();
    let few = app.learn(&me, "equipment", Take::Always, &quiet).await.unwrap_err();
    assert_eq!(few.code, Code::NothingToDo);
    assert!(few.message.contains("0 needs") && few.message.contains("from 10 on"), "{}", few.message);
    let unknown = app.weights(&me, "none").await.unwrap_err();
    assert_eq!(unknown.code, Code::NotFound);

    for need in 0..12 {
        for offer in 0..12 {
            let near = need % 3 == offer % 3;
            let result = if near { OutcomeResult::Contract } else { OutcomeResult::None };
            let told = outcome(need, offer, result);
            let told =
                NewOutcome { need: format!("e{}", told.need), offer: format!("e{}", told.offer), ..told };
            app.keep_outcome(&app.by(&me), &told).await.unwrap();
        }
    }
    let before = app.weights(&me, "equipment").await.unwrap();
    assert_eq!((before.known.outcomes, before.known.good, before.known.needs), (144, 48, 12));
    assert_eq!((before.in_use, before.shipped["shares.distance"]), (0, 0.3));
    assert_eq!(app.weights(&me, "").await.unwrap().known, crate::Known::default());
    let learning = app.learn(&me, "equipment", Take::IfItGains, &quiet).await.unwrap();
    assert!(learning.taken, "{learning:?}");
    let after = app.weights(&me, "equipment").await.unwrap();
    assert!(after.weights["shares.distance"] > 0.3, "{:?}", after.weights);
    // What the market's table holds at 0 stays there, and shares stay parts of one.
    for name in ["shares.node", "shares.certificate", "shares.capacity"] {
        assert_eq!((name, after.weights[name]), (name, 0.0));
    }
    let shares: f64 =
        after.weights.iter().filter(|(name, _)| name.starts_with("shares.")).map(|(_, v)| v).sum();
    assert!((shares - 1.0).abs() < 1e-3, "{shares}");
    let parts = app.weights(&me, "").await.unwrap();
    assert_eq!((parts.in_use, parts.versions.len(), &parts.weights), (0, 0, &parts.shipped));

    // Its lists freeze them, those of parts do not; both can be computed again after the switch back.
    let options = PublishOptions { market: "equipment".to_owned(), ..PublishOptions::default() };
    let list = app.publish_period(&me, app.this_month(), options, &quiet).await.unwrap();
    assert_eq!(list.content.scoring.as_ref().map(|s| &s.weights), Some(&after.weights));
    let of_parts =
        app.publish_period(&me, app.this_month(), PublishOptions::default(), &quiet).await.unwrap();
    assert_eq!(of_parts.content.scoring, None);
    let wrong = app.use_weights(&me, "", learning.version).await.unwrap_err();
    assert_eq!(wrong.code, Code::NotFound);
    app.use_weights(&me, "equipment", 0).await.unwrap();
    assert_eq!(app.weights(&me, "equipment").await.unwrap().in_use, 0);
    for number in [1, 2] {
        let verified = app.verify(&me, number).await.unwrap();
        assert!(verified.is_sound() && verified.recomputed.is_some(), "{number}: {verified:?}");
    }
    let again = PublishOptions { market: "equipment".to_owned(), again: true, ..PublishOptions::default() };
    let shipped = app.publish_period(&me, app.this_month(), again, &quiet).await.unwrap();
    assert_eq!(shipped.content.scoring, None);
}

/// What is wrong with an outcome is said by its field; only after both sides have agreed is there one.
#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_is_checked() {
    let (app, me, _folder) = place().await;
    let wrong = async |change: fn(&mut NewOutcome), field: &str| {
        let mut new = outcome(0, 0, OutcomeResult::Contract);
        change(&mut new);
        let error = app.keep_outcome(&app.by(&me), &new).await.unwrap_err();
        assert_eq!((error.code, error.fields[0].0.as_str()), (Code::BadInput, field));
    };
    wrong(|o| o.result = OutcomeResult::Confirmed, "result").await;
    wrong(|o| o.amount_fen = Some(-1), "amount").await;
    wrong(|o| o.reason = "price".to_owned(), "reason").await;
    wrong(|o| o.result = OutcomeResult::None, "reason").await;
    wrong(|o| o.day = date(2026, 11, 23), "day").await;
    wrong(|o| o.note = "长".repeat(501), "note").await;
    assert_eq!(app.outcomes(&me).await.unwrap(), []);

    let id = app.ask_introduction(&me, 1, 1, "").await.unwrap();
    let form = crate::OutcomeForm {
        result: OutcomeResult::Contract,
        amount_fen: Some(5_000_000),
        reason: String::new(),
        note: "首批".to_owned(),
        day: None,
    };
    let early = app.record_outcome(&me, id, &form).await.unwrap_err();
    assert_eq!(early.code, Code::Conflict);
    let by = app.by(&me);
    app.store.answer_introduction(id, 1, Side::Need, true, "", &by).await.unwrap();
    app.store.answer_introduction(id, 2, Side::Offer, true, "", &by).await.unwrap();
    app.record_outcome(&me, id, &form).await.unwrap();
    let told = app.outcomes(&me).await.unwrap();
    let first = &told[0];
    assert_eq!((told.len(), first.amount_fen, first.day), (1, Some(5_000_000), date(2026, 11, 22)));
    assert_eq!((first.reference.as_str(), first.need.as_ref().unwrap().0), ("introduction/1", 1));
}
