//! Accounts and what belongs to them: on both databases.

use crate::databases::{Place, on_both};
use crate::sample::{FRAME, SCREEN, batch, by};
use model::enterprise::Enterprise;
use model::uscc::Uscc;
use store::{
    AuditFilter, By, ClaimDecision, Error, NewApiToken, NewInvite, NewMessage, NewUser, Store, UserChange,
};

const NOW: i64 = 1_795_000_000_000;
const HASH: &str = "$argon2id$geheim";

fn user(name: &str, role: &str, password: bool) -> NewUser {
    NewUser {
        name: name.to_owned(),
        role: role.to_owned(),
        password: password.then(|| HASH.to_owned()),
        ..NewUser::default()
    }
}

fn invite(token: &str, role: &str, enterprise: Option<i64>) -> NewInvite {
    NewInvite {
        token_sha256: token.to_owned(),
        role: role.to_owned(),
        enterprise,
        name: "采购部".to_owned(),
        email: "a@example.com".to_owned(),
        expires_ms: NOW + 10,
    }
}

fn message(title: &str) -> NewMessage {
    NewMessage {
        kind: "claim.open".to_owned(),
        title: title.to_owned(),
        body: "正文".to_owned(),
        link: "/claims".to_owned(),
    }
}

async fn enterprise(store: &Store, key: &str) -> i64 {
    store.enterprise(key).await.unwrap().id
}

/// The part of the story that is about accounts.
pub async fn accounts(store: &Store) {
    let admin = store.add_user(&user("admin", "administrator", true), &by("system")).await.unwrap();
    let again = store.add_user(&user("admin", "member", false), &by("system")).await.unwrap_err();
    assert!(matches!(again, Error::Exists { .. }), "{again}");
    let li = store.add_user(&user("li", "secretariat", false), &by("admin")).await.unwrap();
    assert_eq!((li.version, li.can_sign_in, admin.can_sign_in), (1, false, true));
    assert_eq!(store.password("admin").await.unwrap(), Some((admin.id, HASH.to_owned())));
    assert_eq!(store.password("li").await.unwrap(), None);
    assert_eq!(store.password("nobody").await.unwrap(), None);

    let screen = enterprise(store, SCREEN).await;
    let change = UserChange {
        role: Some("member".to_owned()),
        enterprise: Some(Some(screen)),
        active: Some(false),
        ..UserChange::default()
    };
    store.set_user(li.id, 1, &change, "administrator", &by("admin")).await.unwrap();
    let late = store.set_user(li.id, 1, &change, "administrator", &by("admin")).await.unwrap_err();
    assert!(matches!(late, Error::Conflict { expected: 1, found: 2, .. }), "{late}");
    let li = store.user("li").await.unwrap();
    assert_eq!((li.role.as_str(), li.active), ("member", false));
    assert_eq!(li.enterprise.as_ref().unwrap().key, SCREEN);
    let demote = UserChange { role: Some("auditor".to_owned()), ..UserChange::default() };
    let last = store.set_user(admin.id, 1, &demote, "administrator", &by("admin")).await.unwrap_err();
    assert!(last.to_string().contains("last administrator"), "{last}");
    assert_eq!(store.users().await.unwrap(), [admin.clone(), li]);
    assert_eq!(store.user_by_id(admin.id).await.unwrap(), admin);
    assert!(matches!(store.user("nobody").await, Err(Error::NotFound { .. })));
    assert!(matches!(store.set_user(99, 1, &demote, "x", &by("admin")).await, Err(Error::NotFound { .. })));
}

