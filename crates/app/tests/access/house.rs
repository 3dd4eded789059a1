//! A cluster with three enterprises, records of all levels, a marker in each protected field, and an account for each role.

use app::{
    Actor, App, Clock, EnterpriseForm, MeetingEventForm, MeetingOutcomeForm, NeedForm, NewAccount, OfferForm,
    Office, Role, SignUpForm,
};
use jiff::civil::date;
use model::meeting::{MeetingSide, SignUp};
use model::visibility::Visibility;

/// One text that stands in one field of one record.
#[derive(Debug, Clone)]
pub struct Marker {
    pub text: String,
    /// Index of the enterprise whose it is.
    pub owner: usize,
    /// Who may see it: the field's level, closed further by the row's.
    pub level: Visibility,
    /// Contacts are released by consent alone.
    pub contact: bool,
}

impl Marker {
    /// What the rules of the platform say, apart from how `app` decides it.
    pub fn may_see(&self, actor: &Actor, house: &House) -> bool {
        let mine = |key: &String| *key == house.enterprises[self.owner].1;
        match &actor.role {
            Role::Administrator | Role::Secretariat => self.level <= Visibility::Secretariat,
            Role::Member { enterprise: Some(key) } if mine(key) => true,
            Role::Commissioner { enterprises } if enterprises.iter().any(mine) => {
                self.level <= Visibility::Secretariat
            }
            Role::Member { enterprise: None } => self.level <= Visibility::Public,
            Role::Member { .. } | Role::Commissioner { .. } | Role::Bureau => {
                self.level <= Visibility::Members && !self.contact
            }
            Role::Auditor => false,
        }
    }

    /// What must come out somewhere, so that the test would notice if nothing did.
    pub fn must_see(&self, actor: &Actor, house: &House) -> bool {
        match &actor.role {
            Role::Auditor => false,
            Role::Member { enterprise: Some(key) } if *key == house.enterprises[self.owner].1 => true,
            Role::Administrator | Role::Secretariat | Role::Commissioner { .. } => {
                self.level > Visibility::Members && self.may_see(actor, house)
            }
            _ => false,
        }
    }
}

/// The cluster.
pub struct House {
    pub app: App,
    /// Row id and key.
    pub enterprises: Vec<(i64, String)>,
    /// Row ids and versions.
    pub needs: Vec<(i64, i64)>,
    pub offers: Vec<(i64, i64)>,
    pub markers: Vec<Marker>,
    /// Price and telephone number of each offer.
    pub offer_secrets: Vec<(String, String)>,
    /// Row id of an open draft.
    pub draft: i64,
    pub accounts: Vec<i64>,
    pub folder: tempfile::TempDir,
}

fn quiet(_: app::Stage, _: u64, _: u64) {}

