//! An endpoint that is no type.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", endpoint = "connect")] //~ endpoint
async fn book() {}

fn main() {}

#[derive(stripe_hooks::EndpointName)]
struct NeighbouringEndpoint;

#[on_event("invoice.paid", endpoint = NeighbouringEndpoint)]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