/// Something in every table of migration 5.
pub async fn everything(store: &Store) {
    let admin = store.add_user(&user("admin", "administrator", true), &by("system")).await.unwrap();
    let liu = store.add_user(&user("liu", "commissioner", false), &by("admin")).await.unwrap();
    let member = store.add_user(&user("zhao", "member", false), &by("admin")).await.unwrap();
    let (screen, frame) = (enterprise(store, SCREEN).await, enterprise(store, FRAME).await);
    store.assign(liu.id, &[frame, screen, frame], &by("admin")).await.unwrap();
    store.begin_session(admin.id, "s-1", NOW + 100, NOW - 100, "127.0.0.1", &by("admin")).await.unwrap();
    let token = NewApiToken {
        account: admin.id,
        name: "报表".to_owned(),
        token_sha256: "t-1".to_owned(),
        may_write: false,
        expires_ms: NOW + 100,
    };
    store.add_api_token(&token, 20, &by("admin")).await.unwrap();
    store
        .invite(&[invite("i-1", "member", Some(screen)), invite("i-2", "bureau", None)], &by("admin"))
        .await
        .unwrap();
    store.add_claim(member.id, "91360828MA35T4KX2B", "某公司", "", &by("zhao")).await.unwrap();
    let hook = store.add_hook("webhook", "群", "{\"url\":\"geheim\"}", true, &by("admin")).await.unwrap();
    store.send(&[admin.id], &message("认领"), &[(hook, "{}".to_owned())], &by("zhao")).await.unwrap();
    store.take_key(admin.id, "k", "r", (0, 0, NOW)).await.unwrap();
}

#[test]
fn people_come_in_and_go() {
    on_both(1, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        store.import(&batch(), |_, _| ()).await.unwrap();
        everything(&store).await;
        let admin = store.user("admin").await.unwrap();
        let keys: Vec<String> =
            store.assignments(None).await.unwrap().into_iter().map(|(_, e)| e.key).collect();
        let mut sorted = [SCREEN, FRAME];
        sorted.sort_unstable();
        assert_eq!(keys, sorted);

        sessions(&store, admin.id).await;
        tokens(&store, admin.id).await;
        invitations(&store).await;
        claims(&store).await;

        // Closing ends sessions and tokens; nothing of a secret is in the audit.
        let zhang = store.add_user(&user("zhang", "administrator", true), &by("admin")).await.unwrap();
        let close = UserChange { active: Some(false), ..UserChange::default() };
        let admin = store.user("admin").await.unwrap();
        store.set_user(admin.id, admin.version, &close, "administrator", &by("zhang")).await.unwrap();
        assert_eq!(store.session("s-4").await.unwrap(), None);
        assert!(store.api_tokens(admin.id).await.unwrap().iter().all(|t| t.revoked_ms.is_some()));
        let last = store.set_user(zhang.id, 1, &close, "administrator", &by("zhang")).await;
        assert!(matches!(last, Err(Error::Invalid { .. })));
        for entry in store.audit(1, 1000).await.unwrap() {
            for secret in [HASH, "geheim", "s-1", "t-1", "i-1", "argon2"] {
                assert!(!entry.detail.contains(secret), "{entry:?}");
            }
        }
        let report = store.check().await.unwrap();
        assert!(report.is_sound(), "{report:#?}");
    });
}

async fn sessions(store: &Store, admin: i64) {
    let session = store.session("s-1").await.unwrap().unwrap();
    assert_eq!((session.account.name.as_str(), session.unread), ("admin", 1));
    assert_eq!((session.created_ms, session.seen_ms, session.expires_ms), (NOW, NOW, NOW + 100));
    store.touch_session("s-1", NOW + 5).await.unwrap();
    assert_eq!(store.session("s-1").await.unwrap().unwrap().seen_ms, NOW + 5);
    assert_eq!(store.last_seen().await.unwrap()[&admin], NOW + 5);
    // Beginning one removes those that have run out or were left.
    store
        .begin_session(admin, "s-2", NOW + 900, NOW + 6, "127.0.0.1", &By::new("admin", NOW + 7))
        .await
        .unwrap();
    assert_eq!(store.session("s-1").await.unwrap(), None);
    store.begin_session(admin, "s-3", NOW + 900, NOW, "127.0.0.1", &By::new("admin", NOW + 7)).await.unwrap();
    // A new password leaves the session that set it.
    store.set_password(admin, HASH, Some("s-3"), &by("admin")).await.unwrap();
    assert_eq!(store.session("s-2").await.unwrap(), None);
    assert!(store.end_session("s-3", NOW).await.unwrap());
    assert!(!store.end_session("s-3", NOW).await.unwrap());
    store.begin_session(admin, "s-4", NOW + 900, NOW, "127.0.0.1", &by("admin")).await.unwrap();
}

