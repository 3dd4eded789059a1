//! What a stranger tries: over real sockets, against the real pages, on a real database.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod common;

use app::{Actor, AuditFilter, EnterpriseQuery, HookConfig, NewAccount, NewToken, Office};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use common::{HOME, Served, start, start_with};
use serde_json::{Value, json};
use server::Options;
use std::time::Duration;

/// Headers that stand on every answer of the routes, whatever it is.
const ALWAYS: [(&str, &str); 9] = [
    ("content-security-policy", "default-src 'none'"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("permissions-policy", "camera=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", ""),
    ("x-request-id", ""),
];

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let site = start().await;
    let session = site.sign_in("管理员").await;
    for (method, path, cookie, status) in [
        ("GET", "/health", "", 200),
        ("GET", "/ready", "", 200),
        ("GET", "/sign-in", "", 200),
        ("GET", "/", "", 303),
        ("GET", HOME, &*session, 200),
        ("GET", "/nowhere", &*session, 404),
        ("GET", "/assets/yulin.css", "", 200),
        ("GET", "/assets/none.js", "", 404),
        ("DELETE", "/sign-in", "", 405),
        ("POST", "/sign-out", &*session, 403),
        ("GET", "/join/unknown", "", 404),
    ] {
        let answer = site.ask(method, path, &[("cookie", cookie)], "").await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        for (name, begins) in ALWAYS {
            let value = answer.header(name).unwrap_or_else(|| panic!("{method} {path} lacks {name}"));
            assert!(value.starts_with(begins), "{method} {path}: {name}: {value}");
        }
        assert!(answer.header("server").is_none() && answer.header("strict-transport-security").is_none());
        assert!(!answer.body.contains("<script>") && !answer.body.contains(" style="), "{path}");
    }
}

