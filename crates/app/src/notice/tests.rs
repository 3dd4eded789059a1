//! The inbox and the ways out, over real sockets.

#[path = "../../../notify/tests/ways/servers.rs"]
mod servers;

use super::{HookConfig, To};
use crate::testing::opened;
use crate::{Actor, App, Clock, Code, NewAccount, Office};
use servers::{answering, http, smtp};
use std::net::TcpListener;

const MINUTE_MS: i64 = 60_000;

async fn account(app: &App, name: &str, office: Office, email: &str) -> i64 {
    let new = NewAccount {
        name: name.to_owned(),
        office: Some(office),
        email: email.to_owned(),
        ..NewAccount::default()
    };
    app.add_account(&Actor::local(), &new).await.unwrap()
}

fn robot(url: &str) -> HookConfig {
    HookConfig::Webhook { url: url.to_owned(), form: "json".to_owned(), secret: "SECgeheim".to_owned() }
}

fn mail(port: u16) -> HookConfig {
    HookConfig::Smtp {
        host: "127.0.0.1".to_owned(),
        port,
        security: "none".to_owned(),
        user: "yulin".to_owned(),
        password: "geheim".to_owned(),
        from: "yulin@example.com".to_owned(),
    }
}

fn partner(enterprise: i64, base: &str, secret: &str) -> HookConfig {
    HookConfig::Partner {
        enterprise,
        base: base.to_owned(),
        auth: String::new(),
        token_endpoint: String::new(),
        client: "yulin".to_owned(),
        secret: secret.to_owned(),
    }
}

