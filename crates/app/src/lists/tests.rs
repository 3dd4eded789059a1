//! Lists from draft to withdrawal, over a real database file.

use super::Composer;
use crate::testing::{opened, quiet};
use crate::{Actor, App, Clock, Code, Decision, PublishOptions};
use model::enterprise::Enterprise;
use model::list::{ListState, Review};
use model::markets::MarketKey;
use model::need::Need;
use model::offer::Offer;
use model::period::Period;
use model::quantity::Quantity;
use model::reference::Reference;
use model::spec::Specification;
use model::uscc::Uscc;
use model::visibility::{Noun, Visibility};
use std::collections::BTreeMap;
use store::{By, ImportBatch, NewDraft};

const BUYER: &str = "name:万安显示科技有限公司";
const SELLER: &str = "name:泰和精密五金有限公司";

fn period() -> Period {
    "2026-11".parse().unwrap()
}

struct Place {
    app: App,
    me: Actor,
    _folder: tempfile::TempDir,
}

impl Place {
    async fn new() -> Self {
        let (app, _folder) = opened(Clock::china()).await;
        Self { app, me: Actor::local(), _folder }
    }

    /// With two needs of one enterprise and two offers of another.
    async fn filled() -> Self {
        let place = Self::new().await;
        place.import(batch()).await;
        place
    }

    async fn import(&self, batch: ImportBatch) {
        self.app.store.import(&batch, |_, _| ()).await.unwrap();
    }

    async fn draft(&self) -> model::list::MatchingList {
        self.app.draft(&self.me, "", period(), &quiet).await.unwrap()
    }

    async fn publish_period(
        &self,
        options: PublishOptions,
    ) -> crate::Result<std::sync::Arc<model::list::MatchingList>> {
        self.app.publish_period(&self.me, period(), options, &quiet).await
    }

    async fn said(&self, id: i64) -> Vec<(String, String, Review)> {
        self.app.standing_reviews(id).await.unwrap()
    }
}

fn need(key: &str, title: &str) -> Need {
    let mut need = Need::new(key, BUYER, title);
    need.quantity = Some(Quantity { value: 10.0, unit: "吨/月".to_owned() });
    need
}

fn offer(key: &str, title: &str) -> Offer {
    let mut offer = Offer::new(key, SELLER, title);
    offer.spare_capacity = Some(Quantity { value: 20.0, unit: "吨/月".to_owned() });
    offer
}

fn batch() -> ImportBatch {
    ImportBatch {
        file: "a.xlsx".to_owned(),
        source: "秘书处".to_owned(),
        sha256: "0".repeat(64),
        by: By::new("li", 1),
        enterprises: [BUYER, SELLER]
            .map(|key| Enterprise {
                key: key.to_owned(),
                ..Enterprise::new(None, key.trim_start_matches("name:"))
            })
            .into(),
        needs: vec![need("N-1", "电解铜箔"), need("N-2", "注塑模具")],
        offers: vec![offer("O-1", "电解铜箔"), offer("O-2", "纸箱")],
        column_maps: Vec::new(),
        duplicates: Vec::new(),
        base: None,
    }
}

/// A later file that changes one offer only.
fn later(offer: Offer) -> ImportBatch {
    ImportBatch { enterprises: Vec::new(), needs: Vec::new(), offers: vec![offer], ..batch() }
}

/// Numbers of a need and an offer on a draft.
fn numbers(list: &model::list::MatchingList, need: &str, offer: &str) -> (u32, u32) {
    (
        list.content.needs.iter().find(|n| n.need.key == need).unwrap().number,
        list.content.offers.iter().find(|o| o.offer.key == offer).unwrap().number,
    )
}

fn rejected() -> Review {
    Review::Rejected { reason: "停产".to_owned() }
}

