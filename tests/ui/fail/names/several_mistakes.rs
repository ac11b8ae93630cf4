//! Independent mistakes, which show together.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.payed", "charge.suceeded", prority = 1)] //~ prority //~ "invoice.payed" //~ "charge.suceeded"
async fn book() {}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
