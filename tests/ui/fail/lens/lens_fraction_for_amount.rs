//! A floating-point number for an amount.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    amount_paid: f64, //~ f64
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(Lens)]
#[lens("tax_rate")]
struct Neighbour {
    percentage: f64,
}
