//! The overview, the cluster itself, and the tables that every client needs.

use super::caller::Caller;
use super::problem::{Answer, Problem, title};
use super::read::{Json, Path};
use super::shapes::{NounWord, PointShape, VisibilityWord};
use super::write::{done, ok};
use crate::site::Site;
use app::{Act, Code};
use model::chain::{ChainNode, EdgeKind, NodeKind};
use model::reference::Reference;
use model::region::RegionLevel;
use model::visibility::{Noun, Visibility};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(overview))
        .routes(routes!(name_cluster))
        .routes(routes!(regions))
        .routes(routes!(nodes))
        .routes(routes!(node))
        .routes(routes!(visibility))
        .routes(routes!(problems))
}

/// Something that waits for the caller.
#[derive(Debug, Serialize, ToSchema)]
struct Task {
    /// `claims`, `duplicates`, `twins`, `draft`, `stale`, `introductions`, `messages`, `deliveries`, `no_enterprise`, `no_needs`, `no_offers`,
    /// `no_list` or `no_region`.
    kind: String,
    /// How many.
    count: usize,
    /// Page where it is done.
    link: String,
}

/// The cluster at a glance; counts are of what the caller may know of.
#[derive(Debug, Serialize, ToSchema)]
struct Overview {
    /// Name of the cluster.
    cluster: String,
    /// Region that it is.
    region: String,
    /// True for the fictional demo cluster.
    demo: bool,
    /// Enterprises.
    enterprises: usize,
    /// Open needs.
    needs: usize,
    /// Open offers.
    offers: usize,
    /// One's own open needs.
    my_needs: usize,
    /// One's own open offers.
    my_offers: usize,
    /// What waits for the caller.
    tasks: Vec<Task>,
}

/// Read the overview
#[utoipa::path(get, path = "/overview", tag = "reference", responses((status = 200, body = Overview)))]
async fn overview(caller: Caller) -> Answer {
    let o = caller.app().overview(caller.actor()).await?;
    let task = |(kind, count, link): (String, usize, String)| Task { kind, count, link };
    ok(&Overview {
        cluster: o.cluster,
        region: o.region,
        demo: o.demo,
        enterprises: o.enterprises,
        needs: o.needs,
        offers: o.offers,
        my_needs: o.mine.0,
        my_offers: o.mine.1,
        tasks: o.tasks.into_iter().map(task).collect(),
    })
}

/// Name and region.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "吉安电子信息产业集群", "region": "360800"}))]
struct ClusterBody {
    /// Name, as every list will say it.
    name: String,
    /// Code or name of its region.
    region: String,
}

/// Name the cluster
#[utoipa::path(put, path = "/cluster", tag = "installation", request_body = ClusterBody, responses((status = 204, description = "Stored")))]
async fn name_cluster(caller: Caller, Json(body): Json<ClusterBody>) -> Answer {
    caller.app().name_cluster(caller.actor(), &body.name, &body.region).await?;
    done()
}

/// A region or park.
#[derive(Debug, Serialize, ToSchema)]
struct Region {
    /// Division or park code.
    code: String,
    /// Name.
    name: String,
    /// English name.
    name_en: String,
    /// `province`, `city`, `county` or `park`.
    #[schema(value_type = String)]
    level: RegionLevel,
    /// Code of the region above; empty for the top.
    parent: String,
    /// Seat or centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    point: Option<PointShape>,
}

/// List regions and parks
#[utoipa::path(get, path = "/regions", tag = "reference", responses((status = 200, body = Vec<Region>)))]
async fn regions(caller: Caller) -> Answer {
    caller.actor().need(Act::Me)?;
    let region = |r: &model::region::Region| Region {
        code: r.code.clone(),
        name: r.name.clone(),
        name_en: r.name_en.clone(),
        level: r.level,
        parent: r.parent.clone(),
        point: r.point.map(Into::into),
    };
    ok(&Reference::builtin().regions.iter().map(region).collect::<Vec<_>>())
}

/// A product or process of the chain graph.
#[derive(Debug, Serialize, ToSchema)]
struct Node {
    /// Identity, such as `gold-bonding-wire`.
    id: String,
    /// Chinese name.
    name: String,
    /// English name.
    name_en: String,
    /// Chain group (产业链小组).
    group: String,
    /// `material`, `part`, `product`, `process`, `equipment` or `service`.
    #[schema(value_type = String)]
    kind: NodeKind,
    /// Further names.
    aliases: Vec<String>,
    /// Properties that matter when one buys it.
    properties: Vec<String>,
    /// Unit of trade.
    unit: String,
}

