//! The name of an endpoint, where this crate has another name.
// Cargo.toml: stripe = { package = "stripe-hooks" }

use stripe::{EndpointName, EventId, on_event};

#[derive(EndpointName)]
#[endpoint(crate = stripe)]
struct Own;

#[on_event("invoice.paid", endpoint = Own, crate = stripe)]
async fn book(id: EventId) {
    drop(id);
}

fn main() {
    assert_eq!(stripe::handlers()[0].endpoint.as_str(), Own::NAME);
}