async fn tokens(store: &Store, admin: i64) {
    let (token, account, unread) = store.api_token("t-1").await.unwrap().unwrap();
    assert_eq!((token.name.as_str(), account.name.as_str(), unread), ("报表", "admin", 1));
    store.touch_api_token(token.id, NOW + 9).await.unwrap();
    assert_eq!(store.api_tokens(admin).await.unwrap()[0].used_ms, Some(NOW + 9));
    assert!(matches!(
        store.revoke_api_token(admin + 1, token.id, &by("x")).await,
        Err(Error::NotFound { .. })
    ));
    let more = NewApiToken {
        account: admin,
        name: "二".to_owned(),
        token_sha256: "t-2".to_owned(),
        may_write: true,
        expires_ms: NOW + 5,
    };
    assert!(matches!(store.add_api_token(&more, 1, &by("admin")).await, Err(Error::Invalid { .. })));
    store.revoke_api_token(admin, token.id, &by("admin")).await.unwrap();
    assert_eq!(store.api_token("t-1").await.unwrap().unwrap().0.revoked_ms, Some(NOW));
    store.add_api_token(&more, 1, &by("admin")).await.unwrap();
}

async fn invitations(store: &Store) {
    assert_eq!(store.invitation("i-1").await.unwrap().enterprise.unwrap().key, SCREEN);
    let taken = store.accept_invitation("i-1", "admin", HASH, NOW).await.unwrap_err();
    assert!(matches!(taken, Error::Exists { .. }), "{taken}");
    let late = store.accept_invitation("i-1", "qian", HASH, NOW + 10).await.unwrap_err();
    assert!(late.to_string().contains("run out"), "{late}");
    let qian = store.accept_invitation("i-1", "qian", HASH, NOW).await.unwrap();
    assert_eq!((qian.role.as_str(), qian.can_sign_in), ("member", true));
    assert_eq!((qian.email.as_str(), qian.enterprise.unwrap().key.as_str()), ("a@example.com", SCREEN));
    let used = store.accept_invitation("i-1", "sun", HASH, NOW).await.unwrap_err();
    assert!(used.to_string().contains("used already"), "{used}");
    let bureau = store.invitation("i-2").await.unwrap();
    store.revoke_invitation(bureau.id, &by("admin")).await.unwrap();
    assert!(store.revoke_invitation(bureau.id, &by("admin")).await.is_err());
    assert!(store.accept_invitation("i-2", "sun", HASH, NOW).await.is_err());
    assert!(matches!(store.invitation("i-9").await, Err(Error::NotFound { .. })));

    store.reset_password(qian.id, "r-1", NOW + 10, &by("admin")).await.unwrap();
    assert!(!store.user("qian").await.unwrap().can_sign_in);
    store.reset_password(qian.id, "r-2", NOW + 10, &by("admin")).await.unwrap();
    assert!(store.accept_invitation("r-1", "", HASH, NOW).await.is_err(), "an earlier link stands no longer");
    assert_eq!(store.accept_invitation("r-2", "", HASH, NOW).await.unwrap().name, "qian");
    assert!(store.user("qian").await.unwrap().can_sign_in);
}