#[tokio::test]
async fn nothing_of_a_closed_enterprise_is_on_the_list() {
    for level in [Visibility::Counterparties, Visibility::Secretariat, Visibility::Own] {
        let place = Place::filled().await;
        let digits = || ('0'..='9').chain('A'..='Z');
        let mut codes = digits().flat_map(|a| digits().map(move |b| format!("91360828MA35L3KX{a}{b}")));
        let uscc = codes.find_map(|code| Uscc::parse(&code).ok()).unwrap();
        let code = uscc.to_string();
        let mut hidden = Enterprise::new(Some(uscc), "遂川保密电子有限公司");
        let key = hidden.key.clone();
        // First open, so that the next list has something that is gone.
        let with = |enterprise: &Enterprise| ImportBatch {
            enterprises: vec![enterprise.clone()],
            needs: vec![Need::new(&format!("{key}#需1"), &key, "电解铜箔")],
            offers: vec![Offer::new(&format!("{key}#供1"), &key, "电解铜箔 保密型")],
            ..batch()
        };
        place.import(with(&hidden)).await;
        let open = place.publish_period(PublishOptions::default()).await.unwrap();
        assert!(open.content.canonical().contains(&code) && open.content.canonical().contains("保密电子"));
        hidden.visibility = level;
        place.import(with(&hidden)).await;
        let list =
            place.publish_period(PublishOptions { again: true, ..PublishOptions::default() }).await.unwrap();
        let text = list.content.canonical();
        for word in [code.as_str(), &key, "保密", "遂川", "需1", "供1"] {
            assert!(!text.contains(word), "{level:?}: {word} is on the list");
        }
        assert_eq!((list.content.needs.len(), list.content.summary.gone.len()), (2, 1));
        assert!(place.app.verify(&place.me, 2).await.unwrap().is_sound());
    }
}

