//! Posting and changing single records by hand. Words are read as at import: `5000片/月`, `≥150片/h`, `3个月`.

use super::card::MatchRow;
use super::search::NeedRow;
use crate::{Actor, App, Result};
use model::visibility::{Noun, Visibility};
use serde::{Deserialize, Serialize};

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

impl App {
    /// Understands and matches a need without storing it.
    ///
    /// # Errors
    /// [`crate::Code::BadInput`] with the fields that cannot be read ([`crate::Error::fields`]).
    pub async fn preview_need(&self, actor: &Actor, form: &NeedForm) -> Result<NeedPreview> {
        let _ = (actor, form);
        Err(crate::pending())
    }

    /// Stores a need: a new one, or a new version of one (`Some((id, version))`). Members store for their own enterprise,
    /// commissioners for theirs.
    ///
    /// # Errors
    /// [`crate::Code::BadInput`] with the fields; [`crate::Code::Conflict`] where `version` is not the newest;
    /// [`crate::Code::NotFound`], also for others' records.
    pub async fn save_need(&self, actor: &Actor, at: Option<(i64, i64)>, form: &NeedForm) -> Result<Saved> {
        let _ = (actor, at, form);
        Err(crate::pending())
    }

    /// Stores an offer, as [`Self::save_need`].
    ///
    /// # Errors
    /// As [`Self::save_need`].
    pub async fn save_offer(&self, actor: &Actor, at: Option<(i64, i64)>, form: &OfferForm) -> Result<Saved> {
        let _ = (actor, at, form);
        Err(crate::pending())
    }

    /// The form of a need that may be changed, with its version. Part of `need`'s leave.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`], also for others' records.
    pub async fn need_form(&self, actor: &Actor, id: i64) -> Result<(i64, NeedForm)> {
        let _ = (actor, id);
        Err(crate::pending())
    }

    /// The form of an offer that may be changed, with its version. Part of `offer`'s leave.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`], also for others' records.
    pub async fn offer_form(&self, actor: &Actor, id: i64) -> Result<(i64, OfferForm)> {
        let _ = (actor, id);
        Err(crate::pending())
    }

    /// Closes a record by row id, or opens it again; undone by the opposite. Leave of `set_status`.
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
        let _ = (actor, noun, id, version, open);
        Err(crate::pending())
    }
}
