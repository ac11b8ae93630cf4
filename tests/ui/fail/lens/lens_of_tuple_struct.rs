//! A struct without names as a lens.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid(i64); //~ Paid

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
