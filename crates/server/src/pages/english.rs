//! What pages say of the demo's matches and gaps when they are English.

use crate::site::{Options, Site};
use app::{Actor, App, Clock, ImportOptions, InputFile, NewAccount, Office, PublishOptions, Telling};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use model::language::Language;
use model::list::ListIndex;
use model::reference::Reference;
use std::sync::Arc;
use tower::ServiceExt;

const PASSWORD: &str = "correct horse 96";

/// Chinese characters in a sentence, but for what it quotes.
fn chinese(sentence: &str) -> bool {
    let said: String = sentence.split(['“', '”']).step_by(2).collect();
    said.chars().any(|c| matches!(c, '\u{4e00}'..='\u{9fff}'))
}

/// Texts of a page between two pieces of markup, without tags.
fn between(page: &str, from: &str, to: &str) -> Vec<String> {
    let texts = page.split(from).skip(1).map(|rest| rest.split(to).next().unwrap());
    let plain = |text: &str| -> String {
        text.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text)).collect()
    };
    texts.map(|text| plain(text).trim().to_owned()).collect()
}

async fn get(site: &Site, session: &str, path: &str) -> String {
    let cookie = format!("{}={session}; lang=en", site.cookie_name());
    let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
    let response = crate::router::router(site.clone()).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Beside names, titles and words of records, which stay as they are written, nothing that is said of a match or a gap is Chinese.
#[tokio::test]
async fn reasons_of_the_demo_are_english_on_english_pages() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("y.db").display().to_string();
    let app = Arc::new(App::open(&file, Clock::china()).await.unwrap());
    let (me, quiet) = (Actor::local(), |_: app::Stage, _: u64, _: u64| {});
    app.name_cluster(&me, "虚构集群", "360800").await.unwrap();
    let workbooks = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/workbooks");
    let names = [
        "虚构示例_2_泰和县摸底表.xlsx",
        "虚构示例_3_特派员系统需求导出.csv",
        "虚构示例_4_老系统供给导出.csv",
    ];
    let files = names
        .map(|name| InputFile { name: name.to_owned(), bytes: std::fs::read(workbooks.join(name)).unwrap() });
    app.import(&me, files.into(), &ImportOptions { accept_valid: true, ..ImportOptions::default() }, &quiet)
        .await
        .unwrap();
    let list = app.publish_period(&me, app.this_month(), PublishOptions::default(), &quiet).await.unwrap();
    let draft = app.draft(&me, "", app.this_month(), &quiet).await.unwrap().id;

    // All that the list says: every sentence is made again, none is left as it was frozen.
    let index = ListIndex::new(&list.content);
    let telling = Telling::of(Reference::builtin(), &index, Language::English);
    let mut sentences = 0;
    for pair in &list.content.pairs {
        for reason in &telling.matched(&pair.matched).reasons {
            assert!(!chinese(&reason.words), "{}", reason.words);
            sentences += 1;
        }
    }
    assert!(sentences > 1000, "{sentences}");

    let new = NewAccount {
        name: "li".to_owned(),
        office: Some(Office::Secretariat),
        password: Some(PASSWORD.to_owned()),
        ..NewAccount::default()
    };
    app.add_account(&me, &new).await.unwrap();
    let session = app.sign_in("li", PASSWORD, "127.0.0.1").await.unwrap().token;
    let site = Site::new(app, Options::default());
    let part = list.content.gaps.iter().flat_map(|g| &g.gaps).find_map(|gap| index.need(&gap.need)).unwrap();
    let mut met = [0; 5];
    for path in [
        "/lists/1/needs/1".to_owned(),
        format!("/lists/1/needs/{}", part.number),
        "/lists/1".to_owned(),
        "/gaps".to_owned(),
        "/gaps/nodes".to_owned(),
        "/needs/1".to_owned(),
        "/needs/9".to_owned(),
        "/offers/1".to_owned(),
        "/nearby?q=%E6%A8%A1%E5%85%B7".to_owned(),
        format!("/desk/{draft}?need=1"),
        format!("/desk/{draft}?need={}", part.number),
    ] {
        let page = get(&site, &session, &path).await;
        // A reason stands behind its points: in a table of them, as a line, or in a cell of the desk.
        let pointed = |text: &String| text.contains("/0.");
        let reasons: Vec<String> = between(&page, "<table class=\"reasons\">", "</table>")
            .into_iter()
            .chain(between(&page, "<li>", "</li>").into_iter().filter(pointed))
            .chain(between(&page, "<td data-candidate=", "</td>").into_iter().filter(pointed))
            .collect();
        let marks = ["met", "short", "unknown", "conflict"]
            .iter()
            .flat_map(|class| between(&page, &format!("<span class=\"{class}\">"), "</span>"));
        let marks = marks.collect();
        let causes = between(&page, "<strong class=\"bad\">", "</strong>");
        // What an introduction begins with: questions to the offerer.
        let open = between(&page, "<textarea ", "</textarea>");
        let open = open.iter().filter_map(|text| Some(text.split_once('>')?.1.to_owned())).collect();
        let summaries = between(&page, "<summary>", "</summary>");
        for (place, said) in [&reasons, &marks, &causes, &open, &summaries].into_iter().enumerate() {
            met[place] += said.len();
            for sentence in said {
                assert!(!chinese(sentence), "{path}: {sentence}");
            }
        }
    }
    assert!(met[0] > 100 && met[1] > 100 && met[2] > 10 && met[4] > 10, "{met:?}");
}
