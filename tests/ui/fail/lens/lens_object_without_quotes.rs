//! An object that is not in quotes.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens(invoice)] //~ invoice
struct Paid {
    amount_paid: i64,
}

fn main() {}
