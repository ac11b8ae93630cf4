//! A limit that is a number.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("checkout.session.completed", inline = 2)] //~ inline
async fn fulfil() {}

fn main() {}

#[on_event("invoice.paid", inline = "2s")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
