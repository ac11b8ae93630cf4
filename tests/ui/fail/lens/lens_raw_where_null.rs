//! Untouched JSON where Stripe may send null.
#![allow(unused)]

use stripe_hooks::{Lens, Raw};

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    custom_fields: Raw, //~ Raw
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour {
    custom_fields: Option<Raw>,
}
