//! Posting and changing single records by hand. Words are read as at import: `5000片/月`, `≥150片/h`, `3个月`.

use super::card::{MatchRow, unknown};
use super::form::{Form, Reading};
use super::market::{Eyes, Held, Listed, Market, Shelf, Viewer};
use super::matcher::Asked;
use super::search::{NeedRow, RecordStatus};
use crate::import::identity::{self, Trade};
use crate::{Act, Actor, App, Code, Error, Result};
use model::need::Need;
use model::visibility::{Noun, Visibility};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Status;

/// A need as a person types it; every field is text as in a workbook's cell, empty where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NeedForm {
    /// Row id of the enterprise; a member's own where empty.
    pub enterprise: Option<i64>,
    /// 需求产品名称. The only field that must be there.
    pub title: String,
    /// 规格参数.
    pub detail: String,
    /// 数量, such as `5000片/月`.
    pub quantity: String,
    /// 预算/参考价.
    pub price: String,
    /// 交期.
    pub delivery: String,
    /// 执行标准.
    pub standard: String,
    /// 材质.
    pub material: String,
    /// 认证要求, separated by commas.
    pub certificates: String,
    /// 付款方式.
    pub payment: String,
    /// 目前供应地/供应商.
    pub current_source: String,
    /// 最远距离 (km).
    pub max_distance: String,
    /// 有效期 (last day, or a span such as `3个月`).
    pub validity: String,
    /// 联系人.
    pub contact_name: String,
    /// 职务.
    pub contact_position: String,
    /// 电话.
    pub contact_phone: String,
    /// 备注.
    pub note: String,
    /// 公开级别; the whole row is closed further by it.
    pub visibility: Option<Visibility>,
    /// 最迟到货日期.
    pub needed_by: String,
    /// 可否分批: 是 or 否.
    pub partial: String,
    /// Key of the market; that of parts and materials where empty. A record stays in its market.
    pub market: String,
    /// The market's own fields, by their ids.
    pub own: BTreeMap<String, String>,
}

/// An offer as a person types it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OfferForm {
    /// Row id of the enterprise; a member's own where empty.
    pub enterprise: Option<i64>,
    /// 产品名称. The only field that must be there.
    pub title: String,
    /// 规格参数.
    pub detail: String,
    /// 产能.
    pub capacity: String,
    /// 剩余产能.
    pub spare_capacity: String,
    /// 单价区间.
    pub price: String,
    /// 最小起订.
    pub minimum_order: String,
    /// 样品周期 (days).
    pub sample_days: String,
    /// 执行标准.
    pub standard: String,
    /// 材质.
    pub material: String,
    /// 认证, separated by commas.
    pub certificates: String,
    /// 供货半径 (km).
    pub supply_radius: String,
    /// 主要客户.
    pub customers: String,
    /// 有效期.
    pub validity: String,
    /// 联系人.
    pub contact_name: String,
    /// 职务.
    pub contact_position: String,
    /// 电话.
    pub contact_phone: String,
    /// 备注.
    pub note: String,
    /// 公开级别.
    pub visibility: Option<Visibility>,
    /// 交货周期 (days).
    pub lead_days: String,
    /// 批量: what it is sold in whole multiples of.
    pub lot: String,
    /// Key of the market, as of a need.
    pub market: String,
    /// The market's own fields, by their ids.
    pub own: BTreeMap<String, String>,
}

/// A record that was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Saved {
    /// Row id.
    pub id: i64,
    /// Version now.
    pub version: i64,
}

/// What a need would look like and meet, before it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct NeedPreview {
    /// The need as it was understood.
    pub row: NeedRow,
    /// Ranked offers.
    pub matches: Vec<MatchRow>,
    /// What looks odd, in Chinese.
    pub warnings: Vec<String>,
}

/// Where a record is to be stored.
struct Place<'m, T> {
    /// The record as it is stored, and as its editor sees it; none for a new one.
    old: Option<(&'m Arc<Held<T>>, T)>,
    /// Row id and key of its enterprise.
    owner: (i64, String),
}

