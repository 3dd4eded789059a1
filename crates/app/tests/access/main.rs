//! Who may see what: every use case with every role, over a real database in which each protected field holds its own marker.
//!
//! [`exercise`](acts::exercise) has one arm a use case and no catch-all: a use case without a case here does not compile.
//! [`source`] reads the crate's own text: every public method that takes an actor asks leave first.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod acts;
mod house;
mod random;
mod source;

use acts::{Arguments, exercise};
use app::{Act, Actor, Code};
use house::House;

/// No role gets another's protected marker out of any use case, whatever comes back: rows, cards, workbooks, errors.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_anothers_protected_field() {
    let names = House::new().await.people().await.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    for name in names {
        // Each with a house of its own, because some use cases change it.
        let house = House::new().await;
        let actor = house.people().await.into_iter().find(|(n, _)| *n == name).unwrap().1;
        let arguments = Arguments::of(&house);
        // First what reads, while everything still stands.
        let (reads, changes): (Vec<Act>, Vec<Act>) = Act::ALL.iter().partition(|act| !act.changes());
        let mut seen = String::new();
        for act in reads.into_iter().chain(changes) {
            for (what, outcome) in exercise(&house.app, &actor, act, &arguments).await {
                let text = match outcome {
                    Ok(text) => text,
                    Err(error) => {
                        let refused = error.code == Code::NotAllowed;
                        assert!(
                            !refused || !actor.may(act) || what.is_by_record(),
                            "{name} {act:?}: {error}"
                        );
                        format!("{error:?}")
                    }
                };
                for marker in &house.markers {
                    assert!(
                        marker.may_see(&actor, &house) || !text.contains(&marker.text),
                        "{name} got {marker:?} from {act:?}: {}",
                        around(&text, &marker.text)
                    );
                }
                seen.push_str(&text);
            }
        }
        // The markers are really there to be seen: whoever may see all of an enterprise has seen them.
        for marker in house.markers.iter().filter(|m| m.must_see(&actor, &house)) {
            assert!(seen.contains(&marker.text), "{name} never saw {marker:?}");
        }
    }
}

fn around(text: &str, marker: &str) -> String {
    let at = text.find(marker).unwrap_or(0);
    text.chars().skip(text[..at].chars().count().saturating_sub(160)).take(320).collect()
}

/// Who may not, gets `NotAllowed` and nothing is read or written: the database is closed, and it does not matter.
#[tokio::test(flavor = "multi_thread")]
async fn a_forbidden_act_is_refused_before_anything_is_read() {
    let house = House::new().await;
    let arguments = Arguments::of(&house);
    let people = house.people().await;
    house.app.close().await;
    let mut refused = 0;
    for (name, actor) in people {
        for act in Act::ALL.iter().copied().filter(|act| !actor.may(*act)) {
            for (_, outcome) in exercise(&house.app, &actor, act, &arguments).await {
                let code = outcome.map_err(|e| e.code);
                assert_eq!(code, Err(Code::NotAllowed), "{name} {act:?}");
                refused += 1;
            }
        }
    }
    assert!(refused > 200, "{refused}");
}

/// The bureau and the auditor change nothing but their own accounts, and a token that reads changes nothing at all.
#[test]
fn who_only_looks_changes_nothing() {
    let own = [Act::ChangePassword, Act::CreateToken, Act::RevokeToken, Act::MarkRead];
    for act in Act::ALL.iter().copied().filter(|act| act.changes() && !own.contains(act)) {
        for role in [app::Role::Bureau, app::Role::Auditor] {
            assert!(!Actor::new("x", role).may(act), "{act:?}");
        }
        let reading = Actor { read_only: true, ..Actor::local() };
        assert!(!reading.may(act), "{act:?}");
    }
}
