//! Rows and cards as their viewers may see them, and the audit of what was seen.

use super::market::{Held, Listed, Market, Viewer, status};
use super::words::Words;
use super::{EnterpriseRow, NeedRow, OfferRow, Version};
use crate::access::Sight;
use crate::{Actor, App, Result, place};
use jiff::civil::Date;
use model::enterprise::Enterprise;
use model::need::Need;
use model::offer::Offer;
use model::visibility::{Noun, Visibility};
use serde_json::json;
use store::PastVersion;

/// How a record is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// One row among many: protected fields stay blank.
    Row,
    /// On its own, all that the viewer may see; [`App::read_protected`] records it.
    Card,
}

impl Look {
    fn of(self, sight: Sight) -> Sight {
        match self {
            Self::Row => sight.in_passing(),
            Self::Card => sight,
        }
    }
}

impl Market {
    /// A need as a row; the viewer must know of it.
    pub fn need_row(&self, viewer: &Viewer, held: &Held<Need>, look: Look, today: Date) -> NeedRow {
        NeedRow {
            id: held.id,
            version: held.version,
            status: status(held, today),
            updated_ms: held.updated_ms,
            enterprise: self.brief(viewer, held.owner),
            need: self.seen(look.of(self.sight(viewer, held)), held),
            may_edit: viewer.keeps(held.owner),
            listed: self.published.needs.get(&held.value.key).copied(),
        }
    }

    /// An offer as a row; the viewer must know of it.
    pub fn offer_row(&self, viewer: &Viewer, held: &Held<Offer>, look: Look, today: Date) -> OfferRow {
        OfferRow {
            id: held.id,
            version: held.version,
            status: status(held, today),
            updated_ms: held.updated_ms,
            enterprise: self.brief(viewer, held.owner),
            offer: self.seen(look.of(self.sight(viewer, held)), held),
            may_edit: viewer.keeps(held.owner),
        }
    }

    /// An enterprise as a row; the viewer must know of it.
    pub fn enterprise_row(
        &self,
        viewer: &Viewer,
        held: &Held<Enterprise>,
        look: Look,
        today: Date,
    ) -> EnterpriseRow {
        let enterprise = self.seen(look.of(self.sight(viewer, held)), held);
        let regions = &self.reference.regions;
        let place::Place { region, .. } = place::place(regions, &enterprise);
        let park = enterprise.park.as_deref().and_then(|code| regions.get(code));
        let industry = enterprise.industry.as_deref().and_then(|code| self.reference.industries.get(code));
        fn open<T: Listed>(market: &Market, viewer: &Viewer, held: &Held<T>, today: Date) -> bool {
            status(held, today) == super::RecordStatus::Open && market.knows(viewer, held)
        }
        EnterpriseRow {
            id: held.id,
            version: held.version,
            status: status(held, today),
            updated_ms: held.updated_ms,
            region: region.map_or_else(String::new, |r| r.name.clone()),
            park: park.map_or_else(String::new, |p| p.name.clone()),
            industry: industry.map_or_else(String::new, |i| i.name_zh.clone()),
            needs: self.needs.of(held.id).filter(|n| open(self, viewer, n, today)).count(),
            offers: self.offers.of(held.id).filter(|o| open(self, viewer, o, today)).count(),
            may_edit: viewer.keeps(held.id),
            enterprise,
        }
    }

    /// Names of the fields of a record that the viewer sees because of office, a pair or an introduction: more than any member
    /// would see of it. Nothing is protected from those whose own it is.
    pub fn protected<T: Listed + Words + Clone>(&self, sight: Sight, held: &Held<T>) -> Vec<String> {
        if sight.level == Some(Visibility::Own) {
            return Vec::new();
        }
        let open = Sight { level: Some(Visibility::Members), contact: Some(false), shown: Visibility::Own };
        let open = held.value.clone().redacted(self.reference, open).words(self.reference);
        let seen = held.value.clone().redacted(self.reference, sight).words(self.reference);
        seen.into_iter()
            .zip(open)
            .filter(|(seen, open)| !seen.text.is_empty() && seen.text != open.text)
            .map(|(seen, _)| seen.field)
            .collect()
    }

    /// Versions of a record, newest first, with what changed in each as the viewer may see it.
    pub fn versions<T: Listed + Words>(&self, sight: Sight, past: Vec<PastVersion<T>>) -> Vec<Version> {
        let mut before: Option<Vec<super::words::Said>> = None;
        let mut opened = None;
        let mut out = Vec::with_capacity(past.len());
        for version in past {
            let words = version.value.redacted(self.reference, sight).words(self.reference);
            let mut changes: Vec<(String, String, String)> = before
                .iter()
                .flat_map(|before| before.iter().zip(&words))
                .filter(|(old, new)| old.text != new.text)
                .map(|(old, new)| (new.zh.clone(), old.text.clone(), new.text.clone()))
                .collect();
            let status = |open| if open { "开放" } else { "已关闭" }.to_owned();
            let open = version.status == store::Status::Open;
            if let Some(was) = opened
                && was != open
            {
                changes.push(("状态".to_owned(), status(was), status(open)));
            }
            opened = Some(open);
            before = Some(words);
            out.push(Version {
                version: version.version,
                by: version.updated_by,
                at_ms: version.updated_ms,
                changes,
            });
        }
        out.reverse();
        out
    }
}

/// The word for a noun in the audit.
pub fn noun_word(noun: Noun) -> &'static str {
    match noun {
        Noun::Enterprise => "enterprise",
        Noun::Need => "need",
        Noun::Offer => "offer",
    }
}

impl App {
    /// Records that protected fields of a record were read: which, never what stands in them.
    pub(crate) async fn read_protected(
        &self,
        actor: &Actor,
        noun: Noun,
        id: i64,
        fields: &[String],
    ) -> Result<()> {
        if fields.is_empty() {
            return Ok(());
        }
        let object = format!("{}/{id}", noun_word(noun));
        Ok(self
            .store
            .audit_append(&self.by(actor), "read.protected", &object, &json!({ "fields": fields }))
            .await?)
    }

    pub(crate) fn today(&self) -> Date {
        self.clock.today()
    }
}
