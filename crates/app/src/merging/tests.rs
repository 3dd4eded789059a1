//! Duplicates merged and parted, and what later imports do, over a real database file.

use crate::testing::{opened, quiet};
use crate::{
    Actor, App, Clock, Code, EnterpriseQuery, EventRequest, ImportOptions, InputFile, NewAccount, Office,
    PublishOptions, Role,
};
use jiff::civil::date;

const CODE: &str = "91360826MA35L3KX";

struct Place {
    app: App,
    me: Actor,
    _folder: tempfile::TempDir,
}

impl Place {
    async fn new() -> Self {
        let (app, _folder) = opened(Clock::at_noon(date(2026, 11, 22))).await;
        let place = Self { app, me: Actor::local(), _folder };
        place.import(&place.with_code()).await;
        place.import(WITHOUT_CODE).await;
        place
            .import("企业名称,所在县区,需求产品名称,数量\n虚构万安显示有限公司,万安县,显示屏面罩,5万片/月\n")
            .await;
        place
    }

    /// The firm under its code and registered name, with one offer.
    fn with_code(&self) -> String {
        let code = model::uscc::Uscc::complete(CODE).unwrap();
        format!(
            "企业名称,统一社会信用代码,所在县区,产品名称,月产能\n虚构泰和鑫源电子有限公司,{code},泰和县,显示屏面罩,30万片/月\n"
        )
    }

    async fn import(&self, text: &str) {
        let file = InputFile { name: "a.csv".to_owned(), bytes: text.as_bytes().to_vec() };
        let report = self.app.import(&self.me, vec![file], &ImportOptions::default(), &quiet).await.unwrap();
        assert!(report.errors.is_empty(), "{:?}", report.errors);
    }

    /// Row id, name and number of offers of every enterprise that anybody sees.
    async fn firms(&self) -> Vec<(i64, String, usize)> {
        let rows = self.app.enterprises(&self.me, &EnterpriseQuery::default()).await.unwrap().rows;
        let mut out = Vec::new();
        for row in rows {
            let card = self.app.enterprise(&self.me, row.id).await.unwrap();
            out.push((row.id, row.enterprise.name, card.offers.len()));
        }
        out.sort();
        out
    }

    async fn id(&self, name: &str) -> i64 {
        self.firms().await.into_iter().find(|(_, n, _)| n == name).unwrap().0
    }

    async fn version(&self, id: i64) -> i64 {
        self.app.enterprise_form(&self.me, id).await.unwrap().0
    }

    async fn confirm(&self, same: bool) {
        let pair = self.app.duplicates(&self.me).await.unwrap().remove(0);
        self.app.decide_duplicate(&self.me, &pair.a, &pair.b, same).await.unwrap();
    }
}

/// The same firm under another form of its name, with two offers.
const WITHOUT_CODE: &str = "企业名称,所在县区,产品名称,月产能,联系人,手机\n\
虚构泰和鑫源电子公司,泰和县,键合金线,20km/月,张三,000-12345678\n虚构泰和鑫源电子公司,泰和县,注塑件,10万件/月,张三,000-12345678\n";

const KEPT: &str = "虚构泰和鑫源电子有限公司";
const GIVEN_UP: &str = "虚构泰和鑫源电子公司";

