//! A lens whose crate has another name.
#![allow(unused)]

use stripe::Lens;

mod stripe {
    pub use stripe_hooks::*;
}

#[derive(Lens)]
#[lens("invoice", crate = crate::stripe)]
struct Paid {
    amount_paid: i64,
}

fn main() {}
