//! An enum as a lens.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
enum Paid { //~ enum
    Amount(i64),
}

fn main() {}