#[tokio::test(flavor = "multi_thread")]
async fn confirmed_duplicates_become_one_and_two_again() {
    let place = Place::new().await;
    let (app, me) = (&place.app, &place.me);
    let (kept, given_up) = (place.id(KEPT).await, place.id(GIVEN_UP).await);
    let new = NewAccount {
        name: "seller".to_owned(),
        office: Some(Office::Member),
        enterprise: Some(given_up),
        ..NewAccount::default()
    };
    app.add_account(me, &new).await.unwrap();
    let list = app.publish_period(me, app.this_month(), PublishOptions::default(), &quiet).await.unwrap();
    let unsaid = app.merge_preview(me, kept, given_up).await.unwrap_err();
    assert_eq!(unsaid.code, Code::Conflict);
    place.confirm(true).await;

    let preview = app.merge_preview(me, kept, given_up).await.unwrap();
    assert_eq!((preview.needs, preview.offers, &preview.accounts[..]), (0, 2, &["seller".to_owned()][..]));
    let field = |name: &str| preview.fields.iter().find(|f| f.name == name).unwrap().clone();
    assert_eq!(field("曾用名").result, GIVEN_UP);
    assert!(field("统一社会信用代码").result.starts_with(CODE));
    let (a, b) = ((kept, preview.survivor.1), (given_up, preview.loser.1));
    let late = app.merge_duplicate(me, (kept, 9), b).await.unwrap_err();
    assert_eq!(late.code, Code::Conflict);
    let merge = app.merge_duplicate(me, a, b).await.unwrap();

    let firms = place.firms().await;
    assert_eq!(
        firms.iter().filter(|f| f.1.contains("鑫源")).map(|f| (f.0, f.2)).collect::<Vec<_>>(),
        [(kept, 3)]
    );
    assert_eq!(app.enterprise(me, given_up).await.unwrap().row.id, kept, "the old address leads on");
    let seller = app.actor(Some("seller")).await.unwrap();
    assert_eq!(seller.enterprise(), Some(&*format!("{}", model::uscc::Uscc::complete(CODE).unwrap())));
    let verified = app.verify(me, list.number.unwrap()).await.unwrap();
    assert!(
        verified.is_sound() && list.content.canonical().contains(GIVEN_UP),
        "a published list stays as it is"
    );
    assert!(app.check(me).await.unwrap().faults.is_empty());

    // What still names the one that was given up lands on its survivor; nothing is proposed again.
    place.import(WITHOUT_CODE).await;
    place.import("企业名称,所在县区,产品名称,月产能\n虚构泰和鑫源电子公司,泰和县,连接器,1万件/月\n").await;
    place.import(&place.with_code()).await;
    let firms = place.firms().await;
    assert_eq!(
        firms.iter().filter(|f| f.1.contains("鑫源")).map(|f| (f.0, f.2)).collect::<Vec<_>>(),
        [(kept, 4)]
    );
    assert_eq!(app.duplicates(me).await.unwrap(), []);
    let again = app.merge_preview(me, kept, given_up).await.unwrap_err();
    assert_eq!(again.code, Code::NotFound);

    // Parted: what moved goes back, what came since stays.
    app.split_duplicate(me, merge).await.unwrap();
    let firms = place.firms().await;
    assert_eq!(
        firms
            .iter()
            .filter(|f| f.1.contains("鑫源"))
            .map(|f| (f.0, f.2))
            .collect::<std::collections::BTreeSet<_>>(),
        [(kept, 2), (given_up, 2)].into()
    );
    let seller = app.actor(Some("seller")).await.unwrap();
    assert!(seller.enterprise().unwrap().starts_with("name:"));
    let twice = app.split_duplicate(me, merge).await.unwrap_err();
    assert_eq!(twice.code, Code::Conflict);
    let merges = app.merged_duplicates(me).await.unwrap();
    assert_eq!((merges.len(), merges[0].offers, merges[0].split.is_some()), (1, 2, true));
    assert!(app.check(me).await.unwrap().faults.is_empty());
    assert!(place.version(kept).await > 1);
}

/// A shipment.
fn seen() -> InputFile {
    let text = r#"{"@context": [], "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "shipping", "eventTime": "2026-11-01T00:00:00Z",
        "eventTimeZoneOffset": "+08:00", "epcList": ["urn:lot:1"], "readPoint": {"id": "urn:site:1"}}"#;
    InputFile { name: "event".to_owned(), bytes: text.as_bytes().to_vec() }
}

/// A record that was given up twice over leads to the one that speaks for it in the end.
#[tokio::test(flavor = "multi_thread")]
async fn old_addresses_lead_on_through_a_chain_of_merges() {
    let place = Place::new().await;
    let (app, me) = (&place.app, &place.me);
    let (kept, given_up) = (place.id(KEPT).await, place.id(GIVEN_UP).await);
    let last = place.id("虚构万安显示有限公司").await;
    let mut keys = Vec::new();
    for id in [given_up, kept, last] {
        keys.push(app.enterprise(me, id).await.unwrap().row.enterprise.key);
    }
    let member =
        |at: usize| Actor { role: Role::Member { enterprise: Some(keys[at].clone()) }, ..Actor::local() };
    app.capture_event(&member(0), seen()).await.unwrap();
    let request = EventRequest { per_page: 9, ..EventRequest::default() };
    let finds = async |at: usize| !app.search_events(&member(at), &request).await.unwrap().events.is_empty();
    assert_eq!((finds(0).await, finds(1).await, finds(2).await), (true, false, false));
    for (survivor, loser) in [(kept, given_up), (last, kept)] {
        let key = app.enterprise(me, survivor).await.unwrap().row.enterprise.key;
        let value = app.store.enterprise(&key).await.unwrap().value;
        let (a, b) = ((survivor, place.version(survivor).await), (loser, place.version(loser).await));
        app.store.merge_enterprises(&value, a, b, &app.by(me)).await.unwrap();
    }
    for id in [given_up, kept] {
        assert_eq!(app.enterprise(me, id).await.unwrap().row.id, last);
    }
    // What it captured is seen by the one that it was merged into, and by the one that speaks for both in the end.
    assert_eq!((finds(1).await, finds(2).await), (true, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_codes_are_two_enterprises() {
    let place = Place::new().await;
    let (app, me) = (&place.app, &place.me);
    place.confirm(true).await;
    let given_up = place.id(GIVEN_UP).await;
    let (version, form) = app.enterprise_form(me, given_up).await.unwrap();
    let uscc = model::uscc::Uscc::complete("91360826MA35L3KY").unwrap().to_string();
    app.save_enterprise(me, Some((given_up, version)), &crate::EnterpriseForm { uscc, ..form })
        .await
        .unwrap();
    let error = app.merge_preview(me, place.id(KEPT).await, given_up).await.unwrap_err();
    assert_eq!(error.code, Code::BadInput, "{error}");
}
