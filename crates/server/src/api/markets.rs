//! Markets: what there are, and which fields their records have.

use super::caller::Caller;
use super::problem::{Answer, Problem};
use super::read::Path;
use super::shapes::VisibilityWord;
use super::write::ok;
use crate::site::Site;
use app::Code;
use model::markets::{FieldKind, Market, MarketField, Names};
use model::property::Direction;
use model::spec::Strictness;
use model::visibility::{Noun, Visibility};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(markets)).routes(routes!(market))
}

/// A name in both languages.
#[derive(Debug, Serialize, ToSchema)]
struct BothNames {
    zh: String,
    en: String,
}

impl From<&Names> for BothNames {
    fn from(names: &Names) -> Self {
        Self { zh: names.zh.clone(), en: names.en.clone() }
    }
}

/// A market in few words.
#[derive(Debug, Serialize, ToSchema)]
struct MarketRow {
    /// Key; needs and offers are asked for by it.
    #[schema(example = "finance")]
    key: String,
    /// Name.
    name: BothNames,
    /// What it is for.
    about: BothNames,
    /// What its needs are called.
    need: BothNames,
    /// What its offers are called.
    offer: BothNames,
    /// Open needs that the reader may know of.
    needs: usize,
    /// Open offers that the reader may know of.
    offers: usize,
}

/// A field of a market's records.
#[derive(Debug, Serialize, ToSchema)]
struct FieldRow {
    /// Identity: in `own` where the field is the market's own, else a field of the record.
    id: String,
    /// True for a field of the market's own.
    own: bool,
    /// What it holds: text, area, date, number, choice or grade.
    kind: String,
    /// Name on the need's side; absent where needs have no such field.
    #[serde(skip_serializing_if = "Option::is_none")]
    need: Option<BothNames>,
    /// Name on the offer's side; absent where offers have no such field.
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<BothNames>,
    /// Unit where a number states none.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    /// Known words of a choice or grade (worst first).
    values: Vec<String>,
    /// Who may see it; the row's own level can only close it further.
    #[schema(value_type = VisibilityWord)]
    level: Visibility,
    /// True where needs must have it.
    need_required: bool,
    /// True where offers must have it.
    offer_required: bool,
    /// How the two sides are compared: smaller, larger, cover or equal; absent for what is only shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
    /// True where what is not met rules a pair out.
    hard: bool,
    /// True for a column of the lists.
    column: bool,
}

/// A market with its fields.
#[derive(Debug, Serialize, ToSchema)]
struct MarketCard {
    /// The market.
    market: MarketRow,
    /// Its fields in the order of forms and cards.
    fields: Vec<FieldRow>,
}

fn kind(kind: FieldKind) -> String {
    match kind {
        FieldKind::Text => "text",
        FieldKind::Area => "area",
        FieldKind::Date => "date",
        FieldKind::Number => "number",
        FieldKind::Choice => "choice",
        FieldKind::Grade => "grade",
    }
    .to_owned()
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Smaller => "smaller",
        Direction::Larger => "larger",
        Direction::Cover => "cover",
        Direction::Equal => "equal",
    }
}

impl From<&MarketField> for FieldRow {
    fn from(field: &MarketField) -> Self {
        Self {
            id: field.id.clone(),
            own: field.own,
            kind: kind(field.kind),
            need: field.need.as_ref().map(Into::into),
            offer: field.offer.as_ref().map(Into::into),
            unit: field.unit.clone(),
            values: field.values.clone(),
            level: field.level,
            need_required: field.required.contains(&Noun::Need),
            offer_required: field.required.contains(&Noun::Offer),
            rule: field.rule.map(|rule| direction(rule.direction)),
            hard: field.rule.is_some_and(|rule| rule.strictness == Strictness::Must),
            column: field.column,
        }
    }
}

fn row(market: &Market, (needs, offers): (usize, usize)) -> MarketRow {
    MarketRow {
        key: market.key.clone(),
        name: (&market.name).into(),
        about: (&market.about).into(),
        need: (&market.need.name).into(),
        offer: (&market.offer.name).into(),
        needs,
        offers,
    }
}

async fn rows(caller: &Caller) -> Result<Vec<(&'static Market, MarketRow)>, Problem> {
    let known = &caller.app().reference().markets;
    let infos = caller.app().markets(caller.actor()).await?.into_iter();
    Ok(infos
        .filter_map(|info| known.get(&info.key).map(|m| (m, row(m, (info.needs, info.offers)))))
        .collect())
}

/// List the markets
///
/// That of parts and materials, and the others, each with counts of what the reader may know of.
#[utoipa::path(get, path = "/markets", tag = "reference", responses((status = 200, body = Vec<MarketRow>)))]
async fn markets(caller: Caller) -> Answer {
    ok(&rows(&caller).await?.into_iter().map(|(_, row)| row).collect::<Vec<_>>())
}

/// Read a market
///
/// With the fields of its records: what a form asks, who sees it, and how the two sides are compared.
#[utoipa::path(get, path = "/markets/{key}", tag = "reference", params(("key" = String, Path)), responses((status = 200, body = MarketCard)))]
async fn market(caller: Caller, Path(key): Path<String>) -> Answer {
    let found = rows(&caller).await?.into_iter().find(|(market, _)| market.key == key);
    let (market, row) =
        found.ok_or_else(|| Problem::new(Code::NotFound, format!("there is no market `{key}`")))?;
    ok(&MarketCard { market: row, fields: market.fields.iter().map(Into::into).collect() })
}
