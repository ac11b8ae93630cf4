//! Text where Stripe sends a number.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    amount_paid: String, //~ String
}

fn main() {}
