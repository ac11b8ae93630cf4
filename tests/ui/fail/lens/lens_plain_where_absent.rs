//! A plain type where Stripe may leave the field out.
#![allow(unused)]

use stripe_hooks::{Id, Lens, objects::Invoice};

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    id: Id<Invoice>, //~ Id<Invoice>
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour {
    id: Option<Id<Invoice>>,
}
