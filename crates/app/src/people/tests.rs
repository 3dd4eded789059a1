//! Coming in, staying, and being shown out.

use super::{AccountChange, NewAccount, NewInvitation, NewToken, Repeated};
use crate::{Actor, App, Clock, Code, InputFile, InvitationState, Office, Role};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

const PASSWORD: &str = "correct-horse-7";
const CODE: &str = "91350100M000100Y43";

async fn opened() -> (App, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let app = at(&folder, 0).await;
    (app, folder)
}

/// The same database, so many hours later.
async fn at(folder: &TempDir, hours: i64) -> App {
    let now = Timestamp::from_millisecond(1_795_000_000_000).unwrap() + SignedDuration::from_hours(hours);
    App::open(&folder.path().join("a.db").to_string_lossy(), Clock::Fixed(now)).await.unwrap()
}

async fn account(app: &App, name: &str, office: Office) -> i64 {
    let new = NewAccount {
        name: name.to_owned(),
        office: Some(office),
        password: Some(PASSWORD.to_owned()),
        ..NewAccount::default()
    };
    app.add_account(&Actor::local(), &new).await.unwrap()
}

async fn version(app: &App, id: i64) -> i64 {
    app.accounts(&Actor::local()).await.unwrap().into_iter().find(|a| a.id == id).unwrap().version
}

