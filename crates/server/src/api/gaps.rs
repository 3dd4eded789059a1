//! What a list says nobody local can supply, what would help, and how each link of the chain stands.

use super::caller::Caller;
use super::lists::read;
use super::problem::Answer;
use super::read::Path;
use super::shapes::{BindingWord, QuantityShape, VerdictShape};
use super::write::ok;
use crate::site::Site;
use app::{NodeStanding, Standing};
use model::allotment::Binding;
use model::list::ListIndex;
use model::matching::{Change, Gap, GapCause, GapGroup, Near, Remedy};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(list_gaps)).routes(routes!(list_standings))
}

/// A single gap.
#[derive(Debug, Serialize, ToSchema)]
struct GapShape {
    /// Number of the need on the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    need: Option<u32>,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// Why: nobody offers it, the nearest falls short, capacity or terms do not suffice, or it is too far away.
    cause: CauseWord,
    /// Number of the nearest offer on the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<u32>,
    /// The verdicts that stand in the way.
    verdicts: Vec<VerdictShape>,
    /// Quantity that stays open.
    #[serde(skip_serializing_if = "Option::is_none")]
    short: Option<QuantityShape>,
    /// The term that does not suffice.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BindingWord>)]
    limit: Option<Binding>,
    /// Distance of the nearest offer in km.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance_km: Option<f64>,
    /// The distance allowed in km.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_km: Option<f64>,
    /// The smallest changes that would meet it, smallest first; empty where nobody offers anything like it.
    remedies: Vec<RemedyShape>,
    /// Offers that were looked at for these: none of them needs less.
    looked_at: u32,
    /// Where nobody offers it: who makes something near to it, the nearest first; empty where nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    near: Option<Vec<NearShape>>,
}

/// An offer of something near to what is asked for.
#[derive(Debug, Serialize, ToSchema)]
struct NearShape {
    /// Number of the offer on the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<u32>,
    /// Similarity of the wording, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    similarity: Option<f64>,
    /// Its chain node, where that is a neighbour of the need's.
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
}

/// What would have to change at one offer for the need to be met; all changes together.
#[derive(Debug, Serialize, ToSchema)]
struct RemedyShape {
    /// Number of the offer on the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<u32>,
    /// How much all changes are together, relative to what is asked for.
    size: f64,
    /// The changes.
    changes: Vec<ChangeShape>,
}

/// A change.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "change")]
enum ChangeShape {
    /// A requirement is met.
    Property {
        /// The property.
        property: String,
        /// By so much, in the need's unit; absent where another kind is needed.
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<QuantityShape>,
        /// The need's words.
        need: String,
        /// The offer's words.
        offer: String,
    },
    /// So much more capacity is free, in the need's unit.
    Capacity {
        /// The capacity that is missing.
        by: QuantityShape,
    },
    /// The need orders so much more, up to the smallest order or a whole lot.
    Order {
        /// What is to be ordered beyond the quantity.
        by: QuantityShape,
    },
    /// Delivery reaches so much farther.
    Distance {
        /// Kilometres beyond what need and offer allow.
        by_km: f64,
    },
    /// The list's limit on the share of the offer's enterprise is raised.
    Share {
        /// The limit that was set, 0 to 1.
        from: f64,
        /// The limit at which the enterprise may serve the need, too.
        to: f64,
    },
    /// The need accepts a part.
    Partial {
        /// What stays open then.
        open: QuantityShape,
    },
}

impl From<Change> for ChangeShape {
    fn from(change: Change) -> Self {
        match change {
            Change::Property { property, by, need, offer } => {
                Self::Property { property: property.0, by: by.map(Into::into), need, offer }
            }
            Change::Capacity { by } => Self::Capacity { by: by.into() },
            Change::Order { by } => Self::Order { by: by.into() },
            Change::Distance { by_km } => Self::Distance { by_km },
            Change::Share { from, to } => Self::Share { from, to },
            Change::Partial { open } => Self::Partial { open: open.into() },
        }
    }
}

/// Why a need stays unmet.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CauseWord {
    NoSupplier,
    SpecificationShort,
    CapacityShort,
    TermsShort,
    TooFar,
}

/// The gaps of one chain node, or of one title where no node was recognised.
#[derive(Debug, Serialize, ToSchema)]
struct Gaps {
    /// Chain node.
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    /// Name of the node, or the need's title.
    name: String,
    /// Chain group.
    group: String,
    /// Enterprises that ask.
    demanders: u32,
    /// Unmet quantities by unit.
    quantities: Vec<QuantityShape>,
    /// Weight by which groups are ranked.
    weight: f64,
    /// The single gaps.
    gaps: Vec<GapShape>,
}

