//! Who may see a field: the confidentiality ladder.

use crate::markets::MarketKey;
use crate::table::{self, TableError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Level of a field, from open to closed. A field carries its level, not a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// 公开: anybody.
    Public,
    /// 联盟成员: every member of the alliance.
    Members,
    /// 对接双方: the two sides of a confirmed match.
    Counterparties,
    /// 秘书处: the secretariat only (and the owner).
    Secretariat,
    /// 本企业: the owner only.
    Own,
}

impl Visibility {
    /// All levels from open to closed.
    pub const ALL: [Self; 5] =
        [Self::Public, Self::Members, Self::Counterparties, Self::Secretariat, Self::Own];

    /// The level's Chinese name, as workbooks write it.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Public => "公开",
            Self::Members => "联盟成员",
            Self::Counterparties => "对接双方",
            Self::Secretariat => "秘书处",
            Self::Own => "本企业",
        }
    }

    /// Reads a level from its Chinese or English name.
    pub fn parse(text: &str) -> Option<Self> {
        let key = crate::fold::fold_key(text);
        match key.as_str() {
            "公开" | "完全公开" | "public" | "是" => Some(Self::Public),
            "联盟成员" | "成员" | "联盟内" | "联盟内公开" | "会员" | "members" => {
                Some(Self::Members)
            }
            "对接双方" | "双方" | "counterparties" => Some(Self::Counterparties),
            "秘书处" | "仅秘书处" | "secretariat" => Some(Self::Secretariat),
            "本企业" | "不公开" | "保密" | "own" | "否" => Some(Self::Own),
            _ => None,
        }
    }
}

/// Which noun a field belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Noun {
    /// An enterprise.
    Enterprise,
    /// A need.
    Need,
    /// An offer.
    Offer,
}

/// The level of every field (`data/visibility.csv`). A field that is not in the table is the secretariat's.
#[derive(Debug, Clone, Default)]
pub struct VisibilityTable(BTreeMap<(Noun, String), Visibility>);

#[derive(Deserialize)]
struct Row {
    noun: Noun,
    field: String,
    level: Visibility,
}

impl VisibilityTable {
    /// Reads `noun,field,level` rows (further columns are for people).
    ///
    /// # Errors
    /// The first faulty line.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        let mut levels = BTreeMap::new();
        for (line, row) in table::rows::<Row>("visibility.csv", text)? {
            if levels.insert((row.noun, row.field.clone()), row.level).is_some() {
                return Err(TableError::new(
                    "visibility.csv",
                    line,
                    format!("field {} stands twice", row.field),
                ));
            }
        }
        Ok(Self(levels))
    }

    /// The level of `field`; the row's own wish (its 公开级别) can only close it further.
    pub fn level(&self, noun: Noun, field: &str, row: Visibility) -> Visibility {
        self.0.get(&(noun, field.to_owned())).copied().unwrap_or(Visibility::Secretariat).max(row)
    }

    /// Gives a field its level.
    pub fn set(&mut self, noun: Noun, field: &str, level: Visibility) {
        self.0.insert((noun, field.to_owned()), level);
    }

    /// [`Self::level`] of a field in a market: the market's own level of it, where it says one.
    pub fn level_in(&self, market: &MarketKey, noun: Noun, field: &str, row: Visibility) -> Visibility {
        if market.is_parts() {
            return self.level(noun, field, row);
        }
        let own = self.0.get(&(noun, format!("{market}.{field}")));
        own.map_or_else(|| self.level(noun, field, row), |level| (*level).max(row))
    }

    /// All fields with their levels.
    pub fn iter(&self) -> impl Iterator<Item = (Noun, &str, Visibility)> {
        self.0.iter().map(|((noun, field), level)| (*noun, field.as_str(), *level))
    }
}