impl Market {
    /// The record that an actor wants to change, at the version that the actor has seen.
    pub(crate) fn kept<'m, T: Listed>(
        &'m self,
        viewer: &Viewer,
        shelf: &'m Shelf<T>,
        id: i64,
        version: Option<i64>,
    ) -> Result<&'m Arc<Held<T>>> {
        let held = shelf.get(id).filter(|held| self.knows(viewer, held) && viewer.keeps(held.owner));
        let held = held.ok_or_else(unknown)?;
        match version {
            Some(version) if version != held.version => Err(Error::new(
                Code::Conflict,
                format!("version {version} was read, but version {} is stored by now", held.version),
            )
            .hint("look at what was changed, then change it again")),
            _ => Ok(held),
        }
    }

    fn place_for<'m, T: Listed + Clone>(
        &'m self,
        viewer: &Viewer,
        shelf: &'m Shelf<T>,
        at: Option<(i64, i64)>,
        enterprise: Option<i64>,
    ) -> Result<Place<'m, T>> {
        let (old, owner) = match at {
            Some((id, version)) => {
                let held = self.kept(viewer, shelf, id, Some(version))?;
                if enterprise.is_some_and(|other| other != held.owner) {
                    return Err(field("enterprise", "记录不能改到另一家企业名下"));
                }
                let seen = held.value.clone().redacted(self.reference, self.sight(viewer, held));
                (Some((held, seen)), held.owner)
            }
            None => (None, self.owner_of_new(viewer, enterprise)?),
        };
        let key = self.enterprises.get(owner).map(|e| e.value.key.clone()).ok_or_else(unknown)?;
        Ok(Place { old, owner: (owner, key) })
    }

    /// The enterprise under which somebody stores something new.
    fn owner_of_new(&self, viewer: &Viewer, enterprise: Option<i64>) -> Result<i64> {
        match (enterprise.or(viewer.own()), &viewer.eyes) {
            (Some(id), _) => match self.enterprises.get(id) {
                Some(held) if self.knows(viewer, held) && viewer.keeps(id) => Ok(id),
                _ => Err(unknown()),
            },
            (None, Eyes::Member(_)) => {
                Err(field("enterprise", "账号尚未绑定企业，请先认领企业，由秘书处核准"))
            }
            (None, _) => Err(field("enterprise", "请选择企业")),
        }
    }
}

/// An error at one field of a form.
pub(crate) fn field(name: &str, what: &str) -> Error {
    fields(vec![(name.to_owned(), what.to_owned())])
}

/// An error with all fields of a form that cannot be taken.
pub(crate) fn fields(fields: Vec<(String, String)>) -> Error {
    let words: Vec<String> = fields.iter().map(|(name, what)| format!("{name}: {what}")).collect();
    let mut error = Error::new(Code::BadInput, format!("the form cannot be taken: {}", words.join("; ")))
        .hint("correct these fields and send it again");
    error.fields = fields;
    error
}

/// Who may close a record to everybody else: its own enterprise, or nobody could undo it.
fn check_level(viewer: &Viewer, owner: i64, old: Option<Visibility>, new: Visibility) -> Result<()> {
    let own = viewer.own() == Some(owner);
    if new == Visibility::Own && old != Some(Visibility::Own) && !own {
        return Err(field("visibility", "只有本企业可以设为“本企业”，可改选“秘书处”"));
    }
    Ok(())
}

#[boxed::futures]
impl App {
    /// Understands and matches a need without storing it.
    ///
    /// # Errors
    /// [`crate::Code::BadInput`] with the fields that cannot be read ([`crate::Error::fields`]).
    pub async fn preview_need(&self, actor: &Actor, form: &NeedForm) -> Result<NeedPreview> {
        actor.need(Act::PreviewNeed)?;
        let market = self.market().await?;
        let viewer = market.viewer(actor);
        // Without an enterprise it can be understood all the same.
        let owner = match form.enterprise {
            Some(id) => Some(market.owner_of_new(&viewer, Some(id))?),
            None => viewer.own(),
        };
        let Reading { value: mut need, warnings } = self.read_form(form)?;
        let brief = owner.map(|id| market.brief(&viewer, id)).unwrap_or_default();
        need.enterprise =
            owner.and_then(|id| market.enterprises.get(id)).map_or_else(String::new, |e| e.value.key.clone());
        let asked = Asked { need: &need, owner, from: None };
        let matches = self.match_rows(&market, &viewer, asked, None).await?;
        let odd = if need.market.is_parts() { odd(&need) } else { Vec::new() };
        let warnings = warnings.into_iter().chain(odd).collect();
        need.enterprise.clear();
        let row = NeedRow {
            id: 0,
            version: 0,
            status: RecordStatus::Open,
            updated_ms: self.clock.now_ms(),
            enterprise: brief,
            need,
            may_edit: true,
            listed: None,
        };
        Ok(NeedPreview { row, matches, warnings })
    }

