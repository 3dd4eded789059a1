//! Enterprises: finding them, and one file an enterprise (一企一档).

use super::card::{Version, unknown};
use super::edit::field;
use super::form::Form as _;
use super::introduction::IntroductionInfo;
use super::market::{Eyes, Held, Listed as _};
use super::row::Look;
use super::search::{NeedRow, OfferRow, Page, RecordStatus, fit, searched};
use crate::{Act, Actor, App, Code, Error, Result};
use model::enterprise::Enterprise;
use model::fold::fold_key;
use model::visibility::Noun;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::Status;

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnterpriseQuery {
    /// Words in name, short name, code or products.
    pub q: String,
    /// Region code; what lies within counts.
    pub region: String,
    /// Chain group.
    pub group: String,
    /// Only a member's own or a commissioner's.
    pub mine: bool,
    /// Page from 1.
    pub page: usize,
    /// Rows a page, 1 to 200; 0 counts as 50.
    pub per_page: usize,
}

/// An enterprise as its viewer may see it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EnterpriseRow {
    /// Row id.
    pub id: i64,
    /// Version.
    pub version: i64,
    /// Status.
    pub status: RecordStatus,
    /// When it last changed.
    pub updated_ms: i64,
    /// County or city in words.
    pub region: String,
    /// Park in words.
    pub park: String,
    /// Industry in words.
    pub industry: String,
    /// The enterprise, fields blank that the viewer may not see.
    pub enterprise: Enterprise,
    /// Open needs and offers that the viewer may know of.
    pub needs: usize,
    /// Open offers.
    pub offers: usize,
    /// True where the viewer may change it.
    pub may_edit: bool,
}

/// The file of an enterprise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EnterpriseCard {
    /// The enterprise.
    pub row: EnterpriseRow,
    /// Its needs.
    pub needs: Vec<NeedRow>,
    /// Its offers.
    pub offers: Vec<OfferRow>,
    /// Introductions that the viewer takes part in.
    pub introductions: Vec<IntroductionInfo>,
    /// Published lists that name it: number, needs and offers on it.
    pub lists: Vec<(u32, u32, u32)>,
    /// Who signs in for it (account names); for the secretariat and the enterprise itself.
    pub people: Vec<String>,
    /// Versions, newest first; for those who may change it.
    pub versions: Vec<Version>,
    /// Fields seen by office, ownership or introduction; reading them was recorded.
    pub protected: Vec<String>,
}

/// An enterprise as a person types it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EnterpriseForm {
    /// 企业名称. Must be there.
    pub name: String,
    /// 统一社会信用代码.
    pub uscc: String,
    /// 简称.
    pub short_name: String,
    /// County or city, name or code.
    pub region: String,
    /// Park, name or code.
    pub park: String,
    /// 地址.
    pub address: String,
    /// 行业代码.
    pub industry: String,
    /// 产业链小组.
    pub group: String,
    /// 主营产品.
    pub products: String,
    /// 从业人数.
    pub employees: String,
    /// 营业收入.
    pub revenue: String,
    /// 联系人.
    pub contact_name: String,
    /// 职务.
    pub contact_position: String,
    /// 电话.
    pub contact_phone: String,
    /// 备注.
    pub note: String,
}

