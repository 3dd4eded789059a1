//! The secretariat's pages over the real routes and a real database.

use crate::site::{Options, Site};
use app::{Actor, App, Clock, ImportOptions, InputFile, NewAccount, Office};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use std::sync::Arc;
use tower::ServiceExt;

const PASSWORD: &str = "correct horse 96";

struct Place {
    site: Site,
    _folder: tempfile::TempDir,
}

/// Somebody who has signed in.
struct Person {
    session: String,
    /// The token that forms of the session carry.
    csrf: String,
}

const RECORDS: &str = "企业名称,所在县区,需求产品名称,数量\n虚构甲有限公司,万安县,注塑件,500片/月\n虚构甲有限公司,万安县,键合金丝,5卷/月\n";
const OFFERS: &str = "企业名称,所在县区,产品名称,产能\n虚构乙有限公司,泰和县,注塑件,900片/月\n虚构丙有限公司,遂川县,注塑件,800片/月\n";

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("y.db").display().to_string();
        let app = Arc::new(App::open(&file, Clock::china()).await.unwrap());
        let me = Actor::local();
        app.name_cluster(&me, "虚构集群", "360800").await.unwrap();
        let member = ("member", Office::Member);
        for (name, office) in [("li", Office::Secretariat), ("wang", Office::Secretariat), member] {
            let new = NewAccount {
                name: name.to_owned(),
                office: Some(office),
                password: Some(PASSWORD.to_owned()),
                ..NewAccount::default()
            };
            app.add_account(&me, &new).await.unwrap();
        }
        Self { site: Site::new(app, Options::default()), _folder: folder }
    }

    async fn sign_in(&self, name: &str) -> Person {
        let session = self.site.app.sign_in(name, PASSWORD, "127.0.0.1").await.unwrap().token;
        let mut person = Person { session, csrf: String::new() };
        let (_, page) = self.get(&person, "/lists").await;
        let token = page.split("name=\"csrf\" value=\"").nth(1).unwrap();
        person.csrf = token.split('"').next().unwrap().to_owned();
        person
    }

    async fn send(
        &self,
        person: &Person,
        request: axum::http::request::Builder,
        body: String,
    ) -> (StatusCode, String, String) {
        let cookie = format!("{}={}", self.site.cookie_name(), person.session);
        let request = request.header(header::COOKIE, cookie).body(Body::from(body)).unwrap();
        let response = crate::router::router(self.site.clone()).oneshot(request).await.unwrap();
        let to =
            response.headers().get(header::LOCATION).and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, to, String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn get(&self, person: &Person, path: &str) -> (StatusCode, String) {
        let (status, _, body) = self.send(person, Request::get(path), String::new()).await;
        (status, body)
    }

    /// Sends a form with the session's token; gives status, where it leads, and the page.
    async fn post(&self, person: &Person, path: &str, fields: &str) -> (StatusCode, String, String) {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(person, request, format!("csrf={}&{fields}", person.csrf)).await
    }

    async fn upload(
        &self,
        person: &Person,
        csrf: &str,
        name: &str,
        text: &str,
    ) -> (StatusCode, String, String) {
        let body = format!(
            "--X\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--X\r\ncontent-disposition: form-data; \
             name=\"files\"; filename=\"{name}\"\r\n\r\n{text}\r\n--X--\r\n"
        );
        let request =
            Request::post("/import").header(header::CONTENT_TYPE, "multipart/form-data; boundary=X");
        self.send(person, request, body).await
    }

    /// With records and an open draft of li's.
    async fn with_draft() -> (Self, i64) {
        let place = Self::new().await;
        let files = [("n.csv", RECORDS), ("o.csv", OFFERS)]
            .map(|(name, text)| InputFile { name: name.to_owned(), bytes: text.as_bytes().to_vec() });
        let app = &place.site.app;
        let quiet = |_: app::Stage, _: u64, _: u64| {};
        let report =
            app.import(&Actor::local(), files.into(), &ImportOptions::default(), &quiet).await.unwrap();
        assert!(report.stored, "{:?}", report.errors);
        let li = app.actor(Some("li")).await.unwrap();
        let draft = app.draft(&li, "", app.this_month(), &quiet).await.unwrap().id;
        (place, draft)
    }
}

