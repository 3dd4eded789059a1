//! Yulin's HTTP server: pages over the use cases of `app`. Only this crate knows HTTP and HTML.

mod answer;
mod api;
mod assets;
mod backup;
mod connection;
mod epcis;
mod form;
mod format;
mod jobs;
mod layout;
mod log;
mod metrics;
mod operations;
mod pact;
pub mod pages;
mod parts;
mod router;
mod said;
mod site;
mod tls;
mod uploads;
mod viewer;
mod words;

pub use connection::serve;
pub use router::router;
pub use site::{Options, Site};
pub use tls::Tls;
pub use words::Lang;
