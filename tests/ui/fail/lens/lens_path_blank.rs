//! A path that is blank.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    #[lens(path = "")] //~ ""
    amount: i64,
}

fn main() {}
