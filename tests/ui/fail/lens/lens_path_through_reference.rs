//! A path through the id of another object.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    #[lens(path = "customer.email")] //~ "customer.email"
    email: Option<String>,
}

fn main() {}
