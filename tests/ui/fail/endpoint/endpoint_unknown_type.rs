//! An endpoint that was never declared.
//!
//! Declare a type for the endpoint, `struct Connect;`, or import it.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", endpoint = Conect)] //~ Conect
async fn book() {}

fn main() {}

#[on_event("invoice.paid", endpoint = Neighbour)]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
