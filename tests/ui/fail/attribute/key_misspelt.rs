//! A key with a typing slip.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", endpiont = Connect)] //~ endpiont
async fn book() {}

#[derive(stripe_hooks::EndpointName)]
struct Connect;

fn main() {}

#[on_event("invoice.paid", endpoint = Connect)]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
