//! A field that one kind of a union lacks.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("customer_source")]
struct Paid {
    last4: Option<String>, //~ last4
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(Lens)]
#[lens("source")]
struct Neighbour {
    id: String,
}
