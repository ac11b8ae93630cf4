//! A reply that cannot be written as JSON.
#![allow(unused)]

use stripe_hooks::{Reply, on_event};

struct Decision;

#[on_event("issuing_authorization.request")]
async fn decide() -> Reply<Decision> { //~ Reply<Decision>
    Reply::new(Decision)
}

fn main() {}

#[on_event("issuing_authorization.request")]
async fn neighbour(id: stripe_hooks::EventId) -> Reply<bool> {
    Reply::new(true)
}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
