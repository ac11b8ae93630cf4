//! A key of an endpoint that is given twice.
#![allow(unused)]

use stripe_hooks::{EndpointName, on_event};

#[derive(EndpointName)]
#[endpoint(connect)]
#[endpoint(connect)] //~ connect
struct Connect;

#[on_event("invoice.paid", endpoint = Connect)]
async fn book() {}

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