#[tokio::test]
async fn a_list_without_needs_is_not_published() {
    let place = Place::filled().await;
    let mut closed = batch();
    for enterprise in &mut closed.enterprises {
        enterprise.visibility = Visibility::Own;
    }
    place.import(closed).await;
    let error = place.publish_period(PublishOptions::default()).await.unwrap_err();
    assert_eq!(error.code, Code::NothingToDo, "{error}");
    // Nor one that came into the database another way.
    let other = Place::filled().await;
    let draft = other.draft().await;
    let mut empty = draft.content;
    empty.needs.clear();
    let empty = NewDraft { replaces: Some((draft.id, 1)), ..NewDraft::of(&empty) };
    let head = other.app.store.insert_draft(&empty, &By::new("li", 1)).await.unwrap();
    other.app.store.approve(head.id, 1, None, &By::new("li", 1)).await.unwrap();
    let error = other.app.publish(&other.me, head.id, &quiet).await.unwrap_err();
    assert_eq!(error.code, Code::NothingToDo, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_during_the_approval_is_not_lost() {
    let place = std::sync::Arc::new(Place::filled().await);
    let draft = place.draft().await;
    let (need, offer) = numbers(&draft, "N-1", "O-1");
    assert!(draft.content.pairs.iter().any(|p| p.matched.offer == "O-1"));
    // The progress of the approval is where the other person speaks: after the reviews were read.
    place.app.review(&place.me, draft.id, need, offer, Review::Confirmed).await.unwrap();
    let (store, by) = (place.app.store.clone(), By::new("wang", 2));
    let once = std::sync::Once::new();
    let runtime = tokio::runtime::Handle::current();
    let id = draft.id;
    let in_between = move |_, _, _| {
        once.call_once(|| {
            let (store, by) = (store.clone(), by.clone());
            let runtime = runtime.clone();
            let other = std::thread::spawn(move || {
                runtime.block_on(async { store.record_review(id, "N-1", "O-1", &rejected(), &by).await })
            });
            other.join().unwrap().unwrap();
        });
    };
    let approved = place.app.approve(&place.me, id, &in_between).await.unwrap();
    assert_eq!(approved.state, ListState::Approved);
    assert!(!approved.content.pairs.iter().any(|p| p.matched.need == "N-1" && p.matched.offer == "O-1"));
    place.app.publish(&place.me, id, &quiet).await.unwrap();
    assert!(place.app.verify(&place.me, 1).await.unwrap().is_sound());
}

#[tokio::test]
async fn a_list_verifies_after_the_one_before_was_withdrawn() {
    let place = Place::filled().await;
    let first = place.publish_period(PublishOptions::default()).await.unwrap();
    let again = PublishOptions { again: true, ..PublishOptions::default() };
    place.import(later(offer("O-1", "电解铜箔 12μm"))).await;
    let second = place.publish_period(again).await.unwrap();
    assert_eq!(Some(&second.content.compared_with_sha256), first.sha256.as_ref());
    place.app.withdraw(&place.me, 1, "有误").await.unwrap();
    assert_eq!(place.app.list_by_number(&place.me, 1).await.unwrap().state, ListState::Withdrawn);
    place.app.withdraw(&place.me, 2, "有误").await.unwrap();
    // Compared with none: all is new again, but the chain goes on.
    let third = place.publish_period(PublishOptions::default()).await.unwrap();
    assert_eq!(third.content.compared_with_sha256, "");
    assert_eq!(Some(&third.content.previous_sha256), second.sha256.as_ref());
    assert!(third.content.needs.iter().all(|n| n.change == model::list::Change::New));
    for number in 1..=3 {
        let verification = place.app.verify(&place.me, number).await.unwrap();
        assert!(verification.recomputed.is_some() && verification.is_sound(), "{number}: {verification:?}");
    }
}

#[tokio::test]
async fn a_list_of_another_engine_is_not_computed_again() {
    let place = Place::filled().await;
    let draft = place.draft().await;
    let mut content = draft.content;
    content.engine += 1;
    let other = NewDraft { replaces: Some((draft.id, 1)), ..NewDraft::of(&content) };
    let head = place.app.store.insert_draft(&other, &By::new("li", 1)).await.unwrap();
    place.app.approve(&place.me, head.id, &quiet).await.unwrap();
    place.app.publish(&place.me, head.id, &quiet).await.unwrap();
    let verification = place.app.verify(&place.me, 1).await.unwrap();
    assert_eq!((verification.recomputed.as_deref(), verification.engine), (None, content.engine));
    assert!(verification.is_sound());
}

#[tokio::test]
async fn the_list_in_memory_follows_other_processes() {
    let place = Place::filled().await;
    let list = place.publish_period(PublishOptions::default()).await.unwrap();
    let kept = place.app.list_by_number(&place.me, 1).await.unwrap();
    let same = place.app.list_by_number(&place.me, 1).await.unwrap();
    assert!(std::sync::Arc::ptr_eq(&kept, &same));
    // Past this process's memory.
    let version = place.app.store.list(list.id).await.unwrap().version;
    place.app.store.withdraw(list.id, version, "有误", &By::new("wang", 2)).await.unwrap();
    let now = place.app.list_by_number(&place.me, 1).await.unwrap();
    assert_eq!(now.withdrawn_reason.as_deref(), Some("有误"));
}

#[tokio::test]
async fn a_period_is_published_twice_only_when_said() {
    let place = Place::filled().await;
    place.publish_period(PublishOptions::default()).await.unwrap();
    let error = place.publish_period(PublishOptions::default()).await.unwrap_err();
    assert_eq!((error.code, error.help()), (Code::Conflict, "--again, or withdraw it first"));
    let second =
        place.publish_period(PublishOptions { again: true, ..PublishOptions::default() }).await.unwrap();
    assert_eq!(second.number, Some(2));
}

/// Two at once: one list comes out, the other one is told.
#[tokio::test(flavor = "multi_thread")]
async fn two_publications_at_once_give_one_list() {
    let place = Place::filled().await;
    let (a, b) = tokio::join!(
        place.publish_period(PublishOptions::default()),
        place.publish_period(PublishOptions::default())
    );
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    assert_eq!(a.err().or(b.err()).unwrap().code, Code::Conflict);
    assert_eq!(place.app.newest_list(&place.me, "").await.unwrap().unwrap().number, Some(1));
}

#[tokio::test]
async fn an_outdated_draft_is_drafted_anew_unless_it_was_reviewed() {
    let place = Place::filled().await;
    let old = place.draft().await;
    place.import(later(offer("O-3", "电解铜箔 9μm"))).await;
    let list = place.publish_period(PublishOptions::default()).await.unwrap();
    assert_eq!(list.content.offers.len(), 3);
    assert_eq!(place.app.store.list(old.id).await.unwrap().list.state, ListState::Discarded);

    let reviewed = place.draft().await;
    let (need, offer_number) = numbers(&reviewed, "N-1", "O-1");
    place.app.review(&place.me, reviewed.id, need, offer_number, Review::Confirmed).await.unwrap();
    place.import(later(offer("O-4", "电解铜箔 6μm"))).await;
    let error = place.publish_period(PublishOptions::default()).await.unwrap_err();
    assert_eq!(error.code, Code::Conflict);
    assert!(error.help().contains("--keep-draft"), "{error}");
    let kept =
        place.publish_period(PublishOptions { keep_draft: true, ..PublishOptions::default() }).await.unwrap();
    assert_eq!((kept.id, kept.content.offers.len()), (reviewed.id, 3));
}

#[tokio::test]
async fn a_new_draft_keeps_what_was_said_of_unchanged_pairs() {
    let place = Place::filled().await;
    place.import(later(offer("O-3", "电解铜箔 9μm"))).await;
    let old = place.draft().await;
    for (need, offer, review) in
        [("N-1", "O-1", rejected()), ("N-2", "O-2", Review::Added), ("N-1", "O-3", Review::Confirmed)]
    {
        let (need, offer) = numbers(&old, need, offer);
        place.app.review(&place.me, old.id, need, offer, review).await.unwrap();
    }
    place.import(later(offer("O-3", "电解铜箔 6μm"))).await;
    let new = place.draft().await;
    let expect = [
        ("N-1".to_owned(), "O-1".to_owned(), rejected()),
        ("N-2".to_owned(), "O-2".to_owned(), Review::Added),
    ];
    assert_eq!(place.said(new.id).await, expect);
    assert_eq!(place.app.store.list(old.id).await.unwrap().list.state, ListState::Discarded);
    let first = place.publish_period(PublishOptions::default()).await.unwrap();
    assert_eq!(first.id, new.id);
    assert!(place.app.verify(&place.me, 1).await.unwrap().is_sound());
    // Rejections outlive the list, also a withdrawn one; what was added belongs to that list alone.
    place.app.withdraw(&place.me, 1, "有误").await.unwrap();
    assert_eq!(place.said(place.draft().await.id).await, expect[..1]);
}

/// Two drafts at once: one stays open, whatever was said on the other goes over.
#[tokio::test(flavor = "multi_thread")]
async fn two_drafts_at_once_leave_one_open() {
    let place = Place::filled().await;
    let (a, b) = tokio::join!(place.draft(), place.draft());
    assert_ne!(a.id, b.id);
    let lists = place.app.lists(&place.me).await.unwrap();
    assert_eq!(lists.iter().filter(|l| l.state == ListState::Draft).count(), 1);
}

#[tokio::test]
async fn a_pair_that_a_person_added_is_allotted_and_can_be_rejected_again() {
    let place = Place::filled().await;
    let draft = place.draft().await;
    let (need, offer) = numbers(&draft, "N-2", "O-2");
    assert!(!draft.content.pairs.iter().any(|p| p.matched.need == "N-2"));
    let early = place.app.review(&place.me, draft.id, need, offer, rejected()).await.unwrap_err();
    assert_eq!(early.code, Code::BadInput);
    place.app.review(&place.me, draft.id, need, offer, Review::Added).await.unwrap();
    let approved = place.app.approve(&place.me, draft.id, &quiet).await.unwrap();
    let pair = approved.content.pairs.iter().find(|p| p.matched.need == "N-2").unwrap();
    assert!(pair.allocation.is_some() && pair.review == Review::Added, "{pair:?}");

    place.app.reopen(&place.me, draft.id).await.unwrap();
    place.app.review(&place.me, draft.id, need, offer, rejected()).await.unwrap();
    place.app.review(&place.me, draft.id, need, offer, Review::Added).await.unwrap_err();
    let approved = place.app.approve(&place.me, draft.id, &quiet).await.unwrap();
    assert!(!approved.content.pairs.iter().any(|p| p.matched.need == "N-2"));
    // Added, then rejected before any approval.
    place.app.reopen(&place.me, draft.id).await.unwrap();
    place.app.review(&place.me, draft.id, need, offer, Review::Added).await.unwrap();
    place.app.review(&place.me, draft.id, need, offer, rejected()).await.unwrap();
    place.app.discard(&place.me, draft.id).await.unwrap();
    let late = place.app.approve(&place.me, draft.id, &quiet).await.unwrap_err();
    assert_eq!(late.code, Code::Conflict, "{late}");
}

#[tokio::test]
async fn a_restore_reports_what_its_check_finds() {
    let place = Place::filled().await;
    place.publish_period(PublishOptions::default()).await.unwrap();
    let file = place._folder.path().join("b.yulin");
    let backup = place.app.backup(&place.me, &file, &quiet).await.unwrap();
    assert!(backup.faults.is_empty());
    let restored = place.app.restore(&place.me, &file, true, &quiet).await.unwrap();
    assert_eq!((restored.rows, restored.faults), (backup.rows, Vec::new()));
}

/// What stands on the pairs of a need, as `offer number: word`.
async fn standing(place: &Place, who: &Actor, draft: i64, need: u32) -> Vec<(String, Review)> {
    let desk = place.app.desk_need(who, draft, need).await.unwrap();
    desk.pairs.into_iter().map(|p| (p.offer.offer.key, p.review)).collect()
}

fn secretary(name: &str) -> Actor {
    Actor::new(name, crate::Role::Secretariat)
}

#[tokio::test]
async fn the_desk_shows_candidates_and_what_was_said_of_them() {
    let place = Place::filled().await;
    place.import(later(offer("O-3", "铜箔"))).await;
    let (li, wang) = (secretary("li"), secretary("wang"));
    let draft = place.draft().await;
    let (need, by_hand) = numbers(&draft, "N-1", "O-2");
    let (_, first) = numbers(&draft, "N-1", "O-1");

    let desk = place.app.desk(&li, draft.id).await.unwrap();
    assert_eq!((desk.rows.len(), desk.outdated), (2, false));
    let row = desk.rows.iter().find(|r| r.need.number == need).unwrap();
    assert_eq!((row.confirmed, row.rejected, row.done), (0, 0, false), "{row:?}");
    let card = place.app.desk_need(&li, draft.id, need).await.unwrap();
    let best = &card.pairs[0];
    assert_eq!((best.offer.offer.key.as_str(), best.base, best.on_draft), ("O-1", 0, true));
    assert!(best.allocation.is_some() && !best.matched.reasons.is_empty());

    // What somebody adds, though the engine would never think of it, is a candidate too.
    let add = Decision { need, offer: by_hand, review: Review::Added, base: 0 };
    let confirm = Decision { need, offer: first, review: Review::Confirmed, base: 0 };
    let done = place.app.decide(&li, draft.id, &[add, confirm]).await.unwrap();
    assert_eq!(done.taken, 2);
    let card = place.app.desk_need(&wang, draft.id, need).await.unwrap();
    let added = card.pairs.iter().find(|p| p.offer.offer.key == "O-2").unwrap();
    assert_eq!((&added.review, added.by.as_deref(), added.on_draft), (&Review::Added, Some("li"), false));
    let row = place.app.desk(&li, draft.id).await.unwrap();
    let row = row.rows.into_iter().find(|r| r.need.number == need).unwrap();
    assert_eq!((row.confirmed, row.rejected, row.done), (2, 0, true));

    // Who is where, but not oneself.
    assert!(place.app.work_on(&li, draft.id, need).await.unwrap().is_empty());
    assert_eq!(place.app.work_on(&wang, draft.id, need).await.unwrap(), ["li"]);
    assert_eq!(place.app.desk_need(&li, draft.id, need).await.unwrap().others, ["wang"]);
    place.app.work_on(&wang, draft.id, need + 1).await.unwrap();
    assert!(place.app.desk_need(&li, draft.id, need).await.unwrap().others.is_empty());

    // A later import makes the draft outdated; a list that is no draft has no desk.
    place.import(later(offer("O-4", "铜箔 6μm"))).await;
    assert!(place.app.desk(&li, draft.id).await.unwrap().outdated);
    place.app.approve(&wang, draft.id, &quiet).await.unwrap();
    let late = place.app.desk(&li, draft.id).await.unwrap_err();
    assert_eq!((late.code, late.message.as_str()), (Code::Conflict, "list 1 is no draft: 已批准"));
    // Reopened, its content is another one: what was added stands on it now.
    place.app.reopen(&li, draft.id).await.unwrap();
    let card = place.app.desk_need(&li, draft.id, need).await.unwrap();
    assert!(card.pairs.iter().find(|p| p.offer.offer.key == "O-2").unwrap().on_draft);
}

#[tokio::test]
async fn two_people_at_once_never_overwrite_each_other() {
    let place = Place::filled().await;
    let (li, wang) = (secretary("li"), secretary("wang"));
    let draft = place.draft().await;
    let (need, offer) = numbers(&draft, "N-1", "O-1");
    let (other_need, other_offer) = numbers(&draft, "N-2", "O-2");
    let reject = Decision { need, offer, review: rejected(), base: 0 };
    place.app.decide(&wang, draft.id, std::slice::from_ref(&reject)).await.unwrap();

    // All or none: the second pair is free, but nothing of the round is stored.
    let round = [
        Decision { need: other_need, offer: other_offer, review: Review::Added, base: 0 },
        Decision { need, offer, review: Review::Confirmed, base: 0 },
    ];
    let error = place.app.decide(&li, draft.id, &round).await.unwrap_err();
    assert_eq!(error.code, Code::Conflict);
    assert_eq!(
        error.message,
        format!("nothing was stored: meanwhile wang said 已剔除 (停产) of need {need} with offer {offer}")
    );
    assert_eq!(place.said(draft.id).await, [("N-1".to_owned(), "O-1".to_owned(), rejected())]);

    // Seen and decided again.
    let base = place.app.desk_need(&li, draft.id, need).await.unwrap().pairs[0].base;
    let again = Decision { base, review: Review::Confirmed, ..reject.clone() };
    place.app.decide(&li, draft.id, std::slice::from_ref(&again)).await.unwrap();
    assert_eq!(standing(&place, &li, draft.id, need).await[0].1, Review::Confirmed);

    // Both at the same moment: one is told.
    let base = place.app.desk_need(&li, draft.id, need).await.unwrap().pairs[0].base;
    let (a, b) = (Decision { base, ..reject }, Decision { base, ..again });
    let (a, b) = tokio::join!(
        place.app.decide(&wang, draft.id, std::slice::from_ref(&a)),
        place.app.decide(&li, draft.id, std::slice::from_ref(&b)),
    );
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
}

#[tokio::test]
async fn undo_restores_exactly_what_stood_before() {
    let place = Place::filled().await;
    let li = secretary("li");
    let draft = place.draft().await;
    let (need, offer) = numbers(&draft, "N-1", "O-1");
    let (other_need, other_offer) = numbers(&draft, "N-2", "O-2");
    let say = |need, offer, review, base| Decision { need, offer, review, base };
    let first = place.app.decide(&li, draft.id, &[say(need, offer, rejected(), 0)]).await.unwrap();
    assert_eq!(first.undo[0].review, Review::Proposed);
    let bulk = [
        say(need, offer, Review::Confirmed, first.undo[0].base),
        say(other_need, other_offer, Review::Added, 0),
    ];
    let second = place.app.decide(&li, draft.id, &bulk).await.unwrap();
    let redo = place.app.decide(&li, draft.id, &second.undo).await.unwrap();
    assert_eq!(place.said(draft.id).await, [("N-1".to_owned(), "O-1".to_owned(), rejected())]);
    place.app.decide(&li, draft.id, &redo.undo).await.unwrap();
    assert_eq!(place.said(draft.id).await.len(), 2);
    // A word that is out of date cannot be undone past somebody else.
    assert_eq!(place.app.decide(&li, draft.id, &first.undo).await.unwrap_err().code, Code::Conflict);
    // Taken back, everything is as the engine proposed it, to the hash.
    let bases: Vec<i64> = place.app.store.reviews(draft.id).await.unwrap().iter().map(|r| r.id).collect();
    let last = bases.len();
    let back = [
        say(need, offer, Review::Proposed, bases[last - 2]),
        say(other_need, other_offer, Review::Proposed, bases[last - 1]),
    ];
    place.app.decide(&li, draft.id, &back).await.unwrap();
    let approved = place.app.approve(&li, draft.id, &quiet).await.unwrap();
    assert_eq!(approved.content.sha256(), draft.content.sha256());
    // And it is published and verifies.
    place.app.publish(&li, draft.id, &quiet).await.unwrap();
    assert!(place.app.verify(&li, 1).await.unwrap().is_sound());
}

#[tokio::test]
async fn decisions_that_make_no_sense_are_refused() {
    let place = Place::filled().await;
    let li = secretary("li");
    let draft = place.draft().await;
    let (need, offer) = numbers(&draft, "N-1", "O-1");
    let (far, stranger) = numbers(&draft, "N-2", "O-1");
    let say = |need, offer, review| Decision { need, offer, review, base: 0 };
    let cases = [
        (vec![say(need, offer, Review::Added)], "this pair is on the draft already"),
        (vec![say(far, stranger, Review::Confirmed)], "this pair is not on the draft"),
        (
            vec![say(need, offer, Review::Rejected { reason: " ".into() })],
            "a pair is rejected only with a reason",
        ),
        (vec![say(99, offer, Review::Confirmed)], "no need 99 on draft 1"),
        (vec![say(need, 99, Review::Confirmed)], "no offer 99 on draft 1"),
    ];
    for (decisions, expect) in cases {
        let error = place.app.decide(&li, draft.id, &decisions).await.unwrap_err();
        assert_eq!(error.message, expect);
    }
    let twice = [say(need, offer, Review::Confirmed), say(need, offer, Review::Proposed)];
    let error = place.app.decide(&li, draft.id, &twice).await.unwrap_err();
    assert!(error.message.ends_with("stands twice"), "{error}");
    assert!(place.said(draft.id).await.is_empty());
}

/// Lists of two markets of one period stand beside each other, and neither is compared with the other.
#[tokio::test]
async fn a_market_has_lists_of_its_own() {
    let place = Place::filled().await;
    let first = place.publish_period(PublishOptions::default()).await.unwrap();
    let of_jobs = |mut need: Need| {
        need.market = model::markets::MarketKey("jobs".to_owned());
        need
    };
    let mut talent = offer("O-9", "SMT工艺工程师");
    talent.market = model::markets::MarketKey("jobs".to_owned());
    let needs = vec![of_jobs(need("N-9", "SMT工艺工程师"))];
    place.import(ImportBatch { enterprises: Vec::new(), needs, offers: vec![talent], ..batch() }).await;

    // The same records of parts and materials give the same list, to the last bit of its hash.
    let parts = place.draft().await;
    let jobs = place.app.draft(&place.me, "jobs", period(), &quiet).await.unwrap();
    assert_eq!(parts.content.needs.len(), 2);
    assert!(!parts.content.canonical().contains("market") && !parts.content.canonical().contains("\"own\""));
    assert_eq!(place.app.draft_by_id(&place.me, parts.id).await.unwrap().state, ListState::Draft);
    assert_eq!(jobs.content.needs.iter().map(|n| n.need.key.as_str()).collect::<Vec<_>>(), ["N-9"]);
    assert_eq!((jobs.content.pairs.len(), jobs.content.compared_with_sha256.as_str()), (1, ""));

    let options = PublishOptions { market: "jobs".to_owned(), ..PublishOptions::default() };
    let second = place.publish_period(options).await.unwrap();
    assert_eq!(
        (second.number, second.content.previous_sha256.as_str()),
        (Some(2), first.sha256.as_deref().unwrap())
    );
    assert!(place.app.verify(&place.me, 2).await.unwrap().is_sound());
    assert_eq!(place.app.newest_list(&place.me, "").await.unwrap().unwrap().number, Some(1));
    assert_eq!(place.app.newest_list(&place.me, "jobs").await.unwrap().unwrap().number, Some(2));
    assert_eq!(place.app.newest_list(&place.me, "land").await.unwrap(), None);
    assert_eq!(place.app.newest_list(&place.me, "weather").await.unwrap_err().code, Code::NotFound);
}

/// A project and a plant with what their fields state of area and kind.
fn land(area: &str, side: Noun) -> (BTreeMap<String, String>, Vec<Specification>) {
    let reference = Reference::builtin();
    let market = reference.markets.get("land").unwrap();
    let own: BTreeMap<String, String> =
        [("area", area), ("use", "标准厂房")].map(|(id, text)| (id.to_owned(), text.to_owned())).into();
    let read = |(id, text): (&String, &String)| market.read_own(id, text, side, &reference.units).unwrap();
    let specs = own.iter().filter_map(read).collect();
    (own, specs)
}

fn project(key: &str, area: &str) -> Need {
    let (own, specs) = land(area, Noun::Need);
    Need {
        own, specs, market: MarketKey("land".to_owned()), ..Need::new(key, BUYER, "LED模组扩产项目")
    }
}

fn plant(area: &str) -> Offer {
    let (own, specs) = land(area, Noun::Offer);
    Offer {
        own, specs, market: MarketKey("land".to_owned()), ..Offer::new("O-9", SELLER, "1号标准厂房")
    }
}

/// One plant is shared out: no two projects get the whole of it.
#[tokio::test]
async fn the_area_of_a_plant_is_allotted_once() {
    let place = Place::filled().await;
    let with = |needs: Vec<Need>| ImportBatch { needs, offers: vec![plant("12000")], ..batch() };
    let projects = [project("N-7", "12000"), project("N-8", "12000"), project("N-9", "5000m²")];
    place.import(with(projects.to_vec())).await;
    let list = place.app.draft(&place.me, "land", period(), &quiet).await.unwrap().content;
    let allotted: Vec<f64> = (list.pairs.iter())
        .filter_map(|pair| Some(pair.allocation.as_ref()?.quantity.as_ref()?.value))
        .collect();
    assert_eq!(allotted.iter().sum::<f64>(), 12_000.0, "{allotted:?}");
    let summary = &list.summary;
    assert!(summary.matched <= 1 && summary.unmet >= 1, "{summary:?}");
    let optimum = &list.allotment.as_ref().unwrap().optima[0];
    assert_eq!(
        (optimum.asked.to_string(), optimum.unmet.to_string(), optimum.is_proved),
        ("29000m²".to_owned(), "17000m²".to_owned(), true)
    );

    // A project that takes the whole or nothing is not given a part.
    let whole = |need: Need| Need { partial: Some(false), ..need };
    let projects = [("N-7", "8000"), ("N-8", "9000"), ("N-9", "5000m²")];
    place.import(with(projects.map(|(key, area)| whole(project(key, area))).to_vec())).await;
    let options = PublishOptions { market: "land".to_owned(), ..PublishOptions::default() };
    let list = place.publish_period(options).await.unwrap();
    let given = |key: &str| {
        let pair = list.content.pairs.iter().find(|pair| pair.matched.need == key);
        pair.and_then(|pair| Some(pair.allocation.as_ref()?.quantity.as_ref()?.to_string()))
    };
    assert_eq!((given("N-7"), given("N-8"), given("N-9")), (None, Some("9000m²".to_owned()), None));
    assert!(place.app.verify(&place.me, 1).await.unwrap().is_sound());

    // Projects are no places on the chain.
    let refused = place.app.standings(&place.me, &list).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.message.as_str()),
        (Code::BadInput, "the market land has no chain nodes")
    );
    assert_eq!(refused.help(), "nodes stand on the lists of parts, capacity, recycled");
}

