//! Posts, levels and introductions in any order: after every step each member sees exactly the prices that the rules give.

use crate::house::House;
use app::{Actor, OfferForm};
use model::visibility::Visibility;
use proptest::prelude::*;
use std::collections::HashMap;

/// Something that one of three members does.
#[derive(Debug, Clone)]
enum Step {
    /// Gives an own offer another level.
    Close { offer: usize, level: Visibility },
    /// Asks for an introduction of an own need with another's offer.
    Ask { need: usize, offer: usize },
    /// Agrees to what waits, or declines it.
    Answer { agree: bool },
    /// Ends what was agreed.
    End,
}

fn step() -> impl Strategy<Value = Step> {
    let level = prop::sample::select(Visibility::ALL.to_vec());
    prop_oneof![
        3 => (0..15_usize, level).prop_map(|(offer, level)| Step::Close { offer, level }),
        5 => (0..15_usize, 0..15_usize).prop_map(|(need, offer)| Step::Ask { need, offer }),
        4 => prop::bool::weighted(0.75).prop_map(|agree| Step::Answer { agree }),
        1 => Just(Step::End),
    ]
}

/// What the test itself knows of an introduction.
struct Known {
    id: i64,
    need: usize,
    offer: usize,
    agreed: bool,
    over: bool,
}

/// Records of an enterprise stand five in a row.
fn owner(record: usize) -> usize {
    record / 5
}

async fn version(house: &House, actor: &Actor, id: i64) -> i64 {
    let all = house.app.introductions(actor).await.unwrap();
    all.iter().find(|i| i.id == id).map_or(0, |i| i.version)
}

async fn run(steps: Vec<Step>) {
    let house = House::new().await;
    let everybody = house.people().await;
    let person = |name: &str| everybody.iter().find(|(n, _)| *n == name).unwrap().1.clone();
    let members = ["buyer", "seller", "third"].map(person);
    let mut levels: Vec<Visibility> = (0..15).map(|record| Visibility::ALL[record % 5]).collect();
    let mut known: Vec<Known> = Vec::new();
    for step in steps {
        match &step {
            Step::Close { offer, level } => {
                let id = house.offers[*offer].0;
                let me = &members[owner(*offer)];
                let (version, form) = house.app.offer_form(me, id).await.unwrap();
                let form = OfferForm { visibility: Some(*level), ..form };
                house.app.save_offer(me, Some((id, version)), &form).await.unwrap();
                levels[*offer] = *level;
            }
            Step::Ask { need, offer } => {
                let me = &members[owner(*need)];
                let asked = house.app.ask_introduction(me, house.needs[*need].0, house.offers[*offer].0, "");
                if let Ok(id) = asked.await {
                    assert!(
                        levels[*offer] <= Visibility::Members || known.iter().any(|k| k.agreed && !k.over)
                    );
                    known.retain(|k| k.id != id);
                    known.push(Known { id, need: *need, offer: *offer, agreed: false, over: false });
                }
            }
            Step::Answer { agree } => {
                if let Some(open) = known.iter_mut().find(|k| !k.agreed && !k.over) {
                    let me = &members[owner(open.offer)];
                    let at = version(&house, me, open.id).await;
                    // Nobody agrees for the other side.
                    let asker = &members[owner(open.need)];
                    assert!(house.app.answer_introduction(asker, open.id, at, true, "").await.is_err());
                    if house.app.answer_introduction(me, open.id, at, *agree, "不合适").await.is_ok() {
                        (open.agreed, open.over) = (*agree, !*agree);
                    }
                }
            }
            Step::End => {
                if let Some(open) = known.iter_mut().find(|k| k.agreed && !k.over) {
                    let me = &members[owner(open.need)];
                    let at = version(&house, me, open.id).await;
                    house.app.end_introduction(me, open.id, at, "已签约").await.unwrap();
                    open.over = true;
                }
            }
        }
        check(&house, &members, &levels, &known, &step).await;
    }
}

async fn check(house: &House, members: &[Actor], levels: &[Visibility], known: &[Known], step: &Step) {
    let agreed: HashMap<(usize, usize), bool> =
        known.iter().filter(|k| k.agreed && !k.over).map(|k| ((owner(k.need), k.offer), true)).collect();
    for (index, member) in members.iter().enumerate() {
        for (offer, (id, _)) in house.offers.iter().enumerate() {
            let card = house.app.offer(member, *id).await;
            let text = format!("{card:?}");
            let mine = owner(offer) == index;
            let partner = agreed.contains_key(&(index, offer)) && levels[offer] <= Visibility::Counterparties;
            let (price, phone) = &house.offer_secrets[offer];
            assert_eq!(
                text.contains(price),
                mine || partner,
                "after {step:?}: member {index}, offer {offer}, price"
            );
            assert_eq!(
                text.contains(phone),
                mine || partner,
                "after {step:?}: member {index}, offer {offer}, phone"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 20, ..ProptestConfig::default() })]

    #[test]
    fn prices_follow_levels_and_consent(steps in prop::collection::vec(step(), 4..14)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(run(steps));
    }
}
