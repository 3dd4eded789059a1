//! Offers recorded twice: proposed, decided, merged, imported again, parted; over a real database file.

use crate::testing::{opened, quiet};
use crate::{Actor, App, Clock, Code, ImportOptions, ImportReport, InputFile, OfferForm, RecordQuery, Role};
use jiff::civil::date;
use model::visibility::Noun;

const HEAD: &str = "企业名称,所在县区,产品名称,规格参数,月产能,执行标准\n";
/// What the secretariat's list says, and what the enterprise's own workbook says.
const LISTED: &str = "虚构泰和鑫源电子有限公司,泰和县,键合金线,线径20μm；纯度≥99.99%,500km/月,\n";
const OWN: &str = "虚构泰和鑫源电子有限公司,泰和县,金线,φ0.02mm；断裂负荷≥5gf,500km/月,GB/T 8750\n";
/// Another product.
const OTHER: &str = "虚构泰和鑫源电子有限公司,泰和县,键合金线,线径25μm；纯度≥99.99%,500km/月,\n";

struct Place {
    app: App,
    me: Actor,
    _folder: tempfile::TempDir,
}

impl Place {
    async fn new() -> Self {
        let (app, _folder) = opened(Clock::at_noon(date(2026, 11, 22))).await;
        let place = Self { app, me: Actor::local(), _folder };
        place.import(&[LISTED, OTHER]).await;
        place.import(&[OWN]).await;
        place.import(&["虚构万安显示有限公司,万安县,键合金线,线径20μm,500km/月,\n"]).await;
        place
    }

    async fn import(&self, rows: &[&str]) -> ImportReport {
        let text = format!("{HEAD}{}", rows.concat());
        let file = InputFile { name: "a.csv".to_owned(), bytes: text.into_bytes() };
        let report = self.app.import(&self.me, vec![file], &ImportOptions::default(), &quiet).await.unwrap();
        assert!(report.errors.is_empty(), "{:?}", report.errors);
        report
    }

    /// Row id, version and detail of the offers that stand, by row id.
    async fn standing(&self) -> Vec<(i64, i64, String)> {
        let rows = self.app.offers(&self.me, &RecordQuery::default()).await.unwrap().rows;
        let mut out: Vec<_> = rows.into_iter().map(|r| (r.id, r.version, r.offer.detail)).collect();
        out.sort();
        out
    }

    async fn version(&self, id: i64) -> i64 {
        self.app.offer(&self.me, id).await.unwrap().row.version
    }

