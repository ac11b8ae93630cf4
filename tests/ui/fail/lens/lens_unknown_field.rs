//! A field that the object does not have.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    amont_paid: i64, //~ amont_paid
}

fn main() {}