impl House {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("y.db").display().to_string();
        let app = App::open(&file, Clock::at_noon(date(2026, 11, 22))).await.unwrap();
        let mut house = Self {
            app,
            enterprises: Vec::new(),
            needs: Vec::new(),
            offers: Vec::new(),
            markers: Vec::new(),
            offer_secrets: Vec::new(),
            draft: 0,
            accounts: Vec::new(),
            folder,
        };
        house.app.name_cluster(&Actor::local(), "虚构集群", "360800").await.unwrap();
        for index in 0..3 {
            house.enterprise(index).await;
        }
        house.people_in().await;
        let owners = house.people().await;
        for (index, name) in OWNERS.iter().enumerate() {
            // Also what is the owner's alone is posted by the owner.
            let owner = &owners.iter().find(|(n, _)| n == name).unwrap().1;
            for level in Visibility::ALL {
                house.post(owner, index, level).await;
            }
        }
        // One drafts, another approves and publishes.
        let person = |name: &str| owners.iter().find(|(n, _)| *n == name).unwrap().1.clone();
        let (li, wang) = (person("secretary"), person("admin"));
        let period = house.app.this_month();
        let list = house.app.draft(&li, period, &quiet).await.unwrap();
        house.app.approve(&wang, list.id, &quiet).await.unwrap();
        house.app.publish(&wang, list.id, &quiet).await.unwrap();
        house.meetings(&li, &owners).await;
        house.draft = house.app.draft(&li, period, &quiet).await.unwrap().id;
        house
    }

    /// Two events: of the first the timetable stands. Each firm signs up with words that are not for others.
    async fn meetings(&mut self, li: &Actor, owners: &[(&'static str, Actor)]) {
        for event in 1..=2 {
            let form = MeetingEventForm {
                name: "产销对接会".to_owned(),
                kind: "production_sales".to_owned(),
                day: "2026-11-22".to_owned(),
                slots: vec!["09:00-09:20".to_owned(), "09:30-09:50".to_owned()],
                tables: 3,
                most: 2,
                ..MeetingEventForm::default()
            };
            self.app.save_meeting_event(li, None, &form).await.unwrap();
            for (index, name) in OWNERS.iter().enumerate() {
                let owner = &owners.iter().find(|(n, _)| n == name).unwrap().1;
                let note = self.mark(index, Visibility::Secretariat, false);
                let sign_up = SignUp { people: 2, note, ..SignUp::default() };
                let side = Some(if index == 0 { MeetingSide::Host } else { MeetingSide::Guest });
                let form = SignUpForm { attends: true, side, sign_up, ..SignUpForm::default() };
                self.app.sign_up_to_meeting(owner, event, &form).await.unwrap();
            }
        }
        let seating = self.app.preview_seating(li, 1).await.unwrap();
        assert!(!seating.meetings.is_empty());
        self.app.freeze_seating(li, 1, seating.version, &seating.digest).await.unwrap();
        let meetings = self.app.meeting_event(li, 1).await.unwrap().meetings;
        for meeting in meetings {
            let outcome = MeetingOutcomeForm {
                result: "intent".to_owned(),
                amount_yuan: Some(5.0),
                note: String::new(),
            };
            self.app.record_meeting(li, meeting.id, meeting.version, &outcome).await.unwrap();
        }
    }

    fn mark(&mut self, owner: usize, level: Visibility, contact: bool) -> String {
        let text = format!("Q{owner}W{:03}Z", self.markers.len());
        self.markers.push(Marker { text: text.clone(), owner, level, contact });
        text
    }

    /// A telephone number as a marker.
    fn phone(&mut self, owner: usize, level: Visibility) -> String {
        let text = format!("1380000{:04}", self.markers.len());
        self.markers.push(Marker { text: text.clone(), owner, level, contact: true });
        text
    }

    /// A price as a marker: the digits come back whatever is written around them.
    fn price(&mut self, owner: usize, level: Visibility) -> String {
        let text = format!("7{:04}3", self.markers.len());
        self.markers.push(Marker { text: text.clone(), owner, level, contact: false });
        format!("{text}元/片")
    }

    async fn enterprise(&mut self, index: usize) {
        use Visibility::{Counterparties, Members, Secretariat};
        let form = EnterpriseForm {
            name: ["虚构万安显示有限公司", "虚构泰和五金有限公司", "虚构遂川塑胶有限公司"][index].to_owned(),
            region: ["万安县", "泰和县", "遂川县"][index].to_owned(),
            products: "显示屏面罩".to_owned(),
            address: self.mark(index, Members, false),
            contact_name: self.mark(index, Counterparties, true),
            contact_position: self.mark(index, Counterparties, true),
            contact_phone: self.phone(index, Counterparties),
            note: self.mark(index, Secretariat, false),
            ..EnterpriseForm::default()
        };
        let id = self.app.save_enterprise(&Actor::local(), None, &form).await.unwrap().id;
        let key = self.app.enterprise(&Actor::local(), id).await.unwrap().row.enterprise.key;
        self.enterprises.push((id, key));
    }

    /// A need and an offer of an enterprise at one level, which all fit each other.
    async fn post(&mut self, owner: &Actor, index: usize, level: Visibility) {
        use Visibility::{Counterparties, Members, Public, Secretariat};
        let at = |field: Visibility| field.max(level);
        let need = NeedForm {
            title: format!("LED显示屏面罩 {}", self.mark(index, at(Public), false)),
            detail: format!("尺寸 320×160mm {}", self.mark(index, at(Members), false)),
            quantity: "100片/月".to_owned(),
            price: self.price(index, at(Counterparties)),
            payment: self.mark(index, at(Counterparties), false),
            current_source: self.mark(index, at(Counterparties), false),
            contact_name: self.mark(index, at(Counterparties), true),
            contact_phone: self.phone(index, at(Counterparties)),
            note: self.mark(index, at(Counterparties), false),
            validity: "2026-12-31".to_owned(),
            visibility: Some(level),
            ..NeedForm::default()
        };
        let saved = self.app.save_need(owner, None, &need).await.unwrap();
        self.needs.push((saved.id, saved.version));
        let offer = OfferForm {
            title: format!("LED显示屏面罩 {}", self.mark(index, at(Public), false)),
            capacity: "500片/月".to_owned(),
            spare_capacity: "200片/月".to_owned(),
            price: self.price(index, at(Counterparties)),
            customers: self.mark(index, at(Secretariat), false),
            contact_name: self.mark(index, at(Counterparties), true),
            contact_phone: self.phone(index, at(Counterparties)),
            note: self.mark(index, at(Counterparties), false),
            validity: "2026-12-31".to_owned(),
            visibility: Some(level),
            ..OfferForm::default()
        };
        let price = offer.price.trim_end_matches("元/片").to_owned();
        self.offer_secrets.push((price, offer.contact_phone.clone()));
        let saved = self.app.save_offer(owner, None, &offer).await.unwrap();
        self.offers.push((saved.id, saved.version));
    }

    async fn people_in(&mut self) {
        let me = Actor::local();
        for (name, office, enterprise) in PEOPLE {
            let new = NewAccount {
                name: name.to_owned(),
                office: Some(office),
                enterprise: enterprise.map(|index: usize| self.enterprises[index].0),
                ..NewAccount::default()
            };
            let id = self.app.add_account(&me, &new).await.unwrap();
            self.accounts.push(id);
            if name == "assigned" {
                self.app.assign(&me, id, &[self.enterprises[0].0]).await.unwrap();
            }
        }
    }

    /// Every role, each as its account gives it, and a member's token that may only read.
    pub async fn people(&self) -> Vec<(&'static str, Actor)> {
        let mut people = vec![("console", Actor::local())];
        for (name, _, _) in PEOPLE {
            people.push((name, self.app.actor(Some(name)).await.unwrap()));
        }
        let token = self.app.actor(Some("buyer")).await.unwrap();
        people.push(("token", Actor { read_only: true, ..token }));
        people
    }
}

/// The accounts of the three enterprises.
const OWNERS: [&str; 3] = ["buyer", "seller", "third"];

/// Account, office, index of the enterprise.
const PEOPLE: [(&str, Office, Option<usize>); 10] = [
    ("admin", Office::Administrator, None),
    ("secretary", Office::Secretariat, None),
    ("buyer", Office::Member, Some(0)),
    ("seller", Office::Member, Some(1)),
    ("third", Office::Member, Some(2)),
    ("unclaimed", Office::Member, None),
    ("assigned", Office::Commissioner, None),
    ("unassigned", Office::Commissioner, None),
    ("bureau", Office::Bureau, None),
    ("auditor", Office::Auditor, None),
];