async fn claims(store: &Store) {
    let zhao = store.user("zhao").await.unwrap();
    let open = store.claims(Some(zhao.id)).await.unwrap().remove(0);
    assert_eq!((open.state.as_str(), open.account_name.as_str()), ("open", "zhao"));
    let twice = store.add_claim(zhao.id, "x", "x", "", &by("zhao")).await.unwrap_err();
    assert!(matches!(twice, Error::Exists { .. }), "{twice}");
    store.decide_claim(open.id, &ClaimDecision::Reject("不是".to_owned()), &by("li")).await.unwrap();
    let decided = store.decide_claim(open.id, &ClaimDecision::Approve(1), &by("li")).await.unwrap_err();
    assert!(decided.to_string().contains("rejected already"), "{decided}");

    let code = Uscc::parse("91350100M000100Y43").unwrap();
    let id = store.add_claim(zhao.id, code.as_str(), "新办公司", "", &by("zhao")).await.unwrap();
    let new = Enterprise::new(Some(code), "新办公司");
    let approve = ClaimDecision::ApproveNew(Box::new(new.clone()));
    assert_eq!(store.decide_claim(id, &approve, &by("li")).await.unwrap(), zhao.id);
    assert_eq!(store.enterprise(&new.key).await.unwrap().value, new);
    assert_eq!(store.user("zhao").await.unwrap().enterprise.unwrap().name, "新办公司");
    assert!(matches!(store.add_claim(zhao.id, "x", "x", "", &by("zhao")).await, Err(Error::Invalid { .. })));
    assert_eq!(store.claims(None).await.unwrap().len(), 2);
}

#[test]
fn letters_wait_until_they_are_taken() {
    on_both(1, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        store.import(&batch(), |_, _| ()).await.unwrap();
        everything(&store).await;
        let letter = store.due_letters(NOW, 9).await.unwrap().remove(0);
        assert_eq!((letter.hook_name.as_str(), letter.attempts), ("群", 0));
        store.letter_failed(letter.id, "-", "timed out", Some(NOW + 60), NOW).await.unwrap();
        assert!(store.due_letters(NOW + 59, 9).await.unwrap().is_empty());
        let queue = store.hook_queue(letter.hook).await.unwrap();
        assert_eq!((queue.waiting, queue.failed, queue.last_error.as_deref()), (1, 0, Some("timed out")));
        // A changed hook is tried again at once.
        let mut hook = store.hooks().await.unwrap().remove(0);
        assert!(!format!("{hook:?}").contains("geheim"));
        hook.name = "秘书处群".to_owned();
        store.set_hook(&hook, &by("admin")).await.unwrap();
        assert!(matches!(store.set_hook(&hook, &by("admin")).await, Err(Error::Conflict { .. })));
        assert_eq!(store.due_letters(NOW, 9).await.unwrap().len(), 1);
        store.letter_sent(letter.id, "{}", NOW).await.unwrap();
        assert!(store.due_letters(NOW, 9).await.unwrap().is_empty());
        let all = store.letters(9).await.unwrap();
        assert_eq!((all[0].state.as_str(), all[0].attempts, &all[0].error), ("sent", 2, &None));

        let admin = store.user("admin").await.unwrap();
        store.send(&[admin.id], &message("二"), &[(hook.id, "{}".to_owned())], &by("x")).await.unwrap();
        let second = store.due_letters(NOW, 9).await.unwrap().remove(0);
        store.letter_failed(second.id, "{}", "gone", None, NOW).await.unwrap();
        assert_eq!(store.hook_queue(hook.id).await.unwrap().failed, 1);
        store.clear_letters(NOW + 1).await.unwrap();
        assert!(store.letters(9).await.unwrap().is_empty());
        store.delete_hook(hook.id, 2, &by("admin")).await.unwrap();
        assert!(store.hooks().await.unwrap().is_empty());

        let titles =
            |messages: Vec<store::Message>| messages.into_iter().map(|m| m.title).collect::<Vec<_>>();
        let inbox = store.messages(admin.id, None, 9).await.unwrap();
        let newest = inbox[0].id;
        assert_eq!(titles(inbox), ["二", "认领"]);
        assert_eq!(titles(store.messages(admin.id, Some(newest), 9).await.unwrap()), ["认领"]);
        store.mark_read(admin.id + 1, &[newest], NOW).await.unwrap();
        assert_eq!(store.unread(admin.id).await.unwrap(), 2);
        store.mark_read(admin.id, &[newest], NOW).await.unwrap();
        assert_eq!(store.unread(admin.id).await.unwrap(), 1);
        store.mark_read(admin.id, &[], NOW).await.unwrap();
        assert_eq!(store.unread(admin.id).await.unwrap(), 0);
    });
}

