//! What a column can mean.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What the rows of a sheet are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SheetKind {
    /// One enterprise a row.
    Enterprises,
    /// One need a row.
    Needs,
    /// One offer a row.
    Offers,
}

impl SheetKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Enterprises, Self::Needs, Self::Offers];

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Enterprises => "企业表",
            Self::Needs => "需求表",
            Self::Offers => "供给表",
        }
    }

    /// English name, as in mappings.
    pub fn key(self) -> &'static str {
        match self {
            Self::Enterprises => "enterprises",
            Self::Needs => "needs",
            Self::Offers => "offers",
        }
    }

    /// Reads a kind from its English or Chinese name.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_lowercase().as_str() {
            "enterprises" | "enterprise" | "企业" | "企业表" => Some(Self::Enterprises),
            "needs" | "need" | "需求" | "需求表" => Some(Self::Needs),
            "offers" | "offer" | "供给" | "供应" | "供给表" => Some(Self::Offers),
            _ => None,
        }
    }

    /// The field without which a row of this kind means nothing.
    pub fn required(self) -> Field {
        match self {
            Self::Enterprises => Field::Enterprise,
            Self::Needs | Self::Offers => Field::Title,
        }
    }
}

/// Declares [`Field`] with its key (as in mappings and `headings.csv`) and its Chinese name.
macro_rules! fields {
    ($($field:ident $key:literal $zh:literal,)*) => {
        /// The meaning of a column.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[expect(missing_docs, reason = "each field's Chinese name stands beside it")]
        pub enum Field { $($field,)* }

        impl Field {
            /// All fields.
            pub const ALL: &[Self] = &[$(Self::$field,)*];

            /// English name, as in mappings and `headings.csv`.
            pub fn key(self) -> &'static str {
                match self { $(Self::$field => $key,)* }
            }

            /// Chinese name, as errors and workbooks write it.
            pub fn zh(self) -> &'static str {
                match self { $(Self::$field => $zh,)* }
            }
        }
    };
}

fields! {
    Sequence "sequence" "序号",
    Reason "reason" "退回原因",
    Enterprise "enterprise" "企业名称",
    Uscc "uscc" "统一社会信用代码",
    Region "region" "所在县区",
    Park "park" "园区",
    Group "group" "产业链小组",
    Contact "contact" "联系人",
    Position "position" "职务",
    Phone "phone" "电话",
    Note "note" "备注",
    Visibility "visibility" "公开级别",
    Fictional "fictional" "是否虚构",
    ShortName "short_name" "简称",
    OtherNames "other_names" "曾用名",
    Address "address" "地址",
    Longitude "longitude" "经度",
    Latitude "latitude" "纬度",
    Industry "industry" "行业代码",
    Products "products" "主营产品",
    Employees "employees" "从业人数",
    Revenue "revenue" "营业收入",
    Title "title" "产品名称",
    Number "number" "编号",
    Detail "detail" "规格参数",
    Standard "standard" "执行标准",
    Material "material" "材质",
    Quantity "quantity" "数量",
    QuantityYear "quantity_year" "年需求量",
    Unit "unit" "单位",
    Frequency "frequency" "频次",
    Price "price" "价格",
    PriceLow "price_low" "最低价",
    PriceHigh "price_high" "最高价",
    PriceUnit "price_unit" "价格单位",
    Delivery "delivery" "交期",
    CurrentPlace "current_place" "目前供应地",
    CurrentSupplier "current_supplier" "目前供应商",
    Certificates "certificates" "认证",
    Payment "payment" "付款方式",
    MaxDistanceKm "max_distance_km" "最远距离",
    ValidFrom "valid_from" "起始日期",
    ValidUntil "valid_until" "截止日期",
    Validity "validity" "有效期",
    Capacity "capacity" "产能",
    CapacityYear "capacity_year" "年产能",
    CapacityMonth "capacity_month" "月产能",
    CapacityDay "capacity_day" "日产能",
    CapacityUnit "capacity_unit" "产能单位",
    SpareCapacity "spare_capacity" "剩余产能",
    SpareYear "spare_year" "剩余年产能",
    SpareMonth "spare_month" "剩余月产能",
    SpareRate "spare_rate" "富余率",
    LoadRate "load_rate" "产能利用率",
    MinimumOrder "minimum_order" "最小起订量",
    SampleDays "sample_days" "样品周期",
    SupplyRadiusKm "supply_radius_km" "供货半径",
    Customers "customers" "主要客户",
    NeededBy "needed_by" "最迟到货日期",
    Partial "partial" "可否分批",
    LeadDays "lead_days" "交货周期",
    Lot "lot" "批量",
}

impl Field {
    /// The field with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|f| f.key() == key)
    }

    /// True where several columns may carry it, their texts joined.
    pub fn is_joined(self) -> bool {
        matches!(
            self,
            Self::Detail | Self::Note | Self::Certificates | Self::Phone | Self::Delivery | Self::Sequence
        )
    }

    /// True where a vertically merged cell means the same for every row it spans: what is the enterprise's.
    pub fn is_enterprise_level(self) -> bool {
        matches!(
            self,
            Self::Enterprise
                | Self::Uscc
                | Self::Region
                | Self::Park
                | Self::Group
                | Self::Contact
                | Self::Position
                | Self::Phone
                | Self::Fictional
        )
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.zh())
    }
}

/// What is done with a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// It fills a field.
    Field(Field),
    /// It is named after a property (线径, 纯度 ...): its cells become clauses `线径：0.02mm` of the specification text.
    Clause,
    /// It fills a field of the market's own, by its place among the market's fields.
    Own(u16),
}

impl Target {
    /// English name, as in mappings. Fields of a market's own are found again by their headings alone.
    pub fn key(self) -> &'static str {
        match self {
            Self::Field(field) => field.key(),
            Self::Clause => "clause",
            Self::Own(_) => "own",
        }
    }

    /// Reads a target from its English name, or a field from its Chinese one.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == "clause" {
            return Some(Self::Clause);
        }
        let field =
            Field::ALL.iter().copied().find(|f| f.key().eq_ignore_ascii_case(text) || f.zh() == text)?;
        Some(Self::Field(field))
    }
}