impl From<&ChainNode> for Node {
    fn from(node: &ChainNode) -> Self {
        Self {
            id: node.id.0.clone(),
            name: node.name_zh.clone(),
            name_en: node.name_en.clone(),
            group: node.group.clone(),
            kind: node.kind,
            aliases: node.aliases.clone(),
            properties: node.properties.iter().map(|p| p.0.clone()).collect(),
            unit: node.unit.clone(),
        }
    }
}

/// An edge of the chain graph.
#[derive(Debug, Serialize, ToSchema)]
struct Edge {
    /// The feeding node.
    from: String,
    /// `material_of`, `part_of`, `process_of`, `equipment_for` or `recycled_into`.
    #[schema(value_type = String)]
    kind: EdgeKind,
    /// The fed node.
    to: String,
}

/// The chain graph.
#[derive(Debug, Serialize, ToSchema)]
struct Graph {
    /// Nodes.
    nodes: Vec<Node>,
    /// Edges.
    edges: Vec<Edge>,
}

fn edges(of: Option<&str>) -> Vec<Edge> {
    let chain = &Reference::builtin().chain;
    let id = |index: usize| chain.nodes()[index].id.0.clone();
    chain
        .edges()
        .iter()
        .map(|e| Edge { from: id(e.from), kind: e.kind, to: id(e.to) })
        .filter(|e| of.is_none_or(|of| e.from == of || e.to == of))
        .collect()
}

/// Read the chain graph
#[utoipa::path(get, path = "/nodes", tag = "reference", responses((status = 200, body = Graph)))]
async fn nodes(caller: Caller) -> Answer {
    caller.actor().need(Act::Me)?;
    let nodes = Reference::builtin().chain.nodes().iter().map(Into::into).collect();
    ok(&Graph { nodes, edges: edges(None) })
}

/// A node with its edges.
#[derive(Debug, Serialize, ToSchema)]
struct NodeCard {
    /// The node.
    node: Node,
    /// Edges from and to it.
    edges: Vec<Edge>,
}

/// Read a node of the chain graph
#[utoipa::path(get, path = "/nodes/{id}", tag = "reference", params(("id" = String, Path, example = "gold-bonding-wire")), responses((status = 200, body = NodeCard)))]
async fn node(caller: Caller, Path(id): Path<String>) -> Answer {
    caller.actor().need(Act::Me)?;
    let found = Reference::builtin().chain.nodes().iter().find(|n| n.id.0 == id);
    let node = found.ok_or_else(|| Problem::new(Code::NotFound, format!("no chain node `{id}`")))?;
    ok(&NodeCard { node: node.into(), edges: edges(Some(&id)) })
}

/// The level of a field.
#[derive(Debug, Serialize, ToSchema)]
struct FieldLevel {
    /// What the record is.
    #[schema(value_type = NounWord)]
    noun: Noun,
    /// Field.
    field: String,
    /// Who may see it; the row's own level can only close it further.
    #[schema(value_type = VisibilityWord)]
    level: Visibility,
}

/// Read who may see which field
#[utoipa::path(get, path = "/visibility", tag = "reference", responses((status = 200, body = Vec<FieldLevel>)))]
async fn visibility(caller: Caller) -> Answer {
    caller.actor().need(Act::Me)?;
    let rows = Reference::builtin().visibility.iter();
    let level =
        |(noun, field, level): (Noun, &str, Visibility)| FieldLevel { noun, field: field.to_owned(), level };
    ok(&rows.map(level).collect::<Vec<_>>())
}

/// A kind of problem.
#[derive(Debug, Serialize, ToSchema)]
struct ProblemKind {
    /// Path of the page that explains it.
    #[serde(rename = "type")]
    kind: String,
    /// Stable code.
    code: &'static str,
    /// The kind in words.
    title: String,
    /// HTTP status.
    status: u16,
    /// Exit code of the command line.
    exit: u8,
    /// What to do about it.
    help: &'static str,
}

/// List the kinds of problems
///
/// The one table of all stable codes. Needs no authentication.
#[utoipa::path(get, path = "/problems", tag = "reference", security(()), responses((status = 200, body = Vec<ProblemKind>)))]
async fn problems() -> Answer {
    let kind = |row: &app::CodeRow| ProblemKind {
        kind: format!("/api/problems/{}", row.word),
        code: row.word,
        title: title(row).into_owned(),
        status: row.status,
        exit: row.exit,
        help: row.help,
    };
    ok(&Code::TABLE.iter().map(kind).collect::<Vec<_>>())
}
