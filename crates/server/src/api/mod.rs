//! The API under `/api/v1`: everything the pages can do, as JSON. One file a subject: what comes in, what goes out, the handlers.
//!
//! `routes!()` keeps the router and the OpenAPI document one list; [`openapi`] adds to each operation what is the same for all
//! (problems, versions, keys), and [`finish`] does it.

mod accounts;
mod allotment;
mod audit;
pub(crate) mod caller;
mod claims;
mod docs;
mod drafts;
mod duplicates;
mod enterprises;
mod finish;
mod gaps;
mod hooks;
mod imports;
mod inspections;
mod introductions;
mod invitations;
mod keep;
mod later;
mod ledger;
mod lists;
mod market;
mod markets;
mod meetings;
mod nearby;
mod needs;
mod offers;
mod openapi;
pub(crate) mod problem;
pub(crate) mod read;
mod record_duplicates;
mod reference;
mod session;
mod shapes;
mod sites;
mod upload;
mod weights;
mod write;

use crate::site::Site;
use app::Code;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use axum::{Router, middleware};
use problem::Problem;
use utoipa_axum::router::OpenApiRouter;

/// Where the API's paths begin.
pub const BASE: &str = "/api/v1";

/// Every operation, by subject.
fn operations() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .merge(session::routes())
        .merge(needs::routes())
        .merge(offers::routes())
        .merge(markets::routes())
        .merge(enterprises::routes())
        .merge(nearby::routes())
        .merge(introductions::routes())
        .merge(meetings::routes())
        .merge(inspections::routes())
        .merge(lists::routes())
        .merge(allotment::routes())
        .merge(gaps::routes())
        .merge(sites::routes())
        .merge(ledger::routes())
        .merge(drafts::routes())
        .merge(imports::routes())
        .merge(duplicates::routes())
        .merge(record_duplicates::routes())
        .merge(accounts::routes())
        .merge(invitations::routes())
        .merge(claims::routes())
        .merge(hooks::routes())
        .merge(audit::routes())
        .merge(keep::routes())
        .merge(weights::routes())
        .merge(later::routes())
        .merge(reference::routes())
}

/// Its routes, with `/api/openapi.json`, the docs page and the pages of problems.
pub fn routes(site: &Site) -> Router<Site> {
    let operations = Router::from(operations())
        .fallback(nowhere)
        .method_not_allowed_fallback(no_method)
        .layer(middleware::from_fn_with_state(site.clone(), later::later))
        .layer(middleware::from_fn_with_state(site.clone(), finish::once));
    let others = Router::new()
        .route("/openapi.json", get(openapi::serve))
        .fallback(nowhere)
        .method_not_allowed_fallback(no_method)
        .nest("/v1", operations)
        .layer(DefaultBodyLimit::max(site.options.body_max))
        .layer(middleware::from_fn(finish::finish));
    Router::new().merge(docs::routes()).nest("/api", others)
}

/// What the server itself refuses under `/api`, before a handler is asked.
pub fn refused(error: app::Error) -> Response {
    Problem::from(error).write()
}

async fn nowhere() -> Problem {
    Problem::nowhere()
}

async fn no_method(method: Method) -> Problem {
    Problem::new(Code::Method, format!("{method} is not for this path"))
}