    /// Stores a need: a new one, or a new version of one (`Some((id, version))`). Members store for their own enterprise,
    /// commissioners for theirs.
    ///
    /// # Errors
    /// [`crate::Code::BadInput`] with the fields; [`crate::Code::Conflict`] where `version` is not the newest;
    /// [`crate::Code::NotFound`], also for others' records.
    pub async fn save_need(&self, actor: &Actor, at: Option<(i64, i64)>, form: &NeedForm) -> Result<Saved> {
        actor.need(Act::SaveNeed)?;
        let market = self.market().await?;
        let value = self.to_store(&market, actor, &market.needs, at, form, form.enterprise)?;
        let (id, version) = self.store.save_need(&value, at, &self.by(actor)).await.map_err(taken)?;
        Ok(Saved { id, version })
    }

    /// Stores an offer, as [`Self::save_need`].
    ///
    /// # Errors
    /// As [`Self::save_need`].
    pub async fn save_offer(&self, actor: &Actor, at: Option<(i64, i64)>, form: &OfferForm) -> Result<Saved> {
        actor.need(Act::SaveOffer)?;
        let market = self.market().await?;
        let value = self.to_store(&market, actor, &market.offers, at, form, form.enterprise)?;
        let (id, version) = self.store.save_offer(&value, at, &self.by(actor)).await.map_err(taken)?;
        Ok(Saved { id, version })
    }

    /// The record that a form makes: of fields that were not touched, what is stored stays as it is.
    fn to_store<T, F>(
        &self,
        market: &Market,
        actor: &Actor,
        shelf: &Shelf<T>,
        at: Option<(i64, i64)>,
        form: &F,
        enterprise: Option<i64>,
    ) -> Result<T>
    where
        T: Listed + Trade,
        F: Form<Record = T>,
    {
        let viewer = market.viewer(actor);
        let Place { old, owner: (owner, owner_key) } = market.place_for(&viewer, shelf, at, enterprise)?;
        let Reading { mut value, .. } = match &old {
            Some((held, seen)) => {
                unmerged(&held.value)?;
                let before = F::of(seen, held.owner, market.reference);
                if form.market() != before.market() {
                    return Err(field("market", "记录不能改到另一个市场"));
                }
                // What was not touched is not read again: only what was typed is judged.
                let Reading { value, warnings } = self.read_touched(form, &before)?;
                Reading { value: form.keep(value, &before, &held.value), warnings }
            }
            None => self.read_form(form)?,
        };
        check_level(&viewer, owner, old.as_ref().map(|(held, _)| held.value.row()), value.row())?;
        match &old {
            Some((held, _)) => {
                value.set_keys(
                    Listed::key(&held.value).to_owned(),
                    Listed::enterprise(&held.value).to_owned(),
                );
                value.set_number(held.value.number().to_owned());
            }
            None => {
                value.set_keys(String::new(), owner_key);
                let stored: Vec<T> = shelf.of(owner).map(|held| held.value.clone()).collect();
                let row = identity::Row { value, visibility_given: true, addition: true, at: 0 };
                let known = identity::identify(vec![row], &stored).records.pop();
                value = known.map(|known| known.value).ok_or_else(unknown)?;
                if stored.iter().any(|s| Trade::key(s) == Trade::key(&value)) {
                    return Err(already());
                }
            }
        }
        Ok(value)
    }

    /// The form of a need that may be changed, with its version. Part of `need`'s leave.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`], also for others' records.
    pub async fn need_form(&self, actor: &Actor, id: i64) -> Result<(i64, NeedForm)> {
        actor.need(Act::Need)?;
        let market = self.market().await?;
        self.form_of(&market, actor, &market.needs, id).await
    }

    /// The form of an offer that may be changed, with its version. Part of `offer`'s leave.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`], also for others' records.
    pub async fn offer_form(&self, actor: &Actor, id: i64) -> Result<(i64, OfferForm)> {
        actor.need(Act::Offer)?;
        let market = self.market().await?;
        self.form_of(&market, actor, &market.offers, id).await
    }