#[tokio::test]
async fn a_signed_in_page_stays_in_no_cache_and_an_asset_does() {
    let site = start().await;
    let session = site.sign_in("管理员").await;
    let page = site.get(HOME, &session).await;
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let link = page.body.split("href=\"").find(|t| t.starts_with("/assets/yulin.css?v=")).unwrap();
    let link = link.split('"').next().unwrap();
    let css = site.get(link, "").await;
    assert_eq!(css.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let etag = css.header("etag").unwrap().to_owned();
    assert_eq!(site.ask("GET", link, &[("if-none-match", &etag)], "").await.status, 304);
    let small = site.ask("GET", link, &[("accept-encoding", "gzip")], "").await;
    assert_eq!(small.header("content-encoding"), Some("gzip"));
    assert!(small.bytes.len() * 3 < css.bytes.len());
}

#[tokio::test]
async fn assets_lead_nowhere_else() {
    let site = start().await;
    for path in [
        "/assets/../Cargo.toml",
        "/assets/..%2fCargo.toml",
        "/assets/%2e%2e/%2e%2e/Cargo.toml",
        "/assets/js/../../Cargo.toml",
        "/assets//etc/passwd",
        "/assets/%2fetc%2fpasswd",
        "/assets/vendor/htmx.LICENSE",
        "/assets/vendor/README.md",
        "/assets/js/yulin.js%00.css",
        "/assets/..\\Cargo.toml",
    ] {
        let answer = site.get(path, "").await;
        assert!([303, 400, 404].contains(&answer.status), "{path}: {}", answer.status);
        assert!(!answer.body.contains("[package]") && !answer.body.contains("root:"), "{path}");
    }
}

#[tokio::test]
async fn failed_sign_ins_are_slowed_down_and_say_nothing() {
    let site = start().await;
    let attempt =
        async |name: &str| site.post("/sign-in", "", &[("name", name), ("password", "wrong-password")]).await;
    let known = attempt("管理员").await;
    let unknown = attempt("没有这个人").await;
    assert_eq!((known.status, unknown.status), (401, 401));
    let words = |body: &str| body.replace("管理员", "").replace("没有这个人", "");
    assert_eq!(words(&known.body), words(&unknown.body), "the page tells whether the name exists");
    let mut last = 401;
    for _ in 0..40 {
        last = attempt("管理员").await.status;
        if last == 429 {
            break;
        }
    }
    assert_eq!(last, 429);
    // The right password does not help while the name is held.
    let right = site.post("/sign-in", "", &[("name", "管理员"), ("password", common::PASSWORD)]).await;
    assert_eq!(right.status, 429);
    assert!(right.header("set-cookie").is_none());
}

#[tokio::test]
async fn forms_need_the_sessions_own_token() {
    let site = start().await;
    let session = site.sign_in("管理员").await;
    let other = site.sign_in("秘书").await;
    let token = site.csrf(&session).await;
    let foreign = site.csrf(&other).await;
    assert_ne!(token, site.csrf(&session).await, "each page masks the token anew");
    for wrong in ["", "wrong", &foreign, &token[1..], &"0".repeat(128)] {
        let answer = site.post("/sign-out", &session, &[("csrf", wrong)]).await;
        assert_eq!(answer.status, 403, "{wrong}");
    }
    assert_eq!(site.get(HOME, &session).await.status, 200, "still signed in");
    // The right token from another site's page is refused too, and one of htmx in the header is taken.
    let headers = [("cookie", &*session), ("x-csrf", &*token)];
    for (name, value) in [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let answer = site.ask("POST", "/sign-out", &[headers[0], headers[1], (name, value)], "").await;
        assert_eq!(answer.status, 403, "{name}: {value}");
    }
    let login = site
        .ask("POST", "/sign-in", &[("origin", "http://evil.example"), common::FORM], "name=a&password=b")
        .await;
    assert_eq!(login.status, 403, "another site may not sign its visitors in");
    let answer =
        site.ask("POST", "/sign-out", &[headers[0], headers[1], ("sec-fetch-site", "same-origin")], "").await;
    assert_eq!(answer.status, 303);
}

#[tokio::test]
async fn a_session_begins_anew_and_ends_at_the_server() {
    let site = start().await;
    // A session that somebody else has planted is not taken over.
    let planted = format!("yulin={}", "a".repeat(43));
    let fields = [("name", "管理员"), ("password", common::PASSWORD)];
    let answer = site.post("/sign-in", &planted, &fields).await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
    let set = answer.header("set-cookie").unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"), "{set}");
    let first = answer.session();
    assert_ne!(first, planted);
    assert_eq!(site.get(HOME, &planted).await.status, 303);
    // Signing in again ends the session that this browser had.
    let second = site.post("/sign-in", &first, &fields).await.session();
    assert_ne!(first, second);
    assert_eq!(site.get(HOME, &first).await.status, 303);
    assert_eq!(site.get(HOME, &second).await.status, 200);
    // Signing out ends it for whoever copied the cookie, too.
    let token = site.csrf(&second).await;
    let out = site.post("/sign-out", &second, &[("csrf", &token)]).await;
    assert_eq!(out.status, 303);
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(site.get(HOME, &second).await.status, 303);
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    let site = start().await;
    for (next, expect) in [
        ("/needs?page=2", "/needs?page=2"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ] {
        let fields = [("name", "管理员"), ("password", common::PASSWORD), ("next", next)];
        let answer = site.post("/sign-in", "", &fields).await;
        assert_eq!(answer.header("location"), Some(expect), "{next}");
    }
    let answer = site.get("/needs?q=a%26b", "").await;
    assert_eq!(answer.header("location"), Some("/sign-in?next=%2Fneeds%3Fq%3Da%2526b"));
}

#[tokio::test]
async fn a_note_is_shown_once_and_cannot_be_forged() {
    let site = start().await;
    let session = site.sign_in("管理员").await;
    let forged = format!("{session}; note=0123456789abcdef0123456789abcdef.%E8%BD%AC%E8%B4%A6");
    assert!(!site.get(HOME, &forged).await.body.contains("转账"));
}

#[tokio::test]
async fn figures_are_for_this_machine_and_administrators() {
    let site = start().await;
    assert_eq!(site.get("/health", "").await.status, 200);
    let here = site.get("/metrics", "").await;
    assert_eq!(here.status, 200);
    assert!(here.body.contains("yulin_http_requests_total") && here.body.ends_with("# EOF\n"));
    let passed_on = [("x-forwarded-for", "10.1.2.3")];
    assert_eq!(site.ask("GET", "/metrics", &passed_on, "").await.status, 401);
    for (name, status) in [("管理员", 200), ("秘书", 403)] {
        let session = site.sign_in(name).await;
        let headers = [passed_on[0], ("cookie", &*session)];
        assert_eq!(site.ask("GET", "/metrics", &headers, "").await.status, status, "{name}");
    }
    let token = site.api_token("管理员").await;
    let headers = [passed_on[0], ("authorization", &*format!("Bearer {token}"))];
    assert_eq!(site.ask("GET", "/metrics", &headers, "").await.status, 200);
}

#[tokio::test]
async fn big_bodies_are_refused() {
    let site = start_with(Options { body_max: 4 << 20, form_max: 1 << 16, ..Options::default() }).await;
    // Said beforehand: refused before a byte of it is read.
    let head = "POST /sign-in HTTP/1.1\r\nhost: h\r\ncontent-type: application/x-www-form-urlencoded\r\n";
    let announced = site.raw(&format!("{head}content-length: 99999999999\r\n\r\nname=a")).await;
    assert_eq!(announced.status, 413);
    assert!(announced.header("content-security-policy").is_some());
    // Not said: refused as soon as it is too much.
    let mut chunked = format!("{head}transfer-encoding: chunked\r\n\r\n");
    for _ in 0..20 {
        chunked += &format!("4000\r\n{}\r\n", "a".repeat(0x4000));
    }
    assert_eq!(site.raw(&format!("{chunked}0\r\n\r\n")).await.status, 413);
    // A head without end.
    let long = format!("GET /sign-in HTTP/1.1\r\nhost: h\r\nx-long: {}\r\n\r\n", "a".repeat(100_000));
    assert_eq!(site.raw(&long).await.status, 431);
    assert_eq!(site.raw("GET /\u{1} rubbish\r\n\r\n").await.status, 400);
    assert_eq!(site.get("/health", "").await.status, 200);
}

#[tokio::test]
async fn forms_with_files_need_the_token_and_have_a_limit() {
    let site = start_with(Options { body_max: 1 << 20, ..Options::default() }).await;
    let session = site.sign_in("管理员").await;
    let token = site.csrf(&session).await;
    let form = |csrf: &str, size: usize| {
        format!(
            "--cut\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--cut\r\n\
             content-disposition: form-data; name=\"file\"; filename=\"../../a.csv\"\r\n\r\n{}\r\n--cut--\r\n",
            "a".repeat(size)
        )
    };
    let kind = ("content-type", "multipart/form-data; boundary=cut");
    for path in ["/import", "/invitations/workbook"] {
        let headers = [("cookie", &*session), kind];
        assert_eq!(site.ask("POST", path, &headers, &form("wrong", 10)).await.status, 403, "{path}");
        assert_eq!(site.ask("POST", path, &headers, &form(&token, 2 << 20)).await.status, 413, "{path}");
        let head = format!("POST {path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncookie: {session}\r\n");
        let mut chunked = format!("{head}content-type: {}\r\ntransfer-encoding: chunked\r\n\r\n", kind.1);
        let body = form(&token, 2 << 20);
        chunked += &format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
        assert_eq!(site.raw(&chunked).await.status, 413, "{path}");
        // What is no form at all is the sender's fault.
        let broken = site.ask("POST", path, &headers, "--cut\r\nrubbish").await;
        assert_eq!(broken.status, 422, "{path}: {}", broken.body);
    }
}

/// Limits that a test can wait for.
fn short() -> Options {
    Options { header_timeout_s: 1, body_timeout_s: 1, timeout_s: 3, connections_max: 4, ..Options::default() }
}

#[tokio::test]
async fn slow_senders_are_cut() {
    let site = start_with(short()).await;
    // Reading to the end ends: the server hangs up by itself.
    let nothing = site.raw("").await;
    assert_eq!(nothing.status, 0);
    assert_eq!(site.raw("GET / HTTP/1.1\r\nhost: h\r\nx-slow: ").await.status, 0);
    let head = "POST /sign-in HTTP/1.1\r\nhost: h\r\ncontent-type: application/x-www-form-urlencoded\r\n";
    let body = site.raw(&format!("{head}content-length: 100\r\n\r\nname=a")).await;
    assert!((400..500).contains(&body.status), "{}", body.status);
    // One byte now and then keeps the pauses short, but not the whole.
    let drip = site.drip(&format!("{head}content-length: 100\r\n\r\n"), Duration::from_millis(500)).await;
    assert!(drip.status == 503 || drip.status == 0, "{}", drip.status);
}

#[tokio::test]
async fn too_many_connections_are_told_so_and_room_comes_back() {
    let site = start_with(Options { header_timeout_s: 30, ..short() }).await;
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(site.connect().await);
    }
    // The four are accepted one after another: the fifth meets a full house.
    let full = site.until(|answer| answer.status == 503).await;
    assert_eq!(full.header("retry-after"), Some("2"));
    drop(held);
    site.until(|answer| answer.status == 200).await;
}

#[tokio::test]
async fn a_stop_finishes_what_is_under_way() {
    let site = start().await;
    let head = "POST /sign-in HTTP/1.1\r\nhost: h\r\ncontent-type: application/x-www-form-urlencoded\r\n";
    let mut under_way = site.connect().await;
    under_way.send(&format!("{head}content-length: 12\r\n\r\nname=a")).await;
    let idle = site.connect().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let stopped = site.stop();
    tokio::time::sleep(Duration::from_millis(100)).await;
    under_way.send("&x=bcd").await;
    let answer = under_way.answer().await;
    assert_eq!(answer.status, 401, "{}", answer.body);
    assert_eq!(idle.answer().await.status, 0, "an idle connection ends at once");
    stopped.await.unwrap();
}

#[tokio::test]
async fn tls_is_spoken_and_cookies_are_its_own() {
    let (site, client) = common::start_tls().await;
    let answer = client.ask(&site, "GET", "/sign-in", &[], "").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
    let body = common::encoded(&[("name", "管理员"), ("password", common::PASSWORD)]);
    let answer = client.ask(&site, "POST", "/sign-in", &[common::FORM], &body).await;
    let set = answer.header("set-cookie").unwrap();
    assert!(set.starts_with("__Host-yulin=") && set.contains("; Secure") && !set.contains("Domain"), "{set}");
    let session = answer.session();
    assert_eq!(client.ask(&site, "GET", HOME, &[("cookie", &session)], "").await.status, 200);
    // Whoever does not speak TLS gets nothing.
    assert_eq!(site.get("/sign-in", "").await.status, 0);
}

/// What must never stand on a page as it is: a tag, and the way out of an attribute.
const MARKERS: [&str; 2] = ["<script>xss", "\"'><img src=x onerror=xss"];

#[tokio::test]
async fn imported_text_is_never_markup() {
    let site = start().await;
    let rows = common::import_markers(&site, &MARKERS).await;
    assert!(rows > 0, "the rows were stored");
    common::add_everybody(&site).await;
    for name in ["管理员", "秘书", "采购员", "销售员", "特派员", "工信局", "审计员"] {
        let session = site.sign_in(name).await;
        let seen = crawl(&site, &session).await;
        // The auditor reads who did what, and that names rows by number.
        assert!(
            seen > 0 || name == "审计员",
            "no page showed {name} the imported text: the test sees nothing"
        );
    }
}

/// Follows every link from the first page; how often the imported text was seen, escaped.
async fn crawl(site: &Served, session: &str) -> usize {
    let mut queue: Vec<String> = [
        "/",
        "/needs",
        "/offers",
        "/enterprises",
        "/nearby",
        "/gaps",
        "/gaps/nodes",
        "/lists",
        "/desk",
        "/import",
        "/audit",
    ]
    .map(str::to_owned)
    .into();
    let mut done = std::collections::HashSet::new();
    let mut seen = 0;
    while let Some(path) = queue.pop() {
        if done.len() > 400 || !done.insert(path.clone()) {
            continue;
        }
        let page = site.get(&path, session).await;
        assert!(page.status < 500, "{path}: {}", page.status);
        if !page.header("content-type").is_some_and(|t| t.starts_with("text/html")) {
            continue;
        }
        for marker in MARKERS {
            assert!(!page.body.contains(marker), "{path} holds {marker}");
        }
        seen += page.body.matches("&lt;script&gt;xss").count();
        for link in page.body.split("href=\"").skip(1).filter_map(|t| t.split('"').next()) {
            let link = link.replace("&amp;", "&");
            if link.starts_with('/') && !link.starts_with("//") && !link.starts_with("/assets") {
                queue.push(link);
            }
        }
    }
    seen
}

/// Events come over a WebSocket to whoever has a token; a browser's session opens none.
#[tokio::test(flavor = "multi_thread")]
async fn events_come_over_a_web_socket() {
    let site = start().await;
    let token = site.token("秘书", true).await;
    let bearer = format!("Bearer {token}");
    let json = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let made = site.ask("POST", "/epcis/2.0/queries", &json, r#"{"name": "all", "query": {}}"#).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let upgrade = |who: &str| {
        format!(
            "GET /epcis/2.0/queries/all/events?stream=true HTTP/1.1\r\nhost: localhost\r\n{who}\r\nconnection: Upgrade\r\n\
             upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
    };
    let mut held = site.connect().await;
    held.send(&upgrade(&format!("authorization: {bearer}"))).await;
    held.until("101 Switching Protocols").await;
    let event = r#"{"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"], "type": "ObjectEvent", "action": "ADD",
        "eventTime": "2026-01-01T00:00:00Z", "eventTimeZoneOffset": "+08:00", "epcList": ["urn:epc:id:sgtin:4012345.011111.1"]}"#;
    let captured = site.ask("POST", "/epcis/2.0/events", &json, event).await;
    assert_eq!(captured.status, 201, "{}", captured.body);
    let frame = held.until("resultsBody").await;
    assert!(frame.contains("EPCISQueryDocument") && frame.contains("04012345111118/21/1"), "{frame}");
    let session = site.sign_in("秘书").await;
    let mut refused = site.connect().await;
    refused.send(&upgrade(&format!("cookie: {session}"))).await;
    refused.until("403 Forbidden").await;
    let mut nobody = site.connect().await;
    nobody.send(&upgrade("x-none: 1")).await;
    nobody.until("401 Unauthorized").await;
}

/// Two servers that exchange footprints: one asks by a request of PACT, the other answers at the address that its administrator
/// registered, with a token of the asking server.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_footprints_is_answered_from_server_to_server() {
    let (owner, asker) = (start().await, start().await);
    let local = Actor::local();
    let rows = common::import_markers(&owner, &["x"]).await;
    assert!(rows > 0);
    let firm = owner.app().enterprises(&local, &EnterpriseQuery::default()).await.unwrap().rows.remove(0);
    let new = NewAccount {
        name: "客户".into(),
        office: Some(Office::Member),
        enterprise: Some(firm.id),
        ..NewAccount::default()
    };
    owner.app().add_account(&local, &new).await.unwrap();
    let token_of = async |site: &Served, name: &str| {
        let actor = site.app().actor(Some(name)).await.unwrap();
        let new = NewToken { name: "pact".into(), may_write: true, days: 30 };
        site.app().create_token(&actor, &new).await.unwrap()
    };

    // A product of the owner, shared with the asking enterprise.
    let bearer = format!("Bearer {}", token_of(&owner, "秘书").await.1);
    let json = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let lot = "urn:epc:class:lgtin:4012345.023456.B";
    let raw = r#"{"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"yl": "urn:yulin:ledger:"}],
        "type": "ObjectEvent", "action": "ADD", "eventTime": "2026-01-01T00:00:00Z", "eventTimeZoneOffset": "+08:00", "bizStep": "commissioning",
        "quantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.012345.A", "quantity": 10, "uom": "KGM"}],
        "ilmd": {"yl:factor": "aluminium-primary-global"}}"#;
    let made = format!(
        r#"{{"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"], "type": "TransformationEvent",
        "eventTime": "2026-01-02T00:00:00Z", "eventTimeZoneOffset": "+08:00",
        "inputQuantityList": [{{"epcClass": "urn:epc:class:lgtin:4012345.012345.A", "quantity": 10, "uom": "KGM"}}],
        "outputQuantityList": [{{"epcClass": "{lot}", "quantity": 8, "uom": "KGM"}}]}}"#
    );
    for event in [raw, made.as_str()] {
        let captured = owner.ask("POST", "/epcis/2.0/events", &json, event).await;
        assert_eq!(captured.status, 201, "{}", captured.body);
    }
    let key = &firm.enterprise.key;
    let footprint =
        format!(r#"{{"of": "{lot}", "enterprise": "{key}", "product": "铝锭", "shared_with": ["{key}"]}}"#);
    let made = owner.ask("POST", "/api/v1/ledger/footprints", &json, &footprint).await;
    assert_eq!(made.status, 201, "{}", made.body);

    // What the asking server gave the owner, registered by the owner's administrator.
    let (client, secret) = token_of(&asker, "秘书").await;
    let config = HookConfig::Partner {
        enterprise: firm.id,
        base: format!("http://{}/pact", asker.address()),
        auth: String::new(),
        token_endpoint: String::new(),
        client: client.to_string(),
        secret,
    };
    let hook = owner.app().save_hook(&local, None, "客户的系统", &config, true).await.unwrap();
    owner.app().test_hook(&local, hook, "").await.unwrap();

    // The asking side signs in at the owner and asks.
    let (client, secret) = token_of(&owner, "客户").await;
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{client}:{secret}")));
    let form = [("authorization", basic.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let token = owner.ask("POST", "/pact/auth/token", &form, "grant_type=client_credentials").await;
    let token: Value = serde_json::from_str(&token.body).unwrap();
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let cloud = [("authorization", bearer.as_str()), ("content-type", "application/cloudevents+json")];
    let request = |id: &str, source: &str, product: &str| {
        json!({
            "type": "org.wbcsd.pact.ProductFootprint.RequestCreatedEvent.3", "specversion": "1.0", "id": id,
            "source": source, "time": "2026-11-01T00:00:00Z", "data": { "productId": [product] },
        })
        .to_string()
    };
    let source = format!("//{}/pact/3/events", asker.address());
    for (id, source, product, status) in [
        ("good", source.as_str(), "urn:gtin:04012345234565", 200),
        ("none", source.as_str(), "urn:gtin:00000000000000", 200),
        ("elsewhere", "//169.254.169.254/pact/3/events", "urn:gtin:04012345234565", 400),
    ] {
        let answer = owner.ask("POST", "/pact/3/events", &cloud, &request(id, source, product)).await;
        assert_eq!(answer.status, status, "{id}: {}", answer.body);
    }

    // It took both answers as valid events; what it took stands in its audit, and what went out in the owner's queue.
    let mut letters = Vec::new();
    for _ in 0..200 {
        letters = owner.app().outbox(&local, 10).await.unwrap();
        if letters.iter().all(|letter| letter.state == "sent") {
            break;
        }
        owner.app().deliver().await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let states: Vec<_> =
        letters.iter().map(|l| (l.title.as_str(), l.state.as_str(), l.error.as_deref())).collect();
    assert_eq!(states, [("碳足迹请求 none 的答复", "sent", None), ("碳足迹请求 good 的答复", "sent", None)]);
    let query = AuditFilter { limit: 100, ..AuditFilter::default() };
    let audit = asker.app().audit(&local, &query).await.unwrap();
    assert_eq!(audit.iter().filter(|entry| entry.action == "pact.request").count(), 2, "{audit:?}");
}
