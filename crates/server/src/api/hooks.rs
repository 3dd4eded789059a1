//! Ways out: mail servers and group robots for notices, partners for footprints, and the queue of what waits.

use super::caller::Caller;
use super::problem::{Answer, Problem};
use super::read::{IfMatch, Json, Path, Query};
use super::write::{Made, created, done, ok};
use crate::site::Site;
use app::HookConfig;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(hooks, add_hook))
        .routes(routes!(change_hook, delete_hook))
        .routes(routes!(test_hook))
        .routes(routes!(deliveries))
}

/// Where a hook leads, with its secrets. They go in and never come out again.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
enum Config {
    /// A mail server.
    Smtp {
        /// Host name.
        host: String,
        /// Port.
        port: u16,
        /// `tls`, `starttls` or `none`.
        security: String,
        /// User; may be empty.
        #[serde(default)]
        user: String,
        /// Password; empty keeps the one that is stored. Always empty in answers.
        #[serde(default)]
        password: String,
        /// Address of the sender.
        from: String,
    },
    /// A group robot of 企业微信, 钉钉 or 飞书, or any receiver of JSON.
    Webhook {
        /// Address, a secret; empty keeps the one that is stored. In answers the host alone.
        #[serde(default)]
        url: String,
        /// Form of the body: `wecom`, `dingtalk`, `feishu` or `json`.
        form: String,
        /// Secret for the signature; may be empty. Always empty in answers.
        #[serde(default)]
        secret: String,
    },
    /// A partner that exchanges product carbon footprints by PACT 3.0: answers to its requests go there.
    Partner {
        /// Row id of its enterprise: only requests of that enterprise's accounts are answered there.
        enterprise: i64,
        /// Address below which its `/3/events` lies, https; its requests name it as their source.
        base: String,
        /// Address below which its OpenID provider configuration or its `/auth/token` lies; empty where that is `base`.
        #[serde(default)]
        auth: String,
        /// Its token endpoint, where it is not to be found out; may be empty.
        #[serde(default)]
        token_endpoint: String,
        /// Client id that it gave us.
        client: String,
        /// Client secret; empty keeps the one that is stored while addresses and client stay. Always empty in answers.
        #[serde(default)]
        secret: String,
    },
}

impl From<Config> for HookConfig {
    fn from(config: Config) -> Self {
        match config {
            Config::Smtp { host, port, security, user, password, from } => {
                Self::Smtp { host, port, security, user, password, from }
            }
            Config::Webhook { url, form, secret } => Self::Webhook { url, form, secret },
            Config::Partner { enterprise, base, auth, token_endpoint, client, secret } => {
                Self::Partner { enterprise, base, auth, token_endpoint, client, secret }
            }
        }
    }
}

impl From<HookConfig> for Config {
    fn from(config: HookConfig) -> Self {
        match config {
            HookConfig::Smtp { host, port, security, user, password, from } => {
                Self::Smtp { host, port, security, user, password, from }
            }
            HookConfig::Webhook { url, form, secret } => Self::Webhook { url, form, secret },
            HookConfig::Partner { enterprise, base, auth, token_endpoint, client, secret } => {
                Self::Partner { enterprise, base, auth, token_endpoint, client, secret }
            }
        }
    }
}

/// A hook, without its secrets.
#[derive(Debug, Serialize, ToSchema)]
struct Hook {
    /// Row id.
    id: i64,
    /// Version; `If-Match` of a change names it.
    version: i64,
    /// Name.
    name: String,
    /// Where it leads.
    config: Config,
    /// Name of a partner's enterprise.
    #[serde(skip_serializing_if = "Option::is_none")]
    enterprise: Option<String>,
    /// True where it is used.
    active: bool,
    /// Deliveries that wait.
    waiting: u32,
    /// Deliveries that failed for good.
    failed: u32,
    /// The newest error.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
}

/// A hook to make or change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "联盟群", "active": true, "config": {"kind": "webhook", "url": "https://robot.example/key", "form": "wecom"}}))]
struct HookBody {
    /// Name.
    name: String,
    /// Where it leads.
    config: Config,
    /// True where it is used.
    active: bool,
}

