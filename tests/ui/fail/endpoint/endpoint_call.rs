//! A value of the endpoint's type instead of the type.
#![allow(unused)]

use stripe_hooks::on_event;

#[derive(stripe_hooks::EndpointName)]
struct Connect;

#[on_event("invoice.paid", endpoint = Connect::new())] //~ endpoint
async fn book() {}

fn main() {}

#[on_event("invoice.paid", endpoint = Connect)]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
