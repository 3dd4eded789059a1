//! A bare handler behind the same axum, as the measure of what the machine gives: `cargo xtask bench web` compares pages with it.
#![expect(clippy::print_stdout, reason = "says where it listens")]

use axum::{Router, routing::get};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/", listener.local_addr()?);
    axum::serve(listener, Router::new().route("/", get(|| async { "hello" }))).await
}
