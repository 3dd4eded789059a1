//! A server on a socket of its own, and a client that can misbehave.

use app::{Actor, App, Clock, ImportOptions, InputFile, NewAccount, NewToken, Office};
use server::{Options, Site, Tls};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;

/// Every account's password.
pub const PASSWORD: &str = "雨林-correct-horse-7";
/// A page that everybody of these tests may see.
pub const HOME: &str = "/lists";
/// Head of a form.
pub const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
/// Longer than any test waits when all is well.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server. It ends with the test.
pub struct Served {
    app: Arc<App>,
    address: SocketAddr,
    stop: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
    _dir: tempfile::TempDir,
}

/// A server with an administrator and a secretary.
pub async fn start() -> Served {
    start_with(Options::default()).await
}

/// The same with other limits.
pub async fn start_with(options: Options) -> Served {
    serve(options, None).await
}

/// The same with TLS, and a client that trusts its certificate.
pub async fn start_tls() -> (Served, TlsClient) {
    let dir = tempfile::tempdir().unwrap();
    let (cert, key) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(&cert, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let tls = Tls::from_files(&cert, &key).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = TlsClient(TlsConnector::from(Arc::new(config)));
    (serve(Options { secure: true, ..Options::default() }, Some(tls)).await, client)
}

async fn serve(options: Options, tls: Option<Tls>) -> Served {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("test.db");
    let app = Arc::new(App::open(path.to_str().unwrap(), Clock::china()).await.unwrap());
    let local = Actor::local();
    app.name_cluster(&local, "试验集群", "360800").await.unwrap();
    for (name, office) in [("管理员", Office::Administrator), ("秘书", Office::Secretariat)] {
        let new = NewAccount {
            name: name.into(),
            office: Some(office),
            password: Some(PASSWORD.into()),
            ..NewAccount::default()
        };
        app.add_account(&local, &new).await.unwrap();
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let site = Site::new(app.clone(), options);
    let task = tokio::spawn(async move {
        server::serve(listener, site, tls, async { drop(stopped.await) }).await.unwrap();
    });
    Served { app, address, stop: Mutex::new(Some((stop, task))), _dir: dir }
}

/// An answer; status 0 where the server hung up without one.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    fn read(all: &[u8]) -> Self {
        let cut = all.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or(all.len());
        let head = String::from_utf8_lossy(&all[..cut]).into_owned();
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        let bytes = all.get(cut + 4..).unwrap_or_default().to_vec();
        Self { status, head, body: String::from_utf8_lossy(&bytes).into_owned(), bytes }
    }

    /// The first header of a name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The session's cookie as a browser sends it back.
    pub fn session(&self) -> String {
        self.header("set-cookie").expect("it begins a session").split(';').next().unwrap().to_owned()
    }
}

/// A form's text.
pub fn encoded(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    let pairs: Vec<_> = fields.iter().map(|(n, v)| format!("{}={}", encode(n), encode(v))).collect();
    pairs.join("&")
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
        text += &format!("{name}: {value}\r\n");
    }
    if method != "GET" {
        text += &format!("content-length: {}\r\n", body.len());
    }
    format!("{text}\r\n{body}")
}

/// A connection that is held.
pub struct Held(TcpStream);

impl Held {
    pub async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// What comes until a text has come.
    pub async fn until(&mut self, wanted: &str) -> String {
        let mut all = Vec::new();
        let mut piece = vec![0; 64 << 10];
        tokio::time::timeout(PATIENCE, async {
            while !String::from_utf8_lossy(&all).contains(wanted) {
                let n = self.0.read(&mut piece).await.unwrap();
                assert!(n > 0, "it ends without {wanted}: {}", String::from_utf8_lossy(&all));
                all.extend_from_slice(&piece[..n]);
            }
        })
        .await
        .expect("it comes");
        String::from_utf8_lossy(&all).into_owned()
    }

