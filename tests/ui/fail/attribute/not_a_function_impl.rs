//! The attribute on an `impl` block.
#![allow(unused)]

use stripe_hooks::on_event;

struct Shop;

#[on_event("invoice.paid")]
impl Shop { //~ impl
    async fn book() {}
}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
