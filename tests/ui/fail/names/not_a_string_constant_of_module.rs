//! A constant of another module instead of the name.
#![allow(unused)]

use stripe_hooks::on_event;

mod names {
    pub const PAID: &str = "invoice.paid";
}

#[on_event(names::PAID)] //~ names::PAID
async fn book() {}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