/// A list that was published before amounts were read is verified without them, and its needs count as the same.
#[test]
fn a_list_of_before_has_no_amounts_and_stays_as_it_is() {
    let reference = Reference::builtin();
    let quiet = |_: crate::Stage, _: u64, _: u64| {};
    let mut composer =
        Composer::new(reference, "虚构集群", period()).of_market(MarketKey("land".to_owned()), None);
    let firms = [BUYER, SELLER].map(|key| Enterprise {
        key: key.to_owned(),
        ..Enterprise::new(None, key.trim_start_matches("name:"))
    });
    composer.take(firms.into_iter(), [project("N-7", "12000")].into_iter(), [plant("12000")].into_iter());
    let now = composer.settle_reviewed(&[], &quiet);
    assert_eq!(now.needs[0].need.quantity, Some(Quantity::new(12_000.0, "m²")));
    let mut before = now.clone();
    before.needs[0].need.quantity = None;
    before.offers[0].offer.capacity = None;
    let before = Composer::reopen(reference, &before).settle_reviewed(&[], &quiet);
    assert_eq!((&before.needs[0].need.quantity, &before.offers[0].offer.capacity), (&None, &None));
    let again = Composer::reopen(reference, &before).settle_reviewed(&[], &quiet);
    assert_eq!(again.sha256(), before.sha256());
    let published = model::list::MatchingList {
        id: 1,
        number: Some(1),
        state: ListState::Published,
        period: period(),
        sha256: Some(before.sha256()),
        drafted_by: String::new(),
        approved_by: None,
        published_ms: None,
        withdrawn_reason: None,
        content: before,
    };
    let compared = super::compare(reference, now, Some(&published));
    assert_eq!(compared.needs[0].change, model::list::Change::Open);
    assert_eq!(compared.offers[0].change, model::list::Change::Open);
}

