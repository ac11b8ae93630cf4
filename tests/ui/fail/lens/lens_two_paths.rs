//! Two paths for one field.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    #[lens(path = "amount_paid")]
    #[lens(path = "amount_due")] //~ "amount_due"
    amount: i64,
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour {
    #[lens(path = "amount_paid")]
    amount: i64,
}