#[tokio::test]
async fn an_import_is_looked_at_corrected_and_stored() {
    let place = Place::new().await;
    let li = place.sign_in("li").await;
    let csrf = li.csrf.clone();
    let csv = "企业名称,所在县区,需求产品名称,数量\n虚构甲有限公司,万安县,<b>注塑件</b>,500片/月\n虚构甲有限公司,万安县,,5片\n";
    let (status, _, _) = place.upload(&li, "wrong", "a.csv", csv).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, to, body) = place.upload(&li, &csrf, "a<i>.csv", csv).await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/import/1"), "{body}");
    let (status, page) = place.get(&li, &to).await;
    assert_eq!(status, StatusCode::OK);
    // The refused cell with its place, and no markup out of a file.
    assert!(
        page.contains("C3") && page.contains("只导入正确的行") && page.contains("a&lt;i&gt;.csv"),
        "{page}"
    );
    assert!(!page.contains("<b>注") && !page.contains("<i>"));
    // Nobody else's, and nothing is stored yet.
    let wang = place.sign_in("wang").await;
    assert_eq!(place.get(&wang, &to).await.0, StatusCode::NOT_FOUND);
    assert!(place.site.app.imports(&Actor::local(), 9).await.unwrap().is_empty());
    // A column is left out, then taken in again.
    let (status, to, _) = place.post(&li, "/import/1/columns", "c0-1=none").await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/import/1"));
    assert!(place.get(&li, "/import/1").await.1.contains("人工指定"));
    place.post(&li, "/import/1/columns", "c0-1=region").await;
    let (status, to, _) = place.post(&li, "/import/1/store", "rows=right").await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/import/1"));
    assert_eq!(place.site.app.imports(&Actor::local(), 9).await.unwrap()[0].counts.needs.new, 1);
    let (status, book) = place.get(&li, "/import/1/refused.xlsx").await;
    assert!(status == StatusCode::OK && book.starts_with("PK"));
    place.post(&li, "/import/1/drop", "").await;
    let (status, page) = place.get(&li, "/import/1").await;
    assert!(status == StatusCode::NOT_FOUND && page.contains("重新上传"), "{page}");
}

#[tokio::test]
async fn two_people_at_one_desk() {
    let (place, draft) = Place::with_draft().await;
    let (li, wang) = (place.sign_in("li").await, place.sign_in("wang").await);
    let desk = format!("/desk/{draft}");
    let (status, page) = place.get(&li, &desk).await;
    assert!(
        status == StatusCode::OK && page.contains("注塑件") && page.contains("data-word=\"c\""),
        "{page}"
    );
    let need = place.site.app.desk(&Actor::local(), draft).await.unwrap();
    let need = need.rows.iter().find(|r| r.need.need.title == "注塑件").unwrap().need.number;
    let card = place.site.app.desk_need(&Actor::local(), draft, need).await.unwrap();
    let offer = card.pairs[0].offer.number;
    let word = |review: &str| format!("need={need}&offer={offer}&base=0&review={review}&stay=true");
    // Wang is quicker.
    let (status, _, _) = place.post(&wang, &format!("{desk}/decide"), &word("confirmed")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (status, _, page) = place
        .post(&li, &format!("{desk}/decide"), &format!("{}&reason=%E5%81%9C%E4%BA%A7", word("rejected")))
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("有人先您一步") && page.contains("wang") && page.contains("停产"), "{page}");
    // Li decides again, having seen both; then takes it back.
    let again = page.split("value=\"").find(|v| v.contains("-rejected-")).unwrap().split('"').next().unwrap();
    let chosen = format!("need={need}&d-{need}-{offer}={}", crate::words::encode(again));
    let (status, _, _) = place.post(&li, &format!("{desk}/decide-all"), &chosen).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let last = || async {
        let card = place.site.app.desk_need(&Actor::local(), draft, need).await.unwrap();
        let pair = card.pairs.into_iter().find(|p| p.offer.number == offer).unwrap();
        (pair.review.zh(), pair.by.unwrap())
    };
    assert_eq!(last().await, ("已剔除", "li".to_owned()));
    assert!(place.get(&li, &desk).await.1.contains("撤销"));
    place.post(&li, &format!("{desk}/undo"), "").await;
    assert_eq!(last().await, ("已确认", "li".to_owned()));
    // Many at once: looked at, stored, undone in one.
    let (status, _, page) =
        place.post(&wang, &format!("{desk}/bulk"), &format!("scope=shown&action=back&need={need}")).await;
    assert!(status == StatusCode::OK && page.contains("-proposed\""), "{page}");
    // Where two may approve, the drafter may not.
    assert!(place.get(&li, "/desk").await.1.contains("须由另一人批准"));
    assert!(!place.get(&wang, "/desk").await.1.contains("须由另一人批准"));
    let (_, to, _) = place.post(&wang, &format!("{desk}/approve"), "").await;
    assert_eq!(to, format!("{desk}/publish"));
    let (_, to, _) = place.post(&wang, &format!("{desk}/publish"), "").await;
    assert_eq!(to, "/lists/1");
    let (status, _, page) = place.post(&wang, "/desk/withdraw/1", "reason=%20").await;
    assert!(status.is_client_error() && page.contains("aria-invalid"), "{status}");
    let (_, to, _) = place.post(&wang, "/desk/withdraw/1", "reason=x").await;
    assert_eq!(to, "/desk");
}

#[tokio::test]
async fn the_desk_is_the_secretariats() {
    let (place, draft) = Place::with_draft().await;
    let member = place.sign_in("member").await;
    for path in ["/import", "/desk", &format!("/desk/{draft}"), &format!("/desk/{draft}/publish")] {
        let (status, page) = place.get(&member, path).await;
        assert!(status == StatusCode::FORBIDDEN && !page.contains("注塑件"), "{path} {status}");
    }
    assert_eq!(place.get(&member, "/jobs/1").await.0, StatusCode::NOT_FOUND);
    let (status, _, _) = place.post(&member, "/desk/draft", "period=2026-11").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(place.site.app.lists(&Actor::local()).await.unwrap().len(), 1);
}
