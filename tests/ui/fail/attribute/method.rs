//! The attribute on a method.
#![allow(unused)]

use stripe_hooks::on_event;

struct Shop;

impl Shop {
    #[on_event("invoice.paid")]
    async fn book(&self) {} //~ &self
}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