    /// The form of a record that its reader keeps; what is protected in it is recorded as read.
    pub(crate) async fn form_of<T, F>(
        &self,
        market: &Market,
        actor: &Actor,
        shelf: &Shelf<T>,
        id: i64,
    ) -> Result<(i64, F)>
    where
        T: Listed + super::words::Words + Clone,
        F: Form<Record = T>,
    {
        let viewer = market.viewer(actor);
        let held = market.kept(&viewer, shelf, id, None)?;
        let sight = market.sight(&viewer, held);
        self.read_protected(actor, T::NOUN, id, &market.protected(sight, held)).await?;
        let seen = held.value.clone().redacted(market.reference, sight);
        Ok((held.version, F::of(&seen, held.owner, market.reference)))
    }

    /// Closes a record by row id, or opens it again; undone by the opposite. Opening one that stands says that it still holds
    /// (仍然有效): it is stale no longer. Leave of `set_status`.
    ///
    /// # Errors
    /// As [`Self::save_need`].
    pub async fn set_open(
        &self,
        actor: &Actor,
        noun: Noun,
        id: i64,
        version: i64,
        open: bool,
    ) -> Result<Saved> {
        actor.need(Act::SetStatus)?;
        let market = self.market().await?;
        let viewer = market.viewer(actor);
        let at = Some(version);
        fn own<T: Listed>(record: &T) -> Result<String> {
            unmerged(record)?;
            Ok(record.key().to_owned())
        }
        let key = match noun {
            Noun::Enterprise => market.kept(&viewer, &market.enterprises, id, at)?.value.key.clone(),
            Noun::Need => own(&market.kept(&viewer, &market.needs, id, at)?.value)?,
            Noun::Offer => own(&market.kept(&viewer, &market.offers, id, at)?.value)?,
        };
        let status = if open { Status::Open } else { Status::Closed };
        let version = self.store.set_status(noun, &key, version, status, &self.by(actor)).await?;
        Ok(Saved { id, version })
    }

    /// As [`Self::set_open`], by the record's key. Returns its version.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`], also for others' records; [`crate::Code::Conflict`] where somebody else changed it at the
    /// same moment.
    pub async fn set_status(&self, actor: &Actor, noun: Noun, key: &str, open: bool) -> Result<i64> {
        actor.need(Act::SetStatus)?;
        let market = self.market().await?;
        let place = match noun {
            Noun::Enterprise => market.enterprises.by_key(key).map(|held| (held.id, held.version)),
            Noun::Need => market.needs.by_key(key).map(|held| (held.id, held.version)),
            Noun::Offer => market.offers.by_key(key).map(|held| (held.id, held.version)),
        };
        let (id, version) = place.ok_or_else(unknown)?;
        Ok(self.set_open(actor, noun, id, version, open).await?.version)
    }
}

/// Asks that another record does not stand in its place.
pub(super) fn unmerged<T: Listed>(record: &T) -> Result<()> {
    match record.merged_into() {
        None => Ok(()),
        Some(_) => Err(Error::new(Code::Conflict, "one of the two was merged into another record")
            .hint("change the one that stands in its place, or part them first")),
    }
}

/// A new record that says what is there already.
fn already() -> Error {
    Error::new(Code::Conflict, "the enterprise has this very record already")
        .hint("change or reopen that one")
}

/// The store's refusal of a key that somebody else has taken at the same moment.
fn taken(error: store::Error) -> Error {
    match error {
        store::Error::Exists { .. } => already(),
        other => other.into(),
    }
}

/// What looks odd in a need, in Chinese.
fn odd(need: &Need) -> Vec<String> {
    let mut out = Vec::new();
    if need.node.is_none() {
        out.push("没有认出属于哪个产业链节点，请把产品名称写得更具体".to_owned());
    }
    if !need.unread.is_empty() {
        out.push(format!("未能读成规格参数的内容：{}", need.unread.join("；")));
    }
    if need.detail.is_empty() && need.specs.is_empty() {
        out.push("没有规格参数，只能按名称匹配".to_owned());
    }
    if need.quantity.is_none() {
        out.push("没有数量，无法与产能比较".to_owned());
    }
    out
}
