//! The attribute `endpoint` without the derive.
//!
//! Write `#[derive(EndpointName)]` above it.
#![allow(unused)]

use stripe_hooks::on_event;

#[endpoint(connect)] //~ endpoint
struct Connect;

fn main() {}

#[derive(stripe_hooks::EndpointName)]
#[endpoint(connect)]
struct NeighbouringEndpoint;

#[stripe_hooks::on_event("invoice.paid", endpoint = NeighbouringEndpoint)]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