#[tokio::test]
async fn a_list_matched_with_vectors_says_so_and_is_computed_again_with_the_same_only() {
    use model::vectors::TextVectors;
    let Place { app, me, _folder } = Place::filled().await;
    let titles = app.titles(&me).await.unwrap();
    let texts: Vec<&str> = titles.iter().map(String::as_str).collect();
    let with = |values: Vec<f32>| {
        let vectors = TextVectors::new(&texts, &values).unwrap();
        Box::leak(Box::new(Reference { vectors, ..Reference::builtin().clone() }))
    };
    let ones: Vec<f32> = texts.iter().flat_map(|_| [1.0, 0.0]).collect();
    let place = Place { app: app.with_reference(with(ones.clone())), me, _folder };
    let list = place.publish_period(PublishOptions::default()).await.unwrap();
    assert_eq!(list.content.vectors_sha256.len(), 64);
    let proof = place.app.verify(&place.me, 1).await.unwrap();
    assert!(proof.is_sound() && proof.recomputed.is_some() && !proof.other_vectors);
    let turned: Vec<f32> = (0..texts.len()).flat_map(|at| [1.0, at as f32]).collect();
    let Place { app, me, _folder } = place;
    let other = app.with_reference(with(turned));
    let proof = other.verify(&me, 1).await.unwrap();
    assert!(proof.is_sound() && proof.recomputed.is_none() && proof.other_vectors);
    let none = other.with_reference(Reference::builtin());
    let proof = none.verify(&me, 1).await.unwrap();
    assert!(proof.is_sound() && proof.recomputed.is_none() && proof.other_vectors);
}