    /// Confirms the only open pair and merges the younger into the older; the pair and the merge.
    async fn merge(&self) -> (i64, i64, i64) {
        let pair = self.app.twins(&self.me).await.unwrap().remove(0);
        let (a, b) = (pair.a.id, pair.b.id);
        self.app.decide_twins(&self.me, Noun::Offer, (a, b), Some(true)).await.unwrap();
        let at = [(a, self.version(a).await), (b, self.version(b).await)];
        let merge = self.app.merge_twins(&self.me, Noun::Offer, at[0], at[1]).await.unwrap();
        (a, b, merge)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn offers_become_one_and_two_again() {
    let place = Place::new().await;
    let (app, me) = (&place.app, &place.me);
    let found = app.twins(me).await.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    let (a, b) = (found[0].a.id, found[0].b.id);
    assert_eq!((found[0].a.name.as_str(), found[0].b.name.as_str()), ("键合金线", "金线"));
    assert_eq!(app.overview(me).await.unwrap().tasks.iter().filter(|t| t.0 == "twins").count(), 1);
    assert_eq!(app.offer(me, a).await.unwrap().twins.likely[0].id, b);
    let unsaid = app.merge_twins(me, Noun::Offer, (a, 1), (b, 1)).await.unwrap_err();
    assert_eq!(unsaid.code, Code::Conflict);
    app.decide_twins(me, Noun::Offer, (a, b), Some(true)).await.unwrap();
    let preview = app.twin_merge_preview(me, Noun::Offer, (a, b)).await.unwrap();
    let field = |name: &str| preview.fields.iter().find(|f| f.name == name).unwrap().result.clone();
    assert_eq!((field("产品名称").as_str(), field("执行标准").as_str()), ("键合金线", "GB/T 8750"));
    assert!(
        field("规格参数").starts_with("线径20μm；纯度≥99.99%；") && field("规格参数").contains("断裂负荷")
    );
    let (survivor, loser) = ((a, preview.survivor.1), (b, preview.loser.1));
    let late = app.merge_twins(me, Noun::Offer, survivor, (b, 9)).await.unwrap_err();
    assert_eq!(late.code, Code::Conflict);
    let merge = app.merge_twins(me, Noun::Offer, survivor, loser).await.unwrap();

    assert_eq!(place.standing().await.iter().filter(|o| o.0 == b).count(), 0, "it counts once");
    assert_eq!(app.offer(me, b).await.unwrap().twins.merged_into.unwrap().id, a);
    assert_eq!(app.offer(me, a).await.unwrap().twins.merged[0].id, b);
    let (version, form) = app.offer_form(me, b).await.unwrap();
    let edited = OfferForm { note: "改".to_owned(), ..form };
    let refused = app.save_offer(me, Some((b, version)), &edited).await.unwrap_err();
    let reopened = app.set_open(me, Noun::Offer, b, version, true).await.unwrap_err();
    assert_eq!((refused.code, reopened.code), (Code::Conflict, Code::Conflict));

    assert!(app.split_twins(me, Noun::Offer, merge).await.unwrap());
    assert_eq!(place.standing().await.len(), 4);
    assert_eq!(app.offer(me, a).await.unwrap().row.offer.detail, "线径20μm；纯度≥99.99%");
    let twice = app.split_twins(me, Noun::Offer, merge).await.unwrap_err();
    assert_eq!(twice.code, Code::Conflict);
    assert!(app.merged_twins(me).await.unwrap()[0].split.is_some());
    // What was said stays, and can be taken back.
    assert_eq!((app.twins(me).await.unwrap().len(), app.decided_twins(me).await.unwrap().len()), (0, 1));
    app.decide_twins(me, Noun::Offer, (a, b), None).await.unwrap();
    assert_eq!(app.twins(me).await.unwrap().len(), 1);
    assert!(app.check(me).await.unwrap().faults.is_empty());
}

/// Both rows come again, as they were and changed: the survivor takes its own, the other stays merged.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_raises_nobody_from_the_merged() {
    let place = Place::new().await;
    let (a, b, _) = place.merge().await;
    let before = place.standing().await;
    place.import(&[OWN]).await;
    assert_eq!(place.standing().await, before);
    let report = place.import(&[&OWN.replace("500km", "800km")]).await;
    assert!(report.warnings.iter().any(|w| w.hint.contains("已并入")), "{:?}", report.warnings);
    assert_eq!(place.standing().await, before, "it stays merged, with its new words on its own row");
    assert_eq!(place.app.offer(&place.me, b).await.unwrap().row.offer.capacity.unwrap().value, 800.0);
    place.import(&[&LISTED.replace("500km", "600km"), OTHER]).await;
    let after = place.standing().await;
    assert_eq!(after.len(), before.len());
    assert_eq!(place.app.offer(&place.me, a).await.unwrap().row.offer.capacity.unwrap().value, 600.0);
    assert_eq!(place.app.twins(&place.me).await.unwrap(), []);
    assert!(place.app.check(&place.me).await.unwrap().faults.is_empty());
}

/// A rejected pair is never proposed again, and a decision against what follows from others is told.
#[tokio::test(flavor = "multi_thread")]
async fn decisions_stand_and_contradictions_are_told() {
    let place = Place::new().await;
    let (app, me) = (&place.app, &place.me);
    let pair = app.twins(me).await.unwrap().remove(0);
    let (a, b) = (pair.a.id, pair.b.id);
    let other = place.standing().await.into_iter().find(|o| o.2.contains("25μm")).unwrap().0;
    app.decide_twins(me, Noun::Offer, (a, b), Some(false)).await.unwrap();
    place.import(&[&OWN.replace("500km", "550km")]).await;
    assert_eq!(app.twins(me).await.unwrap(), []);
    assert_eq!(app.twin_conflicts(me).await.unwrap(), []);
    for pair in [(a, other), (other, b)] {
        app.decide_twins(me, Noun::Offer, pair, Some(true)).await.unwrap();
    }
    let conflicts = app.twin_conflicts(me).await.unwrap();
    assert_eq!((conflicts.len(), conflicts[0].members.len()), (1, 3));
    let error = app.merge_twins(me, Noun::Offer, (a, 2), (other, 1)).await.unwrap_err();
    assert_eq!(error.code, Code::Conflict);
    let elsewhere = place.standing().await.last().unwrap().0;
    let error = app.decide_twins(me, Noun::Offer, (a, elsewhere), Some(true)).await.unwrap_err();
    assert_eq!(error.code, Code::BadInput, "{error}");
}

/// A member decides about its own enterprise's records, and knows nothing of others'.
#[tokio::test(flavor = "multi_thread")]
async fn each_keeps_its_own() {
    let place = Place::new().await;
    let app = &place.app;
    let pair = app.twins(&place.me).await.unwrap().remove(0);
    let member = |name: &str| {
        Actor::new("m", Role::Member { enterprise: Some(model::enterprise::Enterprise::key_of(None, name)) })
    };
    let (own, other) = (member("虚构泰和鑫源电子有限公司"), member("虚构万安显示有限公司"));
    assert_eq!(app.twins(&other).await.unwrap(), []);
    assert_eq!(app.offer(&other, pair.a.id).await.unwrap().twins.likely, []);
    let error = app.decide_twins(&other, Noun::Offer, (pair.a.id, pair.b.id), Some(true)).await.unwrap_err();
    assert_eq!(error.code, Code::NotFound);
    assert_eq!(app.twins(&own).await.unwrap().len(), 1);
    app.decide_twins(&own, Noun::Offer, (pair.a.id, pair.b.id), Some(true)).await.unwrap();
    let merge = app.merge_twins(&own, Noun::Offer, (pair.b.id, 1), (pair.a.id, 1)).await.unwrap();
    assert_eq!(app.merged_twins(&other).await.unwrap(), []);
    assert_eq!(app.split_twins(&other, Noun::Offer, merge).await.unwrap_err().code, Code::NotFound);
    assert!(app.split_twins(&own, Noun::Offer, merge).await.unwrap());
}

/// An enterprise is parted from another only when nothing of the two is one any more.
#[tokio::test(flavor = "multi_thread")]
async fn offers_of_two_merged_enterprises_are_parted_first() {
    let place = Place::new().await;
    let (app, me) = (&place.app, &place.me);
    let row = "虚构泰和鑫源电子公司,泰和县,金线 20um,,500km/月,\n";
    place.import(&[row]).await;
    let pair = app.duplicates(me).await.unwrap().remove(0);
    app.decide_duplicate(me, &pair.a, &pair.b, true).await.unwrap();
    let preview = app.merge_preview(me, pair.a_id, pair.b_id).await.unwrap();
    let at = ((pair.a_id, preview.survivor.1), (pair.b_id, preview.loser.1));
    let firms = app.merge_duplicate(me, at.0, at.1).await.unwrap();
    let all = app.twins(me).await.unwrap();
    let across = all.iter().find(|p| p.a.name == "键合金线" && p.b.name == "金线 20um").unwrap();
    let (a, b) = (across.a.id, across.b.id);
    app.decide_twins(me, Noun::Offer, (a, b), Some(true)).await.unwrap();
    let versions = ((a, place.version(a).await), (b, place.version(b).await));
    let merge = app.merge_twins(me, Noun::Offer, versions.0, versions.1).await.unwrap();
    // A later import under the name that was given up knows the row, and it stays merged.
    let before = place.standing().await;
    place.import(&[row]).await;
    assert_eq!(place.standing().await, before);
    let early = app.split_duplicate(me, firms).await.unwrap_err();
    assert_eq!(early.code, Code::Conflict, "{early}");
    app.split_twins(me, Noun::Offer, merge).await.unwrap();
    app.split_duplicate(me, firms).await.unwrap();
    assert!(app.check(me).await.unwrap().faults.is_empty());
}
