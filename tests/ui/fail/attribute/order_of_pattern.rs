//! An order of the events of a pattern, of which one is about an object without id.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("billing.*", order = "object")] //~ "billing.*"
async fn audit() {}

fn main() {}

#[on_event("invoice.paid", order = "object")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