/// List hooks
#[utoipa::path(get, path = "/hooks", tag = "installation", responses((status = 200, body = Vec<Hook>)))]
async fn hooks(caller: Caller) -> Answer {
    let hook = |info: app::HookInfo| Hook {
        id: info.id,
        version: info.version,
        name: info.name,
        config: info.config.into(),
        enterprise: info.enterprise,
        active: info.active,
        waiting: info.waiting,
        failed: info.failed,
        last_error: info.last_error,
    };
    ok(&caller.app().hooks(caller.actor()).await?.into_iter().map(hook).collect::<Vec<_>>())
}

/// Add a hook
#[utoipa::path(post, path = "/hooks", tag = "installation", request_body = HookBody, responses((status = 201, body = Made)))]
async fn add_hook(caller: Caller, Json(body): Json<HookBody>) -> Answer {
    let HookBody { name, config, active } = body;
    let id = caller.app().save_hook(caller.actor(), None, &name, &config.into(), active).await?;
    created("/api/v1/hooks", &Made { id })
}

/// Change a hook
#[utoipa::path(put, path = "/hooks/{id}", tag = "installation", params(("id" = i64, Path), IfMatch), request_body = HookBody, responses((status = 204, description = "Changed")))]
async fn change_hook(
    caller: Caller,
    Path(id): Path<i64>,
    IfMatch { version }: IfMatch,
    Json(body): Json<HookBody>,
) -> Answer {
    let HookBody { name, config, active } = body;
    caller.app().save_hook(caller.actor(), Some((id, version)), &name, &config.into(), active).await?;
    done()
}

/// Remove a hook
///
/// With what waits for it.
#[utoipa::path(delete, path = "/hooks/{id}", tag = "installation", params(("id" = i64, Path), IfMatch), responses((status = 204, description = "Removed")))]
async fn delete_hook(caller: Caller, Path(id): Path<i64>, IfMatch { version }: IfMatch) -> Answer {
    caller.app().delete_hook(caller.actor(), id, version).await?;
    done()
}

/// To whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TestBody {
    /// Address of the test mail; passed over by a group robot.
    #[serde(default)]
    to: String,
}

/// Send a test message
///
/// Now, through this hook; of a partner an access token is fetched. A failure says what the other side answered (500 `output`).
#[utoipa::path(post, path = "/hooks/{id}/test", tag = "installation", params(("id" = i64, Path)), request_body = TestBody, responses((status = 204, description = "It went out")))]
async fn test_hook(caller: Caller, Path(id): Path<i64>, Json(body): Json<TestBody>) -> Answer {
    caller.app().test_hook(caller.actor(), id, &body.to).await?;
    done()
}

/// How many.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DeliveriesQuery {
    /// At most so many; 50 where nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// One delivery.
#[derive(Debug, Serialize, ToSchema)]
struct Delivery {
    /// Row id.
    id: i64,
    /// Name of the hook.
    hook: String,
    /// Title of the message.
    title: String,
    /// `waiting`, `sent` or `failed`.
    state: String,
    /// How often it was tried.
    attempts: u32,
    /// When it was queued, milliseconds since 1970 UTC.
    at_ms: i64,
    /// When it is tried next.
    next_ms: i64,
    /// What went wrong last.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// List deliveries
///
/// Newest first.
#[utoipa::path(get, path = "/deliveries", tag = "installation", params(DeliveriesQuery), responses((status = 200, body = Vec<Delivery>)))]
async fn deliveries(caller: Caller, Query(query): Query<DeliveriesQuery>) -> Answer {
    let limit = query.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(Problem::at("query", "limit", "1 to 200"));
    }
    let delivery = |d: app::Delivery| Delivery {
        id: d.id,
        hook: d.hook,
        title: d.title,
        state: d.state,
        attempts: d.attempts,
        at_ms: d.at_ms,
        next_ms: d.next_ms,
        error: d.error,
    };
    ok(&caller.app().outbox(caller.actor(), limit).await?.into_iter().map(delivery).collect::<Vec<_>>())
}
