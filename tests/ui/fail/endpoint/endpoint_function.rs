//! An endpoint that is a function.
//!
//! Name the endpoint by a type, such as `struct Connect;`.
#![allow(unused)]

use stripe_hooks::on_event;

fn connect() {}

#[on_event("invoice.paid", endpoint = connect)] //~ connect
async fn book() {}

fn main() {}

#[on_event("invoice.paid", endpoint = Neighbour)]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