#[test]
fn a_key_is_taken_once() {
    on_both(1, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        let account = store.add_user(&user("a", "member", false), &by("x")).await.unwrap().id;
        assert_eq!(store.take_key(account, "k", "r", (0, 0, NOW)).await.unwrap(), None);
        let busy = store.take_key(account, "k", "r", (0, NOW, NOW)).await.unwrap().unwrap();
        assert_eq!(busy.status, 0);
        store.free_key(account, "k").await.unwrap();
        assert_eq!(store.take_key(account, "k", "r", (0, 0, NOW)).await.unwrap(), None);
        store.keep_answer(account, "k", 201, "application/json", "{}").await.unwrap();
        let kept = store.take_key(account, "k", "r", (0, NOW + 1, NOW)).await.unwrap().unwrap();
        assert_eq!((kept.status, kept.body.as_str()), (201, "{}"));
        store.free_key(account, "k").await.unwrap();
        assert!(store.take_key(account, "k", "r", (0, 0, NOW)).await.unwrap().is_some(), "an answer stays");
        assert_eq!(store.take_key(account, "k", "r", (NOW + 1, 0, NOW)).await.unwrap(), None);
    });
}

#[test]
fn the_audit_is_asked_and_proved() {
    on_both(1, async |places: &[Place]| {
        let store = Store::open(&places[0].url).await.unwrap();
        assert_eq!(store.verify_audit().await.unwrap(), store::AuditChain::default());
        for (n, actor, action, object) in [
            (1, "li", "list.draft", "list/1"),
            (2, "li", "read.need", "need/12"),
            (3, "wang", "list.publish", "list/1"),
            (4, "wang", "list_x", "need/1_"),
        ] {
            store.audit_append(&By::new(actor, n), action, object, &serde_json::json!({})).await.unwrap();
        }
        let all = AuditFilter { limit: 9, ..AuditFilter::default() };
        let seqs = async |filter: AuditFilter| {
            let found = store.audit_entries(&filter).await.unwrap();
            found.into_iter().map(|e| e.seq).collect::<Vec<_>>()
        };
        assert_eq!(seqs(all.clone()).await, [4, 3, 2, 1]);
        assert_eq!(seqs(AuditFilter { limit: 2, before: Some(4), ..all.clone() }).await, [3, 2]);
        assert_eq!(seqs(AuditFilter { actor: "wang".into(), ..all.clone() }).await, [4, 3]);
        assert_eq!(seqs(AuditFilter { action: "list.".into(), ..all.clone() }).await, [3, 1]);
        assert_eq!(seqs(AuditFilter { object: "need/1_".into(), ..all.clone() }).await, [4]);
        assert_eq!(seqs(AuditFilter { from_ms: Some(2), until_ms: Some(4), ..all.clone() }).await, [3, 2]);
        let both = AuditFilter { actor: "li".into(), action: "list.".into(), object: "list/".into(), ..all };
        assert_eq!(seqs(both).await, [1]);

        let chain = store.verify_audit().await.unwrap();
        assert_eq!((chain.entries, chain.broken), (4, None));
        assert_eq!(chain.head, store.audit(4, 1).await.unwrap()[0].hash);
        let (drop, again) = if places[0].is_sqlite() {
            ("drop trigger audit_no_update", "")
        } else {
            ("alter table audit disable trigger user", "alter table audit enable trigger user")
        };
        places[0].tamper(drop).await.unwrap();
        places[0].tamper("update audit set actor = 'someone' where seq = 2").await.unwrap();
        if !again.is_empty() {
            places[0].tamper(again).await.unwrap();
        }
        let (seq, why) = store.verify_audit().await.unwrap().broken.unwrap();
        assert_eq!(seq, 2);
        assert!(why.contains("changed after it was written"), "{why}");
    });
}
