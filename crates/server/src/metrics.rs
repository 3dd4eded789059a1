//! Figures for a Prometheus: how much, how fast, how often not. No name and no address is in them.

use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Bounds of the buckets for a request's time, seconds.
const BOUNDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0, 30.0];

/// A request by its route's template: never the address itself, which has no end of values.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Request {
    /// Such as `/needs/{key}`.
    pub route: String,
    /// GET, POST, ...
    pub method: String,
    /// Status of the answer.
    pub status: u16,
}

/// A request's route.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Route {
    /// Such as `/needs/{key}`.
    pub route: String,
    /// GET, POST, ...
    pub method: String,
}

/// All figures.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Requests answered.
    pub requests: Family<Request, Counter>,
    /// Time of answers, to their heads.
    pub seconds: Family<Route, Histogram>,
    /// Requests under way.
    pub in_flight: Gauge,
    /// Connections.
    pub connections: Gauge,
    /// Connections for which there was no room.
    pub refused: Counter,
    /// Sign-ins that failed.
    pub sign_in_failures: Counter,
    /// Requests that another site's page sent.
    pub foreign: Counter,
    /// Handlers that panicked.
    pub panics: Counter,
    /// Long work under way.
    pub jobs: Gauge,
    /// Deliveries that wait or have failed.
    pub outbox: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("yulin");
        let requests = Family::<Request, Counter>::default();
        let seconds = Family::<Route, Histogram>::new_with_constructor(|| Histogram::new(BOUNDS));
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "Time to an answer",
            Unit::Seconds,
            seconds.clone(),
        );
        let mut gauge = |name: &str, help: &str| {
            let gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let in_flight = gauge("http_requests_in_flight", "Requests under way");
        let connections = gauge("http_connections", "Connections");
        let jobs = gauge("jobs_running", "Long work under way");
        let outbox = gauge("outbox_waiting", "Deliveries of notices that wait to be tried");
        let mut counter = |name: &str, help: &str| {
            let counter = Counter::default();
            registry.register(name, help, counter.clone());
            counter
        };
        let refused = counter("http_connections_refused", "Connections for which there was no room");
        let sign_in_failures = counter("sign_in_failures", "Sign-ins that failed");
        let foreign = counter("http_requests_foreign", "Changes that another site's page asked for, refused");
        let panics = counter("panics", "Handlers that panicked");
        let build = Family::<Vec<(String, String)>, Gauge>::default();
        build.get_or_create(&vec![("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned())]).set(1);
        registry.register("build_info", "Version of the program", build);
        Self {
            registry,
            requests,
            seconds,
            in_flight,
            connections,
            refused,
            sign_in_failures,
            foreign,
            panics,
            jobs,
            outbox,
        }
    }
}

impl Metrics {
    /// The text that a Prometheus reads.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // A String takes everything.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
