//! The office: people, invitations, claims, duplicates, stale records, notices, audit, settings, one's own account.

mod audit;
mod audit_words;
mod claims;
mod duplicates;
mod held;
mod hooks;
mod inbox;
mod invitations;
mod keep;
mod learn;
mod me;
mod merge;
mod people;
mod person;
mod picker;
mod settings;
pub mod show;
mod stale;
pub mod twins;
mod visibility;
mod words;
mod workbook;

pub use show::qr;

use crate::site::Site;
use axum::routing::{get, post};
use axum::{Extension, Router};

/// Its routes.
pub fn routes() -> Router<Site> {
    Router::new().merge(people_routes()).merge(work_routes()).merge(settings_routes())
}

/// Accounts, invitations, claims, one's own account.
fn people_routes() -> Router<Site> {
    Router::new()
        .route("/people", get(people::index))
        .route("/people/new", get(people::new).post(people::create))
        .route("/people/enterprises", get(picker::list))
        .route("/people/{id}", get(person::page).post(person::change))
        .route("/people/{id}/active", post(person::active))
        .route("/people/{id}/assign", post(person::assign))
        .route("/people/{id}/password", post(person::password))
        .route("/invitations", get(invitations::index))
        .route("/invitations/new", get(invitations::new).post(invitations::create))
        .route("/invitations/workbook", get(workbook::page).post(workbook::upload))
        .route("/invitations/workbook/send", post(workbook::send))
        .route("/invitations/template.xlsx", get(workbook::template))
        .route("/invitations/links/{word}", get(workbook::links))
        .route("/invitations/{id}/revoke", post(invitations::revoke))
        .route("/claims", get(claims::index))
        .route("/claims/{id}", post(claims::decide))
        .route("/claim", get(claims::mine).post(claims::claim))
        .route("/claim/check", get(claims::check))
        .route("/me", get(me::page))
        .route("/me/password", post(me::change_password))
        .route("/me/tokens", post(me::create_token))
        .route("/me/tokens/{id}/revoke", post(me::revoke_token))
        .layer(Extension(held::Held::<held::File>::default()))
}

/// What waits to be done, and what the platform tells people.
fn work_routes() -> Router<Site> {
    Router::new()
        .route("/duplicates", get(duplicates::index).post(duplicates::decide))
        .route("/duplicates/pair", post(duplicates::propose))
        .route("/duplicates/undo", post(duplicates::take_back))
        .route("/duplicates/merge", get(merge::preview).post(merge::make))
        .route("/duplicates/merge/{id}/split", post(merge::split))
        .route("/duplicates/records", get(twins::index))
        .route("/duplicates/records/{noun}/{a}/{b}", get(twins::pair))
        .route("/duplicates/records/{noun}/{a}/{b}/decision", post(twins::decide))
        .route("/duplicates/records/{noun}/{a}/{b}/merge", post(twins::make))
        .route("/duplicates/records/merges/{noun}/{id}/split", post(twins::split))
        .route("/learn", get(learn::index).post(learn::learn))
        .route("/learn/use", post(learn::switch_to))
        .route("/words", get(words::index))
        .route("/words.csv", get(words::sheet))
        .route("/stale", get(stale::index))
        .route("/stale/preview", post(stale::preview))
        .route("/stale/remind", post(stale::remind))
        .route("/stale/status", post(stale::status))
        .route("/stale.xlsx", get(stale::workbook))
        .route("/inbox", get(inbox::index))
        .route("/inbox/read", post(inbox::read))
        .route("/visibility", get(visibility::page))
}

/// The audit and the installation.
fn settings_routes() -> Router<Site> {
    Router::new()
        .route("/audit", get(audit::index))
        .route("/audit/verify", get(audit::verify))
        .route("/audit.csv", get(audit::csv))
        .route("/settings", get(settings::index).post(settings::save))
        .route("/settings/hooks", get(hooks::index).post(hooks::create))
        .route("/settings/hooks/new", get(hooks::new))
        .route("/settings/hooks/{id}", get(hooks::page).post(hooks::change))
        .route("/settings/hooks/{id}/test", post(hooks::test))
        .route("/settings/hooks/{id}/delete", post(hooks::delete))
        .route("/settings/outbox", get(hooks::outbox))
        .route("/settings/keep", get(keep::page))
        .route("/settings/check", post(keep::check))
        .route("/settings/backup", post(keep::make))
        .route("/settings/backup/{word}", get(keep::take))
        .layer(Extension(keep::Results::default()))
}