    /// What comes until the server hangs up.
    pub async fn answer(mut self) -> Answer {
        to_end(&mut self.0).await
    }
}

/// Reads until the other side hangs up, by whatever way.
async fn to_end<S: AsyncRead + Unpin>(stream: &mut S) -> Answer {
    let mut all = Vec::new();
    let mut piece = vec![0; 64 << 10];
    tokio::time::timeout(PATIENCE, async {
        while let Ok(n @ 1..) = stream.read(&mut piece).await {
            all.extend_from_slice(&piece[..n]);
        }
    })
    .await
    .expect("the server hangs up");
    Answer::read(&all)
}

async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, text: &str) -> Answer {
    // A server that has refused hangs up while more is sent.
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.flush().await;
    to_end(&mut stream).await
}

impl Served {
    pub async fn connect(&self) -> Held {
        Held(TcpStream::connect(self.address).await.unwrap())
    }

    /// The use cases behind the server.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends a text as it is.
    pub async fn raw(&self, text: &str) -> Answer {
        exchange(self.connect().await.0, text).await
    }

    pub async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.raw(&request(method, path, headers, body)).await
    }

    pub async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.ask("GET", path, &[("cookie", cookie)], "").await
    }

    pub async fn post(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        self.ask("POST", path, &[("cookie", cookie), FORM], &encoded(fields)).await
    }

    /// Sends a head, then a byte at a time for as long as the server takes them.
    pub async fn drip(&self, head: &str, pause: Duration) -> Answer {
        let (mut from, mut to) = self.connect().await.0.into_split();
        to.write_all(head.as_bytes()).await.unwrap();
        let sending = tokio::spawn(async move {
            while to.write_all(b"a").await.is_ok() {
                tokio::time::sleep(pause).await;
            }
        });
        let answer = to_end(&mut from).await;
        sending.abort();
        answer
    }

    /// Asks until the answer is the one that is waited for.
    pub async fn until(&self, wanted: impl Fn(&Answer) -> bool) -> Answer {
        for _ in 0..200 {
            let answer = self.get("/health", "").await;
            if wanted(&answer) {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it never came");
    }

    /// Signs in; the cookie.
    pub async fn sign_in(&self, name: &str) -> String {
        let answer = self.post("/sign-in", "", &[("name", name), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.session()
    }

    /// The token of a page's forms.
    pub async fn csrf(&self, session: &str) -> String {
        let page = self.get(HOME, session).await;
        let field = page.body.split("name=\"csrf\" value=\"").nth(1).expect("the page has a form");
        field.split('"').next().unwrap().to_owned()
    }

    /// An API token of an account.
    pub async fn api_token(&self, name: &str) -> String {
        self.token(name, false).await
    }

    /// The same, where it says whether it may write.
    pub async fn token(&self, name: &str, may_write: bool) -> String {
        let actor = self.app.actor(Some(name)).await.unwrap();
        let new = NewToken { name: "monitoring".into(), may_write, days: 30 };
        self.app.create_token(&actor, &new).await.unwrap().1
    }

    /// Tells the server to stop; the handle ends when it has.
    pub fn stop(&self) -> JoinHandle<()> {
        let (stop, task) = self.stop.lock().unwrap().take().unwrap();
        stop.send(()).unwrap();
        task
    }
}

/// A client that speaks TLS and trusts the test's certificate.
pub struct TlsClient(TlsConnector);

impl TlsClient {
    pub async fn ask(
        &self,
        site: &Served,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
        let stream = self.0.connect(name, site.connect().await.0).await.unwrap();
        exchange(stream, &request(method, path, headers, body)).await
    }
}

/// Imports an enterprise, offers and needs whose every text holds a marker, and publishes a list; how many rows were stored.
pub async fn import_markers(site: &Served, markers: &[&str]) -> usize {
    let local = Actor::local();
    let mut rows = 0;
    for (i, marker) in markers.iter().enumerate() {
        let cell = |word: &str| format!("\"{}\"", format!("{word}{marker}{i}").replace('"', "\"\""));
        let (firm, other) = (cell("虚构甲厂"), cell("虚构乙厂"));
        let sheet = |plain: &[(&str, &str)], marked: &[&str]| {
            let head = plain.iter().map(|(name, _)| *name).chain(marked.iter().copied());
            let row =
                plain.iter().map(|(_, value)| (*value).to_owned()).chain(marked.iter().map(|m| cell(m)));
            let lines = [head.map(str::to_owned).collect::<Vec<_>>(), row.collect()];
            lines.map(|cells| cells.join(",") + "\n").concat().into_bytes()
        };
        let enterprises = |name: &str| {
            sheet(
                &[("企业名称", name), ("所在县区", "泰和县")],
                &["简称", "地址", "主营产品", "联系人", "职务", "备注"],
            )
        };
        let product = cell("显示屏面罩");
        let spec = cell("精度±0.03mm ");
        let offers = sheet(
            &[
                ("企业名称", &firm),
                ("所在县区", "泰和县"),
                ("产品名称", &product),
                ("规格参数", &spec),
                ("月产能", "30万片/月"),
            ],
            &["执行标准", "材质", "认证", "主要客户", "联系人", "职务", "备注"],
        );
        let needs = sheet(
            &[
                ("企业名称", &other),
                ("所在县区", "万安县"),
                ("需求产品名称", &product),
                ("规格型号", &spec),
                ("数量", "5万片/月"),
            ],
            &["交期", "执行标准", "材质", "认证要求", "付款方式", "目前供应商", "联系人", "职务", "备注"],
        );
        let file = |word: &str, bytes: Vec<u8>| InputFile {
            name: format!("{word}{i}{}.csv", marker.replace('/', "")),
            bytes,
        };
        let files = vec![
            file("企业", enterprises(&firm)),
            file("企业二", enterprises(&other)),
            file("供给", offers),
            file("需求", needs),
        ];
        let options = ImportOptions { accept_valid: true, ..ImportOptions::default() };
        let report = site.app.import(&local, files, &options, &|_, _, _| {}).await.unwrap();
        assert!(report.stored, "{report:?}");
        rows += 4;
    }
    // Two people may approve, so one of them drafts and the other approves.
    let secretary = site.app.actor(Some("秘书")).await.unwrap();
    let draft = site.app.draft(&secretary, "", site.app.this_month(), &|_, _, _| {}).await.unwrap();
    site.app.approve(&local, draft.id, &|_, _, _| {}).await.unwrap();
    site.app.publish(&local, draft.id, &|_, _, _| {}).await.unwrap();
    rows
}

/// Adds somebody of every other office; members and the commissioner are of the enterprises that were imported.
pub async fn add_everybody(site: &Served) {
    let local = Actor::local();
    let firms = site.app.enterprises(&local, &app::EnterpriseQuery::default()).await.unwrap().rows;
    let of = |word: &str| firms.iter().find(|row| row.enterprise.name.contains(word)).unwrap().id;
    let add = async |name: &str, office: Office, enterprise: Option<i64>| {
        let password = Some(PASSWORD.into());
        let new = NewAccount {
            name: name.into(),
            office: Some(office),
            enterprise,
            password,
            ..NewAccount::default()
        };
        site.app.add_account(&local, &new).await.unwrap()
    };
    add("采购员", Office::Member, Some(of("虚构乙厂"))).await;
    add("销售员", Office::Member, Some(of("虚构甲厂"))).await;
    let commissioner = add("特派员", Office::Commissioner, None).await;
    let all: Vec<i64> = firms.iter().map(|row| row.id).collect();
    site.app.assign(&local, commissioner, &all).await.unwrap();
    add("工信局", Office::Bureau, None).await;
    add("审计员", Office::Auditor, None).await;
}
