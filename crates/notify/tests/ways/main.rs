//! Letters over real sockets.

#![expect(clippy::unwrap_used, reason = "a test may unwrap: the failure message is the test's own")]

mod servers;

use notify::{Error, Form, Letter, MailServer, Partner, Robot, Security};
use serde_json::{Value, json};
use servers::{answering, http, smtp};
use std::net::TcpListener;

const NOW: i64 = 1_795_000_000_000;

fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

fn letter() -> Letter {
    Letter {
        to: "wang@example.com".to_owned(),
        kind: "claim.open".to_owned(),
        title: "有企业认领待审核".to_owned(),
        body: "请核对后批准或退回。".to_owned(),
        link: "http://10.0.0.1/claims".to_owned(),
    }
}

fn robot(url: String, form: Form, secret: &str) -> Robot {
    Robot { url, form, secret: secret.to_owned() }
}

const TEXT: &str = "有企业认领待审核\n请核对后批准或退回。\nhttp://10.0.0.1/claims";

#[test]
fn each_robot_gets_its_own_body() {
    let text = json!({ "msgtype": "text", "text": { "content": TEXT } });
    let plain = json!({ "kind": "claim.open", "title": "有企业认领待审核", "body": "请核对后批准或退回。", "link": "http://10.0.0.1/claims" });
    let feishu = json!({ "msg_type": "text", "content": { "text": TEXT } });
    for (form, answer, expect) in [
        (Form::Wecom, r#"{"errcode":0,"errmsg":"ok"}"#, text.clone()),
        (Form::Dingtalk, r#"{"errcode":0,"errmsg":"ok"}"#, text),
        (Form::Feishu, r#"{"code":0,"msg":"success","data":{}}"#, feishu),
        (Form::Json, "", plain),
    ] {
        let (address, requests) = http(listener(), 200, answer);
        robot(format!("{address}/send?key=k"), form, "").send(&letter(), NOW).unwrap();
        let request = requests.recv().unwrap();
        assert_eq!(request.line, "POST /send?key=k HTTP/1.1");
        assert!(request.headers.contains(&"content-type: application/json; charset=utf-8".to_owned()));
        assert_eq!(serde_json::from_str::<Value>(&request.body).unwrap(), expect);
    }
}

#[test]
fn dingtalk_and_feishu_are_signed() {
    let (address, requests) = http(listener(), 200, r#"{"errcode":0}"#);
    robot(format!("{address}/robot/send?access_token=t"), Form::Dingtalk, "SECabc")
        .send(&letter(), NOW)
        .unwrap();
    let line = requests.recv().unwrap().line;
    assert!(line.starts_with("POST /robot/send?access_token=t&timestamp=1795000000000&sign="), "{line}");
    assert!(!line.contains("SECabc"));

    let (address, requests) = http(listener(), 200, r#"{"StatusCode":0,"StatusMessage":"success"}"#);
    robot(address, Form::Feishu, "geheim").send(&letter(), NOW).unwrap();
    let body: Value = serde_json::from_str(&requests.recv().unwrap().body).unwrap();
    assert_eq!(body["timestamp"], "1795000000");
    assert_eq!(body["sign"].as_str().unwrap().len(), 44);
}

#[test]
fn a_robot_that_refuses_is_heard() {
    for (status, answer, code, for_good) in [
        (200, r#"{"errcode":93000,"errmsg":"invalid webhook url, key=geheim"}"#, 93000, false),
        (200, "<html>a portal", 200, false),
        (404, "", 404, false),
        (500, "", 500, false),
        (302, "", 302, false),
        (422, "", 422, true),
    ] {
        let (address, _requests) = http(listener(), status, answer);
        let url = format!("{address}/send?key=geheim");
        let error = robot(url, Form::Wecom, "").send(&letter(), NOW).unwrap_err();
        let Error::Refused { code: found, .. } = error else { panic!("{error}") };
        assert_eq!((found, error.is_for_good()), (code, for_good));
        assert!(!format!("{error} {error:?}").contains("geheim"), "{error:?}");
    }
}

#[test]
fn nobody_there_is_said_without_the_address() {
    let gone = listener().local_addr().unwrap();
    let error = robot(format!("http://{gone}/geheim"), Form::Json, "").send(&letter(), NOW).unwrap_err();
    assert_eq!(error, Error::Unreachable("the webhook"));
    assert_eq!(server(gone.port()).send(&letter()).unwrap_err(), Error::Unreachable("the mail server"));
    let error = robot("file:///etc/passwd".to_owned(), Form::Json, "").send(&letter(), NOW).unwrap_err();
    assert!(error.is_for_good());
}

fn partner(base: &str) -> Partner {
    Partner {
        base: format!("{base}/api"),
        auth: String::new(),
        token_endpoint: String::new(),
        client: "yulin".to_owned(),
        secret: "geheim".to_owned(),
    }
}

/// A partner's system: what it says of its token endpoint, the status of its answer to an event.
fn system(configuration: &'static str, status: u16) -> (String, std::sync::mpsc::Receiver<servers::Request>) {
    answering(listener(), move |request| match request.line.split(' ').nth(1).unwrap() {
        "/api/.well-known/openid-configuration" if configuration.is_empty() => (404, String::new()),
        "/api/.well-known/openid-configuration" => {
            let host = request.headers.iter().find_map(|header| header.strip_prefix("host: ")).unwrap();
            (200, configuration.replace("HERE", host))
        }
        "/api/auth/token" | "/api/oauth2" => {
            (200, r#"{"access_token":"T1","token_type":"Bearer"}"#.to_owned())
        }
        "/api/3/events" => (status, String::new()),
        _ => (404, String::new()),
    })
}

#[test]
fn a_partner_gets_an_event_with_a_token_of_its_own() {
    for (configuration, endpoint) in [
        ("", "/api/auth/token"),
        ("<html>a portal", "/api/auth/token"),
        (r#"{"token_endpoint": "http://HERE/api/oauth2"}"#, "/api/oauth2"),
    ] {
        let (base, requests) = system(configuration, 200);
        partner(&base).send(r#"{"id":"e1"}"#).unwrap();
        let [asked, token, event] = [(); 3].map(|()| requests.recv().unwrap());
        assert_eq!(asked.line, "GET /api/.well-known/openid-configuration HTTP/1.1");
        assert!(!asked.headers.iter().any(|header| header.starts_with("authorization")), "{asked:?}");
        assert_eq!(token.line, format!("POST {endpoint} HTTP/1.1"));
        assert_eq!(token.body, "grant_type=client_credentials");
        // Base64 of `yulin:geheim`; the listener writes headers in lower case.
        let basic = "authorization: basic eXVsaW46Z2VoZWlt".to_lowercase();
        assert!(token.headers.contains(&basic), "{token:?}");
        assert_eq!(
            (event.line.as_str(), event.body.as_str()),
            ("POST /api/3/events HTTP/1.1", r#"{"id":"e1"}"#)
        );
        assert!(event.headers.contains(&"authorization: bearer t1".to_owned()), "{event:?}");
        assert!(
            event.headers.contains(&"content-type: application/cloudevents+json; charset=utf-8".to_owned())
        );
    }
}

#[test]
fn a_partners_secret_goes_to_no_host_that_an_answer_names() {
    let (elsewhere, requests) = http(listener(), 200, r#"{"access_token":"T"}"#);
    let named: &'static str = format!(r#"{{"token_endpoint":"{elsewhere}/token"}}"#).leak();
    let (base, _at_partner) = system(named, 200);
    let error = partner(&base).send("{}").unwrap_err();
    assert!(matches!(error, Error::Unusable(_)) && !error.is_for_good(), "{error}");
    assert!(requests.try_recv().is_err(), "nobody was asked there");
    // What the administrator states is asked.
    Partner { token_endpoint: format!("{elsewhere}/token"), ..partner(&base) }.send("{}").unwrap();
    assert_eq!(requests.recv().unwrap().line, "POST /token HTTP/1.1");
}

#[test]
fn a_partner_that_refuses_is_asked_again_later() {
    for status in [400, 401, 302, 503] {
        let (base, _requests) = system("", status);
        let error = partner(&base).send("{}").unwrap_err();
        assert_eq!(error, Error::Refused { who: "the partner", code: i64::from(status), for_good: false });
    }
    let (base, _requests) = http(listener(), 401, r#"{"error":"invalid_client geheim"}"#);
    let error = partner(&base).token().unwrap_err();
    assert!(matches!(error, Error::Refused { code: 401, for_good: false, .. }), "{error}");
    assert!(!format!("{error} {error:?}").contains("geheim"), "{error:?}");
    let (base, _requests) = http(listener(), 200, r#"{"token_type":"Bearer"}"#);
    assert!(matches!(partner(&base).token().unwrap_err(), Error::Unusable(_)));
    let gone = listener().local_addr().unwrap();
    let error = partner(&format!("http://{gone}")).send("{}").unwrap_err();
    assert_eq!(error, Error::Unreachable("the partner's token endpoint"));
}

fn server(port: u16) -> MailServer {
    MailServer {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::None,
        user: "yulin".to_owned(),
        password: "geheim".to_owned(),
        from: "yulin@example.com".to_owned(),
    }
}

#[test]
fn a_mail_arrives_as_it_was_written() {
    let socket = listener();
    let port = socket.local_addr().unwrap().port();
    let mails = smtp(socket, None);
    server(port).send(&letter()).unwrap();
    let (commands, mail) = mails.recv().unwrap();
    assert!(commands.iter().any(|c| c.starts_with("AUTH PLAIN")), "{commands:?}");
    assert!(commands.contains(&"MAIL FROM:<yulin@example.com>".to_owned()), "{commands:?}");
    assert!(commands.contains(&"RCPT TO:<wang@example.com>".to_owned()), "{commands:?}");
    assert!(mail.contains("To: wang@example.com") && mail.contains("Subject: =?utf-8?b?"), "{mail}");
    // A title cannot smuggle in a header.
    let smuggling = Letter { title: "x\r\nBcc: b@example.com".to_owned(), ..letter() };
    server(port).send(&smuggling).unwrap();
    let (commands, mail) = mails.recv().unwrap();
    assert!(!mail.contains("\nBcc:"), "{mail}");
    assert_eq!(commands.iter().filter(|c| c.starts_with("RCPT")).count(), 1);
}

#[test]
fn a_mail_server_that_refuses_is_heard() {
    for (command, code, for_good) in
        [("RCPT", 550, true), ("RCPT", 451, false), ("AUTH", 535, false), ("MAIL", 421, false)]
    {
        let socket = listener();
        let port = socket.local_addr().unwrap().port();
        let _mails = smtp(socket, Some((command, code)));
        let error = server(port).send(&letter()).unwrap_err();
        let Error::Refused { code: found, .. } = error else { panic!("{command}: {error}") };
        assert_eq!((found, error.is_for_good()), (i64::from(code), for_good));
        assert!(!format!("{error} {error:?}").contains("example.com"), "{error:?}");
    }
    // No TLS there: nothing is sent in the open.
    let socket = listener();
    let port = socket.local_addr().unwrap().port();
    let mails = smtp(socket, None);
    let careful = MailServer { security: Security::StartTls, ..server(port) };
    assert!(careful.send(&letter()).is_err());
    assert!(mails.try_recv().is_err());
    let nobody = Letter { to: "nobody".to_owned(), ..letter() };
    assert!(server(port).send(&nobody).unwrap_err().is_for_good());
}