fn gaps_shape(group: &GapGroup, index: &ListIndex<'_>) -> Gaps {
    let number = |key: &str| index.offer(key).map(|o| o.number);
    let remedy = |remedy: &Remedy| RemedyShape {
        offer: number(&remedy.offer),
        size: remedy.size,
        changes: remedy.changes.iter().cloned().map(Into::into).collect(),
    };
    let near = |near: &Near| NearShape {
        offer: number(&near.offer),
        similarity: near.similarity,
        node: near.node.as_ref().map(|n| n.0.clone()),
    };
    let gap = |gap: &Gap| {
        let need = index.need(&gap.need);
        let mut shape = GapShape {
            need: need.map(|n| n.number),
            title: need.map(|n| n.need.title.clone()),
            cause: CauseWord::NoSupplier,
            offer: None,
            verdicts: Vec::new(),
            short: None,
            limit: None,
            distance_km: None,
            allowed_km: None,
            remedies: gap.remedies.iter().map(remedy).collect(),
            looked_at: gap.looked_at,
            near: gap.near.as_ref().map(|all| all.iter().map(near).collect()),
        };
        match &gap.cause {
            GapCause::NoSupplier => {}
            GapCause::SpecificationShort { offer, verdicts } => {
                shape.cause = CauseWord::SpecificationShort;
                shape.offer = number(offer);
                shape.verdicts = verdicts.iter().cloned().map(Into::into).collect();
            }
            GapCause::CapacityShort { short, offer } => {
                shape.cause = CauseWord::CapacityShort;
                shape.offer = number(offer);
                shape.short = Some(short.clone().into());
            }
            GapCause::TermsShort { short, offer, limit } => {
                shape.cause = CauseWord::TermsShort;
                shape.offer = number(offer);
                (shape.short, shape.limit) = (Some(short.clone().into()), Some(*limit));
            }
            GapCause::TooFar { offer, distance_km, allowed_km } => {
                shape.cause = CauseWord::TooFar;
                shape.offer = number(offer);
                (shape.distance_km, shape.allowed_km) = (Some(*distance_km), Some(*allowed_km));
            }
        }
        shape
    };
    Gaps {
        node: group.node.as_ref().map(|n| n.0.clone()),
        name: group.name.clone(),
        group: group.group.clone(),
        demanders: group.demanders,
        quantities: group.quantities.iter().cloned().map(Into::into).collect(),
        weight: group.weight,
        gaps: group.gaps.iter().map(gap).collect(),
    }
}

/// Read a list's gaps
///
/// What nobody local can supply (依需补链), heaviest first.
#[utoipa::path(get, path = "/lists/{number}/gaps", tag = "lists", params(("number" = u32, Path)), responses((status = 200, body = Vec<Gaps>)))]
async fn list_gaps(caller: Caller, Path(number): Path<u32>) -> Answer {
    let list = read(&caller, number).await?;
    let index = ListIndex::new(&list.content);
    ok(&list.content.gaps.iter().map(|group| gaps_shape(group, &index)).collect::<Vec<_>>())
}

/// How a link of the chain stands on a list.
#[derive(Debug, Serialize, ToSchema)]
struct StandingShape {
    /// The chain node.
    node: String,
    /// How it stands.
    standing: StandingWord,
    /// Enterprises that ask for it.
    demanders: u32,
    /// Enterprises inside the cluster that offer it.
    suppliers_inside: u32,
    /// Enterprises outside that offer it.
    suppliers_outside: u32,
    /// Free capacity inside over demand, where both are stated in units that compare.
    #[serde(skip_serializing_if = "Option::is_none")]
    capacity_ratio: Option<f64>,
    /// Value of what stays unmet, yuan a month, of needs whose price the caller may see.
    unmet_yuan: f64,
    /// Needs that are not covered in full.
    open: u32,
    /// Of these, needs that `unmet_yuan` counts.
    priced: u32,
    /// Value of what stays unmet of needs without such a price, by the median price of the node's offers that the caller may see.
    estimated_yuan: f64,
    /// Needs that `estimated_yuan` counts.
    estimated: u32,
    /// Offers whose prices the estimate rests on.
    basis: u32,
    /// How near it is to what the cluster makes, 0 to 1.
    relatedness: f64,
}

/// How a link stands: nobody offers it, only outside enterprises do, one supplier or too little capacity, or none of these.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum StandingWord {
    Missing,
    Outside,
    Weak,
    Strong,
}

impl From<NodeStanding> for StandingShape {
    fn from(s: NodeStanding) -> Self {
        Self {
            node: s.node.0,
            standing: match s.standing {
                Standing::Missing => StandingWord::Missing,
                Standing::Outside => StandingWord::Outside,
                Standing::Weak => StandingWord::Weak,
                Standing::Strong => StandingWord::Strong,
            },
            demanders: s.demanders,
            suppliers_inside: s.suppliers_inside,
            suppliers_outside: s.suppliers_outside,
            capacity_ratio: s.capacity_ratio,
            unmet_yuan: s.value.yuan,
            open: s.value.open,
            priced: s.value.priced,
            estimated_yuan: s.value.estimated_yuan,
            estimated: s.value.estimated,
            basis: s.value.basis,
            relatedness: s.relatedness,
        }
    }
}

/// The links of the chain, and the rules behind them.
#[derive(Debug, Serialize, ToSchema)]
struct Standings {
    /// The links, the greatest unmet value first.
    nodes: Vec<StandingShape>,
    /// What each standing means, what counts as unmet value, how links are ranked, and what relatedness is.
    rules: [&'static str; 4],
}

/// Read how each link of the chain stands
///
/// Missing, dependent on outside, weak or strong on this list, the greatest unmet value first. A list shows no protected price:
/// values come of the prices that the caller may see now.
#[utoipa::path(get, path = "/lists/{number}/standings", tag = "lists", params(("number" = u32, Path)), responses((status = 200, body = Standings)))]
async fn list_standings(caller: Caller, Path(number): Path<u32>) -> Answer {
    let list = read(&caller, number).await?;
    let nodes = caller.app().standings(caller.actor(), &list).await?;
    ok(&Standings {
        nodes: nodes.into_iter().map(Into::into).collect(),
        rules: [app::STANDING_EN, app::VALUE_EN, app::RANKING_EN, app::RELATEDNESS_EN],
    })
}
