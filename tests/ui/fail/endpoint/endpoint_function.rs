//! An endpoint that is a function.
//!
//! Name the endpoint by a type: `#[derive(EndpointName)] struct Connect;`.
#![allow(unused)]

use stripe_hooks::on_event;

fn connect() {}

#[on_event("invoice.paid", endpoint = connect)] //~ connect
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
