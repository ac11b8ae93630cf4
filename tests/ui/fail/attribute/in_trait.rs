//! The attribute on a method that a trait only declares.
#![allow(unused)]

use stripe_hooks::on_event;

trait Shop {
    #[on_event("invoice.paid")]
    fn book(); //~ book
}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
