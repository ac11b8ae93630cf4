//! A list object as the object of a lens.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice.lines")] //~ "invoice.lines"
struct Lines {
    amount: i64,
}

fn main() {}