#[tokio::test]
async fn signing_in_and_out() {
    let (app, folder) = opened().await;
    assert!(app.is_new().await.unwrap());
    let id = account(&app, "李四海", Office::Secretariat).await;
    assert!(!app.is_new().await.unwrap());
    let one = app.sign_in(" 李四海 ", PASSWORD, "10.0.0.1").await.unwrap();
    let two = app.sign_in("李四海", PASSWORD, "10.0.0.1").await.unwrap();
    assert_eq!(one.token.len(), 64);
    assert_ne!(one.token, two.token, "a new token at each sign-in");
    let who = app.signed_in(&one.token).await.unwrap().unwrap();
    assert_eq!((who.actor.name.as_str(), who.actor.account), ("李四海", Some(id)));
    assert_eq!(who.actor.role, Role::Secretariat);
    for nobody in ["", "x", &"0".repeat(64)] {
        assert_eq!(app.signed_in(nobody).await.unwrap(), None);
    }
    app.sign_out(&one.token).await.unwrap();
    app.sign_out(&one.token).await.unwrap();
    assert_eq!(app.signed_in(&one.token).await.unwrap(), None);
    // Idle for 12 hours, or 30 days old: ended.
    assert!(at(&folder, 11).await.signed_in(&two.token).await.unwrap().is_some());
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(at(&folder, 20).await.signed_in(&two.token).await.unwrap().is_some(), "its use was noted");
    assert_eq!(at(&folder, 60).await.signed_in(&two.token).await.unwrap(), None);
    // Closing the account ends what is left.
    let three = app.sign_in("李四海", PASSWORD, "10.0.0.1").await.unwrap();
    let close = AccountChange { active: Some(false), ..AccountChange::default() };
    app.set_account(&Actor::local(), id, version(&app, id).await, &close).await.unwrap();
    assert_eq!(app.signed_in(&three.token).await.unwrap(), None);
    assert_eq!(app.sign_in("李四海", PASSWORD, "10.0.0.9").await.unwrap_err().code, Code::SignIn);
    assert_eq!(app.actor(Some("李四海")).await.unwrap_err().code, Code::NotFound);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_written_down() {
    let (app, _folder) = opened().await;
    account(&app, "wang", Office::Bureau).await;
    let wrong = app.sign_in("wang", "wrong-horse-7", "10.0.0.1").await.unwrap_err();
    let unknown = app.sign_in("hunter2-typed-here", "x", "10.0.0.1").await.unwrap_err();
    assert_eq!((wrong.code, &wrong.message), (unknown.code, &unknown.message));
    for _ in 0..4 {
        assert_eq!(app.sign_in("wang", "x", "10.0.0.1").await.unwrap_err().code, Code::SignIn);
    }
    let locked = app.sign_in("wang", PASSWORD, "10.0.0.2").await.unwrap_err();
    assert_eq!(locked.code, Code::TooMany);
    assert!(locked.message.contains("seconds"), "{locked}");
    let audit = app.store.audit(1, 100).await.unwrap();
    let refused: Vec<_> = audit.iter().filter(|e| e.action == "session.refuse").collect();
    assert_eq!(refused.len(), 6);
    assert!(refused[0].detail.contains("10.0.0.1") && refused[0].object == "user/wang");
    assert_eq!((refused[1].actor.as_str(), refused[1].object.as_str()), ("?", "user/?"));
    assert!(refused[5].detail.contains("\"locked\":true"), "{}", refused[5].detail);
    for entry in &audit {
        for secret in [PASSWORD, "wrong-horse-7", "hunter2", "argon2"] {
            assert!(!format!("{entry:?}").contains(secret), "{entry:?}");
        }
    }
}

#[tokio::test]
async fn a_new_password_ends_other_sessions() {
    let (app, _folder) = opened().await;
    let id = account(&app, "zhao", Office::Auditor).await;
    let here = app.sign_in("zhao", PASSWORD, "a").await.unwrap();
    let there = app.sign_in("zhao", PASSWORD, "b").await.unwrap();
    let actor = app.actor(Some("zhao")).await.unwrap();
    let wrong = app.change_password(&actor, &here.token, "x", "new-horse-8").await.unwrap_err();
    assert_eq!(wrong.code, Code::SignIn);
    let weak = app.change_password(&actor, &here.token, PASSWORD, "Zhao-2026").await.unwrap_err();
    assert_eq!(weak.code, Code::BadInput);
    app.change_password(&actor, &here.token, PASSWORD, "new-horse-8").await.unwrap();
    assert!(app.signed_in(&here.token).await.unwrap().is_some());
    assert_eq!(app.signed_in(&there.token).await.unwrap(), None);
    assert!(app.sign_in("zhao", PASSWORD, "a").await.is_err());
    // The administrator's reset: the old password ends, the link sets one.
    let token = app.reset_password(&Actor::local(), id).await.unwrap();
    assert_eq!(app.signed_in(&here.token).await.unwrap(), None);
    assert!(app.sign_in("zhao", "new-horse-8", "a").await.is_err());
    let link = app.invitation(&token).await.unwrap();
    assert!(link.for_password && link.name == "zhao" && link.state == InvitationState::Open);
    let session = app.accept_invitation(&token, "ignored", "third-horse-9").await.unwrap();
    assert_eq!(app.signed_in(&session.token).await.unwrap().unwrap().actor.name, "zhao");
    let used = app.accept_invitation(&token, "", "third-horse-9").await.unwrap_err();
    assert_eq!(used.code, Code::Conflict);
    assert_eq!(app.change_password(&Actor::local(), "", "x", "y").await.unwrap_err().code, Code::NotFound);
}

#[tokio::test]
async fn tokens_act_as_their_account_and_no_further() {
    let (app, folder) = opened().await;
    account(&app, "li", Office::Secretariat).await;
    account(&app, "wang", Office::Secretariat).await;
    let (li, wang) = (app.actor(Some("li")).await.unwrap(), app.actor(Some("wang")).await.unwrap());
    let new = |may_write, days| NewToken { name: "报表".to_owned(), may_write, days };
    let (id, token) = app.create_token(&li, &new(false, 1)).await.unwrap();
    assert!(token.starts_with("yulin_") && token.len() == 70);
    let who = app.bearer(&token).await.unwrap().unwrap();
    assert!(who.actor.read_only && who.actor.name == "li");
    assert_eq!(app.create_token(&who.actor, &new(true, 1)).await.unwrap_err().code, Code::NotAllowed);
    let session = app.sign_in("li", PASSWORD, "a").await.unwrap();
    assert_eq!(app.bearer(&session.token).await.unwrap(), None, "a session is no token");
    assert_eq!(app.signed_in(&token).await.unwrap(), None, "a token is no session");
    assert_eq!(at(&folder, 25).await.bearer(&token).await.unwrap(), None, "it ran out");
    assert_eq!(app.revoke_token(&wang, id).await.unwrap_err().code, Code::NotFound);
    assert!(app.tokens(&wang).await.unwrap().is_empty());
    app.revoke_token(&li, id).await.unwrap();
    assert_eq!(app.bearer(&token).await.unwrap(), None);
    assert!(app.tokens(&li).await.unwrap()[0].revoked);
    for days in [0, 367] {
        assert_eq!(app.create_token(&li, &new(true, days)).await.unwrap_err().fields[0].0, "days");
    }
    for _ in 0..20 {
        app.create_token(&li, &new(true, 366)).await.unwrap();
    }
    assert_eq!(app.create_token(&li, &new(true, 366)).await.unwrap_err().code, Code::Conflict);
}

fn invitation(office: Office, enterprise: Option<i64>) -> NewInvitation {
    NewInvitation { office, enterprise, name: "采购部".to_owned(), email: String::new(), days: 7 }
}

#[tokio::test]
async fn a_member_comes_in_by_a_link_and_claims_its_enterprise() {
    let (app, folder) = opened().await;
    account(&app, "秘书李", Office::Secretariat).await;
    let li = app.actor(Some("秘书李")).await.unwrap();
    let above = app.invite(&li, &invitation(Office::Administrator, None), "").await.unwrap_err();
    assert_eq!(above.code, Code::NotAllowed);
    let invited = app.invite(&li, &invitation(Office::Member, None), "").await.unwrap();
    assert_eq!(app.invitation("nothing").await.unwrap_err().code, Code::NotFound);
    let late = at(&folder, 8 * 24).await;
    assert_eq!(
        late.accept_invitation(&invited.token, "zhao", PASSWORD).await.unwrap_err().code,
        Code::Conflict
    );
    let taken = app.accept_invitation(&invited.token, "秘书李", PASSWORD).await.unwrap_err();
    assert_eq!((taken.code, taken.fields[0].0.as_str()), (Code::Conflict, "name"));
    let session = app.accept_invitation(&invited.token, "zhao", PASSWORD).await.unwrap();
    let zhao = app.signed_in(&session.token).await.unwrap().unwrap().actor;
    assert_eq!(zhao.role, Role::Member { enterprise: None });

    let wrong = app.claim(&zhao, "91350100M000100Y44", "某公司", "").await.unwrap_err();
    assert_eq!((wrong.code, wrong.fields[0].0.as_str()), (Code::BadInput, "uscc"));
    let id = app.claim(&zhao, " 91350100m000100y43 ", "福州某公司", "营业执照已发群里").await.unwrap();
    assert_eq!(app.claim(&zhao, CODE, "福州某公司", "").await.unwrap_err().code, Code::Conflict);
    assert_eq!(app.inbox(&li, None, 9).await.unwrap()[0].kind, "claim.open");
    let seen = app.claims(&li).await.unwrap().remove(0);
    assert_eq!((seen.enterprise, seen.accounts, seen.uscc.as_str()), (None, 0, CODE));
    assert_eq!(app.decide_claim(&li, id, false, " ").await.unwrap_err().code, Code::BadInput);
    app.decide_claim(&li, id, false, "请盖章").await.unwrap();
    assert_eq!(app.my_claim(&zhao).await.unwrap().unwrap().reason.as_deref(), Some("请盖章"));
    let id = app.claim(&zhao, CODE, "福州某公司", "").await.unwrap();
    app.decide_claim(&li, id, true, "").await.unwrap();
    assert_eq!(app.decide_claim(&li, id, true, "").await.unwrap_err().code, Code::Conflict);
    let who = app.signed_in(&session.token).await.unwrap().unwrap();
    assert_eq!(who.actor.enterprise(), Some(CODE));
    assert_eq!((who.enterprise_name.as_deref(), who.unread), (Some("福州某公司"), 2));
    assert_eq!(app.claims(&li).await.unwrap()[0].accounts, 1);
    assert_eq!(app.claim(&who.actor, CODE, "x", "").await.unwrap_err().code, Code::Conflict);

    // A second person of the same enterprise is let in to the same one.
    let invited = app.invite(&li, &invitation(Office::Member, None), "").await.unwrap();
    app.accept_invitation(&invited.token, "qian", PASSWORD).await.unwrap();
    let qian = app.actor(Some("qian")).await.unwrap();
    let id = app.claim(&qian, CODE, "别的名字", "").await.unwrap();
    assert_eq!(app.claims(&li).await.unwrap()[0].enterprise.as_ref().unwrap().1, "福州某公司");
    app.decide_claim(&li, id, true, "").await.unwrap();
    assert_eq!(app.store.enterprises().await.unwrap().len(), 1);
    assert_eq!(app.remind(&li, &[1]).await.unwrap(), 2);
    assert!(app.store.check().await.unwrap().is_sound());
}

#[tokio::test]
async fn a_workbook_of_members_becomes_a_workbook_of_links() {
    let (app, _folder) = opened().await;
    let local = Actor::local();
    let file = |text: &str| InputFile { name: "名单.csv".to_owned(), bytes: text.as_bytes().to_vec() };
    let bad = file("企业名称,统一社会信用代码,邮箱\n甲公司,91350100M000100Y44,\n乙公司,,b@example.com\n");
    let error = app.invite_workbook(&local, &bad, "https://x").await.unwrap_err();
    assert!(error.message.contains("名单!B2"), "{error}");
    let bad = file("企业名称,邮箱\n甲公司,a@example.com\n乙公司,b@@example\n");
    let error = app.invite_workbook(&local, &bad, "https://x").await.unwrap_err();
    assert!(error.message.contains("名单!B3"), "{error}");
    assert!(app.invitations(&local).await.unwrap().is_empty(), "all rows or none");

    let good = file("企业名称,统一社会信用代码,联系人\n=甲公司,91350100M000100Y43,张三\n乙公司,,\n");
    let (invited, book) = app.invite_workbook(&local, &good, "https://yulin.example.com/").await.unwrap();
    assert_eq!(invited.len(), 2);
    let sheets = exchange::sheet::read(&book, "a.xlsx", &exchange::sheet::ReadOptions::default()).unwrap();
    let link = sheets[0].rows[1].cells.last().unwrap().value.text().into_owned();
    assert_eq!(link, format!("https://yulin.example.com/join/{}", invited[0].token));
    assert_eq!(app.invitation(&invited[0].token).await.unwrap().name, "=甲公司 张三");
    app.revoke_invitation(&local, invited[1].id).await.unwrap();
    assert_eq!(app.revoke_invitation(&local, invited[1].id).await.unwrap_err().code, Code::Conflict);
    let used = app.accept_invitation(&invited[1].token, "x", PASSWORD).await.unwrap_err();
    assert_eq!(used.code, Code::Conflict);
}

#[tokio::test]
async fn accounts_are_kept_in_order() {
    let (app, _folder) = opened().await;
    let local = Actor::local();
    let admin = account(&app, "admin", Office::Administrator).await;
    let liu = account(&app, "liu", Office::Commissioner).await;
    account(&app, "秘书李", Office::Secretariat).await;
    for (name, email, office, field) in [
        (" ", "", Some(Office::Bureau), "name"),
        ("local", "", Some(Office::Bureau), "name"),
        ("a\tb", "", Some(Office::Bureau), "name"),
        ("wang", "w@x", Some(Office::Bureau), "email"),
        ("wang", "a@b.c,d@e.f", Some(Office::Bureau), "email"),
        ("wang", "", None, "office"),
    ] {
        let new = NewAccount { name: name.into(), email: email.into(), office, ..NewAccount::default() };
        let error = app.add_account(&local, &new).await.unwrap_err();
        assert_eq!((error.code, error.fields[0].0.as_str()), (Code::BadInput, field), "{name:?} {email:?}");
    }
    let demote = AccountChange { office: Some(Office::Bureau), ..AccountChange::default() };
    let last = app.set_account(&local, admin, 1, &demote).await.unwrap_err();
    assert_eq!(last.code, Code::Conflict);
    assert_eq!(app.set_account(&local, liu, 9, &demote).await.unwrap_err().code, Code::Conflict);
    assert_eq!(app.set_account(&local, 99, 1, &demote).await.unwrap_err().code, Code::NotFound);

    let names: Vec<String> = {
        let li = app.actor(Some("秘书李")).await.unwrap();
        assert_eq!(app.set_account(&li, liu, 1, &demote).await.unwrap_err().code, Code::NotAllowed);
        assert_eq!(app.assign(&li, admin, &[]).await.unwrap_err().code, Code::BadInput);
        assert_eq!(app.assign(&li, liu, &[7]).await.unwrap_err().code, Code::NotFound);
        app.accounts(&li).await.unwrap().into_iter().map(|a| a.name).collect()
    };
    assert_eq!(names, ["liu"], "the secretariat sees members and commissioners only");
    let me = app.me(&app.actor(Some("liu")).await.unwrap()).await.unwrap();
    assert_eq!((me.office, me.can_sign_in), (Office::Commissioner, true));
    assert_eq!(app.me(&local).await.unwrap_err().code, Code::NotFound);
    assert!(app.demo_accounts().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_request_sent_twice_is_answered_alike() {
    let (app, folder) = opened().await;
    account(&app, "li", Office::Secretariat).await;
    let li = app.actor(Some("li")).await.unwrap();
    assert_eq!(app.earlier_answer(&li, "k", "r").await.unwrap(), None);
    assert_eq!(app.earlier_answer(&li, "k", "r").await.unwrap_err().code, Code::Conflict);
    let answer = Repeated { status: 201, content_type: "application/json".into(), body: "{}".into() };
    app.keep_answer(&li, "k", &answer).await.unwrap();
    assert_eq!(app.earlier_answer(&li, "k", "r").await.unwrap(), Some(answer));
    assert_eq!(app.earlier_answer(&li, "k", "other").await.unwrap_err().code, Code::BadInput);
    assert_eq!(at(&folder, 25).await.earlier_answer(&li, "k", "other").await.unwrap(), None);
}