/// A request for footprints, as a partner sends it.
fn wanted(id: &str, source: &str) -> serde_json::Value {
    serde_json::json!({
        "type": "org.wbcsd.pact.ProductFootprint.RequestCreatedEvent.3", "specversion": "1.0", "id": id, "source": source,
        "time": "2026-11-01T00:00:00Z", "data": { "productId": ["urn:x:none"], "status": "Active" },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_footprints_is_answered_at_the_registered_partner() {
    let (app, _folder) = opened(Clock::china()).await;
    let local = Actor::local();
    app.set_base("https://yulin.example.com/");
    app.name_cluster(&local, "试验集群", "360800").await.unwrap();
    let sheet = crate::InputFile {
        name: "需求.csv".to_owned(),
        bytes: "企业名称,统一社会信用代码,所在县区,需求产品名称,规格型号,数量,目前供应商,联系人,手机\n\
            虚构甲厂有限公司,,泰和县,显示屏面罩,精度±0.05mm,5万片/月,,李四,000-87654321\n\
            虚构乙厂有限公司,,万安县,显示屏面罩,精度±0.05mm,5万片/月,,王五,000-11112222\n"
            .into(),
    };
    let report = app.import(&local, vec![sheet], &crate::ImportOptions::default(), &|_, _, _| {}).await;
    assert!(report.unwrap().stored);
    let mut firms = app.enterprises(&local, &crate::EnterpriseQuery::default()).await.unwrap().rows;
    firms.sort_by_key(|firm| firm.enterprise.name.contains("乙厂"));
    for (name, firm) in [("甲", &firms[0]), ("乙", &firms[1])] {
        let new = NewAccount {
            name: name.to_owned(),
            office: Some(Office::Member),
            enterprise: Some(firm.id),
            ..NewAccount::default()
        };
        app.add_account(&local, &new).await.unwrap();
    }
    let (one, other) = (app.actor(Some("甲")).await.unwrap(), app.actor(Some("乙")).await.unwrap());

    // It takes an event at the second try.
    let tries = std::sync::atomic::AtomicU32::new(0);
    let (base, requests) =
        answering(TcpListener::bind("127.0.0.1:0").unwrap(), move |request| {
            match request.line.split(' ').nth(1).unwrap() {
                "/pact/auth/token" => (200, r#"{"access_token":"T1"}"#.to_owned()),
                "/pact/3/events" if tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 => {
                    (503, String::new())
                }
                "/pact/3/events" => (200, String::new()),
                _ => (404, String::new()),
            }
        });
    let base = format!("{base}/pact");
    let source = format!("{}/3/events", base.strip_prefix("http:").unwrap());
    // Nobody is registered yet, and plain HTTP to another machine is no way for a secret.
    let refused = app.pcf_event(&one, &wanted("r1", &source)).await.unwrap_err();
    assert!(refused.code == Code::BadInput && refused.message.starts_with("source:"), "{refused}");
    let unsafe_one = partner(firms[0].id, "http://pact.example", "geheim");
    assert_eq!(app.save_hook(&local, None, "伙伴", &unsafe_one, true).await.unwrap_err().fields[0].0, "base");
    let id = app.save_hook(&local, None, "伙伴", &partner(firms[0].id, &base, "geheim"), true).await.unwrap();
    let twin = app.save_hook(&local, None, "又一个", &partner(firms[0].id, &base, "geheim"), true).await;
    assert_eq!(twin.unwrap_err().fields[0].0, "base");

    // Neither another enterprise nor another place gets an answer.
    for (actor, source) in [(&other, source.as_str()), (&local, &source), (&one, "//evil.example/3/events")] {
        assert_eq!(app.pcf_event(actor, &wanted("r0", source)).await.unwrap_err().code, Code::BadInput);
    }
    assert!(app.outbox(&local, 10).await.unwrap().is_empty());
    for source in [&source, &source] {
        app.pcf_event(&one, &wanted("r1", source)).await.unwrap();
    }
    assert_eq!(app.outbox(&local, 10).await.unwrap().len(), 1, "the same request once more is answered once");

    let now = 1_795_000_000_000;
    assert_eq!(app.deliver_at(now).await.unwrap(), 0);
    let waiting = app.outbox(&local, 10).await.unwrap().remove(0);
    assert_eq!((waiting.state.as_str(), waiting.title.as_str()), ("waiting", "碳足迹请求 r1 的答复"));
    assert_eq!(waiting.error.as_deref(), Some("the partner refused it with code 503"));
    assert_eq!(app.deliver_at(now + MINUTE_MS).await.unwrap(), 1);
    let got: Vec<_> = requests.iter().filter(|request| request.line.contains("/3/events")).take(2).collect();
    assert_eq!(got[0].body, got[1].body, "a second try is the same event");
    assert!(got[1].headers.contains(&"authorization: bearer t1".to_owned()), "{:?}", got[1]);
    let event: serde_json::Value = serde_json::from_str(&got[1].body).unwrap();
    assert_eq!(event["type"], "org.wbcsd.pact.ProductFootprint.RequestRejectedEvent.3");
    assert_eq!(
        (event["specversion"].as_str(), event["data"]["requestEventId"].as_str()),
        (Some("1.0"), Some("r1"))
    );
    assert_eq!(event["source"], "//yulin.example.com/pact/3/events");
    assert_eq!(event["data"]["error"]["code"], "NotFound");
    assert!(event["time"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok() && event["id"].is_string());

    // The secret never comes out again, and stays only where it was meant to go.
    let hook = app.hooks(&local).await.unwrap().remove(0);
    assert_eq!(hook.config, partner(firms[0].id, &base, ""));
    assert_eq!(hook.enterprise.as_deref(), Some("虚构甲厂有限公司"));
    app.test_hook(&local, id, "").await.unwrap();
    let moved = partner(firms[0].id, "https://elsewhere.example", "");
    let error = app.save_hook(&local, Some((id, hook.version)), "伙伴", &moved, true).await.unwrap_err();
    assert_eq!(error.fields[0].0, "secret");
    app.save_hook(&local, Some((id, hook.version)), "伙伴", &hook.config, true).await.unwrap();
    app.test_hook(&local, id, "").await.unwrap();
    let audit = app.audit(&local, &crate::AuditFilter { limit: 100, ..crate::AuditFilter::default() }).await;
    assert!(!format!("{audit:?}").contains("geheim"));
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[tokio::test]
async fn everybody_meant_hears_once() {
    let (app, _folder) = opened(Clock::china()).await;
    let local = Actor::local();
    let admin = account(&app, "管理员甲", Office::Administrator, "").await;
    // Without a secretariat the administrator does its work.
    assert_eq!(app.notify("x", To::Office(Office::Secretariat), "一", "", "").await, 1);
    let li = account(&app, "秘书李", Office::Secretariat, "").await;
    assert_eq!(app.notify("x", To::Office(Office::Secretariat), "二", "正文", "/claims").await, 1);
    account(&app, "审计员甲", Office::Auditor, "").await;
    assert_eq!(app.notify("x", To::Everyone, "三", "", "").await, 2);
    assert_eq!(app.notify("x", To::Accounts(&[admin, 99]), "四", "", "").await, 1);
    assert_eq!(app.notify("x", To::Enterprise("nobody"), "五", "", "").await, 0);

    let actor = app.actor(Some("秘书李")).await.unwrap();
    assert_eq!(actor.account, Some(li));
    let inbox = app.inbox(&actor, None, 10).await.unwrap();
    let titles: Vec<&str> = inbox.iter().map(|m| m.title.as_str()).collect();
    assert_eq!(titles, ["三", "二"]);
    assert_eq!((inbox[1].link.as_str(), inbox[1].read), ("/claims", false));
    app.mark_read(&actor, &[]).await.unwrap();
    assert!(app.inbox(&actor, None, 10).await.unwrap().iter().all(|m| m.read));
    assert!(app.inbox(&local, None, 10).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_go_out_goes_out_later_and_once() {
    let (app, _folder) = opened(Clock::china()).await;
    let local = Actor::local();
    app.set_base("https://yulin.example.com/");
    account(&app, "秘书李", Office::Secretariat, "li@example.com").await;
    account(&app, "秘书王", Office::Secretariat, "wang@example.com").await;
    account(&app, "工信局甲", Office::Bureau, "").await;
    let (mail_port, robot_port) = (free_port(), free_port());
    app.save_hook(&local, None, "邮件", &mail(mail_port), true).await.unwrap();
    let url = format!("http://127.0.0.1:{robot_port}/send?key=geheim");
    app.save_hook(&local, None, "秘书处群", &robot(&url), true).await.unwrap();

    app.notify("claim.open", To::Office(Office::Secretariat), "有企业认领待审核", "请核对。", "/claims")
        .await;
    // Nobody is there: all wait, and longer each time.
    let now = 1_795_000_000_000;
    assert_eq!(app.deliver_at(now).await.unwrap(), 0);
    assert_eq!(app.deliver_at(now + MINUTE_MS - 1).await.unwrap(), 0);
    assert_eq!(app.deliver_at(now + MINUTE_MS).await.unwrap(), 0);
    let waiting = app.outbox(&local, 10).await.unwrap();
    assert_eq!(waiting.len(), 3);
    for letter in &waiting {
        assert_eq!((letter.state.as_str(), letter.attempts), ("waiting", 2));
        assert_eq!(letter.next_ms, now + 3 * MINUTE_MS);
        assert!(letter.error.as_ref().unwrap().contains("cannot be reached"));
    }
    let hooks = app.hooks(&local).await.unwrap();
    assert_eq!((hooks[0].waiting, hooks[1].waiting), (2, 1));

    // A program that starts anew finds the queue; both sides are there by now.
    let mails = smtp(TcpListener::bind(("127.0.0.1", mail_port)).unwrap(), None);
    let (_, requests) = http(TcpListener::bind(("127.0.0.1", robot_port)).unwrap(), 200, "");
    let again = App::open(&app.location(), Clock::china()).await.unwrap();
    assert_eq!(again.deliver_at(now + 3 * MINUTE_MS).await.unwrap(), 3);
    assert_eq!(again.deliver_at(now + 999 * MINUTE_MS).await.unwrap(), 0);
    let mut receivers: Vec<String> = (0..2)
        .map(|_| mails.recv().unwrap().0.into_iter().find(|c| c.starts_with("RCPT")).unwrap())
        .collect();
    receivers.sort();
    assert_eq!(receivers, ["RCPT TO:<li@example.com>", "RCPT TO:<wang@example.com>"]);
    let request = requests.recv().unwrap();
    assert!(request.body.contains("https://yulin.example.com/claims"), "{}", request.body);
    assert!(request.headers.iter().any(|header| header.starts_with("content-type: application/json")));
    assert!(mails.try_recv().is_err() && requests.try_recv().is_err(), "nothing goes out twice");
    let sent = again.outbox(&local, 10).await.unwrap();
    assert!(sent.iter().all(|letter| letter.state == "sent" && letter.title == "有企业认领待审核"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_empty_the_queue_at_once_send_it_once() {
    let (app, _folder) = opened(Clock::china()).await;
    let app = std::sync::Arc::new(app);
    let local = Actor::local();
    let (address, requests) = http(TcpListener::bind("127.0.0.1:0").unwrap(), 200, "");
    app.save_hook(&local, None, "群", &robot(&address), true).await.unwrap();
    for n in 0..5 {
        app.notify("x", To::Everyone, &format!("{n}"), "", "").await;
    }
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let app = app.clone();
            tokio::spawn(async move { app.deliver().await.unwrap() })
        })
        .collect();
    let mut sent = 0;
    for task in tasks {
        sent += task.await.unwrap();
    }
    sent += app.deliver().await.unwrap();
    assert_eq!(sent, 5);
    assert_eq!(requests.try_iter().count(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_given_up_in_the_end_or_at_once() {
    let (app, _folder) = opened(Clock::china()).await;
    let local = Actor::local();
    account(&app, "秘书李", Office::Secretariat, "li@example.com").await;
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let _mails = smtp(socket, Some(("RCPT", 550)));
    app.save_hook(&local, None, "邮件", &mail(port), true).await.unwrap();
    let url = format!("http://127.0.0.1:{}/", free_port());
    let robot_id = app.save_hook(&local, None, "群", &robot(&url), true).await.unwrap();
    app.notify("x", To::Everyone, "一", "二", "").await;
    let mut now = 1_795_000_000_000;
    app.deliver_at(now).await.unwrap();
    let mails = |all: Vec<crate::Delivery>| all.into_iter().find(|d| d.hook == "邮件").unwrap();
    let refused = mails(app.outbox(&local, 9).await.unwrap());
    // The receiver does not exist: no use to try again.
    assert_eq!((refused.state.as_str(), refused.attempts), ("failed", 1));
    for _ in 1..12 {
        now += 6 * 60 * MINUTE_MS;
        app.deliver_at(now).await.unwrap();
    }
    let given_up = app.outbox(&local, 9).await.unwrap().into_iter().find(|d| d.hook == "群").unwrap();
    assert_eq!((given_up.state.as_str(), given_up.attempts), ("failed", 12));
    assert_eq!(app.hooks(&local).await.unwrap().iter().map(|h| h.failed).collect::<Vec<_>>(), [1, 1]);
    app.delete_hook(&local, robot_id, 1).await.unwrap();
    assert_eq!(app.outbox(&local, 9).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_of_hooks_go_in_and_never_come_out() {
    let (app, _folder) = opened(Clock::china()).await;
    let local = Actor::local();
    let (address, requests) = http(TcpListener::bind("127.0.0.1:0").unwrap(), 500, "key=geheim");
    let host = address.trim_start_matches("http://").to_owned();
    let config = robot(&format!("{address}/send?key=geheim"));
    let id = app.save_hook(&local, None, "群", &config, true).await.unwrap();
    let shown = app.hooks(&local).await.unwrap().remove(0);
    let HookConfig::Webhook { url, secret, .. } = &shown.config else { panic!("{shown:?}") };
    assert_eq!((url.as_str(), secret.as_str()), (host.as_str(), ""));
    // What is shown can be saved again: the secrets stay.
    app.save_hook(&local, Some((id, 1)), "秘书处群", &shown.config, true).await.unwrap();
    let error = app.test_hook(&local, id, "").await.unwrap_err();
    assert_eq!(error.code, Code::Output);
    assert!(!error.message.contains("geheim") && error.message.contains("500"), "{error}");
    assert!(requests.recv().unwrap().line.contains("/send?key=geheim"));
    let stale = app.save_hook(&local, Some((id, 1)), "x", &shown.config, true).await.unwrap_err();
    assert_eq!(stale.code, Code::Conflict);

    let id = app.save_hook(&local, None, "邮件", &mail(25), false).await.unwrap();
    let HookConfig::Smtp { port, security, user, from, .. } = mail(26) else { panic!() };
    let elsewhere = HookConfig::Smtp {
        host: "other.example.com".to_owned(),
        port,
        security,
        user,
        password: String::new(),
        from,
    };
    app.save_hook(&local, Some((id, 1)), "邮件", &elsewhere, false).await.unwrap();
    let stored = app.store.hooks().await.unwrap().pop().unwrap();
    assert!(!stored.config.contains("geheim"), "a password does not follow to another machine");
    for (config, field) in [
        (robot("ftp://x"), "url"),
        (HookConfig::Webhook { url: address, form: "fax".to_owned(), secret: String::new() }, "form"),
        (mail(0), "port"),
    ] {
        let error = app.save_hook(&local, None, "x", &config, true).await.unwrap_err();
        assert_eq!((error.code, error.fields[0].0.as_str()), (Code::BadInput, field));
    }
    for entry in app.store.audit(1, 100).await.unwrap() {
        assert!(!entry.detail.contains("geheim"), "{entry:?}");
    }
}