#[boxed::futures]
impl App {
    /// Enterprises that fit a query.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn enterprises(&self, actor: &Actor, query: &EnterpriseQuery) -> Result<Page<EnterpriseRow>> {
        actor.need(Act::Enterprises)?;
        let (market, today) = (self.market().await?, self.today());
        let viewer = market.viewer(actor);
        let words = searched(&query.q);
        let regions = &market.reference.regions;
        let mut found: Vec<(u32, &Arc<Held<Enterprise>>)> = Vec::new();
        for held in &market.enterprises.all {
            let Some(level) = market.sight(&viewer, held).level else { continue };
            let value = &held.value;
            let placed = query.region.is_empty()
                || (held.filters.0 <= level
                    && [&value.region, &value.park]
                        .into_iter()
                        .flatten()
                        .any(|code| regions.is_within(code, &query.region)));
            let grouped = query.group.is_empty() || (held.filters.1 <= level && value.group == query.group);
            let mine = !query.mine || viewer.is_mine(held.id);
            if placed
                && grouped
                && mine
                && held.status == Status::Open
                && let Some(points) = fit(&words, held, level, None)
            {
                found.push((points, held));
            }
        }
        found.sort_unstable_by(|(p, a), (q, b)| {
            q.cmp(p).then_with(|| (&a.title.1, a.id).cmp(&(&b.title.1, b.id)))
        });
        Ok(Page::cut(&found, query.page, query.per_page, market.state_on(today), |(_, held)| {
            market.enterprise_row(&viewer, held, Look::Row, today)
        }))
    }

    /// The file of an enterprise.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`].
    pub async fn enterprise(&self, actor: &Actor, id: i64) -> Result<EnterpriseCard> {
        actor.need(Act::Enterprise)?;
        let (market, today) = (self.market().await?, self.today());
        let viewer = market.viewer(actor);
        let id = market.surviving(id);
        let held =
            market.enterprises.get(id).filter(|held| market.knows(&viewer, held)).ok_or_else(unknown)?;
        let sight = market.sight(&viewer, held);
        let keeps = viewer.keeps(id);
        let protected = market.protected(sight, held);
        self.read_protected(actor, Noun::Enterprise, id, &protected).await?;
        let versions = if keeps {
            market.versions(sight, self.store.enterprise_versions(&held.value.key).await?)
        } else {
            Vec::new()
        };
        let needs = market.needs.of(id).filter(|n| market.knows(&viewer, n));
        let offers = market.offers.of(id).filter(|o| market.knows(&viewer, o));
        let about = |need: &Held<_>, offer: &Held<_>| need.owner == id || offer.owner == id;
        let introductions = market.introductions_of(&viewer, about);
        self.read_contacts(actor, &introductions).await?;
        Ok(EnterpriseCard {
            row: market.enterprise_row(&viewer, held, Look::Card, today),
            needs: needs.map(|n| market.need_row(&viewer, n, Look::Row, today)).collect(),
            offers: offers.map(|o| market.offer_row(&viewer, o, Look::Row, today)).collect(),
            introductions,
            lists: market.named_on(&held.value.key),
            people: if keeps { self.people_of(id).await? } else { Vec::new() },
            versions,
            protected,
        })
    }

    /// Stores an enterprise: a new one (secretariat), or a new version (also its own members and its commissioner).
    ///
    /// # Errors
    /// [`crate::Code::BadInput`] with the fields; [`crate::Code::Conflict`]; [`crate::Code::NotFound`].
    pub async fn save_enterprise(
        &self,
        actor: &Actor,
        at: Option<(i64, i64)>,
        form: &EnterpriseForm,
    ) -> Result<super::Saved> {
        actor.need(Act::SaveEnterprise)?;
        let market = self.market().await?;
        let viewer = market.viewer(actor);
        let office = viewer.eyes == Eyes::Office;
        let value = match at {
            Some((id, version)) => {
                let held = market.kept(&viewer, &market.enterprises, id, Some(version))?;
                let seen = held.value.clone().redacted(market.reference, market.sight(&viewer, held));
                let before = EnterpriseForm::of(&seen, id, market.reference);
                let reading = self.read_touched(form, &before)?;
                let mut value = form.keep(reading.value, &before, &held.value);
                if (&value.name, &value.uscc) != (&held.value.name, &held.value.uscc) && !office {
                    return Err(field("name", "名称和代码由秘书处更改，请与秘书处联系"));
                }
                if value.name != held.value.name && !value.other_names.contains(&held.value.name) {
                    value.other_names.push(held.value.name.clone());
                    value.other_names.sort();
                }
                value.other_names.retain(|name| *name != value.name);
                value
            }
            None if office => self.read_form(form)?.value,
            None => {
                return Err(Error::new(Code::NotAllowed, "only the secretariat adds enterprises")
                    .hint("ask the secretariat to add it"));
            }
        };
        let same = market.enterprises.all.iter().find(|other| {
            at.is_none_or(|(id, _)| other.id != id)
                && (value.uscc.is_some() && other.value.uscc == value.uscc
                    || value.uscc.is_none() && other.title.1 == fold_key(&value.name))
        });
        if let Some(same) = same {
            // The name of one that the actor may not know of stays unsaid.
            let name = market.brief(&viewer, same.id).name;
            let name = if name.is_empty() { "另一家企业".to_owned() } else { format!("“{name}”") };
            let which = if value.uscc.is_some() { "uscc" } else { "name" };
            return Err(field(which, &format!("库中已有{name}，请直接修改该企业")));
        }
        let saved = self.store.save_enterprise(&value, at, &self.by(actor)).await?;
        Ok(super::Saved { id: saved.0, version: saved.1 })
    }

    /// The form of an enterprise that may be changed, with its version. Part of `enterprise`'s leave.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`], also where it may not be changed.
    pub async fn enterprise_form(&self, actor: &Actor, id: i64) -> Result<(i64, EnterpriseForm)> {
        actor.need(Act::Enterprise)?;
        let market = self.market().await?;
        self.form_of(&market, actor, &market.enterprises, id).await
    }
}
