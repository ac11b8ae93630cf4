//! Two names without a comma.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid" "invoice.payment_failed")] //~ "invoice.payment_failed"
async fn book() {}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
