//! A part of an object that is no object itself.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice.amount_paid")] //~ "invoice.amount_paid"
struct Paid {
    paid_at: Option<i64>,
}

fn main() {}
