//! Text where Stripe sends an object.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    status_transitions: String, //~ String
}

fn main() {}
