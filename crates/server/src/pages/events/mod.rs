//! Events where firms meet (对接活动): the calendar, one event, a firm's own page, seats, the door, results, follow-up, figures.

mod door;
mod event;
mod figures;
mod form;
mod index;
mod invite;
mod mine;
mod print;
mod replan;
mod results;
mod seats;
mod show;

use crate::site::Site;
use axum::Router;
use axum::routing::{get, post};

/// Its routes.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/events", get(index::index))
        .route("/events/new", get(form::new).post(form::create))
        .route("/events/figures", get(figures::page))
        .route("/events/signings", get(figures::signings).post(figures::sign))
        .route("/events/signings/{id}/void", post(figures::void))
        .route("/events/follow-up", get(results::follow_ups))
        .route("/events/follow-up/{meeting}/{days}", post(results::answer))
        .route("/events/{id}", get(event::page))
        .route("/events/{id}/edit", get(form::edit).post(form::change))
        .route("/events/{id}/state", post(event::state))
        .route("/events/{id}/invite", get(invite::page).post(invite::invite))
        .route("/events/{id}/parties/{firm}", post(invite::mark))
        .route("/events/{id}/mine", get(mine::page).post(mine::sign_up))
        .route("/events/{id}/seats", get(seats::page).post(seats::freeze))
        .route("/events/{id}/replan", get(replan::page).post(replan::apply))
        .route("/events/{id}/door", get(door::page).post(door::check_in))
        .route("/events/{id}/meetings/{meeting}", get(results::page).post(results::record))
        .route("/events/{id}/print/{by}", get(print::page))
        .route("/events/{id}/timetable.xlsx", get(print::workbook))
        .route("/events/{id}/timetable.ics", get(print::calendar))
}
